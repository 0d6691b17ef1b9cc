"""A boleto that is registered otherwise, or paid already, leaves by nobody's oversight."""

from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from banking.banks.contract.errors import BankUnavailable
from banking.models import BankAccount
from core.clock import database_now
from core.errors import Changed, InvalidState, NotAllowed
from payments.bills.boleto_lookup import ask_for_titles
from payments.bills.title import lift_title, title_digest
from payments.dispatch.send_now import send_now
from payments.models import Acknowledgement, Payable
from payments.orders.give_back import give_back_what_may_not_leave
from payments.rails.kept_back import KeptBack
from payments.states import OrderStatus, PayableStatus
from tenants.models import Notice, Role, Tenant, User
from tenants.scope import tenant_scope
from tests.banking.factories import change, reread
from tests.cast import make_member, sign_in
from tests.clock import travel
from tests.payments.clock import at
from tests.payments.factories import (
    BOLETO,
    TODAY,
    approve,
    make_bank_account,
    make_order,
    make_payable,
    member_of,
)
from tests.payments.raw_sql import refusal
from tests.payments.scripted_bank import ScriptedBank
from tests.payments.titles import title
from tests.security.seals import edit
from tests.security.sending import WAYS, Way, by_two_ways, from_the_row, orders_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]

DIFFERS = [
    {"title_document": "11444777000161", "title_name": "Outra Ltda"},
    {"title_amount": Decimal("2000.00")},
    {"title_is_paid": True},
]


@pytest.fixture
def account(tenant: Tenant) -> BankAccount:
    return make_bank_account(tenant, modo_banking_from=TODAY)


@pytest.fixture
def boleto(tenant: Tenant, operator: User) -> Payable:
    return make_payable(tenant, "1234.56", destination=BOLETO, by=operator, approved=True)


def lift(payable: Payable, by: User, shown: str | None = None) -> None:
    with tenant_scope(payable.tenant_id):
        seen = title_digest(payable) if shown is None else shown
        lift_title(payable, by=member_of(payable.tenant, by), shown=seen)


@pytest.mark.parametrize(("way", "differs"), by_two_ways(DIFFERS))
def test_no_way_of_sending_pays_a_boleto_that_differs(
    client: Client, tenant: Tenant, operator: User, account: BankAccount, boleto: Payable,
    differs: dict[str, Any], way: Way,
) -> None:  # fmt: skip
    change(boleto, title_read_at=database_now(), **differs)
    sign_in(client, operator, tenant)

    way(client, account, boleto)

    assert orders_of(boleto) == []


@pytest.mark.parametrize("differs", DIFFERS)
def test_the_database_refuses_its_order_until_an_approver_lifts_it(
    tenant: Tenant, operator: User, approver: User, account: BankAccount, boleto: Payable,
    differs: dict[str, Any],
) -> None:  # fmt: skip
    change(boleto, title_read_at=database_now(), **differs)
    with tenant_scope(tenant.id):
        assert refusal(*order_of(boleto, account)) == "order_title"
        with pytest.raises(KeptBack):
            send_now([boleto], by=operator)

    lift(boleto, approver)

    with tenant_scope(tenant.id):
        assert refusal(*order_of(boleto, account)) == ""
        assert len(send_now([boleto], by=operator)) == 1


def test_a_title_that_is_read_anew_is_held_again(
    tenant: Tenant, approver: User, operator: User, account: BankAccount, boleto: Payable
) -> None:
    change(boleto, title_amount=Decimal("2000.00"))
    lift(boleto, approver)
    change(boleto, title_amount=Decimal("3000.00"))

    with tenant_scope(tenant.id), pytest.raises(KeptBack):
        send_now([boleto], by=operator)


def test_a_lift_of_what_was_not_shown_lifts_nothing(
    tenant: Tenant, approver: User, boleto: Payable
) -> None:
    change(boleto, title_amount=Decimal("2000.00"))
    with tenant_scope(tenant.id):
        seen = title_digest(boleto)
    change(boleto, title_is_paid=True)

    with pytest.raises(Changed):
        lift(boleto, approver, seen)
    with tenant_scope(tenant.id):
        assert not Acknowledgement.objects.of(tenant).exists()


def test_nothing_to_lift_and_lifted_already_are_said(approver: User, boleto: Payable) -> None:
    with pytest.raises(InvalidState):
        lift(boleto, approver)
    change(boleto, title_is_paid=True)
    lift(boleto, approver)
    with pytest.raises(InvalidState):
        lift(boleto, approver)


def test_only_an_approver_who_wrote_nothing_of_it_lifts(
    tenant: Tenant, operator: User, reader: User, account: BankAccount
) -> None:
    author, editor = make_member(tenant, Role.ADMIN), make_member(tenant, Role.ADMIN)
    bill = make_payable(tenant, "1234.56", destination=BOLETO, by=author)
    edit(bill, editor, destination=BOLETO, payee_name="Outro", payee_document="11444777000161")
    bill = reread(bill)
    change(bill, title_is_paid=True)

    for person in (author, editor, operator, reader):
        with pytest.raises(NotAllowed):
            lift(bill, person)
        with tenant_scope(tenant.id):
            assert refusal(*word_of(bill, person)) == "acknowledgement_by"
    with tenant_scope(tenant.id):
        other = make_member(tenant, Role.APPROVER)
        assert refusal(*word_of(bill, other)) == ""
        assert refusal(*word_of(bill, other, "0" * 64)) == "acknowledgement_by"


