"""How refunds move from state to state. Nothing else writes their statuses.

Whoever holds both takes the charge first, as charges/transitions.py does.
"""

from charges.models import Charge, Refund, Settlement
from charges.states import HERE_REFUNDS, REFUND_MOVES, RefundStatus
from charges.terms.check import reais
from charges.timeline import Tone, note
from charges.transitions import lock_charge
from core.errors import InvalidState


def lock_refund(refund: Refund) -> Refund:
    """The refund as it is now, held after its charge; charge, payment and accounts come along."""
    charge = lock_charge(Charge(id=refund.charge_id, tenant_id=refund.tenant_id))
    rows = Refund.objects.of(refund.tenant_id).select_related(
        "settlement__slip", "settlement__entry", "bank_account__connection", "asked_by"
    )
    held: Refund = rows.select_for_update(of=("self",), no_key=True).get(id=refund.id)
    held.charge = held.settlement.charge = charge
    return held


def lock_payment(settlement: Settlement) -> Settlement:
    """The payment as it is now, with its charge held."""
    charge = lock_charge(Charge(id=settlement.charge_id, tenant_id=settlement.tenant_id))
    rows = Settlement.objects.of(settlement.tenant_id)
    held: Settlement = rows.select_related("slip", "entry", "bank_account__connection").get(
        id=settlement.id
    )
    held.charge = charge
    return held


def move_refund(refund: Refund, status: RefundStatus, **changes: object) -> None:
    """Move a refund that the caller holds, and write the changes that come with it.

    Raises:
        InvalidState: REFUND_MOVES does not have the move.
    """
    if status != refund.status and status not in REFUND_MOVES[refund.status]:
        raise InvalidState(
            f"Esta devolução consta como «{refund.get_status_display().lower()}» e não pode passar "
            f"a «{status.label.lower()}».",
            code="move_refused",
        )
    refund.status = status
    for name, value in changes.items():
        setattr(refund, name, value)
    refund.save(update_fields=["status", *changes])


def make_room(settlement: Settlement, left: Refund | None, why: str) -> None:
    """Money of a payment went back by another way. What we have not sent yet of it does not leave
    any more: a person looks again. `left` is the one that did go, where it has a row already."""
    rows = Refund.objects.of(settlement.tenant_id).filter(
        settlement=settlement, status__in=HERE_REFUNDS
    )
    if left is not None:
        rows = rows.exclude(id=left.id)
    # All of them are held before one is written: see claim in charges/refunds/send.py.
    for refund in list(rows.select_for_update(of=("self",), no_key=True).order_by("id")):
        move_refund(refund, RefundStatus.WITHDRAWN, message=why)
        text = f"{reais(refund.amount)}. {why}"
        note(settlement.charge, "Devolução retirada", text, tone=Tone.WARN)
