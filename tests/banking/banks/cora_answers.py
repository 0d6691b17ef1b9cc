"""Answers of Cora as developers.cora.com.br documents them; every value is invented."""

from typing import Any

ACCOUNT: dict[str, Any] = {
    "agency": "0001",
    "accountNumber": "1234567",
    "accountDigit": "8",
    "bankCode": "403",
    "bankName": "Cora SCD",
}
BALANCE: dict[str, Any] = {"balance": 2543190}
CREDIT_ENTRY: dict[str, Any] = {
    "id": "ent_5mQh0c3RkTtYp1ZxVb2NaA",
    "type": "CREDIT",
    "amount": 15075,
    "createdAt": "2026-11-03T13:02:11.482913+00",
    "transaction": {
        "id": "trx_8LrW2d4SgUvXq6YyCk7PbB",
        "type": "PIX",
        "description": "Pix recebido",
        "counterParty": {"name": "CLIENTE EXEMPLO LTDA", "identity": "11222333000181"},
    },
}
FEE_ENTRY: dict[str, Any] = {
    "id": "ent_1aBcD2eFgH3iJkL4mNoP5q",
    "type": "DEBIT",
    "amount": 200,
    "createdAt": "2026-11-05T17:40:00.000000+00",
    "transaction": {
        "id": "trx_6RsT7uVwX8yZaB9cDeF0gH",
        "type": "FEE",
        "description": "Tarifa TED",
        "counterParty": None,
    },
}
STATEMENT: dict[str, Any] = {
    "start": {"date": "2026-11-01", "balance": 1000000},
    "entries": [CREDIT_ENTRY, FEE_ENTRY],
    "end": {"date": "2026-11-30", "balance": 1014875},
    "aggregations": {"creditTotal": 15075, "debitTotal": 200},
    "header": {"businessName": "OFICINA MODELO LTDA", "businessDocument": "11444777000161"},
}
TRANSFER: dict[str, Any] = {
    "id": "trn_3KdP9sWxYz1AbC2dEfG4hI",
    "status": "INITIATED",
    "created_at": "2026-12-01T10:15:00",
    "amount": 125000,
    "description": "NF 8841",
    "code": "cp-000771",
    "category": "BUSINESS_SERVICES",
    "scheduled": "2026-12-05",
    "destination": {
        "bank_code": "341",
        "branch_number": "0123",
        "account_number": "45678",
        "account_number_digit": "9",
        "account_type": "CHECKING",
        "holder": {
            "name": "Fornecedor Exemplo ME",
            "document": {"identity": "11222333000181", "type": "CNPJ"},
        },
    },
}
PAYMENT: dict[str, Any] = {
    "id": "pay_9QwErTyUiOpAsDfGhJkLzX",
    "status": "INITIATED",
    "amount": 15075,
    "creditor": {"name": "Fornecedor Exemplo ME", "document": "11222333000181", "type": "CNPJ"},
    "bank_slip": {
        "barcode": "40394165600000150750000071000000012345000099",
        "digitable": "40390000077100000001923450000999416560000015075",
        "registered": True,
        "fine": 0,
        "interest": 0,
    },
    "payment_terms": {"due_date": "2026-12-10"},
}
TRANSFERS: dict[str, Any] = {"items": [TRANSFER], "totalItems": 1}
PAYMENTS: dict[str, Any] = {"items": [PAYMENT], "total_items": 1, "hasMore": False}
ENDPOINT: dict[str, Any] = {
    "id": "end_7HgF6dSaQ2wE3rT4yU5iOp",
    "url": "https://erp.example.com/hooks/cora/4f1c9a",
    "resource": "payment",
    "trigger": "*",
    "connectionTimeout": 1000,
    "readTimeout": 2000,
    "includeResource": False,
    "expandable": False,
    "active": True,
}
TOKENS: dict[str, Any] = {
    "access_token": "eyJhbGciOiJSUzI1NiJ9.access",
    "expires_in": 86400,
    "refresh_expires_in": 0,
    "refresh_token": "eyJhbGciOiJSUzI1NiJ9.refresh",
    "token_type": "Bearer",
    "not-before-policy": 0,
    "session_state": "7f0c2c58-0c60-4d0e-9f0d-1b1a2c3d4e5f",
    "scope": "offline_access",
}
EVENT_HEADERS: dict[str, str] = {
    "user-agent": "Cora-Webhook",
    "webhook-event-id": "evt_4RtYuIoPaSdFgHjKlZxCvB",
    "webhook-event-type": "payment.completed",
    "webhook-resource-id": "pay_9QwErTyUiOpAsDfGhJkLzX",
    "content-length": "0",
}
# The request and the answer of a charge, section 11.1 of the contract.
INVOICE_REQUEST: dict[str, Any] = {
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
    "services": [{"name": "Manutenção", "description": "OS 5521", "amount": 15075}],
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
EMV = (
    "00020101021226810014br.gov.bcb.pix2559qrcode.example.com/v2/cobv/"
    "0f1e2d3c4b5a69788796a5b4c3d2e1f05204000053039865802BR5919OFICINA MODELO LTDA"
    "6009SAO PAULO62070503***63043C63"
)
INVOICE: dict[str, Any] = {
    "id": "inv_2Zx9CvBnM7aSdFgH5jKlQw",
    "status": "OPEN",
    "created_at": "2026-11-20T09:30:00",
    "total_amount": 15075,
    "total_paid": 0,
    "occurrence_date": None,
    "code": "cr-10045",
    "customer": {
        "name": "Cliente Exemplo LTDA",
        "email": "financeiro@example.com",
        "document": {"identity": "11222333000181", "type": "CNPJ"},
    },
    "services": [{"name": "Manutenção", "description": "OS 5521", "amount": 15075}],
    "payment_terms": {
        "due_date": "2026-12-10",
        "fine": {"rate": 2.0},
        "interest": {"rate": 1.0},
        "discount": {"type": "PERCENT", "value": 1.5},
    },
    "payment_options": {
        "bank_slip": {
            "barcode": "40394165600000150750000071000000012345000099",
            "digitable": "40390000077100000001923450000999416560000015075",
            "our_number": "000123450000",
            "registered": True,
            "url": "https://files.example.com/boleto/inv_2Zx9CvBnM7aSdFgH5jKlQw.pdf",
        }
    },
    "payments": [],
    "pix": {"emv": EMV},
}

# The other requests and answers of the contract, as they stand there.
TRANSFER_REQUEST: dict[str, Any] = {
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
    "amount": 125000,
    "description": "NF 8841",
    "code": "cp-000771",
    "category": "BUSINESS_SERVICES",
    "scheduled": "2026-12-05",
}
PAYMENT_REQUEST: dict[str, Any] = {
    "code": "cp-000772",
    "digitable_line": "40390000077100000001923450000999416560000015075",
    "scheduled_at": "2026-12-09",
}
DIRECT_TOKEN: dict[str, Any] = {
    "access_token": "<JWT>",
    "expires_in": 86400,
    "refresh_expires_in": 0,
    "token_type": "Bearer",
    "not-before-policy": 0,
    "scope": "offline_access",
}
ERROR: dict[str, Any] = {
    "code": "REC-0006",
    "message": "Invoice already paid",
    "errors": [{"code": "REC-0006", "message": "Invoice already paid"}],
}
INVOICE_ENDPOINT: dict[str, Any] = {**ENDPOINT, "resource": "invoice", "trigger": "paid"}
PAID_INVOICE_HEADERS: dict[str, str] = {
    "user-agent": "Cora-Webhook",
    "webhook-event-id": "evt_4RtYuIoPaSdFgHjKlZxCvB",
    "webhook-event-type": "invoice.paid",
    "webhook-resource-id": "inv_2Zx9CvBnM7aSdFgH5jKlQw",
    "content-length": "0",
}
