"""What came of sends: stored for a whole batch in one statement, and what follows from it."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import structlog
from django.db import InterfaceError, OperationalError
from django.db import connection as database
from django.utils import timezone

from payments.models import NOT_APPROVED, Payable, PaymentOrder
from payments.states import OrderStatus, PayableStatus
from payments.timeline import Tone, note_many
from tenants.scope import tenant_scope

log = structlog.get_logger()

NOT_YET = "Não saiu: será tentada de novo"

# Seconds between the attempts to store what came of a batch, while the database is away.
STORE_AGAIN = (0.1, 0.5, 2.0, 8.0)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one order's attempt."""

    order: PaymentOrder
    status: OrderStatus
    message: str = ""
    reference: str = ""
    amount: Decimal | None = None
    is_paid: bool = False  # the bank says that it has paid it already
    wait: timedelta | None = None


STORE = """
UPDATE payments_paymentorder AS o
SET status = v.status, reference = coalesce(nullif(v.reference, ''), o.reference),
    message = v.message, bank_amount = coalesce(v.amount, o.bank_amount),
    wait_until = v.wait_until, needs_person = false,
    first_sent_at = CASE WHEN v.status <> 'queued' THEN o.first_sent_at END
FROM unnest(%s::uuid[], %s::text[], %s::text[], %s::text[], %s::numeric[], %s::timestamptz[])
    AS v (id, status, reference, message, amount, wait_until)
WHERE o.tenant_id = %s AND o.id = v.id AND o.claim = %s
  AND (o.status = 'sending' OR o.status = 'unknown' AND v.status IN ('at_bank', 'scheduled'))
RETURNING o.id
"""


def store_surely(tenant_id: UUID, claim_id: UUID | None, outcomes: Sequence[Outcome]) -> None:
    """Store, and again on a new connection when the database went away.

    A first attempt whose COMMIT was done and its answer lost makes the second one change nothing.
    """
    for pause in STORE_AGAIN:
        try:
            store_outcomes(tenant_id, claim_id, outcomes)
        except (OperationalError, InterfaceError):
            log.warning("store_again", count=len(outcomes), exc_info=True)
            database.close()
            time.sleep(pause)
        else:
            return
    store_outcomes(tenant_id, claim_id, outcomes)


def store_outcomes(tenant_id: UUID, claim_id: UUID | None, outcomes: Sequence[Outcome]) -> None:
    """One statement for a whole batch, and the bills and timelines that follow from it.

    Only the holder of the claim writes. An order that a sweep called `unknown` meanwhile takes a
    late yes; a late no is not believed, because the bank has been asked again since.
    """
    now = timezone.now()
    with tenant_scope(tenant_id):
        with database.cursor() as cursor:
            cursor.execute(
                STORE,
                [
                    [o.order.id for o in outcomes],
                    [o.status.value for o in outcomes],
                    [o.reference for o in outcomes],
                    [o.message for o in outcomes],
                    [o.amount for o in outcomes],
                    [now + o.wait if o.wait else None for o in outcomes],
                    tenant_id,
                    claim_id,
                ],
            )
            stored = {row[0] for row in cursor.fetchall()}
        outcomes = [o for o in outcomes if o.order.id in stored]
        give_back(tenant_id, outcomes)
        note_many(tenant_id, [timeline_row(o) for o in outcomes if is_news(o)], at=now)
    log.info("orders_stored", count=len(outcomes))


def is_news(outcome: Outcome) -> bool:
    """Not when it stays queued for the reason of its last attempt."""
    return outcome.status != OrderStatus.QUEUED or outcome.message != outcome.order.message


def give_back(tenant_id: UUID, outcomes: Sequence[Outcome]) -> None:
    """The bills of refused orders wait for approval again."""
    refused = [o.order.payable_id for o in outcomes if o.status == OrderStatus.REJECTED]
    if refused:
        Payable.objects.of(tenant_id).filter(id__in=refused, status=PayableStatus.SENT).update(
            status=PayableStatus.PENDING, hold=Payable.Hold.REFUSED, **NOT_APPROVED
        )


def timeline_row(outcome: Outcome) -> tuple[UUID, str, str, str]:
    if outcome.is_paid:
        text = f"Identificação no banco: {outcome.reference}."
        return outcome.order.payable_id, "No banco", text, Tone.INFO
    title, tone = {
        OrderStatus.AT_BANK: ("No banco, aguardando aprovação", Tone.INFO),
        OrderStatus.SCHEDULED: ("Agendada no banco", Tone.INFO),
        OrderStatus.REJECTED: ("Recusada pelo banco", Tone.BAD),
        OrderStatus.QUEUED: (NOT_YET, Tone.WARN),
        OrderStatus.UNKNOWN: (
            "Resposta do banco desconhecida: verificando, não será reenviada",
            Tone.BAD,
        ),
    }[outcome.status]
    text = outcome.message or (f"Identificação no banco: {outcome.reference}.")
    return outcome.order.payable_id, title, text, tone
