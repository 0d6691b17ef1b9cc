"""Send what is in the outbox: claimed in one short transaction, handed to the mail server outside
of any, stored in another.

A message whose answer was lost may have left: it is *não se sabe* and never repeated. A server that
is not there has nothing claimed for it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from smtplib import (
    SMTPDataError,
    SMTPException,
    SMTPRecipientsRefused,
    SMTPResponseException,
    SMTPServerDisconnected,
)
from typing import Any
from uuid import UUID

import structlog
from django.conf import settings
from django.core.mail import get_connection

from charges.dunning.addresses import (
    has_living_address,
    note_dead,
    note_delivered,
    note_failure,
)
from charges.dunning.claim import NOBODY_READS, claim_next, has_waiting
from charges.dunning.compose import Message
from charges.dunning.outbox import plan_outbox
from charges.issuing.claim import again
from charges.models import Charge, DunningStep, Reminder
from charges.timeline import Tone, note
from charges.transitions import lock_charge, require_look
from core import deadline
from core.clock import database_now
from core.text import read_line, shorten
from tenants.models import TenantQuerySet
from tenants.scope import tenant_scope

Kind = DunningStep.Kind
Status = Reminder.Status
TRY_AGAIN = timedelta(minutes=30)
SERVER_SECONDS = 20
# What the server refused for a time leaves later, so often.
MOST_ATTEMPTS = 4
INTERRUPTED = "o envio foi interrompido antes da resposta do servidor de e-mail"
NOT_KNOWN = "o servidor de e-mail não respondeu: não será enviada de novo"

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Outcome:
    """`status` WAITING: certainly not sent, and tried again. `is_of_address`: the server speaks of
    the recipient, not of the message or of us."""

    status: Reminder.Status
    reason: str = ""
    is_of_address: bool = False


def work_outbox(tenant_id: UUID) -> int:
    """Plan and send all that may leave now. Returns how many messages left.

    Safe to run again, and at the same time from other workers. To be called outside of scopes.
    """
    abandon_stale_claims(tenant_id)
    plan_outbox(tenant_id)
    return send_outbox(tenant_id)


def send_outbox(tenant_id: UUID) -> int:
    if not has_waiting(tenant_id):
        return 0
    server, sent = open_server(), 0
    try:
        while not deadline.is_over():
            try:
                make_ready(server)
            except (SMTPException, OSError) as error:
                log.warning("mail_server_away", error=type(error).__name__)
                break  # nothing was claimed
            if (message := claim_next(tenant_id)) is None:
                break
            outcome = deliver(server, message)
            again(partial(store, message, outcome))
            if outcome.status == Status.UNKNOWN:
                close(server)
            elif outcome.status == Status.SENT:
                sent += 1
                send_copy(server, message)
    finally:
        close(server)
    return sent


def open_server() -> Any:
    return get_connection(timeout=SERVER_SECONDS)


def make_ready(server: Any) -> None:
    """A connection that was closed while it was idle is found before a message is claimed for it.

    Raises:
        SMTPException, OSError: the server is not there, or does not let us in.
    """
    session = getattr(server, "connection", None)
    if session is not None:
        try:
            if session.noop()[0] == 250:
                return
        except (SMTPException, OSError):
            pass
        close(server)
    server.open()


def close(server: Any) -> None:
    try:
        server.close()
    except (SMTPException, OSError):
        server.connection = None


def deliver(server: Any, message: Message) -> Outcome:
    """No transaction is open here."""
    try:
        count = server.send_messages([message.mail()])
    except SMTPRecipientsRefused as error:
        code, words = next(iter(error.recipients.values()), (550, b""))
        status = Status.REFUSED if code >= 500 else Status.WAITING
        return Outcome(status, said(code, words), is_of_address=True)
    except SMTPDataError as error:
        status = Status.REFUSED if error.smtp_code >= 500 else Status.WAITING
        return Outcome(status, said(error.smtp_code, error.smtp_error))
    except SMTPResponseException as error:  # of us, before any message: the sender, the sign-in
        return Outcome(Status.WAITING, said(error.smtp_code, error.smtp_error))
    except (SMTPServerDisconnected, SMTPException, OSError) as error:
        log.warning("mail_answer_lost", error=type(error).__name__)
        return Outcome(Status.UNKNOWN, NOT_KNOWN)
    return Outcome(Status.SENT) if count else Outcome(Status.WAITING, "o servidor não recebeu")


def said(code: int, words: bytes | str) -> str:
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    return shorten(read_line(f"{code} {text}"), 180)


def send_copy(server: Any, message: Message) -> None:
    """A copy that is lost is no reason to send anything again."""
    if not message.copy_to:
        return
    try:
        server.send_messages([message.copy()])
    except (SMTPException, OSError) as error:
        log.warning("mail_copy_lost", error=type(error).__name__)
        close(server)


def claimed(message: Message) -> TenantQuerySet:
    return Reminder.objects.of(message.tenant_id).filter(claim=message.claim, status=Status.SENDING)


def store(message: Message, outcome: Outcome) -> None:
    """Only what is still on its way under this claim is written."""
    with tenant_scope(message.tenant_id):
        charge_ids = claimed(message).order_by("charge_id").values_list("charge_id", flat=True)
        charges = {
            charge_id: lock_charge(Charge(id=charge_id, tenant_id=message.tenant_id))
            for charge_id in charge_ids
        }
        rows = list(
            claimed(message).select_for_update(no_key=True, of=("self",)).select_related(
                "step", "payer"
            ).order_by("id")
        )  # fmt: skip
        if not rows:
            return
        now = database_now()
        outcome = after_attempts(rows[0], outcome)
        if outcome.is_of_address:
            outcome = of_address(message, outcome)
        for row in rows:
            write(row, outcome, now)
            tell(charges[row.charge_id], row, outcome)
        if outcome.status == Status.SENT:
            note_delivered(message.tenant_id, message.to)
        elif outcome.status == Status.REFUSED and not has_living_address(rows[0].payer):
            for charge in charges.values():
                require_look(charge, NOBODY_READS)


def after_attempts(row: Reminder, outcome: Outcome) -> Outcome:
    if outcome.status == Status.WAITING and row.attempts + 1 >= MOST_ATTEMPTS:
        return Outcome(Status.REFUSED, outcome.reason, outcome.is_of_address)
    return outcome


def of_address(message: Message, outcome: Outcome) -> Outcome:
    """What the refusal says of the address; one that is dead by now is not tried again."""
    if outcome.status == Status.REFUSED:
        note_dead(message.tenant_id, message.to, outcome.reason)
        return outcome
    is_dead = note_failure(message.tenant_id, message.to, outcome.reason)
    return Outcome(Status.REFUSED, outcome.reason) if is_dead else outcome


def write(row: Reminder, outcome: Outcome, now: datetime) -> None:
    row.status, row.reason = outcome.status, outcome.reason
    row.attempts += 1
    if outcome.status == Status.WAITING:
        row.claim = row.claimed_at = row.lead = None
        row.wait_until = now + TRY_AGAIN
    else:
        row.done_at = now
    row.save(
        update_fields=["status", "reason", "attempts", "claim", "claimed_at", "lead", "wait_until",
                       "done_at"]
    )  # fmt: skip


def tell(charge: Charge, row: Reminder, outcome: Outcome) -> None:
    where = f"{row.label}, a {row.email}"
    match outcome.status:
        case Status.SENT:
            note(charge, title_of(row), f"{where}.", tone=Tone.OK)
        case Status.UNKNOWN:
            text = f"{where}: {outcome.reason}."
            note(charge, "Não se sabe se o lembrete saiu", text, tone=Tone.WARN)
        case Status.REFUSED:
            text = f"{where}: {outcome.reason}."
            note(charge, "Lembrete recusado pelo destino", text, tone=Tone.WARN)
        case Status.WAITING if row.attempts == 1:
            text = f"{where}: {outcome.reason}. Será tentado de novo."
            note(charge, "Lembrete ainda não saiu", text, tone=Tone.WARN)


def title_of(row: Reminder) -> str:
    """«1º lembrete enviado»: the mails of one step to several addresses are one reminder."""
    if row.step.kind == Kind.ISSUE:
        return "Cobrança enviada por e-mail"
    if row.step.kind == Kind.PAID:
        return "Recibo enviado por e-mail"
    sent = Reminder.objects.of(row.tenant_id).filter(
        charge=row.charge_id, status=Status.SENT, step__kind=Kind.DUE
    )
    steps = set(sent.values_list("step_id", "due_date"))
    return f"{len(steps)}º lembrete enviado"


def abandon_stale_claims(tenant_id: UUID) -> None:
    """Whoever was sending stored nothing in time: the message may have left."""
    lease = timedelta(seconds=settings.SEND_LEASE_SECONDS)
    with tenant_scope(tenant_id):
        now = database_now()
        stale = Reminder.objects.of(tenant_id).filter(
            status=Status.SENDING, claimed_at__lte=now - lease
        )
        for row in list(stale.order_by("charge_id", "id")):
            charge = lock_charge(Charge(id=row.charge_id, tenant_id=tenant_id))
            mine = Reminder.objects.of(tenant_id).filter(
                id=row.id, claim=row.claim, status=Status.SENDING
            )
            if mine.update(status=Status.UNKNOWN, reason=INTERRUPTED, done_at=now):
                tell(charge, row, Outcome(Status.UNKNOWN, INTERRUPTED))
