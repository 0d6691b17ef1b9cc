"""Plain functions that make companies and people. Every call makes another one."""

import time
from datetime import timedelta
from functools import cache
from itertools import count
from typing import Any

from django.conf import settings
from django.contrib import auth
from django.contrib.auth.hashers import make_password
from django.contrib.sessions.backends.db import SessionStore
from django.test import Client
from django.utils import timezone

from accounts.chart.setup import open_books
from people.session_limits import BEGAN, SEEN
from tenants.access import HEADER, SESSION_KEY
from tenants.models import Notice, Plan, Role, Tenant, User
from tenants.scope import tenant_scope
from tenants.services import add_member, create_company

PASSWORD = "uma senha de teste"

_numbers = count(1)


def make_tenant(
    name: str = "Oficina Modelo", cnpj: str = "11444777000161", plan: Plan = Plan.NORTH
) -> Tenant:
    """A company with its books open."""
    tenant = create_company(name=name, legal_name=f"{name} Ltda", cnpj=cnpj, plan=plan)
    open_books(tenant)
    return tenant


def make_user(email: str | None = None) -> User:
    """A person of no company, who signs in with PASSWORD."""
    user = User(email=email or f"pessoa{next(_numbers)}@example.com", password=hashed_password())
    user.save()
    return user


@cache
def hashed_password() -> str:
    """Hashed once a process: it is slow on purpose."""
    return make_password(PASSWORD)


def make_member(tenant: Tenant, role: Role) -> User:
    """A person who has that role in the company and works for no other."""
    user = make_user(f"{role}{next(_numbers)}@example.com")
    add_member(tenant, user, role)
    return user


def sign_in(client: Client, user: User, tenant: Tenant) -> None:
    """Signed in without the password, working for the company; what is sent says so, as pages do.

    The session is written once, as it is in the end: `Client.force_login` and a change to it after
    take four times as long.
    """
    session = SessionStore()
    session[auth.SESSION_KEY] = str(user.pk)
    session[auth.BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[auth.HASH_SESSION_KEY] = user.get_session_auth_hash()
    session[SESSION_KEY] = str(tenant.id)
    client.defaults[f"HTTP_{HEADER.upper().replace('-', '_')}"] = str(tenant.id)
    session[BEGAN] = session[SEEN] = time.time()
    session.save()
    assert session.session_key is not None
    client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key


def make_notice(tenant: Tenant, user: User, **changes: Any) -> Notice:
    """Told to the person, and neither e-mailed nor closed yet."""
    values = {
        "subject": f"assunto:{next(_numbers)}",
        "step": "1",
        "title": "Algo termina amanhã.",
        "text": "Renove antes.",
        "action": "Renovar",
        "url": "/contas/conectar/",
        "until": timezone.now() + timedelta(days=1),
    }
    with tenant_scope(tenant.id):
        notice: Notice = Notice.objects.create(tenant=tenant, user=user, **{**values, **changes})
    return notice
