"""What the clock, the workers and the bank do of themselves, done by a test when it wants it."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from urllib.parse import urlsplit
from uuid import uuid4

import time_machine
from django.test import Client

from banking.models import BankAccount
from banking.statements.sync import sync_account
from brazil.banking_days import SAO_PAULO
from payments import tasks
from payments.models import Payable, PaymentOrder
from payments.orders import tracking
from payments.orders.send import send_queued
from payments.states import PayableStatus
from tests.cora_simulator import CoraSimulator
from tests.payments.law_one import bills
from tests.payments.make import TODAY

ASK_A_PERSON = "Precisa de uma pessoa"
LEFT = "Saiu da lista de pendentes do banco"


def tick(clock: time_machine.Traveller, hour: str, day: date = TODAY) -> None:
    """Beat ticks at this time in São Paulo."""
    clock.move_to(datetime.combine(day, time.fromisoformat(hour), SAO_PAULO))
    tasks.dispatch_due_accounts()
    tasks.sweep_orders()


def send(*payables: Payable) -> list[PaymentOrder]:
    """Queue and send them."""
    queued = bills.queue(payables)
    send_queued(queued[0].tenant_id, queued[0].bank_account_id)
    return bills.orders_in(payables[0].tenant_id)


def follow(account: BankAccount, clock: time_machine.Traveller, times: int = 1) -> None:
    """Rounds, each when everybody's next turn has come."""
    for _ in range(times):
        clock.shift(timedelta(minutes=3))
        tracking.follow_account(account.tenant_id, account.id)


def sync(account: BankAccount) -> None:
    assert sync_account(account.tenant_id, account.id) is not None


def deliver(cora: CoraSimulator, only: str = "") -> list[int]:
    """Bring the bank's own notices to our door; what it answered."""
    return [
        post(notice["url"], notice["headers"])
        for notice in cora.webhooks()
        if notice["headers"]["webhook-event-type"].endswith(only)
    ]


def post(url: str, headers: dict[str, str]) -> int:
    path = urlsplit(url).path
    answer = Client().post(path, "", content_type="application/json", headers=headers)
    status: int = answer.status_code
    return status


def door(cora: CoraSimulator) -> str:
    """Our address, as the bank knows it."""
    url: str = cora.webhooks()[0]["url"]
    return url


def notice(kind: str, reference: str) -> dict[str, str]:
    """What somebody who knows the address might send."""
    return {
        "webhook-event-id": f"evt_{uuid4().hex[:20]}",
        "webhook-event-type": kind,
        "webhook-resource-id": reference,
    }


def is_paid_once(payables: Sequence[Payable], account: BankAccount, amount: str) -> bool:
    """In the bills and in the books."""
    return (
        {bills.read(payable).status for payable in payables} == {PayableStatus.PAID}
        and bills.entries(account.tenant_id) == len(payables)
        and bills.book_balance(account) == -Decimal(amount)
    )


def order_of(payable: Payable) -> PaymentOrder:
    return next(o for o in bills.orders_in(payable.tenant_id) if o.payable_id == payable.id)
