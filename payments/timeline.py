"""What happened to a bill, for people: one line each, never changed."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from payments.models import Payable, PayableEvent
from tenants.models import User

Tone = PayableEvent.Tone


def note(
    payable: Payable, title: str, text: str = "", *, tone: str = Tone.PLAIN, by: User | None = None
) -> None:
    PayableEvent.objects.create(
        tenant_id=payable.tenant_id,
        payable=payable,
        at=timezone.now(),
        title=title,
        text=text[:1000],
        tone=tone,
        by=by,
    )


def note_many(tenant_id: UUID, rows: Iterable[tuple[UUID, str, str, str]], *, at: datetime) -> None:
    """Each row is (payable id, title, text, tone)."""
    PayableEvent.objects.bulk_create(
        PayableEvent(
            tenant_id=tenant_id, payable_id=payable, at=at, title=title, text=text[:1000], tone=tone
        )
        for payable, title, text, tone in rows
    )
