"""What a payer paid in excess, a second time or after cancellation is the payer's (adiantamento):
used for another charge, or given back. Never used twice.
"""

from datetime import date
from decimal import Decimal
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string

from accounts.chart.purposes import account_for
from accounts.models import AccountPurpose
from audit.acts import Act
from audit.services import record
from brazil.banking_days import sao_paulo_day
from charges.drafts.draft import particulars, require_enterer
from charges.exceptional import request_of, require_unchanged
from charges.models import AdvanceUse, Charge, ChargeQuerySet, Settlement
from charges.refunds.ask import read_amount
from charges.refunds.parts import left_of
from charges.refunds.transitions import lock_payment
from charges.settlement.settle import Money, settle
from charges.states import OWED, ChargeStatus, SlipStatus
from charges.terms.amounts import owed_on
from charges.terms.check import reais
from charges.timeline import Tone, note
from charges.transitions import ask_end, live_slip, lock_charge, lock_slip, move_slip
from core.clock import database_now
from core.errors import InvalidInput, InvalidState
from core.ids import uuid7
from people.exceptional_acts import Kind, propose
from people.models import ExceptionalAct
from tenants.models import Membership

USED = "Adiantamento usado"


def use_advance(
    settlement: Settlement, charge: Charge, *, by: Membership, amount: Decimal, why: str
) -> ExceptionalAct:
    """`amount` of an advance pays another charge of the same payer, as of the day on which it came;
    that charge's open slip is ended. Above the company's limit it waits for a second person
    (`is_waiting`).

    Raises:
        InvalidInput: (its `field` named) more than is left or owed, another payer's charge, no
            reason.
        InvalidState: (code `held_back`) the advance is not in the books yet; (code
            `already_asked`) the same waits already.
        NotAllowed: `by` does not work on charges.
    """
    require_enterer(by)
    rows = Settlement.objects.of(by.tenant_id).select_related("charge__payer")
    source = rows.get(id=settlement.id)
    seen = Charge.objects.of(by.tenant_id).select_related("payer", "created_by").get(id=charge.id)
    amount = check_use(source, seen, amount)
    request = request_of(
        seen,
        amount=amount,
        title=f"{USE.label}: {reais(amount)} de {seen.payer}",
        why=why,
        effect={
            "Adiantamento": f"{reais(source.excess)} de {source.posted_on:%d/%m/%Y}",
            "Usado": reais(amount),
            "Em aberto antes": reais(seen.rest),
        },
        value={"settlement": str(source.id), "amount": str(amount)},
    )
    return propose(USE, request, by=by)


def apply_use(act: ExceptionalAct, by: Membership) -> None:
    require_enterer(by)
    source = Settlement.objects.of(act.tenant_id).get(id=act.value["settlement"])
    target = Charge(id=act.subject_id, tenant_id=act.tenant_id)
    lock_in_order(source, target)
    source, target = lock_payment(source), lock_charge(target)
    require_unchanged(target, act)
    amount = check_use(source, target, Decimal(act.value["amount"]))
    use = AdvanceUse(
        id=uuid7(), tenant_id=source.tenant_id, settlement=source, amount=amount, by=by.user
    )
    use.became = pay_with(target, source, use, by)
    use.save(force_insert=True)
    end_slip(target, by)
    say_used(source, target, use, by, act.why)


USE = Kind("advance_used", "Adiantamento usado em outra cobrança", apply_use)


def check_use(source: Settlement, target: Charge, amount: Decimal) -> Decimal:
    require_posted(source)
    if target.payer_id != source.charge.payer_id or target.id == source.charge_id:
        raise InvalidInput("Escolha outra cobrança do mesmo pagador.", field="charge")
    if target.status not in OWED:
        words = target.get_status_display().lower()
        raise InvalidInput(f"Esta cobrança consta como «{words}».", field="charge")
    amount = read_amount(amount, left_of(source).excess)
    owed = owed_on(target, day_of(source)).total
    if amount > owed:
        raise InvalidInput(f"Desta cobrança são devidos {reais(owed)}.", field="amount")
    return amount


def lock_in_order(settlement: Settlement, charge: Charge) -> None:
    """Two who use advances of the two for each other wait for each other in one order."""
    for charge_id in sorted({settlement.charge_id, charge.id}):
        lock_charge(Charge(id=charge_id, tenant_id=settlement.tenant_id))


def require_posted(settlement: Settlement) -> None:
    if settlement.entry_id is None:
        raise InvalidState("Diga antes o que fazer com o recebimento retido.", code="held_back")


