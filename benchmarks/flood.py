"""«Enviar agora» while a bank floods us with notices, beside the same in a quiet hour."""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
from django.test import Client
from django.urls import reverse

from banking.connections.webhook_registration import digest
from banking.models import BankAccount, Connection
from benchmarks import processes, world
from benchmarks.orders import companies
from benchmarks.report import Result, at_most, plain
from core.ids import uuid7
from payments.models import Payable, PaymentOrder
from payments.states import OrderStatus
from tenants.models import Tenant
from tenants.scope import tenant_scope
from tests.cast import sign_in
from tests.cora_simulator import CoraSimulator

SENDS, NOTICES, ROUNDS, LATENCY_MS = 20, 1000, 3, 100
SIDE_BY_SIDE = 8  # notices of the flood
WARM_UP = 5  # the first sends of a process import and connect
SECRET = "segredo-da-medida"


def measure() -> list[Result]:
    with tempfile.TemporaryDirectory() as folder:
        bank = CoraSimulator.start(Path(folder))
        os.environ["CORA_BASE_URL"] = bank.base_url
        bank.settings(latency_ms=LATENCY_MS)
        try:
            with processes.workers(), processes.web() as web:
                rounds = [play_round(bank, web) for _ in range(ROUNDS)]
        finally:
            bank.stop()
    quiet, flooded, left = (statistics.median(figure) for figure in zip(*rounds, strict=True))
    ratio = statistics.median(flooded / quiet for quiet, flooded, _ in rounds)
    return [
        plain("send_now_quiet_p95", quiet, "s"),
        plain("send_now_flooded_p95", flooded, "s"),
        plain("flood_messages", left, "messages"),
        at_most("send_now_flooded_vs_quiet", ratio, 3),
    ]


def play_round(bank: CoraSimulator, web: str) -> tuple[float, float, int]:
    """Two p95 in seconds, and the messages of the 1 000 notices."""
    tenant, operator, approver = world.make_company()
    ((_, token),) = companies(bank, 1)
    account = world.make_account(tenant, operator, "1-9", token)
    client = Client()
    sign_in(client, operator, tenant)
    bills = world.make_approved_bills(tenant, account, operator, approver, WARM_UP + 2 * SENDS)
    for bill in bills[:WARM_UP]:
        time_to_bank(client, tenant, bill)
    quiet = [time_to_bank(client, tenant, bill) for bill in bills[WARM_UP:-SENDS]]
    address = web + open_door(tenant, account)
    references = references_of(tenant)
    before = processes.messages()
    flood = start_flood(address, references)
    flooded = [time_to_bank(client, tenant, bill) for bill in bills[-SENDS:]]
    if flood.wait(600):
        raise RuntimeError("the web server did not take the notices")
    messages = processes.messages() - before - SENDS
    return p95(quiet), p95(flooded), messages


def p95(seconds: Sequence[float]) -> float:
    return statistics.quantiles(seconds, n=20, method="inclusive")[-1]


def time_to_bank(client: Client, tenant: Tenant, bill: Payable) -> float:
    """Seconds from the click until what the bank answered is stored."""
    began = time.perf_counter()
    client.post(reverse("payments:send", args=[bill.id]))
    deadline = began + 120
    while time.perf_counter() < deadline:
        with tenant_scope(tenant.id):
            order = PaymentOrder.objects.of(tenant).get(payable=bill)
        if order.status == OrderStatus.AT_BANK:
            return time.perf_counter() - began
        time.sleep(0.01)
    raise RuntimeError("an order was not at the bank in two minutes")


def open_door(tenant: Tenant, account: BankAccount) -> str:
    """Give the connection a secret that we know; the path of its webhooks."""
    with tenant_scope(tenant.id):
        mine = Connection.objects.of(tenant).filter(id=account.connection_id)
        mine.update(webhook_digest=digest(SECRET))
    return reverse("banking:webhook", args=["cora", account.connection_id, SECRET])


def references_of(tenant: Tenant) -> list[str]:
    with tenant_scope(tenant.id):
        return list(PaymentOrder.objects.of(tenant).values_list("reference", flat=True))


def start_flood(address: str, references: Sequence[str]) -> "subprocess.Popen[str]":
    """In a process of its own, so that the bank's work does not slow the one who measures."""
    flood = subprocess.Popen(
        [sys.executable, "-m", "benchmarks", "--child", "flood", address],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=os.environ,
    )  # fmt: skip
    assert flood.stdin is not None and flood.stdout is not None
    flood.stdin.write(json.dumps(references) + "\n")
    flood.stdin.flush()
    flood.stdout.readline()  # the first notices are on their way
    return flood


def child(address: str) -> None:
    """The flood; the references come on standard input."""
    references = json.loads(sys.stdin.readline())
    with httpx.Client(timeout=60) as client, ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        notices = [
            pool.submit(notify, client, address, references[number % len(references)])
            for number in range(NOTICES)
        ]
        print("begun", flush=True)
        for notice in notices:
            notice.result()


def notify(client: httpx.Client, address: str, reference: str) -> None:
    headers = {
        "webhook-event-id": f"evt_{uuid7().hex}",
        "webhook-event-type": "transfer.completed",
        "webhook-resource-id": reference,
    }
    client.post(address, headers=headers).raise_for_status()
