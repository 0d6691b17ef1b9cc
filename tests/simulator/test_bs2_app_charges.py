"""«Cobranças» in BS2 Empresas: a person pays our boletos and QR codes as a client would."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.bs2_simulator import OFICINA, PADARIA, Bs2Simulator
from tests.simulator.bs2_calls import PIX, as_bearer, boleto, dynamic, issue
from tests.simulator.people import at_oficina


@pytest.fixture
def ana(bs2: Bs2Simulator) -> Iterator[httpx.Client]:
    with at_oficina(bs2.base_url) as http:
        yield http


def qr_code(api: httpx.Client, kind: str = "dinamico", **changes: Any) -> dict[str, Any]:
    """A new code as the list has it, with its id."""
    body: dict[str, Any] = {"chave": OFICINA, **changes}
    if kind == "dinamico":
        body = dynamic(**changes)
    made = api.post(f"{PIX}/qrcodes/{kind}", json=body).raise_for_status().json()
    codes = api.get(f"{PIX}/qrcodes").json()["itens"]
    return dict(next(code for code in codes if code["txId"] == made["txId"]))


def test_without_charges_the_page_says_so(ana: httpx.Client) -> None:
    page = ana.get("/app/cobrancas").text

    assert "Nenhum boleto foi emitido nesta conta." in page
    assert "Nenhum QR Code foi emitido nesta conta." in page


def test_a_boleto_is_paid_and_its_money_comes_on_the_next_banking_day(
    bs2: Bs2Simulator, bs2_api: httpx.Client, ana: httpx.Client
) -> None:
    issued, before = issue(bs2_api).json(), bs2.account()["balance"]
    assert "Cliente Exemplo Ltda" in ana.get("/app/cobrancas").text

    page = ana.post(f"/app/cobrancas/boletos/{issued['id']}/pagar").text

    assert "Boleto pago: R$ 1.500,75." in page
    assert "pago, o dinheiro chega em 24/11/2026 05:38" in page
    assert "Pagar o boleto" not in page
    assert bs2.account()["balance"] == before
    bs2.set_clock("2026-11-24T06:00:00")
    assert bs2.account()["balance"] == before + 150_075
    assert boleto(bs2_api, issued["id"])["bancoPagamento"] == 341
    with at_oficina(bs2.base_url) as later:  # signing in again: the session did not last so long
        assert "liquidado" in later.get("/app/cobrancas").text


def test_a_boleto_is_paid_once(bs2: Bs2Simulator, bs2_api: httpx.Client, ana: httpx.Client) -> None:
    url = f"/app/cobrancas/boletos/{issue(bs2_api).json()['id']}/pagar"
    before = bs2.account()["balance"]
    ana.post(url)

    page = ana.post(url).text

    assert "O boleto já foi pago." in page
    bs2.set_clock("2026-11-25T06:00:00")
    assert bs2.account()["balance"] == before + 150_075


def test_a_late_boleto_costs_what_it_costs_today(bs2: Bs2Simulator, bs2_api: httpx.Client) -> None:
    fine = {"valor": 30.0, "data": "2026-12-11", "juros": 1.0}
    issued = issue(bs2_api, multa=fine).json()
    bs2.set_clock("2026-12-20T10:00:00")

    with at_oficina(bs2.base_url) as ana:
        assert "vencido" in ana.get("/app/cobrancas").text
        page = ana.post(f"/app/cobrancas/boletos/{issued['id']}/pagar").text

    assert "Boleto pago: R$ 1.535,75." in page


def test_a_qr_code_is_paid_at_once(
    bs2: Bs2Simulator, bs2_api: httpx.Client, ana: httpx.Client
) -> None:
    charge, before = qr_code(bs2_api), bs2.account()["balance"]

    page = ana.post(f"/app/cobrancas/pix/{charge['id']}/pagar").text

    assert "R$ 12,50 recebidos de" in page
    assert "Pagar com Pix" not in page
    assert bs2.account()["balance"] == before + 1_250
    assert bs2_api.get(f"{PIX}/cob/{charge['txId']}").json()["status"] == "CONCLUIDA"


def test_a_qr_code_that_was_paid_is_not_paid_again(
    bs2: Bs2Simulator, bs2_api: httpx.Client, ana: httpx.Client
) -> None:
    charge, before = qr_code(bs2_api), bs2.account()["balance"]
    ana.post(f"/app/cobrancas/pix/{charge['id']}/pagar")

    page = ana.post(f"/app/cobrancas/pix/{charge['id']}/pagar").text

    assert "Este QR Code não pode mais ser pago." in page
    assert bs2.account()["balance"] == before + 1_250


def test_a_qr_code_without_an_amount_has_no_button(
    bs2: Bs2Simulator, bs2_api: httpx.Client, ana: httpx.Client
) -> None:
    charge, before = qr_code(bs2_api, "estatico"), bs2.account()["balance"]

    shown = ana.get("/app/cobrancas").text
    ana.post(f"/app/cobrancas/pix/{charge['id']}/pagar")

    assert "valor livre" in shown
    assert "Pagar com Pix" not in shown
    assert bs2.account()["balance"] == before


def test_another_companys_charges_are_neither_shown_nor_paid(
    bs2: Bs2Simulator, ana: httpx.Client
) -> None:
    token = bs2.grant(PADARIA)["access_token"]
    with as_bearer(bs2, token) as padaria:
        issued, charge = issue(padaria).json(), qr_code(padaria, chave=PADARIA)
    before = bs2.account(PADARIA)["balance"]

    shown = ana.get("/app/cobrancas").text
    by_boleto = ana.post(f"/app/cobrancas/boletos/{issued['id']}/pagar").text
    by_pix = ana.post(f"/app/cobrancas/pix/{charge['id']}/pagar").text

    assert str(issued["nossoNumero"]) not in shown
    assert charge["txId"] not in shown
    assert "Este boleto não existe mais." in by_boleto
    assert "Este QR Code não pode mais ser pago." in by_pix
    assert bs2.account(PADARIA)["balance"] == before
    assert bs2.boletos()[0]["valorPago"] is None
