"""A bank line that a person says is the money of a charge."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from audit.acts import Act
from audit.services import Entry
from banking.models import StatementLine
from charges.drafts.draft import particulars, require_enterer
from charges.models import Charge, Settlement
from charges.settlement.received import KEEP, WAIVE
from charges.settlement.settle import (
    Money,
    Share,
    count_in,
    most_tax,
    parts_of,
    post,
    settlement_of,
)
from charges.settlement.split import ZERO, Split, reais
from charges.settlement.waive import waive_rest
from charges.states import ChargeStatus
from charges.terms.amounts import owed_on
from charges.transitions import ask_end, live_slip
from core.errors import InvalidInput, InvalidState
from core.ids import uuid7
from core.money import CENTAVO
from core.text import read_line
from tenants.models import Membership


@dataclass(frozen=True, slots=True, kw_only=True)
class Came:
    """What a person says that the money is made of. Amounts are positive reais."""

    principal: Decimal  # of what is open of the charge
    fine: Decimal = ZERO
    interest: Decimal = ZERO
    excess: Decimal = ZERO
    discount: Decimal = ZERO
    fee: Decimal = ZERO
    withheld: Decimal = ZERO
    shares: Sequence[Share] = ()  # which accounts these go to, where not to the product's own
    late: str = ""  # what becomes of fine and interest that lack: KEEP or WAIVE
    why: str = ""
    ends_slip: bool = False  # the open slip is taken back although a part is still owed

    @property
    def received(self) -> Decimal:
        added = self.principal + self.fine + self.interest + self.excess
        return added - self.discount - self.fee - self.withheld


def settle_by_line(
    charge: Charge, came: Came, *, line: StatementLine, by: Membership
) -> tuple[Settlement, Entry]:
    """The charge is settled by that much, in its line's account and on its day, which the caller
    joins to the entry. Runs in the caller's transaction, who holds the account of the line, the
    charge (`charges.transitions.lock_charges`) and, as a waiver may follow,
    `people.exceptional_acts.lock_person`; and who puts on record what is returned, last of all.

    Raises:
        InvalidInput: (its `field` named) more than is owed, no money, or `late` or `why` has to be
            said.
        InvalidState: (code `not_owed`) it is paid or cancelled.
        NotAllowed: `by` does not work on charges.
    """
    require_enterer(by)
    before = particulars(charge)
    split = split_of(charge, came, line.booked_on)
    settlement = settlement_of(charge, money_of(came, line, by), split)
    settlement.entry = post(settlement, came.shares)
    settlement.save(force_insert=True)
    count_in(charge, settlement, source=f"Linha do extrato, por {by.user.display_name}.")
    if came.ends_slip and (slip := live_slip(charge)) is not None:
        ask_end(slip, by=by.user)
    if came.late == WAIVE and charge.late_rest:
        waive_rest(charge, by=by, why=came.why)
    said = {
        "Recebido": f"{reais(came.received)} em {line.booked_on:%d/%m/%Y}",
        "Como": "Linha do extrato",
        **({"De que se compõe": parts} if (parts := parts_of(settlement)) else {}),
    }
    return settlement, Entry(Act.CHARGE_RECEIVED, charge, came.why, before, said)


def split_of(charge: Charge, came: Came, day: date) -> Split:
    if charge.status in {ChargeStatus.PAID, ChargeStatus.CANCELLED}:
        words = charge.status_words(day).lower()
        raise InvalidState(f"A cobrança «{charge}» consta como «{words}».", code="not_owed")
    if came.principal > charge.rest:
        raise InvalidInput(
            f"Da cobrança «{charge}» faltam {reais(charge.rest)}.", field="amount", code="too_much"
        )
    if came.withheld and came.withheld > (most := most_tax(charge, "withheld")):
        raise InvalidInput(
            f"O imposto retido da cobrança «{charge}» vai até {reais(most)}.", field="withheld"
        )
    if came.received <= 0:
        raise InvalidInput(f"Nada entrou da cobrança «{charge}».", field="amount")
    principal = min(came.principal, charge.principal_rest)
    split = Split(
        principal=principal,
        fine=came.fine,
        interest=came.interest + came.principal - principal,
        discount=came.discount,
        excess=came.excess,
        lacking=lacking_of(charge, came, day) if principal == charge.principal_rest else ZERO,
    )
    require_answer(charge, came, split.lacking)
    return split


def lacking_of(charge: Charge, came: Came, day: date) -> Decimal:
    """What of fine and interest was due too; a centavo is nothing."""
    late = came.principal - min(came.principal, charge.principal_rest)
    lacks = owed_on(charge, day).additions - came.fine - came.interest - late
    return lacks if lacks > CENTAVO else ZERO


def require_answer(charge: Charge, came: Came, lacking: Decimal) -> None:
    if lacking and came.late not in {KEEP, WAIVE}:
        raise InvalidInput(
            f"Da cobrança «{charge}» faltam {reais(lacking)} de multa e juros: diga se ficam em "
            "aberto.",
            field="late",
            code="late",
        )
    if lacking and came.late == WAIVE and not read_line(came.why):
        raise InvalidInput("Informe por que a multa e os juros são dispensados.", field="why")


def money_of(came: Came, line: StatementLine, by: Membership) -> Money:
    return Money(
        evidence=f"line:{line.id}:{uuid7()}",  # of one line several charges may be settled
        way=Settlement.Way.TRANSFER,
        received=came.received,
        fee=came.fee,
        withheld=came.withheld,
        paid_on=line.booked_on,
        posted_on=line.booked_on,
        source="",
        bank_account=line.bank_account,
        by=by.user,
    )
