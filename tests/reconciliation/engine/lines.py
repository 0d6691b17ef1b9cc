"""Lines that tell whose money they are, and accounts on which what is certain is matched."""

from datetime import date
from decimal import Decimal
from typing import Any

from accounts.journal.entries import post_entry
from banking.models import BankAccount, StatementLine
from charges.models import Charge
from parties.models import Payer
from payments.models import Payable
from reconciliation.models import Automation
from tenants.models import Membership
from tenants.scope import tenant_scope
from tests.reconciliation.matched import DAY, line


def switch_on(account: BankAccount, by: Membership) -> None:
    with tenant_scope(account.tenant_id):
        Automation.objects.create(
            tenant=account.tenant, bank_account=account, by_evidence=True, changed_by=by.user
        )


def of_payee(
    bill: Payable, account: BankAccount, amount: str, day: date | None = None, **more: Any
) -> StatementLine:
    """On the day on which the bill is to be paid, unless told."""
    with tenant_scope(bill.tenant_id):
        payee = bill.payee
    told = {"counterparty_name": payee.name, "counterparty_document": payee.document}
    return line(account, amount, day or bill.payment_date, **told, **more)


def of_payer(charge: Charge, account: BankAccount, amount: str, day: date) -> StatementLine:
    with tenant_scope(charge.tenant_id):
        payer = Payer.objects.of(charge.tenant_id).get(id=charge.payer_id)
    told = {"counterparty_name": payer.name, "counterparty_document": payer.document}
    return line(account, amount, day, **told)


def announce(sender: BankAccount, receiver: BankAccount, amount: str) -> None:
    """A transfer that somebody writes down before it moves."""
    moved = Decimal(amount)
    with tenant_scope(sender.tenant_id):
        lines = [(receiver.ledger_account, moved), (sender.ledger_account, -moved)]
        post_entry(sender.tenant, date=DAY, memo="Transferência", lines=lines)
