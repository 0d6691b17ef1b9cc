"""The health pages, opened with the token."""

from collections.abc import Callable, Iterator
from concurrent.futures import wait
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from pytest_django import Settings

from kamino import health, heartbeat

TOKEN = "um-token-de-teste"
DETAIL = "/saude/detalhe/"

Look = Callable[[], tuple[int, dict[str, Any]]]


@pytest.fixture
def probes() -> Iterator[None]:
    """A probe of one test does not answer in another."""
    yield
    wait([probe.begin() for probe in health.PROBES.values()])


@pytest.fixture
def detail(settings: Settings, probes: None) -> Look:
    """Open the page: its HTTP status and what it says."""
    settings.HEALTH_TOKEN = TOKEN

    def look() -> tuple[int, dict[str, Any]]:
        answer = Client().get(DETAIL, headers={"Authorization": f"Bearer {TOKEN}"})
        return answer.status_code, answer.json()

    return look


@pytest.fixture
def all_alive(db: None) -> None:
    heartbeat.note_alive(heartbeat.BEAT)
    for queue in settings.QUEUES:
        heartbeat.note_queue(queue)
