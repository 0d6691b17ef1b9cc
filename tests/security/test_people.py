"""One admin alone: taking another's place, making an approver, coming back, going last."""

import os
from collections.abc import Callable, Iterator
from datetime import timedelta

import psycopg
import pytest
from django.conf import settings as product
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from core.clock import database_now
from core.errors import DomainError, InvalidState, NotAllowed
from people import invitations, members, pending_changes
from people.models import Invitation, PendingChange
from people.pending_changes import due, take_effect
from tenants.models import Membership, Role, Tenant, User
from tenants.scope import tenant_scope
from tests.cast import make_member, make_user, sign_in
from tests.clock import Traveller
from tests.payments.at_most_once.side_by_side import at_once
from tests.people.factories import (
    ask_removal,
    ask_role,
    confirm,
    invite,
    invited,
    make_admin,
    membership_of,
    pass_time,
    reread,
    role_of,
)
from tests.people.weakening import NAME, ask_in_favour_of

pytestmark = pytest.mark.django_db

NEW = {"name": "Bia Souza", "password": "girassol amarelo 7"}
Outcome = PendingChange.Outcome


@pytest.fixture
def other_admin(tenant: Tenant) -> User:
    """Has signed in before, and answers to nothing."""
    return make_admin(tenant)


def page(name: str, tenant: Tenant, user: User) -> str:
    return reverse(f"people:{name}", args=[membership_of(tenant, user).id])


# --- Alone ---


def test_one_admin_alone_does_not_remove_the_other(
    client: Client, tenant: Tenant, admin: User, other_admin: User
) -> None:
    """Nor confirms it in a second tab."""
    sign_in(client, admin, tenant)
    client.post(page("remove", tenant, other_admin), {"knowing": 99})
    with tenant_scope(tenant.id):
        change = PendingChange.objects.of(tenant).get()

    client.post(reverse("people:confirm", args=[change.id]))

    assert role_of(tenant, other_admin) == Role.ADMIN
    assert reread(change).outcome == Outcome.WAITING


def test_one_admin_alone_does_not_lower_the_other(
    client: Client, tenant: Tenant, admin: User, other_admin: User
) -> None:
    sign_in(client, admin, tenant)

    client.post(page("member", tenant, other_admin), {"role": Role.READER, "seen": Role.ADMIN})

    assert role_of(tenant, other_admin) == Role.ADMIN


@pytest.mark.parametrize("role", [Role.APPROVER, Role.ADMIN])
def test_one_admin_alone_makes_nobody_approve(
    client: Client, tenant: Tenant, admin: User, other_admin: User, operator: User, role: Role
) -> None:
    sign_in(client, admin, tenant)

    client.post(page("member", tenant, operator), {"role": role, "seen": Role.FINANCE})

    assert role_of(tenant, operator) == Role.FINANCE


@pytest.mark.parametrize("role", [Role.APPROVER, Role.ADMIN, Role.FINANCE])
def test_one_admin_alone_invites_no_accomplice(
    tenant: Tenant, admin: User, other_admin: User, role: Role
) -> None:
    """Of whom they have the mailbox: one who enters bills would do, for an admin who approves."""
    invitation, _ = invited(tenant, "eu.mesmo@example.com", role, admin)
    accomplice = make_user("eu.mesmo@example.com")

    invitations.accept(invitation, accomplice)

    assert role_of(tenant, accomplice) == Role.READER


def test_resending_after_a_refusal_is_no_way_round_it(
    tenant: Tenant, admin: User, other_admin: User
) -> None:
    invitation = invite(tenant, "eu.mesmo@example.com", Role.APPROVER, admin)
    with tenant_scope(tenant.id):
        change = PendingChange.objects.of(tenant).get()
    pending_changes.stop(change, by=membership_of(tenant, other_admin))

    with pytest.raises(InvalidState):
        invitations.resend(invitation, by=membership_of(tenant, admin))


