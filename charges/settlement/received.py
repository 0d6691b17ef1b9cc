"""Register that a charge was received outside of its slip, by hand, whole or in part."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction

from audit.acts import Act
from audit.services import record
from banking.models import BankAccount, StatementLine
from banking.statements.allocation import unallocated
from brazil.banking_days import sao_paulo_day
from charges.drafts.draft import particulars, read_money, require_enterer
from charges.exceptional import request_of, require_unchanged
from charges.models import Charge, Settlement
from charges.settlement.settle import Money, most_tax, settle, split_of
from charges.settlement.split import ZERO, reais
from charges.settlement.waive import waive_rest
from charges.states import ChargeStatus
from charges.terms.amounts import amount_on, terms_of
from charges.transitions import ask_end, live_slip, lock_charge
from core.clock import database_now
from core.errors import InvalidInput, InvalidState
from core.ids import uuid7
from core.text import read_line
from people.exceptional_acts import Kind, Request, lock_person, propose
from people.models import ExceptionalAct
from tenants.models import Membership, Tenant

BY_HAND = (Settlement.Way.CASH, Settlement.Way.TRANSFER)
# What becomes of fine and interest that did not come with the principal.
KEEP, WAIVE = "keep", "waive"


@transaction.atomic
def register_received(
    charge: Charge,
    *,
    by: Membership,
    amount: Decimal,
    day: date,
    way: str,
    bank_account: BankAccount | None = None,
    ends_slip: bool = False,
    withheld: Decimal = ZERO,
    split: Decimal = ZERO,
    late: str = "",
    why: str = "",
) -> Settlement | None:
    """`amount` came on `day`, in cash or into `bank_account`; the payer kept `withheld` of it for
    tax, and `split` was collected at the settlement. What is left stays owed. With `ends_slip` the
    open slip is taken back at the bank, and one for the rest may be issued then; a charge that is
    paid in whole has its slip ended in any case. Where the principal is paid and fine and interest
    are not, `late` says whether they stay open (KEEP) or are given up (WAIVE).

    None: it is cash, or a day that makes fine and interest less, above the company's limit, and
    waits for a second person.

    Raises:
        InvalidInput: (its `field` named) the amount, day, way or account is none; the day is before
            the charge; `late` or `why` has to be said.
        InvalidState: (code `not_owed`) it is paid or cancelled; (code `already_asked`) the same
            waits already.
        NotAllowed: `by` does not work on charges.
    """
    require_enterer(by)
    received = Received(
        amount=read_money(amount, "amount", "O valor"),
        day=day,
        way=way,
        bank_account=bank_account,
        ends_slip=ends_slip,
        withheld=read_money(withheld, "withheld", "O imposto retido"),
        split=read_money(split, "split", "O imposto recolhido"),
        late=late,
        why=why,
    )
    check(received, by.tenant)
    lock_person(by.tenant_id, by.user_id)  # a waiver may follow, after the charge is held
    seen = Charge.objects.of(by.tenant_id).select_related("payer", "created_by").get(id=charge.id)
    require_answers(seen, received)
    if way == Settlement.Way.CASH:
        act = propose(CASH, cash_request(seen, received), by=by)
    elif lost := lost_by_day(seen, received):
        act = propose(DATED_BACK, dated_back_request(seen, received, lost), by=by)
    else:
        return receive(charge, received, f"by-hand:{uuid7()}", by)
    if act.is_waiting:
        return None
    posted: Settlement = Settlement.objects.of(by.tenant_id).get(evidence=evidence_of(act))
    return posted


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """As it was typed; amounts are reais."""

    amount: Decimal
    day: date
    way: str
    bank_account: BankAccount | None
    ends_slip: bool
    withheld: Decimal
    split: Decimal
    late: str
    why: str


def receive(charge: Charge, received: Received, evidence: str, by: Membership) -> Settlement:
    held = lock_charge(charge)
    settlement = settle(held, require_answers(held, received, evidence, by))
    assert settlement is not None  # its evidence is new
    slip = live_slip(held)
    if slip is not None and received.ends_slip:
        ask_end(slip, by=by.user)
    waives = received.late == WAIVE and held.late_rest
    if waives:
        waive_rest(held, by=by, why=received.why)
    day = f"{reais(received.amount)} em {received.day:%d/%m/%Y}"
    said = {"Recebido": day, "Como": settlement.get_way_display(), **taxes(received)}
    record(
        Act.CHARGE_RECEIVED,
        on=held,
        by=by.user,
        why=received.why,
        before=particulars(held),
        after=said,
    )
    return settlement


def require_answers(
    charge: Charge, received: Received, evidence: str = "", by: Membership | None = None
) -> Money:
    """What came, as money; and that nothing is left unsaid of what it leaves open."""
    if charge.status in {ChargeStatus.PAID, ChargeStatus.CANCELLED}:
        words = charge.status_words(received.day).lower()
        raise InvalidState(f"Esta cobrança consta como «{words}».", code="not_owed")
    if received.day < (first := first_day(charge)):
        raise InvalidInput(
            f"O recebimento não pode ser antes de {first:%d/%m/%Y}, o dia da cobrança.",
            field="day",
            code="before_charge",
        )
    if received.withheld + received.split > charge.principal_rest:
        most = reais(charge.principal_rest)
        raise InvalidInput(f"O imposto vai até {most}, o que falta.", field="withheld")
    for name in ("withheld", "split"):
        if getattr(received, name) > (ceiling := most_tax(charge, name)):
            raise InvalidInput(f"O imposto desta cobrança vai até {reais(ceiling)}.", field=name)
    money = money_of(received, evidence, by)
    lacking = split_of(charge, money).lacking
    if lacking and received.late not in {KEEP, WAIVE}:
        raise InvalidInput(
            f"Faltam {reais(lacking)} de multa e juros: diga se ficam em aberto.", field="late"
        )
    if lacking and received.late == WAIVE and not read_line(received.why):
        raise InvalidInput("Informe por que a multa e os juros são dispensados.", field="why")
    return money


def first_day(charge: Charge) -> date:
    """Nothing of a charge comes before it: before it was entered, or due."""
    return min(sao_paulo_day(charge.created_at), charge.due_date)


def lost_by_day(charge: Charge, received: Received) -> Decimal:
    """What is owed less because the money is said to have come before today; zero where the
    statement shows it on that day."""
    if received.bank_account is None or is_on_statement(received, received.bank_account):
        return ZERO
    part = min(received.amount + received.withheld + received.split, charge.principal_rest)
    terms = terms_of(charge) if not charge.settled else replace(terms_of(charge), discount=ZERO)
    today = amount_on(part, terms, sao_paulo_day(database_now()))
    return max(today.total - amount_on(part, terms, received.day).total, ZERO)


def is_on_statement(received: Received, account: BankAccount) -> bool:
    lines = StatementLine.objects.of(account.tenant_id).filter(
        bank_account=account, booked_on=received.day, amount=received.amount
    )
    return unallocated(lines).exists()


def money_of(received: Received, evidence: str, by: Membership | None) -> Money:
    return Money(
        evidence=evidence,
        way=Settlement.Way(received.way),
        received=received.amount,
        withheld=received.withheld,
        split=received.split,
        paid_on=received.day,
        posted_on=received.day,
        source=f"Registrada por {by.user.display_name}." if by else "",
        bank_account=received.bank_account,
        by=by.user if by else None,
    )


def cash_request(charge: Charge, received: Received) -> Request:
    return request_of(
        charge,
        amount=received.amount,
        title=f"Recebimento em dinheiro: {reais(received.amount)} de {charge.payer}",
        why=read_line(received.why) or "Pagamento em mãos.",
        effect={
            "Recebido": f"{reais(received.amount)} em {received.day:%d/%m/%Y}",
            **taxes(received),
            "Em aberto antes": reais(charge.rest),
        },
        value=value_of(received),
    )


def dated_back_request(charge: Charge, received: Received, lost: Decimal) -> Request:
    return request_of(
        charge,
        amount=lost,
        title=f"{DATED_BACK.label}: {reais(received.amount)} de {charge.payer}",
        why=received.why,
        effect={
            "Recebido": f"{reais(received.amount)} em {received.day:%d/%m/%Y}",
            "Conta": str(received.bank_account),
            **taxes(received),
            "Pela data, deixa de ser cobrado": reais(lost),
        },
        value=value_of(received),
    )


def value_of(received: Received) -> dict[str, Any]:
    account = received.bank_account
    return {
        "amount": str(received.amount),
        "day": received.day.isoformat(),
        "bank_account": str(account.id) if account else None,
        "ends_slip": received.ends_slip,
        "withheld": str(received.withheld),
        "split": str(received.split),
        "late": received.late,
    }


def apply_received(act: ExceptionalAct, by: Membership) -> None:
    require_enterer(by)
    charge = Charge(id=act.subject_id, tenant_id=act.tenant_id)
    require_unchanged(lock_charge(charge), act)
    kept = act.value
    account = None
    if kept.get("bank_account"):
        account = BankAccount.objects.of(act.tenant_id).get(id=kept["bank_account"])
    received = Received(
        amount=Decimal(kept["amount"]),
        day=date.fromisoformat(kept["day"]),
        way=Settlement.Way.TRANSFER if account else Settlement.Way.CASH,
        bank_account=account,
        ends_slip=kept["ends_slip"],
        withheld=Decimal(kept["withheld"]),
        split=Decimal(kept["split"]),
        late=kept["late"],
        why=act.why,
    )
    receive(charge, received, evidence_of(act), by)


CASH = Kind("cash_received", "Recebimento em dinheiro", apply_received)
DATED_BACK = Kind("received_dated_back", "Recebimento com data anterior", apply_received)


def evidence_of(act: ExceptionalAct) -> str:
    """What is released twice is posted once."""
    return f"by-hand:{act.id}"


def taxes(received: Received) -> dict[str, str]:
    told = {"Imposto retido": received.withheld, "Imposto na liquidação": received.split}
    return {name: reais(amount) for name, amount in told.items() if amount}


def check(received: Received, tenant: Tenant) -> None:
    if not received.amount:
        raise InvalidInput("O valor precisa ser maior que zero.", field="amount")
    if received.day > sao_paulo_day(database_now()):
        raise InvalidInput("O dia do recebimento não pode ser depois de hoje.", field="day")
    if received.way not in BY_HAND:
        raise InvalidInput("Escolha dinheiro ou transferência.", field="way")
    if (received.way == Settlement.Way.TRANSFER) != (received.bank_account is not None):
        raise InvalidInput(
            "Uma transferência entra em uma conta bancária; dinheiro, em nenhuma.",
            field="bank_account",
        )
    if received.split and not tenant.uses_tax_reform:
        raise InvalidInput("A empresa não usa a reforma tributária.", field="split")
