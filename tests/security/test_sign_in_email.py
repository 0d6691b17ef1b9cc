"""The address that signs in: it moves with the password, and the one it moves from is told."""

import os
import re
from datetime import timedelta
from itertools import count
from smtplib import SMTPServerDisconnected
from typing import Any
from uuid import uuid4

import pytest
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from allauth.mfa.models import Authenticator
from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from audit.acts import Act
from audit.models import Record
from people.tasks import send_password_links
from tenants.models import Tenant, User
from tenants.scope import tenant_scope
from tests.cast import PASSWORD, make_user
from tests.clock import travel

pytestmark = pytest.mark.django_db

_numbers = count(1)

PAGE, AGAIN = "/conta/email/", "/conta/reauthenticate/"


@pytest.fixture
def new() -> str:
    """An address that no message went to: they are counted in Redis."""
    return f"nova-{uuid4()}@example.com"


class MailIsDown(BaseEmailBackend):
    def send_messages(self, email_messages):
        raise SMTPServerDisconnected


@pytest.fixture
def person(client: Client, operator: User) -> User:
    """Signed in with the password, as people do."""
    assert comes_in(client, operator.email)
    mail.outbox.clear()  # of the browser, which is new
    return operator


def comes_in(client: Client, email: str, password: str = PASSWORD) -> bool:
    # Attempts are counted by address in Redis, which outlives a test.
    address = f"10.{next(_numbers) % 250}.{os.getpid() % 250}.8"
    client.defaults.setdefault("REMOTE_ADDR", address)
    client.post("/conta/login/", {"login": email, "password": password})
    return "_auth_user_id" in client.session


def confirm_password(client: Client, password: str = PASSWORD, **more: str) -> Any:
    return client.post(AGAIN, {"password": password, **more})


def add(client: Client, email: str) -> Any:
    return client.post(PAGE, {"action_add": "", "email": email})


def act(client: Client, action: str, email: str) -> Any:
    return client.post(PAGE, {f"action_{action}": "", "email": email})


def link() -> str:
    """The link of the last message that holds one."""
    bodies = (str(message.body) for message in reversed(mail.outbox))
    return next(m[1] for b in bodies if (m := re.search(r"(/conta/confirm-email/\S+)", b)))


def addresses(user: User) -> dict[str, tuple[bool, bool]]:
    """Confirmed and primary, by address."""
    rows = EmailAddress.objects.filter(user=user)
    return {row.email: (row.verified, row.primary) for row in rows}


def told() -> list[str]:
    return [to for message in mail.outbox for to in message.to]


@pytest.mark.parametrize("action", ["add", "primary", "remove", "send"])
def test_each_act_asks_the_password_first(
    client: Client, person: User, action: str, new: str
) -> None:
    EmailAddress.objects.create(user=person, email=new, verified=True)
    client.get(PAGE)
    before = addresses(person)

    answer = act(client, action, "outra@example.com" if action == "add" else new)

    assert answer.url.startswith(AGAIN)
    assert (addresses(person), mail.outbox) == (before, [])
    person.refresh_from_db()
    assert person.email != new


def test_the_right_password_goes_on_with_what_was_asked_and_a_wrong_one_does_not(
    client: Client, person: User, new: str
) -> None:
    add(client, new)
    assert confirm_password(client, "errada", next=PAGE).status_code == 200
    assert new not in addresses(person)

    confirm_password(client, next=PAGE)

    assert addresses(person)[new] == (False, False)
    assert told() == [new]


def test_the_password_is_asked_again_after_five_minutes(
    client: Client, person: User, new: str
) -> None:
    confirm_password(client)

    with travel(timezone.now() + timedelta(seconds=301)):
        assert add(client, new).url.startswith(AGAIN)

    assert new not in addresses(person)


def test_a_new_address_neither_signs_in_nor_becomes_primary_before_its_link(
    client: Client, person: User, new: str
) -> None:
    confirm_password(client)
    add(client, new)
    act(client, "primary", new)

    assert addresses(person) == {person.email: (True, True), new: (False, False)}
    assert not comes_in(Client(), new)

    client.post(link())

    assert addresses(person)[new] == (True, False)
    assert comes_in(Client(), new)


