"""Where an account's statement begins, by what the bank states of it."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db import connection

from banking.models import BankAccount

ONE_DAY = dt.timedelta(days=1)

FIRST = """
SELECT asked.id, line.day, balance.day, balance.closing, (
    SELECT coalesce(sum(total.amount), 0) FROM banking_daytotal AS total
    WHERE total.tenant_id = %(tenant)s AND total.bank_account_id = asked.id
        AND total.day <= balance.day
)
FROM unnest(%(accounts)s::uuid[]) AS asked (id)
LEFT JOIN LATERAL (
    SELECT day FROM banking_daytotal
    WHERE tenant_id = %(tenant)s AND bank_account_id = asked.id ORDER BY day LIMIT 1
) AS line ON true
LEFT JOIN LATERAL (
    SELECT day, closing FROM banking_dailybalance
    WHERE tenant_id = %(tenant)s AND bank_account_id = asked.id ORDER BY day LIMIT 1
) AS balance ON true
"""


@dataclass(frozen=True, slots=True)
class Beginning:
    """The day before the first that was read, and what the bank held at its end, in reais."""

    day: dt.date
    amount: Decimal | None  # None: no bank states any balance, so a person is asked


def beginnings_of(tenant_id: UUID, accounts: Iterable[BankAccount]) -> dict[UUID, Beginning]:
    """One query, whatever their number. Of an account nothing was read of there is none."""
    parameters = {"tenant": tenant_id, "accounts": [account.id for account in accounts]}
    with connection.cursor() as cursor:
        cursor.execute(FIRST, parameters)
        rows = cursor.fetchall()
    found = {account: beginning(*first) for account, *first in rows}
    return {account: each for account, each in found.items() if each is not None}


def beginning_of(account: BankAccount) -> Beginning | None:
    return beginnings_of(account.tenant_id, [account]).get(account.id)


def beginning(
    line: dt.date | None, balance: dt.date | None, closing: Decimal, moved: Decimal
) -> Beginning | None:
    """The opening that the bank states, else its first closing less what moved until then."""
    if line is None:
        return Beginning(balance, closing) if balance else None
    if balance is None:
        return Beginning(line - ONE_DAY, None)
    if balance < line:
        return Beginning(balance, closing)
    return Beginning(line - ONE_DAY, closing - moved)
