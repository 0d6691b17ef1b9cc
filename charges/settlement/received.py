"""Register that a charge was received outside of its slip, by hand, whole or in part."""

from datetime import date
from decimal import Decimal

from django.db import transaction

from audit.acts import Act
from audit.services import record
from banking.models import BankAccount
from brazil.banking_days import sao_paulo_day
from charges.drafts.draft import particulars, read_money, require_enterer
from charges.models import Charge, Settlement
from charges.settlement.settle import Money, settle
from charges.settlement.split import reais
from charges.states import ChargeStatus
from charges.transitions import ask_end, live_slip, lock_charge
from core.clock import database_now
from core.errors import InvalidInput, InvalidState
from core.ids import uuid7
from tenants.models import Membership

BY_HAND = (Settlement.Way.CASH, Settlement.Way.TRANSFER)


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
    why: str = "",
) -> Settlement:
    """`amount` came on `day`, in cash or into `bank_account`. What is left stays owed. With
    `ends_slip` the open slip is taken back at the bank, and one for the rest may be issued then; a
    charge that is paid in whole has its slip ended in any case.

    Raises:
        InvalidInput: (its `field` named) the amount, day, way or account is none.
        InvalidState: (code `not_owed`) it is paid or cancelled.
        NotAllowed: `by` does not work on charges.
    """
    require_enterer(by)
    held = lock_charge(charge)
    if held.status in {ChargeStatus.PAID, ChargeStatus.CANCELLED}:
        words = held.status_words(day).lower()
        raise InvalidState(f"Esta cobrança consta como «{words}».", code="not_owed")
    amount = read_money(amount, "amount", "O valor")
    check(amount, day, way, bank_account)
    money = Money(
        evidence=f"by-hand:{uuid7()}",
        way=Settlement.Way(way),
        received=amount,
        paid_on=day,
        posted_on=day,
        source=f"Registrada por {by.user.display_name}.",
        bank_account=bank_account,
        by=by.user,
    )
    settlement = settle(held, money)
    assert settlement is not None  # its evidence is new
    slip = live_slip(held)
    if slip is not None and ends_slip:
        ask_end(slip, by=by.user)
    said = {"Recebido": f"{reais(amount)} em {day:%d/%m/%Y}", "Como": settlement.get_way_display()}
    record(Act.CHARGE_RECEIVED, on=held, by=by.user, why=why, before=particulars(held), after=said)
    return settlement


def check(amount: Decimal, day: date, way: str, bank_account: BankAccount | None) -> None:
    if not amount:
        raise InvalidInput("O valor precisa ser maior que zero.", field="amount")
    if day > sao_paulo_day(database_now()):
        raise InvalidInput("O dia do recebimento não pode ser depois de hoje.", field="day")
    if way not in BY_HAND:
        raise InvalidInput("Escolha dinheiro ou transferência.", field="way")
    if (way == Settlement.Way.TRANSFER) != (bank_account is not None):
        raise InvalidInput(
            "Uma transferência entra em uma conta bancária; dinheiro, em nenhuma.",
            field="bank_account",
        )
