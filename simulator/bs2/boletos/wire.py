"""Boletos as BS2 answers them. Issue and detail name some things differently.

A day is midnight of Brasília written in UTC, without suffix: `2026-03-10T03:00:00` is 10 March.
"""

import json
from decimal import Decimal
from typing import Any

from simulator.bs2.answers import reais
from simulator.bs2.bank import Bs2
from simulator.bs2.boletos.life import CANCELLED, PAID, status_of
from simulator.core.clock import from_micros, sao_paulo_day
from simulator.core.store import Row

_WALLET = 21


def issue_wire(bs2: Bs2, boleto: Row) -> dict[str, Any]:
    wire = _kept(boleto)
    shown = {
        "id": boleto["id"],
        "sacado": wire["sacado"],
        "status": status_of(bs2, boleto),
        "nossoNumero": boleto["nosso_numero"],
        "codigoDeBarra": boleto["barcode"],
        "linhaDigitavel": boleto["line"],
        "seuNumero": boleto["seu_numero"],
        "clienteId": wire["clienteId"],
        "sacadorAvalista": wire["sacadorAvalista"],
        "vencimento": _day(boleto["due_date"]),
        "valor": reais(boleto["amount"]),
        **{name: wire[name] for name in ("canal", "multa", "desconto", "mensagem")},
        "aceite": wire["aceite"],
        "especie": wire["especie"],
    }
    if "beneficiarioFinal" in wire:
        shown["beneficiarioFinal"] = wire["beneficiarioFinal"]
    return shown


def detail_wire(bs2: Bs2, boleto: Row) -> dict[str, Any]:
    wire, status = _kept(boleto), status_of(bs2, boleto)
    inside = boleto["paid_bank"] == "218"
    shows_paid = boleto["seen_at"] is not None and (status == PAID or not inside)
    paid = reais(boleto["paid_amount"]) if shows_paid else None
    paid_on = sao_paulo_day(from_micros(boleto["seen_at"])).isoformat() if shows_paid else None
    return {
        "id": boleto["id"],
        "nossoNumero": boleto["nosso_numero"],
        "seuNumero": boleto["seu_numero"],
        "valor": reais(boleto["amount"]),
        "valorPago": paid,
        "valorLiquidado": paid if status == PAID else None,
        "carteira": {"descricao": None, "codigo": _WALLET},
        "movimento": _day_of(boleto["settled_at"]),
        "vencimento": _day(boleto["due_date"]),
        "emissao": _exact(boleto["created_at"]),
        "notificacaoPagamento": _moment(boleto["seen_at"]) if shows_paid else None,
        "pagamento": _day(paid_on),
        "cancelamento": _exact(boleto["cancelled_at"]),
        "canal": wire["canal"],
        "sacado": wire["sacado"],
        "sacadorAvalista": wire["sacadorAvalista"],
        "codigoBarras": boleto["barcode"],
        "linhaDigitavel": boleto["line"],
        "registrado": status != CANCELLED,
        "mensagem": wire["mensagem"],
        "desconto": wire["desconto"],
        "multa": wire["multa"],
        "status": status,
        "naturezaDaOperacaoDePagamento": 99,
        "bancoPagamento": int(boleto["paid_bank"]) if shows_paid else None,
        "agenciaPagamento": 1 if shows_paid else None,
        "canalPagamento": 1 if shows_paid else None,
        "dataLimitePagamento": _day(boleto["last_date"]),
    }


def _kept(boleto: Row) -> dict[str, Any]:
    """What was kept, with amounts as numbers and days as they are answered."""
    wire: dict[str, Any] = json.loads(boleto["wire"])
    for name, of_day in (("multa", "data"), ("desconto", "limite")):
        values = {k: Decimal(v) for k, v in wire[name].items() if v is not None and k != of_day}
        wire[name] = {**wire[name], **values, of_day: _day(wire[name][of_day])}
    return wire


def _day(day: str | None) -> str | None:
    return None if day is None else f"{day}T03:00:00"


def _day_of(micros: int | None) -> str | None:
    return None if micros is None else _day(sao_paulo_day(from_micros(micros)).isoformat())


def _exact(micros: int | None) -> str | None:
    """With seven decimals."""
    return None if micros is None else f"{from_micros(micros):%Y-%m-%dT%H:%M:%S.%f}0"


def _moment(micros: int | None) -> str | None:
    return None if micros is None else f"{from_micros(micros):%Y-%m-%dT%H:%M:%S}"
