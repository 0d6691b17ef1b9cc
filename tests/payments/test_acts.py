"""Approve, cancel and send, by the pages that do it."""

from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoCaptureOnCommitCallbacks

from banking.connections.disconnect import disconnect_account
from payments.models import Payable, PayableEvent, PaymentOrder
from payments.states import OrderStatus
from tenants.models import Role, Tenant, User
from tenants.scope import tenant_scope
from tests.banking.factories import nudged, reread
from tests.cast import make_member, sign_in
from tests.payments.factories import (
    TODAY,
    make_bank_account,
    make_order,
    make_payable,
    move,
    shown,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]

HTMX = {"HX-Request": "true"}


def act(client: Client, name: str, payable: Payable, **options: Any) -> Any:
    if name == "approve":
        options["data"] = {"shown": shown(payable)}
    return client.post(reverse(f"payments:{name}", args=[payable.id]), **options)


def tones(response: Any) -> list[str]:
    """Of the messages for the next page."""
    return [message.level_tag for message in response.wsgi_request._messages]


def queue_of(tenant: Tenant) -> list[UUID]:
    with tenant_scope(tenant.id):
        orders = PaymentOrder.objects.of(tenant).filter(status=OrderStatus.QUEUED)
        return list(orders.order_by("created_at").values_list("payable_id", flat=True))


def titles(payable: Payable) -> list[str]:
    with tenant_scope(payable.tenant_id):
        events = PayableEvent.objects.of(payable.tenant_id).filter(payable=payable)
        return list(events.order_by("at").values_list("title", flat=True))


def test_an_approver_approves(as_approver: Client, approver: User, tenant: Tenant) -> None:
    payable = make_payable(tenant)

    response = act(as_approver, "approve", payable, headers=HTMX)

    assert f'id="payable-{payable.id}"' in response.content.decode()
    assert "Aprovada" in response.headers["HX-Trigger"].encode().decode("unicode-escape")
    payable = reread(payable)
    assert payable.status == Payable.Status.APPROVED
    with tenant_scope(tenant.id):
        assert payable.approved_by == approver
    assert titles(payable) == ["Lançada", "Aprovada"]


def test_without_scripts_the_answer_is_the_page_that_asked(
    as_approver: Client, tenant: Tenant
) -> None:
    page = "http://testserver" + reverse("payments:list")

    response = act(as_approver, "approve", make_payable(tenant), headers={"Referer": page})

    assert response.url == page


def test_nobody_approves_what_they_entered(client: Client, admin: User, tenant: Tenant) -> None:
    payable = make_payable(tenant, by=admin)
    sign_in(client, admin, tenant)

    response = act(client, "approve", payable, headers=HTMX)

    assert response.status_code == 422
    assert reread(payable).is_pending
    page = client.get(reverse("payments:list"))
    assert [row.needs_other_approver for row in page.context["rows"]] == [True]
    assert reverse("payments:approve", args=[payable.id]) not in page.content.decode()


def test_a_bill_is_approved_once(as_approver: Client, tenant: Tenant) -> None:
    payable = make_payable(tenant, approved=True)

    response = act(as_approver, "approve", payable, headers=HTMX)

    assert response.status_code == 422
    assert titles(payable) == ["Lançada", "Aprovada"]


@pytest.mark.parametrize("approved", [False, True])
def test_a_bill_is_cancelled_with_its_reason(
    as_operator: Client, tenant: Tenant, approved: bool
) -> None:
    payable = make_payable(tenant, approved=approved)

    act(as_operator, "cancel", payable, data={"why": "Lançada duas vezes"})

    assert reread(payable).status == Payable.Status.CANCELLED
    with tenant_scope(tenant.id):
        last = PayableEvent.objects.of(tenant).filter(payable=payable).latest("at")
    assert (last.title, last.text) == ("Cancelada", "Lançada duas vezes")


@pytest.mark.parametrize(("headers", "tag"), [(HTMX, "<dialog"), ({}, "<main")])
def test_cancelling_asks_first(
    as_operator: Client, tenant: Tenant, headers: dict[str, str], tag: str
) -> None:
    payable = make_payable(tenant, "1250.00")

    page = as_operator.get(reverse("payments:cancel", args=[payable.id]), headers=headers)

    assert tag in page.content.decode()
    assert "1.250,00" in page.content.decode()
    assert reread(payable).is_pending


def test_what_was_sent_is_not_cancelled_here(as_operator: Client, tenant: Tenant) -> None:
    make_bank_account(tenant)
    payable = make_payable(tenant, approved=True)
    make_order(payable, OrderStatus.AT_BANK)

    response = act(as_operator, "cancel", payable)

    assert tones(response) == ["error"]
    assert reread(payable).status == Payable.Status.SENT


