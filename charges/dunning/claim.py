"""Take the next message from the outbox: what it would say is asked of the charge under its lock,
right before it leaves, and what falls together on a day is one message."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from brazil.banking_days import sao_paulo_day
from charges.dunning.addresses import has_living_address
from charges.dunning.compose import Message, compose
from charges.dunning.outbox import hold_dunning, withdraw_waiting
from charges.dunning.reasons import Fate, fate_of
from charges.dunning.schedule import is_open, next_day_opening
from charges.models import Charge, Dunning, DunningStep, Reminder
from charges.timeline import note
from charges.transitions import lock_charge, require_look
from core.clock import database_now
from core.dates import clock
from core.lease import is_due
from tenants.models import Tenant, TenantQuerySet
from tenants.scope import tenant_scope

Kind = DunningStep.Kind
Status = Reminder.Status
HOUR = timedelta(hours=1)
# Mails that left, or may have.
LEFT = (Status.SENDING, Status.SENT, Status.UNKNOWN)
NOBODY_READS = (
    "Nenhum e-mail deste pagador recebe mensagens: corrija o cadastro ou avise de outro modo."
)


@dataclass(frozen=True, slots=True)
class Due:
    """A mail that may leave now, and its charge as it is, held."""

    reminder: Reminder
    charge: Charge

    @property
    def urgency(self) -> tuple[int, int]:
        """Of several, the one that speaks: overdue first, then due, new and paid ones."""
        step = self.reminder.step
        rank = {Kind.DUE: 2, Kind.ISSUE: 1, Kind.PAID: 0}[Kind(step.kind)]
        return rank, step.days

    @property
    def is_new(self) -> bool:
        return self.reminder.step.kind == Kind.ISSUE


def claim_next(tenant_id: UUID) -> Message | None:
    """The next message, committed as on its way. None: nothing may leave now.

    To be called outside of scopes. What may not leave is written off payer by payer, so no more
    charges are held than those of one.
    """
    is_over, message = False, None
    while message is None and not is_over:
        is_over, message = claim_of_next_payer(tenant_id)
    return message


def claim_of_next_payer(tenant_id: UUID) -> tuple[bool, Message | None]:
    """Whether nothing may leave any more, and the message. The company is held: of two workers the
    second counts what the first one took."""
    with tenant_scope(tenant_id):
        dunning, now = hold_dunning(tenant_id), database_now()
        if dunning is not None and not dunning.is_on:
            withdraw_waiting(tenant_id, "a régua foi desligada")
        if dunning is None or not may_send(dunning, now):
            return True, None
        first = next_waiting(tenant_id, now)
        if first is None:
            return True, None
        due = look_again(waiting_beside(first, now), now)
        return False, take(dunning, due, now) if due else None


def may_send(dunning: Dunning, now: datetime) -> bool:
    tenant = Tenant.objects.get(id=dunning.tenant_id)
    if not dunning.is_on or tenant.sending_locked_at is not None or not is_open(now):
        return False
    claimed = Reminder.objects.of(dunning.tenant_id).filter(lead=None, claimed_at__gt=now - HOUR)
    return claimed.count() < dunning.hourly_rate


def waiting(tenant_id: UUID, now: datetime) -> TenantQuerySet:
    return Reminder.objects.of(tenant_id).filter(is_due(now), status=Status.WAITING)


def has_waiting(tenant_id: UUID) -> bool:
    """Whether there is a reason to call the mail server."""
    with tenant_scope(tenant_id):
        now = database_now()
        return is_open(now) and waiting(tenant_id, now).exists()


def next_waiting(tenant_id: UUID, now: datetime) -> Reminder | None:
    first: Reminder | None = waiting(tenant_id, now).order_by("made_at", "id").first()
    return first


def waiting_beside(first: Reminder, now: datetime) -> list[Reminder]:
    """All that waits for the same address of the same payer."""
    rows = waiting(first.tenant_id, now).filter(email=first.email, payer=first.payer_id)
    return list(rows.select_related("step", "payer").order_by("charge_id", "id"))


def look_again(reminders: Sequence[Reminder], now: datetime) -> list[Due]:
    """Those that may leave; the others say why not. Each charge is held from here on."""
    due, held = [], {}
    for reminder in reminders:  # in the order of their charges
        if reminder.charge_id not in held:
            held[reminder.charge_id] = lock_charge(
                Charge(id=reminder.charge_id, tenant_id=reminder.tenant_id)
            )
        charge = held[reminder.charge_id]
        fate = fate_of(reminder, charge, now)
        if fate.may_leave:
            due.append(Due(reminder, charge))
        else:
            put_off(reminder, fate, now, charge)
    return due


def put_off(reminder: Reminder, fate: Fate, now: datetime, charge: Charge) -> None:
    if fate.waits:
        wait(reminder, next_day_opening(now), fate.reason)
        return
    end(reminder, Status.NOT_SENT, fate.reason, now)
    note(charge, "Lembrete não enviado", f"{reminder.label}, {reminder.email}: {fate.reason}.")
    if fate.is_of_address and not has_living_address(reminder.payer):
        require_look(charge, NOBODY_READS)


def take(dunning: Dunning, due: Sequence[Due], now: datetime) -> Message | None:
    """One message of all that may leave, unless one left today already."""
    earlier = left_today(due[0].reminder, now)
    if earlier is not None:
        give_way_to(earlier, due, now)
        return None
    speaking = one_per_charge(due, now)
    speaking.sort(key=lambda each: (each.urgency, -each.charge.due_date.toordinal()), reverse=True)
    message = compose(dunning, [(each.reminder, each.charge) for each in speaking], now)
    claim, lead = uuid4(), speaking[0].reminder
    for each in speaking:
        reminder = each.reminder
        reminder.status, reminder.claim, reminder.claimed_at = Status.SENDING, claim, now
        reminder.lead = None if reminder.id == lead.id else lead
        reminder.reason = ""
    lead.subject, lead.text, lead.amount = message.subject, message.kept_text, message.total
    Reminder.objects.bulk_update(
        [each.reminder for each in speaking],
        ["status", "claim", "claimed_at", "lead", "reason", "subject", "text", "amount"],
    )
    message.claim = claim
    return message


def left_today(reminder: Reminder, now: datetime) -> Reminder | None:
    since = now - timedelta(days=1)
    rows = Reminder.objects.of(reminder.tenant_id).filter(
        payer=reminder.payer_id, email=reminder.email, lead=None, status__in=LEFT,
        claimed_at__gt=since,
    )  # fmt: skip
    for row in rows.order_by("-claimed_at"):
        assert row.claimed_at is not None  # by the filter
        if sao_paulo_day(row.claimed_at) == sao_paulo_day(now):
            found: Reminder = row
            return found
    return None


def give_way_to(earlier: Reminder, due: Sequence[Due], now: datetime) -> None:
    """What speaks of a day has had it; what tells news waits for the next day."""
    assert earlier.claimed_at is not None  # it left
    why = f"um e-mail por dia: outro saiu às {clock(earlier.claimed_at)}"
    for each in due:
        if each.reminder.step.kind == Kind.DUE:
            end(each.reminder, Status.GAVE_WAY, why, now)
        else:
            wait(each.reminder, next_day_opening(now), why)


def one_per_charge(due: Sequence[Due], now: datetime) -> list[Due]:
    """Of several steps of one charge the last one speaks; a new one is told as new."""
    best: dict[UUID, Due] = {}
    for each in sorted(due, key=lambda each: (each.is_new, each.urgency)):
        best[each.charge.id] = each
    for each in due:
        speaks = best[each.charge.id]
        if each is not speaks:
            label = speaks.reminder.label.lower()
            end(each.reminder, Status.GAVE_WAY, f"no mesmo dia sai «{label}»", now)
    return list(best.values())


def wait(reminder: Reminder, until: datetime, why: str) -> None:
    reminder.wait_until, reminder.reason = until, why
    reminder.save(update_fields=["wait_until", "reason"])


def end(reminder: Reminder, status: Reminder.Status, why: str, now: datetime) -> None:
    reminder.status, reminder.reason, reminder.done_at = status, why, now
    reminder.save(update_fields=["status", "reason", "done_at"])
