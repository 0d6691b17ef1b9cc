"""The Conta Kamino's JSON as it answers, and its API file."""

from pathlib import Path
from typing import Any

import yaml

from tests.kamino_contract import Contract

_FILE = Path(__file__).parents[3] / "simulator" / "kamino" / "openapi.yaml"
CONTRACT = Contract("", yaml.safe_load(_FILE.read_text(encoding="utf-8")))

KEY = "01936a4e-6f1c-7000-8000-000000000771"
ACCOUNT: dict[str, Any] = {
    "id": "acc_XhqZxCiQp9De6nXzv5mald",
    "bank": {"compe": "998", "name": "Conta Kamino"},
    "branch": "0001",
    "number": "1000002-9",
    "type": "payment",
    "status": "active",
    "holder": {"document": "11444777000161", "legal_name": "OFICINA MODELO LTDA"},
    "opened_at": "2026-11-23T09:00:00.000000-03:00",
}
OPENED = {
    "account": ACCOUNT,
    "credentials": {"client_id": "client_0f3c", "client_secret": "ks_6sJ-k2"},
}
TOKEN = {
    "access_token": "kat_IwNbqwfj",
    "token_type": "Bearer",
    "expires_in": 3600,
    "scope": "account.read payments charges webhooks",
}
BALANCE = {"balance": "-10.50", "as_of": "2026-11-23T09:00:00-03:00"}
ENTRY: dict[str, Any] = {
    "id": "ent_AAAAAAAAAAAA0000000001",
    "occurred_at": "2026-11-22T23:30:00-03:00",
    "booked_on": "2026-11-22",
    "direction": "debit",
    "amount": "80.00",
    "kind": "pix",
    "description": "Pix enviado",
    "counterparty": {"name": "Maria Silva", "document": "52998224725"},
    "end_to_end_id": "E99980001202611230230aB3dE5fG7hJ",
    "payment_id": "pay_Pzlz6Ld1bRgtiJgHaSIREQ",
    "charge_id": None,
}
ENTRIES = {
    "since": "2026-11-01",
    "until": "2026-11-23",
    "opening_balance": "180.00",
    "closing_balance": "100.00",
    "entries": [ENTRY],
    "next_cursor": None,
}
PAYMENT: dict[str, Any] = {
    "id": "pay_Pzlz6Ld1bRgtiJgHaSIREQ",
    "type": "ted",
    "status": "failed",
    "status_reason": {"code": "insufficient_funds", "detail": "Saldo insuficiente."},
    "amount": "1250.00",
    "code": "cp-000771",
    "description": "NF 8841",
    "payee": {"name": "Fornecedor Exemplo ME", "document": "11222333000181"},
    "scheduled_for": None,
    "created_at": "2026-11-23T09:00:00-03:00",
    "approve_until": "2026-11-30T09:00:00-03:00",
    "completed_at": None,
    "end_to_end_id": None,
    "idempotency_key": KEY,
}
PAYMENTS = {"payments": [PAYMENT], "in_progress": False, "next_cursor": "WzE3XQ"}
TITLE: dict[str, Any] = {
    "line": "34191099800000000000200000000009811650000015075",
    "barcode": "34198116500000150751099800000000000000000001",
    "kind": "boleto",
    "status": "payable",
    "beneficiary": {"name": "Fornecedor Exemplo ME", "document": "60316817000103"},
    "bank": {"compe": "341", "name": "Itaú Unibanco S.A."},
    "due_date": "2026-11-28",
    "amount": "150.75",
    "amount_due": "153.00",
}
KEY_HOLDER: dict[str, Any] = {
    "key": {"type": "email", "value": "maria@exemplo.com.br"},
    "holder": {"name": "Maria Silva", "document_masked": "***.982.247-**"},
    "bank": {"compe": "260", "name": "Nu Pagamentos S.A."},
}
CHARGE: dict[str, Any] = {
    "id": "chg_Pzlz6Ld1bRgtiJgHaSIREQ",
    "code": "cob-1",
    "status": "paid",
    "amount": "300.00",
    "amount_due": "300.00",
    "due_date": "2026-12-10",
    "payer": {"name": "Mercado Boa Vista LTDA", "document": "30112457000159"},
    "boleto": {
        "line": "99891000120000020000600000001008116560000030000",
        "barcode": "99891165600000300001000100000200000000000100",
        "our_number": "00000000001",
    },
    "pix": {"br_code": "00020101021226...6304ABCD", "txid": "kaminoPzlz6Ld1bRgtiJgHaSIREQ"},
    "paid_amount": "300.00",
    "paid_at": "2026-11-23T23:30:00-03:00",
    "paid_by": "pix",
    "refunded_amount": "0.00",
    "created_at": "2026-11-23T09:00:00-03:00",
}
CHARGES = {"charges": [CHARGE], "next_cursor": None}
NOTICE = {
    "type": "payment.completed",
    "timestamp": "2026-11-23T09:00:00-03:00",
    "data": {
        "id": "pay_Pzlz6Ld1bRgtiJgHaSIREQ",
        "account_id": "acc_XhqZxCiQp9De6nXzv5mald",
        "code": "cp-000771",
        "status": "completed",
    },
}
# Each with its schema in the API file.
SCHEMAS = {
    "Account": ACCOUNT,
    "Opened": OPENED,
    "Token": TOKEN,
    "Balance": BALANCE,
    "Entries": ENTRIES,
    "Payment": PAYMENT,
    "Payments": PAYMENTS,
    "KeyHolder": KEY_HOLDER,
    "Title": TITLE,
    "Charge": CHARGE,
    "Charges": CHARGES,
    "Notice": NOTICE,
}
