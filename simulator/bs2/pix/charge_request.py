"""What a request for a Pix charge says (devs.bs2.com/docs/qr-code-client, /docs/collection-pix).

The body of a dynamic code is documented; that of one with a due date is the one of the Pix API of
the Banco Central, for BS2's own was not to be read.
"""

import re
from datetime import date
from decimal import Decimal
from typing import Any

from simulator.bs2.answers import invalid
from simulator.bs2.pix.charges import DUE, DYNAMIC, STATIC, NewCharge
from simulator.bs2.pix.owed import FIXED, INTEREST, PERCENT
from simulator.bs2.reading import (
    BAD_FORMAT,
    EMPTY,
    cents,
    child,
    day,
    document,
    money,
    optional_child,
    optional_text,
    text,
)

DYNAMIC_TXID = re.compile("[a-zA-Z0-9]{26,35}")
STATIC_TXID = re.compile("[a-zA-Z0-9]{1,25}")
_SHORTEST, _LONGEST, _USUAL = 3600, 604_800, 86_400  # seconds
_VALID_DAYS = 30  # after the due date, when the request does not say


def read_static(body: dict[str, Any]) -> NewCharge:
    amount = None if body.get("valor") is None else cents(body, "valor", "Valor")
    return NewCharge(
        STATIC,
        text(body, "chave", "Chave"),
        optional_text(body, "txId", "TxId") or "",
        amount,
        request=optional_text(body, "campoLivre", "CampoLivre", most=72),
    )


def read_dynamic(body: dict[str, Any]) -> NewCharge:
    tag = "Cobranca"
    given = child(body, "cobranca", tag)
    calendar = optional_child(given, "calendario", f"{tag}.Calendario")
    seconds = calendar.get("expiracao", _USUAL)
    if type(seconds) is not int or not _SHORTEST <= seconds <= _LONGEST:
        words = f"Deve estar entre {_SHORTEST} e {_LONGEST} segundos."
        raise invalid(f"{tag}.Calendario.Expiracao", words)
    return NewCharge(
        DYNAMIC,
        text(given, "chave", f"{tag}.Chave"),
        text(body, "txId", "TxId"),
        _amount(given, tag),
        seconds,
        debtor(given, tag),
        optional_text(given, "solicitacaoPagador", f"{tag}.SolicitacaoPagador", most=140),
        {
            "notes": _notes(given, tag),
            "only_debtor": body.get("validaPagador") is True,
            "many": body.get("aceitaMaisDeUmPagamento") is True,
        },
    )


def read_due(txid: str, body: dict[str, Any], today: date) -> NewCharge:
    calendar = child(body, "calendario", "Calendario")
    due = day(calendar.get("dataDeVencimento"), "Calendario.DataDeVencimento")
    if due is None:
        raise invalid("Calendario.DataDeVencimento", EMPTY)
    if due < today:
        words = "Data de vencimento deve ser maior ou igual a data de hoje."
        raise invalid("Calendario.DataDeVencimento", words)
    valid = calendar.get("validadeAposVencimento", _VALID_DAYS)
    if type(valid) is not int or not 0 <= valid <= 3650:
        raise invalid("Calendario.ValidadeAposVencimento", BAD_FORMAT)
    who = debtor(body, "")
    if who is None:
        raise invalid("Devedor", EMPTY)
    value = child(body, "valor", "Valor")
    return NewCharge(
        DUE,
        text(body, "chave", "Chave"),
        txid,
        _amount(body, ""),
        None,
        who,
        optional_text(body, "solicitacaoPagador", "SolicitacaoPagador", most=140),
        {
            "notes": _notes(body, ""),
            "due": due.isoformat(),
            "valid_days": valid,
            "multa": _term(value, "multa", (FIXED, PERCENT)),
            "juros": _term(value, "juros", INTEREST),
            "desconto": _discount(value),
        },
    )


def debtor(given: dict[str, Any], tag: str) -> dict[str, Any] | None:
    """With `cpf` or `cnpj`, and `nome`."""
    who = optional_child(given, "devedor", _in(tag, "Devedor"))
    if not who:
        return None
    name = "cpf" if who.get("cpf") is not None else "cnpj"
    held = document(who, name, _in(tag, f"Devedor.{name.capitalize()}"))
    if len(held) != (11 if name == "cpf" else 14):
        raise invalid(_in(tag, f"Devedor.{name.capitalize()}"), BAD_FORMAT)
    return {name: held, "nome": text(who, "nome", _in(tag, "Devedor.Nome"))}


def _amount(given: dict[str, Any], tag: str) -> int:
    """A number of reais, or the text of one as in the Pix API."""
    value = child(given, "valor", _in(tag, "Valor"))
    original = value.get("original")
    if isinstance(original, str) and re.fullmatch(r"[0-9]{1,10}\.[0-9]{2}", original):
        value = {"original": Decimal(original)}
    return cents(value, "original", _in(tag, "Valor.Original"))


def _notes(given: dict[str, Any], tag: str) -> list[dict[str, str]]:
    notes = given.get("infoAdicionais") or []
    tag = _in(tag, "InfoAdicionais")
    if not isinstance(notes, list) or not all(isinstance(note, dict) for note in notes):
        raise invalid(tag, BAD_FORMAT)
    return [{name: text(n, name, f"{tag}.{name}") for name in ("nome", "valor")} for n in notes]


def _term(value: dict[str, Any], name: str, kinds: tuple[int, ...]) -> dict[str, Any] | None:
    given, tag = optional_child(value, name, f"Valor.{name}"), f"Valor.{name.capitalize()}"
    if not given:
        return None
    if given.get("modalidade") not in kinds:
        raise invalid(f"{tag}.Modalidade", BAD_FORMAT)
    return {"modalidade": given["modalidade"], "valorPerc": _rate(given, tag)}


def _discount(value: dict[str, Any]) -> dict[str, Any] | None:
    given, tag = optional_child(value, "desconto", "Valor.Desconto"), "Valor.Desconto"
    if not given:
        return None
    steps = given.get("descontoDataFixa")
    if given.get("modalidade") not in (FIXED, PERCENT):
        raise invalid(f"{tag}.Modalidade", BAD_FORMAT)
    if (
        not isinstance(steps, list)
        or not all(isinstance(step, dict) for step in steps)
        or not steps
    ):
        raise invalid(f"{tag}.DescontoDataFixa", EMPTY)
    read = []
    for step in steps:
        until = day(step.get("data"), f"{tag}.Data")
        if until is None:
            raise invalid(f"{tag}.Data", EMPTY)
        read.append({"data": until.isoformat(), "valorPerc": _rate(step, tag)})
    return {"modalidade": given["modalidade"], "descontoDataFixa": read}


def _rate(given: dict[str, Any], tag: str) -> str:
    value = given.get("valorPerc")
    if isinstance(value, str) and re.fullmatch(r"[0-9]{1,10}(\.[0-9]{1,2})?", value):
        return value
    if money(value) is None:
        raise invalid(f"{tag}.ValorPerc", BAD_FORMAT)
    return str(value)


def _in(tag: str, name: str) -> str:
    return f"{tag}.{name}" if tag else name
