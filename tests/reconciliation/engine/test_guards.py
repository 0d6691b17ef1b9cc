"""What people took apart keeps the engine from the same again, and from nothing else; what they
look at, or keep to themselves, is theirs, however sure the engine is."""

from datetime import timedelta

import pytest

from banking.models import BankAccount, FileRow, LineDoubt, StatementLine
from banking.statements.answer_doubt import answer_doubt
from payments.states import OrderStatus, PayableStatus
from reconciliation.engine.opened import leave_alone
from reconciliation.engine.run import work
from reconciliation.matches.create import Slice, create_entry
from reconciliation.matches.transfer import transfer
from reconciliation.matches.undo import undo
from reconciliation.models import Match
from tenants.models import Membership, Tenant
from tenants.scope import tenant_scope
from tests.banking.factories import reread
from tests.payments.clock import at
from tests.payments.factories import approve, make_bank_account, make_known, make_order
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


def test_a_bill_that_was_taken_from_its_line_is_not_paid_by_it_once_it_is_approved_again(
    tenant: Tenant, automatic: BankAccount, ana: Membership
) -> None:
    bill = make_known(tenant, "731.17", approved=True)
    row = of_payee(bill, automatic, "-731.17")
    work(tenant.id)
    with tenant_scope(tenant.id):
        made = Match.objects.of(tenant).standing().get()
        undo([made.id], by=ana)
    approve(reread(bill))

    work(tenant.id)

    assert (open_of(row), reread(bill).status) == (row.amount, PayableStatus.APPROVED)


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


def test_nor_as_the_return_that_people_took_apart(
    tenant: Tenant, automatic: BankAccount, ana: Membership
) -> None:
    fee = line(automatic, "-12.90", DAY, kind="fee", description="TARIFA PACOTE")
    back = line(automatic, "12.90", DAY, description="ESTORNO TARIFA PACOTE")
    work(tenant.id)
    with tenant_scope(tenant.id):
        made = Match.objects.of(tenant).standing().get()
        undo([made.id], by=ana)

    work(tenant.id)

    assert made.kind == Match.Kind.GIVE_BACK
    assert [open_of(row) for row in (fee, back)] == [fee.amount, back.amount]


def test_a_transfer_of_which_one_account_is_left_to_people_is_theirs(
    tenant: Tenant, automatic: BankAccount
) -> None:
    theirs = make_bank_account(tenant, preferred=False)
    own = {"counterparty_name": tenant.legal_name, "counterparty_document": tenant.cnpj}
    rows = [line(automatic, "-1234.56", DAY, **own), line(theirs, "1234.56", DAY, **own)]

    work(tenant.id)

    assert [open_of(row) for row in rows] == [row.amount for row in rows]


def paid_by_id(tenant: Tenant) -> StatementLine:
    """The debit of a payment of ours, which it names: matched whatever people decided."""
    bank = make_bank_account(tenant, provider="kamino")
    bill = make_known(tenant, "731.17", approved=True)
    sent = {"first_sent_at": at("23 10:00"), "reference": "R4711C0FFEE"}
    order = make_order(bill, OrderStatus.AT_BANK, **sent)
    return of_payee(bill, bank, "-731.17", kind="transfer", description=f"TED {order.reference}")


def test_what_is_certain_by_its_id_is_matched_and_undone_stays_so(
    tenant: Tenant, ana: Membership
) -> None:
    row = paid_by_id(tenant)
    work(tenant.id)
    with tenant_scope(tenant.id):
        made = Match.objects.of(tenant).standing().get()
        undo([made.id], by=ana)

    work(tenant.id)

    assert (made.degree, open_of(row)) == ("id", row.amount)


def test_what_is_certain_by_its_id_is_left_alone_while_a_person_looks_at_it(
    tenant: Tenant, ana: Membership
) -> None:
    row = paid_by_id(tenant)
    with tenant_scope(tenant.id):
        leave_alone(row, by=ana)

    work(tenant.id)

    assert open_of(row) == row.amount


def test_lines_that_were_said_to_be_two_are_the_engines_again(
    tenant: Tenant, automatic: BankAccount, ana: Membership
) -> None:
    bill = make_known(tenant, "731.17", approved=True)
    row = of_payee(bill, automatic, "-731.17")
    told = {"counterparty_name": "Outra Ltda", "counterparty_document": "45723174000110"}
    other = line(automatic, "-731.17", row.booked_on - timedelta(days=1), **told)
    with tenant_scope(tenant.id):
        doubt = LineDoubt.objects.create(
            tenant=tenant, bank_account=automatic, line=other, told=row
        )
        answer_doubt(doubt, FileRow.Answer.TWO, by=ana)

    work(tenant.id)

    assert (open_of(row), open_of(other)) == (0, other.amount)
