import threading
from collections.abc import Iterator
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest

from tests.cora_simulator import CoraSimulator
from tests.simulator.calls import new_key, pay, register, transfer


class Receiver(ThreadingHTTPServer):
    """A partner's webhook address. Answers `status`, when `answers` is set."""

    def __init__(self) -> None:
        self.status = 200
        self.answers = threading.Event()
        self.answers.set()
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.arrived = threading.Condition()
        super().__init__(("127.0.0.1", 0), _Handler)
        self.url = f"http://127.0.0.1:{self.server_address[1]}/hooks/cora/secret"

    def wait_for(self, count: int) -> list[str]:
        """The types of the events, when that many have arrived."""
        with self.arrived:
            assert self.arrived.wait_for(lambda: len(self.got) >= count, timeout=10), self.got
            return [headers["webhook-event-type"] for headers, _ in self.got]


class _Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        with self.server.arrived:
            names = [name.lower() for name in self.headers]
            self.server.got.append(({n: self.headers[n] for n in names}, body))
            self.server.arrived.notify_all()
        self.server.answers.wait(10)
        self.send_response(self.server.status)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet."""


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    server = Receiver()
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield server
    server.answers.set()
    server.shutdown()
    thread.join()
    server.server_close()


def state_of(delivery: dict[str, Any]) -> tuple[str, int]:
    return delivery["state"], delivery["attempts"]


def test_an_event_is_an_empty_post_with_headers(
    cora: CoraSimulator, api: httpx.Client, receiver: Receiver
) -> None:
    endpoint = register(api, receiver.url, "transfer", "completed")
    order = transfer(api).json()
    cora.approve(order["id"])
    receiver.wait_for(1)

    assert endpoint.status_code == 201
    headers, body = receiver.got[0]
    assert body == b""
    assert headers.pop("webhook-event-id").startswith("evt_")
    assert headers.pop("host") == receiver.url.split("/")[2]
    assert headers == {
        "user-agent": "Cora-Webhook",
        "webhook-event-type": "transfer.completed",
        "webhook-resource-id": order["id"],
        "content-length": "0",
    }


def test_a_payment_tells_its_whole_life(
    cora: CoraSimulator, api: httpx.Client, receiver: Receiver
) -> None:
    register(api, receiver.url, "payment", "*")
    first = cora.title(100, date(2026, 12, 10))
    cora.approve(pay(api, first["digitable"]).json()["id"])

    assert sorted(receiver.wait_for(4)) == [
        "payment.approved",
        "payment.completed",
        "payment.created",
        "payment.initiated",
    ]


@pytest.mark.parametrize(
    ("act", "event"), [("refuse", "payment.reproved"), ("expire", "payment.reproved")]
)
def test_a_payment_not_approved_is_reproved(
    cora: CoraSimulator, api: httpx.Client, receiver: Receiver, act: str, event: str
) -> None:
    register(api, receiver.url, "payment", "reproved")
    order = pay(api, cora.title(100, date(2026, 12, 10))["digitable"]).json()

    getattr(cora, act)(order["id"])

    assert receiver.wait_for(1) == [event]


def test_a_transfer_tells_of_its_end_and_return(
    cora: CoraSimulator, api: httpx.Client, receiver: Receiver
) -> None:
    register(api, receiver.url, "transfer", "*")
    cora.refuse(transfer(api).json()["id"])
    assert receiver.wait_for(1) == ["transfer.canceled"]
    order = transfer(api).json()
    cora.approve(order["id"])
    assert receiver.wait_for(2)[1] == "transfer.completed"

    cora.refund(order["id"])

    assert receiver.wait_for(3)[2] == "transfer.refunded"


def test_only_the_trigger_asked_for_is_told(
    cora: CoraSimulator, api: httpx.Client, receiver: Receiver
) -> None:
    register(api, receiver.url, "transfer", "refunded")
    cora.approve(transfer(api).json()["id"])

    assert cora.webhooks() == []


def test_a_customers_webhook_hears_of_that_account_only(
    cora: CoraSimulator, api: httpx.Client, receiver: Receiver
) -> None:
    register(api, receiver.url, "transfer", "*", cora.grant("11222333000181")["access_token"])
    cora.approve(transfer(api).json()["id"])

    assert cora.webhooks() == []


def test_a_revoked_consent_silences_its_webhooks(cora: CoraSimulator, api: httpx.Client) -> None:
    register(api, "http://127.0.0.1:9/", "transfer", "*")
    order = transfer(api).json()
    for grant in cora.grants():
        cora.revoke(grant["id"])

    cora.approve(order["id"])

    assert cora.webhooks() == []


def test_a_failed_delivery_is_tried_again_and_then_given_up(
    cora: CoraSimulator, api: httpx.Client, receiver: Receiver
) -> None:
    receiver.status = 500
    register(api, receiver.url, "transfer", "*")
    cora.approve(transfer(api).json()["id"])
    receiver.wait_for(1)
    seen = [state_of(one) for _ in range(3) for one in cora.deliver_webhooks()]

    assert seen == [("pending", 2), ("pending", 3), ("given_up", 4)]
    cora.deliver_webhooks()
    ids = {headers["webhook-event-id"] for headers, _ in receiver.got}
    assert (len(receiver.got), len(ids)) == (4, 1)


def test_the_next_attempt_comes_when_the_clock_reaches_it(
    cora: CoraSimulator, api: httpx.Client, receiver: Receiver
) -> None:
    receiver.status = 500
    register(api, receiver.url, "transfer", "*")
    cora.approve(transfer(api).json()["id"])
    receiver.wait_for(1)
    assert state_of(cora.webhooks()[0]) == ("pending", 1)
    cora.advance(50)
    assert len(receiver.got) == 1
    receiver.status = 200
    cora.advance(20)
    receiver.wait_for(2)

    assert state_of(cora.webhooks()[0]) == ("delivered", 2)


def test_a_receiver_that_is_slow_has_not_received(
    cora: CoraSimulator, api: httpx.Client, receiver: Receiver
) -> None:
    cora.settings(webhook_read_ms=100)
    receiver.answers.clear()
    register(api, receiver.url, "transfer", "*")
    cora.approve(transfer(api).json()["id"])
    receiver.wait_for(1)

    delivery = cora.deliver_webhooks()[0]

    assert (delivery["state"], delivery["answer"]) == ("pending", "ReadTimeout")


def test_a_closed_port_is_tried_again(cora: CoraSimulator, api: httpx.Client) -> None:
    register(api, "http://127.0.0.1:9/", "transfer", "*")
    cora.approve(transfer(api).json()["id"])

    assert cora.deliver_webhooks()[0]["answer"] == "ConnectError"


def test_an_event_may_come_twice(
    cora: CoraSimulator, api: httpx.Client, receiver: Receiver
) -> None:
    cora.settings(webhook_copies=2)
    register(api, receiver.url, "transfer", "*")
    cora.approve(transfer(api).json()["id"])
    receiver.wait_for(2)

    assert len({headers["webhook-event-id"] for headers, _ in receiver.got}) == 1


def test_endpoints_are_listed_and_deleted(cora: CoraSimulator, api: httpx.Client) -> None:
    endpoint = register(api, "http://127.0.0.1:9/x", "invoice", "paid").json()

    assert endpoint.pop("id").startswith("end_")
    assert endpoint == {
        "url": "http://127.0.0.1:9/x",
        "resource": "invoice",
        "trigger": "paid",
        "connectionTimeout": 1000,
        "readTimeout": 2000,
        "includeResource": False,
        "expandable": False,
        "active": True,
    }
    listed = api.get("/endpoints/").json()
    assert len(listed) == 1
    assert api.delete(f"/endpoints/{listed[0]['id']}").status_code == 204
    assert api.get("/endpoints/").json() == []
    assert api.delete(f"/endpoints/{listed[0]['id']}").status_code == 422


@pytest.mark.parametrize(
    ("url", "resource", "trigger"),
    [
        ("https://erp.example.com/hook", "payment", "*"),
        ("http://10.0.0.1/", "payment", "*"),
        ("http://127.0.0.1:99999/", "payment", "*"),
        ("file:///etc/passwd", "payment", "*"),
        ("", "payment", "*"),
        ("http://127.0.0.1:9/", "pix", "*"),
        ("http://127.0.0.1:9/", "transfer", "initiated"),
    ],
)
def test_a_wrong_endpoint_is_refused(
    api: httpx.Client, url: str, resource: str, trigger: str
) -> None:
    assert register(api, url, resource, trigger).status_code == 400


def test_an_endpoint_wants_a_key(api: httpx.Client) -> None:
    body = {"url": "http://127.0.0.1:9/", "resource": "payment", "trigger": "*"}

    assert api.post("/endpoints/", json=body).status_code == 400
    key = {"Idempotency-Key": new_key()}
    assert api.post("/endpoints/", json=body, headers=key).status_code == 201
