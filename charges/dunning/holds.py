"""No reminders for a while: a person pauses them, or the payer promised to pay until a day."""

from datetime import date
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from audit.acts import Act
from audit.services import record
from brazil.banking_days import sao_paulo_day
from charges.drafts.draft import require_enterer
from charges.models import Charge, DunningHold
from charges.states import ChargeStatus
from charges.timeline import Tone, note
from charges.transitions import lock_charge
from core.clock import database_now
from core.errors import InvalidInput, InvalidState
from core.text import read_line, shorten
from parties.models import Payer
from tenants.models import Membership, TenantQuerySet

Kind = DunningHold.Kind
# A promise of later than that is another due date.
LONGEST_PROMISE = 90


@transaction.atomic
def hold_charge(
    charge: Charge, *, kind: str, until: date | None, by: Membership, why: str = ""
) -> DunningHold:
    """No reminders of this charge up to `until`, itself included; without it until further notice.
    One that was there before ends.

    Raises:
        InvalidInput: (field `until`) the day is past or too far, or a promise has none.
        InvalidState: (code `not_owed`) nothing is asked of it any more.
        NotAllowed: `by` does not work on charges.
    """
    require_enterer(by)
    check_day(kind, until)
    held = lock_charge(charge)
    if held.status in {ChargeStatus.PAID, ChargeStatus.CANCELLED}:
        raise InvalidState("Esta cobrança não tem mais lembretes.", code="not_owed")
    end_holds(holds_of_charge(held), by)
    made = DunningHold.objects.create(
        tenant_id=held.tenant_id, payer=held.payer, charge=held, kind=kind, until=until,
        why=shorten(read_line(why), 200), by=by.user,
    )  # fmt: skip
    title = "Promessa de pagamento" if kind == Kind.PROMISE else "Lembretes pausados"
    note(held, title, sentence(made), tone=Tone.INFO, by=by.user)
    record(Act.REMINDERS_HELD, on=held, by=by.user, why=why, after={title: words_until(until)})
    return made


@transaction.atomic
def release_charge(charge: Charge, *, by: Membership) -> None:
    """Reminders go on with the next step ahead.

    Raises:
        InvalidState: (code `not_held`) nothing holds them.
        NotAllowed: `by` does not work on charges.
    """
    require_enterer(by)
    held = lock_charge(charge)
    if not end_holds(holds_of_charge(held), by):
        raise InvalidState("Os lembretes desta cobrança não estão pausados.", code="not_held")
    note(held, "Lembretes retomados", "Seguem a partir do próximo passo.", by=by.user)
    record(Act.REMINDERS_RELEASED, on=held, by=by.user)


@transaction.atomic
def hold_payer(
    payer: Payer, *, kind: str, until: date | None, by: Membership, why: str = ""
) -> DunningHold:
    """As `hold_charge`, of all charges of a payer, those to come too.

    Raises:
        InvalidInput: (field `until`) as `hold_charge`.
        NotAllowed: `by` does not work on charges.
    """
    require_enterer(by)
    check_day(kind, until)
    Payer.objects.of(payer.tenant_id).select_for_update(no_key=True).get(id=payer.id)
    end_holds(holds_of_payer(payer), by)
    made = DunningHold.objects.create(
        tenant_id=payer.tenant_id, payer=payer, kind=kind, until=until,
        why=shorten(read_line(why), 200), by=by.user,
    )  # fmt: skip
    title = "Promessa de pagamento" if kind == Kind.PROMISE else "Lembretes pausados"
    record(Act.REMINDERS_HELD, on=payer, by=by.user, why=why, after={title: words_until(until)})
    return made


@transaction.atomic
def release_payer(payer: Payer, *, by: Membership) -> None:
    """
    Raises:
        InvalidState: (code `not_held`) nothing holds them.
        NotAllowed: `by` does not work on charges.
    """
    require_enterer(by)
    Payer.objects.of(payer.tenant_id).select_for_update(no_key=True).get(id=payer.id)
    if not end_holds(holds_of_payer(payer), by):
        raise InvalidState("Os lembretes deste pagador não estão pausados.", code="not_held")
    record(Act.REMINDERS_RELEASED, on=payer, by=by.user)


def check_day(kind: str, until: date | None) -> None:
    today = sao_paulo_day(database_now())
    if until is None:
        if kind == Kind.PROMISE:
            raise InvalidInput("Informe até quando o pagador promete pagar.", field="until")
        return
    if until < today:
        raise InvalidInput("Este dia já passou.", field="until")
    if (until - today).days > LONGEST_PROMISE:
        raise InvalidInput(
            f"No máximo {LONGEST_PROMISE} dias: depois disso, mude o vencimento da cobrança.",
            field="until",
        )


def holds_of_charge(charge: Charge) -> TenantQuerySet:
    return DunningHold.objects.of(charge.tenant_id).filter(charge=charge, ended_at=None)


def holds_of_payer(payer: Payer) -> TenantQuerySet:
    return DunningHold.objects.of(payer.tenant_id).filter(payer=payer, charge=None, ended_at=None)


def end_holds(holds: TenantQuerySet, by: Membership) -> int:
    count: int = holds.update(ended_at=database_now(), ended_by=by.user)
    return count


def active_hold(charge: Charge, today: date) -> DunningHold | None:
    """What keeps reminders of a charge back on a day: its own, else that of its payer."""
    found = active_holds(charge.tenant_id, today).filter(
        Q(charge=charge) | Q(charge=None, payer=charge.payer_id)
    )
    hold: DunningHold | None = found.order_by("charge").select_related("by").first()
    return hold


def active_holds(tenant_id: UUID, today: date) -> TenantQuerySet:
    holds = DunningHold.objects.of(tenant_id).filter(ended_at=None)
    return holds.filter(Q(until=None) | Q(until__gte=today))


def hold_of_payer(payer: Payer, today: date) -> DunningHold | None:
    found = active_holds(payer.tenant_id, today).filter(payer=payer, charge=None)
    hold: DunningHold | None = found.select_related("by").first()
    return hold


def sentence(hold: DunningHold) -> str:
    """«até 10/12/2026. Ligou na segunda.»"""
    words = words_until(hold.until)
    return f"{words[0].upper()}{words[1:]}.{f' {hold.why}' if hold.why else ''}"


def reason(hold: DunningHold) -> str:
    """Why a mail does not leave, for the log."""
    name = hold.by.display_name
    if hold.kind == Kind.PROMISE:
        return f"promessa de pagamento {words_until(hold.until)}, anotada por {name}"
    return f"pausada por {name}, {words_until(hold.until)}"


def words_until(until: date | None) -> str:
    return f"até {until:%d/%m/%Y}" if until else "até alguém retomar"
