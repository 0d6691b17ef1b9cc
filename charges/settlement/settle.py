"""Money that came for a charge: one row and one entry for each payment, once.

The journal is on a cash basis: issuing, due date and cancelling post nothing
(docs/decisions/0036-money-settles-a-charge.md).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Sum

from accounts.chart.purposes import account_for
from accounts.journal.entries import MEMO_LENGTH, EntryDraft, post_entries
from accounts.models import Account, AccountPurpose, JournalEntry
from banking.bank_accounts.ledger_account import hold_leaf
from banking.banks.contract.charges import ChargeForm, ChargePayment
from banking.models import BankAccount
from brazil.banking_days import sao_paulo_day
from charges.models import Charge, Settlement, Slip
from charges.settlement.explained_lines import explanation_of
from charges.settlement.split import Split, other_days, reais, split_payment
from charges.states import ChargeStatus
from charges.terms.amounts import rounded, terms_of
from charges.timeline import Tone, note
from charges.transitions import end_other_slips, move_charge, require_look
from core.clock import database_now
from core.errors import DomainError
from tenants.models import User

ZERO = Decimal("0.00")
# No more of a charge is kept for tax: INSS, ISS, IRRF and contributions come to some 26 %, IBS and
# CBS to some 28 %. More is a rest that somebody gives up.
MOST_TAX = Decimal("0.30")
WAYS = {ChargeForm.BOLETO: Settlement.Way.BOLETO, ChargeForm.PIX: Settlement.Way.PIX}
PARTS = ("principal", "fine", "interest", "discount", "excess", "lacking")
PAID_TITLE = "Paga"
TITLES = {
    ChargeStatus.PAID: PAID_TITLE,
    ChargeStatus.PARTLY_PAID: "Paga em parte",
}


@dataclass(frozen=True, slots=True)
class Money:
    """What came, for whichever reason it is believed."""

    evidence: str
    way: Settlement.Way
    received: Decimal
    paid_on: date
    posted_on: date
    source: str  # who said so, a Portuguese phrase
    fee: Decimal = ZERO
    is_provisional: bool = False
    fine: Decimal | None = None
    interest: Decimal | None = None
    slip: Slip | None = None
    withheld: Decimal = ZERO  # tax that the payer pays in the company's name
    split: Decimal = ZERO  # tax that was collected at the settlement
    bank_account: BankAccount | None = None  # None: cash
    by: User | None = None


def money_of(slip: Slip, payment: ChargePayment, source: str) -> Money:
    """What a bank says that came for a slip."""
    day = payment.credited_on or payment.paid_on
    if slip.credit is not None and slip.credit.amount == payment.amount:
        day = slip.credit.booked_on  # the statement says when the money came
    return Money(
        evidence=evidence_of(slip, payment.reference),
        way=WAYS[payment.form] if payment.form else Settlement.Way.UNKNOWN,
        received=payment.amount,
        fee=payment.fee,
        paid_on=payment.paid_on or today(),
        posted_on=day or today(),
        is_provisional=day is None,
        fine=payment.fine,
        interest=payment.interest,
        source=source,
        slip=slip,
        bank_account=slip.bank_account,
    )


def today() -> date:
    return sao_paulo_day(database_now())


def evidence_of(slip: Slip, reference: str) -> str:
    """`reference` is the bank's id of a payment; empty: it tells none apart."""
    return f"{slip.id}:{reference or 1}"


def split_again(settlement: Settlement) -> Settlement:
    """What was held back, by what is owed now: other money may have come since. Nothing of it is
    in the books yet, and the caller holds its charge."""
    split = divide(
        settlement.charge,
        settlement.received + settlement.fee + settlement.withheld + settlement.split,
        settlement.paid_on,
        also=other_days(settlement.paid_on),
    )
    for name in PARTS:
        setattr(settlement, name, getattr(split, name))
    settlement.save(update_fields=PARTS)
    return settlement


