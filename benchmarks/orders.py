"""Orders per second from one worker process, beside a bare loop with the same HTTP clients."""

import json
import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from itertools import count
from pathlib import Path

import httpx
from django.conf import settings

from accounts.models import Account
from banking.banks.contract.payments import AccountType, TedPayment
from banking.banks.cora.wire import payments
from banking.banks.http.client import MAX_CONNECTIONS, TIMEOUT
from banking.models import BankAccount
from benchmarks import world
from benchmarks.report import Result, at_least, at_most, plain
from core.ids import uuid7
from kamino.celery import app
from parties.models import Payee, PayeeAccount
from payments.models import Payable, PaymentOrder
from payments.orders.queue import make_orders
from payments.states import OrderStatus
from payments.tasks import send_queued
from tenants.models import Tenant, User
from tenants.scope import tenant_scope
from tests.cora_simulator import CoraSimulator

LATENCY_MS = 100
SIDE_BY_SIDE = 16
_roots = count(10_000_000)


def measure() -> list[Result]:
    with tempfile.TemporaryDirectory() as folder:
        bank = CoraSimulator.start(Path(folder))
        os.environ["CORA_BASE_URL"] = bank.base_url
        bank.settings(latency_ms=LATENCY_MS)
        worker = start_worker()
        try:
            return compare(bank)
        finally:
            worker.terminate()
            worker.wait(30)
            bank.stop()


def compare(bank: CoraSimulator) -> list[Result]:
    one = rate_of_worker(bank, accounts=1, orders=1000)
    one_bare = rate_of_bare_loop(bank, accounts=1, orders=1000)
    many = rate_of_worker(bank, accounts=20, orders=2000)
    many_bare = rate_of_bare_loop(bank, accounts=20, orders=2000)
    five = rate_of_worker(bank, accounts=1, orders=5000)
    return [
        plain("orders_1_account", one, "orders/s"),
        plain("orders_1_account_bare", one_bare, "orders/s"),
        plain("orders_20_accounts", many, "orders/s"),
        plain("orders_20_accounts_bare", many_bare, "orders/s"),
        at_least("orders_1_account_vs_bare", one / one_bare, 0.6),
        at_least("orders_20_accounts_vs_bare", many / many_bare, 0.6),
        at_most("orders_5000_vs_1000", 5 * one / five, 5.5),
    ]


def start_worker() -> "subprocess.Popen[bytes]":
    """One worker process, as `make run` starts it."""
    worker = subprocess.Popen(
        [
            sys.executable, "-m", "celery", "-A", "kamino", "--quiet", "worker",
            "--without-gossip", "--without-mingle", "--loglevel", "ERROR",
        ],
        env=os.environ,
    )  # fmt: skip
    deadline = time.monotonic() + 60
    while not app.control.ping(timeout=0.5):
        if time.monotonic() > deadline:
            raise RuntimeError("the worker does not answer")
    return worker


def companies(bank: CoraSimulator, count: int) -> list[tuple[str, str]]:
    """New accounts at the bank: CNPJ and access token."""
    made = []
    for _ in range(count):
        cnpj = new_cnpj()
        bank.create_company(cnpj, f"EMPRESA {cnpj}", balance=10**12)
        made.append((cnpj, bank.grant(cnpj)["access_token"]))
    return made


def new_cnpj() -> str:
    return world.cnpj(next(_roots))


def rate_of_worker(bank: CoraSimulator, *, accounts: int, orders: int) -> float:
    """Orders per second, from the nudge until the last outcome is stored."""
    tenant, operator, approver = world.make_company()
    mine = [
        world.make_account(tenant, operator, f"{number}-0", token)
        for number, (_, token) in enumerate(companies(bank, accounts))
    ]
    for account in mine:
        queue(tenant, account, operator, approver, orders // accounts)
    began = time.perf_counter()
    for account in mine:
        send_queued.delay(str(tenant.id), str(account.id))
    wait_until_sent(tenant)
    return orders / (time.perf_counter() - began)


def queue(tenant: Tenant, account: BankAccount, by: User, approver: User, count: int) -> None:
    today = date(2026, 11, 23)
    with tenant_scope(tenant.id):
        expense = Account.objects.expense_accounts(tenant).first()
        payee, _ = Payee.objects.get_or_create(
            tenant=tenant, document="11222333000181", defaults={"name": "Fornecedor"}
        )
        where, _ = PayeeAccount.objects.get_or_create(
            tenant=tenant, payee=payee, bank_code="341", branch="0123", account="456789",
            account_type=AccountType.CHECKING,
        )  # fmt: skip
        payables = Payable.objects.bulk_create(
            Payable(
                tenant=tenant, payee=payee, payee_account=where, method="ted",
                amount=Decimal("10.00"), due_date=today, payment_date=today,
                expense_account=expense, bank_account=account, created_by=by,
            )
            for _ in range(count)
        )  # fmt: skip
        world.approve_many(payables, account, approver)
        make_orders([(payable, account) for payable in payables], run=None, by=approver)


def wait_until_sent(tenant: Tenant) -> None:
    deadline = time.monotonic() + 300
    while time.monotonic() < deadline:
        with tenant_scope(tenant.id):
            orders = PaymentOrder.objects.of(tenant)
            if not orders.exclude(status=OrderStatus.AT_BANK).exists():
                return
        time.sleep(0.05)
    raise RuntimeError("the orders were not sent in five minutes")


def rate_of_bare_loop(bank: CoraSimulator, *, accounts: int, orders: int) -> float:
    """In a process of its own, like the worker: post the bodies, read the answers."""
    tokens = [token for _, token in companies(bank, accounts)]
    each = str(orders // accounts)
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", "--child", "orders", bank.base_url, each],
        input=json.dumps(tokens), stdout=subprocess.PIPE, text=True, check=True, env=os.environ,
    )  # fmt: skip
    return orders / float(done.stdout)


def child(base_url: str, each: str) -> None:
    """The bare loop; the tokens come on standard input."""
    print(bare_loop(base_url, json.load(sys.stdin), int(each)))


def bare_loop(base_url: str, tokens: list[str], each: int) -> float:
    bodies = [payments.transfer_to_wire(a_payment()) for _ in range(each)]

    def send_all(token: str) -> None:
        client = bare_client(base_url)

        def post(body: dict[str, object]) -> None:
            headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": str(uuid7())}
            client.post("/transfers/initiate", json=body, headers=headers).raise_for_status()

        with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
            list(pool.map(post, bodies))

    began = time.perf_counter()
    with ThreadPoolExecutor(min(settings.CELERY_WORKER_CONCURRENCY, len(tokens))) as pool:
        list(pool.map(send_all, tokens))
    return time.perf_counter() - began


def bare_client(base_url: str) -> httpx.Client:
    """As httpx makes it, with as many connections as ours."""
    limits = httpx.Limits(max_connections=MAX_CONNECTIONS, keepalive_expiry=4.0)
    return httpx.Client(base_url=base_url, timeout=TIMEOUT, limits=limits, trust_env=False)


def a_payment() -> TedPayment:
    key = uuid7()
    return TedPayment(
        key=key, code=f"kp-{key.hex[:20]}", amount=Decimal("10.00"), bank_code="341",
        branch="0123", account="456789", account_type=AccountType.CHECKING,
        holder_name="Fornecedor", holder_document="11222333000181", description="NF",
    )  # fmt: skip
