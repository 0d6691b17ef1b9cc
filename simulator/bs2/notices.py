"""Notifications that the account's holder configures: movements, and orders that ended.

Of the configuration only the names are documented, and of the payload of an ended order nothing
(devs.bs2.com/docs/checking-account-webhook): the rest is our choice.
"""

import base64
import uuid
from typing import Any

from simulator.bs2.answers import reais, to_json
from simulator.bs2.bank import BANK_CODE, Bs2
from simulator.bs2.movements import Details, category_of
from simulator.core.clock import SAO_PAULO
from simulator.core.ledger import CREDIT, NewEntry
from simulator.core.people import account_by_id
from simulator.core.store import Row

SCHEMA = """
CREATE TABLE IF NOT EXISTS bs2_webhook (
    id TEXT PRIMARY KEY, account_id INTEGER NOT NULL, url TEXT NOT NULL, event TEXT NOT NULL,
    attempts INTEGER NOT NULL, pause INTEGER NOT NULL, auth_kind TEXT NOT NULL,
    auth_value TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS bs2_webhook_of ON bs2_webhook (account_id, event);
"""

# `tipoEvento`, which is taken to be named as the scopes.
MOVEMENT, TRANSFER_ENDED = "webhook-mov-conta", "webhook-conclusao-transf"
PAYMENT_ENDED = "webhook-conclusao-pag"
EVENTS = (MOVEMENT, TRANSFER_ENDED, PAYMENT_ENDED)


def announce_movement(bs2: Bs2, account_id: int, entry: NewEntry, details: Details) -> None:
    hooks = _hooks(bs2, account_id, MOVEMENT)
    if hooks:
        _post(bs2, hooks, _movement(bs2, account_id, entry, details))


def announce_ended(
    bs2: Bs2, account_id: int, event: str, order_id: str, status: int, situation: str
) -> None:
    """A transfer or a payment is concluded."""
    hooks = _hooks(bs2, account_id, event)
    if hooks:
        value = {"ID": str(uuid.uuid4()), "dataNotificacao": _now(bs2)}
        _post(bs2, hooks, {**value, "id": order_id, "situacao": situation, "status": status})


def authorization(kind: str, value: str) -> dict[str, str]:
    """The header by which a receiver knows the bank: none, basic or bearer.

    A basic credential may come as `user:password` or already in base64.
    """
    if kind == "bearer":
        return {"authorization": f"Bearer {value}"}
    if kind == "basic":
        encoded = base64.b64encode(value.encode()).decode() if ":" in value else value
        return {"authorization": f"Basic {encoded}"}
    return {}


def _hooks(bs2: Bs2, account_id: int, event: str) -> list[Row]:
    return bs2.store.rows(
        "SELECT * FROM bs2_webhook WHERE account_id = ? AND event = ?",
        *(account_id, event),
    )


def _post(bs2: Bs2, hooks: list[Row], value: dict[str, Any]) -> None:
    body = to_json(value).decode()
    for hook in hooks:
        headers = {"content-type": "application/json"}
        headers |= authorization(hook["auth_kind"], hook["auth_value"])
        waits = [hook["pause"] * 60] * hook["attempts"]
        bs2.sim.outbox.post(hook["url"], headers, body, retry_seconds=waits)


def _movement(bs2: Bs2, account_id: int, entry: NewEntry, details: Details) -> dict[str, Any]:
    account = account_by_id(bs2.store, account_id)
    number, is_credit = f"{account.number}{account.digit}", entry.direction == CREDIT
    own = {"banco": BANK_CODE, "agencia": account.branch, "conta": number}
    other = None
    if place := details.place:
        other = {"banco": place.bank, "agencia": place.branch, "conta": place.account}
    moved = {
        "data": f"{entry.at.astimezone(SAO_PAULO):%Y-%m-%dT%H:%M:%S}",
        "tipo": "C" if is_credit else "D",
        "codigo": str(category_of(entry.kind, entry.direction)),
        "descricao": entry.description,
    }
    party = {"documento": entry.document, "nome": entry.name} if entry.name else None
    wrap = _array if bs2.settings.movement_counterpart_is_array else _bare
    return {
        "ID": str(uuid.uuid4()),
        "dataNotificacao": _now(bs2),
        "valor": reais(entry.amount),
        "conta": number,
        "cliente": {"documento": account.cnpj, "nome": account.name},
        "favorecidoRemetente": wrap(party),
        "contaDestino": wrap(own if is_credit else other),
        "contaOrigem": wrap(other if is_credit else own),
        "movimento": wrap(moved),
    }


def _array(value: dict[str, Any] | None) -> list[dict[str, Any]]:
    return [] if value is None else [value]


def _bare(value: dict[str, Any] | None) -> dict[str, Any] | None:
    return value


def _now(bs2: Bs2) -> str:
    return f"{bs2.clock.now().astimezone(SAO_PAULO):%Y-%m-%dT%H:%M:%S}"
