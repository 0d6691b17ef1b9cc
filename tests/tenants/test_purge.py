"""What is over is deleted by the clock; what people still see stays."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone

from tenants.models import Notice, Role, Tenant, User
from tenants.notices import News, notify
from tenants.purge import purge_old_rows
from tenants.scope import tenant_scope


def tell(tenant: Tenant, subject: str, *, days: int) -> None:
    """Something that is news until so many days from now."""
    with tenant_scope(tenant.id):
        until = timezone.now() + timedelta(days=days)
        notify(tenant, [Role.ADMIN], News(subject, "1", "t", "t", "a", "/", until))


def told(tenant: Tenant) -> list[str]:
    with tenant_scope(tenant.id):
        found = Notice.objects.of(tenant).order_by("subject")
        return list(found.values_list("subject", flat=True))


def test_notices_go_long_after_they_were_news(
    tenant: Tenant, admin: User, other_tenant: Tenant, outsider: User
) -> None:
    for company in (tenant, other_tenant):
        for subject, days in (("a", 1), ("b", -89), ("c", -91)):
            tell(company, subject, days=days)

    purge_old_rows(timezone.now())

    assert told(tenant) == told(other_tenant) == ["a", "b"]


@pytest.mark.django_db
def test_sessions_that_are_over_go_batch_by_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tenants.purge.BATCH", 2)
    now = timezone.now()
    for number in range(3):
        over = now - timedelta(days=number + 1)
        Session.objects.create(session_key=f"over{number}", session_data="", expire_date=over)
    lives = now + timedelta(days=1)
    Session.objects.create(session_key="lives", session_data="", expire_date=lives)

    purge_old_rows(now)
    assert Session.objects.count() == 2

    purge_old_rows(now)
    assert [session.session_key for session in Session.objects.all()] == ["lives"]