def test_whom_it_favours_does_not_confirm_it(
    tenant: Tenant, admin: User, other_admin: User, settings: Settings
) -> None:
    settings.PENDING_CHANGES = (*product.PENDING_CHANGES, NAME)
    change = ask_in_favour_of(tenant, other_admin, by=admin)

    with pytest.raises(NotAllowed) as refused:
        confirm(change, other_admin)

    assert refused.value.code == "favours_you"
    assert confirm(change, make_admin(tenant)).outcome == Outcome.CONFIRMED


def test_who_does_not_administer_confirms_nothing(
    client: Client, tenant: Tenant, admin: User, operator: User, approver: User
) -> None:
    change = ask_role(tenant, operator, Role.APPROVER, admin)
    sign_in(client, approver, tenant)

    assert client.post(reverse("people:confirm", args=[change.id])).status_code == 403
    assert reread(change).outcome == Outcome.WAITING


# --- Stale ---


def lowered(tenant: Tenant, user: User) -> Membership:
    """As a page that was opened before holds it."""
    stale = membership_of(tenant, user)
    with tenant_scope(tenant.id):
        Membership.objects.of(tenant).filter(user=user).update(role=Role.READER)
    return stale


ACTS: dict[str, Callable[[Tenant, User, Membership], object]] = {
    "invite": lambda tenant, user, by: invitations.invite(
        tenant, "x@example.com", Role.READER, by=by
    ),
    "role": lambda tenant, user, by: members.change_role(
        membership_of(tenant, user), Role.READER, seen=Role.FINANCE, by=by
    ),
    "remove": lambda tenant, user, by: members.remove(
        membership_of(tenant, user), knowing=0, by=by
    ),
}


@pytest.mark.parametrize("act", ACTS)
def test_who_was_lowered_with_the_page_open_does_nothing(
    tenant: Tenant, admin: User, other_admin: User, operator: User, act: str
) -> None:
    stale = lowered(tenant, other_admin)

    with pytest.raises(NotAllowed) as refused:
        ACTS[act](tenant, operator, stale)

    assert refused.value.code == "wrong_role"
    assert role_of(tenant, operator) == Role.FINANCE


def test_who_was_lowered_with_the_page_open_confirms_nothing(
    tenant: Tenant, admin: User, other_admin: User, operator: User
) -> None:
    change = ask_role(tenant, operator, Role.APPROVER, admin)
    stale = lowered(tenant, other_admin)

    for answer in (pending_changes.confirm, pending_changes.stop):
        with pytest.raises(NotAllowed):
            answer(change, by=stale)

    assert reread(change).outcome == Outcome.WAITING


def test_an_invitation_ends_with_its_senders_role(
    client: Client, tenant: Tenant, admin: User, other_admin: User, monday: Traveller
) -> None:
    _, link = invited(tenant, "rui@empresa.test", Role.READER, other_admin)
    lowered(tenant, other_admin)

    response = client.post(link, NEW)

    assert (response.status_code, response.context["code"]) == (410, "inviter_left")
    assert not User.objects.filter(email="rui@empresa.test").exists()


# --- Another company ---


def test_another_companys_admin_answers_nothing_here(
    tenant: Tenant, admin: User, operator: User, outsider: User, other_tenant: Tenant
) -> None:
    change = ask_role(tenant, operator, Role.APPROVER, admin)
    invitation = invite(tenant, "rui@empresa.test", Role.READER, admin)
    theirs = membership_of(other_tenant, outsider)

    with pytest.raises(PendingChange.DoesNotExist):
        pending_changes.confirm(change, by=theirs)
    with pytest.raises(PendingChange.DoesNotExist):
        pending_changes.stop(change, by=theirs)
    for answer in (invitations.revoke, invitations.resend):
        with pytest.raises(Invitation.DoesNotExist):
            answer(invitation, by=theirs)
    with pytest.raises(InvalidState):
        members.remove(membership_of(tenant, operator), knowing=0, by=theirs)
    assert reread(invitation).revoked_at is None
    assert role_of(tenant, operator) == Role.FINANCE


