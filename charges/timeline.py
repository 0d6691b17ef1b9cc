"""What happened to a charge, for people: one line each, never changed."""

from uuid import UUID

from charges.models import Charge, ChargeEvent
from core.clock import DatabaseNow, database_now
from core.text import shorten
from tenants.models import User

Tone = ChargeEvent.Tone

# Titles that more than one act notes, or that are looked for later.
CANCEL_ASKED = "Cancelamento pedido ao banco"
IN_QUEUE = "Na fila de emissão"
NEEDS_CHECKING = "Requer conferência"
NOT_YET = "Não saiu: será tentada de novo"
PAYER_WAS_QUICKER = "O pagador foi mais rápido"
UNKNOWN_ANSWER = "Não se sabe se o banco emitiu: verificando, não será emitida de novo"


def note(
    charge: Charge, title: str, text: str = "", *, tone: str = Tone.PLAIN, by: User | None = None
) -> None:
    ChargeEvent.objects.create(
        tenant_id=charge.tenant_id,
        charge=charge,
        at=DatabaseNow(),
        title=title,
        text=shorten(text, 1000),
        tone=tone,
        by=by,
    )


def note_many(tenant_id: UUID, rows: list[tuple[Charge, str, str, str]], by: User | None) -> None:
    """Each row is (charge, title, text, tone). One query."""
    now = database_now()
    ChargeEvent.objects.bulk_create(
        ChargeEvent(
            tenant_id=tenant_id,
            charge=charge,
            at=now,
            title=title,
            text=shorten(text, 1000),
            tone=tone,
            by=by,
        )
        for charge, title, text, tone in rows
    )
