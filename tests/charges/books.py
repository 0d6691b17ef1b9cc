"""What is true of charges and of the books whatever happened. All of it runs inside the scope."""

from decimal import Decimal

from django.db.models import Sum

from accounts.models import JournalEntry, JournalLine
from charges.models import REST, Charge, Refund, Settlement, Slip
from charges.reads.list import ListFilter, read_page
from charges.reads.numbers import numbers_of
from charges.states import LIVE_SLIPS, OWED, ChargeStatus, RefundStatus, SlipStatus
from core.clock import database_now
from reconciliation.models import OpeningBalance
from tenants.models import Membership
from tests.charges.readings import DAY

D = Decimal


def check_charge(charge: Charge) -> None:
    tenant_id = charge.tenant_id
    charge = Charge.objects.of(tenant_id).get(id=charge.id)
    came = Settlement.objects.of(tenant_id).filter(charge=charge)
    principal = came.aggregate(total=Sum("principal"))["total"] or D(0)
    back = Refund.objects.of(tenant_id).filter(charge=charge, status=RefundStatus.DONE)
    went = back.aggregate(total=Sum("principal"))["total"] or D(0)
    assert charge.settled == principal - went + charge.waived
    slips = Slip.objects.of(tenant_id).filter(charge=charge)
    assert slips.filter(status__in=LIVE_SLIPS).count() <= 1
    assert not slips.filter(status=SlipStatus.QUEUED, cancel_asked_at__isnull=False).exists()
    if charge.status == ChargeStatus.PAID and charge.paid_after != "cancellation":
        assert not charge.rest


def check_books(by: Membership) -> None:
    lines, came = JournalLine.objects.of(by.tenant_id), Settlement.objects.of(by.tenant_id)
    openings = OpeningBalance.objects.of(by.tenant_id).exclude(entry=None).values("entry")
    lines = lines.exclude(entry__in=openings)  # what was there before the first statement
    sums = dict(lines.values_list("account__group__nature").annotate(Sum("amount")).order_by())
    assert sum(sums.values(), D(0)) == 0
    received = came.aggregate(total=Sum("received"))["total"] or D(0)
    back = Refund.objects.of(by.tenant_id).filter(status=RefundStatus.DONE)
    returned = back.aggregate(total=Sum("amount"))["total"] or D(0)
    assert sums.get("ativo", D(0)) == received - returned
    entries = JournalEntry.objects.of(by.tenant_id).exclude(id__in=openings)
    assert entries.count() == came.count() + back.count()


def check_list(by: Membership) -> None:
    """What is open, what the list shows and the sums above it are one number."""
    now = database_now()
    owed = Charge.objects.of(by.tenant_id).filter(status__in=OWED)
    left = owed.aggregate(total=Sum(REST))["total"] or D(0)
    rows = read_page(ListFilter({}, tenant=by.tenant), by, now, "").rows
    numbers = numbers_of(by.tenant, DAY)
    assert sum((row.charge.rest for row in rows), D(0)) == left == numbers.owed_amount
    assert numbers.owed == len(rows)
