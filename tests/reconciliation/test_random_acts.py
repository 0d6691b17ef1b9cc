"""Two people act on the lines of two accounts in any order: what holds after each act, and what
undoing everything gives back."""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

import pytest

from accounts.models import Account, JournalEntry, JournalLine
from banking.models import Allocation, BankAccount, StatementLine
from charges.models import Charge
from core.errors import DomainError
from payments.models import Payable
from payments.states import PayableStatus
from reconciliation.matches.amounts import open_parts, with_open_entries
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
from reconciliation.models import Match, MatchLine
from tenants.models import Membership, Tenant
from tenants.scope import tenant_scope
from tests.charges.factories import make_charge, membership
from tests.charges.issued import opened
from tests.payments.factories import make_bank_account, make_known
from tests.reconciliation.matched import account_named, line, make_entry

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]

ZERO = Decimal("0.00")
FIRST = date(2026, 11, 9)
STEPS = 40


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


@pytest.fixture(params=range(6))
def company(request, tenant) -> Company:
    chance = random.Random(request.param)
    accounts = [make_bank_account(tenant), make_bank_account(tenant, preferred=False)]
    people = [membership(tenant), membership(tenant)]
    made = Company(tenant, accounts, people, account_named(tenant, "5.4.03"), chance)
    for account in accounts:
        for sign in (1, -1) * 5:
            line(account, str(made.amount() * sign), made.day())
        for sign in (1, -1) * 3:
            make_entry(account, str(made.amount() * sign), code="5.4.03", day=made.day())
    for _ in range(3):
        make_known(tenant, str(made.amount()), approved=True)
        opened(make_charge(tenant, accounts[0], str(made.amount())))
    return made


# --- Acts ---


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


ACTS: Mapping[str, Callable[[Company, Membership], None]] = {
    "match": act_match, "create": act_create, "transfer": act_transfer,
    "ignore": act_ignore, "give_back": act_give_back, "undo": act_undo,
}  # fmt: skip


# --- What holds ---


def require_laws(company: Company) -> None:
    tenant = company.tenant
    for entry in JournalEntry.objects.of(tenant).prefetch_related("lines"):
        assert sum(each.amount for each in entry.lines.all()) == 0
    for account in company.accounts:
        require_equation(company, account)


def require_equation(company: Company, account: BankAccount) -> None:
    """Bank less books is what nothing is said of, on every day."""
    rows = list(StatementLine.objects.of(company.tenant).filter(bank_account=account))
    posted = list(
        with_open_entries(
            JournalLine.objects.of(company.tenant).filter(account=account.ledger_account_id)
        ).select_related("entry")
    )
    reversed_ones = {each.entry.reverses_id for each in posted}
    parts = list(
        Allocation.objects.of(company.tenant)
        .standing()
        .filter(statement_line__bank_account=account)
        .select_related("statement_line", "journal_line__entry")
    )
    used: dict[object, Decimal] = {}
    for part in parts:
        for side in (part.statement_line_id, part.journal_line_id):
            used[side] = used.get(side, ZERO) + part.amount
    for each in [*rows, *posted]:
        assert abs(used.get(each.id, ZERO)) <= abs(each.amount)
        assert used.get(each.id, ZERO) * each.amount >= 0
    left = open_parts(company.tenant.id, [row.id for row in rows])
    ignored: dict[object, Decimal] = {}
    for said in MatchLine.objects.of(company.tenant).ignored():
        ignored[said.statement_line_id] = ignored.get(said.statement_line_id, ZERO) + said.amount
    for row in rows:
        assert left[row.id] + used.get(row.id, ZERO) + ignored.get(row.id, ZERO) == row.amount
    for number in range(12):
        day = FIRST + timedelta(days=number)
        bank = sum((row.amount for row in rows if row.booked_on <= day), ZERO)
        books = sum((each.amount for each in posted if each.entry.date <= day), ZERO)
        lines_open = sum(
            (left[row.id] + ignored.get(row.id, ZERO) for row in rows if row.booked_on <= day),
            ZERO,
        )
        entries_open = sum(
            (
                each.open
                for each in posted
                if each.entry.date <= day
                and not each.entry.is_reversal
                and each.entry_id not in reversed_ones
            ),
            ZERO,
        )
        crossing = sum((crosses(part, day) for part in parts), ZERO)
        assert bank - books == lines_open - entries_open + crossing


def crosses(part: Allocation, day: date) -> Decimal:
    line_day, entry_day = part.statement_line.booked_on, part.journal_line.entry.date
    if line_day <= day < entry_day:
        return part.amount
    return -part.amount if entry_day <= day < line_day else ZERO


def books(company: Company) -> dict[str, Decimal]:
    sums: dict[str, Decimal] = {}
    rows = JournalLine.objects.of(company.tenant).select_related("account")
    for each in rows:
        sums[each.account.code] = sums.get(each.account.code, ZERO) + each.amount
    return {code: amount for code, amount in sums.items() if amount}


def open_amounts(company: Company) -> dict[object, Decimal]:
    lines = {row.id: left for row, left in company.open_lines()}
    owed = {each.id: each.rest for each in Charge.objects.of(company.tenant)}
    bills = Payable.objects.of(company.tenant).exclude(status=PayableStatus.CANCELLED)
    due = {each.id: each.amount for each in bills.exclude(status=PayableStatus.PAID)}
    return lines | owed | due


def test_any_order_of_acts_keeps_the_books_and_undoing_all_gives_everything_back(company):
    with tenant_scope(company.tenant.id):
        before = (books(company), open_amounts(company))
        for _ in range(STEPS):
            name = company.chance.choice([*ACTS, "match", "match"])
            try:
                ACTS[name](company, company.chance.choice(company.people))
            except (DomainError, IndexError):
                continue
            company.done[name] = company.done.get(name, 0) + 1
            require_laws(company)
        standing = Match.objects.of(company.tenant).standing().values_list("id", flat=True)
        assert sum(company.done.values()) >= STEPS / 3, company.done
        undo(set(standing), by=company.people[0])
        require_laws(company)
        assert (books(company), open_amounts(company)) == before
