"""Put into the outbox what is due: one row for each charge, step and address, once.

A day's steps are put there on that day, or after an outage on the first day on which mails leave
again; a step whose day was over before it was made, switched on or changed has none.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef

from brazil.banking_days import sao_paulo_day
from charges.dunning.schedule import is_open
from charges.models import (
    Charge,
    ChargeQuerySet,
    Dunning,
    DunningStep,
    Reminder,
    Settlement,
    Slip,
)
from charges.states import OWED, ChargeStatus, SlipStatus
from core.clock import database_now
from parties.models import PayerEmail
from tenants.models import Tenant
from tenants.scope import across_tenants, tenant_scope

Kind = DunningStep.Kind
Status = Reminder.Status
ONE_DAY = timedelta(days=1)
# An issue or a payment that nobody was told of for so long is no news any more.
NEWS_LASTS = timedelta(days=7)


def companies_with_ladder() -> list[UUID]:
    """Those with mails to payers switched on, or with some on their way."""
    with across_tenants():
        on = set(Dunning.objects.filter(is_on=True).values_list("tenant_id", flat=True))
        sending = Reminder.objects.filter(status=Status.SENDING)
        return sorted(on | set(sending.values_list("tenant_id", flat=True).distinct()))


def plan_outbox(tenant_id: UUID) -> int:
    """Returns how many rows are new. Safe to run again, and from several workers."""
    now = database_now()
    with tenant_scope(tenant_id):
        dunning = hold_dunning(tenant_id)
        if dunning is None or not dunning.is_on:
            return 0
        if Tenant.objects.filter(id=tenant_id, sending_locked_at__isnull=False).exists():
            let_pass(dunning, now)
            return 0
        if not is_open(now):
            return 0
        rows = list(rows_of(dunning, now))
        made = Reminder.objects.bulk_create(rows, ignore_conflicts=True)
        if dunning.planned_until != sao_paulo_day(now):
            dunning.planned_until = sao_paulo_day(now)
            dunning.save(update_fields=["planned_until"])
    return len(made)


def hold_dunning(tenant_id: UUID) -> Dunning | None:
    """One worker at a time plans and claims for a company; none of them calls a mail server
    meanwhile."""
    rows = Dunning.objects.of(tenant_id).select_for_update(no_key=True)
    held: Dunning | None = rows.first()
    return held


def let_pass(dunning: Dunning, now: datetime) -> None:
    """The database was restored: what was mailed since the backup is not in it. What falls into
    the time until an admin releases is not mailed at all, rather than twice."""
    withdraw_waiting(dunning.tenant_id, "o banco de dados foi restaurado")
    dunning.planned_until, dunning.events_from = sao_paulo_day(now), now
    dunning.save(update_fields=["planned_until", "events_from"])


def withdraw_waiting(tenant_id: UUID, why: str) -> int:
    waiting = Reminder.objects.of(tenant_id).filter(status=Status.WAITING)
    count: int = waiting.update(status=Status.NOT_SENT, reason=why, done_at=database_now())
    return count


def rows_of(dunning: Dunning, now: datetime) -> Iterator[Reminder]:
    steps = DunningStep.objects.of(dunning.tenant_id).filter(is_on=True, archived_at=None)
    for step in steps:
        charges = charges_of(step, dunning, now)
        yield from reminders(step, charges, now)


def charges_of(step: DunningStep, dunning: Dunning, now: datetime) -> ChargeQuerySet:
    """Those about which the step has something to say now."""
    assert dunning.events_from is not None  # it is on
    since = max(dunning.events_from, step.valid_from, now - NEWS_LASTS)
    match step.kind:
        case Kind.ISSUE:
            return issued_since(step, since)
        case Kind.PAID:
            return paid_since(step, since)
    return due_charges(step, dunning, now)


def issued_since(step: DunningStep, since: datetime) -> ChargeQuerySet:
    """Shown by its bank as registered, and issued by us: of what was issued in the bank's own app
    the bank tells."""
    slips = Slip.objects.of(step.tenant_id).filter(
        charge=OuterRef("id"), status=SlipStatus.OPEN, fault="", created_at__gt=since,
        content__has_key="forms",
    )  # fmt: skip
    charges = Charge.objects.of(step.tenant_id).filter(status=ChargeStatus.OPEN)
    return untold(step, charges.filter(Exists(slips)))


def paid_since(step: DunningStep, since: datetime) -> ChargeQuerySet:
    came = Settlement.objects.of(step.tenant_id).filter(
        charge=OuterRef("id"), entry__isnull=False, created_at__gt=since
    )
    charges = Charge.objects.of(step.tenant_id).filter(
        status=ChargeStatus.PAID,
        paid_on__gte=sao_paulo_day(since) - 3 * NEWS_LASTS,  # for the index of payments
    )
    charges = charges.exclude(paid_after=Charge.PaidAfter.CANCELLATION)
    return untold(step, charges.filter(Exists(came)))


def due_charges(step: DunningStep, dunning: Dunning, now: datetime) -> ChargeQuerySet:
    """Whose day of the step came since the last one that was planned."""
    assert dunning.planned_until is not None  # it is on
    first = max(dunning.planned_until, sao_paulo_day(step.valid_from)) + ONE_DAY
    days = timedelta(days=step.days)
    charges = Charge.objects.of(step.tenant_id).filter(
        status__in=OWED, due_date__range=(first - days, sao_paulo_day(now) - days)
    )
    return untold(step, charges)


def untold(step: DunningStep, charges: ChargeQuerySet) -> ChargeQuerySet:
    told = Reminder.objects.of(step.tenant_id).filter(
        charge=OuterRef("id"), step=step, due_date=OuterRef("due_date")
    )
    return charges.exclude(Exists(told))


def reminders(step: DunningStep, charges: ChargeQuerySet, now: datetime) -> Iterable[Reminder]:
    """To each address of each payer."""
    found = list(charges.order_by("due_date", "id"))
    addresses: dict[UUID, list[str]] = {}
    emails = PayerEmail.objects.of(step.tenant_id).filter(
        payer__in={charge.payer_id for charge in found}
    )
    for payer_id, email in emails.order_by("position").values_list("payer_id", "email"):
        addresses.setdefault(payer_id, []).append(email)
    for charge in found:
        for email in addresses.get(charge.payer_id, []):
            yield Reminder(
                tenant_id=step.tenant_id, charge=charge, payer_id=charge.payer_id, step=step,
                email=email, due_date=charge.due_date, label=step.label, made_at=now,
            )  # fmt: skip
