"""What one person does out of the ordinary alone, and what waits for a second."""

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from django.db import IntegrityError, connections
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from core.errors import InvalidInput, InvalidState, NotAllowed
from core.ids import uuid7
from people.exceptional_limit import change_limit, limit_of
from people.models import ExceptionalAct, PendingChange
from tenants.models import Notice, Role, Tenant, User
from tenants.scope import tenant_scope
from tests.cast import make_member, sign_in
from tests.clock import Traveller
from tests.payments.factories import make_delegation
from tests.people.exceptional import ALWAYS, NAMES, OTHER, all_acts, ask, done, refuse, release
from tests.people.factories import acts, confirm, make_admin, membership_of, reread

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday", "kinds")]

Outcome = ExceptionalAct.Outcome


@pytest.fixture
def kinds(settings: Settings) -> None:
    settings.EXCEPTIONAL_ACTS = NAMES


def set_limit(tenant: Tenant, wanted: str, by: User) -> PendingChange | None:
    with tenant_scope(tenant.id):
        seen = limit_of(tenant)
        return change_limit(tenant, Decimal(wanted), seen=seen, by=membership_of(tenant, by))


def limit(tenant: Tenant) -> Decimal:
    with tenant_scope(tenant.id):
        return limit_of(tenant)


def told(tenant: Tenant) -> set[int]:
    with tenant_scope(tenant.id):
        open_ones = Notice.objects.of(tenant).filter(subject__startswith="people.exception")
        return set(open_ones.filter(closed_at=None).values_list("user", flat=True))


def test_up_to_the_limit_it_takes_effect_at_once_and_is_listed(
    tenant: Tenant, operator: User
) -> None:
    act = ask(tenant, "500.00", operator)

    assert act.outcome == Outcome.ALONE
    assert done(tenant) == ["500.00"]
    assert [row.amount for row in all_acts(tenant)] == [Decimal("500.00")]
    assert told(tenant) == set()


def test_above_it_a_second_person_releases(
    tenant: Tenant, operator: User, approver: User, admin: User
) -> None:
    act = ask(tenant, "500.01", operator)
    assert act.is_waiting
    assert done(tenant) == []
    assert told(tenant) == {approver.id, admin.id}

    assert release(act, approver).outcome == Outcome.RELEASED

    assert done(tenant) == ["500.01"]
    assert told(tenant) == {operator.id}
    assert acts(tenant) == ["exception_asked", "exception_released"]


def test_parts_below_the_limit_count_together(
    tenant: Tenant, operator: User, admin: User, monday: Traveller
) -> None:
    assert not ask(tenant, "300.00", operator).is_waiting
    assert ask(tenant, "200.01", operator).is_waiting
    # Another payer, another kind, another person, another day.
    assert not ask(tenant, "300.00", operator, payer=uuid7()).is_waiting
    assert not ask(tenant, "300.00", operator, kind=OTHER).is_waiting
    assert not ask(tenant, "300.00", admin).is_waiting
    monday.move_to("2026-11-24T02:59:00+00:00")
    assert ask(tenant, "200.01", operator).is_waiting
    monday.move_to("2026-11-24T03:00:00+00:00")
    assert not ask(tenant, "200.01", operator).is_waiting


def test_some_kinds_always_wait(tenant: Tenant, operator: User) -> None:
    assert ask(tenant, "0.01", operator, kind=ALWAYS).is_waiting


def test_who_asked_and_who_made_it_do_not_release_it(
    tenant: Tenant, admin: User, approver: User
) -> None:
    act = ask(tenant, "900.00", admin, author=approver)

    for person, code in ((admin, "own_act"), (approver, "own_subject")):
        with pytest.raises(NotAllowed) as refused:
            release(act, person)
        assert refused.value.code == code
    for role in (Role.FINANCE, Role.READER):
        with pytest.raises(NotAllowed) as refused:
            release(act, make_member(tenant, role))
        assert refused.value.code == "wrong_role"
    assert done(tenant) == []


def test_who_delegated_to_whom_is_one_person(tenant: Tenant, admin: User, approver: User) -> None:
    act = ask(tenant, "900.00", admin)
    make_delegation(tenant, admin, approver)

    with pytest.raises(NotAllowed) as refused:
        release(act, approver)

    assert refused.value.code == "one_person"
    assert release(act, make_member(tenant, Role.APPROVER)).outcome == Outcome.RELEASED


