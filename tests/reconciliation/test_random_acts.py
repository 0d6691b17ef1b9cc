"""Two people and the engine act on the lines of two accounts in any order: what holds after each
act, and what undoing everything gives back."""

import random
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

import pytest

from accounts.models import JournalEntry, JournalLine
from banking.models import Allocation, BankAccount, StatementLine
from charges.models import Charge
from core.errors import DomainError
from payments.models import Payable
from payments.states import PayableStatus
from reconciliation.engine.run import work
from reconciliation.matches.amounts import open_parts, with_open_entries
from reconciliation.matches.undo import undo
from reconciliation.models import Automation, LineReading, Match, MatchLine, Proposal
from tenants.scope import tenant_scope
from tests.charges.factories import make_charge, membership
from tests.charges.issued import opened
from tests.examples import examples
from tests.payments.factories import make_bank_account, make_known
from tests.reconciliation.engine.lines import of_payee, of_payer
from tests.reconciliation.matched import account_named, line, make_entry
from tests.reconciliation.random_acts import ACTS, FIRST, ZERO, Company, require_true_proposals

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]

STEPS = 40
LAST = FIRST + timedelta(days=11)


@pytest.fixture(params=range(examples(3)))
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
        bill = make_known(tenant, str(made.amount()), approved=True)
        charge = opened(
            make_charge(tenant, accounts[0], str(made.amount()), due_date=bill.due_date)
        )
        of_payee(bill, accounts[0], f"-{bill.amount}", LAST)
        of_payer(charge, accounts[0], str(charge.amount), LAST)
    return made


def look(company: Company) -> None:
    """The engine's turn."""
    work(company.tenant.id)
    require_true_proposals(company.tenant)


def look_anew(company: Company) -> None:
    LineReading.objects.of(company.tenant).update(is_due=True)
    look(company)


def switch(company: Company, *, on: bool) -> None:
    for account in company.accounts:
        Automation.objects.update_or_create(
            tenant=company.tenant,
            bank_account=account,
            defaults={"by_evidence": on, "changed_by": company.people[0].user},
        )


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


def outlines(company: Company) -> dict[UUID, list[tuple[str, ...]]]:
    """What is proposed, whatever the ids of entries that were written again."""
    found: dict[UUID, list[tuple[str, ...]]] = {}
    for each in Proposal.objects.of(company.tenant):
        parts = [(part["kind"], part["amount"]) for part in each.parts]
        told = (each.kind, each.degree, each.score, parts, each.difference, each.reasons)
        found.setdefault(each.line_id, []).append(tuple(map(str, told)))
    return {name: sorted(each) for name, each in found.items()}


def test_any_order_of_acts_keeps_the_books_and_undoing_all_gives_everything_back(company):
    with tenant_scope(company.tenant.id):
        look(company)
        before = (books(company), open_amounts(company), outlines(company))
        switch(company, on=True)
        look_anew(company)
        for _ in range(STEPS):
            name = company.chance.choice([*ACTS, "match", "match"])
            if company.chance.random() < 0.4:
                look(company)
            try:
                ACTS[name](company, company.chance.choice(company.people))
            except (DomainError, IndexError):
                continue
            company.done[name] = company.done.get(name, 0) + 1
            require_laws(company)
        assert Match.objects.of(company.tenant).filter(made_by=None).exists()
        standing = Match.objects.of(company.tenant).standing().values_list("id", flat=True)
        assert sum(company.done.values()) >= STEPS / 3, company.done
        undo(set(standing), by=company.people[0])
        require_laws(company)
        switch(company, on=False)
        look_anew(company)
        assert (books(company), open_amounts(company), outlines(company)) == before
