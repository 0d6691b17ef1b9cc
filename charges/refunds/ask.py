"""Ask that a payment goes back to whoever made it. It is money out: another person releases it."""

import json
from datetime import date
from decimal import Decimal
from itertools import count
from uuid import UUID, uuid5

from django.db import transaction

from audit.acts import Act
from audit.services import record
from banking.banks import registry
from banking.banks.contract.info import Capability
from brazil.banking_days import sao_paulo_day
from charges.drafts.draft import particulars, read_money, read_text, require_enterer
from charges.models import Refund, Settlement
from charges.models.refund import REASON_LENGTH
from charges.refunds.parts import left_of
from charges.refunds.transitions import lock_payment, lock_refund, move_refund
from charges.states import HERE_REFUNDS, RefundStatus
from charges.terms.check import reais, rules_of
from charges.timeline import Tone, note
from core.clock import database_now
from core.errors import InvalidInput, InvalidState, NotAllowed
from tenants.models import Membership

ASKED = "Devolução pedida"


@transaction.atomic
def ask_refund(
    settlement: Settlement, *, by: Membership, amount: Decimal, debt: str, why: str
) -> Refund:
    """`amount` of a payment is to go back; nothing leaves until another person releases it.

    Raises:
        InvalidInput: (its `field` named) more than is left, or no reason.
        InvalidState: (code `not_by_bank`) its bank does not give it back through us.
        NotAllowed: `by` does not work on charges.
    """
    require_enterer(by)
    held = lock_payment(settlement)
    if sentence := why_not_by_bank(held, sao_paulo_day(database_now())):
        raise InvalidState(sentence, code="not_by_bank")
    left = left_of(held)
    amount = read_amount(amount, left.total)
    refund = Refund(
        tenant_id=held.tenant_id,
        charge=held.charge,
        settlement=held,
        bank_account=held.bank_account,
        kind=Refund.Kind.OURS,
        debt=read_debt(debt),
        status=RefundStatus.WAITING,
        amount=amount,
        reason=read_text(why, "why", REASON_LENGTH, is_required=True),
        asked_by=by.user,
        **parts_of(left.split(amount)),
    )
    refund.save(force_insert=True)
    text = f"{reais(amount)} a {held.charge.payer}. {refund.reason}"
    note(held.charge, ASKED, text, tone=Tone.INFO, by=by.user)
    record_refund(Act.REFUND_ASKED, refund, by)
    return refund


@transaction.atomic
def withdraw_refund(refund: Refund, *, by: Membership, why: str) -> Refund:
    """Whoever asked takes it back, or an approver refuses it, while nothing of it has left.

    Raises:
        InvalidState: (code `not_here`) it has left, or is over.
        NotAllowed: `by` neither works on charges nor approves.
    """
    if not (by.can_enter or by.can_approve):
        raise NotAllowed("Seu papel nesta empresa não decide devoluções.", code="wrong_role")
    held = lock_refund(refund)
    if held.status not in HERE_REFUNDS:
        words = held.get_status_display().lower()
        raise InvalidState(f"Esta devolução consta como «{words}».", code="not_here")
    why = read_text(why, "why", REASON_LENGTH, is_required=True)
    move_refund(held, RefundStatus.WITHDRAWN, message=why, ended_by=by.user)
    text = f"{reais(held.amount)}. {why}"
    note(held.charge, "Devolução não liberada", text, tone=Tone.WARN, by=by.user)
    record_refund(Act.REFUND_WITHDRAWN, held, by, why=why)
    return held


def why_not_by_bank(settlement: Settlement, today: date) -> str:
    """Why a payment does not go back through us, and what to do, in Portuguese; empty: it may."""
    account, slip = settlement.bank_account, settlement.slip
    if settlement.entry_id is None:
        return "Diga antes o que fazer com o recebimento retido."
    if settlement.way == Settlement.Way.ADVANCE:
        return "Esta parte foi paga com um adiantamento: nada entrou aqui que possa voltar."
    if account is None:
        return "Foi recebida em dinheiro: devolva ao pagador e registre a devolução."
    rules, bank = rules_of(account), account.bank_said
    if (
        rules is None
        or Capability.REFUND_CHARGE not in registry.info(account.provider).capabilities
    ):
        return (
            f"Nenhuma devolução sai {bank.of} por aqui. Devolva pelo aplicativo do banco, no "
            "próprio recebimento; depois registre a devolução com a saída do extrato."
        )
    if slip is None or settlement.way != Settlement.Way.PIX or not slip.reference:
        return (
            f"{bank.begins} só devolve o que veio por Pix da cobrança. Pague ao pagador de "
            "outro modo e registre a devolução com a saída do extrato."
        )
    if rules.refund_within is not None and today > settlement.paid_on + rules.refund_within:
        days = rules.refund_within.days
        return (
            f"{bank.begins} devolve até {days} dias depois do Pix. Pague ao pagador de outro modo."
        )
    if not account.is_connected:
        return f"O vínculo com {bank.the} foi desfeito: refaça-o para devolver por aqui."
    return ""


def read_amount(amount: Decimal, left: Decimal) -> Decimal:
    """
    Raises:
        InvalidInput: nothing, or more than is left of the payment.
    """
    amount = read_money(amount, "amount", "O valor")
    if not amount:
        raise InvalidInput("O valor precisa ser maior que zero.", field="amount")
    if amount > left:
        raise InvalidInput(
            f"Deste recebimento restam {reais(left)}.", field="amount", code="more_than_left"
        )
    return amount


def read_debt(debt: str) -> str:
    if debt not in Refund.Debt.values:
        raise InvalidInput("Diga se a cobrança continua devida.", field="debt")
    return debt


def parts_of(parts: object) -> dict[str, Decimal]:
    names = ("excess", "principal", "late", "overdrawn")
    return {name: getattr(parts, name) for name in names}


def refund_key(refund: Refund) -> UUID:
    """Under which the bank takes a refund once. It follows from what is sent, and from how many
    such ones left of the payment before: the same one, asked again by a database that has forgotten
    it, comes to the bank under the key that it knows. One that failed has spent its key: the bank
    would answer with that one."""
    others = Refund.objects.of(refund.tenant_id).filter(settlement=refund.settlement_id)
    left = others.exclude(status=RefundStatus.WITHDRAWN).exclude(id=refund.id)
    spent = set(left.values_list("key", flat=True))
    slip = refund.settlement.slip
    assert slip is not None  # `why_not_by_bank`
    asks = [str(refund.tenant_id), slip.reference, f"{refund.amount:.2f}"]
    keys = (uuid5(refund.settlement_id, json.dumps([*asks, number])) for number in count())
    return next(key for key in keys if key not in spent)


def record_refund(act: Act, refund: Refund, by: Membership, *, why: str = "") -> None:
    said = {
        "Devolução": reais(refund.amount),
        "Recebimento": f"{reais(refund.settlement.received)} de "
        f"{refund.settlement.posted_on:%d/%m/%Y}",
        "Dívida": refund.get_debt_display(),
        "Situação": refund.get_status_display(),
    }
    record(
        act,
        on=refund.charge,
        by=by.user,
        why=why or refund.reason,
        before=particulars(refund.charge),
        after=said,
    )
