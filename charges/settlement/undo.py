"""Take back what a person registered as received: the charge is owed again."""

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from accounts.chart.reclassify import standing
from accounts.journal.entries import hold_entry, reverse_entry
from audit.acts import Act
from audit.services import record
from charges.drafts.draft import particulars, require_enterer
from charges.models import AdvanceUse, Charge, Refund, Settlement, Slip
from charges.settlement.split import ZERO, reais
from charges.states import COUNTED_REFUNDS, ChargeStatus, RefundStatus, SlipStatus
from charges.timeline import Tone, note
from charges.transitions import BY_SLIP, lock_charge, reopen_charge
from core.clock import database_now
from core.errors import InvalidInput, InvalidState
from core.text import read_line
from tenants.models import Membership


@transaction.atomic
def undo_received(settlement: Settlement, *, by: Membership, why: str) -> Charge:
    """Its entry is reversed on its own day, and its bank line stands for nothing again; other
    payments of the charge stay as they are. A slip that was taken back for it stays ended.

    Runs inside the company's scope.

    Raises:
        InvalidInput: (field `why`) no reason was given.
        InvalidState: (code `stands`) the bank told it, or something later rests on it.
        NotAllowed: `by` does not work on charges.
    """
    require_enterer(by)
    if not read_line(why):
        raise InvalidInput("Informe por que o recebimento é desfeito.", field="why")
    charge = lock_charge(Charge(id=settlement.charge_id, tenant_id=settlement.tenant_id))
    rows = Settlement.objects.ever(settlement.tenant_id).select_related("entry")
    held: Settlement = rows.get(id=settlement.id)
    held.charge = charge
    if sentence := why_not_undone(held):
        raise InvalidState(sentence, code="stands")
    before = particulars(charge)
    assert held.entry is not None  # why_not_undone
    entry = standing(held.entry)
    hold_entry(entry)
    if entry.reversal is None:
        reverse_entry(entry, by=by.user, date=entry.date, why=why)
    held.undone_at, held.undone_by = database_now(), by.user
    held.save(update_fields=["undone_at", "undone_by"])
    reopen(charge, held)
    text = f"{reais(held.received or held.withheld)} de {held.posted_on:%d/%m/%Y}. {why}"
    note(charge, "Recebimento desfeito", text, tone=Tone.WARN, by=by.user)
    record(
        Act.RECEIPT_UNDONE,
        on=charge,
        by=by.user,
        why=why,
        before=before,
        after={"Passa a": ChargeStatus(charge.status).label, "Em aberto": reais(charge.rest)},
    )
    return charge


def why_not_undone(settlement: Settlement) -> str:
    """Why a payment is not taken back, in a Portuguese sentence; empty: it may be."""
    return why_each_stands([settlement]).get(settlement.id, "")


def why_each_stands(settlements: Sequence[Settlement]) -> dict[UUID, str]:
    """As `why_not_undone`, of some of one company; those that may be taken back are not named. Two
    queries."""
    if not settlements:
        return {}
    tenant_id, ids = settlements[0].tenant_id, [each.id for each in settlements]
    refunds = Refund.objects.of(tenant_id).filter(settlement__in=ids, status__in=COUNTED_REFUNDS)
    uses = AdvanceUse.objects.of(tenant_id).filter(settlement__in=ids, ended_at=None)
    refunded = set(refunds.values_list("settlement_id", flat=True))
    used = set(uses.values_list("settlement_id", flat=True))
    told = (
        (each.id, sentence_of(each, each.id in refunded, each.id in used)) for each in settlements
    )
    return {settlement: sentence for settlement, sentence in told if sentence}


def sentence_of(settlement: Settlement, is_refunded: bool, is_used: bool) -> str:
    charge = settlement.charge
    if settlement.undone_at is not None:
        return "Este recebimento já foi desfeito."
    if settlement.registered_by_id is None and not settlement.is_of_line:
        return "O banco informou este recebimento: o que voltou é registrado como devolução."
    if settlement.entry_id is None:
        return "Diga antes o que fazer com o recebimento retido."
    if settlement.way == Settlement.Way.ADVANCE:
        return "Esta parte foi paga com um adiantamento: desfaça o uso dele."
    if is_refunded:
        return f"Há uma devolução do recebimento de «{charge}»: ela vem antes."
    if is_used:
        return f"O que «{charge}» recebeu a mais foi usado em outra cobrança: isso vem antes."
    if charge.waived:
        return f"O resto de «{charge}» foi dispensado depois deste recebimento."
    if charge.replaced_by_id is not None:
        return f"O resto de «{charge}» foi renegociado depois deste recebimento."
    return ""


def reopen(charge: Charge, undone: Settlement) -> None:
    """What the charge is without a payment that was just undone."""
    charge.settled -= undone.principal
    # What was kept open is a part of the whole debt again, unless it was all that this one paid.
    late = charge.late_rest + undone.fine + undone.interest
    charge.late_rest = ZERO if charge.principal_rest else late
    others = Settlement.objects.of(charge.tenant_id).filter(charge=charge, entry__isnull=False)
    paid_on = others.aggregate(day=Max("posted_on"))["day"]
    is_part = charge.settled > 0  # nothing is late of what is owed wholly
    reopen_charge(
        charge,
        ChargeStatus.PARTLY_PAID if is_part else before_money(charge),
        settled=charge.settled,
        late_rest=charge.late_rest,
        paid_on=paid_on,
        paid_after=charge.paid_after if is_part else "",
    )


def before_money(charge: Charge) -> ChargeStatus:
    """What it was, or would have become, if nothing had come."""
    if charge.paid_after == Charge.PaidAfter.CANCELLATION:
        return ChargeStatus.CANCELLED
    refunds = Refund.objects.of(charge.tenant_id).filter(charge=charge)
    if refunds.filter(status=RefundStatus.DONE).exists():
        return ChargeStatus.RETURNED
    slips = Slip.objects.of(charge.tenant_id).filter(charge=charge)
    newest = slips.exclude(status=SlipStatus.WITHDRAWN).order_by("-created_at", "-id").first()
    return BY_SLIP[SlipStatus(newest.status)] if newest is not None else ChargeStatus.DRAFT
