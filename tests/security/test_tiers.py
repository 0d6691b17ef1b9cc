"""Nobody approves more alone than the company allows, by splitting, hurry or somebody's place."""

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from core.clock import database_now
from core.errors import InvalidInput, InvalidState, NotAllowed
from payments.bills.tiers import Tiers, apply_tiers, is_loosening, revoke_delegation
from payments.bills.warnings import warnings_of
from payments.models import Approval, Delegation, Payable
from payments.rails.destinations import Destination
from payments.rails.seal import seal_of
from payments.states import PayableStatus
from tenants.models import Role, Tenant, User
from tenants.scope import tenant_scope
from tenants.services import add_member
from tests.banking.factories import change, reread
from tests.cast import make_member, sign_in
from tests.payments.at_most_once.side_by_side import at_once
from tests.payments.factories import (
    BOLETO,
    ITAU,
    PIX_ACCOUNT,
    PIX_CODE,
    PIX_KEY,
    TODAY,
    approve,
    make_delegation,
    make_payable,
    member_of,
    move,
    set_tiers,
    shown,
)
from tests.payments.raw_sql import refusal
from tests.security.seals import approval_by, edit

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]

OTHER_CNPJ, BRANCH_CNPJ = "11444777000161", "11222333000262"
OTHER_ACCOUNT = ITAU.__class__("341", "0123", "999999", ITAU.account_type)


@pytest.fixture
def lia(tenant: Tenant) -> User:
    """Approves R$ 2.000 alone."""
    person = make_member(tenant, Role.APPROVER)
    set_tiers(tenant, {Role.APPROVER: "2000"})
    return person


def test_without_tiers_one_person_is_enough(tenant: Tenant) -> None:
    assert approve(make_payable(tenant, "9999999.00")).status == PayableStatus.APPROVED


def test_above_the_limit_two_people_approve(tenant: Tenant, lia: User) -> None:
    payable = make_payable(tenant, "2000.01")

    assert approve(payable, lia).is_pending
    with pytest.raises(InvalidState):
        approve(payable, lia)
    assert approve(payable).status == PayableStatus.APPROVED


def test_the_person_s_own_row_goes_before_the_role_s(tenant: Tenant, lia: User) -> None:
    set_tiers(tenant, {Role.APPROVER: "2000"}, {lia: "0"})

    assert approve(make_payable(tenant, "0.01"), lia).is_pending


# --- Splitting ---


@pytest.mark.parametrize(
    "other",
    [
        {"destination": OTHER_ACCOUNT},
        {"destination": OTHER_ACCOUNT, "payee_document": BRANCH_CNPJ},
        {"payee_document": OTHER_CNPJ},
        {"payee_document": OTHER_CNPJ, "destination": PIX_ACCOUNT},
        {"due_date": TODAY + timedelta(days=7)},
        {"due_date": TODAY - timedelta(days=60)},
    ],
    ids=["payee", "establishment", "account", "account by Pix", "a week later", "overdue"],
)
@pytest.mark.parametrize("status", [PayableStatus.APPROVED, PayableStatus.SENT])
def test_what_was_approved_for_the_same_payee_or_account_counts(
    tenant: Tenant, lia: User, other: dict[str, Any], status: PayableStatus
) -> None:
    first = approve(make_payable(tenant, "1900.00"), lia)
    assert first.status == PayableStatus.APPROVED
    if status == PayableStatus.SENT:
        move(first, status)

    assert approve(make_payable(tenant, "1850.00", **other), lia).is_pending


def test_overdue_bills_leave_together_however_far_apart_they_were_due(
    tenant: Tenant, lia: User
) -> None:
    first, second = (
        make_payable(tenant, "1900.00", due_date=TODAY - timedelta(days=days)) for days in (20, 60)
    )
    approve(first, lia)

    assert approve(second, lia).is_pending
    with tenant_scope(tenant.id):
        seen = Payable.objects.of(tenant).with_details().with_cautions().get(id=second.id)
        assert "same_receiver" in {caution.code for caution in warnings_of(seen)}


@pytest.mark.parametrize("destination", [PIX_KEY, PIX_CODE], ids=["key", "code of that key"])
def test_a_key_is_one_destination_whoever_it_is_said_to_be_of(
    tenant: Tenant, lia: User, destination: Destination
) -> None:
    approve(make_payable(tenant, "1900.00", destination=PIX_KEY), lia)
    other = make_payable(tenant, "1234.56", destination=destination, payee_document=OTHER_CNPJ)

    assert approve(other, lia).is_pending


def test_a_boleto_counts_for_whom_it_is_registered(tenant: Tenant, lia: User) -> None:
    approve(make_payable(tenant, "1900.00"), lia)
    boleto = make_payable(tenant, "1234.56", destination=BOLETO, payee_document=OTHER_CNPJ)
    change(boleto, title_document=BRANCH_CNPJ)

    assert approve(boleto, lia).is_pending


