"""07:00 of many companies while statements are read, beside bare HTTP clients.

From the tick to the last order that its bank has; the bare clients make the same requests with as
many processes, threads and connections an account, and read as many statements meanwhile.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path

from django.conf import settings

from banking.banks.contract.auth import Grant
from banking.gateway.credentials import seal
from banking.models import BankAccount, Connection
from benchmarks import processes, world
from benchmarks.orders import bare_client, bare_loop, new_cnpj
from benchmarks.processes import Workers
from benchmarks.report import Result, at_most, plain
from brazil.banking_days import SAO_PAULO
from kamino.celery import app
from payments.models import PaymentOrder
from payments.states import OrderStatus
from tenants.models import Tenant, User
from tenants.scope import across_tenants, tenant_scope
from tests.clock import DatabaseClock, Traveller, follow, travel, unfollow
from tests.cora_simulator import CoraSimulator

COMPANIES, BILLS, LATENCY_MS, ROUNDS = 200, 25, 300, 3
ORDERS = COMPANIES * BILLS
SEVEN = datetime(2026, 11, 23, 7, 0, 5, tzinfo=SAO_PAULO)
# Banking days, a round each.
MORNINGS = [SEVEN + timedelta(days=days) for days in (0, 1, 2, 3, 4, 7)]


@dataclass(frozen=True, slots=True)
class Company:
    tenant: Tenant
    operator: User
    approver: User
    account: BankAccount
    cnpj: str


@dataclass(frozen=True, slots=True)
class Round:
    """Seconds, and what they cost."""

    ours: float
    bare: float
    statements: int
    queries: int
    messages: int


def measure() -> list[Result]:
    with tempfile.TemporaryDirectory() as folder:
        bank = CoraSimulator.start(Path(folder))
        os.environ["CORA_BASE_URL"] = bank.base_url
        try:
            with another_time() as traveller, processes.workers() as workers:
                mine = make_companies(bank)
                bank.settings(latency_ms=LATENCY_MS)
                mornings = iter(MORNINGS)
                play = partial(play_round, bank, traveller, workers, mine, mornings)
                alone = [play(reading=False) for _ in range(ROUNDS)]
                reading = [play(reading=True) for _ in range(ROUNDS)]
        finally:
            bank.stop()
    return figures("morning_alone", alone) + figures("morning_reading", reading)


def figures(name: str, rounds: Sequence[Round]) -> list[Result]:
    def median(figure: Callable[[Round], float]) -> float:
        return statistics.median(figure(one) for one in rounds)

    return [
        plain(f"{name}_seconds", median(lambda one: one.ours), "s"),
        plain(f"{name}_bare_seconds", median(lambda one: one.bare), "s"),
        plain(f"{name}_statements", median(lambda one: one.statements), "statements"),
        plain(f"{name}_queries_per_order", median(lambda one: one.queries / ORDERS), "queries"),
        plain(f"{name}_messages_per_order", median(lambda one: one.messages / ORDERS), "messages"),
        at_most(f"{name}_vs_bare", median(lambda one: one.ours / one.bare), 1.8),
    ]


@contextmanager
def another_time() -> Iterator[Traveller]:
    """For this process, the database, the bank's `Date`, and the workers that are told."""
    database = DatabaseClock(os.environ["DATABASE_OWNER_URL"])
    follow(database.set)  # as the bank does
    try:
        with travel(MORNINGS[0]) as traveller:
            yield traveller
    finally:
        unfollow(database.set)
        database.close()


def make_companies(bank: CoraSimulator) -> list[Company]:
    made = []
    for number in range(COMPANIES):
        tenant, operator, approver = world.make_company()
        account = world.make_account(tenant, operator, f"{number}-7")
        with tenant_scope(tenant.id):
            mine = BankAccount.objects.of(tenant).filter(id=account.id)
            mine.update(modo_banking_from=MORNINGS[0].date())
        cnpj = new_cnpj()
        bank.create_company(cnpj, f"EMPRESA {number}", balance=10**12)
        made.append(Company(tenant, operator, approver, account, cnpj))
    return made


