"""The form of a bill: what the page sends, and what comes of it."""

from typing import Any

from django.test import Client
from django.urls import reverse

from accounts.models import Account
from payments.models import Payable
from tenants.models import Tenant
from tenants.scope import tenant_scope
from tests.payments.factories import BOLETO


def classification(tenant: Tenant, code: str = "5.3.02") -> str:
    with tenant_scope(tenant.id):
        return str(Account.objects.of(tenant).get(code=code).id)


def ted(tenant: Tenant, **changes: Any) -> dict[str, Any]:
    """What the page sends for a TED."""
    return {
        "method": "ted",
        "payee_name": "Fornecedor Exemplo ME",
        "payee_document": "11.222.333/0001-81",
        "bank_code": "341 · Itaú",
        "branch": "0123",
        "account": "45678-9",
        "account_type": "checking",
        "amount": "1.250,00",
        "due_date": "25/11/2026",
        "description": "NF 8841",
        "expense_account": classification(tenant),
        "bank_account": "",
        "linha_digitavel": "",
    } | changes


def boleto(tenant: Tenant, line: str = BOLETO, **changes: Any) -> dict[str, Any]:
    """What the page sends for a boleto, with what it leaves in the fields of TED."""
    empty = {"amount": "", "due_date": "", "bank_code": "", "branch": "", "account": ""}
    return ted(tenant, **empty) | {"method": "boleto", "linha_digitavel": line} | changes


def enter(client: Client, data: dict[str, Any]) -> Any:
    return client.post(reverse("payments:new"), data)


def the_only_payable(tenant: Tenant) -> Payable:
    with tenant_scope(tenant.id):
        payables = Payable.objects.of(tenant).with_details().select_related("created_by")
        return payables.get()


def errors_of(response: Any) -> dict[str, str]:
    """The code of the first error of each field; the page shows them all."""
    assert response.status_code == 200
    page = response.content.decode()
    errors = response.context["form"].errors
    assert 'role="alert"' in page
    assert all(str(errors[field]) in page for field in errors)
    return {field: of_field[0].code for field, of_field in errors.as_data().items()}
