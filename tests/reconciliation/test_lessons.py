"""What a person's match of sales entered by hand teaches: what the acquirer keeps of them."""

from datetime import date, timedelta
from typing import Any

import pytest

from accounts.chart.purposes import account_for
from accounts.journal.entries import post_entry
from accounts.models import Account, AccountPurpose
from banking.models import BankAccount, StatementLine
from banking.statements.allocation import line_on
from parties.models import Payer
from reconciliation.engine.run import work
from reconciliation.matches.undo import undo
from reconciliation.models import Lesson, Match, Proposal
from tenants.models import Membership, Tenant
from tenants.scope import tenant_scope
from tests.charges.factories import make_payer
from tests.reconciliation.matched import DAY, D, difference, line, make_entry, matched

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]

LATER = DAY + timedelta(days=10)


@pytest.fixture
def acquirer(tenant: Tenant) -> Payer:
    return make_payer(tenant, name="Adquirente Exemplo S.A.")


def sale(account: BankAccount, of: Payer, amount: str, day: date = DAY) -> Any:
    return make_entry(account, amount, code="4.1.01", day=day, memo=f"Venda · {of.name}")


def credit(account: BankAccount, of: Payer, amount: str, day: date = DAY) -> StatementLine:
    return line(account, amount, day, counterparty_document=of.document)


def accepted(account: BankAccount, of: Payer, by: Membership) -> Match:
    """300,00 of which 3 % were kept."""
    first, second = sale(account, of, "100.00"), sale(account, of, "200.00")
    row = credit(account, of, "291.00")
    fees = difference("fee", "-3.00", of=first), difference("fee", "-6.00", of=second)
    return matched(row, [first, second], *fees, by=by)


def lessons(tenant: Tenant) -> list[Any]:
    with tenant_scope(tenant.id):
        return list(Lesson.objects.of(tenant).values_list("payer", "told", "rate"))


def proposed(row: StatementLine) -> list[set[str]]:
    """The items of each."""
    with tenant_scope(row.tenant_id):
        found = Proposal.objects.of(row.tenant_id).filter(line_id=row.id)
        return [{part["id"] for part in each.parts} for each in found]


def test_the_rate_is_that_of_whom_the_line_tells(
    tenant: Tenant, itau: BankAccount, acquirer: Payer, ana: Membership
) -> None:
    accepted(itau, acquirer, ana)

    assert lessons(tenant) == [(acquirer.id, "", D("0.0300"))]


def test_some_of_a_days_sales_are_found_by_the_rate_until_it_is_undone(
    tenant: Tenant, itau: BankAccount, acquirer: Payer, ana: Membership
) -> None:
    made = accepted(itau, acquirer, ana)
    first, _, third = (sale(itau, acquirer, each, LATER) for each in ("50.00", "71.00", "31.00"))
    row = credit(itau, acquirer, "78.57", LATER)
    wanted = {str(first.id), str(third.id)}

    work(tenant.id)
    assert wanted in proposed(row)

    with tenant_scope(tenant.id):
        undo([made.id], by=ana)
    other = credit(itau, acquirer, "78.57", LATER)
    work(tenant.id)
    assert wanted not in proposed(other)


def test_an_entry_that_had_a_fee_of_its_own_teaches_none(
    tenant: Tenant, itau: BankAccount, acquirer: Payer, ana: Membership
) -> None:
    with tenant_scope(tenant.id):
        fees = account_for(tenant, AccountPurpose.FEES)
        sales = Account.objects.of(tenant).get(code="4.1.01")
        parts = [(itau.ledger_account, D("95.00")), (fees, D("5.00")), (sales, D("-100.00"))]
        entry = post_entry(tenant, date=DAY, memo="Venda", lines=parts)
        posted = line_on(itau, entry)
    matched(credit(itau, acquirer, "95.00"), posted, by=ana)

    assert lessons(tenant) == []


def test_a_line_that_tells_of_nobody_teaches_none(
    tenant: Tenant, itau: BankAccount, acquirer: Payer, ana: Membership
) -> None:
    sold = sale(itau, acquirer, "100.00")
    matched(line(itau, "97.00"), sold, difference("fee", "-3.00"), by=ana)

    assert lessons(tenant) == []
