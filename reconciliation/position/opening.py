"""The opening balance of a bank account: written once, moved back when older days are read.

Amounts are reais. What the Conta do Ativo held by that day is taken in (absorbed) by it, but for
entries that a person marks as «ainda não compensados», which go on waiting for a bank line.
"""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db import connection
from django.db.models import Exists, OuterRef, Sum

from accounts.chart.purposes import account_for
from accounts.journal.entries import post_entry, reverse_entry
from accounts.models import AccountPurpose, JournalEntry, JournalLine
from audit.acts import Act
from audit.services import record
from banking.bank_accounts.ledger_account import hold_leaf
from banking.models import Allocation, BankAccount, OpenItem, OpenItemQuerySet, StatementLine
from core.clock import database_now
from core.errors import Changed, InvalidInput, InvalidState, NotAllowed
from core.money import format_brl
from reconciliation.models import OpeningBalance, OpeningPutOff
from reconciliation.position.beginning import Beginning, beginning_of
from reconciliation.position.unproved import Unproved, unproved_lines
from tenants.models import Membership
from tenants.scope import tenant_scope

# What a form offers to mark; older ones are taken in.
OFFERED = 200

# Whole ones: of one that stands for a part of a bank line the rest still waits.
CANDIDATES = """
SELECT item.id, item.rest FROM banking_openitem AS item
JOIN accounts_journalline AS line ON line.id = item.id AND line.amount = item.rest
WHERE item.tenant_id = %s AND item.account_id = %s AND item.day <= %s
    AND item.reversed_on IS NULL AND NOT item.id = ANY (%s)
ORDER BY item.id FOR UPDATE OF item
"""


@dataclass(frozen=True, slots=True)
class Effect:
    """What writing it does."""

    day: dt.date
    amount: Decimal | None  # what the bank held; None: to be asked
    held: Decimal  # by the Conta do Ativo, without what is marked
    marked: Decimal
    former: OpeningBalance | None  # reversed by it
    unproved: Unproved  # what `amount` follows from, though no balance says so

    @property
    def entry_amount(self) -> Decimal | None:
        return None if self.amount is None else self.amount - self.held


def standing_opening(account: BankAccount) -> OpeningBalance | None:
    """The one in force, whatever Conta do Ativo it was written on."""
    rows = OpeningBalance.objects.of(account.tenant_id).standing().select_related("entry")
    found: OpeningBalance | None = rows.filter(bank_account=account).first()
    return found


def opening_in_force(account: BankAccount, first: Beginning) -> OpeningBalance | None:
    """The one that there is nothing to write again of."""
    found = standing_opening(account)
    return found if found is not None and is_in_force(found, account, first) else None


def effect_of_opening(
    account: BankAccount, *, amount: Decimal | None = None, marked: Collection[UUID] = ()
) -> Effect:
    """Runs inside the company's scope.

    Raises:
        InvalidState: nothing was read of the account yet.
    """
    first, former = begun(account), standing_opening(account)
    rows = markable(account, first.day)
    held: Decimal = rows.aggregate(sum=Sum("rest"))["sum"] or Decimal(0)
    kept: Decimal = rows.filter(id__in=marked).aggregate(sum=Sum("rest"))["sum"] or Decimal(0)
    told = told_amount(first, former, amount)
    unproved = unproved_lines(account, first, former)
    return Effect(first.day, told, held - kept, kept, former, unproved)


def begun(account: BankAccount) -> Beginning:
    first = beginning_of(account)
    if first is None:
        raise InvalidState(
            "Ainda não há extrato desta conta: o saldo de abertura é lançado depois da primeira "
            "importação.",
            code="nothing_read",
        )
    return first


def told_amount(
    first: Beginning, former: OpeningBalance | None, amount: Decimal | None
) -> Decimal | None:
    """The bank's; where it states none, what a person says, or said less what moved before."""
    if first.amount is not None:
        return first.amount
    if amount is not None or former is None:
        return amount
    lines = StatementLine.objects.of(former.tenant_id).filter(
        bank_account=former.bank_account_id, booked_on__lte=former.day
    )
    moved: Decimal = lines.aggregate(sum=Sum("amount"))["sum"] or Decimal(0)
    return former.amount - moved


