"""Boletos that today's runs left out because their title was not read, and that were read since."""

from datetime import datetime
from uuid import UUID

from brazil.banking_days import sao_paulo_day
from payments.models import DispatchRun, Payable
from payments.rails.titles import UNREAD
from tenants.scope import across_tenants


def accounts_with_read_titles(now: datetime) -> list[tuple[UUID, UUID]]:
    """(company, account) of each account whose run of today has such a bill."""
    with across_tenants():
        runs = DispatchRun.objects.filter(
            day=sao_paulo_day(now), left_out__contains=[{"reason": UNREAD}]
        )
        runs = runs.select_related("bank_account")
        return [(run.tenant_id, run.bank_account_id) for run in runs if read_since(run)]


def read_since(run: DispatchRun) -> list[UUID]:
    """Those that are still to be paid from its account as they were approved before it.

    Runs inside a scope.
    """
    waiting = [item["payable"] for item in run.left_out if item["reason"] == UNREAD]
    if not waiting:
        return []
    bills = Payable.objects.of(run.tenant_id).paid_by(run.bank_account).sendable()
    read = bills.filter(id__in=waiting, approval__at__lte=run.started_at)
    return list(read.exclude(title_read_at=None).values_list("id", flat=True))
