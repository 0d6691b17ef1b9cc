"""The simulated banks, and who calls them."""

from collections.abc import Iterator

import httpx
import pytest

from simulator.banks import NAMES
from tests.bs2_simulator import Bs2Simulator
from tests.cora_simulator import CoraSimulator
from tests.kamino_contract import Contract
from tests.kamino_simulator import KaminoSimulator
from tests.loopback import LOOPBACK
from tests.simulator.each_bank import EachBank, at_bs2, at_cora, at_kamino

NOW = "2026-11-23T09:00:00"  # a Monday, São Paulo


@pytest.fixture
def cora(bank_process: CoraSimulator) -> CoraSimulator:
    """As on its first start, on Monday 23/11/2026 at 09:00 São Paulo."""
    bank_process.reset(now=NOW)
    return bank_process


@pytest.fixture
def api(cora: CoraSimulator) -> Iterator[httpx.Client]:
    """The bank's API as OFICINA MODELO LTDA allowed it."""
    token = cora.grant()["access_token"]
    headers = {"Authorization": f"Bearer {token}"}
    with httpx.Client(base_url=cora.base_url, headers=headers, **LOOPBACK) as client:
        yield client


@pytest.fixture
def bs2(cora: CoraSimulator) -> Iterator[Bs2Simulator]:
    """BS2 of the same simulator, as on its first start."""
    simulator = Bs2Simulator(cora)
    yield simulator
    simulator.stop()


@pytest.fixture
def bs2_api(bs2: Bs2Simulator) -> Iterator[httpx.Client]:
    """BS2's API as OFICINA MODELO LTDA allowed it; the token lives while tests move the clock."""
    bs2.settings(access_token_seconds=90 * 86_400)
    headers = {"Authorization": f"Bearer {bs2.grant()['access_token']}"}
    with httpx.Client(base_url=bs2.base_url, headers=headers, **LOOPBACK) as client:
        yield client


@pytest.fixture
def kamino(cora: CoraSimulator) -> Iterator[KaminoSimulator]:
    """The Conta Kamino of the same simulator, as on its first start."""
    with KaminoSimulator(cora) as simulator:
        yield simulator


@pytest.fixture
def contract(kamino: KaminoSimulator) -> Iterator[Contract]:
    """The Conta Kamino's API file, as it is served."""
    with Contract.of(kamino.base_url) as contract:
        yield contract


@pytest.fixture
def kamino_api(kamino: KaminoSimulator, contract: Contract) -> Iterator[httpx.Client]:
    """OFICINA's own account, just opened, with R$ 10.000,00. Each answer is held against the file.

    Its token lives while tests move the clock."""
    kamino.settings(access_token_seconds=90 * 86_400)
    credentials = kamino.open_account(balance=1_000_000)["credentials"]
    token = kamino.token(credentials["client_id"], credentials["client_secret"])
    with contract.client(token) as client:
        yield client


@pytest.fixture(params=NAMES)
def bank(
    request: pytest.FixtureRequest, cora: CoraSimulator, bs2: Bs2Simulator, kamino: KaminoSimulator
) -> EachBank:
    """Each bank in its turn, for what is the same at all of them."""
    match request.param:
        case "cora":
            return at_cora(cora)
        case "bs2":
            return at_bs2(bs2)
        case "kamino":
            return at_kamino(kamino)
        case name:
            raise LookupError(f"each_bank.py says nothing of {name}")
