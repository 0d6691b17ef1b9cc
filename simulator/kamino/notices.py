"""What is told to webhook endpoints, signed at each attempt (standardwebhooks.com)."""

import base64
import hashlib
import hmac
import json
from datetime import datetime
from typing import Any

from simulator.core.clock import to_micros
from simulator.core.ids import new_id
from simulator.kamino.answers import instant, to_json
from simulator.kamino.bank import SLUG, Kamino

PREFIX = "whsec_"


def announce(bank: Kamino, account_id: int, kind: str, data: dict[str, Any]) -> None:
    """Queue a notice for each endpoint of the account that asked for its kind."""
    rows = bank.store.rows("SELECT * FROM kamino_endpoint WHERE account_id = ?", account_id)
    wanted = {kind, f"{kind.partition('.')[0]}.*"}
    for row in rows:
        if wanted.isdisjoint(json.loads(row["events"])):
            continue
        notice = {
            "type": kind,
            "timestamp": instant(to_micros(bank.clock.now())),
            "data": {**data, "account_id": bank.opened(account_id)["id"]},
        }
        headers = {
            "user-agent": "ContaKamino-Webhook/1",
            "content-type": "application/json",
            "webhook-id": new_id("msg_"),
        }
        bank.sim.outbox.post(
            row["url"], headers, to_json(notice).decode(), signer=SLUG, secret=row["secret"]
        )


def sign(secret: str, headers: dict[str, str], body: str, now: datetime) -> dict[str, str]:
    """The headers of one attempt at `now`."""
    timestamp = str(int(now.timestamp()))
    content = f"{headers['webhook-id']}.{timestamp}.{body}".encode()
    digest = hmac.new(base64.b64decode(secret.removeprefix(PREFIX)), content, hashlib.sha256)
    signature = base64.b64encode(digest.digest()).decode()
    return {"webhook-timestamp": timestamp, "webhook-signature": f"v1,{signature}"}
