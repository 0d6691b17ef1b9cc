"""The one place that writes the audit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.utils import timezone

from audit.acts import Act
from audit.models import ChainHead, Record
from audit.origin import current_origin
from core.text import shorten
from tenants.models import Tenant, TenantOwned, User
from tenants.scope import tenant_scope

PRODUCT = "Kamino"


@dataclass(frozen=True, slots=True)
class Entry:
    """What a record says, but who did it."""

    act: Act
    on: TenantOwned | Tenant
    why: str = ""
    before: Mapping[str, str] = field(default_factory=dict)
    after: Mapping[str, str] = field(default_factory=dict)


def record(
    act: Act,
    *,
    on: TenantOwned | Tenant,
    by: User | None,
    why: str = "",
    before: Mapping[str, str] | None = None,
    after: Mapping[str, str] | None = None,
) -> Record:
    """Append to the company's chain, in the transaction of the act itself.

    To be the last statement of an act: it locks the chain's head until the commit, and an act
    that takes another lock after it could deadlock with one that took the two in the other order.
    `by` is None when the product itself acts. `before` and `after` hold what a person reads, and
    never a secret.
    """
    (written,) = record_many([Entry(act, on, why, before or {}, after or {})], by=by)
    return written


def record_many(entries: Sequence[Entry], *, by: User | None) -> list[Record]:
    """As `record`, of what one act did to many things of one company: a record each, in this order.
    The number of queries does not depend on theirs."""
    if not entries:
        return []
    first = entries[0].on
    tenant_id = first.id if isinstance(first, Tenant) else first.tenant_id
    with tenant_scope(tenant_id):
        head = lock_head(tenant_id)
        number, previous, written = head.number, head.hash, []
        for entry in entries:
            number += 1
            each = following(entry, tenant_id, number, previous, by)
            written.append(each)
            previous = each.hash
        Record.objects.bulk_create(written)  # the database moves the head with each
    return written


def following(
    entry: Entry, tenant_id: UUID, number: int, previous_hash: str, by: User | None
) -> Record:
    each = Record(
        tenant_id=tenant_id,
        number=number,
        made_at=timezone.now(),
        act=entry.act,
        on_kind=entry.on._meta.label_lower,
        on_id=entry.on.id,
        on_label=shorten(str(entry.on), 200),
        by=by,
        by_label=shorten(by.display_name if by else PRODUCT, 200),
        why=shorten(entry.why, 500),
        before=dict(entry.before),
        after=dict(entry.after),
        whence=current_origin()[:60],
        previous_hash=previous_hash,
    )
    each.hash = each.computed_hash()
    return each


def lock_head(tenant_id: UUID) -> ChainHead:
    heads = ChainHead.objects.of(tenant_id).select_for_update()
    head: ChainHead | None = heads.first()
    if head is None:
        ChainHead.objects.bulk_create([ChainHead(tenant_id=tenant_id)], ignore_conflicts=True)
        head = heads.get()
    return head
