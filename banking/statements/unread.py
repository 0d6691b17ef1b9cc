"""Elements of a statement that are no movements: kept as they came, shown, and read again."""

import hashlib
from collections import Counter
from collections.abc import Collection, Sequence
from datetime import date

from django.db.models import Q, QuerySet

from banking.banks.contract.adapter import BankAdapter
from banking.banks.contract.statement import Movement, Unread, UnreadReason
from banking.models import BankAccount, UnreadMovement
from banking.statements.lease import check_lease
from banking.statements.store import line_told, store_movements
from brazil.banking_days import sao_paulo_day
from core.clock import database_now
from tenants.scope import tenant_scope

Key = tuple[str, int]
SHOWN = 50


def open_unread(account: BankAccount) -> "QuerySet[UnreadMovement]":
    rows: QuerySet[UnreadMovement] = UnreadMovement.objects.of(account.tenant_id).filter(
        bank_account=account, closed_at=None
    )
    return rows


def shown_unread(account: BankAccount) -> list[UnreadMovement]:
    """What people are shown: the newest, without a query when there is none."""
    if not account.unread_movements:
        return []
    return list(open_unread(account).order_by("-first_seen_at", "-id")[:SHOWN])


def keep_unread(account: BankAccount, unread: Sequence[Unread], since: date) -> set[Key]:
    """Keep each once, however often it comes; `since` is the first of the days that were read.
    Runs inside the company's scope."""
    alike: Counter[str] = Counter()
    rows, now = [], database_now()
    for element in unread:
        key = hashlib.sha256(element.raw.encode()).hexdigest()
        alike[key] += 1
        row = UnreadMovement(
            tenant_id=account.tenant_id,
            bank_account=account,
            key=key,
            number=alike[key],
            day=element.day,
            reason=element.reason,
            field=element.field[:80],
            raw=element.raw,
            seen_since=since,
            first_seen_at=now,
        )
        rows.append(row)
    UnreadMovement.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["tenant", "bank_account", "key", "number"],
        update_fields=["closed_at", "line"],  # open again
    )
    return {(row.key, row.number) for row in rows}


def close_gone(account: BankAccount, since: date, until: date, told: Collection[Key]) -> None:
    """Close those of the days since..until that the bank, read whole, no longer tells so. Runs
    inside the company's scope."""
    of_these_days = Q(day__range=(since, until)) | Q(day=None, seen_since__gte=since)
    gone = [
        row.id
        for row in open_unread(account).filter(of_these_days).defer("raw")
        if (row.key, row.number) not in told
        and (row.day is not None or sao_paulo_day(row.first_seen_at) <= until)
    ]
    UnreadMovement.objects.of(account.tenant_id).filter(id__in=gone).update(
        closed_at=database_now()
    )


def read_unread_again(account: BankAccount, bank: BankAdapter) -> int:
    """Make lines of those that today's reader can read; how many are new. To be called outside of
    scopes, though the bank is not asked."""
    with tenant_scope(account.tenant_id):
        rows = list(open_unread(account).filter(reason=UnreadReason.FIELD).order_by("number"))
    read = [(row, bank.read_movement(row.raw, row.number)) for row in rows]
    found = [(row, movement) for row, movement in read if isinstance(movement, Movement)]
    if not found:
        return 0
    with tenant_scope(account.tenant_id):
        check_lease(account)  # locks the account: files are applied alone
        new, _ = store_movements(account, [movement for _, movement in found])
        for row, movement in found:
            close_as_line(row, movement)
    return new


def close_as_line(row: UnreadMovement, movement: Movement) -> None:
    """Its id may by now be that of a line with another content: then it stays, for that reason."""
    line = line_told(row.bank_account_id, row.tenant_id, movement.bank_id)
    if (line.amount, line.booked_on) == (movement.amount, movement.booked_on):
        row.closed_at, row.line = database_now(), line
    else:
        row.reason, row.field = UnreadMovement.Reason.SAME_ID, ""
    row.save(update_fields=["closed_at", "line", "reason", "field"])
