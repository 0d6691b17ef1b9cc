"""Bodies for the Conta Kamino's API, as the tests write them."""

from typing import Any
from uuid import uuid4

import httpx

FORNECEDOR = {"name": "Fornecedor Exemplo ME", "document": "60316817000103"}
ACCOUNT = {
    "bank_compe": "341",
    "branch": "0123",
    "account": "456789",
    "account_type": "checking",
    "holder": FORNECEDOR,
}


def key() -> dict[str, str]:
    """A header that no request had before."""
    return {"Idempotency-Key": str(uuid4())}


def ted(**changes: Any) -> dict[str, Any]:
    body = {"type": "ted", "amount": "1250.00", "code": "cp-771", "description": "NF 8841"}
    return {**body, "ted": ACCOUNT, **changes}


def boleto(line: str, **changes: Any) -> dict[str, Any]:
    return {"type": "boleto", "boleto": {"line": line}, **changes}


def pix(amount: str = "80.00", **way: Any) -> dict[str, Any]:
    """By `key`, `account` or `br_code`."""
    return {"type": "pix", "amount": amount, "pix": way}


def charge(**changes: Any) -> dict[str, Any]:
    body = {
        "code": "cob-1",
        "forms": ["boleto", "pix"],
        "due_date": "2026-12-10",
        "payer": {"name": "Mercado Boa Vista LTDA", "document": "30112457000159"},
        "items": [{"name": "Mensalidade", "amount": "300.00"}],
    }
    return {**body, **changes}


def pay(api: httpx.Client, body: dict[str, Any]) -> dict[str, Any]:
    """Ask for a payment, which the bank takes."""
    response = api.post("/v1/payments", json=body, headers=key())
    assert response.status_code == 201, response.text
    return dict(response.json())


def status(api: httpx.Client, payment: dict[str, Any]) -> str:
    return str(api.get(f"/v1/payments/{payment['id']}").json()["status"])


def refusal(response: httpx.Response) -> tuple[int, str]:
    return response.status_code, response.json()["code"]