# --- Last ---


@pytest.mark.parametrize("door", ["lower", "remove"])
def test_the_last_admin_does_not_go(
    client: Client, tenant: Tenant, admin: User, monday: Traveller, door: str
) -> None:
    """An invitation is no admin yet."""
    invite(tenant, "bia@empresa.test", Role.ADMIN, admin)
    sign_in(client, admin, tenant)

    if door == "lower":
        client.post(page("member", tenant, admin), {"role": Role.READER, "seen": Role.ADMIN})
    else:
        client.post(page("remove", tenant, admin), {"knowing": 0})

    with tenant_scope(tenant.id):
        assert not PendingChange.objects.of(tenant).exclude(kind="join").exists()
    assert role_of(tenant, admin) == Role.ADMIN


def test_two_who_ask_for_each_other_do_not_both_go(
    tenant: Tenant, admin: User, other_admin: User, monday: Traveller
) -> None:
    first = ask_removal(tenant, other_admin, by=admin)
    second = ask_role(tenant, admin, Role.READER, by=other_admin)
    assert first is not None

    pass_time(first, monday)
    outcomes = {reread(first).outcome, pass_time(second, monday).outcome}

    assert outcomes == {Outcome.BY_TIME, Outcome.VOID}
    with tenant_scope(tenant.id):
        assert Membership.objects.of(tenant).filter(role=Role.ADMIN).count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_changes_at_the_same_instant_leave_one_admin(
    tenant: Tenant, admin: User, other_admin: User, monday: Traveller
) -> None:
    first = ask_role(tenant, other_admin, Role.READER, by=admin)
    ask_role(tenant, admin, Role.READER, by=other_admin)
    monday.move_to(first.takes_effect_at + timedelta(minutes=1))
    waiting = iter(list(due(database_now())) * 2)

    at_once(lambda: take_effect(*next(waiting)), people=4)

    with tenant_scope(tenant.id):
        assert Membership.objects.of(tenant).filter(role=Role.ADMIN).count() == 1
        outcomes = PendingChange.objects.of(tenant).values_list("outcome", flat=True)
        assert sorted(outcomes) == [Outcome.BY_TIME, Outcome.VOID]


# --- The database, under the application's role ---


@pytest.fixture
def raw(transactional_db: None) -> Iterator[Callable[[], psycopg.Connection]]:
    """Connections of their own, as the application logs in."""
    made = []

    def connect() -> psycopg.Connection:
        made.append(psycopg.connect(os.environ["DATABASE_URL"]))
        return made[-1]

    yield connect
    for each in made:
        each.close()


def enter(session: psycopg.Connection, scope: object) -> None:
    session.execute("SELECT set_config('kamino.tenant', %s, true)", [str(scope)])


LOWER = "UPDATE tenants_membership SET role = 'leitura' WHERE user_id = %s"
DOORS = {
    "lower": LOWER,
    "delete": "DELETE FROM tenants_membership WHERE user_id = %s",
    "deactivate": "UPDATE tenants_user SET is_active = false WHERE id = %s",
}


@pytest.mark.parametrize("then", ["", "other scope", "every scope", "temporary table"])
@pytest.mark.parametrize("door", DOORS)
def test_raw_sql_does_not_take_the_last_admin(
    raw: Callable[[], psycopg.Connection], tenant: Tenant, admin: User, other_tenant: Tenant,
    outsider: User, door: str, then: str,
) -> None:  # fmt: skip
    """Whatever the transaction does before its commit."""
    session = raw()
    enter(session, tenant.id)
    assert session.execute(DOORS[door], [admin.id]).rowcount == 1
    if then == "other scope":
        enter(session, other_tenant.id)
    elif then == "every scope":
        enter(session, "*")
    elif then == "temporary table":
        session.execute(
            "CREATE TEMPORARY TABLE tenants_membership AS SELECT * FROM public.tenants_membership"
        )
        session.execute(
            "INSERT INTO tenants_membership (id, role, created_at, tenant_id, user_id)"
            " VALUES (gen_random_uuid(), 'admin', now(), %s, %s)",
            [tenant.id, outsider.id],
        )

    with pytest.raises(psycopg.errors.CheckViolation, match="would have no admin"):
        session.commit()

    assert role_of(tenant, admin) == Role.ADMIN


