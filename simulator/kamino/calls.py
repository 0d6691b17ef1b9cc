"""What each operation under /v1 passes through: who calls, how often, and once for each key."""

import asyncio
import hashlib
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from simulator.core.clock import to_micros
from simulator.core.ids import new_id
from simulator.core.journal import record_of
from simulator.core.people import Account, account_by_id
from simulator.core.store import Row
from simulator.kamino.answers import (
    Problem,
    answer_problem,
    invalid,
    not_found,
    to_json,
    too_many,
    uuid_of,
)
from simulator.kamino.bank import Kamino, kamino_of

_MINUTE = 60_000_000
_KEY_LIFETIME = 72 * 60 * _MINUTE


@dataclass(frozen=True, slots=True)
class Call:
    """A request whose token was accepted. `account_id` is None for a partner's own client."""

    request: Request
    bank: Kamino
    client_id: str
    partner: str
    account_id: int | None

    @property
    def account(self) -> Account:
        assert self.account_id is not None
        return account_by_id(self.bank.store, self.account_id)

    @property
    def owner(self) -> str:
        """Whose the idempotency keys are: those of an account outlive its clients."""
        return self.partner if self.account_id is None else f"account/{self.account_id}"


Operation = Callable[[Call], Awaitable[Response]]
Endpoint = Callable[[Request], Awaitable[Response]]


def operation(scope: str, *, by_partner: bool = False) -> Callable[[Operation], Endpoint]:
    """An operation for clients with `scope`: one account's, or with `by_partner` the partner's.

    An empty scope takes any client.
    """

    def wrap(act: Operation) -> Endpoint:
        async def answered(request: Request) -> Response:
            bank, request_id = kamino_of(request), new_id("req_")
            limits: dict[str, str] = {}
            try:
                token = _token(request, bank)
                limits |= _count(bank, token["client_id"])
                response = await act(_call(request, bank, token, scope, by_partner))
            except Problem as problem:
                response = answer_problem(problem, request_id)
                if problem.status == 401:
                    response.headers["WWW-Authenticate"] = "Bearer"
                if problem.status == 429:
                    response.headers["Retry-After"] = str(_seconds_left(bank))
            response.headers["X-Request-Id"] = request_id
            response.headers.update(limits)
            return response

        return answered

    return wrap


async def once(call: Call, content: Any, act: Callable[[str], tuple[int, Any]]) -> Response:
    """Do `act` once for the request's Idempotency-Key, and answer with its status and JSON.

    Only what was done is kept. From the look for the key to the commit nothing is awaited but, by
    the setting, the time that the work takes; until then the key is known to be in progress.
    """
    bank, key = call.bank, _key(call.request)
    held = (call.owner, key)
    path = call.request.url.path.rstrip("/")
    text = f"{call.request.method} {path}\n{json.dumps(content, sort_keys=True)}"
    digest = hashlib.sha256(text.encode()).digest()
    if (stored := _stored(call, key)) is not None:
        return _replayed(call, stored, digest)
    if held in bank.in_progress:
        raise Problem(
            409, "request_in_progress", "O primeiro pedido com esta chave ainda está em andamento."
        )
    bank.in_progress.add(held)
    try:
        if bank.settings.processing_ms:
            await asyncio.sleep(bank.settings.processing_ms / 1000)
        with bank.store.write():
            status, value = act(key)
            body = to_json(value)
            bank.store.run(
                "INSERT OR REPLACE INTO kamino_idempotency VALUES (?, ?, ?, ?, ?, ?)",
                *(*held, digest, status, body, to_micros(bank.clock.now())),
            )
    finally:
        bank.in_progress.discard(held)
    record_of(call.request).effect = True
    return Response(body, status, media_type="application/json")


def is_in_progress(call: Call, key: str) -> bool:
    return (call.owner, key) in call.bank.in_progress


def _stored(call: Call, key: str) -> Row | None:
    row = call.bank.store.row(
        "SELECT * FROM kamino_idempotency WHERE owner = ? AND key = ?", call.owner, key
    )
    if row is None or to_micros(call.bank.clock.now()) - row["at"] >= _KEY_LIFETIME:
        return None
    return row


def _replayed(call: Call, stored: Row, digest: bytes) -> Response:
    if stored["request"] != digest:
        raise Problem(
            422,
            "idempotency_key_reused",
            "Esta chave já foi usada em um pedido com outro conteúdo.",
        )
    record_of(call.request).replay = True
    headers = {"Idempotent-Replayed": "true"}
    return Response(stored["answer"], stored["status"], headers, media_type="application/json")


def _key(request: Request) -> str:
    text = request.headers.get("idempotency-key")
    if text is None:
        raise invalid("Idempotency-Key", "Falta o cabeçalho Idempotency-Key.")
    return uuid_of(text, "Idempotency-Key")


def _token(request: Request, bank: Kamino) -> Row:
    kind, _, value = request.headers.get("authorization", "").partition(" ")
    row = bank.store.row(
        "SELECT t.scopes, t.expires_at, c.* FROM kamino_token t JOIN kamino_client c"
        " USING (client_id) WHERE t.value = ? AND c.ended_at IS NULL",
        value,
    )
    now = to_micros(bank.clock.now())
    if kind.lower() != "bearer" or row is None or row["expires_at"] <= now:
        raise Problem(401, "invalid_token", "O acesso não é válido ou terminou.")
    if now - row["used_at"] > _MINUTE:
        bank.store.run(
            "UPDATE kamino_client SET used_at = ? WHERE client_id = ?", now, row["client_id"]
        )
    return row


def _call(request: Request, bank: Kamino, token: Row, scope: str, by_partner: bool) -> Call:
    is_partner = token["account_id"] is None
    if scope and (scope not in token["scopes"].split() or is_partner != by_partner):
        raise Problem(403, "insufficient_scope", f"Este acesso não inclui {scope}.")
    if not is_partner and bank.opened(token["account_id"])["status"] != "active":
        raise Problem(403, "account_blocked", "A conta está bloqueada. Fale com o atendimento.")
    named = request.path_params.get("account_id")
    if named is not None and bank.opened(token["account_id"])["id"] != named:
        raise not_found()
    return Call(request, bank, token["client_id"], token["partner"], token["account_id"])


def _count(bank: Kamino, client_id: str) -> dict[str, str]:
    """Count a request against its client's minute; the headers that tell of it."""
    limit, minute = bank.settings.requests_per_minute, to_micros(bank.clock.now()) // _MINUTE
    before, count = bank.counts.get(client_id, (minute, 0))
    count = count + 1 if before == minute else 1
    bank.counts[client_id] = (minute, count)
    if count > limit:
        raise too_many()
    return {
        "RateLimit-Limit": str(limit),
        "RateLimit-Remaining": str(limit - count),
        "RateLimit-Reset": str(_seconds_left(bank)),
    }


def _seconds_left(bank: Kamino) -> int:
    """Of the minute, rounded up."""
    return 60 - to_micros(bank.clock.now()) % _MINUTE // 1_000_000
