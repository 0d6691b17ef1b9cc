"""Agree with a payer that charges become others. The old ones are ended at the bank first; the new
ones are made and issued when none of them is alive (`go_on`). Nothing is posted.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction

from accounts.models import Account
from audit.acts import Act
from audit.services import record
from banking.models import BankAccount
from brazil.banking_days import sao_paulo_day
from charges.drafts.draft import Draft, columns_of, read_money, require_enterer
from charges.drafts.enter import check_parts
from charges.issuing.queue import lock_charges
from charges.models import Charge, Renegotiation, Slip
from charges.renegotiation.worth import Worth, worth_of
from charges.settlement.looks import held_back
from charges.states import OPEN_AT_BANK, ChargeStatus, SlipStatus
from charges.terms.check import problems, reais
from charges.timeline import CANCEL_ASKED, Tone, note
from charges.tracking.cancellation import withdraw
from charges.transitions import ask_end, live_slip
from core.clock import database_now
from core.enqueue import enqueue
from core.errors import InvalidInput, InvalidState
from core.text import read_line
from parties.models import Payer
from tenants.models import Membership

ZERO = Decimal("0.00")
Part = tuple[Decimal, date]
# What is owed, of which it is known how it stands at the bank.
AGREEABLE = (
    ChargeStatus.ISSUING,
    ChargeStatus.REGISTERING,
    ChargeStatus.OPEN,
    ChargeStatus.WRITTEN_OFF,
    ChargeStatus.RETURNED,
    ChargeStatus.REFUSED,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """Of the new charges. `parts` are reais and due dates, and add up to what is owed today less
    the discount."""

    bank_account: BankAccount
    revenue_account: Account
    description: str
    form: str
    parts: Sequence[Part]
    discount: Decimal = ZERO
    fine_percent: Decimal = ZERO
    interest_percent: Decimal = ZERO
    why: str = ""

    def draft(self, payer: Payer, amount: Decimal, due_date: date) -> Draft:
        return Draft(
            payer=payer,
            bank_account=self.bank_account,
            amount=amount,
            due_date=due_date,
            description=self.description,
            revenue_account=self.revenue_account,
            form=self.form,
            fine_percent=self.fine_percent,
            interest_percent=self.interest_percent,
        )


@transaction.atomic
def renegotiate(
    charges: Sequence[Charge], agreement: Agreement, *, by: Membership, day: date | None = None
) -> Renegotiation:
    """Have these charges of one payer replaced by others. What they are worth is that of `day`,
    else of today. A discount is given by `charges.renegotiation.ask`, which knows who may.

    Raises:
        InvalidInput: (its `field` named) the parts are not the sum, the bank would not take one, no
            reason was given for a discount.
        InvalidState: (code `not_agreeable`, `not_one_payer`) one of the charges is no more as the
            person saw it; they are of several payers.
        NotAllowed: `by` does not work on charges.
    """
    require_enterer(by)
    held = lock_charges(by.tenant_id, [charge.id for charge in charges])
    worth = check_agreement(held, agreement, day)
    renegotiation: Renegotiation = Renegotiation.objects.create(
        tenant_id=by.tenant_id,
        payer=held[0].payer,
        principal=worth.principal,
        additions=worth.additions,
        discount=agreement.discount,
        olds=[str(charge.id) for charge in held],
        bank_account=agreement.bank_account,
        revenue_account=agreement.revenue_account,
        description=read_line(agreement.description),
        form=agreement.form,
        fine_percent=agreement.fine_percent,
        interest_percent=agreement.interest_percent,
        parts=[[str(amount), day.isoformat()] for amount, day in agreement.parts],
        why=read_line(agreement.why),
        created_by=by.user,
    )
    for charge in held:
        begin_end(charge, renegotiation, by)
    enqueue("charges.tasks.go_on_renegotiating", str(by.tenant_id))
    said = agreement_particulars(renegotiation)
    record(Act.RENEGOTIATED, on=renegotiation, by=by.user, why=renegotiation.why, after=said)
    return renegotiation


def check_agreement(charges: Sequence[Charge], agreement: Agreement, day: date | None) -> Worth:
    """
    Raises:
        InvalidInput, InvalidState: as `renegotiate`.
    """
    check_olds(charges)
    today = sao_paulo_day(database_now())
    worth = worth_of(charges, day or today)
    discount = read_money(agreement.discount, "discount", "O desconto")
    check_discount(discount, worth.total, agreement.why)
    check_new(charges[0].payer, agreement, worth.total - discount, today)
    return worth


def check_olds(charges: Sequence[Charge]) -> None:
    if not charges:
        raise InvalidInput("Selecione ao menos uma cobrança.", field="charge")
    if len({charge.payer_id for charge in charges}) > 1:
        raise InvalidState(
            "Renegocie as cobranças de um pagador de cada vez.", code="not_one_payer"
        )
    for charge in charges:
        if why := reason_against_agreeing(charge, live_slip(charge)):
            raise InvalidState(f"«{charge}»: {why}", code="not_agreeable")


def reason_against_agreeing(charge: Charge, slip: Slip | None) -> str:
    """Why a charge cannot be part of an agreement now, with the slip that collects it; empty when
    it can."""
    if charge.needs_person and held_back(charge):
        return "há um recebimento retido a conferir."
    return reason_of_state(charge, slip)


def reason_of_state(charge: Charge, slip: Slip | None) -> str:
    """As `reason_against_agreeing`, by what stands in its rows. No query."""
    if charge.replaced_by_id is not None:
        return "já está em outra renegociação."
    if charge.settled:
        return "uma parte já foi paga; dispense o resto ou emita-o à parte."
    if charge.status not in AGREEABLE:
        words = charge.get_status_display().lower()
        return f"consta como «{words}» e não pode ser renegociada agora."
    if charge.next_due_date is not None or (slip is not None and slip.cancel_asked_at is not None):
        return "um cancelamento ou uma mudança já foi pedida ao banco; espere a resposta."
    if slip is not None and slip.status not in {SlipStatus.QUEUED, *OPEN_AT_BANK}:
        return "está sendo emitida agora; espere a resposta do banco."
    return ""


def check_discount(discount: Decimal, total: Decimal, why: str) -> None:
    if discount >= total:
        raise InvalidInput(
            f"O desconto precisa ser menor que {reais(total)}.", field="discount", code="too_much"
        )
    if discount and not read_line(why):
        raise InvalidInput("Informe por que há desconto.", field="why", code="required")


def check_new(payer: Payer, agreement: Agreement, total: Decimal, today: date) -> None:
    parts = agreement.parts
    draft = agreement.draft(payer, total, parts[0][1])
    if len(parts) > 1:
        check_parts(draft, parts)
    elif parts[0][0] != total:
        raise InvalidInput(f"O novo valor é {reais(total)}.", field="discount", code="not_the_sum")
    for amount, due_date in parts:
        new = Charge(**columns_of(payer.tenant, agreement.draft(payer, amount, due_date)))
        for problem in problems(new, today):
            field = "first_due" if problem.field == "due_date" else problem.field
            raise InvalidInput(problem.sentence, field=field)


def begin_end(charge: Charge, renegotiation: Renegotiation, by: Membership) -> None:
    """What collects it is ended; the debt stays until the new ones are made."""
    slip = live_slip(charge)
    if slip is not None and slip.status == SlipStatus.QUEUED:
        charge = withdraw(slip).charge
        slip = None
    charge.replaced_by = renegotiation
    charge.save(update_fields=["replaced_by"])
    note(charge, "Em renegociação", renegotiation.why, tone=Tone.INFO, by=by.user)
    if slip is not None:
        ask_end(slip, by=by.user)
        note(charge, CANCEL_ASKED, "A nova cobrança é emitida depois.", tone=Tone.INFO)


def agreement_particulars(renegotiation: Renegotiation) -> dict[str, str]:
    """What the audit says of it."""
    parts = "; ".join(
        f"{reais(amount)} em {day:%d/%m/%Y}" for amount, day in renegotiation.dated_parts
    )
    said = {
        "Pagador": str(renegotiation.payer),
        "Cobranças": str(len(renegotiation.olds)),
        "Valor": reais(renegotiation.principal),
        "Multa e juros": reais(renegotiation.additions) if renegotiation.additions else "",
        "Desconto": reais(renegotiation.discount) if renegotiation.discount else "",
        "Novas cobranças": parts,
    }
    return {name: text for name, text in said.items() if text}
