"""What a second admin confirms, what takes effect by itself, and what becomes of it."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone
from pytest_django import Settings

from core.errors import InvalidState, NotAllowed
from people import invitations, members, pending_changes
from people.models import PendingChange
from tenants.models import Notice, Role, Tenant, User
from tenants.notices import send_waiting
from tenants.scope import tenant_scope
from tests.cast import make_member, make_user
from tests.clock import Traveller
from tests.people.factories import (
    acts,
    ask_removal,
    ask_role,
    confirm,
    invite,
    invited,
    membership_of,
    pass_time,
    reread,
    role_of,
    stop,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]

Outcome = PendingChange.Outcome


def told(tenant: Tenant, step: str) -> set[int]:
    with tenant_scope(tenant.id):
        notices = Notice.objects.of(tenant).filter(
            subject__startswith="people.change", step=step, closed_at=None
        )
        return set(notices.values_list("user", flat=True))


@pytest.mark.parametrize("role", [Role.APPROVER, Role.ADMIN])
def test_a_second_admin_confirms_who_approves_or_administers(
    tenant: Tenant, admin: User, second_admin: User, operator: User, role: Role
) -> None:
    change = ask_role(tenant, operator, role, admin)
    assert role_of(tenant, operator) == Role.FINANCE

    assert confirm(change, second_admin).outcome == Outcome.CONFIRMED

    assert role_of(tenant, operator) == role
    assert acts(tenant) == ["change_asked", "role_changed", "change_confirmed"]


@pytest.mark.parametrize(("was", "becomes"), [
    (Role.APPROVER, Role.READER), (Role.FINANCE, Role.READER),
])  # fmt: skip
def test_taking_rights_from_others_than_admins_is_done_at_once(
    tenant: Tenant, admin: User, second_admin: User, was: Role, becomes: Role
) -> None:
    person = make_member(tenant, was)

    asked = members.change_role(
        membership_of(tenant, person), becomes, seen=was, by=membership_of(tenant, admin)
    )

    assert asked is None
    assert role_of(tenant, person) == becomes
    assert acts(tenant) == ["role_changed"]


@pytest.mark.parametrize("has_second", [True, False])
def test_who_enters_bills_is_confirmed_where_another_admin_can_answer(
    tenant: Tenant, admin: User, reader: User, request: pytest.FixtureRequest, has_second: bool
) -> None:
    if has_second:
        request.getfixturevalue("second_admin")

    asked = members.change_role(
        membership_of(tenant, reader),
        Role.FINANCE,
        seen=Role.READER,
        by=membership_of(tenant, admin),
    )

    assert (asked is not None) is has_second
    assert role_of(tenant, reader) == (Role.READER if has_second else Role.FINANCE)


def test_an_admin_is_removed_with_another_admins_word(
    tenant: Tenant, admin: User, second_admin: User
) -> None:
    third = make_member(tenant, Role.ADMIN)
    change = ask_removal(tenant, third, admin)
    assert change is not None
    assert role_of(tenant, third) == Role.ADMIN

    confirm(change, second_admin)

    assert role_of(tenant, third) is None
    assert acts(tenant) == ["change_asked", "member_removed", "change_confirmed"]


def test_all_members_are_told_by_e_mail_when_it_is_asked(
    tenant: Tenant, admin: User, second_admin: User, operator: User, reader: User, approver: User
) -> None:
    ask_role(tenant, operator, Role.APPROVER, admin)

    everyone = [admin, second_admin, operator, reader, approver]
    assert told(tenant, "asked") == {person.id for person in everyone}
    send_waiting(timezone.now())
    assert {to for message in mail.outbox for to in message.to} == {p.email for p in everyone}


def test_without_an_answer_it_takes_effect_after_72_hours(
    tenant: Tenant, admin: User, operator: User, monday: Traveller
) -> None:
    change = ask_role(tenant, operator, Role.APPROVER, admin)
    monday.shift(timedelta(hours=71, minutes=59))
    assert list(pending_changes.due(timezone.now())) == []
    pending_changes.take_effect(tenant.id, change.id)
    assert role_of(tenant, operator) == Role.FINANCE

    assert pass_time(change, monday).outcome == Outcome.BY_TIME

    assert role_of(tenant, operator) == Role.APPROVER
    assert acts(tenant)[-1] == "change_by_time"
    assert told(tenant, "asked") == set()


def test_it_takes_effect_once(
    tenant: Tenant, admin: User, operator: User, monday: Traveller
) -> None:
    change = ask_role(tenant, operator, Role.APPROVER, admin)
    pass_time(change, monday)
    before = acts(tenant)

    pending_changes.take_effect(tenant.id, change.id)

    assert acts(tenant) == before


def test_in_the_demonstration_nothing_waits(
    tenant: Tenant, admin: User, operator: User, settings: Settings
) -> None:
    settings.PEOPLE_CHANGE_WAIT_HOURS = 0

    change = ask_role(tenant, operator, Role.APPROVER, admin)

    assert change.outcome == Outcome.BY_TIME
    assert role_of(tenant, operator) == Role.APPROVER


@pytest.mark.parametrize("who", ["admin", "second_admin", "approver"])
def test_any_admin_or_approver_stops_it(
    tenant: Tenant, admin: User, operator: User, monday: Traveller, who: str,
    request: pytest.FixtureRequest,
) -> None:  # fmt: skip
    person = request.getfixturevalue(who)
    change = ask_role(tenant, operator, Role.APPROVER, admin)

    stop(change, person)

    assert pass_time(change, monday).outcome == Outcome.STOPPED
    assert role_of(tenant, operator) == Role.FINANCE
    assert acts(tenant) == ["change_asked", "change_stopped"]


@pytest.mark.parametrize("role", [Role.FINANCE, Role.READER])
def test_others_do_not_stop_it(tenant: Tenant, admin: User, operator: User, role: Role) -> None:
    change = ask_role(tenant, operator, Role.APPROVER, admin)

    with pytest.raises(NotAllowed):
        stop(change, make_member(tenant, role))

    assert reread(change).outcome == Outcome.WAITING


def test_what_was_decided_is_not_decided_again(
    tenant: Tenant, admin: User, second_admin: User, operator: User
) -> None:
    change = ask_role(tenant, operator, Role.APPROVER, admin)
    stop(change, second_admin)

    with pytest.raises(InvalidState) as refused:
        confirm(change, second_admin)

    assert refused.value.code == "decided"
    assert role_of(tenant, operator) == Role.FINANCE


def test_the_same_is_not_asked_twice(
    tenant: Tenant, admin: User, second_admin: User, operator: User
) -> None:
    ask_role(tenant, operator, Role.APPROVER, admin)

    with pytest.raises(InvalidState) as refused:
        ask_role(tenant, operator, Role.ADMIN, second_admin)

    assert refused.value.code == "already_asked"


# --- What is no longer so when it takes effect ---


def test_nothing_comes_of_what_a_former_admin_asked(
    tenant: Tenant, admin: User, second_admin: User, operator: User, monday: Traveller
) -> None:
    third = make_member(tenant, Role.ADMIN)
    change = ask_role(tenant, operator, Role.APPROVER, third)
    lowered = ask_role(tenant, third, Role.READER, admin)
    confirm(lowered, second_admin)

    assert pass_time(change, monday).outcome == Outcome.VOID

    assert role_of(tenant, operator) == Role.FINANCE


def test_nothing_comes_of_it_for_who_was_removed(
    tenant: Tenant, admin: User, operator: User, monday: Traveller
) -> None:
    change = ask_role(tenant, operator, Role.APPROVER, admin)
    ask_removal(tenant, operator, admin)

    assert pass_time(change, monday).outcome == Outcome.VOID

    assert role_of(tenant, operator) is None


def test_nothing_comes_of_it_when_the_role_has_changed(
    tenant: Tenant, admin: User, operator: User, monday: Traveller
) -> None:
    change = ask_role(tenant, operator, Role.APPROVER, admin)
    members.change_role(
        membership_of(tenant, operator),
        Role.READER,
        seen=Role.FINANCE,
        by=membership_of(tenant, admin),
    )

    assert pass_time(change, monday).outcome == Outcome.VOID

    assert role_of(tenant, operator) == Role.READER


# --- Invitations whose role waits ---


def test_who_joins_before_the_role_is_confirmed_reads_until_then(
    tenant: Tenant, admin: User, second_admin: User
) -> None:
    invitation, _ = invited(tenant, "lia@empresa.test", Role.APPROVER, admin)
    lia = make_user("lia@empresa.test")
    invitations.accept(invitation, lia)
    assert role_of(tenant, lia) == Role.READER

    confirm(change_of(tenant), second_admin)

    assert role_of(tenant, lia) == Role.APPROVER


def test_who_joins_after_it_was_confirmed_has_the_role_at_once(
    tenant: Tenant, admin: User, second_admin: User
) -> None:
    invitation, _ = invited(tenant, "lia@empresa.test", Role.APPROVER, admin)
    confirm(change_of(tenant), second_admin)
    lia = make_user("lia@empresa.test")

    invitations.accept(invitation, lia)

    assert role_of(tenant, lia) == Role.APPROVER


def test_nobody_joins_by_an_invitation_that_was_stopped(
    tenant: Tenant, admin: User, second_admin: User
) -> None:
    invitation, _ = invited(tenant, "lia@empresa.test", Role.APPROVER, admin)
    stop(change_of(tenant), second_admin)
    lia = make_user("lia@empresa.test")

    with pytest.raises(InvalidState):
        invitations.accept(invitation, lia)

    assert role_of(tenant, lia) is None


def test_with_the_invitation_goes_what_waits_for_it(
    tenant: Tenant, admin: User, second_admin: User
) -> None:
    invitation = invite(tenant, "lia@empresa.test", Role.APPROVER, admin)
    change = change_of(tenant)

    invitations.revoke(invitation, by=membership_of(tenant, admin))

    assert reread(change).outcome == Outcome.VOID


def test_a_role_is_asked_for_anew_once_its_invitation_has_expired(
    tenant: Tenant, admin: User, second_admin: User, monday: Traveller
) -> None:
    invitation, _ = invited(tenant, "lia@empresa.test", Role.APPROVER, admin)
    confirm(change_of(tenant), second_admin)
    monday.shift(timedelta(hours=73))

    invitations.resend(invitation, by=membership_of(tenant, admin))

    assert not reread(invitation).is_granted
    assert change_of(tenant).outcome == Outcome.WAITING


def change_of(tenant: Tenant) -> PendingChange:
    """The newest."""
    with tenant_scope(tenant.id):
        rows = PendingChange.objects.of(tenant).select_related("tenant")
        change: PendingChange = rows.latest("asked_at")
    return change
