"""The chart of accounts as a page shows it: a tree with the balance of every leaf and group.

Amounts are reais with the sign of the nature: positive is a debit in assets and expenses, and a
credit in the rest. What a group holds that grows by the other side is taken off: of a group
«Resultado» the amount is revenue less expense.
"""

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from accounts.journal.entries import balances
from accounts.models import Account, ClassificationGroup, Nature
from tenants.models import Tenant


@dataclass(frozen=True, slots=True)
class Leaf:
    account: Account
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Branch:
    group: ClassificationGroup
    branches: list["Branch"]
    leaves: list[Leaf]
    amount: Decimal

    @property
    def grows_by_debit(self) -> bool:
        return Nature(self.group.nature).grows_by_debit


def chart_of(tenant: Tenant) -> list[Branch]:
    """The top branches, each with what lies under it, in the order of the codes. Three queries."""
    leaves: dict[UUID, list[Leaf]] = defaultdict(list)
    children: dict[UUID | None, list[ClassificationGroup]] = defaultdict(list)
    accounts = list(Account.objects.of(tenant).select_related("group"))
    sums = balances(tenant, accounts)
    for account in sorted(accounts, key=code_order):
        sign = 1 if account.nature.grows_by_debit else -1
        leaves[account.group_id].append(Leaf(account, sign * sums[account.id]))
    for group in sorted(ClassificationGroup.objects.of(tenant), key=code_order):
        children[group.parent_id].append(group)

    def grow(group: ClassificationGroup) -> Branch:
        branches = [grow(child) for child in children[group.id]]
        by_debit = Nature(group.nature).grows_by_debit
        amount = sum((leaf.amount for leaf in leaves[group.id]), Decimal("0.00"))
        for branch in branches:
            amount += branch.amount if branch.grows_by_debit == by_debit else -branch.amount
        return Branch(group, branches, leaves[group.id], amount)

    return [grow(group) for group in children[None]]


def code_order(row: Account | ClassificationGroup) -> list[tuple[int, str]]:
    """1.1.9 before 1.1.10."""
    return [(len(part), part) for part in row.code.split(".")]