def test_no_new_password_is_sent_to_an_address_that_is_not_confirmed(
    client: Client, person: User, new: str
) -> None:
    confirm_password(client)
    add(client, new)
    mail.outbox.clear()

    Client().post("/conta/password/reset/", {"email": new})
    Client().post("/conta/password/reset/", {"email": person.email})
    assert told() == []  # whether anybody has it, the page does not ask
    send_password_links()

    keys = [reverse("account_reset_password") + "key/" in str(m.body) for m in mail.outbox]
    assert list(zip(told(), keys, strict=True)) == [(new, False), (person.email, True)]


def test_the_old_address_is_told_when_another_signs_in_and_when_it_takes_its_place(
    client: Client, person: User, new: str
) -> None:
    old = person.email
    confirm_password(client)
    add(client, new)
    mail.outbox.clear()

    client.post(link_of(person, new))
    assert told() == [old]
    act(client, "primary", new)
    assert told() == [old, old]

    person.refresh_from_db()
    assert person.email == new
    assert all(new in str(message.body) for message in mail.outbox)
    assert all("/conta/password/reset/" in str(message.body) for message in mail.outbox)


def link_of(user: User, new: str) -> str:
    row = EmailAddress.objects.get(user=user, email=new)
    return reverse("account_confirm_email", args=[EmailConfirmationHMAC(row).key])


# --- Taken back ---


def undo(which: int = 0) -> str:
    """A link to take an address back; the first that was sent, or another."""
    bodies = "\n".join(str(message.body) for message in mail.outbox)
    return re.findall(r"(/conta/email/desfazer/\S+)", bodies)[which]


@pytest.fixture
def moved(client: Client, person: User, new: str) -> str:
    """A borrowed session moved the address and removed the old one: the old one."""
    old = person.email
    confirm_password(client)
    add(client, new)
    client.post(link_of(person, new))
    act(client, "primary", new)
    act(client, "remove", old)
    person.refresh_from_db()
    assert addresses(person) == {new: (True, True)}
    return old


@pytest.mark.parametrize("which", ["another signs in", "another takes its place"])
def test_the_old_address_takes_the_account_back(
    client: Client, person: User, moved: str, new: str, which: str
) -> None:
    address = undo() if which == "another signs in" else undo(-1)
    assert client.get(address).status_code == 200  # what reads mail opens links too
    assert addresses(person) == {new: (True, True)}

    assert Client().post(address).status_code == 200

    person.refresh_from_db()
    assert (person.email, addresses(person)) == (moved, {moved: (True, True)})
    assert client.get(PAGE).url.startswith("/conta/login/")
    assert not person.has_usable_password()
    mail.outbox.clear()
    Client().post("/conta/password/reset/", {"email": moved})
    send_password_links()
    assert told() == [moved]


def test_a_link_takes_back_once(person: User, moved: str) -> None:
    address = undo()
    Client().post(address)
    person.refresh_from_db()
    person.set_password("uma senha bem diferente")
    person.save()

    assert Client().post(address).status_code == 404

    person.refresh_from_db()
    assert person.has_usable_password()


@pytest.mark.parametrize("is_older", [True, False])
def test_a_factor_that_was_enrolled_since_goes_and_one_of_before_stays(
    person: User, moved: str, is_older: bool
) -> None:
    """The code of a first factor went to the other address by then."""
    factor = Authenticator.objects.create(user=person, type="totp", data={"secret": "x"})
    if is_older:
        before = timezone.now() - timedelta(hours=1)
        Authenticator.objects.filter(id=factor.id).update(created_at=before)

    Client().post(undo())

    assert Authenticator.objects.filter(user=person).exists() == is_older


def test_taking_back_is_on_record(person: User, tenant: Tenant, moved: str, new: str) -> None:
    Client().post(undo())

    with tenant_scope(tenant.id):
        written = Record.objects.of(tenant).get(act=Act.EMAIL_TAKEN_BACK)
    assert (written.before, written.after) == ({"E-mail": new}, {"E-mail": moved})


