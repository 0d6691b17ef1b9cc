"""Approving many at once lets nobody approve what one by one they could not."""

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from audit.acts import Act
from core.errors import NotAllowed
from payments.bills.approval import ask_for_approval, reject_payable
from payments.bills.bulk_approval import Outcome, approve_payables
from payments.bills.edit import edit_payable, version_of
from payments.models import Approval, Payable
from tenants.models import Membership, Role, Tenant, User
from tenants.scope import tenant_scope
from tests.audit.reading import audit_of
from tests.banking.factories import change, reread
from tests.cast import make_member, sign_in
from tests.payments.at_most_once.database import wait_until_stuck
from tests.payments.at_most_once.side_by_side import at_once
from tests.payments.factories import BOLETO, ITAU, approve, make_known, make_payable, shown

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]

PAGE = reverse("payments:approve_many")
API = reverse("payments:api-payable-approve-many")


def by_page(client: Client, *bills: Payable, digests: dict[Payable, str] | None = None) -> Any:
    chosen = [f"{bill.id}.{(digests or {}).get(bill) or shown(bill)}" for bill in bills]
    return client.post(PAGE, {"bill": chosen})


def by_api(client: Client, *bills: Payable, digests: dict[Payable, str] | None = None) -> Any:
    body = [{"id": str(b.id), "digest": (digests or {}).get(b) or shown(b)} for b in bills]
    return client.post(API, body, content_type="application/json")


WAYS = pytest.mark.parametrize("way", [by_page, by_api])


def statuses(*bills: Payable) -> list[str]:
    return [reread(bill).status for bill in bills]


def member(tenant: Tenant, user: User) -> Membership:
    with tenant_scope(tenant.id):
        found: Membership = Membership.objects.of(tenant).select_related("tenant").get(user=user)
        return found


def edited_by(bill: Payable, user: User, amount: str) -> None:
    by = member(bill.tenant, user)
    with tenant_scope(bill.tenant_id):
        now = Payable.objects.of(bill.tenant_id).with_details().get(id=bill.id)
        edit_payable(
            now, by=by, seen=version_of(now), payee_name=now.payee.name,
            payee_document=now.payee.document, description=now.description, amount=Decimal(amount),
            due_date=now.due_date, expense_account=now.expense_account, destination=ITAU,
        )  # fmt: skip


@WAYS
def test_another_companys_bill_is_not_there_and_nothing_is_approved(
    client: Client, tenant: Tenant, other_tenant: Tenant, outsider: User, way: Any
) -> None:
    theirs, mine = make_known(tenant), make_known(other_tenant)
    sign_in(client, outsider, other_tenant)

    assert way(client, theirs, mine).status_code == 404
    assert statuses(theirs, mine) == ["pending", "pending"]


def test_the_act_itself_does_not_reach_another_company(
    tenant: Tenant, other_tenant: Tenant, outsider: User
) -> None:
    theirs = make_known(tenant)
    seen = shown(theirs)

    with tenant_scope(other_tenant.id):
        assert approve_payables({theirs.id: seen}, by=member_in_scope(other_tenant, outsider)) == []

    assert statuses(theirs) == ["pending"]


def member_in_scope(tenant: Tenant, user: User) -> Membership:
    found: Membership = Membership.objects.of(tenant).select_related("tenant").get(user=user)
    return found


@WAYS
def test_ones_own_bills_do_not_come_along(
    client: Client, admin: User, tenant: Tenant, way: Any
) -> None:
    mine, other = make_known(tenant, by=admin), make_known(tenant)
    sign_in(client, admin, tenant)

    way(client, mine, other)

    assert statuses(mine, other) == ["pending", "approved"]


@WAYS
def test_what_one_changed_does_not_come_along(
    client: Client, admin: User, tenant: Tenant, way: Any
) -> None:
    changed, other = make_known(tenant), make_known(tenant)
    edited_by(changed, admin, "19000.00")
    sign_in(client, admin, tenant)

    way(client, changed, other)

    assert statuses(changed, other) == ["pending", "approved"]


@WAYS
def test_a_bill_that_changed_between_look_and_click_stays(
    client: Client, approver: User, operator: User, tenant: Tenant, way: Any
) -> None:
    bills = [make_known(tenant, by=operator) for _ in range(3)]
    digests = {bill: shown(bill) for bill in bills}
    edited_by(bills[1], operator, "19000.00")
    sign_in(client, approver, tenant)

    way(client, *bills, digests=digests)

    assert statuses(*bills) == ["approved", "pending", "approved"]


@WAYS
@pytest.mark.parametrize("digest", ["0" * 64, "f" * 64])
def test_an_invented_digest_approves_nothing(
    client: Client, approver: User, tenant: Tenant, way: Any, digest: str
) -> None:
    bill = make_known(tenant)
    sign_in(client, approver, tenant)

    way(client, bill, digests={bill: digest})

    assert statuses(bill) == ["pending"]


@WAYS
def test_a_forged_selection_does_not_take_a_bill_with_a_warning(
    client: Client, approver: User, tenant: Tenant, way: Any
) -> None:
    risk, plain = make_payable(tenant, "1234.56", destination=BOLETO), make_known(tenant)
    change(risk, title_is_paid=True)
    sign_in(client, approver, tenant)

    way(client, risk, plain)
    way(client, risk)

    assert statuses(risk, plain) == ["pending", "approved"]