def test_a_release_looks_anew(tenant: Tenant, operator: User, approver: User) -> None:
    act = ask(tenant, "900.00", operator)
    with tenant_scope(tenant.id):
        Tenant.objects.filter(id=tenant.id).update(name="Outra")

    act = release(act, approver)

    assert act.outcome == Outcome.VOID
    assert act.reason
    assert done(tenant) == []
    assert acts(tenant)[-1] == "exception_void"


def test_a_release_for_who_left_has_no_effect(
    tenant: Tenant, operator: User, approver: User
) -> None:
    act = ask(tenant, "900.00", operator)
    membership = membership_of(tenant, operator)
    with tenant_scope(tenant.id):
        membership.delete()

    assert release(act, approver).outcome == Outcome.VOID
    assert done(tenant) == []


def test_it_is_answered_once(tenant: Tenant, operator: User, approver: User, admin: User) -> None:
    act = ask(tenant, "900.00", operator)
    refuse(act, approver, "Cobre tudo")

    with pytest.raises(InvalidState) as refused:
        release(act, admin)

    assert refused.value.code == "decided"
    assert done(tenant) == []
    assert reread(act).reason == "Cobre tudo"


def test_who_asked_takes_it_back_and_others_say_why(
    tenant: Tenant, operator: User, approver: User
) -> None:
    mine, theirs = ask(tenant, "900.00", operator), ask(tenant, "901.00", operator)

    assert refuse(mine, operator).outcome == Outcome.WITHDRAWN
    with pytest.raises(InvalidInput) as refused:
        refuse(theirs, approver)
    assert refused.value.field == "why"
    with pytest.raises(NotAllowed):
        refuse(theirs, make_member(tenant, Role.FINANCE), "Não")
    assert refuse(theirs, approver, "Não").outcome == Outcome.REFUSED


def test_the_same_waits_once(tenant: Tenant, operator: User) -> None:
    row = uuid7()
    ask(tenant, "900.00", operator, row=row)

    with pytest.raises(InvalidState) as refused:
        ask(tenant, "1.00", operator, row=row)

    assert refused.value.code == "already_asked"


def test_raising_the_limit_waits_for_a_second_admin(
    tenant: Tenant, admin: User, second_admin: User
) -> None:
    assert set_limit(tenant, "0.00", admin) is None
    assert limit(tenant) == 0

    change = set_limit(tenant, "0.01", admin)

    assert limit(tenant) == 0
    assert change is not None
    confirm(change, second_admin)
    assert limit(tenant) == Decimal("0.01")


@pytest.mark.parametrize("role", [Role.FINANCE, Role.APPROVER, Role.READER])
def test_only_an_admin_changes_the_limit(tenant: Tenant, role: Role) -> None:
    with pytest.raises(NotAllowed):
        set_limit(tenant, "1.00", make_member(tenant, role))


# --- What the database refuses, whoever asks ---


def test_the_database_lets_nobody_do_more_alone(tenant: Tenant, operator: User) -> None:
    act = ask(tenant, "300.00", operator)
    again = {field.attname: getattr(act, field.attname) for field in act._meta.concrete_fields}

    with pytest.raises(IntegrityError, match="than the limit alone"), tenant_scope(tenant.id):
        ExceptionalAct.objects.create(**{**again, "id": uuid7(), "amount": Decimal("200.01")})


@pytest.mark.parametrize("who", ["asker", "author"])
def test_the_database_wants_two_people(
    tenant: Tenant, operator: User, approver: User, who: str
) -> None:
    act = ask(tenant, "900.00", operator, author=approver)
    person = operator if who == "asker" else approver

    with pytest.raises(IntegrityError, match="exceptionalact_two_people"), tenant_scope(tenant.id):
        ExceptionalAct.objects.of(tenant).filter(id=act.id).update(
            outcome=Outcome.RELEASED, decided_by=person, decided_at=act.asked_at
        )


