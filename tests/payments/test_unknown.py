"""What follows from what a bank says of an order whose answer was lost."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from accounts.models import JournalEntry
from banking.banks.contract.errors import BankUnavailable
from banking.banks.contract.payments import Finding, OrderState, Search
from banking.models import BankAccount
from payments.models import Payable, PaymentOrder
from payments.orders import tracking
from payments.orders.unknown import ask_about_unknown, twins_of
from payments.states import OrderStatus, PayableStatus
from payments.timeline import NEEDS_CHECKING
from tenants.models import Tenant
from tenants.scope import tenant_scope
from tests.banking.factories import change, reread
from tests.payments.factories import BOLETO, bill_of, make_bank_account, make_order, make_payable
from tests.payments.scripted_bank import ScriptedBank, found
from tests.payments.timelines import timeline

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]

PATIENCE = ScriptedBank.info.tell_a_person_after
SEEN = "Dois comprovantes de R$ 150,00 a este favorecido hoje."


@pytest.fixture
def account(tenant: Tenant) -> BankAccount:
    return make_bank_account(tenant)


def sent(
    tenant: Tenant, status: OrderStatus = OrderStatus.UNKNOWN, amount: str = "150.00", **more: Any
) -> PaymentOrder:
    """An order sent forty minutes ago: past the window in which a repeat is surely one payment."""
    payable = make_payable(tenant, amount, approved=True, **more)
    at = timezone.now() - timedelta(minutes=40)
    return make_order(payable, status, first_sent_at=at, reference=f"r{payable.id.hex[:8]}")


def ask_again(order: PaymentOrder, account: BankAccount, bank: ScriptedBank) -> PaymentOrder:
    change(order, wait_until=None)
    ask_about_unknown(account, bank)
    again: PaymentOrder = reread(order)
    return again


def test_the_bank_is_told_how_many_twins_it_has(tenant: Tenant, account: BankAccount) -> None:
    order = sent(tenant)
    for status in (OrderStatus.AT_BANK, OrderStatus.SCHEDULED, OrderStatus.PAID):
        sent(tenant, status)
    change(sent(tenant, OrderStatus.PAID), status=OrderStatus.RETURNED)
    sent(tenant, OrderStatus.AT_BANK, amount="150.01")
    sent(tenant, OrderStatus.AT_BANK, payee_document="52998224725")
    sent(tenant, OrderStatus.REJECTED)
    make_order(make_payable(tenant, approved=True))  # queued: the bank has never seen it
    change(sent(tenant, OrderStatus.PAID), first_sent_at=timezone.now() - timedelta(days=1))
    bank = ScriptedBank()

    ask_again(order, account, bank)

    assert bank.twins == [4]


def test_the_twins_of_a_boleto_are_those_of_its_title(tenant: Tenant, account: BankAccount) -> None:
    order = sent(tenant, amount="1234.56", destination=BOLETO)
    other = sent(tenant, OrderStatus.AT_BANK, amount="1234.56")

    with tenant_scope(tenant.id):
        assert other.payable.payee_id == order.payable.payee_id
        assert twins_of(order) == 0


def test_what_is_found_paid_is_settled_at_once(tenant: Tenant, account: BankAccount) -> None:
    order = sent(tenant)

    order = ask_again(order, account, ScriptedBank(found(OrderState.PAID, "comprovante-9")))

    assert (order.status, order.reference) == (OrderStatus.PAID, "comprovante-9")
    assert bill_of(order).status == PayableStatus.PAID
    with tenant_scope(tenant.id):
        assert JournalEntry.objects.of(tenant).get().total == Decimal("150.00")


def test_one_receipt_is_not_found_for_two_orders(tenant: Tenant, account: BankAccount) -> None:
    first, second = sent(tenant), sent(tenant)
    bank = ScriptedBank(found(OrderState.PAID, "comprovante-9"))

    first, second = ask_again(first, account, bank), ask_again(second, account, bank)

    assert {first.status, second.status} == {OrderStatus.PAID, OrderStatus.UNKNOWN}
    assert "comprovante-9" in first.seen + second.seen


def test_an_answer_is_dropped_when_a_twin_moved_while_the_bank_was_asked(
    tenant: Tenant, account: BankAccount
) -> None:
    order = sent(tenant)

    class Meanwhile(ScriptedBank):
        def find_order(self, *args: Any, **more: Any) -> Finding:
            sent(tenant, OrderStatus.AT_BANK)
            return super().find_order(*args, **more)

    order = ask_again(order, account, Meanwhile(found(OrderState.PAID)))

    assert order.status == OrderStatus.UNKNOWN


def test_what_the_bank_showed_is_kept_for_the_person(
    tenant: Tenant, account: BankAccount, monday: time_machine.Traveller
) -> None:
    order = sent(tenant)
    bank = ScriptedBank(Finding(Search.CANNOT_TELL, seen=SEEN))

    order = ask_again(order, account, bank)
    assert (order.seen, order.needs_person) == (SEEN, False)

    monday.shift(PATIENCE)
    order = ask_again(order, account, bank)
    assert order.needs_person
    assert SEEN in timeline(order)


def test_a_bank_that_does_not_answer_is_told_to_a_person_too(
    tenant: Tenant, account: BankAccount, monday: time_machine.Traveller
) -> None:
    order = sent(tenant)
    why = "O banco Cora não respondeu como esperado."
    bank = ScriptedBank(BankUnavailable(why))
    monday.shift(PATIENCE)

    order = ask_again(order, account, bank)

    assert order.needs_person
    assert why in timeline(order)


def test_a_lost_connection_is_told_to_a_person_too(
    tenant: Tenant, account: BankAccount, monday: time_machine.Traveller
) -> None:
    order = sent(tenant)
    with tenant_scope(tenant.id):
        connection = account.connection
    change(connection, status="lost")

    tracking.follow_account(tenant.id, account.id)
    assert not reread(order).needs_person
    monday.shift(PATIENCE)
    tracking.follow_account(tenant.id, account.id)

    assert reread(order).needs_person
    assert NEEDS_CHECKING in timeline(order) and "Cora" in reread(order).seen


def test_what_is_found_refused_keeps_the_banks_reason(tenant: Tenant, account: BankAccount) -> None:
    order = sent(tenant)
    bank = ScriptedBank(found(OrderState.REJECTED, reason="Conta de destino encerrada."))

    order = ask_again(order, account, bank)

    assert (order.status, order.message) == (OrderStatus.REJECTED, "Conta de destino encerrada.")
    assert bill_of(order).hold == Payable.Hold.REFUSED


@pytest.mark.parametrize(
    ("proof", "status"),
    [
        (BankAccount.Proof.PROVED, OrderStatus.QUEUED),
        (BankAccount.Proof.BROKEN, OrderStatus.UNKNOWN),
        (BankAccount.Proof.UNKNOWN, OrderStatus.UNKNOWN),
    ],
)
def test_a_boleto_is_missing_only_from_a_statement_that_is_proved(
    tenant: Tenant, account: BankAccount, proof: BankAccount.Proof, status: OrderStatus
) -> None:
    """What of the statement was not read may be its debit."""
    order = sent(tenant, amount="1234.56", destination=BOLETO)
    change(order, absent_since=timezone.now() - timedelta(minutes=30))
    change(account, synced_at=timezone.now(), proof=proof)

    order = ask_again(order, reread(account), ScriptedBank(Finding(Search.ABSENT)))

    assert order.status == status
