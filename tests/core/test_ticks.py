"""Ticks: those that waited together are one, and each task goes to the queue of its worker."""

from collections.abc import Iterator
from uuid import uuid4

import pytest
from celery import shared_task
from celery.states import IGNORED, SUCCESS
from django.conf import settings

from core.ticks import Tick
from kamino.celery import app


def ticks() -> Iterator[Tick]:
    """A tick that no other test knows."""
    name = f"tests.{uuid4()}"

    @shared_task(base=Tick, name=name)
    def tick() -> None: ...

    yield app.tasks[name]
    app.tasks.pop(name)


tick, other_tick = pytest.fixture(ticks, name="tick"), pytest.fixture(ticks, name="other_tick")


def test_ticks_that_waited_together_run_once(tick: Tick, settings: pytest.FixtureRequest) -> None:
    settings.TICK_SECONDS = 3600

    assert [tick.apply().state for _ in range(3)] == [SUCCESS, IGNORED, IGNORED]


def test_a_tick_runs_again_when_its_time_has_come(
    tick: Tick, settings: pytest.FixtureRequest
) -> None:
    settings.TICK_SECONDS = 0

    assert [tick.apply().state for _ in range(2)] == [SUCCESS, SUCCESS]


def test_one_tick_does_not_hold_back_another(
    tick: Tick, other_tick: Tick, settings: pytest.FixtureRequest
) -> None:
    settings.TICK_SECONDS = 3600
    tick.apply()

    assert other_tick.apply().state == SUCCESS


# --- Queues ---


def queue_of(task: str) -> str:
    name: str = app.amqp.router.route({}, task)["queue"].name
    return name


def ours() -> list[str]:
    app.loader.import_default_modules()
    return [name for name in app.tasks if name.split(".")[1:2] == ["tasks"]]


def test_what_beat_sends_is_a_tick_and_waits_behind_nothing_else() -> None:
    every = settings.CELERY_BEAT_SCHEDULE.values()
    # Others show that the worker of a queue is there: they wait in it.
    sent = {entry["task"] for entry in every if "queue" not in entry.get("options", {})}

    assert sent == {name for name in ours() if isinstance(app.tasks[name], Tick)}
    assert {name for name in ours() if queue_of(name) == "clock"} == sent
    for entry in every:
        assert "expires" not in entry.get("options", {})


def test_what_moves_money_has_a_queue_of_its_own() -> None:
    assert {name for name in ours() if queue_of(name) == "payments"} == {
        "payments.tasks.dispatch_account",
        "payments.tasks.dispatch_read",
        "payments.tasks.send_queued",
        "payments.tasks.follow_account",
    }
    assert queue_of("banking.tasks.sync_account") == "reading"
