"""What each bank's clock says: the `Date` of its answers, held against PostgreSQL's clock.

One row a bank, as for its circuit. A bank whose clock is right costs a write every few minutes of
each process, and a read before each batch that is sent.
"""

import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import structlog
from django.db import Error as DatabaseError
from django.db import connection as database

from banking.banks import registry
from banking.banks.contract.adapter import BankAdapter
from banking.banks.contract.errors import BankRejected, BankUnavailable
from banking.banks.contract.info import Capability
from banking.banks.http.call import Call
from banking.models import BankHealth
from core.clock import database_now, is_off

# What was seen longer ago does not say what the bank's clock is now.
LASTS = timedelta(hours=1)
# Seconds. A process writes again what it wrote so long ago, and a change as large as this.
WRITE_AGAIN = 300.0
CHANGE = 60.0

NOTE = """
INSERT INTO banking_bankhealth AS health (provider, failures, clock_ahead, clock_seen_at)
VALUES (%(provider)s, 0, %(date)s::timestamptz - kamino_now(), kamino_now())
ON CONFLICT (provider) DO UPDATE SET
    clock_ahead = excluded.clock_ahead, clock_seen_at = excluded.clock_seen_at
"""

log = structlog.get_logger(__name__)

# What this process wrote of each bank: seconds ahead of this machine, and when (monotonic).
_written: dict[str, tuple[float | None, float]] = {}


class ClockOff(BankUnavailable):
    """Two clocks differ too much for any day or hour to be trusted. Nothing was sent."""


def note_date(call: Call) -> None:
    """What `BankClient.watcher` tells. Called in whichever thread made the call."""
    if call.date is None:
        return
    date = read_date(call.date)
    ahead = (date - datetime.now(UTC)).total_seconds() if date else None
    if is_written(call.bank, ahead):
        return
    _written[call.bank] = ahead, time.monotonic()
    try:
        with database.cursor() as cursor:
            cursor.execute(NOTE, {"provider": call.bank, "date": date})
    except DatabaseError as error:
        _written.pop(call.bank, None)
        log.warning("bank_clock_not_noted", bank=call.bank, error=type(error).__name__)
    finally:
        if not database.in_atomic_block:
            database.close()  # this may be a thread of a pool, which must not keep one


def is_written(provider: str, ahead: float | None) -> bool:
    before, at = _written.get(provider, (None, -WRITE_AGAIN))
    if time.monotonic() - at >= WRITE_AGAIN or (before is None) != (ahead is None):
        return False
    return before is None or ahead is None or abs(ahead - before) < CHANGE


def read_date(header: str) -> datetime | None:
    """None for an answer without a `Date`, or with one that nobody can read."""
    try:
        date = parsedate_to_datetime(header)
    except ValueError:
        return None
    return date if date.tzinfo else date.replace(tzinfo=UTC)


def require_right_clocks(bank: BankAdapter) -> None:
    """To be called before anything is sent, outside of scopes. A bank whose clock was wrong, or
    has not been seen lately, is first asked for something that changes nothing.

    May raise any BankError but BankRejected of that question.

    Raises:
        ClockOff: this machine's clock, or the bank's, differs from PostgreSQL's by more than
            `core.clock.LARGEST_DIFFERENCE`.
    """
    now = database_now()
    if is_off(difference := datetime.now(UTC) - now):
        log.error("machine_clock_off", seconds=round(difference.total_seconds()))
        raise ClockOff(
            "O relógio do servidor está errado: nada foi enviado. O envio continua sozinho quando "
            "ele for acertado.",
            retry_after=1.0,  # another machine may send it
        )
    provider = bank.info.slug
    if is_right(provider, now):
        return
    if Capability.FETCH_BALANCE in bank.info.capabilities:
        _written.pop(provider, None)  # whatever it says now is written
        with suppress(BankRejected):  # it answered, and so its `Date` was seen
            bank.fetch_balance()
    if provider in clocks_off():
        raise ClockOff(
            f"O relógio {bank.info.said.of} está errado: nada foi enviado. Tentaremos de novo."
        )


def is_right(provider: str, now: datetime) -> bool:
    """Whether it was seen lately, and was right then or not told."""
    seen = BankHealth.objects.filter(provider=provider, clock_seen_at__gt=now - LASTS).first()
    return seen is not None and not (seen.clock_ahead is not None and is_off(seen.clock_ahead))


def clocks_off() -> dict[str, timedelta]:
    """The banks whose clock was wrong when it was last seen, each with how far it was ahead."""
    seen = BankHealth.objects.exclude(clock_ahead=None).filter(provider__in=registry.banks())
    return {
        health.provider: health.clock_ahead
        for health in seen
        if health.clock_ahead is not None and is_off(health.clock_ahead)
    }
