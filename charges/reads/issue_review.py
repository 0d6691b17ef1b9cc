"""What issuing many charges does, said before it is done."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from charges.issuing.queue import reasons_against
from charges.models import Charge
from charges.terms.check import discount_notice
from tenants.models import Membership


@dataclass(frozen=True, slots=True)
class IssueReview:
    leaving: Sequence[Charge]
    left_out: Sequence[tuple[Charge, str]]  # and why

    @property
    def amount(self) -> Decimal:
        return sum((charge.rest for charge in self.leaving), Decimal("0.00"))

    @property
    def payers(self) -> int:
        return len({charge.payer_id for charge in self.leaving})

    @property
    def notices(self) -> list[str]:
        said = (discount_notice(charge) for charge in self.leaving)
        return list(dict.fromkeys(notice for notice in said if notice))


def review_issuing(ids: Collection[UUID], by: Membership, today: date) -> IssueReview | None:
    """None: one of them is not this company's. Four queries."""
    told = Charge.objects.of(by.tenant_id).filter(id__in=ids).order_by("due_date", "id")
    charges = list(told.select_related("payer", "bank_account"))
    if len(charges) != len(ids):
        return None
    reasons = reasons_against(by.tenant_id, charges, today)
    return IssueReview(
        [charge for charge in charges if charge.id not in reasons],
        [(charge, reasons[charge.id]) for charge in charges if charge.id in reasons],
    )
