"""The Conta Kamino's webhooks: Standard Webhooks (standardwebhooks.com), HMAC-SHA256."""

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

from banking.banks.contract.errors import ForgedEvent, InvalidEvent
from banking.banks.contract.payments import OrderState
from banking.banks.contract.webhooks import BankEventNotice
from banking.banks.http.json import Json, read_json
from banking.banks.kamino.wire.order_states import STATES

EVENTS: Final = ("payment.*", "charge.*", "entry.*")
TOLERANCE: Final = timedelta(minutes=5)
_EVENT_ID: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")
_TIMESTAMP: Final = re.compile(r"[0-9]{1,11}", re.ASCII)
_TYPE: Final = re.compile(r"([a-z]{1,20})\.([a-z_]{1,40})")
_RESOURCE_ID: Final = re.compile(r"[a-z]{2,4}_[A-Za-z0-9]{10,40}")
_MAX_BODY: Final = 65_536  # bytes


def endpoint_to_wire(url: str, secret: bytes) -> Json:
    return {"url": url, "events": list(EVENTS), "secret": f"whsec_{_base64(secret)}"}


def event_from_wire(
    headers: Mapping[str, str], body: bytes, *, secret: bytes, now: datetime | None = None
) -> BankEventNotice:
    """A notice whose signature holds and that is at most five minutes old.

    Raises:
        ForgedEvent: it is not the bank's, not for this secret, or too old.
        InvalidEvent: it is the bank's, and cannot be read.
    """
    present = {name.lower(): value for name, value in headers.items()}
    event_id = present.get("webhook-id", "")
    timestamp = present.get("webhook-timestamp", "")
    if not secret or len(body) > _MAX_BODY:
        raise ForgedEvent("Este aviso não foi enviado pela Conta Kamino.")
    if not _TIMESTAMP.fullmatch(timestamp) or not _is_recent(int(timestamp), now):
        raise ForgedEvent("Este aviso da Conta Kamino é de outra hora.")
    signed = f"{event_id}.{timestamp}.".encode() + body
    if not _is_signed(signed, present.get("webhook-signature", ""), secret):
        raise ForgedEvent("A assinatura deste aviso não confere.")
    return kept_event_from_wire(headers, body)


def kept_event_from_wire(headers: Mapping[str, str], body: bytes) -> BankEventNotice:
    """A notice whose signature held when it came.

    Raises:
        InvalidEvent: it cannot be read.
    """
    event_id = {name.lower(): value for name, value in headers.items()}.get("webhook-id", "")
    if not _EVENT_ID.fullmatch(event_id):
        raise _not_ours()
    return _notice(event_id, body)


def _is_recent(timestamp: int, now: datetime | None) -> bool:
    moment = now or datetime.now(UTC)
    return abs(moment.timestamp() - timestamp) <= TOLERANCE.total_seconds()


def _is_signed(content: bytes, signatures: str, secret: bytes) -> bool:
    """Any of several may hold: a secret is changed by signing with both for a while."""
    right = hmac.new(secret, content, hashlib.sha256).digest()
    return any(
        hmac.compare_digest(_bytes(value), right)
        for version, _, value in (part.partition(",") for part in signatures.split(" "))
        if version == "v1"
    )


def _notice(event_id: str, body: bytes) -> BankEventNotice:
    try:
        value = read_json(body)
    except (ValueError, RecursionError) as error:
        raise _not_ours() from error
    data = value.get("data") if isinstance(value, dict) else None
    kind = value.get("type") if isinstance(value, dict) else None
    reference = data.get("id") if isinstance(data, dict) else None
    if not isinstance(kind, str) or not isinstance(reference, str):
        raise _not_ours()
    about = _TYPE.fullmatch(kind)
    if about is None or not _RESOURCE_ID.fullmatch(reference):
        raise _not_ours()
    return BankEventNotice(event_id, kind, reference, _claimed_state(about))


def _claimed_state(kind: re.Match[str]) -> OrderState | None:
    return STATES.get(kind[2]) if kind[1] == "payment" else None


def _not_ours() -> InvalidEvent:
    return InvalidEvent("Este aviso não é da Conta Kamino.")


def _base64(value: bytes) -> str:
    return base64.b64encode(value).decode()


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""