@pytest.mark.parametrize(
    "other",
    [
        {"due_date": TODAY + timedelta(days=8)},
        {"payee_document": OTHER_CNPJ, "destination": OTHER_ACCOUNT},
    ],
)
def test_what_has_nothing_to_do_with_it_does_not_count(
    tenant: Tenant, lia: User, other: dict[str, Any]
) -> None:
    approve(make_payable(tenant, "1900.00"), lia)

    assert approve(make_payable(tenant, "1850.00", **other), lia).status == PayableStatus.APPROVED


@pytest.mark.django_db(transaction=True)
def test_two_that_are_approved_at_once_are_counted_one_after_the_other(
    tenant: Tenant, lia: User
) -> None:
    bills = [make_payable(tenant, "1900.00"), make_payable(tenant, "1850.00")]
    waiting = list(bills)
    at_once(lambda: approve(waiting.pop(), lia))

    found = [reread(bill).status for bill in bills]
    assert sorted(found) == [PayableStatus.APPROVED, PayableStatus.PENDING]


def test_the_approver_sees_that_bills_belong_together(
    client: Client, tenant: Tenant, lia: User
) -> None:
    due = [TODAY, TODAY + timedelta(days=1), TODAY + timedelta(days=2)]
    for day, amount in zip(due, ["1900.00", "1900.00", "1850.00"], strict=True):
        make_payable(tenant, amount, due_date=day)
    last = make_payable(tenant, "1800.00", payee_document=OTHER_CNPJ)
    sign_in(client, lia, tenant)

    pages = [client.get(reverse("payments:list"), {"periodo": "7-dias"})]
    pages.append(client.get(reverse("payments:detail", args=[last.id])))

    assert pages[0].content.decode().count('data-warning="same_receiver"') == 4
    assert "4 contas · R$\u00a07.450,00" in pages[1].content.decode()


def test_the_page_says_how_many_people_are_missing(
    client: Client, tenant: Tenant, lia: User
) -> None:
    payable = make_payable(tenant, "2500.00")
    address = reverse("payments:detail", args=[payable.id])
    sign_in(client, lia, tenant)
    assert "Será 1 de 2" in client.get(address).content.decode()

    client.post(reverse("payments:approve", args=[payable.id]), {"shown": shown(payable)})

    page = client.get(address).content.decode()
    assert "Falta 1 de 2" in page
    assert reverse("payments:approve", args=[payable.id]) not in page


# --- The number of people ---


def test_what_a_limited_person_asked_for_stays_for_one_without_limit(
    tenant: Tenant, lia: User
) -> None:
    payable = make_payable(tenant, "2500.00", by=make_member(tenant, Role.FINANCE))
    approve(payable, lia)
    with tenant_scope(tenant.id):
        assert (
            refusal("UPDATE payments_payable SET approvals_needed = 1 WHERE id = %s", payable.id)
            == "payable_people_needed"
        )
    edit(payable, payable.created_by, amount=Decimal("2400.00"))

    assert approve(payable, make_member(tenant, Role.ADMIN)).is_pending


def test_the_next_round_counts_anew(tenant: Tenant, lia: User) -> None:
    payable = make_payable(tenant, "2500.00", by=make_member(tenant, Role.FINANCE))
    approve(payable, lia)
    approve(payable)
    edit(payable, payable.created_by, amount=Decimal("100.00"))

    assert approve(payable, lia).status == PayableStatus.APPROVED


APPROVED = "UPDATE payments_payable SET status = 'approved', approval_id = %s WHERE id = %s"


@pytest.mark.parametrize("amount", ["2500.00", "1850.00"])
def test_the_database_counts_the_tier_of_who_approved(
    tenant: Tenant, lia: User, amount: str
) -> None:
    approve(make_payable(tenant, "1900.00"), lia)
    payable = make_payable(tenant, amount)
    with tenant_scope(tenant.id):
        bill = Payable.objects.of(tenant).with_destinations().get(id=payable.id)
        statement, *values = approval_by(bill, lia, **seal_of(bill, None))
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(str(statement), values)
            assert refusal(APPROVED, values[0], payable.id) == "payable_enough_people"


def test_nobody_says_in_raw_sql_who_receives(tenant: Tenant) -> None:
    payable = make_payable(tenant)
    change(payable, receivers=["who:somebody"])

    assert reread(payable).receivers == ["who:11222333", "account:341/123/456789"]


# --- Delegation ---


