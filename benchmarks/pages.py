"""«Conciliar» over an account with many lines, beside one with few: server time and queries."""

import statistics
import time
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from banking.banks.contract.statement import Movement
from banking.models import BankAccount
from banking.statements.store import store_movements
from benchmarks import world
from benchmarks.report import Result, at_most, plain
from tenants.models import Tenant, User
from tenants.scope import tenant_scope

FEW, MANY, ROUNDS = 2_000, 200_000, 41


def measure() -> list[Result]:
    tenant, operator, _ = world.make_company()
    few = account_with_lines(tenant, operator, "2000-0", FEW)
    many = account_with_lines(tenant, operator, "200000-0", MANY)
    # As the server does by itself a minute after such a load: without it the page reads the heap.
    with connections["owner"].cursor() as owner:
        owner.execute("VACUUM ANALYZE banking_statementline")
    client = Client()
    client.force_login(operator)
    slow, fast = times(client, few, many)
    queries = count_queries(client, many)
    return [
        plain("conciliar_2000_lines", fast * 1000, "ms"),
        plain("conciliar_200000_lines", slow * 1000, "ms"),
        at_most("conciliar_200000_vs_2000", slow / fast, 1.3),
        at_most("conciliar_queries", queries, 15, "queries"),
    ]


def account_with_lines(tenant: Tenant, by: User, number: str, count: int) -> BankAccount:
    account = world.make_account(tenant, by, number)
    start = datetime(2026, 1, 1, 12, tzinfo=UTC)
    seconds = 320 * 86_400 // count
    for first in range(0, count, 20_000):
        with tenant_scope(tenant.id):
            lines = [movement(i, start, seconds) for i in range(first, min(first + 20_000, count))]
            store_movements(account, lines)
    return account


def movement(number: int, start: datetime, seconds: int) -> Movement:
    at = start + timedelta(seconds=seconds * number)
    return Movement(
        bank_id=f"ent_{number}", occurred_at=at, booked_on=date(at.year, at.month, at.day),
        amount=Decimal("-10.00"), kind="transfer", description="TED enviada",
        counterparty_name="Fornecedor", counterparty_document="11222333000181", raw="{}",
    )  # fmt: skip


def times(client: Client, few: BankAccount, many: BankAccount) -> tuple[float, float]:
    """Median seconds of the page, the two accounts in turns."""
    taken: dict[str, list[float]] = {few.number: [], many.number: []}
    for _ in range(ROUNDS):
        for account in (few, many):
            began = time.perf_counter()
            open_page(client, account)
            taken[account.number].append(time.perf_counter() - began)
    return statistics.median(taken[many.number]), statistics.median(taken[few.number])


def open_page(client: Client, account: BankAccount) -> None:
    response = client.get(reverse("reconciliation:reconcile"), {"conta": str(account.id)})
    assert response.status_code == 200, response.status_code
    assert b"Fornecedor" in response.content


def count_queries(client: Client, account: BankAccount) -> int:
    with CaptureQueriesContext(connection) as queries:
        open_page(client, account)
    return len(queries)