def settle(charge: Charge, money: Money) -> Settlement | None:
    """Post a payment of a charge that the caller holds. None: it is here already.

    Where a line of that account is in the books as something else, or the books do not take it,
    nothing is posted: a person says what becomes of it.
    """
    if Settlement.objects.ever(charge.tenant_id).filter(evidence=money.evidence).exists():
        return None
    split = split_of(charge, money)
    settlement = settlement_of(charge, money, split)
    why_held = post_or_hold(settlement)
    settlement.save(force_insert=True)
    if why_held:
        require_look(charge, f"Chegaram {reais(money.received)}, e {why_held}")
        return settlement
    count_in(charge, settlement, source=money.source)
    # Who registers money by hand was asked what becomes of fine and interest.
    if split.question and not (money.by and split.lacking):
        require_look(charge, split.question)
    return settlement


def settlement_of(charge: Charge, money: Money, split: Split) -> Settlement:
    return Settlement(
        tenant_id=charge.tenant_id,
        charge=charge,
        slip=money.slip,
        bank_account=money.bank_account,
        evidence=money.evidence,
        way=money.way,
        paid_on=money.paid_on,
        posted_on=money.posted_on,
        is_provisional=money.is_provisional,
        received=money.received,
        fee=money.fee,
        withheld=money.withheld,
        split=money.split,
        lacking=split.lacking,
        discount=split.discount,
        principal=split.principal,
        fine=split.fine,
        interest=split.interest,
        excess=split.excess,
        registered_by=money.by,
    )


def post_or_hold(settlement: Settlement) -> str:
    """Post it, or say why it is held back; empty when it is posted.

    Raises:
        DomainError: the books do not take what a person registers.
    """
    explained = explanation_of(settlement)
    if explained is not None:
        return f"esta linha do extrato já foi lançada como «{explained.memo}»: substituir?"
    try:
        with transaction.atomic():
            settlement.entry = post(settlement)
    except DomainError as error:
        if settlement.registered_by is not None:
            raise
        return f"o lançamento não foi aceito: {error}"
    return ""


def is_over(charge: Charge) -> bool:
    """It was cancelled, whatever came since."""
    after = charge.paid_after == Charge.PaidAfter.CANCELLATION
    return charge.status == ChargeStatus.CANCELLED or (charge.status == ChargeStatus.PAID and after)


def split_of(charge: Charge, money: Money) -> Split:
    return divide(
        charge,
        money.received + money.fee + money.withheld + money.split,
        money.paid_on,
        also=other_days(money.paid_on) if money.slip is not None else (),
        fine=money.fine,
        interest=money.interest,
    )


def divide(charge: Charge, paid: Decimal, day: date, **told: Any) -> Split:
    """After cancellation nothing is owed: all that comes is the payer's. `told` as
    `split_payment` takes it."""
    discount = ZERO if charge.settled else charge.discount
    return split_payment(
        paid,
        ZERO if is_over(charge) else charge.principal_rest,
        replace(terms_of(charge), discount=discount),
        day,
        late=ZERO if is_over(charge) else charge.late_rest,
        **told,
    )


@dataclass(frozen=True, slots=True)
class Share:
    """What of the amount of a purpose goes to another account than the product's own."""

    purpose: AccountPurpose
    account: Account
    amount: Decimal  # a debit is positive


def post(settlement: Settlement, shares: Sequence[Share] = ()) -> JournalEntry:
    tenant = settlement.charge.tenant
    came_to = where_it_came(settlement) if settlement.received else None
    draft = entry_of(settlement, came_to, partial(account_for, tenant), shares)
    return post_entries(tenant, [draft])[0]


