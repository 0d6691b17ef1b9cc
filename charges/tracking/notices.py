"""Notices of charges: hints, which wake a look at the bank. What a notice says moves nothing.

The bank is asked about a slip when a notice came since the last look at it, and for a while again,
because a notice may come before what it tells is shown. Order and repeats make no difference.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Max, Q

from banking.models import BankAccount, BankEvent
from charges.models import Slip
from charges.states import SlipStatus

KEPT = timedelta(days=2)
# Of these nothing is awaited. One that was written off may be paid all the same.
DONE = (SlipStatus.PAID, SlipStatus.REFUSED, SlipStatus.WITHDRAWN)
AGAIN_FOR = timedelta(minutes=10)

News = dict[str, datetime]  # by reference, when the last notice came


def news_of(account: BankAccount, now: datetime) -> News:
    """Runs inside the company's scope."""
    events = BankEvent.objects.of(account.tenant_id).filter(
        connection__accounts=account, claims="", received_at__gt=now - KEPT
    )
    rows = events.exclude(reference="").values_list("reference").annotate(Max("received_at"))
    return dict(rows.order_by())


def slips_with_news(account: BankAccount, news: News, now: datetime) -> list[Slip]:
    """Those of which a notice came that no look has answered. Runs inside the company's scope."""
    slips = Slip.objects.of(account.tenant_id).filter(
        Q(reference__in=news) | Q(our_number__in=news), bank_account=account
    )
    return [slip for slip in slips.order_by("id") if is_news(slip, heard(slip, news), now)]


def heard(slip: Slip, news: News) -> datetime:
    times = [news[name] for name in (slip.reference, slip.our_number) if name in news]
    return max(times)


def is_news(slip: Slip, heard_at: datetime, now: datetime) -> bool:
    if slip.read_at is None or heard_at > slip.read_at:
        return True
    if slip.status in DONE or heard_at <= now - AGAIN_FOR:
        return False
    # A while later, twice as long, and so on: what a notice tells of is mostly there already.
    pause = max(slip.read_at - heard_at, timedelta(seconds=settings.ASK_AGAIN_SECONDS))
    return slip.read_at <= now - pause
