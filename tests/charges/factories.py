"""Plain functions that make payers, charges and slips. Every call makes another one."""

from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any

from accounts.models import Account
from banking.models import BankAccount
from brazil.cnpj import cnpj_check_digits
from charges.drafts.draft import Draft
from charges.drafts.enter import enter_charge
from charges.models import Charge
from parties.models import Payer
from parties.payers import PayerData, enter_payer
from tenants.models import Membership, Role, Tenant, User
from tenants.scope import tenant_scope
from tests.cast import make_member

_numbers = count(1)

DUE = date(2026, 12, 10)  # Thursday
ADDRESS = {
    "zip_code": "01310-100",
    "street": "Avenida Paulista",
    "number": "1000",
    "district": "Bela Vista",
    "city": "São Paulo",
    "state": "SP",
}


def membership(tenant: Tenant, person: User | None = None, role: Role = Role.FINANCE) -> Membership:
    """Of that person, else of a new one."""
    person = person or make_member(tenant, role)
    with tenant_scope(tenant.id):
        found: Membership = Membership.objects.of(tenant).select_related("user").get(user=person)
    return found


def new_cnpj() -> str:
    base = f"{next(_numbers):08d}0001"
    return base + cnpj_check_digits(base)


def make_payer(tenant: Tenant, name: str = "Cliente Exemplo Ltda", **changes: Any) -> Payer:
    values = {"name": name, "document": new_cnpj(), "emails": ["a@cliente.example"], **ADDRESS}
    with tenant_scope(tenant.id):
        return enter_payer(tenant, PayerData(**{**values, **changes}), by=membership(tenant))


def make_draft(
    tenant: Tenant, account: BankAccount, amount: str = "150.00", **changes: Any
) -> Draft:
    payer = changes.pop("payer", None) or make_payer(tenant)
    with tenant_scope(tenant.id):
        revenue = Account.objects.of(tenant).select_related("group").get(code="4.1.01")
    values = {
        "payer": payer,
        "bank_account": account,
        "amount": Decimal(amount),
        "due_date": DUE,
        "description": "Manutenção mensal",
        "revenue_account": revenue,
        "form": "boleto",
    }
    return Draft(**{**values, **changes})


def make_charge(
    tenant: Tenant,
    account: BankAccount,
    amount: str = "150.00",
    *,
    by: Membership | None = None,
    **changes: Any,
) -> Charge:
    """A draft, due on DUE."""
    draft = make_draft(tenant, account, amount, **changes)
    with tenant_scope(tenant.id):
        return enter_charge(tenant, draft, by=by or membership(tenant))
