"""A file as its page shows it: what it adds, what is asked, day by day."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from itertools import groupby
from operator import attrgetter
from typing import Any

from django.db import models
from django.db.models import Count, Q, Sum
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan

from banking.models import BankAccount, FileRow, StatementFile, StatementLine
from banking.statements.imports.comparison import missing_lines
from banking.statements.imports.day_balances import DayBalance, balances_of
from banking.statements.imports.files import asks, rows_of
from banking.statements.imports.proved_days import proved_days

State, Doubt, Answer, Question = FileRow.State, FileRow.Doubt, FileRow.Answer, FileRow.Question
PAGE = 100
RECENT = 20
LONGEST_STRIP = 62  # days
ONE_DAY = timedelta(days=1)


class Show(models.TextChoices):
    """Which rows are shown; the names stand in the address."""

    NEW = "novas", "Novas"
    DOUBTFUL = "duvidas", "Em dúvida"
    MISSING = "faltam", "Faltam no arquivo"
    HERE = "aqui", "Já aqui"
    APPLIED = "aplicadas", "Aplicadas"
    REPEATED = "repetidas", "Repetidas"
    OUT = "fora", "Fora ou não lidas"


STATES: Mapping[str, tuple[str, ...]] = {
    Show.NEW: (State.NEW,),
    Show.DOUBTFUL: (State.DOUBTFUL,),
    Show.MISSING: (),
    Show.HERE: (State.HERE,),
    Show.APPLIED: (State.APPLIED,),
    Show.REPEATED: (State.REPEATED,),
    Show.OUT: (State.LEFT_OUT, State.UNREAD),
}


@dataclass(frozen=True)
class Totals:
    counts: Mapping[str, int]
    new_amount: Decimal  # of what enters
    entering: int  # new ones, and doubtful ones that are said to be others
    unanswered_of: Mapping[str, int]  # by what is asked
    missing: int

    def count(self, show: str) -> int:
        if show == Show.MISSING:
            return self.missing
        return sum(self.counts.get(state, 0) for state in STATES[show])

    @cached_property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def unanswered(self) -> int:
        return sum(self.unanswered_of.values())

    @property
    def new(self) -> int:
        return self.count(Show.NEW)

    @property
    def here(self) -> int:
        return self.count(Show.HERE)

    @property
    def doubtful(self) -> int:
        return self.count(Show.DOUBTFUL)

    @property
    def applied(self) -> int:
        return self.count(Show.APPLIED)

    @property
    def shown_first(self) -> str:
        order = (Show.DOUBTFUL, Show.NEW, Show.APPLIED, Show.MISSING, Show.HERE)
        return next((show for show in order if self.count(show)), Show.OUT)


def totals_of(file: StatementFile) -> Totals:
    """Two queries."""
    rows = rows_of(file)
    enters = Q(state=State.NEW) | Q(state=State.DOUBTFUL, answer=Answer.TWO)
    found = rows.aggregate(
        **{f"n_{state}": Count("id", filter=Q(state=state)) for state in State.values},
        entering=Count("id", filter=enters),
        amount=Sum("amount", filter=enters),
        **{f"asks_{question}": Count("id", filter=asks(question)) for question in Question},
    )
    is_over = file.status in StatementFile.OVER
    return Totals(
        counts={state: found[f"n_{state}"] for state in State.values},
        new_amount=found["amount"] or Decimal(0),
        entering=found["entering"],
        unanswered_of={question.value: found[f"asks_{question}"] for question in Question},
        missing=0 if is_over else missing_lines(file).count(),
    )


@dataclass(frozen=True, slots=True)
class Pair:
    """A row of the file and the line that it is, or seems to be; either may be missing."""

    row: FileRow | None
    line: StatementLine | None
    needs_admin: bool = False  # to let it in


@dataclass(frozen=True, slots=True)
class Day:
    day: date | None
    pairs: list[Pair]
    balance: DayBalance | None = None


@dataclass(frozen=True, slots=True)
class Page:
    days: list[Day]
    following: str  # the address's `apos`; empty: it is the last page


def read_page(file: StatementFile, show: str, after: str) -> Page:
    """From the oldest day on. `after` is «2026-11-10.17»: what the page before ended with."""
    if show == Show.MISSING:
        return missing_page(file)
    rows = rows_of(file).filter(state__in=STATES[show]).select_related("line")
    if position := position_of(after):
        rows = rows.filter(TupleGreaterThan(Tuple("day", "number"), position))
    found = list(rows.defer("line__raw").order_by("day", "number")[: PAGE + 1])
    shown = found[:PAGE]
    proved = proved_days(file.bank_account)
    balances = balances_of(file, sorted({row.day for row in shown if row.day}))
    days = [
        Day(
            day,
            [pair_of(row, show, proved) for row in of_day],
            balances.get(day),
        )
        for day, of_day in groupby(shown, key=attrgetter("day"))
    ]
    last = shown[-1] if len(found) > PAGE else None
    return Page(days, f"{last.day}.{last.number}" if last and last.day else "")


def pair_of(row: FileRow, show: str, proved: tuple[date, date] | None) -> Pair:
    is_proved = row.day is not None and proved is not None and proved[0] <= row.day <= proved[1]
    return Pair(
        row,
        None if show == Show.APPLIED else row.line,
        row.state == State.DOUBTFUL and (is_proved or row.doubt == Doubt.PROVED_DAY),
    )


def position_of(after: str) -> tuple[date, int] | None:
    day, _, number = after.partition(".")
    try:
        return date.fromisoformat(day), int(number)
    except ValueError:
        return None


def missing_page(file: StatementFile) -> Page:
    """The first ones: there are few, or the file is another account's."""
    lines = list(missing_lines(file).defer("raw").order_by("booked_on", "id")[:PAGE])
    balances = balances_of(file, sorted({line.booked_on for line in lines}))
    days = [
        Day(day, [Pair(None, line) for line in of_day], balances.get(day))
        for day, of_day in groupby(lines, key=attrgetter("booked_on"))
    ]
    return Page(days, "")


@dataclass(frozen=True, slots=True)
class Mark:
    """A day in the strip of the file's days."""

    day: date
    sign: str
    kind: str
    words: str


def strip_of(file: StatementFile) -> list[Mark]:
    """Empty where the file has too many days."""
    if file.since is None or file.until is None:
        return []
    if (file.until - file.since).days >= LONGEST_STRIP:
        return []
    rows = rows_of(file).exclude(day=None).values_list("day", "state")
    told: dict[date, set[str]] = {}
    for day, state in rows.distinct().order_by():
        told.setdefault(day, set()).add(state)
    missing = set(missing_lines(file).values_list("booked_on", flat=True).distinct().order_by())
    days = (file.since + ONE_DAY * n for n in range((file.until - file.since).days + 1))
    return [mark_of(day, told.get(day, set()), is_missing=day in missing) for day in days]


def mark_of(day: date, states: set[str], *, is_missing: bool) -> Mark:
    if State.DOUBTFUL in states:
        return Mark(day, "?", "doubt", "há dúvida")
    if states & {State.NEW, State.APPLIED}:
        return Mark(day, "+", "new", "entram linhas")
    if is_missing:
        return Mark(day, "!", "missing", "falta no arquivo")
    if State.HERE in states:
        return Mark(day, "=", "same", "igual ao que está aqui")
    return Mark(day, "·", "none", "sem movimento")


def recent_files(account: BankAccount) -> Any:
    files = StatementFile.objects.of(account.tenant_id).filter(bank_account=account)
    return files.select_related("created_by").order_by("-created_at")[:RECENT]
