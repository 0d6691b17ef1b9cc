"""The Conta Kamino's notices: who is told, signed how."""

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest

from tests.kamino_contract import Contract
from tests.kamino_simulator import KaminoSimulator
from tests.simulator.kamino_calls import charge, key, pay, refusal, ted

SECRET = bytes(range(32))
HOOK = "http://127.0.0.1:9/hooks/kamino"  # nobody listens there


@dataclass
class Notice:
    headers: dict[str, str]
    body: bytes


class Hook(ThreadingHTTPServer):
    """Answers every notice with `status`."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.url = f"http://127.0.0.1:{self.server_port}/hooks/kamino"
        self.status = 200
        self.received: list[Notice] = []


class _Handler(BaseHTTPRequestHandler):
    server: Hook

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.received.append(Notice(headers, body))
        self.send_response(self.server.status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet."""


@pytest.fixture
def hook() -> Iterator[Hook]:
    server = Hook()
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def listen(api: httpx.Client, *events: str, url: str = HOOK) -> dict[str, Any]:
    secret = "whsec_" + base64.b64encode(SECRET).decode()
    body = {"url": url, "events": events or ["payment.*"], "secret": secret}
    response = api.post("/v1/webhook-endpoints", json=body, headers=key())
    assert response.status_code in (200, 201), response.text
    return dict(response.json())


def deliveries(kamino: KaminoSimulator) -> list[dict[str, Any]]:
    return [d for d in kamino.process.deliver_webhooks() if d["url"].startswith(HOOK)]


def test_an_endpoint_is_told_of_what_it_asked_for_and_of_nothing_else(
    kamino: KaminoSimulator, kamino_api: httpx.Client
) -> None:
    listen(kamino_api, "payment.completed", "charge.*")
    payment = pay(kamino_api, ted())
    refused = pay(kamino_api, ted(code="cp-2"))
    issued = kamino_api.post("/v1/charges", json=charge(), headers=key()).json()

    kamino.approve(payment["id"])
    kamino.refuse(refused["id"])
    kamino.pay_charge(issued["id"])

    told = [json.loads(d["body"]) for d in deliveries(kamino)]
    assert [(t["type"], t["data"]["id"]) for t in told] == [
        ("payment.completed", payment["id"]),
        ("charge.paid", issued["id"]),
    ]


def test_a_notice_is_as_the_file_says(
    kamino: KaminoSimulator, kamino_api: httpx.Client, contract: Contract
) -> None:
    listen(kamino_api, "payment.*", "entry.*")
    payment = pay(kamino_api, ted())
    kamino.approve(payment["id"])

    told = [json.loads(d["body"]) for d in deliveries(kamino)]

    assert {t["type"] for t in told} == {"payment.completed", "entry.created"}
    assert [contract.errors("/components/schemas/Notice", t) for t in told] == [[], []]


def test_each_attempt_is_signed_at_its_own_time(
    kamino: KaminoSimulator, kamino_api: httpx.Client, hook: Hook
) -> None:
    hook.status = 500
    listen(kamino_api, url=hook.url)
    kamino.refuse(pay(kamino_api, ted())["id"])
    kamino.process.deliver_webhooks()
    kamino.process.advance(3600)
    kamino.process.deliver_webhooks()

    first, second = hook.received[0], hook.received[-1]

    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    apart = int(second.headers["webhook-timestamp"]) - int(first.headers["webhook-timestamp"])
    assert apart >= 3600
    for notice in (first, second):
        head = f"{notice.headers['webhook-id']}.{notice.headers['webhook-timestamp']}."
        digest = hmac.new(SECRET, head.encode() + notice.body, hashlib.sha256).digest()
        right = f"v1,{base64.b64encode(digest).decode()}"
        assert notice.headers["webhook-signature"] == right


def test_another_account_s_endpoint_is_not_told(
    kamino: KaminoSimulator, kamino_api: httpx.Client
) -> None:
    listen(kamino_api, "entry.*")

    kamino.credit(5_000, "45987321000160")

    assert deliveries(kamino) == []


def test_an_endpoint_that_is_gone_is_told_nothing(
    kamino: KaminoSimulator, kamino_api: httpx.Client
) -> None:
    made = listen(kamino_api, "entry.*")
    kamino_api.delete(f"/v1/webhook-endpoints/{made['id']}")

    kamino.credit(5_000)

    assert deliveries(kamino) == []
    assert kamino_api.delete(f"/v1/webhook-endpoints/{made['id']}").status_code == 404


@pytest.mark.parametrize(
    "url", ["https://example.com/hook", "http://10.0.0.1/hook", "ftp://127.0.0.1/x", "nonsense"]
)
def test_the_simulator_calls_nobody_but_its_own_machine(kamino_api: httpx.Client, url: str) -> None:
    body = {"url": url, "events": ["payment.*"]}

    response = kamino_api.post("/v1/webhook-endpoints", json=body, headers=key())

    assert refusal(response) == (422, "invalid_url")


def test_an_account_has_twenty_endpoints_at_most(kamino_api: httpx.Client) -> None:
    for number in range(20):
        listen(kamino_api, url=f"{HOOK}/{number}")

    body = {"url": f"{HOOK}/20", "events": ["payment.*"]}
    response = kamino_api.post("/v1/webhook-endpoints", json=body, headers=key())

    assert refusal(response) == (422, "too_many_endpoints")
