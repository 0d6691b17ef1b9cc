"""A bill and its line of the statement, each on the other's page, and taking them apart."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from banking.banks.contract.payments import OrderState
from banking.models import Allocation, StatementLine
from banking.statements.allocation import allocate, line_on
from payments.models import PaymentOrder
from payments.orders.transitions import apply_state
from payments.states import OrderStatus
from tenants.models import Role, Tenant
from tenants.scope import tenant_scope
from tests.accounts.books import make_entry
from tests.banking.factories import make_line
from tests.cast import make_member, sign_in
from tests.payments.factories import (
    SUPPLIER,
    TODAY,
    make_bank_account,
    make_order,
    make_payable,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]


def matched(tenant: Tenant) -> tuple[PaymentOrder, StatementLine]:
    """A paid bill's order, and the line of the statement that stands for its entry."""
    account = make_bank_account(tenant)
    order = make_order(
        make_payable(tenant, approved=True), OrderStatus.AT_BANK, first_sent_at=timezone.now()
    )
    line = make_line(
        account, "-150.00", TODAY, kind="transfer", counterparty_document=SUPPLIER,
        description="TED enviada",
    )  # fmt: skip
    with tenant_scope(tenant.id):
        apply_state(order, OrderState.PAID, source="Cora informou.")
        order.refresh_from_db()
    return order, line


def allocation_of(tenant: Tenant) -> Allocation:
    with tenant_scope(tenant.id):
        found: Allocation = Allocation.objects.of(tenant).get()
    return found


def test_the_bill_and_the_statement_show_their_line_and_lead_to_each_other(
    as_operator: Client, tenant: Tenant
) -> None:
    order, line = matched(tenant)
    here, there = f"linha-{line.id}", reverse("payments:detail", args=[order.payable_id])

    bill = as_operator.get(there)
    statement = as_operator.get(reverse("reconciliation:reconcile")).content.decode()

    assert [each.line for each in bill.context["bank_lines"]] == [line]
    assert f"{reverse('reconciliation:reconcile')}?conta={line.bank_account_id}" in (
        bill.content.decode()
    )
    assert f"#{here}" in bill.content.decode()
    assert f'id="{here}"' in statement and there in statement


def test_a_person_undoes_it_from_there_once_asked(as_operator: Client, tenant: Tenant) -> None:
    order, _ = matched(tenant)
    allocation = allocation_of(tenant)
    address = reverse("banking:undo_allocation", args=[allocation.id])
    there = reverse("payments:detail", args=[order.payable_id])

    assert address in as_operator.get(there).content.decode()
    assert as_operator.get(address).status_code == 200
    assert as_operator.get(address, headers={"HX-Request": "true"}).status_code == 200
    answer = as_operator.post(address, HTTP_REFERER=f"http://testserver{there}")

    assert answer.headers["Location"].endswith(there)
    assert allocation_of(tenant).undone_by_id is not None
    after = as_operator.get(there)
    assert (after.context["bank_lines"], address in after.content.decode()) == ([], False)


def test_one_that_asked_on_a_page_of_its_own_goes_on_to_the_statement(
    as_operator: Client, tenant: Tenant
) -> None:
    matched(tenant)
    address = reverse("banking:undo_allocation", args=[allocation_of(tenant).id])

    answer = as_operator.post(address, HTTP_REFERER=f"http://testserver{address}")

    assert answer.headers["Location"] == reverse("reconciliation:reconcile")


@pytest.mark.parametrize("role", [Role.APPROVER, Role.READER])
def test_who_does_not_work_on_the_statement_is_not_offered_it(
    client: Client, tenant: Tenant, role: Role
) -> None:
    order, _ = matched(tenant)
    address = reverse("banking:undo_allocation", args=[allocation_of(tenant).id])
    sign_in(client, make_member(tenant, role), tenant)

    for page in (
        reverse("payments:detail", args=[order.payable_id]),
        reverse("reconciliation:reconcile"),
    ):
        assert address not in client.get(page).content.decode()
    assert client.post(address).status_code == 403
    assert allocation_of(tenant).ended_at is None


def test_a_line_that_stands_for_an_entry_without_a_bill_leads_to_the_entry(
    as_operator: Client, tenant: Tenant
) -> None:
    account = make_bank_account(tenant)
    entry = make_entry(tenant, credit=account.ledger_account.code)
    line = make_line(account, "-150.00", TODAY)
    with tenant_scope(tenant.id):
        allocate(line, line_on(account, entry))

    statement = as_operator.get(reverse("reconciliation:reconcile")).content.decode()

    assert reverse("accounts:entry", args=[entry.id]) in statement


def test_the_statement_asks_as_much_whatever_the_number_of_its_lines(
    as_operator: Client, tenant: Tenant
) -> None:
    account = make_bank_account(tenant)

    def queries() -> int:
        entry = make_entry(tenant, credit=account.ledger_account.code)
        line = make_line(account, "-150.00", TODAY)
        with tenant_scope(tenant.id):
            allocate(line, line_on(account, entry))
        with CaptureQueriesContext(connection) as captured:
            as_operator.get(reverse("reconciliation:reconcile"))
        return len(captured)

    few = queries()
    assert [queries() for _ in range(3)][-1] == few