@pytest.mark.parametrize("scope", ["its own", "every"])
@pytest.mark.parametrize("level", ["READ COMMITTED", "REPEATABLE READ"])
@pytest.mark.parametrize("door", DOORS)
def test_two_sessions_of_raw_sql_do_not_take_both(
    raw: Callable[[], psycopg.Connection], tenant: Tenant, admin: User, other_admin: User,
    door: str, level: str, scope: str,
) -> None:  # fmt: skip
    first, second = raw(), raw()
    for session, user in ((first, admin), (second, other_admin)):
        session.execute(f"SET TRANSACTION ISOLATION LEVEL {level}")
        enter(session, tenant.id)
        session.execute(DOORS[door], [user.id])
        if scope == "every":
            enter(session, "*")

    first.commit()
    with pytest.raises((psycopg.errors.CheckViolation, psycopg.errors.SerializationFailure)):
        second.commit()

    assert User.objects.get(id=other_admin.id).is_active
    assert role_of(tenant, other_admin) == Role.ADMIN


@pytest.mark.parametrize("scope", ["its own", "every"])
@pytest.mark.parametrize("door", DOORS)
def test_of_two_at_the_same_instant_the_second_waits_for_the_first(
    raw: Callable[[], psycopg.Connection], tenant: Tenant, admin: User, other_admin: User,
    door: str, scope: str,
) -> None:  # fmt: skip
    """Else each would see the admin that the other has not taken yet."""
    first, second = raw(), raw()
    for session, user in ((first, admin), (second, other_admin)):
        enter(session, tenant.id)
        session.execute(DOORS[door], [user.id])
        if scope == "every":
            enter(session, "*")
    first.execute("SET CONSTRAINTS ALL IMMEDIATE")

    second.execute("SET LOCAL lock_timeout = '100ms'")
    with pytest.raises(psycopg.errors.LockNotAvailable):
        second.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_one_of_several_admins_is_deactivated_outside_of_any_company(
    tenant: Tenant, admin: User, other_admin: User
) -> None:
    User.objects.filter(id=other_admin.id).update(is_active=False)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    assert not User.objects.get(id=other_admin.id).is_active


@pytest.mark.django_db(transaction=True)
def test_the_account_of_the_last_admin_is_not_deleted(tenant: Tenant, admin: User) -> None:
    account = User.objects.get(id=admin.id)
    with pytest.raises(DatabaseError), tenant_scope(tenant.id):
        account.delete()

    assert role_of(tenant, admin) == Role.ADMIN


def test_who_may_leave_does_so_by_the_same_doors(tenant: Tenant, admin: User) -> None:
    """The guard is about the last one."""
    other = make_member(tenant, Role.ADMIN)
    with tenant_scope(tenant.id):
        Membership.objects.of(tenant).filter(user=admin).delete()

    assert role_of(tenant, other) == Role.ADMIN


REWRITTEN = {
    "shorter": "takes_effect_at = asked_at",
    "another person": "asked_by_id = favours_id",
    "another subject": "subject_id = gen_random_uuid()",
    "another role": """value = '{"before": "financeiro", "after": "admin"}'""",
    "confirmed by who asked": (
        "outcome = 'confirmed', decided_at = now(), decided_by_id = asked_by_id"
    ),
    "confirmed by nobody": "outcome = 'confirmed', decided_at = now()",
    "confirmed by whom it favours": (
        "outcome = 'confirmed', decided_at = now(), decided_by_id = favours_id"
    ),
    "before its time": "outcome = 'by_time', decided_at = asked_at",
}


