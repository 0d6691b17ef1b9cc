"""Where an account's statement begins, by what the bank states of it."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.db import connection

from banking.models import BankAccount

ONE_DAY = dt.timedelta(days=1)

# Of each account in `asked`: the arguments of `beginning`.
FIRST = """
LEFT JOIN LATERAL (
    SELECT day FROM banking_daytotal
    WHERE tenant_id = %(tenant)s AND bank_account_id = asked.id ORDER BY day LIMIT 1
) AS line ON true
LEFT JOIN LATERAL (
    SELECT day, closing, (
        SELECT coalesce(sum(total.amount), 0) FROM banking_daytotal AS total
        WHERE total.tenant_id = %(tenant)s AND total.bank_account_id = asked.id
            AND total.day <= balance.day
    ) AS moved
    FROM banking_dailybalance AS balance
    WHERE tenant_id = %(tenant)s AND bank_account_id = asked.id ORDER BY day LIMIT 1
) AS told ON true
"""
OF_ACCOUNT = (
    "SELECT line.day, told.day, told.closing, told.moved "
    "FROM (SELECT %(account)s::uuid AS id) AS asked" + FIRST
)


@dataclass(frozen=True, slots=True)
class Beginning:
    """The day before the first that was read, and what the bank held at its end, in reais."""

    day: dt.date
    amount: Decimal | None  # None: no bank states any balance, so a person is asked
    told_on: dt.date | None = None  # the first day of which a balance is stated


def beginning_of(account: BankAccount) -> Beginning | None:
    """None while nothing was read of it. Runs inside the company's scope."""
    with connection.cursor() as cursor:
        cursor.execute(OF_ACCOUNT, {"tenant": account.tenant_id, "account": account.id})
        return beginning(*cursor.fetchone())


def beginning(
    line: dt.date | None, balance: dt.date | None, closing: Decimal | None, moved: Decimal | None
) -> Beginning | None:
    """By the days of its first line and of its first balance, and what moved until that.

    The opening that the bank states, else its first closing less what moved until then."""
    if line is None:
        return Beginning(balance, closing, balance) if balance else None
    if balance is None or closing is None or moved is None:
        return Beginning(line - ONE_DAY, None)
    if balance < line:
        return Beginning(balance, closing, balance)
    return Beginning(line - ONE_DAY, closing - moved, balance)
