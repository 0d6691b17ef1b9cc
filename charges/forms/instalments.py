"""The parts of one sale, as the form proposes them and a person changes them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError

from charges.terms.check import reais
from charges.terms.instalments import monthly, split_amount
from core.amounts import read_amount
from core.errors import InvalidInput
from core.fields import DayField
from core.money import format_brl


@dataclass(frozen=True, slots=True)
class Part:
    """One instalment as it was typed, and what was understood of it."""

    number: int
    typed_amount: str
    typed_due: str
    amount: Decimal | None = None
    due_date: date | None = None
    error: str = ""


@dataclass(frozen=True, slots=True)
class Parts:
    total: Decimal
    rows: list[Part]
    mark: str  # what the proposal was made of: another sale is proposed anew

    @property
    def understood(self) -> list[tuple[Decimal, date]] | None:
        """None: one of them was not."""
        told = [(row.amount, row.due_date) for row in self.rows]
        whole = [(amount, day) for amount, day in told if amount is not None and day is not None]
        return whole if len(whole) == len(told) else None

    @property
    def difference(self) -> str:
        """«faltam R$ 0,01»; empty when they add up."""
        if self.understood is None:
            return ""
        left = self.total - sum(amount for amount, _ in self.understood)
        if not left:
            return ""
        return f"faltam {reais(left)}" if left > 0 else f"sobram {reais(-left)}"


def parts_of(total: Decimal, first_due: date, count: int, typed: Mapping[str, Any]) -> Parts:
    """As they were typed, while the sale is the one that they were proposed for."""
    mark = f"{total}|{first_due}|{count}"
    amounts, days = typed.getlist("part_amount"), typed.getlist("part_due")  # type: ignore[attr-defined]  # a QueryDict
    if typed.get("parts_of") == mark and len(amounts) == len(days) == count:
        rows = [read_part(n, *each) for n, each in enumerate(zip(amounts, days, strict=True), 1)]
        return Parts(total, rows, mark)
    proposed = zip(split_amount(total, count), monthly(first_due, count), strict=True)
    return Parts(
        total,
        [
            Part(number, format_brl(amount), f"{day:%d/%m/%Y}", amount, day)
            for number, (amount, day) in enumerate(proposed, 1)
        ],
        mark,
    )


def read_part(number: int, typed_amount: str, typed_due: str) -> Part:
    try:
        amount = read_amount(typed_amount)
        due_date = DayField().clean(typed_due)
    except InvalidInput as error:
        return Part(number, typed_amount, typed_due, error=str(error))
    except ValidationError as error:
        return Part(number, typed_amount, typed_due, error=" ".join(error.messages))
    return Part(number, typed_amount, typed_due, amount, due_date)
