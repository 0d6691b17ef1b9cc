"""Giving many bills back at once lets nobody decide what one by one they could not."""

from collections.abc import Sequence
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from audit.acts import Act
from core.errors import InvalidInput, NotAllowed
from payments.bills.approval import ask_for_approval
from payments.bills.bulk_approval import Outcome
from payments.bills.bulk_rejection import reject_payables
from payments.models import Payable, PayableEvent
from payments.states import PayableStatus
from tenants.models import Membership, Notice, Role, Tenant, User
from tenants.scope import tenant_scope
from tests.audit.reading import audit_of
from tests.banking.factories import change, reread
from tests.cast import make_member, sign_in
from tests.payments.at_most_once.side_by_side import at_once
from tests.payments.factories import BOLETO, approve, make_known, make_payable, member_of
from tests.security.seals import other_amount

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]

PAGE = reverse("payments:reject_many")
WHY = "Falta o pedido de compra"


def by_page(client: Client, *bills: Payable, why: str = WHY) -> Any:
    return client.post(PAGE, {"bill": [f"{bill.id}." for bill in bills], "why": why})


def reject(by: Membership, *bills: Payable, why: str = WHY) -> list[Outcome]:
    with tenant_scope(by.tenant_id):
        return reject_payables({bill.id for bill in bills}, by=by, why=why)


def rejected(*bills: Payable) -> list[bool]:
    return [reread(bill).is_rejected for bill in bills]


def codes(outcomes: Sequence[Outcome]) -> dict[Any, str]:
    return {o.payable.id: o.refused.code if o.refused else "" for o in outcomes}


def notices(tenant: Tenant, person: User) -> list[Notice]:
    with tenant_scope(tenant.id):
        return list(Notice.objects.of(tenant).filter(user=person, subject__contains="rejected"))


def test_all_go_back_with_the_reason_those_with_a_warning_too(
    client: Client, tenant: Tenant, approver: User
) -> None:
    plain, risk = make_known(tenant), make_payable(tenant, "1234.56", destination=BOLETO)
    change(risk, title_is_paid=True)
    sign_in(client, approver, tenant)

    by_page(client, plain, risk)

    assert rejected(plain, risk) == [True, True]
    assert [reread(bill).rejections for bill in (plain, risk)] == [1, 1]
    with tenant_scope(tenant.id):
        events = PayableEvent.objects.of(tenant).filter(title="Reprovada")
        assert {(e.payable_id, e.text, e.by_id) for e in events} == {
            (bill.id, WHY, approver.pk) for bill in (plain, risk)
        }


def test_another_companys_bill_is_not_there_and_nothing_is_given_back(
    client: Client, tenant: Tenant, other_tenant: Tenant, outsider: User
) -> None:
    theirs, mine = make_known(tenant), make_known(other_tenant)
    sign_in(client, outsider, other_tenant)

    assert by_page(client, theirs, mine).status_code == 404
    assert client.post(PAGE, {"bill": [f"{theirs.id}."]}).status_code == 404
    assert rejected(theirs, mine) == [False, False]


def test_the_act_itself_does_not_reach_another_company(
    tenant: Tenant, other_tenant: Tenant, outsider: User
) -> None:
    theirs = make_known(tenant)

    assert reject(member_of(other_tenant, outsider), theirs) == []
    assert rejected(theirs) == [False]


def test_ones_own_bills_and_what_one_changed_do_not_come_along(tenant: Tenant, admin: User) -> None:
    mine, changed, other = make_known(tenant, by=admin), make_payable(tenant), make_known(tenant)
    other_amount(changed, admin)

    outcomes = reject(member_of(tenant, admin), mine, changed, other)

    assert codes(outcomes) == {mine.id: "own_bill", changed.id: "own_edit", other.id: ""}
    assert rejected(mine, changed, other) == [False, False, True]


@pytest.mark.parametrize("role", [Role.FINANCE, Role.READER])
def test_without_the_role_nothing_is_given_back(client: Client, tenant: Tenant, role: Role) -> None:
    bill = make_known(tenant)
    sign_in(client, make_member(tenant, role), tenant)

    assert by_page(client, bill).status_code == 403
    assert client.post(reverse("payments:choose_rejected")).status_code == 403
    assert rejected(bill) == [False]


def test_a_role_that_was_taken_away_since_the_request_began_gives_nothing_back(
    tenant: Tenant, approver: User
) -> None:
    bill, seen_role = make_known(tenant), member_of(tenant, approver)
    change(member_of(tenant, approver), role=Role.READER)

    with pytest.raises(NotAllowed):
        reject(seen_role, bill)

    assert rejected(bill) == [False]


