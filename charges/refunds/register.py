"""Register that a payment went back to its payer where no bank tells it: by hand, by a person."""

from dataclasses import dataclass
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
from charges.exceptional import request_of, require_unchanged
from charges.models import Refund, Settlement
from charges.models.refund import REASON_LENGTH
from charges.refunds.ask import read_amount, read_debt, record_refund
from charges.refunds.bank_lines import join
from charges.refunds.parts import left_of
from charges.refunds.record import Told, record_fact
from charges.refunds.transitions import lock_payment
from charges.terms.check import reais
from core.clock import database_now
from core.errors import InvalidInput, InvalidState
from people.exceptional_acts import Kind, lock_person, propose
from people.models import ExceptionalAct
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
) -> Refund | None:
    """A payment went back: by the debit `line` of its account, else `amount` on `day`. What is no
    debit to the payer is believed on a person's word: above the company's limit it waits for a
    second one, and None is returned.

    Raises:
        InvalidInput: (its `field` named) more than is left, a day that is none, a line that stands
            for something else.
        InvalidState: (code `told_by_bank`) its bank tells refunds by itself; (code `held_back`) it
            is not in the books yet.
        NotAllowed: `by` does not work on charges.
    """
    require_enterer(by)
    lock_person(by.tenant_id, by.user_id)
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
    debt, why = read_debt(debt), read_text(why, "why", REASON_LENGTH, is_required=True)
    if line is not None and line.counterparty_document == held.charge.payer.document:
        return write_down(held, Back(amount, day, debt, why, f"line:{line.id}", line), by)
    request = request_of(
        held.charge,
        amount=amount,
        title=f"{REGISTERED.label}: {reais(amount)} a {held.charge.payer}",
        why=why,
        effect={
            "Devolvido": f"{reais(amount)} em {day:%d/%m/%Y}",
            "Saída no extrato": str(line) if line is not None else "nenhuma",
            "Dívida": Refund.Debt(debt).label,
        },
        value={
            "settlement": str(held.id),
            "line": str(line.id) if line is not None else "",
            "amount": str(amount),
            "day": day.isoformat(),
            "debt": debt,
        },
    )
    act = propose(REGISTERED, request, by=by)
    if act.is_waiting:
        return None
    done: Refund = Refund.objects.of(by.tenant_id).get(settlement=held, reference=proof_of(act))
    return done


def proof_of(act: ExceptionalAct) -> str:
    """What is released twice is written down once."""
    return f"line:{act.value['line']}" if act.value["line"] else f"by-hand:{act.id}"


def apply_registered(act: ExceptionalAct, by: Membership) -> None:
    require_enterer(by)
    told = act.value
    held = lock_payment(Settlement.objects.of(act.tenant_id).get(id=told["settlement"]))
    require_unchanged(held.charge, act)
    amount = read_amount(Decimal(told["amount"]), left_of(held).total)
    line = None
    if told["line"]:
        line = free_debit(held, StatementLine.objects.of(act.tenant_id).get(id=told["line"]))
    day = date.fromisoformat(told["day"])
    write_down(held, Back(amount, day, told["debt"], act.why, proof_of(act), line), by)


REGISTERED = Kind("refund_registered", "Devolução registrada à mão", apply_registered)


@dataclass(frozen=True, slots=True)
class Back:
    """What went back, as a person says it. `proof` is unique."""

    amount: Decimal
    day: date
    debt: str
    why: str
    proof: str
    line: StatementLine | None


def write_down(held: Settlement, back: Back, by: Membership) -> Refund:
    refund = record_fact(
        held,
        Told(
            kind=Refund.Kind.FOUND,
            amount=back.amount,
            day=back.day,
            reference=back.proof,
            debt=back.debt,
            reason=back.why,
            source=f"Registrada por {by.user.display_name}.",
            by=by.user,
        ),
    )
    if back.line is not None and refund.entry is not None:
        join(refund, back.line)
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
        return (
            f"{account.bank_said.begins} informa as devoluções de Pix sozinha: esta aparece aqui."
        )
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
