"""The dead-man's switch: one call a day, and only when the day's run went well."""

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest
from pytest_django import Settings

from banking.models import BankAccount
from kamino.daily_call import call_once_a_day
from payments.dispatch.run import dispatch_account
from payments.models import PaymentOrder
from payments.states import OrderStatus
from tenants.models import Tenant
from tenants.scope import tenant_scope
from tests.banking.factories import change
from tests.payments.at_most_once.side_by_side import at_once
from tests.payments.clock import at
from tests.payments.factories import TODAY, make_bank_account, make_payable

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = Path(__file__).resolve().parents[2]


class Watcher(HTTPServer):
    """Counts the calls, and answers with `status`."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answer)
        self.calls = 0
        self.status = 200


class Answer(BaseHTTPRequestHandler):
    server: Watcher

    def do_GET(self) -> None:
        self.server.calls += 1
        self.send_response(self.server.status)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nothing on the screen."""


@pytest.fixture
def watcher(settings: Settings) -> Iterator[Watcher]:
    with Watcher() as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        settings.HEARTBEAT_URL = f"http://127.0.0.1:{server.server_port}/ping/segredo"
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def account(tenant: Tenant) -> BankAccount:
    """With Modo Banking since long ago."""
    return make_bank_account(tenant, modo_banking_from=TODAY - timedelta(days=30))


def run(account: BankAccount) -> PaymentOrder:
    """Today's run, with one order."""
    payable = make_payable(account.tenant, approved=True, bank_account=account)
    assert dispatch_account(account.tenant_id, account.id, now=at("23 07:00")) is not None
    with tenant_scope(account.tenant_id):
        order: PaymentOrder = PaymentOrder.objects.of(account.tenant_id).get(payable=payable)
    return order


def move(order: PaymentOrder, *way: OrderStatus, **changes: object) -> None:
    for status in way:
        change(order, status=status)
    change(order, **changes)


def test_it_is_called_once_a_day_when_no_run_is_due(watcher: Watcher) -> None:
    for moment in ("23 06:59", "23 07:00", "23 07:01", "23 23:59", "24 06:59", "24 07:00"):
        call_once_a_day(at(moment))

    assert watcher.calls == 2


def test_two_workers_call_once(watcher: Watcher) -> None:
    assert sorted(at_once(lambda: call_once_a_day(at("23 07:01")))) == [False, True]
    assert watcher.calls == 1


def test_it_waits_for_the_run_of_every_account(watcher: Watcher, account: BankAccount) -> None:
    assert not call_once_a_day(at("23 07:05"))
    assert not call_once_a_day(at("23 23:00"))  # the day is over, and it never ran

    order = run(account)
    assert not call_once_a_day(at("23 07:06"))  # still queued
    move(order, OrderStatus.SENDING, first_sent_at=at("23 07:06"))
    assert not call_once_a_day(at("23 07:07"))
    move(order, OrderStatus.AT_BANK)

    assert call_once_a_day(at("23 07:08"))
    assert watcher.calls == 1


def test_a_run_that_was_given_up_is_not_called_well(watcher: Watcher, account: BankAccount) -> None:
    move(run(account), OrderStatus.CANCELLED)  # its rail closed before it could be sent

    assert not call_once_a_day(at("23 21:00"))


@pytest.mark.parametrize("status", [404, 500])
def test_a_call_that_failed_is_made_again(watcher: Watcher, status: int) -> None:
    watcher.status = status
    assert not call_once_a_day(at("23 07:00"))

    watcher.status = 200

    assert call_once_a_day(at("23 07:01"))
    assert not call_once_a_day(at("23 07:02"))
    assert watcher.calls == 2


def test_a_watcher_that_is_away_is_called_again(settings: Settings, watcher: Watcher) -> None:
    there, settings.HEARTBEAT_URL = settings.HEARTBEAT_URL, "http://127.0.0.1:9/"
    assert not call_once_a_day(at("23 07:00"))

    settings.HEARTBEAT_URL = there

    assert call_once_a_day(at("23 07:01"))


def test_without_an_address_nobody_is_called(watcher: Watcher, settings: Settings) -> None:
    settings.HEARTBEAT_URL = ""

    assert not call_once_a_day(datetime(2026, 11, 23, 15, tzinfo=UTC))
    assert watcher.calls == 0


@pytest.mark.parametrize(
    ("address", "is_taken"),
    [
        ("https://hc.example/1", True),
        ("http://127.0.0.1:8080/1", True),
        ("http://hc.example/1", False),
        ("file:///etc/passwd", False),
        ("http://127.0.0.1.hc.example/1", False),
    ],
)
def test_the_product_does_not_start_with_an_address_that_anybody_may_read(
    address: str, is_taken: bool
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", "import kamino.settings"],
        cwd=ROOT, env=os.environ | {"HEARTBEAT_URL": address}, capture_output=True, text=True,
    )  # fmt: skip

    assert (done.returncode == 0) is is_taken
