"""The simulator as a process, one for each test process."""

from collections.abc import Iterator

import httpx
import pytest

from tests.cora_simulator import CoraSimulator

NOW = "2026-11-23T09:00:00"  # a Monday, São Paulo


@pytest.fixture(scope="session")
def cora_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CoraSimulator]:
    simulator = CoraSimulator.start(tmp_path_factory.mktemp("simulator"))
    yield simulator
    simulator.stop()


@pytest.fixture
def cora(cora_process: CoraSimulator) -> CoraSimulator:
    """As on its first start, on Monday 23/11/2026 at 09:00 São Paulo."""
    cora_process.reset(now=NOW)
    return cora_process


@pytest.fixture
def api(cora: CoraSimulator) -> Iterator[httpx.Client]:
    """The bank's API as OFICINA MODELO LTDA allowed it."""
    token = cora.grant()["access_token"]
    headers = {"Authorization": f"Bearer {token}"}
    with httpx.Client(base_url=cora.base_url, headers=headers, trust_env=False) as client:
        yield client
