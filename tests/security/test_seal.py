"""What was approved is what leaves, and nobody approves what they wrote themselves."""

import json
import os
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import psycopg
import pytest
from django.db import connections, transaction
from django.test import Client
from django.urls import reverse

from banking.models import BankAccount
from core.errors import Changed, DomainError, InvalidState, NotAllowed
from kamino.local.environment import in_database
from payments.bills.approval import approve_payable, reject_payable
from payments.dispatch.run import dispatch_by_hand
from payments.dispatch.send_now import send_now
from payments.models import Approval, Payable, PayableEdit, PaymentOrder
from payments.orders.give_back import give_back_what_may_not_leave
from payments.orders.transitions import claim_queued
from payments.states import OrderStatus, PayableStatus
from tenants.models import Notice, Role, Tenant, User
from tenants.scope import tenant_scope
from tests.banking.factories import change, reread
from tests.cast import make_member, sign_in
from tests.clock import travel
from tests.payments.at_most_once.side_by_side import at_once
from tests.payments.clock import at
from tests.payments.factories import (
    ITAU,
    PIX_KEY,
    TODAY,
    approve,
    bill_of,
    file_account,
    make_bank_account,
    make_order,
    make_payable,
    sender,
    shown,
)
from tests.payments.raw_sql import refusal
from tests.security.seals import approval_by, edit, member, order_of, other_amount, seal_of
from tests.security.sending import WAYS, Way, by_two_ways, orders_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]

LATER = date(2026, 11, 25)


@pytest.fixture
def account(tenant: Tenant) -> BankAccount:
    return make_bank_account(tenant, modo_banking_from=date(2026, 11, 3))


# --- What was shown is what is approved ---


def other_account(payable: Payable, by: User) -> None:
    edit(payable, by, destination=ITAU.__class__("341", "0123", "999999", ITAU.account_type))


def other_payee(payable: Payable, by: User) -> None:
    edit(payable, by, payee_document="11444777000161", payee_name="Outra Ltda")


def earlier_day(payable: Payable, by: User) -> None:
    edit(payable, by, due_date=TODAY)


def payee_renamed(payable: Payable, by: User) -> None:
    change(payable.payee, name="Outro Nome")


EDITS = [other_amount, other_account, other_payee, earlier_day, payee_renamed]


@pytest.mark.parametrize("address", ["payments:approve", "payments:api-payable-approve"])
@pytest.mark.parametrize("attack", EDITS)
def test_a_bill_that_changed_between_look_and_click_is_not_approved(
    client: Client, tenant: Tenant, operator: User, approver: User, attack: Any, address: str
) -> None:
    payable = make_payable(tenant, by=operator, due_date=LATER)
    seen = shown(payable)
    attack(payable, operator)
    sign_in(client, approver, tenant)

    response = client.post(reverse(address, args=[payable.id]), {"shown": seen, "digest": seen})

    assert response.status_code in {302, 409}
    assert reread(payable).is_pending
    with tenant_scope(tenant.id):
        assert not Approval.objects.of(tenant).exists()


@pytest.mark.parametrize("seen", ["", "0" * 64])
def test_nothing_is_approved_unseen(
    client: Client, tenant: Tenant, approver: User, seen: str
) -> None:
    payable = make_payable(tenant)
    sign_in(client, approver, tenant)

    client.post(reverse("payments:approve", args=[payable.id]), {"shown": seen})
    client.post(reverse("payments:api-payable-approve", args=[payable.id]), {"digest": seen})

    assert reread(payable).is_pending


@pytest.mark.parametrize("changed", ["policy", "file"])
def test_a_pix_whose_ted_changed_since_is_not_approved(
    tenant: Tenant, approver: User, account: BankAccount, changed: str
) -> None:
    file_account(tenant, due_date=LATER)
    payable = make_payable(tenant, destination=PIX_KEY)
    seen = shown(payable)
    if changed == "policy":
        change(account, pix_policy=BankAccount.PixPolicy.TED)
    else:
        other = ITAU.__class__("341", "0123", "999999", ITAU.account_type)
        file_account(tenant, other, due_date=LATER)

    with tenant_scope(tenant.id), pytest.raises(Changed):
        approve_payable(payable, by=member(tenant, approver), shown=seen)


def test_the_page_shows_the_new_version_at_once(
    client: Client, tenant: Tenant, operator: User, approver: User
) -> None:
    payable = make_payable(tenant, "1900.00", by=operator)
    seen = shown(payable)
    edit(payable, operator, amount=Decimal("19000.00"))
    sign_in(client, approver, tenant)

    response = client.post(
        reverse("payments:approve", args=[payable.id]), {"shown": seen},
        headers={"HX-Request": "true"},
    )  # fmt: skip

    assert "19.000,00" in response.content.decode()
    assert shown(payable) in response.content.decode()
    told = response.headers["HX-Trigger"].encode().decode("unicode-escape")
    assert "1.900,00" in told and "19.000,00" in told