def play_round(
    bank: CoraSimulator,
    traveller: Traveller,
    workers: Workers,
    mine: Sequence[Company],
    mornings: Iterator[datetime],
    *,
    reading: bool,
) -> Round:
    morning = next(mornings)
    bank.set_clock(morning)
    traveller.move_to(morning)
    workers.move()
    tokens = [renew_grant(bank, company, morning) for company in mine]
    for company in mine:
        world.make_approved_bills(
            company.tenant, company.account, company.operator, company.approver, BILLS,
            day=morning.date(),
        )  # fmt: skip
        synced = morning - timedelta(days=1) if reading else morning
        set_synced(company, synced)
    bank.clear_requests()
    queries, messages = workers.queries(), processes.messages()
    began = time.perf_counter()
    app.send_task("payments.tasks.dispatch_due_accounts")
    if reading:
        for company in mine:  # as after a pause: a tick alone takes some of those that are due
            ids = [str(company.tenant.id), str(company.account.id)]
            app.send_task("banking.tasks.sync_account", ids)
    wait_until_sent(morning.date())
    ours = time.perf_counter() - began
    statements = bank.count_requests("/bank-statement/statement", method="GET")
    messages = processes.messages() - messages
    settle(workers)
    queries = workers.queries() - queries
    bare = play_bare(bank, tokens, statements)
    return Round(ours, bare, statements, queries, messages)


def settle(workers: Workers) -> None:
    """Until what was still to be done is done, so that it does not slow the bare clients."""
    before = -1
    while (now := workers.queries()) != before:
        before = now
        time.sleep(2)


def renew_grant(bank: CoraSimulator, company: Company, now: datetime) -> str:
    token = str(bank.grant(company.cnpj)["access_token"])
    grant = Grant(token, "refresh", now + timedelta(hours=20), "account payment transfer")
    connection_id = company.account.connection_id
    assert connection_id is not None
    with tenant_scope(company.tenant.id):
        Connection.objects.of(company.tenant).filter(id=connection_id).update(
            credentials=seal(grant, connection_id)
        )
    return token


def set_synced(company: Company, instant: datetime) -> None:
    with tenant_scope(company.tenant.id):
        BankAccount.objects.of(company.tenant).filter(id=company.account.id).update(
            synced_at=instant, sync_started_at=instant
        )


def wait_until_sent(day: date) -> None:
    deadline = time.monotonic() + 600
    while time.monotonic() < deadline:
        with across_tenants():
            mine = PaymentOrder.objects.filter(run__day=day, status=OrderStatus.AT_BANK)
            if mine.count() == ORDERS:
                return
        time.sleep(0.1)
    raise RuntimeError("the orders were not sent in ten minutes")


def play_bare(bank: CoraSimulator, tokens: Sequence[str], statements: int) -> float:
    """Both children begin at once; seconds of the one that sends."""
    sender = start_child("send", bank.base_url, str(BILLS))
    reader = start_child("read", bank.base_url, str(statements))
    for child in (sender, reader):
        assert child.stdout is not None
        child.stdout.readline()  # it is there
    for child in (sender, reader):
        assert child.stdin is not None
        child.stdin.write(json.dumps(tokens) + "\n")
        child.stdin.flush()
    seconds, _ = sender.communicate()
    reader.communicate()
    return float(seconds)


def start_child(*arguments: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "benchmarks", "--child", "morning", *arguments],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=os.environ,
    )  # fmt: skip


def child(what: str, base_url: str, number: str) -> None:
    """A bare client; the tokens come on standard input when it is to begin."""
    print("there", flush=True)
    tokens = json.loads(sys.stdin.readline())
    if what == "send":
        print(bare_loop(base_url, tokens, int(number)))
    else:
        read_statements(base_url, tokens[: int(number)])


def read_statements(base_url: str, tokens: Sequence[str]) -> None:
    """What a sync asks of Cora: a page of the last days, and the balance."""
    today = MORNINGS[-1].date()
    days: dict[str, str | int] = {
        "start": f"{today - timedelta(days=8)}",
        "end": f"{today}",
        "page": 1,
        "perPage": 200,
    }

    def read(token: str) -> None:
        with bare_client(base_url) as client:
            client.headers["Authorization"] = f"Bearer {token}"
            client.get("/bank-statement/statement", params=days).raise_for_status()
            client.get("/third-party/account/balance").raise_for_status()

    with ThreadPoolExecutor(settings.CELERY_WORKER_CONCURRENCY) as pool:
        list(pool.map(read, tokens))
