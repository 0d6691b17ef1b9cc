"""Pix webhooks (devs.bs2.com/docs/pix-webhook). The payload is not documented: ours names what to
ask the API for."""

import uuid
from typing import Any

from simulator.bs2.answers import reais, to_json
from simulator.bs2.bank import Bs2
from simulator.bs2.notices import authorization
from simulator.core.clock import SAO_PAULO
from simulator.core.store import Row

SCHEMA = """
CREATE TABLE IF NOT EXISTS bs2_pix_webhook (
    id TEXT PRIMARY KEY, account_id INTEGER NOT NULL, event TEXT NOT NULL, url TEXT NOT NULL,
    auth_kind TEXT NOT NULL, auth_value TEXT NOT NULL, only_with_txid INTEGER NOT NULL,
    certificate TEXT) WITHOUT ROWID;
"""

PAID, RECEIVED, KEYS = EVENTS = ("Pagamento", "Recebimento", "ValidacaoChaves")
TIMEOUT_MS = 1000


def announce(bs2: Bs2, account_id: int, event: str, value: dict[str, Any]) -> None:
    """Queue it for each address registered for it. `valor` is centavos here."""
    for hook in webhooks_of(bs2, account_id):
        if hook["event"] != event or (hook["only_with_txid"] and not value.get("txId")):
            continue
        if bs2.settings.pix_webhook_requires_certificate and hook["certificate"] is None:
            continue
        at = bs2.clock.now().astimezone(SAO_PAULO).isoformat(timespec="milliseconds")
        body = {"id": str(uuid.uuid4()), "evento": event, "dataHora": at, **value}
        headers = {"content-type": "application/json"}
        headers |= authorization(hook["auth_kind"], hook["auth_value"])
        text = to_json({**body, "valor": reais(value["valor"])}).decode()
        bs2.sim.outbox.post(hook["url"], headers, text, read_ms=TIMEOUT_MS)


def webhooks_of(bs2: Bs2, account_id: int) -> list[Row]:
    sql = "SELECT * FROM bs2_pix_webhook WHERE account_id = ? ORDER BY id"
    return bs2.store.rows(sql, account_id)
