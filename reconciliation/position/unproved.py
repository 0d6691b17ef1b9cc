"""Lines of days of which no balance is known, though what the account held before them follows from
them: an opening balance takes in whatever is missing there."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Max, Min, Sum

from banking.models import BankAccount, StatementLine
from core.money import format_brl
from core.plurals import counted
from reconciliation.models import OpeningBalance
from reconciliation.position.beginning import ONE_DAY, Beginning


@dataclass(frozen=True, slots=True)
class Unproved:
    number: int
    amount: Decimal
    since: dt.date | None = None  # None: there are none
    until: dt.date | None = None

    @property
    def words(self) -> str:
        """«3 linhas do extrato, R$ −90,00»"""
        sign = "−" if self.amount < 0 else ""
        lines = counted(self.number, "linha do extrato", "linhas do extrato")
        return f"{lines}, R$\u00a0{sign}{format_brl(abs(self.amount))}"


def unproved_lines(
    account: BankAccount, first: Beginning, former: OpeningBalance | None
) -> Unproved:
    """Those before the first balance that is known: the bank's, else the one that `former` has, of
    whose own day what came later counts too. Runs inside the company's scope."""
    known = first.told_on or first.day
    if former is not None and first.told_on in {None, former.day}:
        known = former.day + ONE_DAY
    lines = StatementLine.objects.of(account.tenant_id).filter(
        bank_account=account, booked_on__lt=known
    )
    found = lines.aggregate(
        number=Count("id"), amount=Sum("amount"), since=Min("booked_on"), until=Max("booked_on")
    )
    return Unproved(found["number"], found["amount"] or Decimal(0), found["since"], found["until"])
