"""A circuit for each bank: one that does not answer is not called for a while, by any process.

After CIRCUIT_FAILURES calls in a row that the bank itself failed, no process calls it for
CIRCUIT_SECONDS; then one caller at a time tries, and the first answer lets all call it again. The
state is one row a bank.
A bank that is well costs one read at each `connect` and no write.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.db import Error as DatabaseError
from django.db import connection as database
from django.db.models import OuterRef, Q, Subquery

from banking.banks import registry
from banking.banks.contract.errors import BankOutcomeUnknown, BankUnavailable
from banking.banks.http.call import Call
from banking.models import BankHealth
from core.clock import database_now
from core.dates import clock

# Longer than the slowest call takes.
PROBE_LEASE = timedelta(minutes=2)

NOTE_FAILURE = """
INSERT INTO banking_bankhealth AS health (provider, failures) VALUES (%(provider)s, 1)
ON CONFLICT (provider) DO UPDATE SET
    failures = health.failures + 1,
    probe_leased_until = NULL,
    open_until = CASE
        WHEN health.failures + 1 < %(enough)s THEN NULL
        WHEN health.open_until > %(now)s THEN health.open_until  -- a call from before the pause
        ELSE %(until)s
    END
"""

log = structlog.get_logger(__name__)

# The banks that this process has seen failing: their next answer is worth a write.
_in_trouble: set[str] = set()


class BankCircuitOpen(BankUnavailable):
    """The bank did not answer lately and is not called now. Nothing was sent."""

    def __init__(self, provider: str, until: datetime) -> None:
        name = registry.info(provider).name
        super().__init__(
            f"O banco {name} está indisponível. Nada foi enviado; nova tentativa às "
            f"{clock(until)}.",
            retry_after=max((until - database_now()).total_seconds(), 1.0),
        )
        self.until = until


def refuse_while_open(provider: str) -> None:
    """Let the caller call the bank, as the one who tries it if the pause has just ended.

    Raises:
        BankCircuitOpen: the bank is not called now, or another caller is trying it.
    """
    health = BankHealth.objects.filter(provider=provider, failures__gt=0).first()
    if health is None:
        _in_trouble.discard(provider)
        return
    _in_trouble.add(provider)
    if health.open_until is None:
        return
    now = database_now()
    if health.open_until > now:
        raise BankCircuitOpen(provider, health.open_until)
    free = Q(probe_leased_until=None) | Q(probe_leased_until__lte=now)
    mine = BankHealth.objects.filter(free, provider=provider, open_until=health.open_until)
    if not mine.update(probe_leased_until=now + PROBE_LEASE):
        raise BankCircuitOpen(provider, now + pause())


def note_call(call: Call) -> None:
    """What `BankClient.watcher` tells. Called in whichever thread made the call."""
    if call.is_failure_of_bank:
        _write(record_failure, call.bank)
    elif call.bank in _in_trouble:
        _write(record_answer, call.bank)


@contextmanager
def watch_call(provider: str) -> Iterator[None]:
    """Note how one request ended whose client has no watcher: that for a token."""
    try:
        yield
    except BankOutcomeUnknown:
        _write(record_failure, provider)
        raise
    except BankUnavailable as error:
        if error.retry_after is None:  # not told to wait: it was not there
            _write(record_failure, provider)
        raise
    if provider in _in_trouble:
        _write(record_answer, provider)


def record_failure(provider: str) -> None:
    _in_trouble.add(provider)
    now = database_now()
    values = {
        "provider": provider,
        "enough": settings.CIRCUIT_FAILURES,
        "now": now,
        "until": now + pause(),
    }
    with database.cursor() as cursor:
        cursor.execute(NOTE_FAILURE, values)


def record_answer(provider: str) -> None:
    _in_trouble.discard(provider)
    BankHealth.objects.filter(provider=provider).update(
        failures=0, open_until=None, probe_leased_until=None
    )


def outages(now: datetime) -> dict[str, datetime]:
    """The banks that are not called now, each with the instant of the next try."""
    away = BankHealth.objects.filter(failures__gte=settings.CIRCUIT_FAILURES).exclude(
        open_until=None
    )
    return {
        health.provider: max(health.open_until, now)
        for health in away
        if health.open_until is not None
    }


def next_try_of(provider: OuterRef) -> Subquery:
    """For an annotation: when the bank of each row was to be tried again; null where it is well."""
    away = BankHealth.objects.filter(
        provider=provider, failures__gte=settings.CIRCUIT_FAILURES
    ).exclude(open_until=None)
    return Subquery(away.values("open_until")[:1])


def paused(now: datetime) -> list[str]:
    """The banks whose pause is not over."""
    return list(BankHealth.objects.filter(open_until__gt=now).values_list("provider", flat=True))


def pause() -> timedelta:
    return timedelta(seconds=settings.CIRCUIT_SECONDS)


def words(until: datetime) -> str:
    return f"banco indisponível · nova tentativa às {clock(until)}"


def _write(note: Callable[[str], None], provider: str) -> None:
    """Never stops the call itself: a failure to store the state is only logged."""
    try:
        note(provider)
    except DatabaseError as error:
        log.warning("bank_health_not_noted", bank=provider, error=type(error).__name__)
    finally:
        if not database.in_atomic_block:
            database.close()  # this may be a thread of a pool, which must not keep one
