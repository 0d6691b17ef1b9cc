"""/v1/webhook-endpoints: who is told of what happens."""

import base64
import json
import secrets
from typing import Any

from starlette.responses import Response

from simulator.core.clock import to_micros
from simulator.core.ids import new_id
from simulator.core.journal import record_of
from simulator.core.store import Row
from simulator.core.webhooks import is_loopback
from simulator.kamino.answers import answer, instant, not_found, read_body, refuse
from simulator.kamino.calls import Call, once, operation
from simulator.kamino.notices import PREFIX

_MOST = 20


@operation("webhooks")
async def set_endpoint(call: Call) -> Response:
    body = await read_body(call.request, "setWebhookEndpoint")
    return await once(call, body, lambda key: _set(call, body))


@operation("webhooks")
async def listing(call: Call) -> Response:
    rows = call.bank.store.rows(
        "SELECT * FROM kamino_endpoint WHERE account_id = ? ORDER BY created_at, id",
        call.account_id,
    )
    return answer({"endpoints": [_wire(row) for row in rows]})


@operation("webhooks")
async def delete(call: Call) -> Response:
    gone = call.bank.store.run(
        "DELETE FROM kamino_endpoint WHERE id = ? AND account_id = ?",
        *(call.request.path_params["endpoint_id"], call.account_id),
    )
    if not gone:
        raise not_found()
    record_of(call.request).effect = True
    return Response(status_code=204)


def _set(call: Call, body: dict[str, Any]) -> tuple[int, Any]:
    store, url = call.bank.store, body["url"]
    if not is_loopback(url):
        raise refuse("invalid_url", "O simulador só chama endereços http deste computador.")
    secret = body.get("secret") or PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()
    if not 24 <= len(_bytes(secret)) <= 64:
        raise refuse("invalid_secret", "O segredo deve ter de 24 a 64 bytes em base64.")
    before = _find(call, url)
    if before is None and _count(call) >= _MOST:
        raise refuse("too_many_endpoints", f"Uma conta avisa até {_MOST} endereços.")
    endpoint_id = before["id"] if before else new_id("whe_")
    created_at = before["created_at"] if before else to_micros(call.bank.clock.now())
    store.run(
        "INSERT OR REPLACE INTO kamino_endpoint VALUES (?, ?, ?, ?, ?, ?)",
        *(endpoint_id, call.account_id, url, json.dumps(body["events"]), secret, created_at),
    )
    row = _find(call, url)
    assert row is not None
    return 200 if before else 201, {**_wire(row), "secret": secret}


def _bytes(secret: str) -> bytes:
    try:
        return base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except ValueError:
        return b""


def _find(call: Call, url: str) -> Row | None:
    return call.bank.store.row(
        "SELECT * FROM kamino_endpoint WHERE account_id = ? AND url = ?", call.account_id, url
    )


def _count(call: Call) -> int:
    sql = "SELECT count(*) AS n FROM kamino_endpoint WHERE account_id = ?"
    row = call.bank.store.row(sql, call.account_id)
    return int(row["n"]) if row else 0


def _wire(row: Row) -> dict[str, Any]:
    return {
        "id": row["id"],
        "url": row["url"],
        "events": json.loads(row["events"]),
        "created_at": instant(row["created_at"]),
    }