@pytest.mark.parametrize("days", [0, 8])
def test_a_false_or_old_link_takes_nothing_back(
    client: Client, person: User, moved: str, days: int
) -> None:
    address = undo() if days else "/conta/email/desfazer/x:y:z/"

    with travel(timezone.now() + timedelta(days=days)):
        assert client.post(address).status_code == 404

    person.refresh_from_db()
    assert person.email != moved


def test_an_address_that_is_another_person_s_by_now_is_not_taken_back(
    client: Client, person: User, moved: str
) -> None:
    other = make_user(moved)

    assert Client().post(undo()).status_code == 404

    assert person.email != moved
    other.refresh_from_db()
    assert (other.email, other.has_usable_password()) == (moved, True)


def test_an_address_that_cannot_be_told_keeps_its_place(
    client: Client, person: User, settings: Any, new: str
) -> None:
    old = person.email
    client.get(PAGE)
    EmailAddress.objects.create(user=person, email=new, verified=True)
    confirm_password(client)
    settings.EMAIL_BACKEND = f"{__name__}.MailIsDown"
    client.raise_request_exception = False

    assert act(client, "primary", new).status_code == 500

    person.refresh_from_db()
    assert (person.email, addresses(person)[old]) == (old, (True, True))


def test_the_primary_address_is_not_removed(client: Client, person: User, new: str) -> None:
    confirm_password(client)
    add(client, new)
    client.post(link())

    act(client, "remove", person.email)

    assert addresses(person)[person.email] == (True, True)


def test_the_link_may_be_opened_where_nobody_is_signed_in_and_signs_nobody_in(
    client: Client, person: User, new: str
) -> None:
    confirm_password(client)
    add(client, new)
    elsewhere = Client()

    assert elsewhere.get(link()).status_code == 200
    assert addresses(person)[new] == (False, False)  # a scanner of mail opens links too
    elsewhere.post(link())

    assert addresses(person)[new] == (True, False)
    assert "_auth_user_id" not in elsewhere.session
    assert elsewhere.post(link()).status_code == 404


def test_the_address_of_another_person_answers_as_a_free_one_and_is_never_taken(
    client: Client, person: User, approver: User, new: str
) -> None:
    confirm_password(client)

    answers = [add(client, new), add(client, approver.email)]
    page = client.get(PAGE).content.decode()
    client.post(link())

    assert [(a.status_code, a.url) for a in answers] == [(302, PAGE)] * 2
    assert page.count(new) == page.count(approver.email)
    assert addresses(person)[approver.email] == (False, False)
    assert comes_in(Client(), approver.email)
    act(client, "primary", approver.email)
    person.refresh_from_db()
    assert person.email != approver.email


def test_a_new_password_makes_the_waiting_links_worthless(
    client: Client, person: User, new: str
) -> None:
    confirm_password(client)
    add(client, new)
    password = "uma senha bem diferente"

    client.post(
        "/conta/password/change/",
        {"oldpassword": PASSWORD, "password1": password, "password2": password},
    )

    assert client.post(link()).status_code == 404
    assert addresses(person) == {person.email: (True, True)}
    assert comes_in(Client(), person.email, password)
    assert told()[-1] == person.email


@pytest.mark.parametrize("name", ["mfa_activate_totp", "mfa_generate_recovery_codes"])
def test_the_second_step_asks_the_password_too(client: Client, person: User, name: str) -> None:
    assert client.get(reverse(name)).url.startswith(AGAIN)
    assert client.post(reverse(name)).url.startswith(AGAIN)

    confirm_password(client)

    # Of the first factor, a code of the mailbox too.
    assert not client.get(reverse("mfa_activate_totp")).headers["Location"].startswith(AGAIN)


def test_the_password_page_still_asks_the_old_one(client: Client, person: User) -> None:
    password = "uma senha bem diferente"
    page = client.post("/conta/password/change/", {"password1": password, "password2": password})

    assert page.status_code == 200
    assert not comes_in(Client(), person.email, password)


def test_nobody_else_sees_the_page(client: Client) -> None:
    assert client.get(PAGE).url.startswith("/conta/login/")
    assert act(client, "primary", "x@example.com").url.startswith("/conta/login/")
