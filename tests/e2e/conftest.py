"""One `make run` for each file of tests, over a database of this run that is migrated already.

From an empty folder it starts in `test_tour.py`.
"""

from collections.abc import Iterator

import pytest

from tests.banking.conftest import monday
from tests.database import migrated_database
from tests.e2e import product as products
from tests.e2e.product import Product

__all__ = ["monday"]


@pytest.fixture(scope="module")
def database(django_db_setup: None, worker_id: str) -> dict[str, str]:
    return migrated_database(f"product_{worker_id}")


@pytest.fixture(scope="module")
def product(
    tmp_path_factory: pytest.TempPathFactory, database: dict[str, str]
) -> Iterator[Product]:
    product = products.start(tmp_path_factory.mktemp("data"), **database)
    yield product
    product.stop()
    assert not products.processes_of(product.folder)
