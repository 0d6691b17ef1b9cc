"""Acts of people on the lines of a company's accounts, chosen by chance."""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from accounts.models import Account
from banking.models import BankAccount, OpenItem, OpenLine, StatementLine
from charges.models import Charge
from payments.models import Payable
from reconciliation.engine.accept import accept
from reconciliation.matches.amounts import open_parts
from reconciliation.matches.create import Slice, create_entry
from reconciliation.matches.differences import Difference, DifferenceKind
from reconciliation.matches.give_back import give_back
from reconciliation.matches.hold import versions_of
from reconciliation.matches.ignore import ignore
from reconciliation.matches.items import Choice, Wanted, search_items
from reconciliation.matches.match import match_lines
from reconciliation.matches.pairing import Pairing
from reconciliation.matches.transfer import transfer
from reconciliation.matches.undo import StandsOn, undo
from reconciliation.models import Match, Proposal
from tenants.models import Membership, Tenant

ZERO = Decimal("0.00")
FIRST = date(2026, 11, 9)


@dataclass
class Company:
    tenant: Tenant
    accounts: list[BankAccount]
    people: list[Membership]
    expense: Account
    chance: random.Random
    done: dict[str, int] = field(default_factory=dict)

    def day(self) -> date:
        return FIRST + timedelta(days=self.chance.randrange(10))

    def amount(self) -> Decimal:
        return Decimal(self.chance.choice([1000, 2000, 3000, 5000, 4999, 533])).scaleb(-2)

    def open_lines(self) -> list[tuple[StatementLine, Decimal]]:
        rows = list(StatementLine.objects.of(self.tenant).order_by("id"))
        left = open_parts(self.tenant.id, [row.id for row in rows])
        return [(row, left[row.id]) for row in rows if left[row.id]]


def act_match(company: Company, by: Membership) -> None:
    row, left = company.chance.choice(company.open_lines())
    account = next(each for each in company.accounts if each.id == row.bank_account_id)
    items = search_items(account, Wanted(is_incoming=left > 0))
    items = [each for each in items if not each.why_not]
    chosen = company.chance.sample(items, min(len(items), company.chance.randint(1, 2)))
    missing = left - sum((each.open for each in chosen), ZERO)
    is_part = missing * left > 0 and company.chance.random() < 0.5
    difference = Difference(
        DifferenceKind.OTHER, missing, company.expense.id, chosen[0].id if chosen else None
    )
    pairing = Pairing(
        lines=[row.id],
        items=[Choice(each.kind, each.id, late="keep") for each in chosen],
        differences=[difference] if missing and not is_part else [],
        leaves_open=is_part,
        seen=versions_of(company.tenant.id, [row.id]),
    )
    match_lines(pairing, by=by)


def act_create(company: Company, by: Membership) -> None:
    row, _ = company.chance.choice(company.open_lines())
    halves = [Slice(company.expense.id, percent=Decimal("33.30")),
              Slice(company.expense.id, percent=Decimal("66.70"))]  # fmt: skip
    create_entry(row.id, halves, by=by)


def act_transfer(company: Company, by: Membership) -> None:
    row, _ = company.chance.choice(company.open_lines())
    other = next(each for each in company.accounts if each.id != row.bank_account_id)
    transfer(row.id, by=by, other_account=other)


def act_ignore(company: Company, by: Membership) -> None:
    row, _ = company.chance.choice(company.open_lines())
    ignore(row.id, by=by, why="Sorteio")


def act_give_back(company: Company, by: Membership) -> None:
    """Of what a person created or left alone: what a bill or charge gives back is not undone."""
    rows = StatementLine.objects.of(company.tenant).exclude(
        match_lines__match__kind=Match.Kind.MATCH
    )
    other = company.chance.choice(list(rows.order_by("id")))
    row, _ = company.chance.choice(company.open_lines())
    give_back(row.id, other.id, by=by)


def act_undo(company: Company, by: Membership) -> None:
    standing = list(Match.objects.of(company.tenant).standing().order_by("id"))
    chosen = company.chance.sample(standing, min(len(standing), company.chance.randint(1, 3)))
    try:
        undo([each.id for each in chosen], by=by)
    except StandsOn as error:
        first = [each.match for each in error.blockers if each.match is not None]
        undo({each.id for each in [*first, *chosen]}, by=by)


def act_accept(company: Company, by: Membership) -> None:
    """One that was proposed a while ago, perhaps; nothing that was said before falls with it."""
    rows = Proposal.objects.of(company.tenant).filter(undoes=[])
    accept(company.chance.choice(list(rows.order_by("line_id", "rank"))), by=by)


ACTS: Mapping[str, Callable[[Company, Membership], None]] = {
    "match": act_match, "create": act_create, "transfer": act_transfer,
    "ignore": act_ignore, "give_back": act_give_back, "undo": act_undo, "accept": act_accept,
}  # fmt: skip


# --- What holds ---


def require_true_proposals(tenant: Tenant) -> None:
    """Each is of a line that is open, and of items of which as much is."""
    open_lines = set(OpenLine.objects.of(tenant).values_list("id", flat=True))
    bills = Payable.objects.of(tenant).filter(status__in=["pending", "approved", "sent"])
    left = dict(bills.values_list("id", "amount"))
    left |= {each.id: each.rest for each in Charge.objects.of(tenant) if each.rest}
    left |= dict(OpenItem.objects.of(tenant).values_list("id", "rest"))
    for each in Proposal.objects.of(tenant):
        assert each.line_id in open_lines
        for part in each.parts:
            assert Decimal(part["amount"]) <= abs(left[UUID(part["id"])])
