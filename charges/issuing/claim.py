"""Take slips from the queue to be issued, and store what came of each, under the claim."""

import time
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import structlog
from django.conf import settings
from django.db import IntegrityError, InterfaceError, OperationalError
from django.db import connection as database
from django.db.models import Q, QuerySet

from banking.banks import registry
from banking.banks.contract.charges import Charge as Reading
from banking.banks.contract.errors import (
    BankAccessDenied,
    BankError,
    BankOutcomeUnknown,
    BankRejected,
    BankUnavailable,
)
from banking.banks.contract.info import BankInfo, Capability
from banking.models import BankAccount, Connection
from brazil.banking_days import sao_paulo_day
from charges.models import Charge, Slip
from charges.slips.readings import NEWS, plain_status, take_in
from charges.states import SlipStatus
from charges.terms.check import rules_of
from charges.timeline import NOT_YET, UNKNOWN_ANSWER, Tone, note, note_many
from charges.transitions import lock_slip, move_slip, write_issued, write_slip_statuses
from core.clock import database_now
from core.lease import is_due
from core.text import shorten
from tenants.scope import tenant_scope

log = structlog.get_logger()

BATCH = 64
# Of a bank that cannot tell afterwards what it issued: a kill leaves no more in the dark.
SMALL_BATCH = 8
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


def batch_size(account: BankAccount) -> int:
    return BATCH if can_tell(registry.info(account.provider)) else SMALL_BATCH


def can_tell(info: BankInfo) -> bool:
    """Whether the bank tells of a slip whose answer was lost."""
    return info.idempotency_window is not None or Capability.LIST_CHARGES in info.capabilities


def claim_queued(account: BankAccount) -> list[Slip]:
    """Take the next slips of the queue. What is returned is committed as `issuing`.

    The account is held: of two workers the second counts what the first one took.
    """
    with tenant_scope(account.tenant_id):
        rows = BankAccount.objects.of(account.tenant_id).filter(id=account.id)
        rows.select_for_update(no_key=True).get()
        now = database_now()
        most = min(batch_size(account), free_rate(account, now))
        locked = queue_of(account, now).select_for_update(skip_locked=True, of=("self",))
        slips = list(locked[:most]) if most else []
        claim = {"claim": uuid4(), "claimed_at": now, "first_sent_at": now}
        mine = Slip.objects.of(account.tenant_id).filter(id__in=[slip.id for slip in slips])
        write_slip_statuses(mine, SlipStatus.ISSUING, **claim)
    for slip in slips:
        slip.bank_account = account
        slip.status = SlipStatus.ISSUING
        for name, value in claim.items():
            setattr(slip, name, value)
    return slips


Outcome = Reading | BankError


def store_all_surely(outcomes: Mapping[Slip, Outcome]) -> None:
    """What came of a batch: the usual outcomes in one transaction, the others each in its own."""
    stored: set[UUID] = set()
    usual = {slip: got for slip, got in outcomes.items() if isinstance(got, Reading)}
    if usual:
        try:
            again(lambda: stored.update(store_issued(usual)))
        except IntegrityError:  # one of them; each by itself says which
            stored.clear()
    for slip, outcome in outcomes.items():
        if slip.id not in stored:
            store_surely(slip, outcome)


def store_issued(issued: Mapping[Slip, Reading]) -> set[UUID]:
    """Store those that the bank has issued just as they were asked for, in few statements; the ids
    of those that were stored. As `record_issued` does it one by one."""
    one = next(iter(issued))
    with tenant_scope(one.tenant_id):
        now = database_now()
        readings = {
            slip.id: (slip, reading, status)
            for slip, reading in issued.items()
            if (status := plain_status(slip, reading, sao_paulo_day(now))) is not None
        }
        charges = Charge.objects.of(one.tenant_id).filter(
            id__in=[slip.charge_id for slip, _, _ in readings.values()]
        )
        held = charges.select_for_update(no_key=True).order_by("id")
        by_id = {charge.id: charge for charge in held}
        wait_until = now + timedelta(seconds=settings.ASK_AGAIN_SECONDS)
        stored = write_issued(one.tenant_id, one.claim, list(readings.values()), wait_until)
        bank = one.bank_account.bank_said
        rows: list[tuple[Charge, str, str, str]] = []
        for slip_id in sorted(stored):
            slip, _, status = readings[slip_id]
            title, tone = NEWS[status]
            rows.append((by_id[slip.charge_id], title, f"{bank.begins} emitiu.", tone))
        note_many(one.tenant_id, rows, by=None)
    return stored


def store_surely(slip: Slip, outcome: Outcome) -> None:
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


def store(slip: Slip, outcome: Outcome) -> None:
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
    take_in(slip, reading, source=f"{slip.bank_account.bank_said.begins} emitiu.")


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
    """It certainly did not get there: queued again, under the same key. One whose end was asked
    for meanwhile leaves no more. The caller holds it."""
    is_news = slip.message != why
    if slip.cancel_asked_at is not None:
        move_slip(slip, SlipStatus.QUEUED, wait_until=None)
        move_slip(slip, SlipStatus.WITHDRAWN, message=shorten(why, 300))
        note(slip.charge, "Não foi emitida", why, tone=Tone.PLAIN)
        return
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
