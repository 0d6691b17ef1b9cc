"""Many charges issued by one act: how far it is, and a pause."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Count

from audit.acts import Act
from audit.services import record
from charges.drafts.draft import require_enterer
from charges.models import IssueBatch, Slip
from charges.states import SlipStatus
from charges.terms.check import rules_of
from core.clock import database_now
from core.enqueue import enqueue
from core.errors import InvalidState
from tenants.models import Membership, Tenant

WAITING = (SlipStatus.QUEUED, SlipStatus.ISSUING)
FAILED = (SlipStatus.REFUSED, SlipStatus.WITHDRAWN)


@dataclass(frozen=True, slots=True)
class Progress:
    size: int
    waiting: int
    failed: int
    unknown: int
    ends_at: datetime | None  # about; None when it is over or paused

    @property
    def done(self) -> int:
        return self.size - self.waiting - self.failed - self.unknown


def progress(batch: IssueBatch, now: datetime) -> Progress:
    """Two queries and one for each account. Runs inside the company's scope."""
    slips = Slip.objects.of(batch.tenant_id).filter(batch=batch)
    counts = dict(slips.values_list("status").annotate(Count("id")).order_by())
    waiting = sum(counts.get(status, 0) for status in WAITING)
    return Progress(
        size=batch.size,
        waiting=waiting,
        failed=sum(counts.get(status, 0) for status in FAILED),
        unknown=counts.get(SlipStatus.UNKNOWN, 0),
        ends_at=end_of(batch, now) if waiting and batch.paused_at is None else None,
    )


def end_of(batch: IssueBatch, now: datetime) -> datetime:
    """By each bank's rate, with all that its account has in the queue."""
    mine = Slip.objects.of(batch.tenant_id).filter(batch=batch, status__in=WAITING)
    ends = []
    for slip in (
        mine.order_by("bank_account").distinct("bank_account").select_related("bank_account")
    ):
        rules = rules_of(slip.bank_account)
        assert rules is not None  # it was queued
        ahead = Slip.objects.of(batch.tenant_id).filter(
            bank_account=slip.bank_account, status__in=WAITING
        )
        periods = ahead.count() / rules.issue_rate
        ends.append(now + timedelta(seconds=periods * rules.issue_period.total_seconds()))
    return max(ends, default=now)


@transaction.atomic
def pause_batch(batch: IssueBatch, *, by: Membership) -> None:
    """What did not leave yet waits.

    Raises:
        InvalidState: (code `paused`) it is paused already.
        NotAllowed: `by` does not work on charges.
    """
    require_enterer(by)
    mine = IssueBatch.objects.of(by.tenant_id).filter(id=batch.id, paused_at=None)
    if not mine.update(paused_at=database_now(), paused_by=by.user):
        raise InvalidState("Esta emissão já está pausada.", code="paused")
    record(Act.ISSUING_PAUSED, on=company(by), by=by.user, after={"Cobranças": str(batch.size)})


@transaction.atomic
def resume_batch(batch: IssueBatch, *, by: Membership) -> None:
    """
    Raises:
        InvalidState: (code `not_paused`) it is not paused.
        NotAllowed: `by` does not work on charges.
    """
    require_enterer(by)
    mine = IssueBatch.objects.of(by.tenant_id).filter(id=batch.id, paused_at__isnull=False)
    if not mine.update(paused_at=None, paused_by=None):
        raise InvalidState("Esta emissão não está pausada.", code="not_paused")
    slips = Slip.objects.of(by.tenant_id).filter(batch=batch, status=SlipStatus.QUEUED)
    for account_id in slips.values_list("bank_account_id", flat=True).distinct().order_by():
        enqueue("charges.tasks.issue_queued", str(by.tenant_id), str(account_id))
    record(Act.ISSUING_RESUMED, on=company(by), by=by.user, after={"Cobranças": str(batch.size)})


def company(by: Membership) -> Tenant:
    return Tenant.objects.get(id=by.tenant_id)
