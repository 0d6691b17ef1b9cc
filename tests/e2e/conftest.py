"""One `make run` for each file of tests."""

from collections.abc import Iterator

import pytest

from tests.e2e import product as products
from tests.e2e.product import Product


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    product = products.start(tmp_path_factory.mktemp("data"))
    yield product
    product.stop()
    assert not products.processes_of(product.folder)
