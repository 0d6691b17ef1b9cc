"""«Cancelar no banco»: asked for on a page, done in the background by one claim."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from banking.banks.contract.errors import BankOutcomeUnknown, BankRejected, BankUnavailable
from banking.banks.contract.payments import OrderState, Whereabouts
from banking.models import BankAccount
from core.errors import InvalidState
from payments.models import Payable, PaymentOrder
from payments.orders.cancellation import cancel_requested_orders, request_cancellation
from payments.orders.status_polling import poll_open_orders
from payments.states import OrderStatus, PayableStatus
from payments.timeline import CANCEL_ASKED, CANCEL_UNCONFIRMED, NOT_CANCELLED
from tenants.models import Membership, Role, Tenant
from tenants.scope import tenant_scope
from tests.banking.factories import reread
from tests.cast import make_member, sign_in
from tests.payments.factories import BOLETO, bill_of, make_bank_account, make_order, make_payable
from tests.payments.scripted_bank import ScriptedBank
from tests.payments.timelines import timeline

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]


@pytest.fixture
def account(tenant: Tenant) -> BankAccount:
    return make_bank_account(tenant)


@pytest.fixture
def order(tenant: Tenant, account: BankAccount) -> PaymentOrder:
    """A boleto that waits for approval at Cora."""
    payable = make_payable(tenant, "1234.56", destination=BOLETO, approved=True)
    return make_order(payable, OrderStatus.AT_BANK, reference="ref-1", first_sent_at=timezone.now())


@pytest.fixture
def asked(tenant: Tenant, order: PaymentOrder) -> PaymentOrder:
    with tenant_scope(tenant.id):
        members = Membership.objects.of(tenant).select_related("user")
        request_cancellation(order.payable, by=members.get(user=order.payable.created_by))
    return order


def page_of(order: PaymentOrder, name: str = "take_back") -> str:
    return reverse(f"payments:{name}", args=[order.payable_id])


# --- In the background ---


def test_the_bank_forgets_it_and_the_bill_waits_for_a_person(
    account: BankAccount, asked: PaymentOrder
) -> None:
    bank = ScriptedBank(cancels=[None])

    cancel_requested_orders(account, bank)

    assert [reference for reference, _ in bank.cancelled] == ["ref-1"]
    assert reread(asked).status == OrderStatus.CANCELLED
    payable = bill_of(asked)
    assert (payable.status, payable.hold) == (PayableStatus.PENDING, Payable.Hold.TAKEN_BACK)
    assert "Cora" in timeline(asked).splitlines()[-1]


def test_an_order_that_was_decided_meanwhile_stays_at_the_bank(
    account: BankAccount, asked: PaymentOrder
) -> None:
    why = "O banco Cora recusou o pedido: já aprovado."
    cancel_requested_orders(account, ScriptedBank(cancels=[BankRejected(why)]))

    after = reread(asked)
    assert (after.status, after.cancel_asked_at, after.wait_until) == (
        OrderStatus.AT_BANK, None, None,
    )  # fmt: skip
    assert f"{NOT_CANCELLED}: {why}" in timeline(asked)


def test_a_lost_answer_is_asked_again_under_the_same_key_when_the_lease_is_over(
    account: BankAccount, asked: PaymentOrder, monday: time_machine.Traveller
) -> None:
    bank = ScriptedBank(cancels=[BankOutcomeUnknown("O banco não confirmou."), None])

    cancel_requested_orders(account, bank)
    cancel_requested_orders(account, bank)
    assert len(bank.cancelled) == 1
    monday.shift(timedelta(minutes=6))
    cancel_requested_orders(account, bank)

    assert len(bank.cancelled) == 2 and len(set(bank.cancelled)) == 1
    assert reread(asked).status == OrderStatus.CANCELLED


def test_a_bank_that_is_away_is_asked_again_in_the_next_round(
    account: BankAccount, asked: PaymentOrder
) -> None:
    bank = ScriptedBank(cancels=[BankUnavailable("O banco não respondeu.")] * 2 + [None])

    for _ in range(3):
        cancel_requested_orders(account, bank)

    assert reread(asked).status == OrderStatus.CANCELLED
    assert timeline(asked).count(CANCEL_UNCONFIRMED) == 1


def test_a_cancellation_whose_answer_was_lost_is_told_by_the_poll(
    account: BankAccount, asked: PaymentOrder
) -> None:
    cancel_requested_orders(account, ScriptedBank(cancels=[BankOutcomeUnknown("Não confirmou.")]))

    states = {"ref-1": Whereabouts(OrderState.CANCELLED)}
    poll_open_orders(account, ScriptedBank(states=states), timezone.now())

    assert reread(asked).status == OrderStatus.CANCELLED
    assert bill_of(asked).hold == Payable.Hold.TAKEN_BACK


def test_one_that_was_approved_first_is_paid(account: BankAccount, asked: PaymentOrder) -> None:
    states = {"ref-1": Whereabouts(OrderState.PAID)}
    poll_open_orders(account, ScriptedBank(states=states), timezone.now())
    bank = ScriptedBank(cancels=[None])

    cancel_requested_orders(account, bank)

    assert bank.cancelled == []
    assert reread(asked).status == OrderStatus.PAID


def test_what_does_not_wait_at_the_bank_is_not_taken_back(
    tenant: Tenant, account: BankAccount
) -> None:
    payable = make_payable(tenant, approved=True)
    make_order(payable)
    with tenant_scope(tenant.id):
        member = Membership.objects.of(tenant).get(user=payable.created_by)
        with pytest.raises(InvalidState) as error:
            request_cancellation(payable, by=member)
    assert error.value.code == "not_taken_back"


# --- The pages ---


def test_the_bill_offers_it_and_the_dialog_says_what_happens(
    as_approver: Client, order: PaymentOrder
) -> None:
    assert page_of(order) in as_approver.get(page_of(order, "detail")).content.decode()

    dialog = as_approver.get(page_of(order), headers={"HX-Request": "true"}).content.decode()

    assert "<dialog" in dialog
    assert "1.234,56" in dialog and f'action="{page_of(order)}"' in dialog


def test_asking_leaves_the_rest_to_the_background(as_operator: Client, order: PaymentOrder) -> None:
    response = as_operator.post(page_of(order), follow=True)

    page = response.content.decode()
    assert CANCEL_ASKED in page
    assert response.context["row"].situation.code == "cancelling"
    assert reread(order).status == OrderStatus.AT_BANK
    assert reread(order).cancel_asked_at is not None
    assert page_of(order) not in page


def test_asking_twice_is_asking_once(as_operator: Client, order: PaymentOrder) -> None:
    for _ in range(2):
        as_operator.post(page_of(order))

    assert timeline(order).count(CANCEL_ASKED) == 1


def test_a_reader_does_not_take_back(client: Client, tenant: Tenant, order: PaymentOrder) -> None:
    sign_in(client, make_member(tenant, Role.READER), tenant)

    assert client.post(page_of(order)).status_code == 403
    assert reread(order).cancel_asked_at is None
    assert page_of(order) not in client.get(page_of(order, "detail")).content.decode()


def test_another_company_does_not_find_it(as_outsider: Client, order: PaymentOrder) -> None:
    assert as_outsider.post(page_of(order)).status_code == 404
    assert reread(order).cancel_asked_at is None


def test_a_bank_that_does_not_take_teds_back_says_so_on_the_page(
    as_approver: Client, tenant: Tenant, account: BankAccount
) -> None:
    order = make_order(make_payable(tenant, approved=True), OrderStatus.AT_BANK)

    response = as_approver.get(page_of(order, "detail"))

    page = response.content.decode()
    why = response.context["row"].why_not_back
    assert "Cora" in why and "TED" in why and why in page
    assert page_of(order) not in page
