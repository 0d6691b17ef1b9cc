"""The balances of an account whose statement comes as files. A file's never replaces the bank's."""

from datetime import datetime, time
from decimal import Decimal

from django.db.models import Sum

from banking.models import BankAccount, DailyBalance, StatementFile, StatementLine
from banking.statements.store import store_daily_balances
from brazil.banking_days import SAO_PAULO

END_OF_DAY = time(23, 59)


def restate_balances(account: BankAccount) -> None:
    """By the files that are applied now, the later ones last. Nothing where there is an
    integration. Runs inside the company's scope, with the account held."""
    if not account.is_by_file:
        return
    DailyBalance.objects.of(account.tenant_id).filter(bank_account=account).delete()
    files = StatementFile.objects.of(account.tenant_id).filter(
        bank_account=account, applied_at__isnull=False, undone_at=None
    )
    last: StatementFile | None = None
    for file in files.filter(closing__isnull=False).order_by("closing_on", "applied_at"):
        last = file
        restate_days(account, file)
    BankAccount.objects.of(account.tenant_id).filter(id=account.id).update(
        balance=last.closing if last else None,
        balance_at=datetime.combine(last.closing_on, END_OF_DAY, SAO_PAULO)
        if last and last.closing_on
        else None,
    )


def restate_days(account: BankAccount, file: StatementFile) -> None:
    """What each day closed with, backwards from the file's closing. One of a day after the file's
    last says nothing of what moved between."""
    if file.since is None or file.until is None or file.closing_on is None:
        return
    if file.closing is None or not file.since <= file.closing_on <= file.until:
        return
    lines = StatementLine.objects.of(account.tenant_id).filter(
        bank_account=account, booked_on__range=(file.since, file.closing_on)
    )
    moved = lines.aggregate(total=Sum("amount"))["total"] or Decimal(0)
    store_daily_balances(account, file.since, file.until, file.closing - moved)
