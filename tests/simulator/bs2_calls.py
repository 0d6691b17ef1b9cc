"""Requests to BS2 as a program that knows its API makes them."""

from typing import Any

import httpx

from tests.bs2_simulator import OFICINA, Bs2Simulator
from tests.loopback import LOOPBACK

BANKING = "/pj/apibanking/forintegration"
COLLECTION = "/pj/forintegration/cobranca"
PIX = "/pix/direto/forintegration/v1"
PAYEE: dict[str, Any] = {
    "nome": "Fornecedor Exemplo ME",
    "documento": "60316817000103",
    "contaDestino": {
        "agencia": "1234",
        "numero": "567890",
        "banco": {"codigo": 341, "nome": "Itaú Unibanco S.A."},
        "tipoConta": 1,
    },
}
PAYER: dict[str, Any] = {
    "tipo": "juridica",
    "documento": "60316817000103",
    "nome": "Cliente Exemplo Ltda",
    "email": "financeiro@exemplo.com.br",
    "telefone": "11999990000",
    "endereco": {
        "cep": "01310100",
        "estado": "SP",
        "cidade": "São Paulo",
        "bairro": "Bela Vista",
        "logradouro": "Avenida Exemplo",
        "numero": "1000",
        "complemento": "",
    },
}


def token(bs2: Bs2Simulator, keys: tuple[str, str] | None, **form: str) -> httpx.Response:
    """POST /auth/oauth/v2/token; without `keys` nothing goes in the Basic header."""
    url = f"{bs2.base_url}/auth/oauth/v2/token"
    auth = httpx.BasicAuth(*keys) if keys else None
    with httpx.Client(auth=auth, **LOOPBACK) as client:
        return client.post(url, data=form)


def refresh(bs2: Bs2Simulator, application: dict[str, Any], value: str = "") -> httpx.Response:
    keys = application["api_key"], application["api_secret"]
    given = value or application["refresh_token"]
    return token(bs2, keys, grant_type="refresh_token", refresh_token=given)


def as_bearer(bs2: Bs2Simulator, access_token: str) -> httpx.Client:
    headers = {"Authorization": f"Bearer {access_token}"}
    return httpx.Client(base_url=bs2.base_url, headers=headers, **LOOPBACK)


def balance(bs2: Bs2Simulator, access_token: str) -> httpx.Response:
    with as_bearer(bs2, access_token) as api:
        return api.get(f"{BANKING}/v1/contascorrentes/saldo")


def send(api: httpx.Client, **changes: Any) -> httpx.Response:
    body = {"favorecido": PAYEE, "mesmaTitularidade": False, "valor": 2350.0, **changes}
    return api.post(f"{BANKING}/v1/transferencias/simplificado", json=body)


def to_account(bank: int, branch: str, number: str, document: str) -> dict[str, Any]:
    place = {"agencia": branch, "numero": number, "banco": {"codigo": bank, "nome": "Banco"}}
    return {**PAYEE, "documento": document, "contaDestino": {**place, "tipoConta": 1}}


def transfer_status(api: httpx.Client, order_id: str) -> dict[str, Any]:
    response = api.get(f"{BANKING}/v1/transferencias/solicitacoes/{order_id}")
    assert response.status_code == 200, response.text
    return dict(response.json())


def pay(api: httpx.Client, line: str, amount: float, **more: Any) -> httpx.Response:
    body = {"codigoIdentificacao": line, "valor": amount, **more}
    return api.post(f"{BANKING}/v1/pagamentos", json=body)


def payment_status(api: httpx.Client, order_id: str) -> dict[str, Any]:
    response = api.get(f"{BANKING}/v1/pagamentos/solicitacoes/{order_id}")
    assert response.status_code == 200, response.text
    return dict(response.json())


def issue(api: httpx.Client, version: str = "v2", **changes: Any) -> httpx.Response:
    body = {"seuNumero": "NF-1001", "cliente": PAYER, "vencimento": "2026-12-10", "valor": 1500.75}
    return api.post(f"{COLLECTION}/{version}/boletos/simplificado", json={**body, **changes})


def boleto(api: httpx.Client, boleto_id: str | int) -> dict[str, Any]:
    response = api.get(f"{COLLECTION}/v1/boletos/{boleto_id}")
    assert response.status_code == 200, response.text
    return dict(response.json()["item"])


def dynamic(txid: str = "a" * 26, **changes: Any) -> dict[str, Any]:
    """The body of a dynamic QR code of R$ 12,50: `changes` are of its `cobranca`."""
    charge = {
        "calendario": {"expiracao": 3600},
        "devedor": {"cnpj": PAYER["documento"], "nome": PAYER["nome"]},
        "valor": {"original": 12.5},
        "chave": OFICINA,
        "solicitacaoPagador": "Pedido 7",
        "infoAdicionais": [{"nome": "Loja", "valor": "Centro"}],
        **changes,
    }
    return {"txId": txid, "cobranca": charge}


def start_pix(api: httpx.Client, value: str, kind: str) -> httpx.Response:
    return api.post(f"{PIX}/pagamentos/chave", json={"chave": {"valor": value, "tipo": kind}})


def confirm_pix(api: httpx.Client, started: dict[str, Any], **more: Any) -> httpx.Response:
    body = {"recebedor": started["recebedor"], **more}
    return api.post(f"{PIX}/pagamentos/{started['pagamentoId']}/confirmacao", json=body)
