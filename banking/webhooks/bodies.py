"""Bodies of notices at rest, when the keys that they are encrypted with change."""

from uuid import UUID

from banking.gateway.sealing import reseal
from banking.models import BankEvent
from tenants.scope import across_tenants, tenant_scope

BATCH = 100


def reseal_bodies() -> int:
    """Encrypt every kept body under the newest key. How many there were.

    In short transactions, so it may be stopped and run again.

    Raises:
        Unreadable: none of the keys opens one of them; those before it are done.
    """
    with across_tenants():
        kept = BankEvent.objects.filter(sealed_body__isnull=False).order_by("tenant_id", "id")
        ids = list(kept.values_list("tenant_id", "id"))
    return sum(
        reseal_some(tenant_id, [event_id for owner, event_id in part if owner == tenant_id])
        for part in (ids[start : start + BATCH] for start in range(0, len(ids), BATCH))
        for tenant_id in dict.fromkeys(owner for owner, _ in part)
    )


def reseal_some(tenant_id: UUID, ids: list[UUID]) -> int:
    with tenant_scope(tenant_id):
        rows = BankEvent.objects.of(tenant_id).filter(id__in=ids, sealed_body__isnull=False)
        events = list(rows.select_for_update(no_key=True).order_by("id"))
        for event in events:
            event.sealed_body = reseal(event.sealed_body)
        BankEvent.objects.bulk_update(events, ["sealed_body"])
    return len(events)
