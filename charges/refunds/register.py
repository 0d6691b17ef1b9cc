"""Register that a payment went back to its payer where no bank tells it: by hand, by a person."""

from datetime import date
from decimal import Decimal

from django.db import transaction
from django.db.models import QuerySet

from audit.acts import Act
from banking.banks import registry
from banking.banks.contract.info import Capability
from banking.models import StatementLine
from banking.statements.allocation import unallocated
from brazil.banking_days import sao_paulo_day
from charges.drafts.draft import read_text, require_enterer
from charges.models import Refund, Settlement
from charges.models.refund import REASON_LENGTH
from charges.refunds.ask import read_amount, read_debt, record_refund
from charges.refunds.bank_lines import join
from charges.refunds.parts import left_of
from charges.refunds.record import Told, record_fact
from charges.refunds.transitions import lock_payment
from core.clock import database_now
from core.errors import InvalidInput, InvalidState
from core.ids import uuid7
from tenants.models import Membership


@transaction.atomic
def register_refund(
    settlement: Settlement,
    *,
    by: Membership,
    debt: str,
    why: str,
    line: StatementLine | None = None,
    amount: Decimal | None = None,
    day: date | None = None,
) -> Refund:
    """A payment went back: by the debit `line` of its account, else `amount` on `day`.

    Raises:
        InvalidInput: (its `field` named) more than is left, a day that is none, a line that stands
            for something else.
        InvalidState: (code `told_by_bank`) its bank tells refunds by itself; (code `held_back`) it
            is not in the books yet.
        NotAllowed: `by` does not work on charges.
    """
    require_enterer(by)
    held = lock_payment(settlement)
    if sentence := why_not_by_hand(held):
        raise InvalidState(sentence, code="told_by_bank" if held.entry_id else "held_back")
    if line is not None:
        line = free_debit(held, line)
        amount, day = -line.amount, line.booked_on
    if amount is None or day is None:
        raise InvalidInput("Escolha a saída do extrato, ou informe valor e dia.", field="amount")
    amount = read_amount(amount, left_of(held).total)
    if not held.posted_on <= day <= sao_paulo_day(database_now()):
        raise InvalidInput("O dia vai do recebimento até hoje.", field="day")
    refund = record_fact(
        held,
        Told(
            kind=Refund.Kind.FOUND,
            amount=amount,
            day=day,
            reference=f"line:{line.id}" if line is not None else f"by-hand:{uuid7()}",
            debt=read_debt(debt),
            reason=read_text(why, "why", REASON_LENGTH, is_required=True),
            source=f"Registrada por {by.user.display_name}.",
            by=by.user,
        ),
    )
    if line is not None and refund.entry is not None:
        join(refund, line)
    record_refund(Act.REFUND_REGISTERED, refund, by)
    return refund


def why_not_by_hand(settlement: Settlement) -> str:
    """Why a person does not register a refund of this payment; empty: it may be."""
    account = settlement.bank_account
    if settlement.entry_id is None:
        return "Diga antes o que fazer com o recebimento retido."
    if settlement.way == Settlement.Way.ADVANCE:
        return "Esta parte foi paga com um adiantamento: nada entrou aqui que possa voltar."
    is_pix = settlement.way == Settlement.Way.PIX and settlement.slip_id is not None
    if account is None or not is_pix:
        return ""
    if Capability.LIST_REFUNDS in registry.info(account.provider).capabilities:
        return f"{account.bank_name} informa as devoluções de Pix sozinha: esta aparece aqui."
    return ""


def debits_for(settlement: Settlement) -> "QuerySet[StatementLine]":
    """The free debits that may be the refund: of that account, since the payment, of what is left
    at most. Runs inside the company's scope."""
    lines = StatementLine.objects.of(settlement.tenant_id).filter(
        bank_account=settlement.bank_account_id,
        amount__lt=0,
        amount__gte=-left_of(settlement).total,
        booked_on__gte=settlement.posted_on,
    )
    free = unallocated(lines.exclude(kind=StatementLine.Kind.FEE))
    return free.order_by("-booked_on", "-id")


def free_debit(settlement: Settlement, line: StatementLine) -> StatementLine:
    found: StatementLine | None = debits_for(settlement).filter(id=line.id).first()
    if found is None or settlement.bank_account is None:
        raise InvalidInput(
            "Esta saída não está livre, ou não cabe neste recebimento.", field="line"
        )
    return found