def pay_with(target: Charge, source: Settlement, use: AdvanceUse, by: Membership) -> Settlement:
    paid = settle(
        target,
        Money(
            evidence=f"advance:{use.id}",
            way=Settlement.Way.ADVANCE,
            received=use.amount,
            paid_on=day_of(source),
            posted_on=sao_paulo_day(database_now()),
            source=f"Do adiantamento de {source.posted_on:%d/%m/%Y}, por {by.user.display_name}.",
            by=by.user,
        ),
    )
    assert paid is not None  # its evidence is new
    return paid


def day_of(source: Settlement) -> date:
    """The payer's money is here since then: what fell due later was never late."""
    return source.paid_on


def end_slip(charge: Charge, by: Membership) -> None:
    """It would be paid again. A charge that is paid in whole has ended it already."""
    slip = live_slip(charge)
    if slip is None or slip.cancel_asked_at is not None:
        return
    if slip.status == SlipStatus.QUEUED:
        move_slip(lock_slip(slip), SlipStatus.WITHDRAWN)
        return
    ask_end(slip, by=by.user)


def say_used(source: Settlement, target: Charge, use: AdvanceUse, by: Membership, why: str) -> None:
    due = f"com vencimento em {target.due_date:%d/%m/%Y}"
    text = f"{reais(use.amount)} em «{target.description}», {due}."
    note(source.charge, USED, text, tone=Tone.INFO, by=by.user)
    record(
        Act.ADVANCE_USED,
        on=target,
        by=by.user,
        why=why,
        before=particulars(target),
        after={
            "Adiantamento": f"{reais(source.excess)} de {source.posted_on:%d/%m/%Y}",
            "Usado": reais(use.amount),
        },
    )


@transaction.atomic
def give_back_by_bill(
    settlement: Settlement, *, by: Membership, amount: Decimal, pix_key_type: str, pix_key: str
) -> AdvanceUse:
    """`amount` of an advance goes back to the payer by a bill, which waits for approval as any
    bill does. Cancelled, it is the payer's advance again.

    Raises:
        InvalidInput: (its `field` named) more than is left, or no Pix key.
        InvalidState: (code `held_back`) the advance is not in the books yet.
        NotAllowed: `by` does not work on charges.
    """
    require_enterer(by)
    source = lock_payment(settlement)
    require_posted(source)
    amount = read_amount(amount, left_of(source).excess)
    payer = source.charge.payer
    bill: UUID = import_string(settings.ENTER_GIVE_BACK)(
        name=payer.name,
        document=payer.document,
        amount=amount,
        description=f"Devolução de adiantamento: {source.charge.description}",
        account=account_for(source.charge.tenant, AccountPurpose.ADVANCES),
        pix_key_type=pix_key_type,
        pix_key=pix_key,
        by=by,
    )
    use: AdvanceUse = AdvanceUse.objects.create(
        tenant_id=source.tenant_id, settlement=source, amount=amount, bill=bill, by=by.user
    )
    text = f"{reais(amount)} a {payer}, por uma conta a pagar que aguarda aprovação."
    note(source.charge, "Devolução por conta a pagar", text, tone=Tone.INFO, by=by.user)
    record(
        Act.ADVANCE_GIVEN_BACK,
        on=source.charge,
        by=by.user,
        before=particulars(source.charge),
        after={"Devolução": reais(amount), "Conta a pagar": str(bill)},
    )
    return use


def free_advance(tenant_id: UUID, bill: UUID) -> None:
    """The bill was cancelled. Named in `settings.ON_BILL_CANCELLED`; runs inside the company's
    scope."""
    rows = AdvanceUse.objects.of(tenant_id).filter(bill=bill, ended_at=None)
    for use in rows.select_related("settlement__charge"):
        held = lock_payment(use.settlement)
        if rows.filter(id=use.id).update(ended_at=database_now()):
            text = f"A conta a pagar de {reais(use.amount)} foi cancelada."
            note(held.charge, "Adiantamento livre de novo", text, tone=Tone.INFO)


def payable_by(settlement: Settlement) -> ChargeQuerySet:
    """The charges of the payer that an advance may be used for, those due first in front. Runs
    inside the company's scope."""
    charge = settlement.charge
    owed: ChargeQuerySet = Charge.objects.of(settlement.tenant_id).owed()
    others = owed.filter(payer=charge.payer_id).exclude(id=charge.id)
    return others.exclude(status=ChargeStatus.UNKNOWN).order_by("due_date", "id")
