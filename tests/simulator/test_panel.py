"""The pages of the simulator itself: the first one, and the controls for people."""

import httpx

from tests.cora_simulator import CoraSimulator
from tests.loopback import LOOPBACK
from tests.simulator.people import visitor


def test_the_first_page_says_who_can_enter(cora: CoraSimulator) -> None:
    with visitor(cora.base_url) as http:
        page = http.get("/").text

    for text in ("Ana Souza", "529.982.247-25", "654321", "PADARIA AURORA LTDA", cora.base_url):
        assert text in page


def test_the_panel_refuses_a_wrong_number(cora: CoraSimulator) -> None:
    with visitor(cora.base_url) as http:
        wrong = http.post("/_sim/faults", data={"kind": "delay", "path": "*", "ms": "x"})
        assert wrong.status_code == 422
        assert http.post("/_sim/latency", data={"latency_ms": "-1"}).status_code == 422
        assert http.post("/_sim/clock", data={"now": "amanhã"}).status_code == 422

    assert cora.faults() == []


def test_the_panel_says_what_is_wrong_with_a_fault(cora: CoraSimulator) -> None:
    form = {"kind": "status", "where": "bs2 *", "status": "99", "times": "1"}

    page = httpx.post(f"{cora.base_url}/_sim/faults", data=form, **LOOPBACK)

    assert page.status_code == 422
    assert "O campo status deve ser um inteiro de 200 a 599." in page.text