def markable(account: BankAccount, day: dt.date) -> OpenItemQuerySet:
    """Entry lines that it takes in unless they are marked."""
    tenant = {"tenant": OuterRef("tenant")}
    reversals = JournalEntry.objects.filter(**tenant, reverses=OuterRef("entry"))
    standing = JournalLine.objects.filter(
        ~Exists(reversals), **tenant, id=OuterRef("id"), entry__reverses=None
    )
    parts = Allocation.objects.filter(**tenant, journal_line=OuterRef("id"), ended_at=None)
    rows: OpenItemQuerySet = OpenItem.objects.of(account.tenant_id).filter(
        Exists(standing), ~Exists(parts), account_id=account.ledger_account_id, day__lte=day
    )
    return rows


def offered_lines(account: BankAccount, day: dt.date) -> list[JournalLine]:
    """The newest entries that a person may mark."""
    ids = markable(account, day).order_by("-day", "-id")
    lines = JournalLine.objects.of(account.tenant_id).select_related("entry")
    found = lines.filter(id__in=list(ids.values_list("id", flat=True)[:OFFERED]))
    return sorted(found, key=lambda line: (line.entry.date, line.id), reverse=True)


def waiting_before(account: BankAccount) -> set[UUID]:
    """What the opening balance in force left out: marked then, or written since."""
    former = standing_opening(account)
    if former is None:
        return set()
    rows = markable(account, former.day).filter(is_absorbed=False)
    return set(rows.values_list("id", flat=True))


# --- Acts ---------------------------------------------------------------------------------


def post_opening(
    account: BankAccount,
    *,
    by: Membership | None,
    amount: Decimal | None = None,
    marked: Collection[UUID] = (),
    seen: Decimal | None = None,
) -> OpeningBalance:
    """Write the opening balance; one that is of a later day is reversed and written again.

    The same again changes nothing. `by` is None when the product itself does it. `amount` counts
    where the bank states no balance. `seen` is the amount of the entry that the person was shown.

    Raises:
        NotAllowed: `by` does not work on the statement.
        InvalidState: nothing was read of the account yet.
        InvalidInput: no balance is known and none was typed.
        Changed: the entry would be of another amount than `seen`.
    """
    check_role(by)
    with tenant_scope(account.tenant_id):
        hold_account(account)
        first, former = begun(account), standing_opening(account)
        if former is not None and is_in_force(former, account, first):
            return former
        told = told_amount(first, former, amount)
        if told is None:
            raise InvalidInput(
                f"Informe o saldo da conta no fim de {first.day:%d/%m/%Y}.", field="amount"
            )
        if former is not None:
            end(former, by=by, why="saldo de abertura lançado de novo")
        held = absorb(account, first.day, marked)
        if seen is not None and seen != told - held:
            raise Changed(
                "A contabilidade desta conta mudou enquanto você conferia. Nada foi gravado: "
                "confira o novo valor.",
                code="changed",
            )
        entry = write_entry(account, first.day, told - held, by=by)
        opening: OpeningBalance = OpeningBalance.objects.create(
            tenant_id=account.tenant_id,
            bank_account=account,
            ledger_account_id=account.ledger_account_id,
            day=first.day,
            amount=told,
            entry=entry,
            created_by=by.user if by else None,
        )
        OpeningPutOff.objects.of(account.tenant_id).filter(bank_account=account).delete()
        unproved = unproved_lines(account, first, former)
        put_on_record(opening, told - held, former=former, unproved=unproved, by=by)
    return opening


def take_back(opening: OpeningBalance) -> None:
    """The product itself wrote it, for lines that are no longer in the statement."""
    end(opening, by=None, why="as linhas do extrato foram retiradas")
    record(
        Act.OPENING_POSTED,
        on=opening,
        by=None,
        before=told_of(opening),
        after={"Lançamento": "estornado: as linhas do extrato foram retiradas"},
    )


