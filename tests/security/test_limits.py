"""No more leaves an account than its limits say, whoever sends and however often at once."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from banking.models import BankAccount
from core.errors import InvalidInput, NotAllowed
from payments.dispatch.run import dispatch_by_hand
from payments.dispatch.send_now import send_now
from payments.orders.account_limits import apply_limits
from payments.rails.kept_back import KeptBack
from payments.rails.limits import Limit, is_raising, limits_of, over_limits
from payments.states import OrderStatus, PayableStatus
from tenants.models import Notice, Tenant, User
from tenants.scope import tenant_scope
from tests.banking.factories import change, reread
from tests.cast import sign_in
from tests.clock import travel
from tests.payments.at_most_once.side_by_side import at_once
from tests.payments.clock import at
from tests.payments.factories import (
    PIX_KEY,
    TODAY,
    file_account,
    make_bank_account,
    make_order,
    make_payable,
    member_of,
    sender,
    set_limit,
)
from tests.payments.raw_sql import refusal
from tests.security.seals import order_of
from tests.security.sending import WAYS, Way, orders_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]


@pytest.fixture
def account(tenant: Tenant) -> BankAccount:
    return make_bank_account(tenant, modo_banking_from=date(2026, 11, 3))


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("limit", [{"per_payment": "149.99"}, {"per_day": "149.99"}])
def test_no_way_of_sending_passes_a_limit(
    client: Client,
    tenant: Tenant,
    operator: User,
    account: BankAccount,
    limit: dict[str, str],
    way: Way,
) -> None:
    payable = make_payable(tenant, "150.00", approved=True)
    set_limit(account, **limit)
    sign_in(client, operator, tenant)

    way(client, account, payable)

    assert orders_of(payable) == []
    assert reread(payable).status == PayableStatus.APPROVED


@pytest.mark.parametrize("limit", [{"per_payment": "150"}, {"per_day": "150"}])
def test_what_is_within_the_limit_leaves(
    tenant: Tenant, operator: User, account: BankAccount, limit: dict[str, str]
) -> None:
    payable = make_payable(tenant, "150.00", approved=True)
    set_limit(account, **limit)

    with tenant_scope(tenant.id):
        assert len(send_now([payable], by=operator)) == 1


def test_the_limit_is_of_the_rail_by_which_it_leaves(
    tenant: Tenant, operator: User, account: BankAccount
) -> None:
    change(account, pix_policy=BankAccount.PixPolicy.TED)
    file_account(tenant, amount="1.00")
    pix = make_payable(tenant, "150.00", destination=PIX_KEY, approved=True)
    set_limit(account, per_payment="100", rail="ted")

    with tenant_scope(tenant.id), pytest.raises(KeptBack):
        send_now([pix], by=operator)


def test_a_payment_from_another_account_is_held_by_that_account_s_limit(
    tenant: Tenant, operator: User, account: BankAccount
) -> None:
    other = make_bank_account(tenant, preferred=False)
    payable = make_payable(tenant, approved=True)
    set_limit(other, per_day="1")

    with tenant_scope(tenant.id), pytest.raises(KeptBack):
        send_now([payable], by=operator, account=other)


ENDS = [OrderStatus.QUEUED, OrderStatus.UNKNOWN, OrderStatus.AT_BANK, OrderStatus.PAID]


@pytest.mark.parametrize("status", ENDS)
def test_what_left_today_counts(
    tenant: Tenant, operator: User, account: BankAccount, status: OrderStatus
) -> None:
    make_order(make_payable(tenant, "100.00", approved=True), status)
    payable = make_payable(tenant, "100.01", approved=True)
    set_limit(account, per_day="200")

    with tenant_scope(tenant.id), pytest.raises(KeptBack):
        send_now([payable], by=operator)


@pytest.mark.parametrize("status", [OrderStatus.REJECTED, OrderStatus.EXPIRED])
def test_what_the_bank_did_not_pay_does_not_count(
    tenant: Tenant, operator: User, account: BankAccount, status: OrderStatus
) -> None:
    steps = [OrderStatus.AT_BANK] if status == OrderStatus.EXPIRED else []
    order = make_order(make_payable(tenant, "100.00", approved=True), OrderStatus.SENDING)
    for step in [*steps, status]:
        change(order, status=step)
    payable = make_payable(tenant, "100.01", approved=True)
    set_limit(account, per_day="200")

    with tenant_scope(tenant.id):
        assert len(send_now([payable], by=operator)) == 1


@pytest.mark.parametrize(("status", "sends"), [(OrderStatus.QUEUED, 0), (OrderStatus.AT_BANK, 1)])
def test_of_yesterday_what_has_not_left_yet_counts(
    tenant: Tenant, operator: User, account: BankAccount, status: OrderStatus, sends: int
) -> None:
    make_order(make_payable(tenant, "100.00", approved=True), status)
    payable = make_payable(tenant, "100.01", approved=True)
    set_limit(account, per_day="200")

    with travel(at("24 10:00")), tenant_scope(tenant.id):
        if sends:
            send_now([payable], by=operator)
        else:
            with pytest.raises(KeptBack):
                send_now([payable], by=operator)
    assert len(orders_of(payable)) == sends


def test_a_run_sends_what_fits_names_the_rest_and_tells_at_once(
    tenant: Tenant, admin: User, operator: User, account: BankAccount
) -> None:
    bills = [make_payable(tenant, amount, approved=True) for amount in ("80", "50", "20")]
    set_limit(account, per_day="100")

    run = dispatch_by_hand(tenant.id, account.id, TODAY, by=sender(tenant))

    assert [len(orders_of(bill)) for bill in bills] == [1, 0, 1]
    assert [item["payable"] for item in run.left_out] == [str(bills[1].id)]
    with tenant_scope(tenant.id):
        told = Notice.objects.of(tenant).filter(subject=f"kept-back:{run.id}")
        assert {admin.id, operator.id} <= set(told.values_list("user_id", flat=True))


@pytest.mark.django_db(transaction=True)
def test_two_who_send_at_once_are_counted_one_after_the_other(
    tenant: Tenant, operator: User, account: BankAccount
) -> None:
    bills = [make_payable(tenant, "100.00", approved=True) for _ in range(2)]
    set_limit(account, per_day="150")
    waiting = list(bills)

    def send() -> Any:
        with tenant_scope(tenant.id):
            return send_now([waiting.pop()], by=operator)

    answers = at_once(send)

    assert sorted(len(orders_of(bill)) for bill in bills) == [0, 1]
    assert sum(isinstance(answer, KeptBack) for answer in answers) == 1


@pytest.mark.django_db(transaction=True)
def test_a_limit_that_is_lowered_while_somebody_sends_holds_or_came_later(
    tenant: Tenant, operator: User, account: BankAccount
) -> None:
    set_limit(account, per_day="500")
    payable = make_payable(tenant, "300.00", approved=True)

    def send() -> Any:
        with tenant_scope(tenant.id):
            return send_now([payable], by=operator)

    acts: list[Callable[[], Any]] = [send, lambda: set_limit(account, per_day="100")]
    answers = at_once(lambda: acts.pop()())

    refused = sum(isinstance(answer, KeptBack) for answer in answers)
    assert len(orders_of(payable)) == 1 - refused
    assert limit_of(account) == Limit(None, Decimal(100))


def limit_of(account: BankAccount) -> Limit:
    with tenant_scope(account.tenant_id):
        return limits_of(account.tenant_id)[account.id, "ted"]


def test_the_database_refuses_an_order_beyond_a_limit(tenant: Tenant, account: BankAccount) -> None:
    make_order(make_payable(tenant, "100.00", approved=True))
    payable = make_payable(tenant, "50.00", approved=True)
    for limit, guard in [
        ({"per_payment": "49.99"}, "order_within_limits"),
        ({"per_day": "149.99"}, "order_within_limits"),
        ({"per_payment": "50", "per_day": "150"}, ""),
    ]:
        set_limit(account, **limit)
        with tenant_scope(tenant.id):
            assert refusal(*order_of(payable, account)) == guard


def test_limits_cost_no_query_a_bill(tenant: Tenant, account: BankAccount) -> None:
    bills = [make_payable(tenant, "1.00", approved=True) for _ in range(4)]

    def queries(number: int) -> int:
        with tenant_scope(tenant.id):
            found = type(bills[0]).objects.of(tenant).with_destinations()
            pairs = [(bill, account) for bill in found[:number]]
            with CaptureQueriesContext(connection) as caught:
                over_limits(pairs)
        return len(caught)

    assert (queries(1), queries(4)) == (1, 1)
    set_limit(account, per_day="100")
    assert (queries(1), queries(4)) == (2, 2)


# --- Who decides ---


def test_only_an_admin_sets_limits(
    client: Client, tenant: Tenant, operator: User, account: BankAccount
) -> None:
    set_limit(account, per_day="100")
    sign_in(client, operator, tenant)

    assert client.post(reverse("payments:save_limits"), {}).status_code == 403
    with tenant_scope(tenant.id), pytest.raises(NotAllowed):
        apply_limits(tenant, {}, seen="", by=member_of(tenant, operator))
    assert limit_of(account) == Limit(None, Decimal(100))


def test_an_admin_sets_limits_and_a_stale_tab_does_not_raise_them(
    client: Client, tenant: Tenant, admin: User, account: BankAccount
) -> None:
    sign_in(client, admin, tenant)
    address, name = reverse("payments:save_limits"), f"{account.id.hex}_ted"

    assert client.post(address, {f"{name}_day": "1.000,00"}).status_code == 302
    stale = client.post(address, {f"{name}_day": "9.000,00", "seen": ""})

    assert stale.status_code == 409
    assert limit_of(account) == Limit(None, Decimal(1000))
    page = client.get(reverse("payments:rules")).content.decode()
    assert "1.000,00" in page


def test_a_stranger_s_account_gets_no_limit(
    tenant: Tenant, other_tenant: Tenant, admin: User
) -> None:
    theirs = make_bank_account(other_tenant)
    with tenant_scope(tenant.id), pytest.raises(InvalidInput):
        wanted = {(theirs.id, "ted"): Limit(Decimal(1), None)}
        apply_limits(tenant, wanted, seen="", by=member_of(tenant, admin))


def test_what_raises_is_told_apart(account: BankAccount) -> None:
    key = (account.id, "ted")
    before = {key: Limit(Decimal(10), None)}

    assert is_raising(before, {})
    assert is_raising(before, {key: Limit(Decimal(11), Decimal(1))})
    assert not is_raising(before, {key: Limit(Decimal(10), Decimal(1))})
    assert not is_raising({}, before)


def test_who_enters_a_bill_sees_the_limits(
    client: Client, tenant: Tenant, operator: User, account: BankAccount
) -> None:
    set_limit(account, per_payment="100")
    payable = make_payable(tenant, "150.00")
    sign_in(client, operator, tenant)

    entry = client.get(reverse("payments:new")).content.decode()
    detail = client.get(reverse("payments:detail", args=[payable.id])).content.decode()

    assert "100,00" in entry
    assert 'data-warning="over_limit"' in detail
