"""The token requests that a bank takes in a minute, counted for all processes and machines."""

import hashlib
from datetime import datetime, timedelta

from django.db import connection as database

from banking.banks.contract.errors import BankUnavailable
from banking.banks.contract.info import BankInfo
from banking.models import TokenBudget
from core.clock import database_now

# A minute, and what the bank's clock and the way there may differ.
WINDOW = timedelta(seconds=63)
# Of a minute's requests, those kept for a person who comes back from the bank with a code.
KEPT_FOR_PEOPLE = 2

# One statement, so it is atomic: the row of a conflict is locked, and the condition looks at what
# the one before has left.
SPEND = """
INSERT INTO banking_tokenbudget AS budget (key, spent)
VALUES (%(key)s, ARRAY[%(now)s]::timestamptz[])
ON CONFLICT (key) DO UPDATE SET
    spent = array(SELECT at FROM unnest(budget.spent) AS at WHERE at > %(since)s) || %(now)s
WHERE (SELECT count(*) FROM unnest(budget.spent) AS at WHERE at > %(since)s) < %(most)s
"""


def spend(bank: BankInfo, client_id: str, *, by_person: bool) -> None:
    """Note that one token request is about to be made. Does nothing for a bank without a limit.

    Raises:
        BankUnavailable: the minute's requests are made; `retry_after` says when one is free.
    """
    limit = bank.token_requests_per_minute
    if limit is None:
        return
    now = database_now()
    most = limit if by_person else max(limit - KEPT_FOR_PEOPLE, 1)
    key = key_of(bank.slug, client_id)
    values = {"key": key, "now": now, "since": now - WINDOW, "most": most}
    with database.cursor() as cursor:
        cursor.execute(SPEND, values)  # type: ignore[arg-type]  # stubs know no instants
        if cursor.rowcount:
            return
    raise BankUnavailable(
        f"O banco {bank.name} limita os pedidos de acesso por minuto. Nada foi enviado; "
        "tentaremos de novo em instantes.",
        retry_after=seconds_until_free(key, most, now),
    )


def seconds_until_free(key: bytes, most: int, now: datetime) -> float:
    row = TokenBudget.objects.filter(key=key).first()
    recent = sorted(at for at in row.spent if at > now - WINDOW) if row else []
    if len(recent) < most:
        return 1.0
    return max((recent[-most] + WINDOW - now).total_seconds(), 1.0)


def key_of(provider: str, client_id: str) -> bytes:
    return hashlib.sha256(f"{provider}\0{client_id}".encode()).digest()
