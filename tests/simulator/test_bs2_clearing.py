"""Boletos issued at one simulated bank and paid at another."""

import httpx

from tests.bs2_simulator import OFICINA, PADARIA, Bs2Simulator
from tests.cora_simulator import CoraSimulator
from tests.simulator import calls
from tests.simulator.bs2_calls import BANKING, as_bearer, boleto, issue, pay, payment_status
from tests.simulator.charges import changed


def cora_boleto(api: httpx.Client) -> str:
    """The line of R$ 150,75 that OFICINA issues at Cora, due on 10 December."""
    headers = {"Idempotency-Key": calls.new_key()}
    response = api.post(
        "/v2/invoices", json=changed("payment_terms.discount", None), headers=headers
    )
    assert response.status_code == 200, response.text
    return str(response.json()["payment_options"]["bank_slip"]["digitable"])


def test_a_boleto_of_bs2_is_paid_at_cora(
    cora: CoraSimulator, bs2: Bs2Simulator, api: httpx.Client
) -> None:
    with as_bearer(bs2, bs2.grant(PADARIA)["access_token"]) as padaria:
        issued = issue(padaria).json()

        paid = calls.pay(api, issued["linhaDigitavel"])
        assert paid.json()["creditor"]["document"] == PADARIA
        assert paid.json()["amount"] == 150_075
        cora.approve(paid.json()["id"])

        seen = boleto(padaria, issued["nossoNumero"])
    assert (seen["valorPago"], seen["valorLiquidado"]) == (1500.75, None)
    before = bs2.account(PADARIA)["balance"]
    bs2.set_clock("2026-11-24T06:00:00")
    assert bs2.account(PADARIA)["balance"] == before + 150_075


def test_a_boleto_of_cora_is_paid_at_bs2_once(
    cora: CoraSimulator, bs2: Bs2Simulator, api: httpx.Client
) -> None:
    line = cora_boleto(api)
    cora.advance(5)  # until it is registered
    with as_bearer(bs2, bs2.grant(PADARIA)["access_token"]) as padaria:
        found = padaria.get(f"{BANKING}/v1/pagamentos/{line}").json()
        assert found["beneficiario"]["documento"] == OFICINA
        first, second = (pay(padaria, line, 150.75).json()["solicitacaoId"] for _ in range(2))

        bs2.approve(first)
        bs2.approve(second)

        assert payment_status(padaria, first)["situacao"] == "Efetivado"
        assert payment_status(padaria, second)["situacao"] == "Não efetivado"
    (charge,) = cora.invoices()
    assert charge["status"] in ("IN_PAYMENT", "PAID")


def test_a_boleto_written_off_at_bs2_is_unknown_at_cora(
    bs2: Bs2Simulator, bs2_api: httpx.Client, api: httpx.Client
) -> None:
    with as_bearer(bs2, bs2.grant(PADARIA)["access_token"]) as padaria:
        issued = issue(padaria).json()
        number = issued["nossoNumero"]
        url = f"/pj/forintegration/cobranca/v1/boletos/{number}/solicitacoes/cancelamentos"
        padaria.post(url, json={})
    bs2.advance(60)

    refused = calls.pay(api, issued["linhaDigitavel"])

    assert (refused.status_code, refused.json()["code"]) == (422, "REC-0001")
