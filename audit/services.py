"""The one function that writes the audit."""

from collections.abc import Mapping
from uuid import UUID

from django.utils import timezone

from audit.acts import Act
from audit.models import ChainHead, Record
from audit.origin import current_origin
from core.text import shorten
from tenants.models import Tenant, TenantOwned, User
from tenants.scope import tenant_scope

PRODUCT = "Kamino"


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
    tenant_id = on.id if isinstance(on, Tenant) else on.tenant_id
    with tenant_scope(tenant_id):
        head = lock_head(tenant_id)
        written = Record(
            tenant_id=tenant_id,
            number=head.number + 1,
            made_at=timezone.now(),
            act=act,
            on_kind=on._meta.label_lower,
            on_id=on.id,
            on_label=shorten(str(on), 200),
            by=by,
            by_label=shorten(by.display_name if by else PRODUCT, 200),
            why=shorten(why, 500),
            before=dict(before or {}),
            after=dict(after or {}),
            whence=current_origin()[:60],
            previous_hash=head.hash,
        )
        written.hash = written.computed_hash()
        written.save(force_insert=True)  # the database moves the head
    return written


def lock_head(tenant_id: UUID) -> ChainHead:
    heads = ChainHead.objects.of(tenant_id).select_for_update()
    head: ChainHead | None = heads.first()
    if head is None:
        ChainHead.objects.bulk_create([ChainHead(tenant_id=tenant_id)], ignore_conflicts=True)
        head = heads.get()
    return head