def test_what_was_decided_meanwhile_is_left_out_and_named(
    client: Client, tenant: Tenant, approver: User
) -> None:
    stays, approved, cancelled, again = (make_known(tenant) for _ in range(4))
    approve(approved)
    change(cancelled, status=PayableStatus.CANCELLED)
    reject(member_of(tenant, make_member(tenant, Role.APPROVER)), again)
    sign_in(client, approver, tenant)

    answer = client.post(
        PAGE,
        {"bill": [f"{b.id}." for b in (stays, approved, cancelled, again)], "why": WHY},
        headers={"HX-Request": "true"},
    )

    assert rejected(stays) == [True]
    refused = {o.payable.id: o.refused.code for o in answer.context["refused"]}
    assert refused == dict.fromkeys([approved.id, cancelled.id, again.id], "not_pending")
    text = answer.content.decode()
    assert all(f'data-refused="{bill.id}"' in text for bill in (approved, cancelled, again))
    assert reread(approved).status == PayableStatus.APPROVED
    assert reread(again).rejections == 1


def test_one_record_lists_the_bills(tenant: Tenant, approver: User) -> None:
    bills, decided = [make_known(tenant, f"{n}.00") for n in (10, 20)], make_known(tenant)
    approve(decided)

    reject(member_of(tenant, approver), *bills, decided)

    (record,) = audit_of(tenant, Act.BILLS_REJECTED)
    assert (record.by, record.on_id, record.why) == (approver, tenant.id, WHY)
    assert len(record.after["Reprovadas"].split("\n")) == 2
    assert len(record.after["Não reprovadas"].split("\n")) == 1
    assert record.after["Total"] == "R$\u00a030,00"


def test_nothing_given_back_is_no_act_on_record(tenant: Tenant, approver: User) -> None:
    bill = make_known(tenant)
    approve(bill)

    reject(member_of(tenant, approver), bill)

    assert audit_of(tenant, Act.BILLS_REJECTED) == []


def test_an_author_is_told_once_and_only_of_their_own(tenant: Tenant, approver: User) -> None:
    one, other = (make_member(tenant, Role.FINANCE) for _ in range(2))
    many = [make_known(tenant, by=one) for _ in range(3)]
    single = make_known(tenant, by=other)

    reject(member_of(tenant, approver), *many, single)

    (told,) = notices(tenant, one)
    assert told.url.startswith(reverse("payments:list")) and WHY in told.text
    (told,) = notices(tenant, other)
    assert told.url == reverse("payments:detail", args=[single.id])


def test_what_was_approved_before_counts_no_more(tenant: Tenant, approver: User) -> None:
    bill = make_known(tenant)
    change(bill, approvals_needed=2)
    approve(bill, approver)
    reject(member_of(tenant, make_member(tenant, Role.APPROVER)), bill)
    with tenant_scope(tenant.id):
        ask_for_approval(reread(bill), by=member_of(tenant, bill.created_by))

    assert approve(bill, make_member(tenant, Role.APPROVER)).status == PayableStatus.PENDING
    assert approve(bill, approver).status == PayableStatus.APPROVED


@pytest.mark.parametrize("why", ["", "   "])
def test_without_a_reason_nothing_is_given_back(
    client: Client, tenant: Tenant, approver: User, why: str
) -> None:
    bill = make_known(tenant)
    sign_in(client, approver, tenant)

    assert by_page(client, bill, why=why).status_code == 422
    assert rejected(bill) == [False]


def test_as_many_queries_however_many_bills_and_authors(tenant: Tenant, approver: User) -> None:
    by = member_of(tenant, approver)

    def queries(number: int) -> int:
        bills = [make_known(tenant) for _ in range(number)]  # each by another author
        with CaptureQueriesContext(connection) as caught:
            reject(by, *bills)
        assert rejected(*bills) == [True] * number
        return len(caught)

    queries(2)  # what the membership brings along is read once
    assert queries(2) == queries(20)


def test_more_than_one_act_takes_is_refused(tenant: Tenant, approver: User) -> None:
    bill = make_known(tenant)
    by = member_of(tenant, approver)

    for chosen in ({bill.id, *(uuid4() for _ in range(300))}, set()):
        with pytest.raises(InvalidInput), tenant_scope(tenant.id):
            reject_payables(chosen, by=by, why=WHY)

    assert rejected(bill) == [False]


@pytest.mark.django_db(transaction=True)
def test_two_people_who_give_the_same_bills_back_at_once_do_it_once(
    tenant: Tenant, approver: User, admin: User
) -> None:
    bills = [make_known(tenant) for _ in range(4)]
    people = iter([member_of(tenant, approver), member_of(tenant, admin)])

    def act() -> None:
        reject(next(people), *bills)

    at_once(act, people=2)

    assert {reread(bill).rejections for bill in bills} == {1}
    assert len(audit_of(tenant, Act.BILLS_REJECTED)) == 1