def put_off_opening(account: BankAccount, *, by: Membership) -> None:
    """«Agora não»: it is no longer offered on the card. Again: no change."""
    check_role(by)
    with tenant_scope(account.tenant_id):
        OpeningPutOff.objects.bulk_create(
            [OpeningPutOff(tenant_id=account.tenant_id, bank_account=account, created_by=by.user)],
            ignore_conflicts=True,
        )


# --- Steps --------------------------------------------------------------------------------


def check_role(by: Membership | None) -> None:
    if by is not None and not by.can_enter:
        raise NotAllowed(
            "Seu papel nesta empresa não permite lançar o saldo de abertura.", code="wrong_role"
        )


def hold_account(account: BankAccount) -> None:
    """One at a time writes it, and its Conta do Ativo stays the same meanwhile."""
    rows = BankAccount.objects.of(account.tenant_id).select_for_update(of=("self",), no_key=True)
    account.refresh_from_db(fields=["ledger_account", "proof"], from_queryset=rows)
    hold_leaf(account)


def is_in_force(opening: OpeningBalance, account: BankAccount, first: Beginning) -> bool:
    return opening.ledger_account_id == account.ledger_account_id and opening.day <= first.day


def end(opening: OpeningBalance, *, by: Membership | None, why: str) -> None:
    """With its entry, whose reversal ends it; one without an entry by itself."""
    if opening.entry is not None:
        reverse_entry(
            opening.entry,
            by=by.user if by else None,
            date=opening.entry.date,
            why=why,
        )
        return
    OpeningBalance.objects.of(opening.tenant_id).filter(id=opening.id).update(
        ended_at=database_now()
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT reconciliation_release_items(%s, %s)",
            [opening.tenant_id, opening.ledger_account_id],
        )


def absorb(account: BankAccount, day: dt.date, marked: Collection[UUID]) -> Decimal:
    """Take in what the Conta do Ativo holds by `day`; how much that is."""
    with connection.cursor() as cursor:
        cursor.execute(
            CANDIDATES, [account.tenant_id, account.ledger_account_id, day, list(marked)]
        )
        found = cursor.fetchall()
    take_in(account, [item for item, _ in found])
    return sum((rest for _, rest in found), Decimal(0))


def take_in(account: BankAccount, items: Collection[UUID]) -> None:
    OpenItem.objects.of(account.tenant_id).filter(id__in=items).update(is_absorbed=True)


def write_entry(
    account: BankAccount, day: dt.date, amount: Decimal, *, by: Membership | None
) -> JournalEntry | None:
    """None when the books hold what the bank does."""
    if not amount:
        return None
    leaf = account.ledger_account
    against = account_for(account.tenant, AccountPurpose.OPENING)
    entry = post_entry(
        account.tenant,
        date=day,
        memo=f"Saldo de abertura: {account}",
        lines=[(leaf, amount), (against, -amount)],
        by=by.user if by else None,
    )
    own = JournalLine.objects.of(account.tenant_id).filter(entry=entry, account=leaf)
    take_in(account, list(own.values_list("id", flat=True)))
    return entry


def put_on_record(
    opening: OpeningBalance,
    amount: Decimal,
    *,
    former: OpeningBalance | None,
    unproved: Unproved,
    by: Membership | None,
) -> None:
    without_proof = {"Sem saldo que as prove": unproved.words} if unproved.number else {}
    record(
        Act.OPENING_POSTED,
        on=opening,
        by=by.user if by else None,
        before=told_of(former) if former else None,
        after={
            **told_of(opening),
            "Lançamento": f"R$\u00a0{format_brl(amount)}" if amount else "nenhum",
            **without_proof,
        },
    )


def told_of(opening: OpeningBalance) -> dict[str, str]:
    return {
        "Dia": f"{opening.day:%d/%m/%Y}",
        "Saldo no banco": f"R$\u00a0{format_brl(opening.amount)}",
    }
