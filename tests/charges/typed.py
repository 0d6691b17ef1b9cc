"""What people type in the form of a charge."""

from typing import Any

from accounts.models import Account
from banking.models import BankAccount
from charges.forms.fields import write_payer
from parties.models import Payer
from tenants.scope import tenant_scope
from tests.charges.factories import make_payer


def typed_charge(account: BankAccount, of: Payer | None = None, **changes: Any) -> dict[str, Any]:
    payer = of or make_payer(account.tenant)
    with tenant_scope(account.tenant_id):
        revenue = Account.objects.of(account.tenant).get(code="4.1.01")
    return {
        "payer": write_payer(payer),
        "bank_account": str(account.id),
        "form": "boleto",
        "amount": "1.500,00",
        "due_date": "10/12/2026",
        "description": "Manutenção mensal",
        "revenue_account": str(revenue.id),
        **changes,
    }