# --- The order is the seal's ---


@pytest.mark.parametrize("way", WAYS)
def test_what_lives_on_after_the_approval_changes_no_order(
    client: Client, tenant: Tenant, operator: User, account: BankAccount, way: Way
) -> None:
    payable = make_payable(tenant, approved=True)
    change(payable.payee, name="Outro Nome", document="11444777000161")
    assert payable.payee_account is not None
    change(payable.payee_account, account="999999")
    sign_in(client, operator, tenant)

    way(client, account, payable)

    (order,) = orders_of(payable)
    sealed = ("Fornecedor Exemplo ME", "11222333000181", "456789")
    found = tuple(order.content[name] for name in ("holder_name", "holder_document", "account"))
    assert found == sealed


@pytest.mark.parametrize(
    ("way", "attack"), by_two_ways([other_amount, other_account, other_payee, earlier_day])
)
def test_a_change_of_what_was_sealed_takes_the_approval_away(
    client: Client, tenant: Tenant, operator: User, account: BankAccount, way: Way, attack: Any
) -> None:
    payable = make_payable(tenant, by=operator, approved=True, due_date=date(2026, 11, 24))
    with travel(at("24 10:00")):
        attack(payable, operator)
        sign_in(client, operator, tenant)
        way(client, account, payable)

    assert orders_of(payable) == []
    payable = reread(payable)
    assert (payable.status, payable.approval_id) == (PayableStatus.PENDING, None)


def test_whoever_approved_it_is_told_that_it_changed(
    tenant: Tenant, operator: User, approver: User
) -> None:
    payable = make_payable(tenant, by=operator, approved_by=approver)

    other_amount(payable, operator)

    with tenant_scope(tenant.id):
        assert [n.user_id for n in Notice.objects.of(tenant)] == [approver.id]


def test_description_classification_and_debit_account_stay_free(
    tenant: Tenant, operator: User, account: BankAccount
) -> None:
    payable = make_payable(tenant, by=operator, approved=True)
    edit(payable, operator, description="NF 1", bank_account=account)

    with tenant_scope(tenant.id):
        (order,) = send_now([reread(payable)], by=operator)
    assert order.content["description"] == "NF 1"


# --- Not before its day ---


def test_nothing_leaves_before_the_day_that_was_approved(
    client: Client, tenant: Tenant, operator: User, account: BankAccount
) -> None:
    payable = make_payable(tenant, approved=True, due_date=LATER)
    sign_in(client, operator, tenant)

    run = dispatch_by_hand(tenant.id, account.id, LATER, by=sender(tenant))
    for way in WAYS:
        way(client, account, payable)

    assert [item["payable"] for item in run.left_out] == [str(payable.id)]
    assert orders_of(payable) == []
    with tenant_scope(tenant.id), pytest.raises(InvalidState):
        send_now([payable], by=operator)
    with tenant_scope(tenant.id):
        assert refusal(*order_of(payable, account)) == "order_sealed"


def test_what_is_due_on_a_day_without_settlement_may_come_to_the_bank_on_it(
    tenant: Tenant, account: BankAccount
) -> None:
    with travel(at("20 10:00")):  # a Friday, Consciência Negra
        payable = make_payable(tenant, due_date=date(2026, 11, 20), approved=True)
        run = dispatch_by_hand(tenant.id, account.id, TODAY, by=sender(tenant))

    assert run.left_out == []
    assert [order.payable_id for order in orders_of(payable)] == [payable.id]


# --- Who may ---


def test_who_changed_it_does_not_approve_it(tenant: Tenant, account: BankAccount) -> None:
    editor = make_member(tenant, Role.ADMIN)
    payable = make_payable(tenant)
    other_amount(payable, editor)

    with pytest.raises(NotAllowed):
        approve(payable, editor)

    assert reread(approve(payable)).status == PayableStatus.APPROVED


def test_who_changed_it_does_not_approve_it_after_a_rejection_either(tenant: Tenant) -> None:
    editor, other = (make_member(tenant, Role.ADMIN) for _ in range(2))
    payable = make_payable(tenant)
    other_amount(payable, editor)
    with tenant_scope(tenant.id):
        reject_payable(payable, by=member(tenant, other), why="Confira o valor")
    edit(payable, make_member(tenant, Role.FINANCE), description="Conferida")

    with pytest.raises(NotAllowed):
        approve(payable, editor)


