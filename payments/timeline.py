"""What happened to a bill, for people: one line each, never changed."""

import json
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import connection

from core.clock import DatabaseNow
from core.ids import uuid7
from core.text import shorten
from payments.models import Payable, PayableEvent
from tenants.models import User

Tone = PayableEvent.Tone

# Titles that more than one act notes, or that are looked for later.
AT_BANK = "No banco, aguardando aprovação"
BACK_IN_QUEUE = "De volta à fila de envio"
BANK_LINE_UNDONE = "Conciliação desfeita"
CANCEL_ASKED = "Cancelamento pedido ao banco"
CANCEL_UNCONFIRMED = "Cancelamento ainda não confirmado"
DEBIT_SEEN = "Débito no extrato"
EDITED = "Alterada"
LEFT_THE_LIST = "Saiu da lista de pendentes do banco"
NEEDS_CHECKING = "Requer conferência"
NOT_CANCELLED = "O banco não cancelou"
NOT_YET = "Não saiu: será tentada de novo"
REDATED = "Data do lançamento corrigida"
RESULT_CONFIRMED = "Conferida"
RETURN_SEEN = "Devolução no extrato"
UNKNOWN_ANSWER = "Resposta do banco desconhecida: verificando, não será reenviada"


def note(
    payable: Payable, title: str, text: str = "", *, tone: str = Tone.PLAIN, by: User | None = None
) -> None:
    PayableEvent.objects.create(
        tenant_id=payable.tenant_id,
        payable=payable,
        at=DatabaseNow(),
        title=title,
        text=shorten(text, 1000),
        tone=tone,
        by=by,
    )


# One parameter for all rows: this is done for each batch that is sent.
NOTE_MANY = """
INSERT INTO payments_payableevent (id, tenant_id, payable_id, at, title, text, tone, by_id)
SELECT id, %s, payable_id, %s, title, text, tone, %s
FROM jsonb_to_recordset(%s::jsonb) AS r (id uuid, payable_id uuid, title text, text text, tone text)
"""


def note_many(
    tenant_id: UUID,
    rows: Iterable[tuple[UUID, str, str, str]],
    *,
    at: datetime,
    by: User | None = None,
) -> None:
    """Each row is (payable id, title, text, tone)."""
    events = [
        {
            "id": str(uuid7()), "payable_id": str(payable), "title": title,
            "text": shorten(text, 1000), "tone": tone,
        }
        for payable, title, text, tone in rows
    ]  # fmt: skip
    if events:
        with connection.cursor() as cursor:
            cursor.execute(NOTE_MANY, [tenant_id, at, by.pk if by else None, json.dumps(events)])
