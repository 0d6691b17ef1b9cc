"""What a browser, Redis, a neighbour and a careless start are not given."""

import json
import pickle
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
import redis
from django import forms
from django.conf import settings
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from tenants.models import Tenant, User
from tenants.scope import across_tenants
from tests.cast import sign_in

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path", ["/conta/login/", "/conciliar/", "/pagamentos/", "/api/v1/payables/", "/nao-existe/"]
)
def test_no_answer_is_kept_by_anybody(
    client: Client, tenant: Tenant, admin: User, path: str
) -> None:
    sign_in(client, admin, tenant)

    answer = client.get(path)

    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.django_db
def test_no_page_may_use_the_machines_devices(client: Client) -> None:
    allowed = client.get(reverse("account_login")).headers["Permissions-Policy"].split(", ")

    assert {"camera=()", "geolocation=()", "microphone=()", "usb=()"} <= set(allowed)
    assert not any(feature.startswith("publickey-credentials") for feature in allowed)


def in_production(code: str, **changes: str) -> "subprocess.CompletedProcess[str]":
    """Python code under settings like production's, in a process of its own."""
    lines = ["import os", f"os.environ |= {changes!r}", "import django", "django.setup()"]
    lines += ["from django.conf import settings", code]
    program = [sys.executable, "scripts/with_production_settings.py", "-c", "\n".join(lines)]
    return subprocess.run(program, cwd=ROOT, capture_output=True, text=True)


def test_under_tls_no_neighbour_sets_our_cookies() -> None:
    code = "print(settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME)"
    code += "; print(settings.SESSION_COOKIE_SECURE, settings.CSRF_COOKIE_SECURE)"
    code += "; print(settings.SESSION_COOKIE_PATH, settings.SESSION_COOKIE_DOMAIN)"

    done = in_production(code)

    assert done.stdout.split() == ["__Host-session", "__Host-csrf", "True", "True", "/", "None"]


@pytest.mark.parametrize("url", ["smtp://mail.example.com:25", "consolemail://", ""])
def test_production_sends_no_e_mail_without_tls(url: str) -> None:
    done = in_production("print('started')", EMAIL_URL=url)

    assert done.returncode != 0
    assert "started" not in done.stdout
    assert "EMAIL_URL" in done.stderr


@pytest.mark.parametrize("hours", ["0", "-1", "nan"])
def test_production_gives_people_time_to_stop_a_change(hours: str) -> None:
    done = in_production("print('started')", PEOPLE_CHANGE_WAIT_HOURS=hours)

    assert "started" not in done.stdout
    assert "PEOPLE_CHANGE_WAIT_HOURS" in done.stderr


def stored(name: str) -> bytes:
    with redis.Redis.from_url(settings.REDIS_URL) as server:
        found = server.get(cache.make_key(name))
    assert isinstance(found, bytes)
    return found


def test_what_is_cached_is_json() -> None:
    cache.set("teste-json", [1.5, 2, "três"], 30)

    assert json.loads(stored("teste-json")) == [1.5, 2, "três"]
    assert cache.get("teste-json") == [1.5, 2, "três"]
    cache.set("teste-json", 7, 30)
    assert cache.incr("teste-json") == 8


class Bomb:
    exploded = False

    def __reduce__(self) -> tuple[object, tuple[object, ...]]:
        return setattr, (Bomb, "exploded", True)


def test_a_pickle_that_somebody_put_into_redis_runs_nothing() -> None:
    with redis.Redis.from_url(settings.REDIS_URL) as server:
        server.set(cache.make_key("teste-pickle"), pickle.dumps(Bomb()), ex=30)

    with pytest.raises(ValueError):
        cache.get("teste-pickle")

    assert not Bomb.exploded


def test_a_hint_below_a_field_is_text() -> None:
    class Hinted(forms.Form):
        name = forms.CharField(help_text="<img src=x onerror=alert(1)>")

    assert "<img" not in str(Hinted())
    assert "&lt;img" in str(Hinted())


@pytest.mark.django_db
def test_the_demonstration_with_its_known_passwords_is_not_made_in_production(
    settings: Settings,
) -> None:
    settings.SERVED_OVER_TLS = True

    with pytest.raises(CommandError):
        call_command("demo", stdout=StringIO())

    with across_tenants():
        assert not Tenant.objects.exists()