def test_what_was_approved_by_one_of_two_counts_no_more_after_a_change_or_a_rejection(
    tenant: Tenant, operator: User
) -> None:
    people = [make_member(tenant, Role.APPROVER) for _ in range(3)]
    payable = make_payable(tenant, by=operator)
    change(payable, approvals_needed=2)

    assert approve(payable, people[0]).is_pending
    with pytest.raises(InvalidState):
        approve(payable, people[0])
    other_amount(payable, operator)
    assert approve(payable, people[1]).is_pending
    with tenant_scope(tenant.id):
        reject_payable(payable, by=member(tenant, people[2]), why="Não")
    edit(payable, operator, description="De novo")
    assert approve(payable, people[2]).is_pending

    assert approve(payable, people[0]).status == PayableStatus.APPROVED


@pytest.mark.parametrize("role", [Role.FINANCE, Role.READER])
def test_a_role_without_the_right_approves_nothing(
    client: Client, tenant: Tenant, role: Role
) -> None:
    """Neither at the doors nor by the act behind them."""
    payable = make_payable(tenant)
    person = make_member(tenant, role)
    sign_in(client, person, tenant)
    seen = dict.fromkeys(("shown", "digest"), shown(payable))

    for address in ("payments:approve", "payments:api-payable-approve"):
        assert client.post(reverse(address, args=[payable.id]), seen).status_code == 403
    with pytest.raises(NotAllowed) as refused:
        approve(payable, person)

    assert refused.value.code == "wrong_role"
    assert reread(payable).is_pending


@pytest.mark.parametrize("role", [Role.FINANCE, Role.READER])
def test_a_role_without_the_right_rejects_nothing(
    client: Client, tenant: Tenant, role: Role
) -> None:
    payable = make_payable(tenant)
    sign_in(client, make_member(tenant, role), tenant)

    response = client.post(reverse("payments:reject", args=[payable.id]), {"why": "Não"})

    assert response.status_code == 403
    assert reread(payable).hold == ""


@pytest.mark.django_db(transaction=True)
def test_of_an_approval_and_a_rejection_at_once_one_is_heard(tenant: Tenant) -> None:
    payable = make_payable(tenant)
    people = [member(tenant, make_member(tenant, Role.APPROVER)) for _ in range(2)]
    seen = shown(payable)
    acts: list[Callable[[], Any]] = [
        lambda: approve_payable(payable, by=people[0], shown=seen),
        lambda: reject_payable(payable, by=people[1], why="Não"),
    ]

    def act() -> Any:
        with tenant_scope(tenant.id):
            return acts.pop()()

    answers = at_once(act)

    payable = reread(payable)
    assert (payable.status, payable.hold) in {
        (PayableStatus.APPROVED, ""), (PayableStatus.PENDING, Payable.Hold.REJECTED)
    }  # fmt: skip
    assert sum(isinstance(answer, DomainError) for answer in answers) == 1


@pytest.mark.django_db(transaction=True)
def test_an_edit_and_an_approval_at_once_never_approve_what_was_not_shown(
    tenant: Tenant, operator: User, approver: User
) -> None:
    payable = make_payable(tenant, by=operator)
    seen = shown(payable)
    acts: list[Callable[[], Any]] = [
        lambda: approve(payable, approver),
        lambda: other_amount(payable, operator),
    ]
    at_once(lambda: acts.pop()())

    payable = reread(payable)
    if payable.status == PayableStatus.APPROVED:
        with tenant_scope(tenant.id):
            assert payable.approval.seal["amount"] == str(payable.amount)
            assert payable.approval.digest in {seen, shown(payable)}
    else:
        assert payable.approval_id is None


# --- The database, under the application's role ---


def test_the_database_takes_no_approval_of_somebody_who_may_not_give_it(
    tenant: Tenant, operator: User, reader: User, outsider: User, approver: User
) -> None:
    editor = make_member(tenant, Role.ADMIN)
    author = make_member(tenant, Role.ADMIN)
    payable = make_payable(tenant, by=author)
    other_amount(payable, editor)

    with tenant_scope(tenant.id):
        for person in (operator, reader, outsider, author, editor):
            guard = refusal(*approval_by(payable, person))
            assert guard in {"approval_by_another", "approval_destination"}, person
        assert refusal(*approval_by(payable, approver)) == ""


def test_the_database_keeps_approvals_and_edits_as_they_are(tenant: Tenant, operator: User) -> None:
    payable = make_payable(tenant, by=operator)
    other_amount(payable, operator)
    payable = approve(payable)

    with tenant_scope(tenant.id):
        row = PayableEdit.objects.of(tenant).get()
        attempts = {
            "approval_immutable": [
                ("UPDATE payments_approval SET person_id = %s", operator.id),
                ("UPDATE payments_approval SET seal = '{}' WHERE id = %s", payable.approval_id),
                ("DELETE FROM payments_approval WHERE id = %s", payable.approval_id),
            ],
            "edit_immutable": [
                ("UPDATE payments_payableedit SET is_sealed = false WHERE id = %s", row.id),
                ("DELETE FROM payments_payableedit WHERE id = %s", row.id),
            ],
        }
        for guard, statements in attempts.items():
            assert {refusal(*statement) for statement in statements} == {guard}


