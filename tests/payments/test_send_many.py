"""What a person does to many bills at once: one price, one record, all or nothing."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from audit.acts import Act
from banking.connections.disconnect import disconnect_account
from banking.models import BankAccount
from core.errors import InvalidState
from payments.dispatch.run import dispatch_by_hand
from payments.dispatch.send_now import send_now
from payments.models import Payable, PayableEvent, PaymentOrder
from payments.orders.give_back import give_back_what_may_not_leave
from payments.rails.destinations import account_in_words
from payments.states import OrderStatus, PayableStatus
from tenants.models import Tenant, User
from tenants.scope import tenant_scope
from tests.audit.reading import audit_of
from tests.banking.factories import change, reread
from tests.payments.clock import at
from tests.payments.factories import (
    ITAU,
    PIX_KEY,
    TODAY,
    file_account,
    make_bank_account,
    make_order,
    make_payable,
    sender,
)

ITAU_IN_WORDS = account_in_words(ITAU.bank_code, ITAU.branch, ITAU.account)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]

# The first time makes what is there from then on: the head of the audit's chain, the day's run.
FIRST, FEW, MANY = 1, 2, 20


@pytest.fixture
def account(tenant: Tenant) -> BankAccount:
    return make_bank_account(tenant, modo_banking_from=TODAY)


def enter_many(tenant: Tenant, operator: User, approver: User, count: int) -> list[Payable]:
    """For as many payees as bills."""
    return [
        make_payable(
            tenant,
            f"{number + 1}.00",
            by=operator,
            approved_by=approver,
            payee_name=f"Fornecedor {number}",
            payee_document=f"{11222333000181 + number}",
        )
        for number in range(count)
    ]


def queries(act: Callable[[], object]) -> int:
    with CaptureQueriesContext(connection) as captured:
        act()
    return len(captured)


def ids(payables: Sequence[Payable]) -> list[str]:
    return [str(payable.id) for payable in payables]


SendAct = Callable[[Client, BankAccount, list[Payable]], Any]


def send_late(client: Client, account: BankAccount, bills: list[Payable]) -> Any:
    return client.post(reverse("payments:send_late"), {"payable": ids(bills)})


def pay(client: Client, account: BankAccount, bills: list[Payable]) -> Any:
    form = {"account": str(account.id), "payable": ids(bills)}
    return client.post(reverse("payments:pay"), form)


@pytest.mark.parametrize("act", [send_late, pay])
def test_as_many_queries_whatever_the_number_of_bills(
    act: SendAct, as_operator: Client, tenant: Tenant, operator: User, approver: User
) -> None:
    account = make_bank_account(tenant)
    asked = []
    for count in (FIRST, FEW, MANY):
        bills = enter_many(tenant, operator, approver, count)
        asked.append(queries(partial(act, as_operator, account, bills)))
        assert {reread(bill).status for bill in bills} == {PayableStatus.SENT}

    assert asked[1] == asked[2]


def test_a_run_by_hand_asks_as_much_whatever_it_sends(
    tenant: Tenant, account: BankAccount, operator: User, approver: User
) -> None:
    asked = []
    for count in (FIRST, FEW, MANY):
        enter_many(tenant, operator, approver, count)
        send = partial(dispatch_by_hand, tenant.id, account.id, TODAY, by=sender(tenant))
        asked.append(queries(send))

    assert asked[1] == asked[2]


def test_undoing_a_connection_asks_as_much_whatever_waits_in_the_queue(
    tenant: Tenant, admin: User, operator: User, approver: User
) -> None:
    asked = []
    for count in (FIRST, FEW, MANY):
        account = make_bank_account(tenant, preferred=False)
        bills = enter_many(tenant, operator, approver, count)
        with tenant_scope(tenant.id):
            send_now(bills, by=operator, account=account)
            undo = partial(disconnect_account, account, tenant, by=admin, typed=tenant.name)
            asked.append(queries(undo))
        assert {reread(bill).status for bill in bills} == {PayableStatus.APPROVED}

    assert asked[1] == asked[2]


def test_bills_that_return_to_approval_cost_no_more_when_they_are_many(
    as_operator: Client, tenant: Tenant, operator: User, approver: User
) -> None:
    """A Pix that would go to an account that its approval did not show."""
    account = make_bank_account(tenant)
    change(account, pix_policy=BankAccount.PixPolicy.TED)
    asked = []
    for count, document in (
        (FIRST, "11444777000161"), (FEW, "11222333000181"), (MANY, "45987321000160")
    ):  # fmt: skip
        payee = {"payee_document": document, "by": operator, "approved_by": approver}
        bills = [make_payable(tenant, destination=PIX_KEY, **payee) for _ in range(count)]
        file_account(tenant, ITAU, by=operator, payee_document=document)  # it is on file since
        asked.append(queries(partial(send_late, as_operator, account, bills)))
        assert {reread(bill).status for bill in bills} == {PayableStatus.PENDING}

    assert asked[1] == asked[2]
    *_, last = audit_of(tenant, Act.BILLS_SENT)
    assert len(last.after["De volta para aprovação"].split("\n")) == MANY


def test_one_record_lists_the_bills_of_an_act(
    as_operator: Client, tenant: Tenant, operator: User, approver: User
) -> None:
    account = make_bank_account(tenant)
    bills = enter_many(tenant, operator, approver, 3)

    send_late(as_operator, account, bills)

    (record,) = audit_of(tenant, Act.BILLS_SENT)
    assert (record.act, record.by, record.on_id) == (Act.BILLS_SENT, operator, account.id)
    with tenant_scope(tenant.id):
        codes = {o.payable_id: o.code for o in PaymentOrder.objects.of(tenant)}
    listed = record.after["Na fila"].split("\n")
    assert sorted(listed) == sorted(
        f"Fornecedor {n} · R$\u00a0{n + 1},00 · TED para {ITAU_IN_WORDS} · {codes[bill.id]}"
        for n, bill in enumerate(bills)
    )
    assert record.after["Total"] == "R$\u00a06,00"


def test_the_record_of_one_bill_is_about_it(
    as_operator: Client, tenant: Tenant, operator: User, approver: User
) -> None:
    make_bank_account(tenant)
    (bill,) = enter_many(tenant, operator, approver, 1)

    as_operator.post(reverse("payments:send", args=[bill.id]))

    (record,) = audit_of(tenant, Act.BILLS_SENT)
    assert (record.on_kind, record.on_id) == ("payments.payable", bill.id)


def test_bills_of_several_accounts_are_one_act_on_the_company(
    as_operator: Client, tenant: Tenant, operator: User, approver: User
) -> None:
    make_bank_account(tenant)
    own = make_bank_account(tenant, preferred=False)
    bills = [
        make_payable(tenant, by=operator, approved_by=approver),
        make_payable(tenant, by=operator, approved_by=approver, bank_account=own),
    ]

    send_late(as_operator, own, bills)

    (record,) = audit_of(tenant, Act.BILLS_SENT)
    assert record.on_id == tenant.id
    with tenant_scope(tenant.id):
        payers = {o.payable_id: o.bank_account_id for o in PaymentOrder.objects.of(tenant)}
    assert payers[bills[1].id] == own.id != payers[bills[0].id]


def test_the_one_that_cannot_go_is_named_and_none_goes(
    tenant: Tenant, operator: User, approver: User
) -> None:
    make_bank_account(tenant)
    good = make_payable(tenant, by=operator, approved_by=approver)
    pix = make_payable(
        tenant, by=operator, approved_by=approver, destination=PIX_KEY, payee_name="Ana Pix",
        payee_document="45987321000160",
    )  # fmt: skip

    with pytest.raises(InvalidState) as refused, tenant_scope(tenant.id):
        send_now([good, pix], by=operator)

    assert refused.value.code == "no_rail"
    assert "Ana Pix" in str(refused.value)
    assert reread(good).status == PayableStatus.APPROVED
    assert audit_of(tenant, Act.BILLS_SENT) == []


def test_each_bill_has_its_line_in_its_timeline(
    as_operator: Client, tenant: Tenant, operator: User, approver: User
) -> None:
    account = make_bank_account(tenant)
    bills = enter_many(tenant, operator, approver, 3)

    send_late(as_operator, account, bills)

    with tenant_scope(tenant.id):
        told = PayableEvent.objects.of(tenant).filter(title__startswith="Na fila")
        assert {event.payable_id for event in told} == {bill.id for bill in bills}


def test_a_form_may_name_thousands_of_bills(as_operator: Client, tenant: Tenant) -> None:
    answer = as_operator.post(
        reverse("payments:send_late"), {"payable": [str(uuid4()) for _ in range(5000)]}
    )

    assert answer.status_code == 404  # it was read: there are no such bills


def test_nothing_to_send_is_no_act(tenant: Tenant, operator: User) -> None:
    with tenant_scope(tenant.id):
        assert send_now([], by=operator) == []

    assert audit_of(tenant, Act.BILLS_SENT) == []


def test_what_missed_the_day_comes_back_each_with_its_own_reason(
    tenant: Tenant, account: BankAccount, operator: User, approver: User
) -> None:
    first, second = enter_many(tenant, operator, approver, 2)
    make_order(first, OrderStatus.QUEUED, message="Fora do ar.")
    make_order(second)

    with tenant_scope(tenant.id):
        give_back_what_may_not_leave(account, at("23 17:00"))
        reasons = {o.payable_id: o.message for o in PaymentOrder.objects.of(tenant)}

    assert reasons[first.id].endswith("Fora do ar.")
    assert reasons[second.id] and not reasons[second.id].endswith("Fora do ar.")
    assert {reread(bill).status for bill in (first, second)} == {PayableStatus.APPROVED}
