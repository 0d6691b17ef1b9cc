"""Charges as a partner's program asks for them. Each call has a key of its own unless given."""

import copy
from typing import Any

import httpx

from tests.simulator.calls import new_key

# The example of Cora's developer guide, section 11.1 of our notes.
INVOICE: dict[str, Any] = {
    "code": "cr-10045",
    "customer": {
        "name": "Cliente Exemplo LTDA",
        "email": "financeiro@example.com",
        "document": {"identity": "11222333000181", "type": "CNPJ"},
        "address": {
            "street": "Rua das Flores",
            "number": "100",
            "district": "Centro",
            "city": "São Paulo",
            "state": "SP",
            "complement": "N/A",
            "zip_code": "01310100",
        },
    },
    "services": [{"name": "Manutenção", "description": "OS 5521", "amount": 15_075}],
    "payment_terms": {
        "due_date": "2026-12-10",
        "fine": {"rate": 2.0},
        "interest": {"rate": 1.0},
        "discount": {"type": "PERCENT", "value": 1.5},
    },
    "notification": {
        "name": "Cliente Exemplo LTDA",
        "channels": [
            {
                "channel": "EMAIL",
                "contact": "financeiro@example.com",
                "rules": ["NOTIFY_TWO_DAYS_BEFORE_DUE_DATE", "NOTIFY_WHEN_PAID"],
            }
        ],
    },
    "payment_forms": ["BANK_SLIP", "PIX"],
}


def changed(path: str, value: Any) -> dict[str, Any]:
    """The example with what is at a dotted `path` changed; None takes it out."""
    body: Any = copy.deepcopy(INVOICE)
    *parents, last = path.split(".")
    place = body
    for name in parents:
        place = place[int(name) if name.isdigit() else name]
    if value is None:
        del place[last]
    else:
        place[last] = value
    return dict(body)


def post_invoice(
    api: httpx.Client, body: Any = INVOICE, *, key: str | None = None
) -> httpx.Response:
    return api.post("/v2/invoices/", json=body, headers={"Idempotency-Key": key or new_key()})


def issue(api: httpx.Client, **changes: Any) -> dict[str, Any]:
    """Issue the example with other fields; the bank's answer."""
    answer = post_invoice(api, INVOICE | changes)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def plain(amount: int = 10_000, due_date: str = "2026-12-10", **more: Any) -> dict[str, Any]:
    """A body without fine, interest and discount."""
    return INVOICE | {
        "services": [{"name": "Serviço", "amount": amount}],
        "payment_terms": {"due_date": due_date},
        **more,
    }


def get(api: httpx.Client, invoice_id: str) -> dict[str, Any]:
    answer = api.get(f"/v2/invoices/{invoice_id}")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())
