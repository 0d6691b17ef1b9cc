"""The Conta do Ativo of a bank account: it is made with the account, and may be another later."""

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from django.db import connection
from django.db.models import F, QuerySet

from accounts.chart.reclassify import move_entries, standing_on
from accounts.chart.setup import lock_chart, open_bank_account_leaf
from accounts.journal.entries import balances
from accounts.models import Account, Nature
from audit.acts import Act
from audit.services import record
from banking.banks.contract.statement import AccountIdentity
from banking.models import BankAccount, Connection
from core.errors import InvalidInput
from core.money import format_brl
from tenants.models import Tenant, User


def make_ledger_account(
    tenant: Tenant, connection: Connection, identity: AccountIdentity
) -> Account:
    """Make the leaf under the group that the chart marks for bank accounts («Contas Correntes»).

    Raises:
        InvalidState: the chart marks no group, or the one that it marks is archived.
    """
    name = f"{connection.bank_name} {identity.branch} / {identity.number}"
    return open_bank_account_leaf(tenant, name=name)


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
            f"Outra pessoa alterou a Conta do Ativo enquanto você editava: agora é «{old}». "
            "Nada foi gravado: escolha de novo.",
            code="changed_by_another",
        )
    lock_chart(account.tenant_id)
    leaf.refresh_from_db(from_queryset=Account.objects.select_for_update())
    check_leaf(leaf)
    before = effect_of_tying(account)
    account.ledger_account = leaf
    rows.filter(id=account.id).update(ledger_account=leaf)
    moved = 0
    if entries is Entries.MOVE:  # what bank lines stand for moves along, to the leaf of now
        moved = move_entries(old, leaf, by=by, why=f"Conta do Ativo de {account} trocada")
    old.is_bank_leaf, leaf.is_bank_leaf = False, True
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


def check_leaf(leaf: Account) -> None:
    """
    Raises:
        InvalidInput: a bank account may not be tied to it.
    """
    if leaf.is_archived:
        why, code = f"«{leaf}» está arquivada e não recebe lançamentos.", "archived"
    elif leaf.nature != Nature.ASSET:
        why, code = f"«{leaf}» não é do ativo.", "not_an_asset"
    elif leaf.is_bank_leaf:
        why, code = f"«{leaf}» já é a Conta do Ativo de uma conta bancária.", "bank_leaf"
    else:
        return
    raise InvalidInput(why, field="leaf", code=code)


def hold_leaf(account: BankAccount) -> Account:
    """The Conta do Ativo to write on; a change of it waits until the transaction ends."""
    return hold_leaves(account.tenant_id, [account.id])[account.id]


def hold_leaves(tenant_id: UUID, accounts: Collection[UUID]) -> dict[UUID, Account]:
    """As `hold_leaf`, of many, by bank account. Their number decides no query."""
    rows = Account.objects.of(tenant_id).filter(bank_accounts__in=list(accounts))
    while True:
        held = share_leaves(tenant_id, accounts)
        now = {leaf.of: leaf for leaf in rows.annotate(of=F("bank_accounts__id"))}
        if held.issuperset(leaf.id for leaf in now.values()):
            return now  # else one was changed while we waited


# As an act does that writes on them: a move of their entries waits.
SHARE_LEAVES = """
SELECT id FROM accounts_account
WHERE id IN (SELECT ledger_account_id FROM banking_bankaccount
    WHERE tenant_id = %s AND id = ANY(%s))
ORDER BY id FOR SHARE OF accounts_account
"""


def share_leaves(tenant_id: UUID, accounts: Collection[UUID]) -> set[UUID]:
    """Those that the accounts have when this begins."""
    with connection.cursor() as cursor:
        cursor.execute(SHARE_LEAVES, [tenant_id, list(accounts)])
        return {row[0] for row in cursor.fetchall()}