@pytest.mark.parametrize("changes", [{"amount": 1}, {"value": {}}, {"outcome": "alone"}])
def test_the_database_keeps_what_was_asked(
    tenant: Tenant, operator: User, changes: dict[str, object]
) -> None:
    act = ask(tenant, "900.00", operator)
    answer = {"decided_by": operator, "decided_at": act.asked_at}

    with pytest.raises(IntegrityError, match="answered once"), tenant_scope(tenant.id):
        ExceptionalAct.objects.of(tenant).filter(id=act.id).update(**{**answer, **changes})


@pytest.mark.django_db(transaction=True)
def test_two_tabs_at_once_do_not_pass_the_limit(tenant: Tenant, operator: User) -> None:
    def one(amount: str) -> None:
        ask(tenant, amount, operator)
        connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(one, ["200.00"] * 4))

    outcomes = [act.outcome for act in all_acts(tenant)]
    assert sorted(outcomes) == [Outcome.ALONE] * 2 + [Outcome.WAITING] * 2


# --- The page ---


@pytest.fixture
def as_approver(client: Client, tenant: Tenant, approver: User) -> Client:
    sign_in(client, approver, tenant)
    return client


def test_an_approver_sees_them_by_person_and_releases(
    as_approver: Client, tenant: Tenant, operator: User
) -> None:
    small, large = ask(tenant, "20.00", operator), ask(tenant, "900.00", operator)

    page = as_approver.get(reverse("people:exceptions")).context

    assert [row.act.id for row in page["waiting"]] == [large.id]
    assert page["waiting"][0].may_release
    assert [row.act.id for row in page["page"].rows] == [small.id]
    assert [(s.person, s.number, s.alone) for s in page["sums"]] == [(operator, 1, Decimal(20))]
    items = {item.url_name: item for group in page["nav"] for item in group.items}
    assert items["people:exceptions"].count == 1
    as_approver.post(reverse("people:release", args=[large.id]))
    assert done(tenant) == ["20.00", "900.00"]


def test_the_list_is_filtered_and_goes_on(
    as_approver: Client, tenant: Tenant, operator: User, admin: User
) -> None:
    for _ in range(51):
        ask(tenant, "1.00", operator, kind=OTHER)
    ask(tenant, "2.00", admin)
    page = reverse("people:exceptions")

    first = as_approver.get(page, {"by": operator.id}).context["page"]
    assert len(first.rows) == 50
    rest = as_approver.get(f"{page}?{first.more_query}", headers={"HX-Request": "true"})
    assert [row.act.amount for row in rest.context["page"].rows] == [Decimal(1)]
    only = as_approver.get(page, {"kind": "waiver"}).context["page"]
    assert [row.act.asked_by for row in only.rows] == [admin]
    assert as_approver.get(page, {"until": "22/11/2026"}).context["page"].rows == []
    assert as_approver.get(page, {"kind": "none"}).status_code == 404


def test_what_is_typed_stays(as_approver: Client, tenant: Tenant, operator: User) -> None:
    act = ask(tenant, "900.00", operator)
    address = reverse("people:refuse", args=[act.id])

    assert as_approver.post(address, {"why": " "}).status_code == 422
    as_approver.post(address, {"why": "Não combinado"})

    assert reread(act).outcome == Outcome.REFUSED


def test_who_does_not_approve_does_not_see_the_page(
    client: Client, tenant: Tenant, operator: User, admin: User
) -> None:
    act = ask(tenant, "900.00", operator)
    sign_in(client, operator, tenant)
    assert client.get(reverse("people:exceptions")).status_code == 403
    assert client.post(reverse("people:release", args=[act.id])).status_code == 403

    client.post(reverse("people:withdraw", args=[act.id]))

    assert reread(act).outcome == Outcome.WITHDRAWN


def test_the_limit_is_set_on_the_page(client: Client, tenant: Tenant) -> None:
    sign_in(client, make_admin(tenant), tenant)
    address = reverse("people:exception_limit")

    assert client.post(address, {"limit": "abc", "seen": "500.00"}).status_code == 422
    assert client.post(address, {"limit": "1,00", "seen": "400.00"}).status_code == 409
    assert client.post(address, {"limit": "0,00", "seen": "500.00"}).status_code == 302

    assert limit(tenant) == 0
