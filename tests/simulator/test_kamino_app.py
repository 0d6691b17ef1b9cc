"""What only the app of the Conta Kamino has, as a person without JavaScript uses it."""

from collections.abc import Iterator

import httpx
import pytest

from tests.kamino_simulator import KaminoSimulator
from tests.simulator.kamino_calls import charge, key
from tests.simulator.people import ANA, at_oficina, visitor


@pytest.fixture
def ana(kamino: KaminoSimulator, kamino_api: httpx.Client) -> Iterator[httpx.Client]:
    """Signed in, after the account was opened; she directs one company that has one."""
    with at_oficina(kamino.base_url) as client:
        yield client


def test_before_the_opening_the_director_sees_that_there_is_no_account(
    kamino: KaminoSimulator,
) -> None:
    with visitor(kamino.base_url) as browser:
        page = browser.post("/app/entrar", data=ANA).text

    assert "ainda não têm Conta Kamino" in page
    assert 'name="account"' not in page


def test_a_charge_is_paid_in_the_app(ana: httpx.Client, kamino_api: httpx.Client) -> None:
    issued = kamino_api.post("/v1/charges", json=charge(), headers=key()).json()

    page = ana.post(f"/app/cobrancas/{issued['id']}/pix").text

    assert "Cobrança paga." in page
    assert kamino_api.get(f"/v1/charges/{issued['id']}").json()["status"] == "paid"


def test_the_company_takes_the_access_back_in_the_app(
    ana: httpx.Client, kamino: KaminoSimulator, kamino_api: httpx.Client
) -> None:
    client = next(c for c in kamino.clients() if c["account_id"])
    assert client["client_id"] in ana.get("/app/integracoes").text

    ana.post(f"/app/integracoes/{client['client_id']}/revogar")

    assert kamino_api.get("/v1/payments").status_code == 401
