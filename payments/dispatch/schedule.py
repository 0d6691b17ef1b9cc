"""When the clock sends: every day at 07:00 in São Paulo, said once."""

from datetime import date, datetime, time
from uuid import UUID

from django.db.models import Exists, OuterRef

from banking.banks import registry
from banking.models import BankAccount, BankAccountQuerySet
from brazil.banking_days import SAO_PAULO, sao_paulo_day
from payments.models import DispatchRun
from payments.rails.rails import open_rails
from tenants.scope import across_tenants

STARTS_AT = time(7, 0)  # São Paulo


def opening_instant(day: date) -> datetime:
    """07:00 in São Paulo."""
    return datetime.combine(day, STARTS_AT, SAO_PAULO)


def is_sending_time(provider: str, now: datetime) -> bool:
    """Whether the clock sends through this bank now: from 07:00 until its last rail closes."""
    local = now.astimezone(SAO_PAULO)
    bank = registry.info(provider)
    closings = [bank.cut_off[rail] for rail in open_rails(bank, local.date())]
    return bool(closings) and STARTS_AT <= local.time() < max(closings)


def has_run(day: date) -> Exists:
    """Of an account: its run of the day is made. One made by hand before 07:00 is not that."""
    runs = DispatchRun.objects.filter(
        tenant=OuterRef("tenant"),
        bank_account=OuterRef("pk"),
        day=day,
        started_at__gte=opening_instant(day),
    )
    return Exists(runs)


def due_accounts(now: datetime) -> list[tuple[UUID, UUID]]:
    """(company, account) of each account whose run of today is still to be made."""
    today = sao_paulo_day(now)
    with across_tenants():
        accounts = with_modo_banking(today).exclude(has_run(today))
        rows = list(accounts.values_list("tenant_id", "id", "provider"))
    return [(tenant, account) for tenant, account, bank in rows if is_sending_time(bank, now)]


def with_modo_banking(day: date) -> BankAccountQuerySet:
    accounts = BankAccount.objects.connected().in_plan().filter(modo_banking_from__lte=day)
    return accounts.filter(tenant__sending_locked_at=None)
