"""Inviting, resending and revoking; what an invitation holds, and for how long."""

from datetime import timedelta
from smtplib import SMTPRecipientsRefused, SMTPServerDisconnected

import pytest
from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from core.errors import InvalidInput, InvalidState
from people import emails, invitations
from people.models import Invitation
from tenants.models import Role, Tenant, User
from tenants.scope import tenant_scope
from tests.cast import make_user
from tests.clock import Traveller
from tests.people.factories import (
    acts,
    invite,
    invited,
    membership_of,
    reread,
    role_of,
    send,
    token_of,
)

pytestmark = pytest.mark.django_db

ADDRESS = "rui@empresa.test"
State = Invitation.State


class MailIsDown(BaseEmailBackend):
    def send_messages(self, email_messages):
        raise SMTPServerDisconnected


class AddressIsRefused(BaseEmailBackend):
    def send_messages(self, email_messages):
        raise SMTPRecipientsRefused({})


def state(invitation: Invitation) -> State:
    return reread(invitation).state_at(timezone.now())


def test_it_leaves_by_e_mail_and_only_the_hash_of_its_token_is_kept(
    tenant: Tenant, admin: User, monday: Traveller
) -> None:
    invitation, link = invited(tenant, "Rui@Empresa.test", Role.READER, admin)

    assert mail.outbox[-1].to == [ADDRESS]
    assert invitation.email == ADDRESS
    assert reread(invitation).token_hash == invitations.hash_of(token_of(link))
    assert token_of(link) not in str(vars(reread(invitation)))
    assert acts(tenant) == ["person_invited"]


def test_it_holds_for_72_hours_from_the_e_mail_on(
    tenant: Tenant, admin: User, monday: Traveller
) -> None:
    invitation, _ = invited(tenant, ADDRESS, Role.READER, admin)

    monday.shift(timedelta(hours=71, minutes=59))
    assert state(invitation) == State.LIVE
    monday.shift(timedelta(minutes=2))
    assert state(invitation) == State.EXPIRED


@pytest.mark.parametrize("typed", [ADDRESS, "RUI@empresa.test"])
def test_an_address_has_one_open_invitation(tenant: Tenant, admin: User, typed: str) -> None:
    invite(tenant, ADDRESS, Role.READER, admin)

    with pytest.raises(InvalidInput) as refused:
        invite(tenant, typed, Role.FINANCE, admin)

    assert refused.value.code == "open"


def test_an_expired_one_makes_room_for_another(
    tenant: Tenant, admin: User, monday: Traveller
) -> None:
    old, _ = invited(tenant, ADDRESS, Role.READER, admin)
    monday.shift(timedelta(hours=73))

    new, _ = invited(tenant, ADDRESS, Role.FINANCE, admin)

    assert (state(old), state(new)) == (State.REVOKED, State.LIVE)


def test_a_member_is_not_invited(tenant: Tenant, admin: User, reader: User) -> None:
    with pytest.raises(InvalidInput) as refused:
        invite(tenant, reader.email.upper(), Role.FINANCE, admin)

    assert refused.value.code == "already_member"


def test_resending_makes_a_new_link_and_the_old_one_leads_nowhere(
    client: Client, tenant: Tenant, admin: User, monday: Traveller
) -> None:
    invitation, first = invited(tenant, ADDRESS, Role.READER, admin)

    invitations.resend(invitation, by=membership_of(tenant, admin))
    second = send()

    assert first != second
    assert (client.get(first).status_code, client.get(second).status_code) == (404, 200)
    assert acts(tenant)[-1] == "invitation_resent"


def test_resending_an_expired_one_begins_its_time_anew(
    tenant: Tenant, admin: User, monday: Traveller
) -> None:
    invitation, _ = invited(tenant, ADDRESS, Role.READER, admin)
    monday.shift(timedelta(hours=80))

    invitations.resend(invitation, by=membership_of(tenant, admin))
    send()

    assert state(invitation) == State.LIVE


def test_one_that_was_accepted_is_not_revoked(tenant: Tenant, admin: User) -> None:
    invitation, _ = invited(tenant, ADDRESS, Role.READER, admin)
    rui = make_user(ADDRESS)
    invitations.accept(invitation, rui)

    with pytest.raises(InvalidState) as refused:
        invitations.revoke(invitation, by=membership_of(tenant, admin))

    assert refused.value.code == "already_member"
    assert role_of(tenant, rui) == Role.READER


def test_one_that_was_revoked_is_not_resent(tenant: Tenant, admin: User) -> None:
    invitation, _ = invited(tenant, ADDRESS, Role.READER, admin)
    invitations.revoke(invitation, by=membership_of(tenant, admin))

    with pytest.raises(InvalidState) as refused:
        invitations.resend(invitation, by=membership_of(tenant, admin))

    assert refused.value.code == "revoked"
    assert acts(tenant)[-1] == "invitation_revoked"


def test_without_a_mail_server_it_waits_and_leaves_later(
    tenant: Tenant, admin: User, settings: Settings, monday: Traveller
) -> None:
    invitation = invite(tenant, ADDRESS, Role.READER, admin)
    kept, settings.EMAIL_BACKEND = settings.EMAIL_BACKEND, f"{__name__}.MailIsDown"
    assert emails.send_waiting(timezone.now()) == 0
    assert state(invitation) == State.UNSENT

    settings.EMAIL_BACKEND = kept

    assert emails.send_waiting(timezone.now()) == 1
    assert state(invitation) == State.LIVE


def test_an_address_that_its_server_refuses_holds_no_other_back(
    tenant: Tenant, admin: User, settings: Settings, monday: Traveller
) -> None:
    refused = invite(tenant, ADDRESS, Role.READER, admin)
    kept, settings.EMAIL_BACKEND = settings.EMAIL_BACKEND, f"{__name__}.AddressIsRefused"
    emails.send_waiting(timezone.now())
    settings.EMAIL_BACKEND = kept
    good = invite(tenant, "bia@empresa.test", Role.READER, admin)

    assert emails.send_waiting(timezone.now()) == 1

    assert (state(refused), state(good)) == (State.REFUSED, State.LIVE)


def test_each_leaves_once(tenant: Tenant, admin: User) -> None:
    invite(tenant, ADDRESS, Role.READER, admin)

    assert (emails.send_waiting(timezone.now()), emails.send_waiting(timezone.now())) == (1, 0)


def test_the_products_own_waits_for_nobody(tenant: Tenant) -> None:
    with tenant_scope(tenant.id):
        invitation = invitations.invite_first(tenant, "Ana@empresa.test", Role.ADMIN)
    send()
    ana = make_user("ana@empresa.test")

    invitations.accept(reread(invitation), ana)

    assert role_of(tenant, ana) == Role.ADMIN