def word_of(payable: Payable, person: User, digest: str = "") -> tuple[object, ...]:
    statement = """
    INSERT INTO payments_acknowledgement (id, tenant_id, payable_id, kind, digest, person_id)
    VALUES (%s, %s, %s, 'title', %s, %s)
    """
    said = digest or title_digest(payable)
    return (statement, uuid4(), payable.tenant_id, payable.id, said, person.pk)


def order_of(payable: Payable, account: BankAccount) -> tuple[object, ...]:
    """The statement that writes an order of an approved boleto, and its values."""
    statement = """
    INSERT INTO payments_paymentorder (id, tenant_id, payable_id, bank_account_id, key, rail,
        amount, content, status, reference, message, needs_person, seen)
    VALUES (%s, %s, %s, %s, %s, 'boleto', %s, %s, 'queued', '', '', false, '')
    """
    content = f'{{"amount": "{payable.amount}", "linha_digitavel": "{BOLETO}", "code": "kp-1"}}'
    row = (uuid4(), payable.tenant_id, payable.id, account.id, uuid4())
    return (statement, *row, payable.amount, content)


def test_what_was_said_stays(tenant: Tenant, approver: User, boleto: Payable) -> None:
    change(boleto, title_is_paid=True)
    lift(boleto, approver)
    with tenant_scope(tenant.id):
        for statement in ("UPDATE payments_acknowledgement SET digest = 'x'",
                          "DELETE FROM payments_acknowledgement"):  # fmt: skip
            assert refusal(statement) == "acknowledgement_immutable"


def test_a_difference_that_is_found_after_the_approval_puts_it_back_and_is_told(
    tenant: Tenant, admin: User, approver: User
) -> None:
    account = make_bank_account(tenant, provider="bs2")
    bill = make_payable(tenant, "1234.56", destination=BOLETO, approved_by=approver)
    change(bill, title_read_at=None)

    ask_for_titles(account, ScriptedBank(title=title(amount=Decimal("2000.00"))))

    assert reread(bill).status == PayableStatus.PENDING
    with tenant_scope(tenant.id):
        told = Notice.objects.of(tenant).filter(subject=f"title-differs:{bill.id}")
        assert {admin.id, approver.id} <= set(told.values_list("user_id", flat=True))


def test_what_is_queued_when_its_title_differs_goes_back(
    tenant: Tenant, account: BankAccount, boleto: Payable
) -> None:
    order = make_order(boleto)
    change(boleto, title_is_paid=True)

    with tenant_scope(tenant.id):
        give_back_what_may_not_leave(account, database_now())

    assert reread(order).status == OrderStatus.CANCELLED
    assert reread(boleto).status == PayableStatus.PENDING


def test_the_approver_lifts_it_on_its_page_and_nobody_else_is_offered_it(
    client: Client, tenant: Tenant, operator: User, approver: User, account: BankAccount
) -> None:
    bill = make_payable(tenant, "1234.56", destination=BOLETO, by=operator)
    change(bill, title_read_at=database_now(), title_is_paid=True)
    address = reverse("payments:lift_title", args=[bill.id])
    page = reverse("payments:detail", args=[bill.id])
    sign_in(client, operator, tenant)
    assert address not in client.get(page).content.decode()
    assert client.post(address, {"shown": "0" * 64}).status_code == 403
    sign_in(client, approver, tenant)
    assert address in client.get(page).content.decode()
    with tenant_scope(tenant.id):
        seen = title_digest(bill)

    client.post(address, {"shown": seen})

    assert address not in client.get(page).content.decode()
    assert approve(bill, approver).status == PayableStatus.APPROVED


@pytest.fixture
def bs2(tenant: Tenant) -> BankAccount:
    """Its bank can tell."""
    return make_bank_account(tenant, provider="bs2", modo_banking_from=TODAY)


@pytest.mark.parametrize("way", WAYS)
def test_no_way_of_sending_pays_a_boleto_before_it_was_read(
    client: Client, tenant: Tenant, operator: User, bs2: BankAccount, boleto: Payable, way: Way
) -> None:
    change(boleto, title_read_at=None)
    sign_in(client, operator, tenant)
    way(client, bs2, boleto)
    assert orders_of(boleto) == []

    ask_for_titles(bs2, ScriptedBank(title=title()))
    from_the_row(client, bs2, boleto)

    assert len(orders_of(boleto)) == 1


def test_the_approval_waits_two_minutes_for_the_reading(
    client: Client, tenant: Tenant, approver: User, bs2: BankAccount
) -> None:
    bill = make_payable(tenant, "1234.56", destination=BOLETO)
    with pytest.raises(InvalidState):
        approve(bill, approver)
    sign_in(client, approver, tenant)
    page = client.get(reverse("payments:detail", args=[bill.id])).content.decode()
    assert 'data-warning="title_unread"' in page

    with travel(at("23 10:03")):
        assert approve(bill, approver).status == PayableStatus.APPROVED


def test_what_is_due_is_read_again_within_minutes(tenant: Tenant, bs2: BankAccount) -> None:
    make_payable(tenant, "1234.56", destination=BOLETO)
    away = ScriptedBank(title=BankUnavailable("fora"))
    assert ask_for_titles(bs2, away) == 1
    assert ask_for_titles(bs2, away) == 0

    with travel(at("23 10:06")):
        assert ask_for_titles(bs2, away) == 1


def test_where_the_bank_does_not_tell_the_page_says_so(
    client: Client, tenant: Tenant, operator: User, account: BankAccount, boleto: Payable
) -> None:
    change(boleto, title_read_at=None)
    sign_in(client, operator, tenant)

    page = client.get(reverse("payments:detail", args=[boleto.id])).content.decode()

    assert "Registro do boleto" in page