@WAYS
def test_a_forged_selection_does_not_take_what_looks_like_another_bill(
    client: Client, approver: User, tenant: Tenant, way: Any
) -> None:
    of_one: dict[str, Any] = {"payee_document": "11444777000161", "destination": ITAU}
    twins, plain = [make_known(tenant, **of_one) for _ in range(2)], make_known(tenant)
    sign_in(client, approver, tenant)

    way(client, *twins, plain)

    assert statuses(*twins, plain) == ["pending", "pending", "approved"]


@WAYS
def test_what_was_rejected_before_does_not_come_along(
    client: Client, approver: User, tenant: Tenant, way: Any
) -> None:
    """Its author sent it again as it was: another approver does not take it unseen."""
    bill = make_known(tenant)
    with tenant_scope(tenant.id):
        reject_payable(bill, by=member(tenant, make_member(tenant, Role.APPROVER)), why="fraude")
        ask_for_approval(reread(bill), by=member(tenant, bill.created_by))
    sign_in(client, approver, tenant)

    way(client, bill)

    assert statuses(bill) == ["pending"]
    assert approve(bill, approver).status == "approved"


@WAYS
def test_what_was_changed_after_an_approval_does_not_come_along(
    client: Client, approver: User, operator: User, tenant: Tenant, way: Any
) -> None:
    changed, plain = make_known(tenant, "1900.00", destination=ITAU), make_known(tenant)
    approve(changed)
    edited_by(changed, operator, "19000.00")
    sign_in(client, approver, tenant)

    way(client, changed, plain)

    assert statuses(changed, plain) == ["pending", "approved"]
    assert approve(changed, approver).status == "approved"


@WAYS
@pytest.mark.parametrize("role", [Role.FINANCE, Role.READER])
def test_without_the_role_nothing_is_approved(
    client: Client, tenant: Tenant, way: Any, role: Role
) -> None:
    bill = make_known(tenant)
    sign_in(client, make_member(tenant, role), tenant)

    assert way(client, bill).status_code == 403
    assert statuses(bill) == ["pending"]


def test_a_role_that_was_taken_away_since_the_request_began_approves_nothing(
    tenant: Tenant, approver: User
) -> None:
    bill, seen_role = make_known(tenant), member(tenant, approver)
    seen = shown(bill)
    change(member(tenant, approver), role=Role.READER)

    with pytest.raises(NotAllowed), tenant_scope(tenant.id):
        approve_payables({bill.id: seen}, by=seen_role)

    assert statuses(bill) == ["pending"]


def test_the_second_tab_approves_nothing_again(
    client: Client, approver: User, tenant: Tenant
) -> None:
    bills = [make_known(tenant) for _ in range(3)]
    digests = {bill: shown(bill) for bill in bills}
    sign_in(client, approver, tenant)

    by_page(client, *bills, digests=digests)
    again = by_api(client, *bills, digests=digests)

    assert {each["code"] for each in again.json()} == {"not_pending"}
    with tenant_scope(tenant.id):
        assert Approval.objects.of(tenant).count() == 3
    assert len(audit_of(tenant, Act.BILLS_APPROVED)) == 1


@WAYS
def test_one_person_is_not_two(client: Client, approver: User, tenant: Tenant, way: Any) -> None:
    bill = make_known(tenant)
    change(bill, approvals_needed=2)
    sign_in(client, approver, tenant)

    way(client, bill)
    way(client, bill)

    assert statuses(bill) == ["pending"]


def test_more_than_one_act_takes_is_refused(client: Client, approver: User, tenant: Tenant) -> None:
    bill = make_known(tenant)
    sign_in(client, approver, tenant)
    many = [{"id": str(uuid4()), "digest": "0" * 64} for _ in range(300)]

    answer = client.post(
        API, [*many, {"id": str(bill.id), "digest": shown(bill)}], content_type="application/json"
    )

    assert answer.status_code in {404, 422}
    assert statuses(bill) == ["pending"]


@pytest.mark.django_db(transaction=True)
def test_two_people_who_approve_the_same_bills_at_once_approve_each_once(
    tenant: Tenant, approver: User, admin: User
) -> None:
    bills = [make_known(tenant) for _ in range(6)]
    digests = {bill.id: shown(bill) for bill in bills}
    people = iter([member(tenant, approver), member(tenant, admin)])
    backwards = dict(reversed(digests.items()))
    chosen = iter([digests, backwards])

    def act() -> list[Outcome]:
        by, wanted = next(people), next(chosen)
        with tenant_scope(tenant.id):
            return approve_payables(wanted, by=by)

    at_once(act, people=2)

    assert set(statuses(*bills)) == {"approved"}
    with tenant_scope(tenant.id):
        assert Approval.objects.of(tenant).count() == 6


@pytest.mark.django_db(transaction=True)
def test_a_bill_that_is_being_changed_is_waited_for_and_left_out(
    tenant: Tenant, approver: User, operator: User
) -> None:
    bill, other = make_known(tenant, by=operator), make_known(tenant)
    digests = {each.id: shown(each) for each in (bill, other)}
    by = member(tenant, approver)

    def act() -> None:
        with tenant_scope(tenant.id):
            approve_payables(digests, by=by)

    with ThreadPoolExecutor(1) as pool:
        with tenant_scope(tenant.id):
            change(bill, amount="19000.00")
            made = pool.submit(at_once, act, people=1)
            wait_until_stuck("payments_payable")
        made.result()

    assert statuses(bill, other) == ["pending", "approved"]
