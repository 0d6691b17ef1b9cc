"""What a Pix charge with a due date ("cobv") costs on a day: fine, interest, discount. Centavos.

The numbers of the kinds (`modalidade`) are those of the Pix API of the Banco Central; of the ones
that exist, those that count working days or days in advance are not taken.
"""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from simulator.core.clock import next_banking_day

FIXED, PERCENT = 1, 2
# Interest: a value a day, and percentages a day, a month and a year.
DAYS_OF = {2: 1, 3: 30, 4: 365}
INTEREST = (FIXED, *DAYS_OF)


def owed(amount: int, terms: dict[str, Any], day: date) -> int:
    """`terms`: `due`, and `multa`, `juros` and `desconto` as they were read, or nothing."""
    due = date.fromisoformat(terms["due"])
    if day > next_banking_day(due):
        late = (day - due).days
        return amount + _fine(amount, terms.get("multa")) + _interest(amount, terms, late)
    return max(1, amount - _discount(amount, terms.get("desconto"), day))


def _fine(amount: int, fine: dict[str, Any] | None) -> int:
    return 0 if fine is None else _part(amount, fine["modalidade"], Decimal(fine["valorPerc"]))


def _interest(amount: int, terms: dict[str, Any], late: int) -> int:
    interest = terms.get("juros")
    if interest is None:
        return 0
    kind, rate = interest["modalidade"], Decimal(interest["valorPerc"])
    if kind == FIXED:
        return _whole(rate * 100 * late)
    return _whole(amount * rate / 100 * late / DAYS_OF[kind])


def _discount(amount: int, discount: dict[str, Any] | None, day: date) -> int:
    """Of the dates not over yet the first one counts."""
    if discount is None:
        return 0
    steps = sorted((step["data"], step["valorPerc"]) for step in discount["descontoDataFixa"])
    rate = next((rate for until, rate in steps if day.isoformat() <= until), "0")
    return _part(amount, discount["modalidade"], Decimal(rate))


def _part(amount: int, kind: int, value: Decimal) -> int:
    return _whole(value * 100 if kind == FIXED else amount * value / 100)


def _whole(value: Decimal) -> int:
    return int(value.quantize(Decimal(1), ROUND_HALF_UP))
