"""The Conta Kamino's notices: only those that it signed for us, a short while ago, are read."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from banking.banks.contract.errors import InvalidEvent
from banking.banks.contract.payments import OrderState
from banking.banks.contract.webhooks import BankEventNotice
from banking.banks.kamino import ContaKamino, webhooks
from tests.banking.banks.kamino_answers import CONTRACT, NOTICE
from tests.banking.banks.mangle import mangled

SECRET = bytes(range(32))
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def signed(body: bytes, *, secret: bytes = SECRET, at: datetime = NOW) -> dict[str, str]:
    timestamp = str(int(at.timestamp()))
    content = f"msg_1.{timestamp}.".encode() + body
    signature = base64.b64encode(hmac.new(secret, content, hashlib.sha256).digest()).decode()
    return {
        "Webhook-Id": "msg_1",
        "Webhook-Timestamp": timestamp,
        "Webhook-Signature": f"v1,{signature}",
    }


def read(headers: dict[str, str], body: bytes, *, now: datetime = NOW) -> BankEventNotice:
    return webhooks.event_from_wire(headers, body, secret=SECRET, now=now)


def body_of(**changes: Any) -> bytes:
    return json.dumps({**NOTICE, **changes}).encode()


BODY = body_of()


def test_a_signed_notice_is_read() -> None:
    assert read(signed(BODY), BODY) == BankEventNotice(
        "msg_1", "payment.completed", "pay_Pzlz6Ld1bRgtiJgHaSIREQ", OrderState.PAID
    )


def test_a_notice_of_something_else_than_a_payment_claims_nothing() -> None:
    body = body_of(type="entry.created", data={"id": "ent_AAAAAAAAAAAA0000000001"})

    assert read(signed(body), body).state is None


@pytest.mark.parametrize("minutes", [-6, 6])
def test_a_notice_of_another_hour_is_refused(minutes: int) -> None:
    with pytest.raises(InvalidEvent):
        read(signed(BODY, at=NOW + timedelta(minutes=minutes)), BODY)


@pytest.mark.parametrize("minutes", [-4, 4])
def test_clocks_may_differ_by_some_minutes(minutes: int) -> None:
    assert read(signed(BODY, at=NOW + timedelta(minutes=minutes)), BODY).event_id == "msg_1"


@pytest.mark.parametrize("name", ["Webhook-Id", "Webhook-Timestamp", "Webhook-Signature"])
def test_a_notice_without_one_of_its_headers_is_refused(name: str) -> None:
    headers = signed(BODY)
    del headers[name]

    with pytest.raises(InvalidEvent):
        read(headers, BODY)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Webhook-Id", "msg_2"),
        ("Webhook-Timestamp", str(int(NOW.timestamp()) + 1)),
        ("Webhook-Timestamp", "1" * 400),
        ("Webhook-Timestamp", "１"),
        ("Webhook-Signature", "v1,"),
        ("Webhook-Signature", "v1,é"),
        ("Webhook-Signature", signed(BODY)["Webhook-Signature"].replace("v1,", "v2,")),
    ],
)
def test_a_notice_with_one_header_changed_is_refused(name: str, value: str) -> None:
    with pytest.raises(InvalidEvent):
        read({**signed(BODY), name: value}, BODY)


def test_a_notice_signed_by_somebody_else_is_refused() -> None:
    with pytest.raises(InvalidEvent):
        read(signed(BODY, secret=b"x" * 32), BODY)


def test_a_changed_body_is_refused() -> None:
    with pytest.raises(InvalidEvent):
        read(signed(BODY), BODY.replace(b"completed", b"cancelled"))


def test_any_of_several_signatures_may_hold() -> None:
    headers = signed(BODY)
    headers["Webhook-Signature"] = f"v1a,zz v1,AAAA {headers['Webhook-Signature']}"

    assert read(headers, BODY).event_id == "msg_1"


def test_without_a_secret_nothing_is_believed() -> None:
    headers = signed(BODY, secret=b"", at=datetime.now(UTC))

    with pytest.raises(InvalidEvent):
        ContaKamino().parse_event(headers, BODY)


def test_the_bank_s_line_reads_with_the_secret_it_is_given() -> None:
    headers = signed(BODY, at=datetime.now(UTC))

    assert ContaKamino().parse_event(headers, BODY, secret=SECRET).kind == "payment.completed"


@given(answer=mangled([NOTICE]))
def test_a_signed_notice_that_says_something_else_is_an_invalid_event(answer: Any) -> None:
    body = json.dumps(answer).encode("utf-8", "surrogatepass")
    try:
        assert read(signed(body), body).event_id == "msg_1"
    except InvalidEvent as error:
        assert str(error).endswith(".")


@given(headers=st.dictionaries(st.sampled_from(sorted(signed(BODY))), st.text()), body=st.binary())
def test_anything_else_is_an_invalid_event(headers: dict[str, str], body: bytes) -> None:
    with pytest.raises(InvalidEvent):
        read(headers, body)


def test_what_we_ask_to_be_told_is_as_the_file_says() -> None:
    body = webhooks.endpoint_to_wire("http://127.0.0.1:9/hooks/kamino", SECRET)

    assert CONTRACT.errors("/components/schemas/WebhookEndpointRequest", body) == []