def test_a_delegate_approves_alone_up_to_what_was_delegated(tenant: Tenant, lia: User) -> None:
    rui = make_member(tenant, Role.APPROVER)
    set_tiers(tenant, {Role.APPROVER: "2000"}, {rui: "100"})
    make_delegation(tenant, lia, rui, up_to="1500.00")

    assert approve(make_payable(tenant, "1500.00"), rui).status == PayableStatus.APPROVED
    assert approve(
        make_payable(tenant, "1500.01", payee_document=OTHER_CNPJ, destination=OTHER_ACCOUNT), rui
    ).is_pending


def test_delegator_and_delegate_count_as_one_of_two(tenant: Tenant, lia: User) -> None:
    rui = make_member(tenant, Role.APPROVER)
    make_delegation(tenant, lia, rui)
    payable = make_payable(tenant, "2500.00")

    assert approve(payable, lia).is_pending
    assert approve(payable, rui).is_pending
    with tenant_scope(tenant.id):
        given = Approval.objects.of(tenant).filter(payable=payable).first()
        refused = refusal(APPROVED, given.id, payable.id)
    assert refused == "payable_enough_people"
    assert approve(payable).status == PayableStatus.APPROVED


def test_a_revoked_delegation_still_joins_those_who_approved_under_it(
    tenant: Tenant, lia: User
) -> None:
    rui = make_member(tenant, Role.APPROVER)
    delegation = make_delegation(tenant, lia, rui)
    payable = make_payable(tenant, "2500.00")
    approve(payable, lia)
    with tenant_scope(tenant.id):
        revoke_delegation(delegation, by=member_of(tenant, lia))

    assert approve(payable, rui).is_pending


def test_what_was_delegated_is_not_passed_on_nor_grown_in_a_circle(
    tenant: Tenant, lia: User
) -> None:
    rui = make_member(tenant, Role.APPROVER)
    set_tiers(tenant, {Role.APPROVER: "2000"}, {rui: "100"})
    make_delegation(tenant, lia, rui, up_to="2000.00")

    with pytest.raises(InvalidInput):
        make_delegation(tenant, rui, up_to="100.01")
    with pytest.raises(InvalidInput):
        make_delegation(tenant, rui, lia, up_to="2000.00")
    with tenant_scope(tenant.id):
        assert refusal(*delegation_of(tenant, rui, lia, "100.01")) == "delegation_given"
        assert refusal(*delegation_of(tenant, rui, lia, "100.00")) == ""


@pytest.mark.parametrize("days", [0, 31])
def test_a_delegation_lasts_thirty_days_at_most(tenant: Tenant, lia: User, days: int) -> None:
    with pytest.raises(InvalidInput):
        make_delegation(tenant, lia, days=days)
    with tenant_scope(tenant.id):
        row = delegation_of(tenant, lia, make_member(tenant, Role.APPROVER), "1", days)
        assert refusal(*row) == "delegation_days"


@pytest.mark.parametrize("role", [Role.FINANCE, Role.READER])
def test_only_who_approves_already_gets_a_delegation(tenant: Tenant, lia: User, role: Role) -> None:
    other = make_member(tenant, role)
    with pytest.raises(InvalidInput):
        make_delegation(tenant, lia, other)
    with tenant_scope(tenant.id):
        assert refusal(*delegation_of(tenant, lia, other, "1")) == "delegation_given"


def test_nobody_delegates_for_another_but_an_admin_and_never_to_himself(
    tenant: Tenant, lia: User
) -> None:
    rui, ana = make_member(tenant, Role.APPROVER), make_member(tenant, Role.ADMIN)
    for giver, delegate in ((rui, rui), (rui, ana), (ana, ana)):
        with pytest.raises(NotAllowed):
            make_delegation(tenant, lia, delegate, by=giver)

    assert make_delegation(tenant, lia, rui, by=ana).delegate_id == rui.pk


def test_an_author_s_own_bill_is_not_approved_in_the_author_s_place(
    tenant: Tenant, lia: User
) -> None:
    ana, rui = make_member(tenant, Role.ADMIN), lia
    make_delegation(tenant, ana, rui, up_to="50000.00")

    assert approve(make_payable(tenant, "2500.00", by=ana), rui).is_pending
    edited = make_payable(tenant, "2500.00")
    edit(edited, ana, amount=Decimal("2600.00"))
    assert approve(edited, rui).is_pending


def test_a_delegator_who_lost_the_role_or_the_limit_gives_nothing(
    tenant: Tenant, lia: User
) -> None:
    ana, rui = make_member(tenant, Role.ADMIN), lia
    make_delegation(tenant, ana, rui, up_to="50000.00")
    set_tiers(tenant, {Role.APPROVER: "2000", Role.ADMIN: "2400"})
    assert approve(make_payable(tenant, "2500.00"), rui).is_pending
    set_tiers(tenant, {Role.APPROVER: "2000"})
    add_member(tenant, ana, Role.READER)

    assert approve(make_payable(tenant, "2600.00"), rui).is_pending


