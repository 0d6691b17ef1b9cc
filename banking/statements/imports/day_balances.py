"""What a file says that each of its days closed with, against what is here: by it a person sees
which of the two is right."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Q, Sum

from banking.models import DailyBalance, FileRow, StatementFile
from banking.statements.imports.files import rows_of
from banking.statements.store import closing_before

State, Answer = FileRow.State, FileRow.Answer
NO_MOVEMENT = (State.UNREAD, State.LEFT_OUT, State.REPEATED)
ENTERS = Q(state=State.NEW) | Q(state=State.DOUBTFUL, answer=Answer.TWO)


@dataclass(frozen=True, slots=True)
class DayBalance:
    told: Decimal  # by the file
    # Reais that the file has more, once it is applied; None: nothing here says what the day held.
    difference: Decimal | None


def balances_of(file: StatementFile, days: Sequence[date]) -> Mapping[date, DayBalance]:
    """Of these days. Empty where the file tells no balance, or that of a day after its last: what
    moved between is not in it. Runs inside the company's scope."""
    if not days or not has_closing(file) or file.closing is None:
        return {}
    rows = rows_of(file).filter(day__lte=file.closing_on).values("day")
    moved = rows.exclude(state__in=NO_MOVEMENT).annotate(sum=Sum("amount"))
    entering = rows.filter(ENTERS).annotate(sum=Sum("amount"))
    later, added = totals(moved), totals(entering)
    here = closings(file, days)
    found = {}
    for day in days:
        if file.closing_on is None or day > file.closing_on:
            continue
        told = file.closing - sum((v for d, v in later.items() if d > day), Decimal(0))
        closing = here.get(day)
        after = sum((v for d, v in added.items() if d <= day), Decimal(0))
        found[day] = DayBalance(told, None if closing is None else told - closing - after)
    return found


def has_closing(file: StatementFile) -> bool:
    if file.since is None or file.until is None or file.closing_on is None:
        return False
    return file.since <= file.closing_on <= file.until


def totals(rows: Iterable[Mapping[str, Any]]) -> Mapping[date, Decimal]:
    found: dict[date, Decimal] = defaultdict(Decimal)
    for row in rows:
        found[row["day"]] += row["sum"]
    return found


def closings(file: StatementFile, days: Sequence[date]) -> Mapping[date, Decimal]:
    """What is stored that the account held at the end of each of the days."""
    stored = DailyBalance.objects.of(file.tenant_id).filter(
        bank_account_id=file.bank_account_id, day__range=(min(days), max(days))
    )
    told = list(stored.order_by("day").values_list("day", "closing"))
    before = closing_before(file.bank_account, min(days))
    known = [day for day, _ in told]
    found = {}
    for day in days:
        place = bisect_right(known, day)
        closing = told[place - 1][1] if place else before
        if closing is not None:
            found[day] = closing
    return found
