"""«Lançamentos» over many entries, beside few: server time and queries."""

import statistics
import time
from typing import Any

from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.chart.cost_centers import CenterDetails, make_center
from accounts.models import Account, CostCenter
from benchmarks import world
from benchmarks.report import Result, at_most, plain
from tenants.models import Tenant
from tenants.scope import tenant_scope

FEW, MANY, BATCH, ROUNDS = 10_000, 200_000, 20_000, 31
# Over a thousand days.
ENTRIES = """
INSERT INTO accounts_journalentry
    (id, tenant_id, date, memo, is_provisional, line_count, total, created_at)
SELECT gen_random_uuid(), %(tenant)s, date '2024-01-01' + number %% 1000,
       'Pagamento a fornecedor ' || number, false, 2, 10 + number %% 9000, now()
FROM generate_series(%(first)s::int, %(last)s::int) AS number
"""
# A trigger reads the day of each from its entry: that has to be there before. Every tenth entry has
# a cost centre.
LINES = """
INSERT INTO accounts_journalline
    (id, tenant_id, entry_id, account_id, amount, position, cost_center_id)
SELECT gen_random_uuid(), entry.tenant_id, entry.id, side.account, side.sign * entry.total,
       side.position,
       CASE WHEN side.position = 1 AND entry.total %% 10 = 0 THEN %(center)s::uuid END
FROM accounts_journalentry AS entry CROSS JOIN (
    VALUES (%(debit)s::uuid, 1, 1), (%(credit)s::uuid, -1, 2)
) AS side (account, sign, position)
WHERE entry.tenant_id = %(tenant)s AND entry.created_at = now()
"""
PAGES: dict[str, dict[str, str]] = {
    "all": {},
    "account": {"conta": "account"},
    "account_period": {"conta": "account", "de": "01/03/2025", "ate": "31/03/2025"},
    "account_deep": {"conta": "account", "apos": "2025-05-05.80000000-0000-4000-8000-000000000000"},
    "center": {"centro": "center"},
    "by_total": {"ordem": "maior-valor"},
    "amount": {"valor_de": "500,00", "valor_ate": "1.500,00"},
    "by_hand": {"origem": "manual"},
}


def measure() -> list[Result]:
    return compare(FEW, MANY)


def compare(few_count: int, many_count: int) -> list[Result]:
    few, many = (company_with(count) for count in (few_count, many_count))
    with connections["owner"].cursor() as owner:
        for table in ("journalentry", "journalline", "accountstep"):
            owner.execute(f"VACUUM ANALYZE accounts_{table}")
    results = []
    for name, query in PAGES.items():
        fast, slow = times(few, many, query)
        results += [
            plain(f"journal_{name}_{few_count}", fast * 1000, "ms"),
            plain(f"journal_{name}_{many_count}", slow * 1000, "ms"),
            at_most(f"journal_{name}_ratio", slow / fast, 1.3),
        ]
    queries = max(count_queries(many, query) for query in PAGES.values())
    return [*results, at_most("journal_queries", queries, 15, "queries")]


class Company:
    def __init__(
        self, tenant: Tenant, client: Client, account: Account, center: CostCenter
    ) -> None:
        self.tenant, self.client = tenant, client
        self.named = {"conta": str(account.id), "centro": str(center.id)}

    def open(self, query: dict[str, str]) -> Any:
        asked = query | {name: self.named[name] for name in query if name in self.named}
        response = self.client.get(reverse("accounts:entries"), asked)
        assert response.status_code == 200, response.status_code
        return response


def company_with(count: int) -> Company:
    tenant, operator, _ = world.make_company()
    with tenant_scope(tenant.id):
        accounts = Account.objects.of(tenant).select_related("group")
        debit, credit = accounts.get(code="5.2.01"), accounts.get(code="1.1.1.01")
        center = make_center(tenant, CenterDetails("Matriz"), by=None)
    for first in range(0, count, BATCH):
        values = {
            "tenant": tenant.id, "debit": debit.id, "credit": credit.id, "center": center.id,
            "first": first, "last": min(first + BATCH, count) - 1,
        }  # fmt: skip
        with tenant_scope(tenant.id), connection.cursor() as cursor:
            cursor.execute(ENTRIES, values)
            cursor.execute(LINES, values)
    client = Client()
    client.force_login(operator)
    return Company(tenant, client, debit, center)


def times(few: Company, many: Company, query: dict[str, str]) -> tuple[float, float]:
    """Median seconds of the page, the two companies in turns."""
    taken: dict[Company, list[float]] = {few: [], many: []}
    for _ in range(ROUNDS):
        for company in (few, many):
            began = time.perf_counter()
            company.open(query)
            taken[company].append(time.perf_counter() - began)
    return statistics.median(taken[few]), statistics.median(taken[many])


def count_queries(company: Company, query: dict[str, str]) -> int:
    """Where a transaction begins and ends is none."""
    with CaptureQueriesContext(connection) as queries:
        company.open(query)
    return sum(each["sql"] not in {"BEGIN", "COMMIT"} for each in queries)
