"""What of a payment is left, and what a refund of it is made of. Amounts are reais.

What was paid in excess goes back first, then the charge's own value, then fine and interest.
"""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Sum

from charges.models import AdvanceUse, Refund, Settlement
from charges.states import COUNTED_REFUNDS

ZERO = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class Parts:
    """Their sum is what goes back."""

    excess: Decimal = ZERO
    principal: Decimal = ZERO
    late: Decimal = ZERO
    overdrawn: Decimal = ZERO  # of an advance that was used before: the payer owes it


@dataclass(frozen=True, slots=True)
class Left:
    """Of a payment, after what was and is to be given back, and what of it was used."""

    total: Decimal  # may still go back
    excess: Decimal  # may still be used, or go back
    principal: Decimal
    late: Decimal

    def split(self, amount: Decimal) -> Parts:
        excess = min(amount, self.excess)
        principal = min(amount - excess, self.principal)
        late = min(amount - excess - principal, self.late)
        return Parts(excess, principal, late, amount - excess - principal - late)


def left_of(settlement: Settlement, *, but: Refund | None = None) -> Left:
    """Two queries. Without `but`, one of its refunds, which then counts for nothing. Runs inside
    the company's scope."""
    refunds = Refund.objects.of(settlement.tenant_id).filter(
        settlement=settlement, status__in=COUNTED_REFUNDS
    )
    if but is not None:
        refunds = refunds.exclude(id=but.id)
    names = ("amount", "excess", "principal", "late", "overdrawn")
    gone = refunds.aggregate(**{name: Sum(name, default=ZERO) for name in names})
    uses = AdvanceUse.objects.of(settlement.tenant_id).filter(settlement=settlement, ended_at=None)
    used: Decimal = uses.aggregate(used=Sum("amount", default=ZERO))["used"]
    return Left(
        total=max(settlement.received - gone["amount"] - used, ZERO),
        # What was taken of an advance in use is gone, also when that use ends.
        excess=max(settlement.excess - gone["excess"] - gone["overdrawn"] - used, ZERO),
        principal=settlement.principal - gone["principal"],
        late=settlement.fine + settlement.interest - gone["late"],
    )


def taken_back(settlement: Settlement, *, but: Refund | None = None) -> Decimal:
    """What certainly went back of a payment."""
    done = Refund.objects.of(settlement.tenant_id).filter(
        settlement=settlement, status=Refund.Status.DONE
    )
    if but is not None:
        done = done.exclude(id=but.id)
    total: Decimal = done.aggregate(total=Sum("amount", default=ZERO))["total"]
    return total
