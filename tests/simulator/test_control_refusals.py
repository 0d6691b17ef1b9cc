"""What the controls refuse: a mistake of who tests must not look like a fault of the bank."""

from typing import Any

import httpx
import pytest

from tests.cora_simulator import CoraSimulator
from tests.loopback import LOOPBACK


@pytest.mark.parametrize(
    "wrong",
    [
        {"times": "x"},
        {"times": 0},
        {"times": -1},
        {"times": True},
        {"status": 42},
        {"status": 600},
        {"status": None},
        {"ms": -1},
        {"retry_after": -1},
        {"path": 5},
        {"body": 5},
        {"field": ["status"]},
        {"method": None},
        {"bank": "itau"},
    ],
)
def test_a_fault_that_could_not_happen_is_refused(
    cora: CoraSimulator, wrong: dict[str, Any]
) -> None:
    with pytest.raises(RuntimeError, match="400"):
        cora._call("POST", "/faults", {"kind": "drop", **wrong})

    assert cora.faults() == []


@pytest.mark.parametrize("good", [{"times": None}, {"retry_after": None}, {"bank": "*"}])
def test_what_may_be_left_open_is_taken(cora: CoraSimulator, good: dict[str, Any]) -> None:
    cora._call("POST", "/faults", {"kind": "drop", **good})

    assert len(cora.faults()) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"now": "9999-12-31T23:59:59"},
        {"now": "0001-01-01T00:00:00"},
        {"offset_seconds": 1e12},
        {"offset_seconds": 1e18},
        {"advance_seconds": -1e11},
        {"now": "amanhã"},
    ],
)
def test_a_time_beyond_the_calendar_is_refused_and_the_bank_goes_on(
    cora: CoraSimulator, change: dict[str, Any]
) -> None:
    before = cora.now()

    with pytest.raises(RuntimeError, match="400"):
        cora._call("POST", "/clock", change)

    assert 0 <= (cora.now() - before).total_seconds() < 60


def test_a_reset_to_a_time_beyond_the_calendar_changes_nothing(cora: CoraSimulator) -> None:
    cora.credit(100)

    with pytest.raises(RuntimeError, match="400"):
        cora.reset(now="9999-12-31T23:59:59")

    assert cora.account()["balance"] == 10_318_842
    assert cora.now().isoformat().startswith("2026-11-23")


def test_the_log_is_not_asked_from_a_word(cora: CoraSimulator) -> None:
    answer = httpx.get(f"{cora.base_url}/_sim/api/requests?since=x", **LOOPBACK)

    assert answer.status_code == 400
    assert "since" in answer.json()["error"]
