"""What people took apart keeps the engine from the same again, and from nothing else."""

import pytest

from banking.models import BankAccount
from payments.states import PayableStatus
from reconciliation.engine.run import work
from reconciliation.matches.create import Slice, create_entry
from reconciliation.matches.transfer import transfer
from reconciliation.matches.undo import undo
from reconciliation.models import Match
from tenants.models import Membership, Tenant
from tenants.scope import tenant_scope
from tests.banking.factories import reread
from tests.payments.factories import make_bank_account, make_known
from tests.reconciliation.engine.lines import of_payee, switch_on
from tests.reconciliation.matched import DAY, account_named, line, open_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]


@pytest.fixture
def automatic(ana: Membership, itau: BankAccount) -> BankAccount:
    switch_on(itau, ana)
    return itau


@pytest.fixture
def there(tenant: Tenant, ana: Membership) -> BankAccount:
    account = make_bank_account(tenant, preferred=False)
    switch_on(account, ana)
    return account


def test_a_line_that_was_said_to_be_a_transfer_is_matched_with_its_bill(
    tenant: Tenant, automatic: BankAccount, there: BankAccount, ana: Membership
) -> None:
    bill = make_known(tenant, "731.17", approved=True)
    row = of_payee(bill, automatic, "-731.17")
    with tenant_scope(tenant.id):
        made = transfer(row.id, by=ana, other_account=there)
        undo([made.match_id], by=ana)

    work(tenant.id)

    assert (open_of(row), reread(bill).status) == (0, PayableStatus.PAID)


def test_a_line_that_was_said_to_be_an_expense_is_matched_as_a_transfer(
    tenant: Tenant, automatic: BankAccount, there: BankAccount, ana: Membership
) -> None:
    own = {"counterparty_name": tenant.legal_name, "counterparty_document": tenant.cnpj}
    left = line(automatic, "-1234.56", DAY, **own)
    expense = account_named(tenant, "5.4.03")
    with tenant_scope(tenant.id):
        undo([create_entry(left.id, [Slice(expense.id)], by=ana).id], by=ana)
    line(there, "1234.56", DAY, **own)

    work(tenant.id)

    with tenant_scope(tenant.id):
        made = Match.objects.of(tenant).standing().get()
    assert (made.kind, open_of(left)) == (Match.Kind.TRANSFER, 0)


def test_but_not_as_the_transfer_that_people_took_apart(
    tenant: Tenant, automatic: BankAccount, there: BankAccount, ana: Membership
) -> None:
    own = {"counterparty_name": tenant.legal_name, "counterparty_document": tenant.cnpj}
    rows = [line(automatic, "-1234.56", DAY, **own), line(there, "1234.56", DAY, **own)]
    work(tenant.id)
    with tenant_scope(tenant.id):
        undo([Match.objects.of(tenant).standing().get().id], by=ana)

    work(tenant.id)

    assert [open_of(row) for row in rows] == [row.amount for row in rows]
