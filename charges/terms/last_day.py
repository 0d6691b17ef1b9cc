"""Until when a slip may be paid."""

from datetime import date

from charges.models import Slip
from charges.terms.check import rules_of


def last_day(slip: Slip) -> date | None:
    """The last day on which its bank takes money for it: the one that was asked for, or so long
    after the due date as the bank says. None: for as long as the bank has it."""
    days = []
    if told := slip.content.get("pay_until"):
        days.append(date.fromisoformat(told))
    rules = rules_of(slip.bank_account)
    if rules is not None and rules.lasts is not None:
        days.append(slip.due_date + rules.lasts)
    return min(days, default=None)
