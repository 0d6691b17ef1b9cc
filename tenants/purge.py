"""Rows that nobody needs any more, deleted by the clock in small batches.

The audit, the journal and the bank's lines are kept for good: nothing here is used for them.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.contrib.sessions.models import Session

from tenants.models import Notice, TenantQuerySet
from tenants.scope import across_tenants, tenant_scope

BATCH = 1000
# After the last moment at which it was news.
NOTICES_KEPT = timedelta(days=90)


def purge_old_rows(now: datetime) -> None:
    """Delete some of what is over; the next tick goes on. To be called outside of scopes."""
    for notices in oldest_of(Notice.objects.filter(until__lt=now - NOTICES_KEPT), by="until"):
        notices.delete()
    over = Session.objects.filter(expire_date__lt=now).order_by("expire_date")
    keys = list(over.values_list("session_key", flat=True)[:BATCH])
    Session.objects.filter(session_key__in=keys).delete()


def oldest_of(rows: TenantQuerySet, *, by: str) -> Iterator[TenantQuerySet]:
    """The first BATCH of these rows by a column that has an index, company by company.

    Each is given inside its company's scope, which ends when the next one is asked for.
    """
    with across_tenants():
        found = list(rows.order_by(by).values_list("tenant_id", "id")[:BATCH])
    for tenant_id in sorted({tenant_id for tenant_id, _ in found}):
        ids = [row_id for owner, row_id in found if owner == tenant_id]
        with tenant_scope(tenant_id):
            yield rows.of(tenant_id).filter(id__in=ids)
