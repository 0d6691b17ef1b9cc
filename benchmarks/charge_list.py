"""The list of charges and the sums above it, over many closed charges, beside few."""

import json
import os
import statistics
import time
from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from typing import Any

import psycopg
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Account
from benchmarks import world
from benchmarks.report import Result, at_most, plain
from brazil.banking_days import sao_paulo_day
from charges.reads.numbers import numbers_of
from core.clock import database_now
from kamino.local.environment import in_database
from tenants.models import Tenant, User
from tenants.scope import tenant_scope
from tests.cast import sign_in

FEW, FEW_OPEN = 5_000, 2_000
MANY, MANY_OPEN = 500_000, 20_000
ROUNDS = 31
TABLES = "charges_charge, charges_slip, charges_settlement, parties_payer"
# By due date from a year behind on; those that are open fall due within half a year around today.
MADE = """
INSERT INTO parties_payer (id, tenant_id, name, trade_name, document, phone, zip_code, street,
    number, complement, district, city, state, created_by_id, created_at)
SELECT gen_random_uuid(), %(tenant)s, 'Cliente ' || n, '', lpad(n::text, 14, '0'), '', '', '', '',
    '', '', '', '', %(by)s, now()
FROM generate_series(1, 2000) AS n;
INSERT INTO charges_charge (id, tenant_id, payer_id, bank_account_id, amount, due_date, late_from,
    description, document_number, revenue_account_id, competence_date, form, fine_percent,
    interest_percent, discount, message, status, paid_after, settled, waived, paid_on, needs_person,
    question, created_by_id, created_at, late_rest, additions)
SELECT gen_random_uuid(), %(tenant)s, p.ids[1 + n %% 2000], %(account)s, 100 + n %% 900, d.day,
    d.day + 1, 'Mensalidade', '', %(revenue)s, d.day, 'boleto', 0, 0, 0, '',
    CASE WHEN is_open THEN 'open' WHEN n %% 50 = 0 THEN 'cancelled' ELSE 'paid' END, '',
    CASE WHEN is_open OR n %% 50 = 0 THEN 0 ELSE 100 + n %% 900 END, 0,
    CASE WHEN NOT is_open AND n %% 50 <> 0 THEN d.day END, false, '', %(by)s, now(), 0, 0
FROM generate_series(1, %(count)s) AS n
CROSS JOIN (SELECT array_agg(id) AS ids FROM parties_payer WHERE tenant_id = %(tenant)s) AS p
CROSS JOIN LATERAL (SELECT n <= %(open)s AS is_open) AS o
CROSS JOIN LATERAL (
    SELECT CASE WHEN is_open THEN %(today)s::date + n %% 180 - 90
        ELSE %(today)s::date - 1 - n %% 730 END AS day
) AS d;
INSERT INTO charges_slip (id, tenant_id, charge_id, bank_account_id, key, content, form, amount,
    due_date, status, reference, our_number, linha_digitavel, barcode, pix_code, pdf_url, fault,
    message, created_at, seen, cancel_reference, ends_debt)
SELECT gen_random_uuid(), tenant_id, id, bank_account_id, gen_random_uuid(), '{}', form, amount,
    due_date, CASE status WHEN 'open' THEN 'open' WHEN 'paid' THEN 'paid' ELSE 'cancelled' END,
    id::text, '', '', '', '', '', '', '', now(), '', '', false
FROM charges_charge WHERE tenant_id = %(tenant)s;
INSERT INTO charges_settlement (id, tenant_id, charge_id, bank_account_id, evidence, way, paid_on,
    posted_on, is_provisional, received, discount, withheld, split, fee, principal, fine, interest,
    excess, entry_id, created_at, registered_by_id, lacking)
SELECT gen_random_uuid(), tenant_id, id, bank_account_id, id::text, 'boleto', paid_on, paid_on,
    false, amount, 0, 0, 0, 0, amount, 0, 0, 0, gen_random_uuid(), now(), %(by)s, 0
FROM charges_charge WHERE tenant_id = %(tenant)s AND status = 'paid';
"""


