"""Payments that wait for the last step, in the bank's own app: since when, and until when."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Count, Min, Sum
from django.db.models.functions import Coalesce

from banking.models import BankAccount
from brazil.banking_days import sao_paulo_day
from core.dates import hour, lasted, near_day
from payments.models import DispatchRun, PaymentOrder
from payments.rails.cut_off import closing_instant
from payments.states import OrderStatus
from tenants.models import Tenant

SOON = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class LastStep:
    """What waits in the app of one account's bank."""

    account: BankAccount
    count: int
    amount: Decimal
    since: datetime
    deadline: datetime  # of the first that closes
    now: datetime

    @property
    def tone(self) -> str:
        if self.is_over:
            return "bad"
        return "warn" if self.deadline - self.now < SOON else "info"

    @property
    def is_over(self) -> bool:
        return self.now >= self.deadline

    @property
    def age(self) -> str:
        return lasted(self.now - self.since)

    @property
    def until(self) -> str:
        """«hoje, 17h»"""
        day = near_day(sao_paulo_day(self.deadline), sao_paulo_day(self.now))
        return f"{day}, {hour(self.deadline)}"


def last_steps(tenant: Tenant, now: datetime) -> list[LastStep]:
    """One query for the orders, however many they are, and one for their accounts."""
    waiting = PaymentOrder.objects.of(tenant).filter(
        status=OrderStatus.AT_BANK, left_list_at=None, cancel_asked_at=None
    )
    groups = waiting.values("bank_account_id", "rail", "run__day").annotate(
        count=Count("id"),
        sum=Sum("amount"),
        since=Min(Coalesce("first_sent_at", "created_at")),
        made=Min("created_at"),
    )
    of_account: dict[UUID, list[dict[str, Any]]] = defaultdict(list)
    for group in groups:
        of_account[group["bank_account_id"]].append(group)
    accounts = BankAccount.objects.of(tenant).filter(id__in=of_account).order_by("id")
    return [step_of(account, of_account[account.id], now) for account in accounts]


def step_of(account: BankAccount, groups: Iterable[dict[str, Any]], now: datetime) -> LastStep:
    groups = list(groups)
    return LastStep(
        account=account,
        count=sum(group["count"] for group in groups),
        amount=sum((group["sum"] for group in groups), Decimal(0)),
        since=min(group["since"] for group in groups),
        deadline=min(closing_of(account, group) for group in groups),
        now=now,
    )


def closing_of(account: BankAccount, group: dict[str, Any]) -> datetime:
    """Of the orders of one rail and run, by the one that was made first."""
    day = group["run__day"]
    run = DispatchRun(day=day) if day else None
    first = PaymentOrder(rail=group["rail"], created_at=group["made"], run=run)
    return closing_instant(first, account)
