"""What a database that was restored knows, and what a person has to compare with the banks."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Count, Max, Sum

from audit.models import Record
from banking.models import BankAccount
from payments.models import Payable, PayableEvent, PaymentOrder
from payments.states import OPEN_AT_BANK, OrderStatus, PayableStatus
from tenants.models import Tenant


@dataclass(frozen=True, slots=True)
class Restored:
    locked_at: datetime
    # The last that is known from before the lock; None: nothing was done in this company.
    known_until: datetime | None
    approved: int  # what leaves first once sending is released
    approved_amount: Decimal
    pending: int
    followed: int  # orders that the bank has, or may have
    accounts: list[BankAccount]


def what_to_look_at(tenant: Tenant, locked_at: datetime) -> Restored:
    """Runs inside the company's scope."""
    events = PayableEvent.objects.of(tenant).filter(at__lt=locked_at).aggregate(last=Max("at"))
    records = Record.objects.of(tenant).filter(made_at__lt=locked_at).aggregate(last=Max("made_at"))
    known = [found["last"] for found in (events, records) if found["last"]]
    bills = Payable.objects.of(tenant)
    approved = bills.filter(status=PayableStatus.APPROVED)
    waiting = approved.aggregate(number=Count("id"), amount=Sum("amount"))
    open_orders = [OrderStatus.SENDING, OrderStatus.UNKNOWN, *OPEN_AT_BANK]
    return Restored(
        locked_at=locked_at,
        known_until=max(known, default=None),
        approved=waiting["number"],
        approved_amount=waiting["amount"] or Decimal(0),
        pending=bills.filter(status=PayableStatus.PENDING).count(),
        followed=PaymentOrder.objects.of(tenant).filter(status__in=open_orders).count(),
        accounts=list(
            BankAccount.objects.of(tenant)
            .exclude(connection=None)
            .select_related("connection")
            .order_by("provider", "number")
        ),
    )
