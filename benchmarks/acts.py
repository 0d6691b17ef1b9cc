"""«Enviar agora» of many bills beside that of few: server time and queries, without any bank."""

import statistics
import time

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from benchmarks import world
from benchmarks.report import Result, at_most, plain
from payments.models import Payable
from tests.cast import sign_in

FEW, MANY, ROUNDS = 10, 200, 3


def measure() -> list[Result]:
    tenant, operator, approver = world.make_company()
    account = world.make_account(tenant, operator, "1-1")
    client = Client()
    sign_in(client, operator, tenant)

    def bills(count: int) -> list[Payable]:
        return world.make_approved_bills(tenant, account, operator, approver, count)

    send_now(client, bills(FEW))  # imports and connections
    rounds = [(send_now(client, bills(FEW)), send_now(client, bills(MANY))) for _ in range(ROUNDS)]
    few, many = (statistics.median(seconds) for seconds in zip(*rounds, strict=True))
    more = count_queries(client, bills(MANY)) - count_queries(client, bills(FEW))
    return [
        plain("send_now_10_bills", few * 1000, "ms"),
        plain("send_now_200_bills", many * 1000, "ms"),
        at_most("send_now_200_vs_10", many / few, 6),
        at_most("send_now_more_queries", abs(more), 0, "queries"),
    ]


def send_now(client: Client, bills: list[Payable]) -> float:
    """Seconds of the request, its messages to the workers included."""
    form = {"payable": [str(bill.id) for bill in bills]}
    began = time.perf_counter()
    response = client.post(reverse("payments:send_late"), form)
    assert response.status_code == 302, response.status_code
    return time.perf_counter() - began


def count_queries(client: Client, bills: list[Payable]) -> int:
    with CaptureQueriesContext(connection) as queries:
        send_now(client, bills)
    return len(queries)
