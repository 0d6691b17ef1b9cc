"""BS2's notices, and the addresses that it calls.

devs.bs2.com/docs/checking-account-webhook, /docs/webhook-collection, /docs/pix-webhook. Only Pix
notices say who sends them (a bearer of ours); boletos and movements have the secret in the path.
"""

import hashlib
import hmac
import re
from collections.abc import Mapping
from typing import Final

from banking.banks.bs2.wire.fields import first_of, list_of
from banking.banks.bs2.wire.order_states import state_of
from banking.banks.contract.errors import ForgedEvent, InvalidEvent
from banking.banks.contract.webhooks import BankEventNotice
from banking.banks.http.errors import one_line
from banking.banks.http.json import Json, read_json

_MAX_BODY: Final = 100_000  # bytes; the documented ones have some hundred
_ID: Final = re.compile(r"[!-~]{1,64}")
_NUMBER: Final = re.compile(r"[0-9]{1,20}")
_END_TO_END: Final = re.compile(r"[ED][0-9A-Za-z]{31}")
# `tipoEvento` has no documented values: the names of the scopes, which are.
ACCOUNT_EVENTS: Final = (
    "webhook-mov-conta",
    "webhook-conclusao-transf",
    "webhook-conclusao-pag",
)
PIX_EVENTS: Final = ("Pagamento", "Recebimento")
# The path between `v1` and `webhook` is seen in both ways.
CONTEXTS: Final = ("contexto/correntistas", "contexto-correntistas")


# --- Addresses --------------------------------------------------------------------------


def account_event_to_wire(event: str, url: str, secret: bytes) -> dict[str, Json]:
    """The body of POST …/webhook. The unit of the interval is not documented."""
    body: dict[str, Json] = {
        "url": url,
        "quantidadeRetentativas": 5,
        "intervaloEntreRetentativas": 5,
        "tipoEvento": event,
        "usuarioCriacao": {"nome": "Kamino"},
    }
    if secret:
        body["autenticacao"] = {"tipo": "bearer", "valor": secret.hex()}
    return body


def pix_to_wire(url: str, secret: bytes) -> list[Json]:
    """The body of PUT …/webhook/bs2, an array."""
    authorization = {"tipo": "bearer", "valor": secret.hex()} if secret else {"tipo": "none"}
    return [{"url": url, "eventos": list(PIX_EVENTS), "autorizacao": authorization}]


def pix_addresses_from_wire(answer: Json) -> set[str]:
    items = [item for item in list_of(answer, "webhook") if isinstance(item, dict)]
    return {item["url"] for item in items if isinstance(item.get("url"), str)}


# --- Notices ----------------------------------------------------------------------------


def event_from_wire(
    headers: Mapping[str, str], body: bytes, *, secret: bytes = b""
) -> BankEventNotice:
    """What a notice is about. What it claims is a hint: the resource is read back.

    Without `secret` it is one that was kept, whose bearer was seen when it came.

    Raises:
        ForgedEvent: its bearer is not ours, or it has none and is about a Pix.
        InvalidEvent: it is not as BS2 writes them.
    """
    authorization = {name.lower(): value for name, value in headers.items()}.get("authorization")
    if authorization is not None and not _is_ours(authorization, secret):
        raise _forged()
    notice = _read(body)
    # PascalCase of a boleto, `ID` of a movement; the body of the others is not documented.
    if "NossoNumeroBoleto" in notice:
        return _boleto(notice)
    if "movimento" in notice and "conta" in notice:
        return _movement(notice)
    names = {name.lower(): value for name, value in notice.items()}
    if "endtoendid" in names:
        if secret and authorization is None:
            raise _forged()
        return _pix(names, body)
    return _concluded(notice, body)


def _refuse_unless(is_right: bool) -> None:
    if not is_right:
        raise InvalidEvent("Este aviso não é do banco BS2.")


def _forged() -> ForgedEvent:
    return ForgedEvent("Este aviso não foi enviado pelo banco BS2.")


def _is_ours(authorization: str, secret: bytes) -> bool:
    expected = f"Bearer {secret.hex()}".encode()
    return not secret or hmac.compare_digest(authorization.encode(errors="replace"), expected)


def _read(body: bytes) -> dict[str, Json]:
    try:
        notice = read_json(body) if len(body) <= _MAX_BODY else None
    except (ValueError, RecursionError) as error:
        raise InvalidEvent("Este aviso não é do banco BS2.") from error
    if isinstance(notice, list) and len(notice) == 1:  # as the page of a movement words its parts
        notice = notice[0]
    if not isinstance(notice, dict):
        raise InvalidEvent("Este aviso não é do banco BS2.")
    return notice


def _boleto(notice: dict[str, Json]) -> BankEventNotice:
    """`Situacao` 4 is not money yet: only the settlement is, and the boleto tells that."""
    number = str(notice["NossoNumeroBoleto"])
    situation = notice.get("Situacao")
    is_code = type(situation) is int and situation in range(100)
    _refuse_unless(is_code and _NUMBER.fullmatch(number) is not None)
    return BankEventNotice(_id(notice.get("Id")), f"boleto.{situation}", number, None)


def _movement(notice: dict[str, Json]) -> BankEventNotice:
    """Whether `movimento` is an array, as the page says, is not certain."""
    movement = notice["movimento"]
    if isinstance(movement, list):
        movement = movement[0] if movement else None
    direction = movement.get("tipo") if isinstance(movement, dict) else None
    account = str(notice["conta"])
    _refuse_unless(direction in ("C", "D") and _NUMBER.fullmatch(account) is not None)
    return BankEventNotice(_id(notice.get("ID")), f"movimento.{direction}", account, None)


def _pix(names: dict[str, Json], body: bytes) -> BankEventNotice:
    reference = names["endtoendid"]
    _refuse_unless(isinstance(reference, str) and _END_TO_END.fullmatch(reference) is not None)
    kind = one_line(names.get("evento"), 30).lower() or "aviso"
    return BankEventNotice(_id_or_digest(names.get("id"), body), f"pix.{kind}", reference, None)


def _concluded(notice: dict[str, Json], body: bytes) -> BankEventNotice:
    """A transfer or payment that ended: of these BS2 documents the name only."""
    reference = first_of(notice, "solicitacaoId", "SolicitacaoId", "id")
    _refuse_unless(isinstance(reference, str) and _ID.fullmatch(reference) is not None)
    state = state_of(one_line(first_of(notice, "situacao", "Situacao"), 100))
    event_id = _id_or_digest(first_of(notice, "ID", "Id"), body)
    return BankEventNotice(event_id, "conclusao", str(reference), state)


def _id(value: Json) -> str:
    _refuse_unless(isinstance(value, str) and _ID.fullmatch(value) is not None)
    return str(value)


def _id_or_digest(value: Json, body: bytes) -> str:
    if isinstance(value, str) and _ID.fullmatch(value):
        return value
    return hashlib.sha256(body).hexdigest()
