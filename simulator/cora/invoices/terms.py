"""What a charge costs on the day it is paid: fine, interest and discount. Money is centavos."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from simulator.core.clock import next_banking_day

_DAYS_OF_MONTH = 30


@dataclass(frozen=True, slots=True)
class Owed:
    amount: int
    fine: int = 0
    interest: int = 0
    discount: int = 0

    @property
    def total(self) -> int:
        return self.amount + self.fine + self.interest - self.discount


def owed(amount: int, due_date: date, terms: dict[str, Any], day: date) -> Owed:
    """`terms` is the charge's `payment_terms`.

    The discount ends the day before the due date. Fine and interest begin after it; when no bank
    works on the due date, after the next day that they do (Lei 7.089/1983).
    """
    if day < due_date:
        return Owed(amount, discount=min(_discount(amount, terms.get("discount")), amount - 1))
    if day <= next_banking_day(due_date):
        return Owed(amount)
    fine = _fine(amount, due_date, terms.get("fine"), day)
    return Owed(amount, fine, _interest(amount, terms.get("interest"), (day - due_date).days))


def percent(amount: int, rate: object) -> int:
    """`rate` % of an amount, rounded to the nearest centavo."""
    return _whole(amount * Decimal(str(rate)) / 100)


def _discount(amount: int, discount: dict[str, Any] | None) -> int:
    if not discount:
        return 0
    if discount["type"] == "FIXED":
        return int(discount["value"])
    return percent(amount, discount["value"])


def _fine(amount: int, due_date: date, fine: dict[str, Any] | None, day: date) -> int:
    if not fine:
        return 0
    since = fine.get("date")
    if day < (date.fromisoformat(since) if since else due_date + timedelta(days=1)):
        return 0
    if fine.get("amount") is not None:
        return int(fine["amount"])
    return percent(amount, fine.get("rate") or 0)


def _interest(amount: int, interest: dict[str, Any] | None, days: int) -> int:
    if not interest:
        return 0
    return _whole(amount * Decimal(str(interest["rate"])) / 100 * days / _DAYS_OF_MONTH)


def _whole(value: Decimal) -> int:
    return int(value.quantize(Decimal(1), ROUND_HALF_UP))
