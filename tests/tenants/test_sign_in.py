"""Coming in and going out, on the pages that people see."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tenants.models import User
from tests.cast import PASSWORD
from tests.reading import codes

pytestmark = pytest.mark.django_db

LOGIN = "/conta/login/"


def sign_in(client: Client, email: str, password: str, **more: Any) -> Any:
    return client.post(LOGIN, {"login": email, "password": password}, **more)


def test_a_member_comes_in_and_goes_out(client: Client, operator: User) -> None:
    sign_in(client, operator.email, PASSWORD)
    assert client.get(reverse("accounts:chart")).status_code == 200

    client.post("/conta/logout/")

    assert client.get(reverse("accounts:chart")).url.startswith(LOGIN)


def test_a_wrong_password_says_so_and_keeps_the_email(client: Client, operator: User) -> None:
    page = sign_in(client, operator.email, "errada")

    assert codes(page.context["form"]) == {"__all__": ["email_password_mismatch"]}
    assert operator.email in page.content.decode()


def test_nobody_signs_up_alone(client: Client) -> None:
    client.post("/conta/signup/", {"email": "novo@x.example", "password1": "q" * 20})

    assert not User.objects.filter(email="novo@x.example").exists()


def test_too_many_attempts_are_stopped_in_words(client: Client) -> None:
    # An address of its own: the count is kept in Redis, by address.
    answers = [sign_in(client, f"{n}@x.example", "x", REMOTE_ADDR="192.0.2.7") for n in range(31)]

    assert answers[-1].status_code == 429
    assert "<h1>" in answers[-1].content.decode()
