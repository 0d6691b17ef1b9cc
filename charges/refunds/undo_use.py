"""Undo the use of an advance on another charge: what it paid is owed again, and the advance is the
payer's. An entry of its own on its own day, as a refund has; no money moves.
"""

from decimal import Decimal

from audit.acts import Act
from audit.services import record
from brazil.banking_days import sao_paulo_day
from charges.drafts.draft import particulars, require_enterer
from charges.exceptional import request_of, require_unchanged
from charges.models import AdvanceUse, Charge, Refund, Settlement
from charges.refunds.advances import lock_in_order
from charges.refunds.post import post, take_from
from charges.refunds.transitions import lock_payment
from charges.states import COUNTED_REFUNDS, ChargeStatus, RefundStatus
from charges.terms.check import reais
from charges.timeline import Tone, note
from charges.transitions import live_slip, lock_charge, move_charge
from core.clock import database_now
from core.errors import InvalidState
from core.text import shorten
from people.exceptional_acts import Kind, propose
from people.models import ExceptionalAct
from tenants.models import Membership

ZERO = Decimal("0.00")
UNDONE = "Uso de adiantamento desfeito"


def undo_use(use: AdvanceUse, *, by: Membership, why: str) -> ExceptionalAct:
    """Above the company's limit it waits for a second person (`is_waiting`), as the use did.

    Raises:
        InvalidInput: (field `why`) no reason was given.
        InvalidState: (code `stands_on_it`) something later stands on it, and what; (code
            `already_asked`) the same waits already.
        NotAllowed: `by` does not work on charges.
    """
    require_enterer(by)
    found = use_of(by, use)
    require_last(found)
    target = paid_charge(found)
    request = request_of(
        target,
        amount=found.amount,
        title=f"{KIND.label}: {reais(found.amount)} de {target.payer}",
        why=why,
        effect={
            "Adiantamento": f"{reais(found.amount)} voltam a ser do pagador",
            "Cobrança": f"{target}: {reais(found.amount)} são devidos de novo",
        },
        value={"use": str(found.id)},
    )
    return propose(KIND, request, by=by)


def apply_undo(act: ExceptionalAct, by: Membership) -> None:
    require_enterer(by)
    use = use_of(by, AdvanceUse(id=act.value["use"], tenant_id=act.tenant_id))
    lock_in_order(use.settlement, paid_charge(use))
    use = use_of(by, use)
    payment = lock_payment(payment_of(use))
    require_unchanged(payment.charge, act)
    require_last(use)
    source = lock_charge(use.settlement.charge)
    take_back(payment, act, by)
    AdvanceUse.objects.of(use.tenant_id).filter(id=use.id).update(ended_at=database_now())
    say_undone(use, source, payment.charge, by, act.why)


KIND = Kind("advance_undone", UNDONE, apply_undo)


def use_of(by: Membership, use: AdvanceUse) -> AdvanceUse:
    """As it is now."""
    rows = AdvanceUse.objects.of(by.tenant_id).select_related(
        "settlement__charge", "became__charge__payer", "became__charge__created_by"
    )
    found: AdvanceUse = rows.get(id=use.id)
    return found


def payment_of(use: AdvanceUse) -> Settlement:
    assert use.became is not None
    return use.became


def paid_charge(use: AdvanceUse) -> Charge:
    return payment_of(use).charge


def require_last(use: AdvanceUse) -> None:
    """
    Raises:
        InvalidState: (code `stands_on_it`)
    """
    if why := why_stays(use):
        raise InvalidState(why, code="stands_on_it")


def why_stays(use: AdvanceUse) -> str:
    """What stands on the use of an advance; empty when nothing does."""
    if use.ended_at is not None or use.became is None:
        return "O uso deste adiantamento já foi desfeito."
    payment, charge = use.became, use.became.charge
    if payment.entry_id is None:
        return "Diga antes o que fazer com o recebimento retido."
    if charge.replaced_by_id is not None:
        return "A outra cobrança está em uma renegociação."
    if charge.waived:
        return "O resto da outra cobrança foi dispensado: o que ela vale já foi decidido."
    if payment.discount:
        return "A outra cobrança foi quitada com desconto, que já está contabilizado."
    others = Settlement.objects.of(use.tenant_id).filter(charge=charge).exclude(id=payment.id)
    if others.filter(created_at__gte=payment.created_at).exists():
        return "Outro pagamento entrou depois na outra cobrança."
    gone = Refund.objects.of(use.tenant_id).filter(charge=charge, status__in=COUNTED_REFUNDS)
    # What had gone back by then was owed again when the advance was used.
    if gone.exclude(status=RefundStatus.DONE, created_at__lt=payment.created_at).exists():
        return "Houve uma devolução na outra cobrança."
    slip = live_slip(charge)
    if slip is not None and slip.cancel_asked_at is None:
        return "Um boleto foi emitido depois para a outra cobrança: cancele-o antes."
    return ""


def take_back(payment: Settlement, act: ExceptionalAct, by: Membership) -> Refund:
    """Its entry, and what becomes of the charge, which the caller holds."""
    charge = payment.charge
    refund: Refund = Refund(
        tenant_id=payment.tenant_id,
        charge=charge,
        settlement=payment,
        kind=Refund.Kind.UNDONE,
        debt=Refund.Debt.OWED,
        status=RefundStatus.DONE,
        amount=payment.received,
        principal=payment.principal,
        late=payment.fine + payment.interest,
        excess=payment.excess,
        overdrawn=ZERO,
        reason=shorten(act.why, 200),
        asked_by=by.user,
        done_on=sao_paulo_day(database_now()),
    )
    refund.entry = post(refund, is_provisional=False)
    refund.save(force_insert=True)
    if refund.principal:
        # Its value is owed again, with fine and interest by its own terms.
        charge.late_rest = ZERO
        take_from(charge, refund)
    else:
        owed = charge.late_rest + refund.late
        move_charge(charge, ChargeStatus.PARTLY_PAID, late_rest=owed)
    return refund


def say_undone(use: AdvanceUse, source: Charge, target: Charge, by: Membership, why: str) -> None:
    amount = reais(use.amount)
    text = f"{amount} voltam a ser adiantamento do pagador. {why}"
    note(source, UNDONE, text, tone=Tone.INFO, by=by.user)
    text = f"{amount} do adiantamento são devidos de novo. {why}"
    note(target, UNDONE, text, tone=Tone.WARN, by=by.user)
    record(
        Act.ADVANCE_UNDONE,
        on=target,
        by=by.user,
        why=why,
        before={"Adiantamento usado": amount},
        after=particulars(target),
    )
