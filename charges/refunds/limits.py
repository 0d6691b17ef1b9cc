"""What of a day's limit refunds have used."""

from decimal import Decimal
from uuid import UUID

from django.db.models import Q, Sum

from brazil.banking_days import day_bounds, sao_paulo_day
from charges.models import Refund
from charges.states import LEAVING_REFUNDS, RefundStatus
from core.clock import database_now

PIX = "pix"


def left_today(tenant_id: UUID, account_id: UUID, rail: str) -> Decimal:
    """What refunds took of an account today by a rail, or are about to. Named in
    `settings.ALSO_LEAVES`, so that bills count it; runs inside the company's scope."""
    if rail != PIX:
        return Decimal("0.00")
    since, _ = day_bounds(sao_paulo_day(database_now()))
    ours = Refund.objects.of(tenant_id).filter(
        Q(status__in=LEAVING_REFUNDS) | Q(status=RefundStatus.DONE, released_at__gte=since),
        bank_account=account_id,
        kind=Refund.Kind.OURS,
    )
    total: Decimal = ours.aggregate(total=Sum("amount", default=Decimal("0.00")))["total"]
    return total
