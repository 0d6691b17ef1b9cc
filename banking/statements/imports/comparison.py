"""Compare the rows of a file with the lines of its account, some days at a time."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection as database
from django.db.models import BigIntegerField, Count, Func, Q, Sum, TextField, Value
from django.db.models.functions import Cast

from banking.models import (
    FileRow,
    LineSource,
    StatementFile,
    StatementLine,
)
from banking.statements.imports.compare import (
    Doubt,
    NearDays,
    State,
    Told,
    Verdict,
    compare_day,
)
from banking.statements.imports.files import rows_of
from banking.statements.imports.proved_days import ONE_DAY, proved_days

API = "api"
MOST = 5000  # rows of the file that are looked at together
STAGE = """
CREATE TEMPORARY TABLE verdict (id uuid, state text, line_id uuid, doubt text) ON COMMIT DROP
"""
# An answer stays as long as the question does.
WRITE = """
UPDATE banking_filerow AS row
SET state = verdict.state, line_id = verdict.line_id, doubt = verdict.doubt,
    answer = CASE WHEN row.doubt = verdict.doubt
                       AND row.line_id IS NOT DISTINCT FROM verdict.line_id
                  THEN row.answer ELSE '' END
FROM verdict WHERE row.id = verdict.id AND row.tenant_id = %s
"""
HASH = Func(
    Cast("id", TextField()),
    Value(0),
    function="hashtextextended",
    output_field=BigIntegerField(),
)
KEPT = (FileRow.State.UNREAD, FileRow.State.LEFT_OUT, FileRow.State.APPLIED)


def compare_file(file: StatementFile) -> None:
    """Write of each row what it is. Runs inside the company's scope, with the file held."""
    missing: list[Told] = []
    for since, until in windows(file):
        compared, left = compare_days(file, since, until)
        write(file, compared)
        missing += left
    ask_about_near_days(file, missing)
    ask_about_proved_days(file)


def compared_with(file: StatementFile) -> str:
    """What is stored of the account where the file may touch it; it differs when that does."""
    if file.since is None or file.until is None:
        return ""
    found = lines_between(file, file.since, file.until).aggregate(count=Count("id"), sum=Sum(HASH))
    return f"{found['count']} {found['sum']}"


def windows(file: StatementFile) -> Iterator[tuple[date, date]]:
    """All days from the file's first to its last, some at a time."""
    if file.since is None or file.until is None:
        return
    days = rows_to_compare(file).values_list("day").annotate(n=Count("id")).order_by("day")
    since, waiting = file.since, 0
    for day, count in days:
        if waiting and waiting + count > MOST:
            yield since, day - ONE_DAY
            since, waiting = day, 0
        waiting += count
    yield since, file.until


def rows_to_compare(file: StatementFile) -> Any:
    return rows_of(file).exclude(state__in=KEPT)


def lines_between(file: StatementFile, since: date, until: date) -> Any:
    """Those that the file did not bring itself."""
    lines = StatementLine.objects.of(file.tenant_id).filter(
        bank_account_id=file.bank_account_id, booked_on__range=(since, until)
    )
    if file.applied_at is None:
        return lines
    return lines.exclude(id__in=rows_of(file).filter(state=FileRow.State.APPLIED).values("id"))


def compare_days(file: StatementFile, since: date, until: date) -> tuple[list[Verdict], list[Told]]:
    rows = by_day(read_rows(file, since, until))
    lines = by_day(read_lines(file, since, until))
    verdicts: list[Verdict] = []
    missing: list[Told] = []
    for day in sorted({*rows, *lines}):
        compared = compare_day(rows.get(day, []), lines.get(day, []))
        verdicts += compared.verdicts
        missing += compared.missing
    return verdicts, missing


def by_day(told: Iterable[Told]) -> Mapping[date, list[Told]]:
    found: dict[date, list[Told]] = defaultdict(list)
    for each in told:
        found[each.day].append(each)
    return found


def read_rows(file: StatementFile, since: date, until: date) -> list[Told]:
    rows = rows_to_compare(file).filter(day__range=(since, until)).order_by("day", "number")
    values = rows.values_list(
        "id", "day", "amount", "text", "end_to_end_id", "source_id", "statement"
    )
    return [row_told(file.kind, *each) for each in values]


def row_told(kind: str, *values: Any) -> Told:
    row_id, day, amount, text, end_to_end_id, source_id, statement = values
    ids = frozenset({(kind, source_id)}) if source_id else frozenset()
    return Told(row_id, day, amount, text, end_to_end_id, ids, statement)


def read_lines(file: StatementFile, since: date, until: date) -> list[Told]:
    lines = lines_between(file, since, until).order_by("booked_on", "id")
    values = list(
        lines.values_list(
            "id", "booked_on", "amount", "description", "counterparty_name", "end_to_end_id",
            "is_from_file", "bank_id",
        )
    )  # fmt: skip
    ids = ids_of(file.tenant_id, [each[0] for each in values])
    return [line_told(ids, *each) for each in values]


def line_told(ids: Mapping[UUID, set[tuple[str, str]]], *values: Any) -> Told:
    line_id, day, amount, text, name, end_to_end_id, is_from_file, bank_id = values
    known = set(ids.get(line_id, ())) | (set() if is_from_file else {(API, bank_id)})
    return Told(line_id, day, amount, text or name, end_to_end_id, frozenset(known))


def ids_of(tenant_id: UUID, lines: Sequence[UUID]) -> Mapping[UUID, set[tuple[str, str]]]:
    found: dict[UUID, set[tuple[str, str]]] = defaultdict(set)
    if lines:
        sources = LineSource.objects.of(tenant_id).filter(line__in=lines).exclude(key="")
        for line_id, kind, key in sources.values_list("line_id", "kind", "key"):
            found[line_id].add((kind, key))
    return found


def write(file: StatementFile, verdicts: Sequence[Verdict]) -> None:
    if not verdicts:
        return
    with database.cursor() as cursor:
        cursor.execute(STAGE)
        with cursor.copy("COPY verdict FROM STDIN") as copy:
            for each in verdicts:
                copy.write_row((each.row.id, each.state, each.line, each.doubt or ""))
        cursor.execute(WRITE, [file.tenant_id])
        cursor.execute("DROP TABLE verdict")


def ask_about_near_days(file: StatementFile, missing: Sequence[Told]) -> None:
    near = NearDays(missing)
    if not near:
        return
    amounts = {line.amount for line in missing}
    rows = rows_of(file).filter(state=State.NEW, amount__in=amounts).order_by("day", "number")
    values = rows.values_list(
        "id", "day", "amount", "text", "end_to_end_id", "source_id", "statement"
    )
    found = (near.look(row_told(file.kind, *each)) for each in values)
    write(file, [verdict for verdict in found if verdict is not None])


def ask_about_proved_days(file: StatementFile) -> None:
    """What the bank's API has proved needs no file: a row more is looked at by an admin."""
    proved = proved_days(file.bank_account)
    if proved is not None:
        rows = rows_of(file).filter(state=State.NEW, day__range=proved)
        rows.update(state=State.DOUBTFUL, doubt=Doubt.PROVED_DAY)


def missing_lines(file: StatementFile) -> Any:
    """Lines of the file's days that it lacks."""
    if file.since is None or file.until is None:
        return StatementLine.objects.none()
    told = rows_of(file).filter(~Q(line=None)).values("line_id")
    lines = StatementLine.objects.of(file.tenant_id).filter(
        bank_account_id=file.bank_account_id, booked_on__range=(file.since, file.until)
    )
    return lines.exclude(id__in=told)
