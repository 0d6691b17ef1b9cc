"""Mend rows on the screen, and answer what they ask."""

from collections.abc import Iterable, Mapping

from django.db import transaction

from brazil.banking_days import sao_paulo_day
from charges.drafts.draft import require_enterer
from charges.importing.check import Checker, store_all
from charges.importing.columns import OF_KIND
from charges.importing.files import hold_ready
from charges.importing.reader import LONGEST
from charges.importing.rows import rows_of
from charges.models import ImportFile, ImportRow
from core.clock import database_now
from core.errors import InvalidState
from core.text import clean, shorten
from tenants.models import Membership

State = ImportRow.State
# Rows of these states are what they are for good.
OVER = (State.IMPORTED, State.UNDONE)


@transaction.atomic
def mend_row(row: ImportRow, texts: Mapping[str, str], *, by: Membership) -> ImportRow:
    """Put other texts into cells of a row, by key of the column, and check it again; those that
    looked like it are checked too. Runs inside the company's scope.

    Raises:
        InvalidState: (code `not_ready`) a worker is at the file; (code `row_over`) it is imported.
        NotAllowed: `by` does not work on charges.
    """
    require_enterer(by)
    file = hold_ready(row.file)
    held = hold_row(file, row)
    known = {column.key for column in OF_KIND[file.kind]}
    for key in known & texts.keys():
        put(held, key, shorten(clean(texts[key]), LONGEST))
    held.accepted = False
    former = held.key
    check_again(file, [held], ["cells", "unread", "remarks", "accepted"])
    check_like(file, held, {former, held.key} - {""})
    return held


def put(row: ImportRow, key: str, text: str) -> None:
    """What the file had there counts no more."""
    if text == row.cells.get(key, "") and key not in row.unread:
        return
    row.unread.pop(key, None)
    row.remarks.pop(key, None)
    row.cells[key] = text
    if not text:
        del row.cells[key]


@transaction.atomic
def answer_doubt(rows: Iterable[ImportRow], *, takes: bool, by: Membership) -> int:
    """Say of doubtful rows of one file that they repeat nothing (`takes`), or leave them out.
    Returns of how many it was said.

    Raises:
        InvalidState: (code `not_ready`) a worker is at the file.
        NotAllowed: `by` does not work on charges.
    """
    require_enterer(by)
    asked = list(rows)
    if not asked:
        return 0
    file = hold_ready(asked[0].file)
    doubtful = rows_of(file).filter(id__in=[row.id for row in asked], state=State.DOUBTFUL)
    if takes:
        return int(doubtful.update(state=State.GOOD, accepted=True))
    return int(doubtful.update(state=State.SKIPPED))


@transaction.atomic
def leave_out(row: ImportRow, *, by: Membership) -> ImportRow:
    """A row that is not to be imported. `mend_row` takes it in again.

    Raises:
        InvalidState: (code `not_ready`, `row_over`) as `mend_row`.
        NotAllowed: `by` does not work on charges.
    """
    require_enterer(by)
    file = hold_ready(row.file)
    held = hold_row(file, row)
    former, held.key = held.key, ""
    held.state = State.SKIPPED
    held.save(update_fields=["state", "key"])
    check_like(file, held, {former} - {""})
    return held


def hold_row(file: ImportFile, row: ImportRow) -> ImportRow:
    held: ImportRow = rows_of(file).select_for_update(no_key=True).get(id=row.id)
    if held.state in OVER:
        raise InvalidState("Esta linha já foi importada.", code="row_over")
    held.file = file
    return held


def check_like(file: ImportFile, row: ImportRow, keys: set[str]) -> None:
    """Rows that asked whether they are the same as this one, or that it is the same as now."""
    like = rows_of(file).filter(key__in=keys, state__in=[State.GOOD, State.DOUBTFUL])
    if others := list(like.exclude(id=row.id).order_by("line")):
        check_again(file, others, [])


def check_again(file: ImportFile, rows: list[ImportRow], more: list[str]) -> None:
    checker = Checker(file, file.tenant, sao_paulo_day(database_now()))
    store_all(checker.check(rows), *more)
