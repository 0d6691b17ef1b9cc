"""Lines that tell whose money they are, and accounts on which what is certain is matched."""

from typing import Any

from banking.models import BankAccount, StatementLine
from payments.models import Payable
from reconciliation.models import Automation
from tenants.models import Membership
from tenants.scope import tenant_scope
from tests.reconciliation.matched import line


def switch_on(account: BankAccount, by: Membership) -> None:
    with tenant_scope(account.tenant_id):
        Automation.objects.create(
            tenant=account.tenant, bank_account=account, by_evidence=True, changed_by=by.user
        )


def of_payee(bill: Payable, account: BankAccount, amount: str, **more: Any) -> StatementLine:
    """On the day on which the bill is to be paid."""
    with tenant_scope(bill.tenant_id):
        payee = bill.payee
        day = bill.payment_date
    return line(
        account, amount, day, counterparty_name=payee.name, counterparty_document=payee.document,
        **more,
    )  # fmt: skip
