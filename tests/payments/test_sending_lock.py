"""After a restore nothing leaves a company until one of its admins releases it."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from audit.acts import Act
from banking.models import BankAccount
from core.errors import InvalidState, Locked, NotAllowed
from payments.api.views import PayableViewSet
from payments.dispatch.run import dispatch_account, dispatch_by_hand
from payments.dispatch.schedule import due_accounts
from payments.dispatch.send_now import send_now
from payments.models import PaymentOrder
from payments.orders.queue import make_orders
from payments.orders.send import send_queued
from payments.orders.sending_lock import lock_sending, release_sending
from payments.orders.transitions import claim_queued
from payments.states import OrderStatus, PayableStatus
from tenants.models import Membership, Role, Tenant, User
from tenants.scope import tenant_scope
from tests.audit.reading import audit_of
from tests.banking.factories import reread
from tests.cast import make_member, sign_in
from tests.payments.clock import at
from tests.payments.factories import TODAY, make_bank_account, make_order, make_payable

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]

PAGE, RELEASE = reverse("payments:sending_lock"), reverse("payments:release_sending")


@pytest.fixture
def account(tenant: Tenant) -> BankAccount:
    return make_bank_account(tenant, modo_banking_from=TODAY)


@pytest.fixture
def as_admin(client: Client, admin: User, tenant: Tenant) -> Client:
    sign_in(client, admin, tenant)
    return client


def locked_at(tenant: Tenant) -> datetime | None:
    with tenant_scope(tenant.id):
        return Tenant.objects.get(id=tenant.id).sending_locked_at


def lock(tenant: Tenant) -> datetime:
    lock_sending(tenant)
    found = locked_at(tenant)
    assert found is not None
    return found


def orders(tenant: Tenant) -> list[str]:
    with tenant_scope(tenant.id):
        found = PaymentOrder.objects.of(tenant).order_by("created_at")
        return list(found.values_list("status", flat=True))


def release(client: Client, at: datetime, **changes: str) -> Any:
    return client.post(RELEASE, {"locked_at": at.isoformat(), "looked": "on"} | changes)


def test_what_waited_in_the_queue_is_approved_again_and_the_audit_says_so(
    tenant: Tenant, account: BankAccount
) -> None:
    waits, left = make_payable(tenant, approved=True), make_payable(tenant, approved=True)
    make_order(waits)
    make_order(left, OrderStatus.AT_BANK)

    assert lock_sending(tenant) == 1

    assert orders(tenant) == [OrderStatus.CANCELLED, OrderStatus.AT_BANK]
    assert reread(waits).status == PayableStatus.APPROVED
    assert reread(left).status == PayableStatus.SENT
    *_, last = audit_of(tenant)
    assert (last.act, last.by, last.on_id) == (Act.SENDING_LOCKED, None, tenant.id)


def test_nobody_sends_by_hand(tenant: Tenant, account: BankAccount, operator: User) -> None:
    payable = make_payable(tenant, approved=True)
    lock(tenant)

    with tenant_scope(tenant.id), pytest.raises(Locked) as refused:
        send_now([payable], by=operator)
    with pytest.raises(Locked):
        dispatch_by_hand(tenant.id, account.id, TODAY)

    assert refused.value.code == "sending_locked"
    assert orders(tenant) == []


def test_the_page_says_why_nothing_was_sent(
    as_operator: Client, tenant: Tenant, account: BankAccount
) -> None:
    payable = make_payable(tenant, approved=True)
    lock(tenant)

    for name, data in (("send", {}), ("send_late", {"payable": [str(payable.id)]})):
        args = [payable.id] if name == "send" else []
        answer = as_operator.post(reverse(f"payments:{name}", args=args), data)
        assert [m.level_tag for m in answer.wsgi_request._messages][-1] == "error"
    assert reread(payable).status == PayableStatus.APPROVED


def test_the_clock_waits_and_makes_the_run_once_it_is_released(
    tenant: Tenant, account: BankAccount, admin: User
) -> None:
    make_payable(tenant, approved=True)
    when = lock(tenant)

    assert due_accounts(at("23 10:00")) == []
    assert dispatch_account(tenant.id, account.id, now=at("23 10:00")) is None

    with tenant_scope(tenant.id):
        release_sending(tenant, locked_at=when, by=member(tenant, admin))
    assert due_accounts(at("23 10:00")) == [(tenant.id, account.id)]


def member(tenant: Tenant, user: User) -> Membership:
    found: Membership = Membership.objects.of(tenant).select_related("user").get(user=user)
    return found


def test_a_worker_with_an_old_message_finds_the_queue_closed(
    tenant: Tenant, account: BankAccount
) -> None:
    payable = make_payable(tenant, approved=True)
    lock(tenant)
    with tenant_scope(tenant.id):
        make_orders([(payable, account)], run=None, by=None)

    assert claim_queued(account) == []
    assert orders(tenant) == [OrderStatus.QUEUED]


@pytest.mark.django_db(transaction=True)
def test_a_queue_that_is_closed_says_so_and_no_bank_is_opened(
    tenant: Tenant, account: BankAccount
) -> None:
    payable = make_payable(tenant, approved=True)
    lock(tenant)
    with tenant_scope(tenant.id):
        (order,) = make_orders([(payable, account)], run=None, by=None)

    assert send_queued(tenant.id, account.id) == 0

    with tenant_scope(tenant.id):
        order.refresh_from_db()
    assert order.status == OrderStatus.QUEUED
    assert order.message and order.wait_until


@pytest.mark.parametrize("role", Role)
def test_every_page_tells_every_member(client: Client, tenant: Tenant, role: Role) -> None:
    sign_in(client, make_member(tenant, role), tenant)
    list_page = reverse("payments:list")
    assert PAGE not in client.get(list_page).content.decode()
    lock(tenant)

    assert PAGE in client.get(list_page).content.decode()
    assert PAGE in client.get(reverse("accounts:chart")).content.decode()
    assert (RELEASE in client.get(PAGE).content.decode()) == (role == Role.ADMIN)


def test_another_company_is_not_told_and_sends(
    as_outsider: Client, tenant: Tenant, other_tenant: Tenant, operator: User
) -> None:
    lock(tenant)
    make_bank_account(other_tenant)
    payable = make_payable(other_tenant, approved=True)

    as_outsider.post(reverse("payments:send", args=[payable.id]))

    assert PAGE not in as_outsider.get(reverse("payments:list")).content.decode()
    assert orders(other_tenant) == [OrderStatus.QUEUED]


def test_the_page_counts_what_is_to_be_looked_at(
    as_admin: Client, tenant: Tenant, account: BankAccount
) -> None:
    make_payable(tenant, "10.00")
    make_payable(tenant, "20.00", approved=True)
    make_order(make_payable(tenant, "40.00", approved=True), OrderStatus.UNKNOWN)
    when = lock(tenant)

    found = as_admin.get(PAGE).context["found"]

    assert (found.approved, str(found.approved_amount)) == (1, "20.00")
    assert (found.pending, found.followed, found.accounts) == (1, 1, [account])
    assert found.known_until < when == found.locked_at


def test_an_admin_releases_and_the_audit_says_who(
    as_admin: Client, admin: User, tenant: Tenant
) -> None:
    assert release(as_admin, lock(tenant)).url == reverse("payments:list")

    assert locked_at(tenant) is None
    *_, last = audit_of(tenant)
    assert (last.act, last.by, last.on_id) == (Act.SENDING_RELEASED, admin, tenant.id)


def test_it_is_not_released_unless_somebody_says_that_they_looked(
    as_admin: Client, tenant: Tenant
) -> None:
    answer = release(as_admin, lock(tenant), looked="")

    assert answer.status_code == 422
    assert answer.context["form"].has_error("looked", "required")
    assert locked_at(tenant) is not None


def test_a_second_tab_changes_nothing(as_admin: Client, tenant: Tenant) -> None:
    when = lock(tenant)
    release(as_admin, when)

    again = release(as_admin, when)

    assert [m.level_tag for m in again.wsgi_request._messages][-1] == "info"
    told = audit_of(tenant, Act.SENDING_LOCKED, Act.SENDING_RELEASED)
    assert [r.act for r in told] == [Act.SENDING_LOCKED, Act.SENDING_RELEASED]


def test_an_old_form_does_not_release_a_later_lock(
    as_admin: Client, admin: User, tenant: Tenant, monday: time_machine.Traveller
) -> None:
    first = lock(tenant)
    monday.shift(timedelta(minutes=1))
    second = lock(tenant)

    answer = release(as_admin, first)
    with tenant_scope(tenant.id), pytest.raises(InvalidState) as refused:
        release_sending(tenant, locked_at=first, by=member(tenant, admin))

    assert [m.level_tag for m in answer.wsgi_request._messages][-1] == "error"
    assert refused.value.code == "locked_again"
    assert locked_at(tenant) == second


@pytest.mark.parametrize("form", [{"looked": "on"}, {"looked": "on", "locked_at": "ontem"}])
def test_a_form_that_names_no_lock_releases_none(
    as_admin: Client, tenant: Tenant, form: dict[str, str]
) -> None:
    lock(tenant)

    as_admin.post(RELEASE, form)

    assert locked_at(tenant) is not None


@pytest.mark.parametrize("role", [Role.FINANCE, Role.APPROVER, Role.READER])
def test_only_an_admin_releases(client: Client, tenant: Tenant, role: Role) -> None:
    user = make_member(tenant, role)
    sign_in(client, user, tenant)
    when = lock(tenant)

    assert release(client, when).status_code == 403
    assert client.get(RELEASE).status_code == 405
    with tenant_scope(tenant.id), pytest.raises(NotAllowed):
        release_sending(tenant, locked_at=when, by=member(tenant, user))
    assert locked_at(tenant) == when


def test_an_admin_of_another_company_releases_theirs_alone(
    as_outsider: Client, tenant: Tenant
) -> None:
    when = lock(tenant)

    release(as_outsider, when)

    assert locked_at(tenant) == when


def test_without_a_lock_the_page_leads_to_the_bills(as_admin: Client, tenant: Tenant) -> None:
    assert as_admin.get(PAGE).url == reverse("payments:list")


@pytest.mark.django_db(transaction=True)
def test_the_command_line_sends_for_the_others_only(
    tenant: Tenant, other_tenant: Tenant, account: BankAccount
) -> None:
    make_bank_account(other_tenant, modo_banking_from=TODAY)
    for company in (tenant, other_tenant):
        make_payable(company, approved=True)
    lock(tenant)

    call_command("dispatch")

    assert orders(tenant) == []
    assert len(orders(other_tenant)) == 1


@pytest.mark.django_db(transaction=True)
def test_the_command_locks_every_company(tenant: Tenant, other_tenant: Tenant) -> None:
    call_command("after_restore")

    assert locked_at(tenant) and locked_at(other_tenant)
    (record,) = audit_of(other_tenant, Act.SENDING_LOCKED)
    assert (record.act, record.whence) == (Act.SENDING_LOCKED, "linha de comando")


def test_the_api_answers_409_with_the_code() -> None:
    answered = PayableViewSet().get_exception_handler()

    answer = answered(Locked("Bloqueado.", code="sending_locked"), {})

    assert answer is not None
    assert (answer.status_code, answer.data["code"]) == (409, "sending_locked")
