"""Whom a boleto paid, as its bank tells it late: what is against the bill is reported."""

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from banking.banks.contract.payments import Creditor, OrderState
from banking.models import BankAccount
from payments.dispatch.send_now import send_now
from payments.models import Payable, PaymentOrder
from payments.orders.creditors import hear_creditors
from payments.orders.evidence import match_statement
from payments.orders.send import send_queued
from payments.orders.transitions import apply_state
from payments.states import OrderStatus
from tenants.models import Notice, Tenant, User
from tenants.scope import tenant_scope
from tests.banking.factories import change, connect_account, make_line, reread
from tests.cora_simulator import CoraSimulator
from tests.payments.factories import (
    BOLETO,
    SUPPLIER,
    TODAY,
    make_bank_account,
    make_order,
    make_payable,
)
from tests.payments.timelines import timeline

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]

STRANGER = "11444777000161"
OWN, ANOTHERS = Creditor("FORNECEDOR EXEMPLO ME", SUPPLIER), Creditor("Outra Ltda", STRANGER)
AMOUNT = Decimal("1234.56")
DIFFERS = "Dados do boleto divergem"


@pytest.fixture
def account(tenant: Tenant) -> BankAccount:
    """Cora, which shows no title before it pays."""
    return make_bank_account(tenant)


@pytest.fixture
def order(tenant: Tenant, account: BankAccount) -> PaymentOrder:
    payable = make_payable(tenant, f"{AMOUNT}", destination=BOLETO, approved=True)
    change(payable, title_read_at=None)
    return make_order(payable, OrderStatus.AT_BANK, first_sent_at=timezone.now())


def told(order: PaymentOrder) -> int:
    with tenant_scope(order.tenant_id):
        news = Notice.objects.of(order.tenant_id)
        return news.filter(subject=f"creditor-differs:{order.payable_id}").count()


def bill_of(order: PaymentOrder) -> Payable:
    with tenant_scope(order.tenant_id):
        bills = Payable.objects.of(order.tenant_id).select_related("payee")
        return bills.get(id=order.payable_id)


@pytest.mark.parametrize(
    ("creditor", "amount"), [(ANOTHERS, AMOUNT), (OWN, Decimal("2000.00"))], ids=["whom", "amount"]
)
def test_what_is_against_the_bill_is_reported_once_and_stands_on_its_page(
    as_operator: Client, order: PaymentOrder, creditor: Creditor, amount: Decimal
) -> None:
    for _ in range(2):
        hear_creditors([(order, creditor, amount)])

    payable = bill_of(order)
    assert len(payable.title_warnings) == 1
    assert timeline(order).count(DIFFERS) == 1
    assert told(order) > 0
    page = as_operator.get(reverse("payments:detail", args=[payable.id])).content.decode()
    assert payable.title_warnings[0] in page


@pytest.mark.parametrize(("creditor", "amount"), [(OWN, AMOUNT), (None, Decimal("2000.00"))])
def test_what_is_not_against_it_is_no_news(
    order: PaymentOrder, creditor: Creditor | None, amount: Decimal
) -> None:
    hear_creditors([(order, creditor, amount)])

    assert (bill_of(order).title_warnings, told(order)) == ([], 0)
    assert bill_of(order).title_name == (creditor.name if creditor else "")


def test_a_title_that_was_read_before_stays(order: PaymentOrder) -> None:
    change(bill_of(order), title_name=OWN.name, title_document=OWN.document)

    hear_creditors([(order, ANOTHERS, AMOUNT)])

    assert (bill_of(order).title_document, told(order)) == (SUPPLIER, 0)


@pytest.mark.parametrize("first", ["the line", "the bank's word"])
@pytest.mark.parametrize(("document", "news"), [(STRANGER, True), (SUPPLIER, False), ("", False)])
def test_a_line_of_the_statement_that_names_another_is_reported(
    tenant: Tenant, account: BankAccount, order: PaymentOrder, first: str, document: str, news: bool
) -> None:
    def line_comes() -> None:
        line_of(account, counterparty_document=document, counterparty_name="Outra Ltda")
        with tenant_scope(tenant.id):
            match_statement(account)

    def bank_tells() -> None:
        with tenant_scope(tenant.id):
            apply_state(order, OrderState.PAID, source="O banco informou.")

    steps = [line_comes, bank_tells]
    for step in steps if first == "the line" else reversed(steps):
        step()

    assert (told(order) > 0) is news
    assert (DIFFERS in timeline(order)) is news


def line_of(account: BankAccount, **changes: Any) -> None:
    make_line(account, f"-{AMOUNT}", TODAY, kind="payment", **changes)


@pytest.mark.django_db(transaction=True)
def test_cora_tells_it_when_it_takes_the_payment(
    tenant: Tenant, admin: User, bank_process: CoraSimulator, settings: Settings
) -> None:
    """The simulator makes up who issued a boleto that it never saw."""
    bank_process.reset(now=timezone.now())
    settings.CORA_BASE_URL = bank_process.base_url
    account = connect_account(tenant, admin, bank_process)
    payable = make_payable(tenant, f"{AMOUNT}", destination=BOLETO, approved=True)
    with tenant_scope(tenant.id):
        (order,) = send_now([payable], by=admin)

    send_queued(tenant.id, account.id)

    payable = reread(payable)
    assert payable.title_name and payable.title_document != SUPPLIER
    assert told(order) > 0
