"""Cora's endpoints and notices."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from banking.banks.contract.errors import InvalidEvent
from banking.banks.contract.payments import OrderState
from banking.banks.contract.webhooks import BankEventNotice
from banking.banks.cora import webhooks
from tests.banking.banks.cora_answers import ENDPOINT, EVENT_HEADERS


def test_an_endpoint_that_is_not_active_does_not_count() -> None:
    answer = [ENDPOINT, {**ENDPOINT, "trigger": "created", "active": False}]

    assert webhooks.endpoints_from_wire(answer) == {
        webhooks.Endpoint("https://erp.example.com/hooks/cora/4f1c9a", "payment", "*")
    }


@pytest.mark.parametrize(
    ("kind", "reference", "state"),
    [
        ("payment.initiated", "pay_1", OrderState.AWAITING_APPROVAL),
        ("payment.approved", "pay_1", OrderState.SCHEDULED),
        ("payment.created", "pay_1", OrderState.SCHEDULED),
        ("payment.reproved", "pay_1", OrderState.REJECTED),
        ("payment.completed", "pay_1", OrderState.PAID),
        ("payment.error", "pay_1", OrderState.REJECTED),
        ("payment.new_trigger", "pay_1", None),
        ("transfer.completed", "trn_1", OrderState.PAID),
        ("transfer.canceled", "trn_1", OrderState.CANCELLED),
        ("transfer.refunded", "trn_1", OrderState.RETURNED),
        ("invoice.paid", "inv_2Zx9CvBnM7aSdFgH5jKlQw", None),
    ],
)
def test_a_notice_claims_a_state_of_an_order(
    kind: str, reference: str, state: OrderState | None
) -> None:
    headers = {**EVENT_HEADERS, "webhook-event-type": kind, "webhook-resource-id": reference}

    notice = webhooks.event_from_wire(headers, b"")

    assert notice == BankEventNotice("evt_4RtYuIoPaSdFgHjKlZxCvB", kind, reference, state)


def test_the_headers_of_a_notice_are_found_in_any_case() -> None:
    headers = {name.title(): value for name, value in EVENT_HEADERS.items()}

    assert webhooks.event_from_wire(headers, b"").kind == "payment.completed"


@pytest.mark.parametrize(
    "changes",
    [
        {"webhook-event-id": ""},
        {"webhook-event-id": "evt_"},
        {"webhook-event-id": "evt_" + "a" * 61},
        {"webhook-event-id": "evt_1\n"},
        {"webhook-event-type": "payment"},
        {"webhook-event-type": "payment.Completed"},
        {"webhook-event-type": "a." + "b" * 31},
        {"webhook-resource-id": "pay_'; --"},
        {"webhook-resource-id": "trn_1"},
    ],
    ids=str,
)
def test_a_forged_notice_is_refused(changes: dict[str, str]) -> None:
    with pytest.raises(InvalidEvent):
        webhooks.event_from_wire({**EVENT_HEADERS, **changes}, b"")


@pytest.mark.parametrize("name", ["event-id", "event-type", "resource-id"])
def test_a_notice_that_lacks_a_header_is_refused(name: str) -> None:
    headers = {key: value for key, value in EVENT_HEADERS.items() if key != f"webhook-{name}"}

    with pytest.raises(InvalidEvent):
        webhooks.event_from_wire(headers, b"")


def test_an_oversized_notice_is_refused() -> None:
    with pytest.raises(InvalidEvent):
        webhooks.event_from_wire(EVENT_HEADERS, b"x" * 5000)


@given(st.dictionaries(st.sampled_from(sorted(EVENT_HEADERS)), st.text()), st.binary())
def test_mangled_headers_are_an_invalid_event_and_nothing_else(
    changes: dict[str, str], body: bytes
) -> None:
    try:
        notice = webhooks.event_from_wire({**EVENT_HEADERS, **changes}, body)
    except InvalidEvent:
        return
    assert notice.event_id.startswith("evt_")
