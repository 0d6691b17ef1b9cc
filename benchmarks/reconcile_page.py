"""«Conciliar» over many lines, beside few: nearly all are explained; of some hundred that are open
half have a proposal."""

import statistics
import time
from collections.abc import Sequence

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from benchmarks.open_items import admin
from benchmarks.proposals import FEW, LONG_AGO, Company, companies_with_past
from benchmarks.report import Result, at_most, plain
from reconciliation.engine.run import work
from reconciliation.models import Proposal
from tenants.scope import tenant_scope
from tests.cast import sign_in

OPEN = 400
ROUNDS = 31
PROPOSED = b" de 100</span>"  # its score
AROUND = ("BEGIN", "COMMIT")  # of the scopes that queries run in


def measure() -> list[Result]:
    pages = [make_page(company) for company in companies_with_past()]
    with admin() as database:
        database.execute("VACUUM ANALYZE")
    quick, slow = times(pages)
    return [
        plain(f"reconcile_page_{FEW}", quick * 1000, "ms"),
        plain(f"reconcile_page_{LONG_AGO}", slow * 1000, "ms"),
        at_most(f"reconcile_page_{LONG_AGO}_vs_{FEW}", slow / quick, 1.3),
        at_most("reconcile_page_queries", max(map(queries_of, pages)), 15, "queries"),
    ]


def make_page(company: Company) -> Client:
    """For who works on the statement of a company of its own."""
    company.store(company.movements(OPEN))
    work(company.tenant.id)
    with tenant_scope(company.tenant.id):
        assert Proposal.objects.of(company.tenant).filter(rank=1).count() > OPEN * 0.4
    client = Client()
    sign_in(client, company.by, company.tenant)
    return client


def open_page(client: Client) -> None:
    response = client.get(reverse("reconciliation:reconcile"))
    assert response.status_code == 200, response.status_code
    assert PROPOSED in response.content


def times(pages: Sequence[Client]) -> list[float]:
    """Median seconds of each, in turns."""
    taken: list[list[float]] = [[] for _ in pages]
    for _ in range(ROUNDS):
        for page, seconds in zip(pages, taken, strict=True):
            began = time.perf_counter()
            open_page(page)
            seconds.append(time.perf_counter() - began)
    return [statistics.median(seconds) for seconds in taken]


def queries_of(page: Client) -> int:
    with CaptureQueriesContext(connection) as caught:
        open_page(page)
    return sum(query["sql"] not in AROUND for query in caught)
