"""The payer paid a part, and the rest as tax in the company's name."""

from decimal import Decimal

from django.db import transaction

from audit.acts import Act
from audit.services import record
from charges.drafts.draft import particulars, read_money, require_enterer
from charges.models import Charge, Settlement
from charges.settlement.looks import end_look, held_back
from charges.settlement.settle import Money, most_tax, settle
from charges.settlement.split import ZERO, reais
from charges.states import ChargeStatus
from charges.transitions import lock_charge
from core.errors import InvalidInput, InvalidState
from core.ids import uuid7
from tenants.models import Membership


@transaction.atomic
def say_withheld(charge: Charge, *, by: Membership, amount: Decimal, why: str = "") -> Settlement:
    """What is left of a charge that is paid in part, or `amount` of it, the payer kept for tax: a
    settlement without money, on the day of the last money. What required a look does no more.

    Raises:
        InvalidInput: (field `amount`) it is nothing, or more than is left of the charge's value.
        InvalidState: (code `not_partly_paid`) it is not paid in part, or only fine and interest are
            left; (code `held_back`) money of it is held back.
        NotAllowed: `by` does not work on charges.
    """
    require_enterer(by)
    amount = read_money(amount, "amount", "O imposto retido")
    held = lock_charge(charge)
    if held.status != ChargeStatus.PARTLY_PAID or not held.principal_rest:
        raise InvalidState(
            "Imposto retido é o que falta de uma cobrança paga em parte.", code="not_partly_paid"
        )
    if held_back(held):
        raise InvalidState("Diga antes o que fazer com o valor retido.", code="held_back")
    most = most_tax(held, "withheld")
    if not 0 < amount <= most:
        raise InvalidInput(f"O imposto retido vai até {reais(most)}.", field="amount")
    before = particulars(held)
    settlement = settle(held, money_of(held, amount, by))
    assert settlement is not None  # its evidence is new
    if held.needs_person:
        end_look(held, by, why or "O pagador reteve imposto.")
    after = {"Imposto retido": reais(amount)}
    record(Act.CHARGE_WITHHELD, on=held, by=by.user, why=why, before=before, after=after)
    return settlement


def money_of(charge: Charge, amount: Decimal, by: Membership) -> Money:
    assert charge.paid_on is not None  # a part came
    return Money(
        evidence=f"withheld:{uuid7()}",
        way=Settlement.Way.WITHHELD,
        received=ZERO,
        withheld=amount,
        paid_on=charge.paid_on,
        posted_on=charge.paid_on,
        source=f"Imposto retido, informado por {by.user.display_name}.",
        by=by.user,
    )
