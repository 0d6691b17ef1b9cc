"""What a charge costs on a day. Amounts are reais, rounded once, half a centavo up."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from brazil.banking_days import sao_paulo_day
from charges.models import Charge, late_from
from core.clock import database_now
from core.money import CENTAVO

ZERO = Decimal("0.00")
DAYS_A_MONTH = 30


@dataclass(frozen=True, slots=True)
class Terms:
    """Fine once, from the day on which it is late; interest by day from the due date; discount
    until so many days before."""

    due_date: date
    fine_percent: Decimal = ZERO
    interest_percent: Decimal = ZERO  # a month
    discount: Decimal = ZERO
    discount_days: int = 1


@dataclass(frozen=True, slots=True)
class Owed:
    principal: Decimal
    fine: Decimal = ZERO
    interest: Decimal = ZERO
    discount: Decimal = ZERO
    late: Decimal = ZERO  # fine and interest of what was paid, kept open

    @property
    def total(self) -> Decimal:
        return self.principal + self.additions - self.discount

    @property
    def additions(self) -> Decimal:
        return self.fine + self.interest + self.late


def terms_of(charge: Charge) -> Terms:
    return Terms(
        charge.due_date,
        charge.fine_percent,
        charge.interest_percent,
        charge.discount,
        charge.discount_days,
    )


def amount_on(principal: Decimal, terms: Terms, day: date) -> Owed:
    """What `principal` costs when it is paid on `day`.

    Due on a day without banks it is free until the next banking day (Lei 7.089/1983, art. 1);
    after that the interest counts from the due date itself.
    """
    if day.toordinal() <= terms.due_date.toordinal() - terms.discount_days:
        return Owed(principal, discount=min(terms.discount, principal))
    if day < late_from(terms.due_date):
        return Owed(principal)
    days = (day - terms.due_date).days
    fine = rounded(principal * terms.fine_percent / 100)
    interest = rounded(principal * terms.interest_percent * days / (100 * DAYS_A_MONTH))
    return Owed(principal, fine, interest)


def owed_on(charge: Charge, day: date) -> Owed:
    """What is left of a charge, on `day`. After a part was paid its discount is gone."""
    terms = terms_of(charge)
    if charge.settled:
        terms = Terms(terms.due_date, terms.fine_percent, terms.interest_percent)
    return replace(amount_on(charge.principal_rest, terms, day), late=charge.late_rest)


def given_up(charge: Charge, amount: Decimal, terms: Terms) -> Decimal:
    """What the charge is worth less today if it is `amount` on these terms; never below zero."""
    today = sao_paulo_day(database_now())
    left = amount_on(max(amount - charge.settled, ZERO), terms, today).total
    return max(owed_on(charge, today).total - charge.late_rest - left, ZERO)


def rounded(amount: Decimal) -> Decimal:
    return amount.quantize(CENTAVO, ROUND_HALF_UP)
