"""Take slips from the queue to be issued, and store what came of each, under the claim."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import uuid4

import structlog
from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.db import connection as database
from django.db.models import Q, QuerySet

from banking.banks.contract.charges import Charge as Reading
from banking.banks.contract.errors import (
    BankAccessDenied,
    BankError,
    BankOutcomeUnknown,
    BankRejected,
    BankUnavailable,
)
from banking.models import BankAccount, Connection
from charges.models import Slip
from charges.slips.readings import take_in
from charges.states import SlipStatus
from charges.terms.check import rules_of
from charges.timeline import NOT_YET, UNKNOWN_ANSWER, Tone, note
from charges.transitions import lock_slip, move_slip, write_slip_statuses
from core.clock import database_now
from core.lease import is_due
from core.text import shorten
from tenants.scope import tenant_scope

log = structlog.get_logger()

BATCH = 32
RETRY_AFTER = timedelta(minutes=1)
ASK_AFTER = timedelta(seconds=20)
# Seconds between the attempts to store what came of a slip, while the database is away.
STORE_AGAIN = (0.1, 0.5, 2.0, 8.0)
INTERRUPTED = "A emissão foi interrompida antes da resposta do banco."


def queue_of(account: BankAccount, now: datetime) -> QuerySet[Slip]:
    """What may leave now, that which falls due first in front."""
    queue: QuerySet[Slip] = (
        Slip.objects.of(account.tenant_id)
        .filter(is_due(now), bank_account=account, status=SlipStatus.QUEUED, cancel_asked_at=None)
        .filter(Q(batch=None) | Q(batch__paused_at=None))
        .filter(bank_account__connection__status=Connection.Status.ACTIVE)
        .filter(tenant__sending_locked_at=None)  # restored, and not released yet
    )
    return queue.order_by("due_date", "created_at", "id")


def free_rate(account: BankAccount, now: datetime) -> int:
    """How many more the bank takes in its period."""
    rules = rules_of(account)
    assert rules is not None  # it has charges in its queue
    sent = Slip.objects.of(account.tenant_id).filter(
        bank_account=account, first_sent_at__gt=now - rules.issue_period
    )
    return max(rules.issue_rate - sent.count(), 0)


def claim_queued(account: BankAccount) -> list[Slip]:
    """Take the next slips of the queue. What is returned is committed as `issuing`.

    The account is held: of two workers the second counts what the first one took.
    """
    with tenant_scope(account.tenant_id):
        rows = BankAccount.objects.of(account.tenant_id).filter(id=account.id)
        rows.select_for_update(no_key=True).get()
        now = database_now()
        most = min(BATCH, free_rate(account, now))
        locked = queue_of(account, now).select_for_update(skip_locked=True, of=("self",))
        slips = list(locked[:most]) if most else []
        claim = {"claim": uuid4(), "claimed_at": now, "first_sent_at": now}
        mine = Slip.objects.of(account.tenant_id).filter(id__in=[slip.id for slip in slips])
        write_slip_statuses(mine, SlipStatus.ISSUING, **claim)
    for slip in slips:
        slip.status = SlipStatus.ISSUING
        for name, value in claim.items():
            setattr(slip, name, value)
    return slips


def store_surely(slip: Slip, outcome: Reading | BankError) -> None:
    """Store, and again on a new connection when the database went away. What was stored, and its
    answer lost, is changed by nothing the second time."""
    again(lambda: store(slip, outcome))


def again(act: Callable[[], None]) -> None:
    for pause in STORE_AGAIN:
        try:
            act()
        except (OperationalError, InterfaceError):
            log.warning("store_again", exc_info=True)
            database.close()
            time.sleep(pause)
        else:
            return
    act()


def store(slip: Slip, outcome: Reading | BankError) -> None:
    """Only the holder of the claim writes. A slip that a sweep called `unknown` since then takes a
    late yes; a late no is not believed, because the bank has been asked again since."""
    with tenant_scope(slip.tenant_id):
        held = lock_slip(slip)
        if held.claim != slip.claim:
            return
        is_yes = not isinstance(outcome, BankError)
        if held.status != SlipStatus.ISSUING and not (is_yes and held.status == SlipStatus.UNKNOWN):
            return
        if isinstance(outcome, BankError):
            record_failure(held, outcome)
        else:
            record_issued(held, outcome)


def record_issued(slip: Slip, reading: Reading) -> None:
    """The bank has it. The caller holds it."""
    soon = database_now() + timedelta(seconds=settings.ASK_AGAIN_SECONDS)
    slip.wait_until, slip.message = soon, ""
    slip.save(update_fields=["wait_until", "message"])
    take_in(slip, reading, source=f"{slip.bank_account.bank_name} emitiu.")


def record_failure(slip: Slip, error: BankError) -> None:
    """By consequence: refused for good, certainly not sent, or unknown. The caller holds it."""
    message, now = sentence(error), database_now()
    match error:
        case BankRejected():
            move_slip(slip, SlipStatus.REFUSED, message=message, wait_until=None)
            note(slip.charge, "Recusada pelo banco", message, tone=Tone.BAD)
        case BankOutcomeUnknown():
            move_slip(slip, SlipStatus.UNKNOWN, message=message, wait_until=now + ASK_AFTER)
            note(slip.charge, UNKNOWN_ANSWER, message, tone=Tone.BAD)
        case BankUnavailable() | BankAccessDenied():
            seconds = getattr(error, "retry_after", None)
            wait = timedelta(seconds=seconds) if seconds else RETRY_AFTER
            requeue(slip, message, wait_until=now + wait)
        case _:
            raise error


def requeue(slip: Slip, why: str, *, wait_until: datetime | None = None) -> None:
    """It certainly did not get there: queued again, under the same key. The caller holds it."""
    is_news = slip.message != why
    move_slip(
        slip,
        SlipStatus.QUEUED,
        message=shorten(why, 300),
        wait_until=wait_until,
        first_sent_at=None,
        absent_since=None,
        seen="",
    )
    if is_news:
        note(slip.charge, NOT_YET, why, tone=Tone.WARN)


def abandon_stale_claims(account: BankAccount, now: datetime) -> None:
    """A claim whose holder stored nothing in time: the bank may have it."""
    lease = timedelta(seconds=settings.SEND_LEASE_SECONDS)
    stale = Slip.objects.of(account.tenant_id).filter(
        bank_account=account, status=SlipStatus.ISSUING, claimed_at__lte=now - lease
    )
    for slip in list(stale.order_by("id")):
        held = lock_slip(slip)
        if held.status == SlipStatus.ISSUING and held.claim == slip.claim:
            move_slip(held, SlipStatus.UNKNOWN, message=INTERRUPTED, wait_until=None)
            note(held.charge, UNKNOWN_ANSWER, INTERRUPTED, tone=Tone.BAD)


def sentence(error: BankError) -> str:
    return shorten(error.with_reason(), 300)