@pytest.mark.parametrize("change", REWRITTEN)
def test_what_was_asked_is_not_rewritten(
    tenant: Tenant, admin: User, operator: User, change: str
) -> None:
    asked = ask_role(tenant, operator, Role.APPROVER, admin)

    with pytest.raises(IntegrityError), transaction.atomic(), tenant_scope(tenant.id):
        execute(f"UPDATE people_pendingchange SET {REWRITTEN[change]} WHERE id = %s", asked.id)


def test_what_was_answered_is_not_answered_again(
    tenant: Tenant, admin: User, other_admin: User, operator: User
) -> None:
    asked = ask_role(tenant, operator, Role.APPROVER, admin)
    pending_changes.stop(asked, by=membership_of(tenant, other_admin))

    for statement in (
        "UPDATE people_pendingchange SET outcome = 'waiting', decided_at = NULL WHERE id = %s",
        "DELETE FROM people_pendingchange WHERE id = %s",
    ):
        with pytest.raises(IntegrityError), transaction.atomic(), tenant_scope(tenant.id):
            execute(statement, asked.id)


@pytest.mark.parametrize(
    "change", ["accepted_at = NULL, accepted_by_id = NULL", "email = 'eu@x.test'", "role = 'admin'"]
)
def test_a_used_invitation_is_not_opened_again(tenant: Tenant, admin: User, change: str) -> None:
    invitation, _ = invited(tenant, "rui@empresa.test", Role.READER, admin)
    invitations.accept(invitation, make_user("rui@empresa.test"))

    with pytest.raises(IntegrityError), transaction.atomic(), tenant_scope(tenant.id):
        execute(f"UPDATE people_invitation SET {change} WHERE id = %s", invitation.id)


@pytest.mark.parametrize("change", ["email = 'eu@x.test'", "role = 'admin'"])
def test_an_open_invitation_is_not_made_anothers(tenant: Tenant, admin: User, change: str) -> None:
    invitation, _ = invited(tenant, "rui@empresa.test", Role.READER, admin)

    with pytest.raises(IntegrityError), transaction.atomic(), tenant_scope(tenant.id):
        execute(f"UPDATE people_invitation SET {change} WHERE id = %s", invitation.id)


def execute(statement: str, row_id: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, [row_id])


# --- One link, used at once ---


def test_only_the_person_of_the_address_accepts(
    tenant: Tenant, admin: User, outsider: User, monday: Traveller
) -> None:
    invitation, _ = invited(tenant, "rui@empresa.test", Role.READER, admin)

    with pytest.raises(NotAllowed) as refused:
        invitations.accept(invitation, outsider)

    assert refused.value.code == "other_address"
    assert reread(invitation).accepted_at is None
    assert role_of(tenant, outsider) is None


@pytest.mark.django_db(transaction=True)
def test_a_double_acceptance_makes_one_member(tenant: Tenant, admin: User) -> None:
    invitation, _ = invited(tenant, "rui@empresa.test", Role.READER, admin)
    rui = make_user("rui@empresa.test")

    got = at_once(lambda: invitations.accept(invitation, rui), people=4)

    assert [isinstance(each, DomainError) for each in got].count(False) == 1
    assert role_of(tenant, rui) == Role.READER


@pytest.mark.django_db(transaction=True)
def test_a_double_form_makes_one_account(tenant: Tenant, admin: User) -> None:
    invitation, _ = invited(tenant, "rui@empresa.test", Role.READER, admin)

    got = at_once(lambda: invitations.accept_as_new(invitation, **NEW), people=4)

    assert [isinstance(each, DomainError) for each in got].count(False) == 1
    assert User.objects.filter(email="rui@empresa.test").count() == 1


def test_the_token_is_no_row_of_the_table(tenant: Tenant, admin: User) -> None:
    """Who reads the table comes in by none of its invitations."""
    invitation, link = invited(tenant, "rui@empresa.test", Role.READER, admin)
    kept = reread(invitation).token_hash

    assert isinstance(invitation, Invitation)
    assert invitations.find(kept) is None
    assert invitations.find(link.strip("/").split("/")[1]) is not None