def entry_of(
    settlement: Settlement,
    came_to: Account | None,
    account_of: Callable[[AccountPurpose], Account],
    shares: Sequence[Share] = (),
) -> EntryDraft:
    """D what arrived, or the advance that it was, discount, fee, tax; C revenue for the principal,
    fine, interest, excess."""
    charge, purpose = settlement.charge, AccountPurpose
    late = late_part(charge, settlement.principal)
    parts: list[tuple[AccountPurpose, Decimal]] = [
        (purpose.DISCOUNTS, settlement.discount),
        (purpose.FEES, settlement.fee),
        (purpose.WITHHELD, settlement.withheld),
        (purpose.SPLIT, settlement.split),
        (purpose.LATE_CHARGES, -(settlement.fine + settlement.interest + late)),
        (purpose.ADVANCES, -settlement.excess),
    ]
    lines: list[tuple[Account, Decimal]] = []
    if came_to is not None:
        lines.append((came_to, settlement.received))
    lines += [(share.account, share.amount) for share in shares]
    for each, amount in parts:
        elsewhere = sum((share.amount for share in shares if share.purpose == each), ZERO)
        if amount != elsewhere:
            lines.append((account_of(each), amount - elsewhere))
    if settlement.principal != late:
        lines.append((charge.revenue_account, late - settlement.principal))
    memo = f"Recebimento de {charge.payer.name}: {charge.description}"
    return EntryDraft(
        date=settlement.posted_on,
        memo=memo[:MEMO_LENGTH],
        lines=lines,
        by=settlement.registered_by,
        is_provisional=settlement.is_provisional,
    )


def late_part(charge: Charge, principal: Decimal) -> Decimal:
    """How much of what comes now for a charge is fine and interest of the charges that it replaced:
    in proportion, to the centavo when all has come."""
    before = rounded(charge.additions * charge.settled / charge.amount)
    return rounded(charge.additions * (charge.settled + principal) / charge.amount) - before


def where_it_came(settlement: Settlement) -> Account:
    if settlement.bank_account is not None:
        return hold_leaf(settlement.bank_account)
    is_advance = settlement.way == Settlement.Way.ADVANCE
    purpose = AccountPurpose.ADVANCES if is_advance else AccountPurpose.CASH
    return account_for(settlement.charge.tenant, purpose)


def count_in(charge: Charge, settlement: Settlement, *, source: str) -> None:
    """What a posted payment makes of its charge, which the caller holds."""
    paid_after = what_was_before(charge)
    charge.settled += settlement.principal
    over = is_over(charge)
    if not charge.principal_rest or over:
        charge.late_rest = settlement.lacking
    is_whole = not charge.rest or over
    was_paid = charge.status == ChargeStatus.PAID
    status = ChargeStatus.PAID if is_whole else ChargeStatus.PARTLY_PAID
    move_charge(
        charge,
        status,
        settled=charge.settled,
        late_rest=charge.late_rest,
        paid_on=settlement.posted_on,
        paid_after=charge.paid_after if was_paid else paid_after,
    )
    text = words_of(settlement, source)
    if charge.late_rest:
        text += f" Ficam em aberto {reais(charge.late_rest)} de multa e juros."
    title = "Outro pagamento" if was_paid else TITLES[status]
    note(charge, title, text, tone=Tone.OK, by=settlement.registered_by)
    if status == ChargeStatus.PAID:
        end_other_slips(charge, but=settlement.slip)


def words_of(settlement: Settlement, source: str) -> str:
    came = settlement.received or settlement.withheld
    parts = f": {parts_of(settlement)}" if parts_of(settlement) else ""
    return f"{reais(came)} em {settlement.posted_on:%d/%m/%Y}{parts}. {source}"


def parts_of(settlement: Settlement) -> str:
    """«R$ 100,00 do valor, R$ 3,00 de juros»; empty when it is the value alone."""
    return Split(**{name: getattr(settlement, name) for name in PARTS}).parts


def what_was_before(charge: Charge) -> str:
    return {
        ChargeStatus.CANCELLED: Charge.PaidAfter.CANCELLATION,
        ChargeStatus.WRITTEN_OFF: Charge.PaidAfter.WRITE_OFF,
    }.get(ChargeStatus(charge.status), Charge.PaidAfter.NOTHING)


def most_tax(charge: Charge, name: str) -> Decimal:
    """How much more of a charge may be `withheld`, or collected at settlement (`split`)."""
    rows = Settlement.objects.of(charge.tenant_id).filter(charge=charge)
    told: Decimal = rows.aggregate(told=Sum(name, default=ZERO))["told"]
    return min(charge.principal_rest, max(rounded(charge.amount * MOST_TAX) - told, ZERO))
