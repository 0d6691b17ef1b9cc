from typing import Any

import httpx
import pytest

from tests.cora_simulator import CoraSimulator
from tests.loopback import LOOPBACK
from tests.simulator.calls import new_key, transfer

ACCOUNT = "/third-party/account"
INITIATE = "/transfers/initiate"


def test_a_dropped_request_has_no_effect(cora: CoraSimulator, api: httpx.Client) -> None:
    cora.fault("drop", INITIATE)
    with pytest.raises(httpx.RemoteProtocolError):
        transfer(api)

    assert cora.transfers() == []
    assert cora.requests(INITIATE)[0]["faults"] == ["drop"]


def test_a_lost_answer_has_its_effect_and_a_replay_tells_it(
    cora: CoraSimulator, api: httpx.Client
) -> None:
    cora.fault("lose_answer", INITIATE)
    key = new_key()
    with pytest.raises(httpx.RemoteProtocolError):
        transfer(api, key=key)

    order = cora.transfers()[0]
    assert cora.requests(INITIATE)[0]["effect"]
    assert cora.requests(INITIATE)[0]["status"] is None
    assert transfer(api, key=key).json()["id"] == order["id"]
    assert len(cora.transfers()) == 1


def test_a_delay_outlives_the_caller_and_the_work_is_done(
    cora: CoraSimulator, api: httpx.Client
) -> None:
    cora.fault("delay", INITIATE, ms=1000)
    api.timeout = httpx.Timeout(0.1)
    with pytest.raises(httpx.ReadTimeout):
        transfer(api)
    api.timeout = httpx.Timeout(10)
    assert cora.transfers() == []

    cora.fault("delay", ACCOUNT, ms=1100)  # this answer comes after that work
    api.get(ACCOUNT)

    assert len(cora.transfers()) == 1


def test_a_slow_answer_comes_after_the_work(cora: CoraSimulator, api: httpx.Client) -> None:
    cora.fault("slow_answer", INITIATE, ms=300)
    api.timeout = httpx.Timeout(0.1)
    with pytest.raises(httpx.ReadTimeout):
        transfer(api)

    assert len(cora.transfers()) == 1


@pytest.mark.parametrize(
    ("body", "content"),
    [("empty", b""), ("html", b"<html>"), ("json", b'{"code"'), ("{x", b"{x")],
)
def test_a_status_comes_instead_of_the_work(
    cora: CoraSimulator, api: httpx.Client, body: str, content: bytes
) -> None:
    cora.fault("status", INITIATE, status=503, body=body)
    answer = transfer(api)

    assert answer.status_code == 503
    assert answer.content.startswith(content)
    assert bool(answer.content) == bool(content)
    assert cora.transfers() == []


def test_a_replaced_answer_hides_work_done(cora: CoraSimulator, api: httpx.Client) -> None:
    cora.fault("replace_answer", INITIATE, status=500, body="html")

    assert transfer(api).status_code == 500
    assert len(cora.transfers()) == 1


def test_a_truncated_answer_is_not_json(cora: CoraSimulator, api: httpx.Client) -> None:
    right = api.get(ACCOUNT).content
    cora.fault("replace_answer", ACCOUNT, status=200, body="truncated")
    answer = api.get(ACCOUNT)

    assert answer.status_code == 200
    assert answer.content == right[: len(right) // 2]


@pytest.mark.parametrize(
    ("fault", "changed"),
    [
        ({"kind": "unknown_enum", "field": "bankName", "value": "X"}, {"bankName": "X"}),
        ({"kind": "unknown_enum", "field": "nothing"}, {}),
        ({"kind": "unknown_field"}, {"somethingNew": {"nested": [1, "two", None]}}),
    ],
)
def test_an_answer_is_changed(
    cora: CoraSimulator, api: httpx.Client, fault: dict[str, Any], changed: dict[str, Any]
) -> None:
    right = api.get(ACCOUNT).json()
    cora.fault(path=ACCOUNT, **fault)

    assert api.get(ACCOUNT).json() == right | changed


def test_a_field_is_missing_at_any_depth(cora: CoraSimulator, api: httpx.Client) -> None:
    cora.fault("missing_field", "/bank-statement/*", field="amount")
    entries = api.get("/bank-statement/statement").json()["entries"]

    assert entries
    assert not any("amount" in entry for entry in entries)


def test_a_fault_lasts_as_many_times_as_it_says(cora: CoraSimulator, api: httpx.Client) -> None:
    cora.fault("status", ACCOUNT, times=2)
    seen = [api.get(ACCOUNT).status_code for _ in range(3)]
    cora.fault("status", ACCOUNT, times=None)
    seen += [api.get(ACCOUNT).status_code for _ in range(3)]
    cora.clear_faults()
    seen.append(api.get(ACCOUNT).status_code)

    assert seen == [500, 500, 200, 500, 500, 500, 200]
    assert cora.faults() == []


def test_a_fault_touches_only_its_method_and_path(cora: CoraSimulator, api: httpx.Client) -> None:
    cora.fault("status", "/payments*", method="POST", times=None)

    assert api.get("/payments/").status_code == 200
    assert api.get(ACCOUNT).status_code == 200
    assert api.post("/payments/initiate/", json={}).status_code == 500


def test_the_token_and_the_consent_can_fail_too(cora: CoraSimulator) -> None:
    cora.fault("drop", "/oauth/*", times=2)
    for path in ("/oauth/authorize", "/oauth/token"):
        with pytest.raises(httpx.RemoteProtocolError):
            httpx.get(cora.base_url + path, **LOOPBACK)


def test_the_controls_do_not_fail(cora: CoraSimulator) -> None:
    cora.fault("drop", times=None)
    cora.settings(latency_ms=50)

    assert len(cora.faults()) == 1
    assert cora.requests() == []


def test_latency_makes_every_call_wait(cora: CoraSimulator, api: httpx.Client) -> None:
    cora.settings(latency_ms=120)

    assert api.get(ACCOUNT).elapsed.total_seconds() >= 0.12


@pytest.mark.parametrize(
    "wrong", [{"kind": "explode"}, {"kind": "drop", "extra": 1}, {"kind": "delay", "ms": "x"}]
)
def test_an_unknown_fault_is_refused(cora: CoraSimulator, wrong: dict[str, Any]) -> None:
    with pytest.raises(RuntimeError, match="400"):
        cora.fault(**wrong)


def test_a_body_too_large_is_413(api: httpx.Client) -> None:
    answer = api.post(INITIATE, content=b"x" * 1_000_001)

    assert answer.status_code == 413
