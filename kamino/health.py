"""Whether the product is well, for those who watch it: counts and ages, of no company by name."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, wait
from datetime import datetime, timedelta
from typing import Any

import psycopg
import redis
from django.conf import settings
from django.db import connection as database
from django.db.models import Count, DurationField, ExpressionWrapper, F, Min, Sum
from django.db.models.functions import Now

from banking.banks import registry
from banking.gateway import bank_clock, circuit_breaker
from banking.models import BankEvent, Connection
from core.clock import clock_difference, database_now, is_off
from kamino.heartbeat import BEAT, QUEUE, WORKER
from kamino.models import Heartbeat
from payments.dispatch.late_runs import late_after, waiting_since
from reconciliation.models import ItemChange, NewLines
from tenants.scope import across_tenants

# Nobody who asks waits longer, whatever is away. libpq takes no shorter time-out to connect.
SECONDS = 2
# An event may wait for its order's own answer as long as a sender's lease.
EVENTS_WAIT = timedelta(minutes=15)
MOST_NOTES = 100_000  # of lines and items; what a large import leaves for a moment

Facts = dict[str, Any]


class Probe:
    """Asks whether something answers, in a thread of its own: one at a time, so that none pile up
    behind a service that hangs."""

    def __init__(self, ask: Callable[[], bool]) -> None:
        self._ask = ask
        self._lock = threading.Lock()
        self._asked: Future[bool] | None = None

    def begin(self) -> "Future[bool]":
        with self._lock:
            if self._asked is None or self._asked.done():
                self._asked = Future()
                threading.Thread(target=self._run, args=[self._asked], daemon=True).start()
            return self._asked

    def _run(self, asked: "Future[bool]") -> None:
        answers = False
        try:
            answers = self._ask()
        finally:
            asked.set_result(answers)


def database_answers() -> bool:
    """On a connection of its own: the pool's may all be waiting."""
    parameters = database.get_connection_params() | {
        "connect_timeout": SECONDS,
        "tcp_user_timeout": SECONDS * 1000,
    }
    try:
        with psycopg.connect(**parameters) as own:
            own.execute("SELECT 1")
    except (psycopg.Error, OSError):
        return False
    return True


def redis_answers() -> bool:
    try:
        with redis.Redis.from_url(
            settings.REDIS_URL, socket_connect_timeout=SECONDS, socket_timeout=SECONDS
        ) as own:
            own.ping()
    except (redis.RedisError, OSError):
        return False
    return True


PROBES = {"database": Probe(database_answers), "redis": Probe(redis_answers)}


def services() -> dict[str, bool]:
    """Whether each of those that a page needs answers now."""
    asked = {name: probe.begin() for name, probe in PROBES.items()}
    wait(asked.values(), timeout=SECONDS)
    return {name: answer.done() and answer.result() for name, answer in asked.items()}


def checks() -> dict[str, Facts]:
    """Each check with its state, `ok` or `bad`, and the figures that it was judged by."""
    found = services()
    told = {name: told_as(is_ok) for name, is_ok in found.items()}
    return told | dict(rows(database_now())) if found["database"] else told


def told_as(is_ok: bool, **facts: int | None) -> Facts:
    return {"state": "ok" if is_ok else "bad", **facts}


def rows(now: datetime) -> Iterator[tuple[str, Facts]]:
    """What the database tells."""
    yield from heartbeats()
    difference = clock_difference()
    yield "clock", told_as(not is_off(difference), seconds=round(difference.total_seconds()))
    waiting = seconds_since(waiting_since(now), now)
    yield "approved_bills", told_as(waiting <= late_after().total_seconds(), seconds=waiting)
    away, off = circuit_breaker.outages(now), bank_clock.clocks_off()
    for slug in registry.banks():
        wrong_by = round(off[slug].total_seconds()) if slug in off else 0
        is_ok = slug not in away and slug not in off
        yield f"bank_{slug}", told_as(is_ok, clock_wrong_by=wrong_by)
    yield "events", unread_events(now)
    notes = engine_notes()
    yield "engine_notes", told_as(notes <= MOST_NOTES, count=notes)


def heartbeats() -> Iterator[tuple[str, Facts]]:
    age = ExpressionWrapper(Now() - F("at"), DurationField())
    ages = dict(Heartbeat.objects.values_list("name", age))
    for check, name in [
        ("beat", BEAT),
        *((f"worker_{queue}", f"{QUEUE}{queue}") for queue in settings.QUEUES),
    ]:
        seconds = round(ages[name].total_seconds()) if name in ages else None
        is_fresh = seconds is not None and seconds <= settings.HEARTBEAT_SECONDS
        yield check, told_as(is_fresh, seconds=seconds)
    alive = Heartbeat.objects.filter(
        name__startswith=WORKER, at__gt=Now() - timedelta(seconds=settings.HEARTBEAT_SECONDS)
    )
    overdue = alive.aggregate(count=Sum("overdue_tasks", default=0))["count"]
    yield "tasks", told_as(not overdue, overdue=overdue)


def unread_events(now: datetime) -> Facts:
    with across_tenants():
        unread = BankEvent.objects.filter(
            handled_at=None, connection__status=Connection.Status.ACTIVE
        ).aggregate(count=Count("id"), oldest=Min("received_at"))
    seconds = seconds_since(unread["oldest"], now)
    return told_as(seconds <= EVENTS_WAIT.total_seconds(), count=unread["count"], seconds=seconds)


def engine_notes() -> int:
    """What changed and no engine has taken yet: they grow while none works. Not counted on beyond
    what is bad."""
    with across_tenants():
        return sum(
            table.objects.order_by()[: MOST_NOTES + 1].count() for table in (ItemChange, NewLines)
        )


def seconds_since(then: datetime | None, now: datetime) -> int:
    return max(round((now - then).total_seconds()), 0) if then else 0
