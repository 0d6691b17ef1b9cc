"""The days of an account of which the bank's own balances say that no line is missing."""

from datetime import date, timedelta

from django.db.models import Min

from banking.models import BankAccount, DailyBalance
from brazil.banking_days import sao_paulo_day

ONE_DAY = timedelta(days=1)


def proved_days(account: BankAccount) -> tuple[date, date] | None:
    """First and last; None: there are none, or its statement comes by files alone."""
    if account.is_by_file or account.synced_at is None:
        return None
    balances = DailyBalance.objects.of(account.tenant_id).filter(bank_account=account)
    since: date | None = balances.aggregate(first=Min("day"))["first"]
    if since is None:
        return None
    until = sao_paulo_day(account.synced_at) - ONE_DAY
    if account.proof_broken_on is not None:
        until = min(until, account.proof_broken_on - ONE_DAY)
    return (since, until) if since <= until else None
