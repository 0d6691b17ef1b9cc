"""One `make run` for all tests that take `product`: each finds it as it was when it had started.

From an empty folder it starts in `test_tour.py`.
"""

from collections.abc import Iterator

import pytest

from tests.banking.conftest import monday
from tests.database import migrated_database
from tests.e2e import product as products
from tests.e2e.anew import begin_anew, keep
from tests.e2e.product import Product

__all__ = ["monday"]


@pytest.fixture(scope="package")
def started(
    tmp_path_factory: pytest.TempPathFactory, django_db_setup: None, worker_id: str
) -> Iterator[Product]:
    """Nobody signs in again while days pass in a test, and orders are asked about soon."""
    database = migrated_database(f"product_{worker_id}")
    product = products.start(
        tmp_path_factory.mktemp("data"), SESSION_HOURS="720", POLL_ORDERS_SECONDS="2", **database
    )
    keep(product)
    yield product
    product.stop()
    assert not products.processes_of(product.folder)


@pytest.fixture
def product(started: Product) -> Product:
    begin_anew(started)
    return started