def measure() -> list[Result]:
    few, many = make_company(FEW, FEW_OPEN), make_company(MANY, MANY_OPEN)
    with admin() as database:
        database.execute(f"VACUUM ANALYZE {TABLES}")
    pages = [client_of(*company) for company in (few, many)]
    quick, slow = times([partial(open_list, page) for page in pages])
    fast, numbers = times([partial(sum_up, company[0]) for company in (few, many)])
    read = rows_read(pages[1])
    return [
        plain("charges_list_5000", quick * 1000, "ms"),
        plain("charges_list_500000", slow * 1000, "ms"),
        at_most("charges_list_500000_vs_5000", slow / quick, 1.3),
        plain("charges_numbers_2000_open", fast * 1000, "ms"),
        plain("charges_numbers_20000_open", numbers * 1000, "ms"),
        at_most("charges_numbers_20000_vs_2000_open", numbers / fast, 3),
        at_most("charges_list_rows_read", read, MANY_OPEN * 1.1, "rows"),
    ]


def admin() -> psycopg.Connection:
    """Past the guards, which hold each row against its payments."""
    name = os.environ["DATABASE_URL"].rpartition("/")[2]
    address = in_database(os.environ["DATABASE_ADMIN_URL"], name)
    database = psycopg.connect(address, autocommit=True)
    database.execute("SET session_replication_role = replica")
    return database


def make_company(count: int, opened: int) -> tuple[Tenant, User]:
    tenant, by, _ = world.make_company()
    account = world.make_account(tenant, by, "1-1")
    with tenant_scope(tenant.id):
        revenue = Account.objects.of(tenant).get(code="4.1.01")
    values = {
        "tenant": tenant.id, "by": by.id, "account": account.id, "revenue": revenue.id,
        "count": count, "open": opened, "today": today(),
    }  # fmt: skip
    with admin() as database:
        for statement in filter(str.strip, MADE.split(";")):
            database.execute(statement, values)
    return tenant, by


def today() -> date:
    return sao_paulo_day(database_now())


def client_of(tenant: Tenant, by: User) -> Client:
    client = Client()
    sign_in(client, by, tenant)
    return client


def open_list(client: Client) -> None:
    response = client.get(reverse("charges:list"))
    assert response.status_code == 200, response.status_code
    assert b"Mensalidade" in response.content


def sum_up(tenant: Tenant) -> None:
    with tenant_scope(tenant.id):
        numbers_of(tenant, today())


def times(acts: Sequence[Callable[[], None]]) -> list[float]:
    """Median seconds of each, in turns."""
    taken: list[list[float]] = [[] for _ in acts]
    for _ in range(ROUNDS):
        for act, seconds in zip(acts, taken, strict=True):
            began = time.perf_counter()
            act()
            seconds.append(time.perf_counter() - began)
    return [statistics.median(seconds) for seconds in taken]


def rows_read(client: Client) -> int:
    """The most rows of charges that one query of the page reads."""
    with CaptureQueriesContext(connection) as queries:
        open_list(client)
    told = [each["sql"] for each in queries if "charges_charge" in each["sql"]]
    with admin() as database:
        return max(rows_of_plan(database, sql) for sql in told if sql.startswith("SELECT"))


def rows_of_plan(database: psycopg.Connection, sql: str) -> int:
    explained = database.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}")
    row = explained.fetchone()
    assert row is not None
    told = row[0] if isinstance(row[0], list) else json.loads(row[0])
    return scanned(told[0]["Plan"])


def scanned(node: dict[str, Any]) -> int:
    """Rows of charges that a plan reads, with those that it leaves out again."""
    below = sum(scanned(child) for child in node.get("Plans", []))
    if node.get("Relation Name") != "charges_charge":
        return below
    each = node["Actual Rows"] + node.get("Rows Removed by Filter", 0)
    return below + int(each * node["Actual Loops"])
