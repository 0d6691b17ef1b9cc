"""The day's runs that did not happen, or whose payments are not at the bank yet."""

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import Exists, Min, OuterRef, Q

from banking.banks import registry
from banking.models import BankAccount, BankAccountQuerySet, Connection
from brazil.banking_days import sao_paulo_day
from payments.dispatch.schedule import has_run, opening_instant, with_modo_banking
from payments.models import DispatchRun, Payable, PaymentOrder
from payments.rails.rails import open_rails
from payments.states import OrderStatus
from tenants.models import TenantQuerySet
from tenants.scope import across_tenants

# Not sent, and nobody is at it: still queued, or given up because its day was over.
STOPPED = Q(status=OrderStatus.QUEUED) | Q(status=OrderStatus.CANCELLED, first_sent_at=None)
NOT_SENT = STOPPED | Q(status=OrderStatus.SENDING)


def late_after() -> timedelta:
    return timedelta(minutes=settings.RUN_LATE_MINUTES)


def is_day_through(now: datetime) -> bool:
    """Whether it is past 07:00, and all that the clock sends today is at the banks.

    True also when there is no account to send from. An order whose answer was lost left, too: the
    bank is being asked about it.
    """
    today = sao_paulo_day(now)
    if now < opening_instant(today):
        return False
    with across_tenants():
        accounts = sending_on(with_modo_banking(today), now)
        if accounts.exclude(has_run(today)).exists():
            return False
        unsent = orders_of_today(now).filter(NOT_SENT, bank_account__in=accounts.values("id"))
        return not unsent.exists()


def waiting_since(now: datetime) -> datetime | None:
    """Since when the first approved bill of today waits that the clock should have sent."""
    today = sao_paulo_day(now)
    opening = opening_instant(today)
    if now < opening:
        return None
    with across_tenants():
        accounts = sending_on(with_modo_banking(today), now)
        if with_bills_of(accounts.exclude(has_run(today)), now).exists():
            return opening
        queued = orders_of_today(now).filter(
            status=OrderStatus.QUEUED, bank_account__in=accounts.values("id")
        )
        since: datetime | None = queued.aggregate(first=Min("created_at"))["first"]
    return since


def missing_runs(now: datetime) -> BankAccountQuerySet:
    """Accounts with bills of today whose run did not happen in time.

    Also those whose connection was lost; not those that somebody disconnected.
    """
    today = sao_paulo_day(now)
    if now < opening_instant(today) + late_after():
        return BankAccount.objects.none()
    return with_bills_of(sending_on(may_send(now), now).exclude(has_run(today)), now)


def cut_runs(now: datetime) -> TenantQuerySet:
    """Runs of today that were made in time to be through by now, and have unsent orders."""
    unsent = PaymentOrder.objects.filter(STOPPED, tenant=OuterRef("tenant"), run=OuterRef("pk"))
    runs: TenantQuerySet = DispatchRun.objects.filter(
        Exists(unsent),
        day=sao_paulo_day(now),
        started_at__lte=now - late_after(),
        started_at__gte=opening_instant(sao_paulo_day(now)),
        bank_account__in=may_send(now).values("id"),
    )
    return runs


def may_send(now: datetime) -> BankAccountQuerySet:
    """Accounts with Modo Banking whose connection nobody undid, of companies that may send."""
    return (
        BankAccount.objects.filter(
            modo_banking_from__lte=sao_paulo_day(now),
            tenant__sending_locked_at=None,
            connection__status__in=[Connection.Status.ACTIVE, Connection.Status.LOST],
        )
    ).in_plan()


def sending_on(accounts: BankAccountQuerySet, now: datetime) -> BankAccountQuerySet:
    """Those whose bank pays anything on the day."""
    today = sao_paulo_day(now)
    banks = [slug for slug, bank in registry.banks().items() if open_rails(bank.info, today)]
    return accounts.filter(provider__in=banks)


def with_bills_of(accounts: BankAccountQuerySet, now: datetime) -> BankAccountQuerySet:
    bills = Payable.objects.sendable().filter(
        tenant=OuterRef("tenant"), payment_date=sao_paulo_day(now)
    )
    return accounts.filter(
        Exists(bills.filter(bank_account=OuterRef("pk")))
        | Q(is_preferred=True) & Exists(bills.filter(bank_account=None))
    )


def orders_of_today(now: datetime) -> TenantQuerySet:
    orders: TenantQuerySet = PaymentOrder.objects.filter(run__day=sao_paulo_day(now))
    return orders


def unsent_orders(run_id: UUID, tenant_id: UUID) -> int:
    """Runs inside the company's scope."""
    return PaymentOrder.objects.of(tenant_id).filter(STOPPED, run=run_id).count()
