"""Which leaf of the chart a bank account is tied to (Conta do Ativo), and how that changes."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from django.db.models import QuerySet

from accounts.chart.reclassify import (
    move_entries,
    share_account,
    standing_on,
)
from accounts.chart.setup import lock_chart
from accounts.journal.entries import (
    balances,
)
from accounts.models import Account, Nature
from audit.acts import Act
from audit.services import record
from banking.models import BankAccount
from core.errors import InvalidInput
from core.money import format_brl
from tenants.models import Tenant, User


class Entries(StrEnum):
    """What becomes of the entries that the old leaf has."""

    STAY = "stay"
    MOVE = "move"


@dataclass(frozen=True, slots=True)
class Effect:
    """What the leaf of an account holds now."""

    entries: int  # those that count: neither reversed nor reversals
    balance: Decimal


def effect_of_tying(account: BankAccount) -> Effect:
    """Runs inside the company's scope."""
    leaf = account.ledger_account
    return Effect(
        entries=standing_on(leaf).count(),
        balance=balances(account.tenant_id, [leaf])[leaf.id],
    )


def possible_leaves(tenant: Tenant) -> QuerySet[Account]:
    """Open asset leaves that no bank account has, in the order of their codes."""
    leaves: QuerySet[Account] = (
        Account.objects.of(tenant)
        .open()
        .filter(group__nature=Nature.ASSET, is_bank_leaf=False)
        .select_related("group")
        .order_by("code")
    )
    return leaves


def tie_account(
    account: BankAccount, leaf: Account, *, entries: Entries, seen: UUID | None, by: User
) -> int:
    """Tie a bank account to another leaf. Returns how many entries were moved to it.

    `seen` is the leaf that the person saw. From now on entries go to the new leaf; those that the
    old one has stay, or are reversed and written on the new one, each on its own day. The old leaf
    becomes an account like any other. Runs inside the company's scope.

    Raises:
        InvalidInput: the leaf is not an open asset account without a bank account, the account
            was tied to another leaf since `seen`, or an entry to be moved has a line on an
            archived account.
    """
    rows = BankAccount.objects.of(account.tenant_id)
    account.refresh_from_db(
        fields=["ledger_account"], from_queryset=rows.select_for_update(of=("self",), no_key=True)
    )
    old = account.ledger_account
    if old.id != seen:
        raise InvalidInput(
            f"Outra pessoa trocou a Conta do Ativo enquanto você via: agora é «{old}». "
            "Nada foi gravado: escolha de novo."
        )
    lock_chart(account.tenant_id)
    leaf.refresh_from_db(from_queryset=Account.objects.select_for_update())
    if why := why_not(leaf):
        raise InvalidInput(why, field="leaf")
    before = effect_of_tying(account)
    moved = 0
    if entries is Entries.MOVE:
        moved = move_entries(old, leaf, by=by, why=f"Conta do Ativo de {account} trocada")
    old.is_bank_leaf, leaf.is_bank_leaf = False, True
    account.ledger_account = leaf
    rows.filter(id=account.id).update(ledger_account=leaf)
    Account.objects.of(account.tenant_id).filter(id=old.id).update(is_bank_leaf=False)
    Account.objects.of(account.tenant_id).filter(id=leaf.id).update(is_bank_leaf=True)
    record(
        Act.LEAF_TIED,
        on=account,
        by=by,
        before={"Conta do Ativo": str(old)},
        after={
            "Conta do Ativo": str(leaf),
            "Lançamentos": f"{moved} mudaram para a nova"
            if entries is Entries.MOVE
            else f"{before.entries} ficaram na anterior, com saldo de "
            f"R$ {format_brl(before.balance)}",
        },
    )
    return moved


def why_not(leaf: Account) -> str:
    """A Portuguese sentence; empty when a bank account may be tied to it."""
    if leaf.is_archived:
        return f"«{leaf}» está arquivada e não recebe lançamentos."
    if leaf.nature != Nature.ASSET:
        return f"«{leaf}» não é do ativo."
    if leaf.is_bank_leaf:
        return f"«{leaf}» já é a Conta do Ativo de uma conta bancária."
    return ""


def hold_leaf(account: BankAccount) -> Account:
    """The Conta do Ativo to write on; a change of it waits until the transaction ends."""
    mine = BankAccount.objects.of(account.tenant_id).filter(id=account.id)
    while True:
        leaf_id = mine.values_list("ledger_account_id", flat=True).get()
        share_account(leaf_id)
        found = Account.objects.of(account.tenant_id).filter(
            id=leaf_id, bank_accounts__id=account.id
        )
        leaf: Account | None = found.first()
        if leaf is not None:  # else it was changed while we waited
            return leaf
