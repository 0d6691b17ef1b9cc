"""Consents and certificates that end on a day, whatever is done with them before.

A grant that is kept alive (`banking.connections.token_renewal`) does not end, nor does one whose
mode makes new tokens from what was typed.
"""

from datetime import datetime

from banking.models import Connection
from brazil.banking_days import sao_paulo_day

# Days before the end on which people are told; in the list it is seen from the first of them on.
STEPS = (15, 7, 1)


def ends_at(connection: Connection) -> datetime | None:
    """When the bank stops honouring it unless it is renewed; None: it does not end by itself."""
    if not connection.is_active or connection.keep_alive_at or connection.bank_mode.renews_itself:
        return None
    return connection.refresh_by


def days_left(connection: Connection, now: datetime) -> int | None:
    """São Paulo days to its end, when that is near: 0 is today. None: nothing to say."""
    end = ends_at(connection)
    if end is None or end <= now:
        return None
    days = (sao_paulo_day(end) - sao_paulo_day(now)).days
    return days if days <= STEPS[0] else None


def in_days(days: int) -> str:
    """«hoje», «amanhã», «em 7 dias»."""
    return ("hoje", "amanhã")[days] if days < 2 else f"em {days} dias"
