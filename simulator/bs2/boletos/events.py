"""Boleto notifications, whose names are PascalCase (devs.bs2.com/docs/webhook-collection).

There is no self-service: the bank itself activates the address.
"""

import uuid
from typing import Any

from simulator.bs2.answers import reais, to_json
from simulator.bs2.bank import Bs2
from simulator.core.clock import SAO_PAULO, from_micros
from simulator.core.people import account_by_id
from simulator.core.store import Row

SCHEMA = """
CREATE TABLE IF NOT EXISTS bs2_boleto_webhook (
    account_id INTEGER PRIMARY KEY, url TEXT NOT NULL);
"""

_SITUATIONS = {1: "Aberto", 2: "Vencido", 3: "Cancelado", 4: "Pago"}
_STEPS = (
    ("created_at", 1, "Registrado"),
    ("seen_at", 2, "Pagamento identificado"),
    ("settled_at", 3, "Liquidado"),
    ("cancelled_at", 4, "Baixado"),
)


def announce_boleto(bs2: Bs2, boleto: Row, status: int) -> None:
    """Queue the notification, if the bank activated an address for the account."""
    row = bs2.store.row(
        "SELECT url FROM bs2_boleto_webhook WHERE account_id = ?", boleto["account_id"]
    )
    if row is None:
        return
    body = to_json(_notification(bs2, boleto, status)).decode()
    bs2.sim.outbox.post(row["url"], {"content-type": "application/json"}, body)


def _notification(bs2: Bs2, boleto: Row, status: int) -> dict[str, Any]:
    account = account_by_id(bs2.store, boleto["account_id"])
    settled = boleto["paid_amount"] if boleto["settled_at"] else 0
    return {
        "Id": str(uuid.uuid4()),
        "Conta": f"{account.number}{account.digit}",
        "DataNotificacao": f"{bs2.clock.now().astimezone(SAO_PAULO):%Y-%m-%dT%H:%M:%S}",
        "NossoNumeroBoleto": boleto["nosso_numero"],
        "SeuNumeroBoleto": boleto["seu_numero"],
        "Valor": reais(boleto["amount"]),
        "ValorLiquidado": reais(settled),
        "SituacaoDescricao": _SITUATIONS[status],
        "Situacao": status,
        "StatusBoleto": [
            {"Status": number, "Descricao": words, "DataStatus": _local(boleto[column])}
            for column, number, words in _STEPS
            if boleto[column] is not None
        ],
    }


def _local(micros: int) -> str:
    return f"{from_micros(micros).astimezone(SAO_PAULO):%Y-%m-%dT%H:%M:%S}"
