"""Registration of Pix webhooks (devs.bs2.com/docs/pix-webhook)."""

import uuid
from base64 import b64decode
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from simulator.bs2.answers import answer, done, invalid, read_body, read_object
from simulator.bs2.auth import caller_with
from simulator.bs2.pix.webhooks import EVENTS, webhooks_of
from simulator.bs2.reading import BAD_FORMAT, EMPTY, optional_child, text
from simulator.bs2.webhook_api import read_authorization, read_url

Row = tuple[str, str, str, str, bool]


async def register(request: Request) -> Response:
    """The whole list for this account: what was registered for the same events is replaced."""
    caller, body = caller_with(request, "webhook.write"), await read_body(request)
    if not isinstance(body, list) or not body:
        raise invalid(None, "Pelo menos uma inscrição deve ser enviada.")
    own = int(f"{caller.account.number}{caller.account.digit}")
    rows = [row for item in body for row in _read(item, own)]
    store, account_id = caller.bs2.store, caller.account.id
    with store.write():
        for event, *_ in rows:
            sql = "DELETE FROM bs2_pix_webhook WHERE account_id = ? AND event = ?"
            store.run(sql, account_id, event)
        for row in rows:
            store.run(
                "INSERT INTO bs2_pix_webhook VALUES (?, ?, ?, ?, ?, ?, ?, NULL)",
                *(str(uuid.uuid4()), account_id, *row),
            )
    return done(request, None)


async def listing(request: Request) -> Response:
    caller = caller_with(request, "webhook.read")
    number = int(f"{caller.account.number}{caller.account.digit}")
    return answer(
        [
            {
                "id": row["id"],
                "evento": row["event"],
                "somenteComTxId": bool(row["only_with_txid"]),
                "contaNumero": number,
                "url": row["url"],
                "autorizacao": {"tipo": row["auth_kind"], "valor": row["auth_value"] or None},
            }
            for row in webhooks_of(caller.bs2, caller.account.id)
        ]
    )


async def remove(request: Request) -> Response:
    caller = caller_with(request, "webhook.write")
    removed = caller.bs2.store.run(
        "DELETE FROM bs2_pix_webhook WHERE id = ? AND account_id = ?",
        *(request.path_params["id"].lower(), caller.account.id),
    )
    if not removed:
        raise invalid("InscricaoId", "Inscrição não encontrada.", 404)
    return done(request, None)


async def certificate(request: Request) -> Response:
    """The X.509 certificate of the addresses in `certificado`: base64 in JSON, as the page says, or
    the file in a form, as a client sends it."""
    caller = caller_with(request, "webhook.write")
    if request.headers.get("content-type", "").startswith("application/json"):
        given = text(await read_object(request), "certificado", "Certificado", most=20_000)
        try:
            content = b64decode(given, validate=True)
        except ValueError:
            raise invalid("Certificado", BAD_FORMAT) from None
    else:
        content = await _file(request)
    if not content:
        raise invalid("Certificado", EMPTY)
    caller.bs2.store.run(
        "UPDATE bs2_pix_webhook SET certificate = ? WHERE account_id = ?",
        *(content.hex(), caller.account.id),
    )
    return done(request, None)


async def _file(request: Request) -> bytes:
    async with request.form(max_files=1, max_fields=1) as form:
        file = form.get("certificado")
        return b"" if file is None or isinstance(file, str) else await file.read()


def _read(item: Any, own_number: int) -> list[Row]:
    """A row for each event: event, url, kind and value of the authorization, only with txid."""
    if not isinstance(item, dict):
        raise invalid(None, BAD_FORMAT)
    url, events = read_url(item, "Url"), item.get("eventos")
    if not isinstance(events, list) or not events:
        raise invalid("Eventos", EMPTY)
    if not all(event in EVENTS for event in events):
        raise invalid("Eventos", f"Use {', '.join(EVENTS)}.")
    if item.get("contaNumero") not in (None, own_number):
        raise invalid("ContaNumero", "A conta não é desta aplicação.")
    kind, value = read_authorization(
        optional_child(item, "autorizacao", "Autorizacao"), "Autorizacao"
    )
    only = item.get("somenteComTxId") is True
    return [(event, url, kind, value, only) for event in dict.fromkeys(events)]