def test_an_approved_bill_is_sent_and_the_workers_are_told(
    as_operator: Client,
    tenant: Tenant,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    account = make_bank_account(tenant)
    payable = make_payable(tenant, approved=True)

    with nudged() as messages, django_capture_on_commit_callbacks(execute=True):
        response = act(as_operator, "send", payable, headers=HTMX)

    assert 'data-situation="queued"' in response.content.decode()
    assert queue_of(tenant) == [payable.id]
    assert messages == [("payments.tasks.send_queued", [str(tenant.id), str(account.id)])]


def test_sending_twice_makes_one_order(as_operator: Client, tenant: Tenant) -> None:
    make_bank_account(tenant)
    payable = make_payable(tenant, approved=True)
    act(as_operator, "send", payable)

    response = act(as_operator, "send", payable)

    assert tones(response)[-1] == "error"
    assert queue_of(tenant) == [payable.id]


def test_what_waits_for_approval_is_not_sent(as_operator: Client, tenant: Tenant) -> None:
    make_bank_account(tenant)

    act(as_operator, "send", make_payable(tenant))

    assert queue_of(tenant) == []


def test_nothing_is_sent_without_a_connected_account(as_operator: Client, tenant: Tenant) -> None:
    make_bank_account(tenant, connected=False)
    payable = make_payable(tenant, approved=True)

    response = act(as_operator, "send", payable)

    assert tones(response) == ["error"]
    assert reread(payable).status == Payable.Status.APPROVED


def test_nothing_is_sent_from_an_account_that_was_undone(
    as_operator: Client, tenant: Tenant, admin: User
) -> None:
    account = make_bank_account(tenant)
    payable = make_payable(tenant, approved=True)
    with tenant_scope(tenant.id):
        disconnect_account(account, tenant, by=admin, typed=tenant.name)

    response = act(as_operator, "send", payable)

    assert tones(response) == ["error"]
    assert queue_of(tenant) == []


def test_each_bill_leaves_from_its_own_account(as_operator: Client, tenant: Tenant) -> None:
    make_bank_account(tenant)
    own = make_bank_account(tenant, preferred=False)
    act(as_operator, "send", make_payable(tenant, approved=True, bank_account=own))

    with tenant_scope(tenant.id):
        assert PaymentOrder.objects.of(tenant).get().bank_account_id == own.id


def test_a_refused_bill_is_approved_again_before_it_is_sent_again(
    client: Client, operator: User, approver: User, tenant: Tenant
) -> None:
    make_bank_account(tenant)
    payable = make_payable(tenant, approved=True)
    make_order(payable, OrderStatus.REJECTED)
    move(payable, Payable.Status.PENDING, hold=Payable.Hold.REFUSED)

    for user, name in ((operator, "send"), (approver, "approve"), (operator, "send")):
        sign_in(client, user, tenant)
        act(client, name, payable)
        if name == "approve":
            assert reread(payable).hold == ""
            assert queue_of(tenant) == []

    assert queue_of(tenant) == [payable.id]


def test_late_bills_are_sent_together(as_operator: Client, tenant: Tenant) -> None:
    make_bank_account(tenant)
    bills = [make_payable(tenant, approved=True, due_date=TODAY) for _ in range(3)]
    ids = [str(bill.id) for bill in bills]

    as_operator.post(reverse("payments:send_late"), {"payable": ids})

    assert sorted(queue_of(tenant)) == sorted(bill.id for bill in bills)


def test_late_bills_are_sent_all_or_none(as_operator: Client, tenant: Tenant) -> None:
    make_bank_account(tenant)
    bills = [make_payable(tenant, approved=True), make_payable(tenant)]

    as_operator.post(reverse("payments:send_late"), {"payable": [str(bill.id) for bill in bills]})

    assert queue_of(tenant) == []
    assert reread(bills[0]).status == Payable.Status.APPROVED


@pytest.mark.parametrize("ids", [[], ["não é um id"]])
def test_nothing_chosen_is_explained(as_operator: Client, ids: list[str]) -> None:
    response = as_operator.post(reverse("payments:send_late"), {"payable": ids})

    assert tones(response) == ["error"]


def test_another_companys_bill_is_not_sent(
    as_outsider: Client, tenant: Tenant, other_tenant: Tenant
) -> None:
    make_bank_account(tenant)
    make_bank_account(other_tenant)
    theirs = make_payable(tenant, approved=True)
    mine = make_payable(other_tenant, approved=True)

    response = as_outsider.post(
        reverse("payments:send_late"), {"payable": [str(theirs.id), str(mine.id)]}
    )

    assert response.status_code == 404
    assert queue_of(tenant) == queue_of(other_tenant) == []


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("approve", Role.FINANCE),
        ("approve", Role.READER),
        ("cancel", Role.READER),
        ("send", Role.APPROVER),
        ("send", Role.READER),
    ],
)
def test_each_act_is_for_its_roles(client: Client, tenant: Tenant, name: str, role: Role) -> None:
    make_bank_account(tenant)
    payable = make_payable(tenant, approved=name == "send")
    sign_in(client, make_member(tenant, role), tenant)

    assert act(client, name, payable).status_code == 403
    assert reread(payable).status == payable.status
    assert (
        reverse(f"payments:{name}", args=[payable.id])
        not in client.get(reverse("payments:list")).content.decode()
    )


@pytest.mark.parametrize("role", [Role.APPROVER, Role.READER])
def test_late_bills_are_sent_by_those_who_enter_them(
    client: Client, tenant: Tenant, role: Role
) -> None:
    sign_in(client, make_member(tenant, role), tenant)

    assert client.post(reverse("payments:send_late")).status_code == 403


@pytest.mark.parametrize("name", ["approve", "cancel", "send"])
def test_to_an_outsider_the_bill_does_not_exist(
    as_outsider: Client, tenant: Tenant, name: str
) -> None:
    make_bank_account(tenant)
    payable = make_payable(tenant, approved=name == "send")

    assert act(as_outsider, name, payable).status_code == 404
    assert reread(payable).status == payable.status


@pytest.mark.parametrize("name", ["approve", "send"])
def test_reading_an_address_does_nothing(as_operator: Client, tenant: Tenant, name: str) -> None:
    payable = make_payable(tenant)

    assert as_operator.get(reverse(f"payments:{name}", args=[payable.id])).status_code == 405