def test_a_delegation_is_only_ever_revoked(tenant: Tenant, lia: User) -> None:
    made = make_delegation(tenant, lia)
    table = "payments_delegation"
    with tenant_scope(tenant.id):
        assert refusal(f"UPDATE {table} SET up_to = 1 WHERE id = %s", made.id) == "delegation_kept"
        assert refusal(f"DELETE FROM {table} WHERE id = %s", made.id) == "delegation_stays"
        stranger = member_of(tenant, make_member(tenant, Role.APPROVER))
        with pytest.raises(NotAllowed):
            revoke_delegation(made, by=stranger)
        revoke_delegation(made, by=member_of(tenant, lia))
        with pytest.raises(InvalidState):
            revoke_delegation(made, by=member_of(tenant, lia))
        again = f"UPDATE {table} SET revoked_at = NULL WHERE id = %s"
        assert refusal(again, made.id) == "delegation_kept"


def delegation_of(
    tenant: Tenant, one: User, other: User, up_to: str, days: int = 1
) -> tuple[object, ...]:
    """The statement that writes a delegation, and its values."""
    now = database_now()
    statement = """
    INSERT INTO payments_delegation
        (id, tenant_id, delegator_id, delegate_id, up_to, starts_at, ends_at)
    VALUES (%s, %s, %s, %s, %s, %s, %s)
    """
    ends_at = now + timedelta(days=days)
    return (statement, uuid4(), tenant.id, one.pk, other.pk, Decimal(up_to), now, ends_at)


# --- Who decides ---


def test_only_an_admin_sets_tiers(client: Client, tenant: Tenant, lia: User) -> None:
    sign_in(client, lia, tenant)
    for response in (
        client.get(reverse("payments:rules")),
        client.post(reverse("payments:save_tiers"), {"window_days": "7"}),
    ):
        assert response.status_code == 403
    with tenant_scope(tenant.id), pytest.raises(NotAllowed):
        now = Tiers.of(tenant)
        apply_tiers(tenant, Tiers({}, {}), seen=str(now), by=member_of(tenant, lia))


def test_an_admin_sets_tiers_and_a_second_tab_does_not_undo_them(
    client: Client, tenant: Tenant, admin: User, lia: User
) -> None:
    sign_in(client, admin, tenant)
    with tenant_scope(tenant.id):
        stale = str(Tiers.of(tenant))
    days = {"window_days": "10", "duplicate_days": "15"}
    typed = {**days, "role_aprovador": "500,00", f"person_{lia.pk}": "0"}
    address = reverse("payments:save_tiers")

    assert client.post(address, {**typed, "seen": stale}).status_code == 302
    second = client.post(address, {**days, "seen": stale})

    assert second.status_code == 409
    with tenant_scope(tenant.id):
        found = Tiers.of(tenant)
    assert found == Tiers({Role.APPROVER: Decimal(500)}, {lia.pk: Decimal(0)}, 10)


def test_a_stranger_s_tier_is_refused(tenant: Tenant, admin: User, outsider: User) -> None:
    with tenant_scope(tenant.id), pytest.raises(InvalidInput):
        wanted = Tiers({}, {outsider.pk: Decimal(1)})
        apply_tiers(tenant, wanted, seen=str(Tiers.of(tenant)), by=member_of(tenant, admin))


def test_what_loosens_is_told_apart(tenant: Tenant, lia: User) -> None:
    people = [member_of(tenant, lia)]
    before = Tiers({Role.APPROVER: Decimal(2000)}, {lia.pk: Decimal(500)}, 7)
    role, mine = dict(before.by_role), dict(before.by_person)

    looser = [
        Tiers({}, mine, 7),
        Tiers({Role.APPROVER: Decimal(2001)}, mine, 7),
        Tiers(role, {}, 7),
        Tiers(role, mine, 6),
    ]
    tighter = [
        before,
        Tiers({**role, Role.ADMIN: Decimal(9)}, mine, 8),
        Tiers(role, {lia.pk: Decimal(1)}),
    ]

    assert all(is_loosening(before, after, people) for after in looser)
    assert not any(is_loosening(before, after, people) for after in tighter)


def test_the_pages_of_delegations_work(client: Client, tenant: Tenant, lia: User) -> None:
    rui = make_member(tenant, Role.APPROVER)
    sign_in(client, lia, tenant)
    address = reverse("payments:delegations")
    typed = {"delegate": str(rui.pk), "up_to": "2.000,01", "until": "30/11/2026"}

    assert client.post(address, typed).status_code == 422
    assert client.post(address, {**typed, "up_to": "2.000,00"}).status_code == 302
    with tenant_scope(tenant.id):
        made = Delegation.objects.of(tenant).get()
    assert (made.delegate_id, made.up_to) == (rui.pk, Decimal(2000))
    client.post(reverse("payments:revoke_delegation", args=[made.id]))
    assert reread(made).revoked_at is not None
