"""Movements that the bank's API tells some days away from a line that a file told first.

Asked as it is of a file that comes after the API (`imports/compare.py`), but nobody can be asked in
the middle of a reading: the movement is stored, and the pair noted for a person.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Min

from banking.banks.contract.statement import Movement
from banking.models import BankAccount, DailyBalance, LineDoubt, LineSource, StatementLine
from banking.statements.imports.compare import NEAR, Told, ends_differ, is_near

# No two days that are near each other are further apart.
LOOKED = timedelta(days=4 * NEAR)


def near_lines(
    account: BankAccount, movements: Sequence[Movement], lines: Iterable[Told], since: date
) -> dict[str, UUID]:
    """By a movement's id, the line of a file that it may be, of those that the API did not tell.
    `since` is the first day of what is read now.

    Only where each of the two lacks what the other tells: the file has the movement's day and not
    the movement, the API has read the line's day and not the line.
    """
    amounts = {movement.amount for movement in movements}
    lines = [line for line in lines if line.amount in amounts]
    if not lines:
        return {}
    since = first_day_read(account, since)
    asked = asked_about(account, lines)
    periods = periods_of(account, lines)
    free = {line.id: line for line in lines if line.day >= since and line.id not in asked}
    found: dict[str, UUID] = {}
    for movement in movements:
        near = [line for line in free.values() if may_be(movement, line, periods[line.id])]
        if near:
            line = min(near, key=lambda line: (abs(line.day - movement.booked_on), line.day))
            found[movement.bank_id] = line.id
            del free[line.id]
    return found


def may_be(movement: Movement, line: Told, periods: Iterable[tuple[date, date]]) -> bool:
    day = movement.booked_on
    told = Told(line.id, day, movement.amount, "", movement.end_to_end_id)
    return (
        line.amount == movement.amount
        and line.day != day
        and is_near(line.day, day)
        and not ends_differ(told, line)
        and any(since <= day <= until for since, until in periods)
    )


def first_day_read(account: BankAccount, since: date) -> date:
    balances = DailyBalance.objects.of(account.tenant_id).filter(bank_account=account)
    kept: date | None = balances.aggregate(first=Min("day"))["first"]
    return min(since, kept or since)


def periods_of(
    account: BankAccount, lines: Sequence[Told]
) -> Mapping[UUID, list[tuple[date, date]]]:
    """Of each line, the days of the files that told it."""
    sources = LineSource.objects.of(account.tenant_id).filter(
        line__in=[line.id for line in lines], file__since__isnull=False
    )
    found: dict[UUID, list[tuple[date, date]]] = defaultdict(list)
    for line, since, until in sources.values_list("line_id", "file__since", "file__until"):
        found[line].append((since, until))
    return found


def asked_about(account: BankAccount, lines: Sequence[Told]) -> set[UUID]:
    among = open_doubts(account).filter(line__in=[line.id for line in lines])
    return set(among.values_list("line_id", flat=True))


def note_doubts(account: BankAccount, near: Mapping[str, UUID]) -> None:
    """Once the movements are stored. Runs inside the company's scope, with the account held."""
    if not near:
        return
    told = StatementLine.objects.of(account.tenant_id).filter(
        bank_account=account, bank_id__in=list(near)
    )
    LineDoubt.objects.bulk_create(
        LineDoubt(
            tenant_id=account.tenant_id, bank_account=account, told_id=line, line_id=near[bank_id]
        )
        for line, bank_id in told.values_list("id", "bank_id")
    )


def open_doubts(account: BankAccount) -> Any:
    return LineDoubt.objects.of(account.tenant_id).filter(bank_account=account).open()