@pytest.mark.parametrize(
    "wrong",
    [
        {"amount": "15000.00"},
        {"day": "2026-11-01"},
        {"payee": {"name": "Outra", "document": "11444777000161"}},
        {"destinations": {"ted": {"bank_code": "341", "branch": "0123", "account": "999999",
                                  "account_type": "checking"}}},
        {"destinations": {}},
    ],
)  # fmt: skip
def test_the_database_approves_no_bill_by_the_seal_of_another(
    tenant: Tenant, approver: User, wrong: dict[str, Any]
) -> None:
    right = seal_of(make_payable(tenant, approved=True))
    payable = make_payable(tenant)
    statement = """
    UPDATE payments_payable SET status = 'approved', approval_id = %s WHERE id = %s
    """
    with tenant_scope(tenant.id):
        found = []
        for seal in (right | wrong, right):
            with transaction.atomic():
                insert, *values = approval_by(payable, approver, **seal)
                run_sql(str(insert), values)
                found.append(refusal(statement, values[0], payable.id))
                transaction.set_rollback(True)
        assert found == ["payable_approval", ""]


def run_sql(statement: str, values: list[object]) -> None:
    with connections["default"].cursor() as cursor:
        cursor.execute(statement, values)


def test_the_database_approves_no_bill_without_enough_people(
    tenant: Tenant, approver: User
) -> None:
    payable = make_payable(tenant)
    change(payable, approvals_needed=2)
    approve(payable, approver)
    with tenant_scope(tenant.id):
        given = Approval.objects.of(tenant).get(payable=payable)
        own = make_payable(tenant, approved=True)
        assert own.approval is not None
        approved = "UPDATE payments_payable SET status = 'approved', approval_id = %s WHERE id = %s"
        for approval in (given.id, own.approval.id):
            assert refusal(approved, approval, payable.id) == "payable_approval"
        again = "UPDATE payments_payable SET approval_round = approval_round + 1 WHERE id = %s"
        assert refusal(again, payable.id) == "payable_approval"
        fewer = "UPDATE payments_payable SET approvals_needed = 0 WHERE id = %s"
        assert refusal(fewer, own.id) == "payable_people_needed"


@pytest.mark.parametrize(
    "wrong",
    [
        {"amount": "150.01"},
        {"account": "999999"},
        {"holder_document": "11444777000161"},
        {"holder_name": "Outra"},
        {"destination": {"type": "email", "value": "a@b.com"}},
    ],
)
def test_the_database_takes_no_order_that_is_not_what_was_approved(
    tenant: Tenant, account: BankAccount, wrong: dict[str, Any]
) -> None:
    payable = make_payable(tenant, approved=True)

    with tenant_scope(tenant.id):
        assert refusal(*order_of(payable, account, **wrong)) == "order_sealed"
        assert refusal(*order_of(payable, account)) == ""


def test_the_database_takes_no_order_of_a_bill_that_waits_for_approval_again(
    tenant: Tenant, operator: User, account: BankAccount
) -> None:
    payable = make_payable(tenant, by=operator, approved=True)
    statement = order_of(payable, account)
    other_amount(payable, operator)

    with tenant_scope(tenant.id):
        assert refusal(*statement) == "order_sealed"


@pytest.mark.django_db(transaction=True)
def test_an_order_that_was_changed_past_the_guards_does_not_leave(
    tenant: Tenant, account: BankAccount
) -> None:
    """As a restored or mended database may hold it."""
    order = make_order(make_payable(tenant, approved=True))
    change_past_the_guards(order, account="999999")

    assert claim_queued(account) == []
    with tenant_scope(tenant.id):
        give_back_what_may_not_leave(account, order.created_at)

    order = reread(order)
    assert order.status == OrderStatus.CANCELLED
    assert bill_of(order).is_pending


def change_past_the_guards(order: PaymentOrder, **content: str) -> None:
    """As superuser: so does a restore."""
    name = connections["default"].settings_dict["NAME"]
    with psycopg.connect(in_database(os.environ["DATABASE_ADMIN_URL"], name)) as admin:
        admin.execute("SET session_replication_role = replica")
        admin.execute(
            "UPDATE payments_paymentorder SET content = content || %s WHERE id = %s",
            [json.dumps(content), order.id],
        )


def test_no_order_of_another_bill_is_made_with_this_seal(
    tenant: Tenant, account: BankAccount
) -> None:
    payable = make_payable(tenant, approved=True)
    other = make_payable(tenant, "99.00", approved=True)
    statement, *values = order_of(payable, account)
    values[2] = other.id

    with tenant_scope(tenant.id):
        assert refusal(str(statement), *values) == "order_sealed"
        assert not PaymentOrder.objects.of(tenant).exists()
