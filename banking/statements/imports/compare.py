"""What a file says of a day against what is stored of it. Pure: it knows no table.

Rows and lines of a day are multisets by value: n here and m there make max(n, m). Ids and texts
only decide which goes with which, but where ids that have to agree do not: that is asked.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from brazil.banking_days import is_settlement_day
from core.text import fold

NEAR = 3  # banking days


class State(StrEnum):
    NEW = "new"
    HERE = "here"
    DOUBTFUL = "doubtful"
    REPEATED = "repeated"


class Doubt(StrEnum):
    ANOTHER_ID = "another_id"
    NEAR_DAY = "near_day"
    PROVED_DAY = "proved_day"


@dataclass(frozen=True, slots=True)
class Told:
    """A row of the file, or a line that is here."""

    id: UUID
    day: date
    amount: Decimal
    text: str
    end_to_end_id: str = ""
    # Its ids, each by the kind of source that gave it: only those of one kind are compared.
    ids: frozenset[tuple[str, str]] = frozenset()
    statement: int = 1  # of a row: which of the file's statements of this account


@dataclass(frozen=True, slots=True)
class Verdict:
    row: Told
    state: State
    line: UUID | None = None  # that it is, or seems to be
    doubt: Doubt | None = None


@dataclass(frozen=True, slots=True)
class ComparedDay:
    verdicts: Sequence[Verdict]
    missing: Sequence[Told]  # lines that the file lacks


def compare_day(rows: Sequence[Told], lines: Sequence[Told]) -> ComparedDay:
    """Rows and lines of one day. The order of either does not matter for how many enter."""
    verdicts: list[Verdict] = []
    missing: list[Told] = []
    lines_of = by_amount(lines)
    for amount, told in by_amount(rows).items():
        once, repeated = without_repetitions(told)
        verdicts += [Verdict(row, State.REPEATED) for row in repeated]
        found, rest = pair(once, lines_of.pop(amount, []))
        verdicts += found
        missing += rest
    for left in lines_of.values():
        missing += left
    return ComparedDay(verdicts, missing)


def by_amount(told: Iterable[Told]) -> dict[Decimal, list[Told]]:
    found: dict[Decimal, list[Told]] = defaultdict(list)
    for each in told:
        found[each.amount].append(each)
    return found


def without_repetitions(rows: Sequence[Told]) -> tuple[list[Told], list[Told]]:
    """Of one value: those that count, and those that the file brought twice.

    The same id with the same text twice is one movement. Two statements of the same account that
    overlap tell a movement twice: of equal rows the statement with the most of them is believed.
    """
    once: list[Told] = []
    repeated: list[Told] = []
    known: set[tuple[frozenset[tuple[str, str]], str]] = set()
    for row in rows:
        key = (row.ids, fold(row.text))
        (repeated if row.ids and key in known else once).append(row)
        known.add(key)
    counts = Counter((row.statement, fold(row.text)) for row in once)
    most: dict[str, tuple[int, int]] = {}
    for (statement, text), count in counts.items():
        most[text] = max(most.get(text, (0, 0)), (count, -statement))
    kept: list[Told] = []
    for row in once:
        is_kept = row.ids or -row.statement == most[fold(row.text)][1]
        (kept if is_kept else repeated).append(row)
    return kept, repeated


def pair(rows: Sequence[Told], lines: Sequence[Told]) -> tuple[list[Verdict], list[Told]]:
    """Of one day and value: each row with a line of its own, as far as there are any."""
    verdicts: list[Verdict] = []
    left, free = list(rows), {line.id: line for line in lines}
    for keys in (ids_of, texts_of, everything):
        places: dict[Hashable, list[Told]] = defaultdict(list)
        for line in reversed(free.values()):
            for key in keys(line):
                places[key].append(line)
        still: list[Told] = []
        for row in left:
            found = take(row, places, keys, free)
            if found is None:
                still.append(row)
            else:
                verdicts.append(Verdict(row, State.HERE, found.id))
        left = still
    for row, line in zip(left, list(free.values()), strict=False):
        del free[line.id]
        verdicts.append(Verdict(row, State.DOUBTFUL, line.id, Doubt.ANOTHER_ID))
    asked = {verdict.row.id for verdict in verdicts}
    verdicts += [Verdict(row, State.NEW) for row in left if row.id not in asked]
    return verdicts, list(free.values())


Keys = Callable[[Told], Iterable[Hashable]]


def take(
    row: Told, places: Mapping[Hashable, list[Told]], keys: Keys, free: dict[UUID, Told]
) -> Told | None:
    """The first free line that has a key of the row, unless their ids say that they are two."""
    for key in keys(row):
        lines = places.get(key, [])
        while lines and lines[-1].id not in free:
            lines.pop()
        for line in reversed(lines):
            if line.id in free and not contradict(row, line):
                return free.pop(line.id)
    return None


def ids_of(told: Told) -> Iterable[Hashable]:
    return [*told.ids, *([told.end_to_end_id] if told.end_to_end_id else [])]


def texts_of(told: Told) -> Iterable[Hashable]:
    return [fold(told.text)]


def everything(told: Told) -> Iterable[Hashable]:
    return [None]


def ends_differ(row: Told, line: Told) -> bool:
    return bool(row.end_to_end_id and line.end_to_end_id) and (
        row.end_to_end_id != line.end_to_end_id
    )


def contradict(row: Told, line: Told) -> bool:
    """Both carry ids that have to agree, and they do not.

    Banks number the same movement anew from file to file: another number alone says nothing where
    the text is the same.
    """
    if ends_differ(row, line):
        return True
    kinds = {kind for kind, _ in row.ids} & {kind for kind, _ in line.ids}
    return bool(kinds) and not row.ids & line.ids and fold(row.text) != fold(line.text)


class NearDays:
    """New rows against lines that the file lacks on a day up to three banking days away."""

    def __init__(self, missing: Iterable[Told]) -> None:
        self._missing: Mapping[Decimal, list[Told]] = by_amount(missing)

    def __bool__(self) -> bool:
        return any(self._missing.values())

    def look(self, row: Told) -> Verdict | None:
        """The nearest one, which is then taken."""
        lines = [line for line in self._missing.get(row.amount, []) if is_near(line.day, row.day)]
        if not lines:
            return None
        line = min(lines, key=lambda line: (abs(line.day - row.day), line.id))
        self._missing[row.amount].remove(line)
        return Verdict(row, State.DOUBTFUL, line.id, Doubt.NEAR_DAY)


def is_near(first: date, second: date) -> bool:
    since, until = sorted((first, second))
    if (until - since).days > 4 * NEAR:
        return False
    days = (date.fromordinal(n) for n in range(since.toordinal() + 1, until.toordinal() + 1))
    return sum(is_settlement_day(day) for day in days) <= NEAR
