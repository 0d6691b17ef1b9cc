"""Every way by which a bill may be sent."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from banking.models import BankAccount
from payments.dispatch.run import dispatch_account, dispatch_by_hand
from payments.models import Payable, PaymentOrder
from tenants.scope import tenant_scope
from tests.payments.factories import TODAY, sender


def by_the_clock(client: Client, account: BankAccount, payable: Payable) -> None:
    dispatch_account(account.tenant_id, account.id, now=timezone.now())


def by_the_command(client: Client, account: BankAccount, payable: Payable) -> None:
    dispatch_by_hand(account.tenant_id, account.id, TODAY, by=sender(account.tenant_id))


def from_the_row(client: Client, account: BankAccount, payable: Payable) -> None:
    client.post(reverse("payments:send", args=[payable.id]))


def from_several_rows(client: Client, account: BankAccount, payable: Payable) -> None:
    client.post(reverse("payments:send_late"), {"payable": [str(payable.id)]})


def from_the_pay_page(client: Client, account: BankAccount, payable: Payable) -> None:
    chosen = {"account": str(account.id), "payable": [str(payable.id)]}
    client.post(reverse("payments:pay"), chosen)


RUNS = [by_the_clock, by_the_command]
AT_ONCE = [from_the_row, from_several_rows, from_the_pay_page]
WAYS = [*RUNS, *AT_ONCE]
Way = Callable[[Client, BankAccount, Payable], None]
Case = TypeVar("Case")


def by_two_ways(cases: Sequence[Case]) -> list[tuple[Way, Case]]:
    """Each case by a run and by an act that sends at once: two places decide what leaves. Among
    three cases or more every way has its turn."""
    return [
        (ways[number % len(ways)], case)
        for number, case in enumerate(cases)
        for ways in (RUNS, AT_ONCE)
    ]


def orders_of(payable: Payable) -> list[PaymentOrder]:
    with tenant_scope(payable.tenant_id):
        return list(PaymentOrder.objects.of(payable.tenant_id).filter(payable=payable))
