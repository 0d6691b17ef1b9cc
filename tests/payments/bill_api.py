"""The API of bills: what a program sends, and what is there after it."""

from typing import Any

from django.test import Client

from accounts.models import Account
from payments.models import Payable
from tenants.models import Tenant
from tenants.scope import tenant_scope
from tests.payments.factories import shown

URL = "/api/v1/payables/"
TED = {"bank_code": "341", "branch": "0123", "account": "45678-9", "account_type": "checking"}


def body(tenant: Tenant, *, without: tuple[str, ...] = (), **changes: Any) -> dict[str, Any]:
    with tenant_scope(tenant.id):
        classification = Account.objects.of(tenant).get(code="5.3.02").id
    whole = {
        "payee_name": "Fornecedor Exemplo ME",
        "payee_document": "11.222.333/0001-81",
        "ted": TED,
        "amount": "1250.00",
        "due_date": "2026-11-25",
        "expense_account": str(classification),
    } | changes
    return {name: value for name, value in whole.items() if name not in without}


def post(client: Client, data: dict[str, Any] | None = None, url: str = URL) -> Any:
    return client.post(url, data or {}, content_type="application/json")


def act(client: Client, payable: Payable, name: str, **data: Any) -> Any:
    if name == "approve":
        data.setdefault("digest", shown(payable))
    return post(client, data, f"{URL}{payable.id}/{name}/")


def count_of(tenant: Tenant) -> int:
    with tenant_scope(tenant.id):
        return Payable.objects.of(tenant).count()
