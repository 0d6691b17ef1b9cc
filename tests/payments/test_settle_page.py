"""The page on which a person says how a payment ended that the bank does not tell of."""

from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import JournalEntry
from payments.models import Payable
from payments.states import OrderStatus, PayableStatus
from tenants.models import Tenant, User
from tenants.scope import tenant_scope
from tests.banking.made import reread
from tests.cast import sign_in
from tests.payments.make import make_bank_account, make_order, make_payable

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]


@pytest.fixture
def lost(tenant: Tenant) -> Payable:
    """A bill whose order's answer was lost, and whose bank cannot tell."""
    make_bank_account(tenant)
    payable = make_payable(tenant, "150.00", approved=True)
    make_order(payable, OrderStatus.UNKNOWN, needs_person=True)
    return payable


def address(payable: Payable) -> str:
    return reverse("payments:settle", args=[payable.id])


def entries(tenant: Tenant) -> list[Decimal]:
    with tenant_scope(tenant.id):
        return list(JournalEntry.objects.of(tenant).values_list("total", flat=True))


def test_the_bill_leads_there(as_approver: Client, lost: Payable) -> None:
    page = as_approver.get(reverse("payments:detail", args=[lost.id]))

    assert address(lost) in page.content.decode()


def test_paid_posts_the_entry(as_approver: Client, tenant: Tenant, lost: Payable) -> None:
    as_approver.post(address(lost), {"ended": "paid"})

    assert reread(lost).status == PayableStatus.PAID
    assert entries(tenant) == [Decimal("150.00")]


def test_not_paid_is_approved_again_first(
    as_approver: Client, tenant: Tenant, lost: Payable
) -> None:
    as_approver.post(address(lost), {"ended": "not_paid"})

    assert reread(lost).status == PayableStatus.PENDING
    assert reread(lost).hold == Payable.Hold.REFUSED
    assert entries(tenant) == []


def test_what_was_seen_at_the_bank_is_shown(as_approver: Client, lost: Payable) -> None:
    with tenant_scope(lost.tenant_id):
        lost.orders.update(seen="Nenhum débito igual no extrato.")

    for name in ("settle", "detail"):
        page = as_approver.get(reverse(f"payments:{name}", args=[lost.id]))
        assert "Nenhum débito igual no extrato." in page.content.decode()


@pytest.mark.parametrize(("provider", "is_shown"), [("cora", True), ("bs2", False)])
def test_our_code_is_shown_where_the_bank_keeps_it(
    as_approver: Client, tenant: Tenant, provider: str, is_shown: bool
) -> None:
    make_bank_account(tenant, provider=provider)
    payable = make_payable(tenant, approved=True)
    order = make_order(payable, OrderStatus.UNKNOWN, needs_person=True)

    assert (order.code in as_approver.get(address(payable)).content.decode()) is is_shown


def test_nothing_is_guessed(as_approver: Client, lost: Payable) -> None:
    page = as_approver.post(address(lost), {})

    assert "Escolha como terminou." in page.content.decode()
    assert reread(lost).status == PayableStatus.SENT


def test_a_second_answer_changes_nothing(
    as_approver: Client, tenant: Tenant, lost: Payable
) -> None:
    as_approver.post(address(lost), {"ended": "paid"})

    here = f"http://testserver{address(lost)}"
    again = as_approver.post(address(lost), {"ended": "not_paid"}, follow=True, HTTP_REFERER=here)

    assert "não precisa de conferência" in again.content.decode()
    assert reread(lost).status == PayableStatus.PAID
    assert entries(tenant) == [Decimal("150.00")]


def test_who_enters_bills_does_not_settle_them(
    client: Client, tenant: Tenant, operator: User, lost: Payable
) -> None:
    sign_in(client, operator, tenant)

    assert client.post(address(lost), {"ended": "paid"}).status_code == 403


def test_an_order_that_is_still_being_asked_about_is_left_to_the_bank(
    as_approver: Client, tenant: Tenant
) -> None:
    make_bank_account(tenant)
    payable = make_payable(tenant, approved=True)
    make_order(payable, OrderStatus.UNKNOWN)

    as_approver.post(address(payable), {"ended": "paid"})

    assert reread(payable).status == PayableStatus.SENT
