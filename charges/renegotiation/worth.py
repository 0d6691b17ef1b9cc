"""What charges are worth together on a day, and what of the new ones is fine and interest. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from charges.models import Charge
from charges.terms.amounts import owed_on, rounded

ZERO = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class Worth:
    """Reais. The principal is without what an early payer would be spared today."""

    principal: Decimal = ZERO
    additions: Decimal = ZERO  # fine and interest

    @property
    def total(self) -> Decimal:
        return self.principal + self.additions


def worth_of(charges: Iterable[Charge], day: date) -> Worth:
    owed = [owed_on(charge, day) for charge in charges]
    return Worth(
        sum((each.principal - each.discount for each in owed), ZERO),
        sum((each.additions for each in owed), ZERO),
    )


def share_out(additions: Decimal, amounts: Sequence[Decimal]) -> list[Decimal]:
    """`additions` over the parts of a sum, in proportion and to the centavo."""
    total, told, shares = sum(amounts, ZERO), ZERO, []
    reached = ZERO
    for amount in amounts:
        reached += amount
        until = rounded(additions * reached / total)
        shares.append(until - told)
        told = until
    return shares
