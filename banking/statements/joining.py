"""Lines that a file told first and the bank's API tells now: the API becomes a source of theirs.

Compared as two files are (`imports/compare.py`): of a day and value n here and m there are
max(n, m). Nobody is asked while a statement is read: movements whose ids differ from those of the
lines that are here are lines of their own, and so are those of a day nearby, which are asked about
afterwards (`line_doubts.py`).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef

from banking.banks.contract.statement import Movement
from banking.models import BankAccount, LineSource, StatementLine
from banking.statements.imports.compare import State, Told, pair
from banking.statements.line_doubts import LOOKED, near_lines
from core.ids import uuid7

API = "api"
# A Pix has its id for good, on whichever day either of the two books it.
SAME_PIX_WITHIN = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Joined:
    left: list[Movement]  # that no line is of yet, as far as files are concerned
    near: Mapping[str, UUID]  # of these by their id, the line of a file that each may be


def join_lines_of_files(account: BankAccount, movements: Sequence[Movement]) -> Joined:
    """Runs inside the company's scope, with the account held."""
    lines = StatementLine.objects.of(account.tenant_id).filter(bank_account=account)
    if not lines.filter(is_from_file=True).exists():
        return Joined(list(movements), {})
    sources = LineSource.objects.of(account.tenant_id).filter(bank_account=account, file=None)
    joined = set(keys_among(sources, "key", movements))
    known = joined | set(keys_among(lines, "bank_id", movements))
    new = {m.bank_id: m for m in movements if m.bank_id not in known}
    waiting = waiting_lines(account, new.values())
    found = pairs_of(new, waiting)
    LineSource.objects.bulk_create(
        LineSource(
            tenant_id=account.tenant_id,
            line_id=line,
            file=None,
            bank_account=account,
            kind=API,
            key=bank_id,
        )
        for bank_id, line in found.items()
    )
    left = [m for m in movements if m.bank_id not in joined and m.bank_id not in found]
    taken = set(found.values())
    fresh = [m for m in left if m.bank_id in new]
    free = [line for line in waiting if line.id not in taken]
    near = near_lines(account, fresh, free, min(m.booked_on for m in movements))
    return Joined(left, near)


def keys_among(rows: Any, name: str, movements: Sequence[Movement]) -> Any:
    among = {f"{name}__in": [movement.bank_id for movement in movements]}
    return rows.filter(**among).values_list(name, flat=True)


def waiting_lines(account: BankAccount, movements: Iterable[Movement]) -> list[Told]:
    """Lines of files, of about these days, that the API did not tell yet."""
    days = [movement.booked_on for movement in movements]
    if not days:
        return []
    lines = StatementLine.objects.of(account.tenant_id).filter(
        bank_account=account,
        is_from_file=True,
        booked_on__range=(min(days) - LOOKED, max(days) + LOOKED),
    )
    told = LineSource.objects.of(account.tenant_id).filter(line=OuterRef("id"), file=None)
    values = (
        lines.filter(~Exists(told))
        .order_by("booked_on", "id")
        .values_list("id", "booked_on", "amount", "description", "end_to_end_id")
    )
    return [Told(*each) for each in values]


def pairs_of(new: Mapping[str, Movement], lines: Sequence[Told]) -> dict[str, UUID]:
    """The line that each of the movements is, where it is one."""
    rows = {uuid7(): movement for movement in new.values()}
    found = same_pix(rows, lines)
    taken = set(found.values())
    here, came = by_day_and_amount(line for line in lines if line.id not in taken), told_of(rows)
    for key, told in by_day_and_amount(row for row in came if row.id not in found).items():
        verdicts, _ = pair(told, here.get(key, []))
        found |= {
            each.row.id: each.line for each in verdicts if each.state == State.HERE and each.line
        }
    return {rows[row].bank_id: line for row, line in found.items()}


def same_pix(rows: Mapping[UUID, Movement], lines: Sequence[Told]) -> dict[UUID, UUID]:
    """By the id of a Pix and its value, also of another day."""
    by_id: dict[tuple[str, Decimal], list[Told]] = defaultdict(list)
    for line in lines:
        if line.end_to_end_id:
            by_id[line.end_to_end_id, line.amount].append(line)
    found: dict[UUID, UUID] = {}
    for row, movement in rows.items():
        alike = by_id.get((movement.end_to_end_id, movement.amount), [])
        near = [each for each in alike if abs(each.day - movement.booked_on) <= SAME_PIX_WITHIN]
        if near:
            line = min(near, key=lambda each: abs(each.day - movement.booked_on))
            alike.remove(line)
            found[row] = line.id
    return found


def told_of(rows: Mapping[UUID, Movement]) -> list[Told]:
    return [
        Told(row, m.booked_on, m.amount, m.description or m.counterparty_name, m.end_to_end_id)
        for row, m in rows.items()
    ]


def by_day_and_amount(told: Iterable[Told]) -> dict[tuple[date, Decimal], list[Told]]:
    found: dict[tuple[date, Decimal], list[Told]] = defaultdict(list)
    for each in told:
        found[each.day, each.amount].append(each)
    return found
