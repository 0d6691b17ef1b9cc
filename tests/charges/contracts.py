"""What tests do with contracts: enter one, let the clock come by, look."""

from datetime import date
from decimal import Decimal
from typing import Any

from banking.models import BankAccount
from brazil.banking_days import sao_paulo_day
from charges.models import Charge, Recurrence, RecurrenceEvent
from charges.recurrences.contract import Contract
from charges.recurrences.enter import enter_recurrence
from charges.recurrences.generate import generate_of
from charges.recurrences.outlook import Outlook, outlook_of
from core.clock import database_now
from tenants.models import Membership
from tenants.scope import tenant_scope
from tests.charges.factories import make_draft, membership

OF_DRAFT = {"payer", "description", "message", "document_number", "form", "discount"}


def a_contract(account: BankAccount, amount: str = "890.00", **changes: Any) -> Contract:
    """Monthly, on day 10, first in December 2026, issued 5 days before."""
    drafted = {name: changes.pop(name) for name in OF_DRAFT & changes.keys()}
    draft = make_draft(account.tenant, account, amount, **drafted)
    values = {"day": 10, "first_month": date(2026, 12, 1), "days_before": 5}
    return Contract(draft=draft, **{**values, **changes})


def make_recurrence(
    account: BankAccount, amount: str = "890.00", *, by: Membership | None = None, **changes: Any
) -> Recurrence:
    contract = a_contract(account, amount, **changes)
    by = by or membership(account.tenant)
    with tenant_scope(account.tenant_id):
        return enter_recurrence(account.tenant, contract, by=by)


def come_by(account: BankAccount) -> int:
    """The tick, for this company."""
    return generate_of(account.tenant_id)


def charges_in(recurrence: Recurrence) -> list[Charge]:
    """In the order of their due dates."""
    with tenant_scope(recurrence.tenant_id):
        rows = Charge.objects.of(recurrence.tenant_id).filter(recurrence=recurrence)
        told = rows.select_related("tenant", "bank_account")
        return list(told.order_by("due_date", "created_at"))


def told(recurrence: Recurrence) -> list[tuple[date, Decimal]]:
    return [(charge.due_date, charge.amount) for charge in charges_in(recurrence)]


def look(recurrence: Recurrence) -> Outlook:
    with tenant_scope(recurrence.tenant_id):
        today = sao_paulo_day(database_now())
        return outlook_of(Recurrence.objects.get(id=recurrence.id), today)


def events_in(recurrence: Recurrence) -> list[RecurrenceEvent]:
    """Newest first."""
    with tenant_scope(recurrence.tenant_id):
        rows = RecurrenceEvent.objects.of(recurrence.tenant_id).filter(recurrence=recurrence)
        return list(rows.order_by("-at", "-id"))
