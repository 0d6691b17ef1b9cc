"""What tests do with charges at a bank: issue, let the account be followed, look."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from accounts.models import JournalEntry, JournalLine
from banking.models import BankAccount
from charges.issuing.issue import issue_queued
from charges.issuing.queue import issue_charges
from charges.models import Charge, ChargeEvent, ChargeRound, Settlement, Slip
from charges.tracking.rounds import follow_account
from tenants.models import Membership
from tenants.scope import tenant_scope
from tests.banking.factories import reread
from tests.charges.factories import make_charge, membership


def queue(charge: Charge, by: Membership | None = None) -> Slip:
    by = by or membership(charge.tenant)
    with tenant_scope(charge.tenant_id):
        issued = issue_charges([charge], by=by)
    assert not issued.left_out, issued.left_out
    return issued.slips[0]


def issue(charge: Charge, by: Membership | None = None) -> Slip:
    """Through the bank; the slip as it is then."""
    slip = queue(charge, by)
    issue_queued(charge.tenant_id, charge.bank_account_id)
    return reread(slip)


def issued_charge(account: BankAccount, amount: str = "150.00", **changes: Any) -> Charge:
    charge = make_charge(account.tenant, account, amount, **changes)
    issue(charge)
    return reread(charge)


def follow(account: BankAccount) -> None:
    """A round now, whatever was looked at lately."""
    with tenant_scope(account.tenant_id):
        Slip.objects.of(account.tenant_id).filter(bank_account=account).update(wait_until=None)
        ChargeRound.objects.of(account.tenant_id).filter(bank_account=account).update(
            listed_at=None, refunds_at=None
        )
    follow_account(account.tenant_id, account.id)


def slip_of(charge: Charge) -> Slip:
    """The newest one."""
    with tenant_scope(charge.tenant_id):
        return Slip.objects.of(charge.tenant_id).filter(charge=charge).order_by("-created_at")[0]


def settlements(charge: Charge) -> list[Settlement]:
    with tenant_scope(charge.tenant_id):
        return list(
            Settlement.objects.of(charge.tenant_id).filter(charge=charge).order_by("created_at")
        )


def titles(charge: Charge) -> list[str]:
    with tenant_scope(charge.tenant_id):
        events = ChargeEvent.objects.of(charge.tenant_id).filter(charge=charge)
        return list(events.order_by("at", "id").values_list("title", flat=True))


def lines_of(settlement: Settlement) -> dict[str, Decimal]:
    """By code of the account; what the bank's own account has is «banco»."""
    with tenant_scope(settlement.tenant_id):
        lines = JournalLine.objects.of(settlement.tenant_id).filter(entry=settlement.entry_id)
        return {
            "banco" if line.account.is_bank_leaf else line.account.code: line.amount
            for line in lines.select_related("account")
        }


def entries(account: BankAccount) -> int:
    with tenant_scope(account.tenant_id):
        return JournalEntry.objects.of(account.tenant_id).count()


MINUTE = timedelta(minutes=1)
