"""Cora's webhooks: the endpoints that it calls, and its notices.

developers.cora.com.br/reference/criação-de-endpoints, /reference/exemplo-de-post-da-notificação.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from banking.banks.contract.errors import InvalidEvent
from banking.banks.contract.payments import OrderState, Rail
from banking.banks.contract.webhooks import BankEventNotice
from banking.banks.cora.wire.fields import id_of, list_of, object_of, text_of
from banking.banks.cora.wire.order_states import STATES
from banking.banks.http import fields
from banking.banks.http.fields import each_of
from banking.banks.http.json import Json

_RESOURCES: Final = {"transfer": (Rail.TED, "trn_"), "payment": (Rail.BOLETO, "pay_")}
_EVENT_ID: Final = re.compile(r"evt_[A-Za-z0-9_-]{1,60}")
_EVENT_TYPE: Final = re.compile(r"([a-z_]{1,30})\.([a-z_]{1,30})")
_RESOURCE_ID: Final = re.compile(r"[a-z]{2,10}_[A-Za-z0-9_-]{1,60}")
_MAX_BODY: Final = 4096  # bytes; it is documented as empty


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An address that Cora calls for one kind of event; the trigger `*` is every one of it."""

    url: str
    resource: str
    trigger: str


WEBHOOKS: Final = (("payment", "*"), ("transfer", "*"), ("invoice", "*"))


def endpoints_from_wire(answer: Json) -> set[Endpoint]:
    """Those that are active. One that cannot be read is no reason not to have ours: made again, it
    only calls twice."""
    found, _ = each_of(list_of(answer, "endpoints"), _endpoint_from_wire, _left_out)
    return {endpoint for endpoint, is_active in found if is_active}


def _endpoint_from_wire(item: Json) -> tuple[Endpoint, bool]:
    item = object_of(item, "endpoints")
    endpoint = Endpoint(
        text_of(item.get("url"), "url", longest=2000),
        text_of(item.get("resource"), "resource"),
        text_of(item.get("trigger"), "trigger"),
    )
    return endpoint, item.get("active") is not False


def former_endpoints(answer: Json, url: str) -> list[str]:
    """Ids of our endpoints whose address is `url` but for the secret, its last part."""
    prefix = url.rstrip("/").rpartition("/")[0] + "/"
    found, _ = each_of(list_of(answer, "endpoints"), _address_from_wire, _left_out)
    return [
        reference for reference, address in found if address.startswith(prefix) and address != url
    ]


def _address_from_wire(item: Json) -> tuple[str, str]:
    item = object_of(item, "endpoints")
    return id_of(item.get("id")), text_of(item.get("url"), "url", longest=2000)


def _left_out(item: Json, error: fields.UnreadableAnswer) -> None:
    return None


def endpoint_to_wire(endpoint: Endpoint) -> Json:
    return {"url": endpoint.url, "resource": endpoint.resource, "trigger": endpoint.trigger}


def event_from_wire(headers: Mapping[str, str], body: bytes) -> BankEventNotice:
    """A notice is its headers.

    It is not signed: the receiver reads the resource back before believing it.

    Raises:
        InvalidEvent: it is not as Cora writes them.
    """
    present = {name.lower(): value for name, value in headers.items()}
    event_id = present.get("webhook-event-id", "")
    reference = present.get("webhook-resource-id", "")
    kind = _EVENT_TYPE.fullmatch(present.get("webhook-event-type", ""))
    if (
        len(body) > _MAX_BODY
        or kind is None
        or not _EVENT_ID.fullmatch(event_id)
        or not _RESOURCE_ID.fullmatch(reference)
    ):
        raise InvalidEvent("Este aviso não é do banco Cora.")
    return BankEventNotice(event_id, kind[0], reference, _claimed_state(kind, reference))


def _claimed_state(kind: re.Match[str], reference: str) -> OrderState | None:
    if kind[1] not in _RESOURCES:
        return None
    rail, prefix = _RESOURCES[kind[1]]
    if not reference.startswith(prefix):
        raise InvalidEvent("Este aviso não é do banco Cora.")
    return STATES[rail].get(kind[2].upper())
