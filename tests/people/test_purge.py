"""What of sign-ins is over is deleted, and nothing else."""

from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.test import Client

from core.clock import database_now
from people.models import Device, EnrolmentCode
from people.purge import purge_old_rows
from tenants.models import Tenant, User
from tests.cast import PASSWORD

pytestmark = pytest.mark.django_db


def left(user: User) -> tuple[int, int, int]:
    rows = (Device.objects, EnrolmentCode.objects, UserSession.objects)
    return tuple(each.filter(user=user).count() for each in rows)  # type: ignore[return-value]


def test_what_is_over_goes_and_the_rest_stays(client: Client, tenant: Tenant, reader: User) -> None:
    client.post("/conta/login/", {"login": reader.email, "password": PASSWORD})
    EnrolmentCode.objects.create(user=reader, session_digest="a", code_digest="b")
    now = database_now()

    purge_old_rows(now)
    assert left(reader) == (1, 1, 1)
    Session.objects.all().delete()
    purge_old_rows(now)
    assert left(reader) == (1, 1, 1)  # just made
    purge_old_rows(now + timedelta(hours=25))
    assert left(reader) == (1, 0, 0)
    purge_old_rows(now + timedelta(days=366))
    assert left(reader) == (0, 0, 0)
