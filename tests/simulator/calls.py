"""Requests as a partner's program makes them. Each call has a key of its own unless given."""

from typing import Any
from uuid import uuid4

import httpx

TRANSFER: dict[str, Any] = {
    "destination": {
        "bank_code": "341",
        "branch_number": "0123",
        "account_number": "456789",
        "account_type": "CHECKING",
        "holder": {
            "name": "Fornecedor Exemplo ME",
            "document": {"identity": "11222333000181", "type": "CNPJ"},
        },
    },
    "amount": 125_000,
    "description": "NF 8841",
    "code": "cp-000771",
    "category": "BUSINESS_SERVICES",
}
# Bank 403, due 2026-11-23, R$ 1.234,56.
LINE = "40390001060000000001823456789017816390000123456"


def new_key() -> str:
    return str(uuid4())


def transfer(
    api: httpx.Client, *, key: str | None = None, without: str = "", **changes: Any
) -> httpx.Response:
    body = {name: value for name, value in (TRANSFER | changes).items() if name != without}
    headers = {"Idempotency-Key": key or new_key()}
    return api.post("/transfers/initiate", json=body, headers=headers)


def pay(
    api: httpx.Client,
    line: object,
    *,
    key: str | None = None,
    token: str | None = None,
    **more: Any,
) -> httpx.Response:
    """Pay a boleto, with the token of `api` or another."""
    headers = {"Idempotency-Key": key or new_key()}
    if token is not None:
        headers["Authorization"] = f"Bearer {token}"
    return api.post("/payments/initiate", json={"digitable_line": line, **more}, headers=headers)


def register(
    api: httpx.Client, url: str, resource: str, trigger: str, token: str | None = None
) -> httpx.Response:
    """Register a webhook, with the token of `api` or another."""
    headers = {"Idempotency-Key": new_key()}
    if token is not None:
        headers["Authorization"] = f"Bearer {token}"
    body = {"url": url, "resource": resource, "trigger": trigger}
    return api.post("/endpoints/", json=body, headers=headers)
