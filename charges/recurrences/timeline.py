"""What happened to a contract, for people: one line each, never changed."""

from charges.models import Recurrence, RecurrenceEvent
from charges.timeline import Tone
from core.clock import database_now
from core.text import shorten
from tenants.models import User


def note_contract(
    recurrence: Recurrence,
    title: str,
    text: str = "",
    *,
    tone: str = Tone.PLAIN,
    by: User | None = None,
) -> None:
    RecurrenceEvent.objects.create(
        tenant_id=recurrence.tenant_id,
        recurrence=recurrence,
        at=database_now(),
        title=title,
        text=shorten(text, 1000),
        tone=tone,
        by=by,
    )
