"""Acts that meet: one has come as far as what another holds."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from django.db import connection

from reconciliation.engine.run import work
from tenants.models import Tenant
from tenants.scope import tenant_scope
from tests.payments.at_most_once.database import wait_until_stuck


@contextmanager
def stuck(
    tenant: Tenant, table: str, held: Callable[[], Any], act: Callable[[], Any] | None = None
) -> Iterator[None]:
    """Within a person's transaction that has `held` something; the engine, or another's act, has
    come as far as that. It ends after the transaction has."""
    with ThreadPoolExecutor(1) as pool:
        with tenant_scope(tenant.id):
            held()
            attempt = pool.submit(elsewhere, act or (lambda: work(tenant.id)))
            wait_until_stuck(table)
            yield
        attempt.result(60)


def elsewhere(act: Callable[[], Any]) -> None:
    try:
        act()
    finally:
        connection.close()
