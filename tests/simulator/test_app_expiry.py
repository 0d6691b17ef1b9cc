"""«Deixar vencer» in the apps of the banks: an order whose approval ends without a decision."""

import httpx

from tests.bs2_simulator import Bs2Simulator
from tests.cora_simulator import CoraSimulator
from tests.simulator.bs2_calls import send
from tests.simulator.calls import transfer
from tests.simulator.people import at_oficina


def test_at_cora_an_order_is_left_to_expire(cora: CoraSimulator, api: httpx.Client) -> None:
    order = transfer(api).json()
    with at_oficina(cora) as ana:
        assert "Deixar vencer" in ana.get("/app").text
        page = ana.post(f"/app/itens/{order['id']}/vencer").text

    assert "Prazo de aprovação vencido: Fornecedor Exemplo ME, R$ 1.250,00." in page
    assert cora.transfers()[0]["status"] == "CANCELED"
    assert cora.account()["balance"] == 10_318_742


def test_at_bs2_an_order_is_left_to_expire(bs2: Bs2Simulator, bs2_api: httpx.Client) -> None:
    before = bs2.account()["balance"]
    send(bs2_api)
    (order,) = bs2.orders(state="waiting")
    with at_oficina(bs2) as ana:
        assert "Deixar vencer" in ana.get("/app").text
        page = ana.post(f"/app/itens/{order['id']}/vencer").text

    assert "O prazo para aprovar terminou: Fornecedor Exemplo ME, R$ 2.350,00." in page
    assert bs2.orders()[0]["state"] == "expired"
    assert bs2.account()["balance"] == before
