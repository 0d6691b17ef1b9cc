"""Entries moved to another account: each is reversed, and one like it takes its place."""

from collections.abc import Collection, Iterable
from uuid import UUID

from django.db import connection
from django.db.models import Exists, OuterRef

from accounts.journal.entries import reversal_memo
from accounts.models import Account, JournalEntry, JournalEntryQuerySet, JournalLine
from core.errors import InvalidInput
from tenants.models import User

BATCH = 1_000


def standing_on(account: Account) -> JournalEntryQuerySet:
    """The entries of an account that count: neither reversed nor reversals."""
    reversals = JournalEntry.objects.filter(tenant=OuterRef("tenant"), reverses=OuterRef("pk"))
    entries: JournalEntryQuerySet = JournalEntry.objects.of(account.tenant_id)
    return entries.touching(account).filter(~Exists(reversals), reverses=None)


def move_entries(old: Account, new: Account, *, by: User, why: str) -> int:
    """Move what stands on `old` to `new`, each entry on its own day. Returns how many.

    No other act can write on `old` until the transaction ends: its row is locked, and so is every
    line's. Runs inside the company's scope.

    Raises:
        InvalidInput: an entry has a line on another account that is archived.
    """
    lock_account(old)
    entries = list(standing_on(old).prefetch_related("lines").order_by("date", "id"))
    refuse_archived(old, entries)
    pairs = [(reversal_of(entry, why, by), replacement_of(entry, by)) for entry in entries]
    made = [each for pair in pairs for each in pair]
    JournalEntry.objects.bulk_create(made, batch_size=BATCH)
    lines = []
    for entry, (reversal, replacement) in zip(entries, pairs, strict=True):
        for line in entry.lines.all():
            lines.append(copied(line, reversal, line.account_id, -1))
            here = new.id if line.account_id == old.id else line.account_id
            lines.append(copied(line, replacement, here, 1))
    JournalLine.objects.bulk_create(lines, batch_size=BATCH)
    return len(entries)


def standing(entry: JournalEntry) -> JournalEntry:
    """The entry that stands for this one now: itself, or the last one written in its place."""
    while (replacement := entry.replacements.first()) is not None:
        entry = replacement
    return entry


def written_since(entries: Collection[JournalEntry]) -> dict[UUID, list[JournalEntry]]:
    """By entry: itself and those that were written in its place, in their order; the last one
    stands for it now. One query for each time that one of them was written again, and one."""
    chains = {each.id: [each] for each in entries}
    growing = {each: [chain] for each, chain in chains.items()}  # by the last one of each
    while growing:
        tenant_id = next(iter(growing.values()))[0][-1].tenant_id
        rows = JournalEntry.objects.of(tenant_id).filter(replaces__in=list(growing))
        grown: dict[UUID, list[list[JournalEntry]]] = {}
        for row in rows:
            grown[row.id] = growing[row.replaces_id]
            for chain in grown[row.id]:
                chain.append(row)
        growing = grown
    return chains


def lock_account(account: Account) -> None:
    """Lock it FOR UPDATE, after acts that write a line on it: they hold it FOR SHARE."""
    Account.objects.select_for_update().of(account.tenant_id).get(id=account.id)


def share_account(account_id: UUID) -> None:
    """Lock an account as an act that writes on it does: a move of its entries waits."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM accounts_account WHERE id = %s FOR SHARE", [account_id])


def refuse_archived(old: Account, entries: Iterable[JournalEntry]) -> None:
    others = {line.account_id for entry in entries for line in entry.lines.all()} - {old.id}
    accounts = Account.objects.of(old.tenant_id).exclude(archived_at=None)
    closed = accounts.filter(id__in=others).first()
    if closed is not None:
        raise InvalidInput(
            f"Há lançamentos com «{closed}», que está arquivada e não recebe estorno. "
            "Reative-a, ou deixe os lançamentos onde estão.",
            field="entries",
            code="archived",
        )


def reversal_of(entry: JournalEntry, why: str, by: User) -> JournalEntry:
    return JournalEntry(
        tenant_id=entry.tenant_id,
        date=entry.date,
        memo=reversal_memo(entry, why),
        reverses=entry,
        created_by=by,
        line_count=entry.line_count,
        total=entry.total,
    )


def replacement_of(entry: JournalEntry, by: User) -> JournalEntry:
    return JournalEntry(
        tenant_id=entry.tenant_id,
        date=entry.date,
        is_provisional=entry.is_provisional,
        memo=entry.memo,
        is_by_hand=entry.is_by_hand,
        replaces=entry,
        created_by=by,
        line_count=entry.line_count,
        total=entry.total,
    )


def copied(line: JournalLine, entry: JournalEntry, account_id: UUID, sign: int) -> JournalLine:
    return JournalLine(
        tenant_id=line.tenant_id,
        entry=entry,
        position=line.position,
        account_id=account_id,
        amount=sign * line.amount,
        cost_center_id=line.cost_center_id,
    )
