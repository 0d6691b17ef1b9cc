"""How long a session lives, what keeps it awake, and who ends it."""

import os
import re
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest
from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from people.models import Device
from tenants.models import Tenant, User
from tests.cast import PASSWORD, sign_in
from tests.clock import travel

pytestmark = pytest.mark.django_db

_numbers = count(1)
TEMPLATES = Path(settings.BASE_DIR) / "templates"
LOGIN, SESSIONS = "/conta/login/", "/conta/sessions/"


def come_in(client: Client, user: User, password: str = PASSWORD, address: str = "") -> bool:
    """With the password, as people do; each from an address of their own, as they are counted."""
    client.defaults["REMOTE_ADDR"] = address or f"10.{next(_numbers) % 250}.{os.getpid() % 250}.7"
    client.post(LOGIN, {"login": user.email, "password": password})
    return is_in(client)


def is_in(client: Client) -> bool:
    return client.get(reverse("accounts:chart")).status_code == 200


def later(**delta: float) -> travel:
    return travel(timezone.now() + timedelta(**delta))


def test_who_does_nothing_for_half_an_hour_is_out(
    client: Client, tenant: Tenant, reader: User
) -> None:
    sign_in(client, reader, tenant)

    with later(minutes=29):
        assert is_in(client)
    with later(minutes=58):
        assert is_in(client)
    with later(minutes=89):
        assert not is_in(client)
    assert not is_in(client)


def test_nobody_stays_longer_than_twelve_hours(
    client: Client, tenant: Tenant, reader: User
) -> None:
    sign_in(client, reader, tenant)

    for quarter in range(1, 48):
        with later(minutes=15 * quarter):
            assert is_in(client)

    with later(hours=12, seconds=1):
        assert not is_in(client)


def test_what_a_page_asks_by_itself_keeps_nobody_awake(
    client: Client, tenant: Tenant, reader: User
) -> None:
    sign_in(client, reader, tenant)

    for minute in range(1, 30, 4):
        with later(minutes=minute):
            client.get(reverse("accounts:chart"), headers={"HX-Request": "true", "X-Poll": "yes"})

    with later(minutes=31):
        assert not is_in(client)


def test_an_act_in_a_session_that_is_over_is_not_done(
    client: Client, tenant: Tenant, admin: User
) -> None:
    come_in(client, admin)
    elsewhere = Client()
    come_in(elsewhere, admin)

    with later(minutes=31):
        client.post(reverse("account_end_sessions"))

    assert UserSession.objects.filter(session_key=elsewhere.session.session_key).exists()


def test_a_person_sees_their_sessions_and_no_others(
    client: Client, tenant: Tenant, reader: User, admin: User
) -> None:
    come_in(client, reader)
    come_in(Client(), reader)
    come_in(Client(), admin)

    rows = client.get(SESSIONS).context["rows"]

    assert [row["is_here"] for row in rows].count(True) == 1
    assert {row["session"].user for row in rows} == {reader}
    assert len(rows) == 2


def test_ending_a_session_ends_it_at_once(client: Client, tenant: Tenant, reader: User) -> None:
    stolen = Client()
    come_in(stolen, reader)
    come_in(client, reader)
    row = UserSession.objects.get(session_key=stolen.session.session_key)

    client.post(reverse("account_end_session", args=[row.id]))

    assert not is_in(stolen)
    assert is_in(client)


def test_all_others_are_ended_together(client: Client, tenant: Tenant, reader: User) -> None:
    others = [Client(), Client()]
    assert all(come_in(each, reader) for each in [*others, client])

    client.post(reverse("account_end_sessions"))

    assert [is_in(each) for each in [*others, client]] == [False, False, True]


def test_the_session_of_another_person_is_not_found(
    client: Client, tenant: Tenant, reader: User, admin: User
) -> None:
    theirs = Client()
    come_in(theirs, admin)
    come_in(client, reader)
    row = UserSession.objects.get(user=admin)

    assert client.post(reverse("account_end_session", args=[row.id])).status_code == 404
    assert is_in(theirs)


def test_a_new_browser_is_told_and_a_known_one_is_not(tenant: Tenant, reader: User) -> None:
    EmailAddress.objects.create(user=reader, email=reader.email, verified=True, primary=True)
    laptop = Client()
    come_in(laptop, reader)
    assert len(mail.outbox) == 1

    laptop.post("/conta/logout/")
    come_in(laptop, reader)
    assert len(mail.outbox) == 1

    come_in(Client(), reader)
    assert [message.to for message in mail.outbox] == [[reader.email]] * 2


def test_the_token_of_a_browser_is_not_in_the_database(
    client: Client, tenant: Tenant, reader: User
) -> None:
    come_in(client, reader)

    cookie = client.cookies["device"]
    assert cookie.value not in list(Device.objects.values_list("token_digest", flat=True))
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"


def test_a_stranger_locks_nobody_out_of_a_known_browser(tenant: Tenant, reader: User) -> None:
    laptop = Client()
    assert come_in(laptop, reader, address="192.0.2.20")
    laptop.post("/conta/logout/")
    for number in range(20):
        assert not come_in(Client(), reader, "errada", address=f"192.0.2.{30 + number}")

    assert come_in(laptop, reader, address="192.0.2.20")
    # A browser that nobody knows waits, even with the right password.
    assert not come_in(Client(), reader, address="192.0.2.21")


def test_a_known_browser_is_no_way_to_guess_on(tenant: Tenant, reader: User) -> None:
    laptop = Client()
    come_in(laptop, reader, address="192.0.2.60")
    laptop.post("/conta/logout/")
    for number in range(5):
        come_in(laptop, reader, "errada", address=f"192.0.2.{61 + number}")

    assert not come_in(laptop, reader, address="192.0.2.70")


def test_a_browser_known_by_one_person_is_not_known_by_another(
    tenant: Tenant, reader: User, admin: User
) -> None:
    laptop = Client()
    come_in(laptop, reader, address="192.0.2.80")
    laptop.post("/conta/logout/")
    for number in range(6):
        come_in(laptop, admin, "errada", address=f"192.0.2.{81 + number}")

    assert not come_in(laptop, admin, address="192.0.2.90")


def test_every_page_that_asks_by_itself_says_so() -> None:
    """Elements that htmx reads again by a clock, in any template."""
    tags = [
        tag
        for path in TEMPLATES.rglob("*.html")
        for tag in re.findall(r'<[^<]*hx-trigger="[^"]*(?:load delay|every)[^<]*', path.read_text())
    ]

    assert len(tags) >= 3
    assert [tag for tag in tags if "X-Poll" not in tag] == []
