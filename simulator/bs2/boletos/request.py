"""What a request to issue a boleto says (devs.bs2.com/docs/issuance-registration-collection)."""

import json
import uuid
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from simulator.bs2.answers import all_invalid, invalid
from simulator.bs2.bank import Bs2
from simulator.bs2.boletos.life import NewBoleto
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

_LEAST, _MOST = 500, 50_000_000
_PAYABLE_DAYS = 60
_KINDS = {"fisica": 1, "juridica": 2}
_ADDRESS = ("cep", "estado", "cidade", "bairro", "logradouro", "numero", "complemento")
# 0, 6 and 9 are documented; the words of the last two are ours.
_SPECIES = {"0": "Outro", "6": "DuplicataServico", "9": "DuplicataMercantil"}
_LINES = ("linha1", "linha2", "linha3", "linha4")


def read_boleto(
    bs2: Bs2, account_id: int, body: dict[str, Any], *, with_beneficiary: bool
) -> NewBoleto:
    amount, due = cents(body, "valor", "Valor"), day(body.get("vencimento"), "Vencimento")
    if due is None:
        raise invalid("Vencimento", EMPTY)
    _check(amount, due, bs2.clock.today())
    last = day(body.get("dataLimitePagamento"), "DataLimitePagamento")
    if last is not None and last < due:
        raise invalid("DataLimitePagamento", "Deve ser maior ou igual ao vencimento.")
    accepted = body.get("aceite")
    if accepted not in (None, True, False):
        raise invalid("Aceite", BAD_FORMAT)
    client_id, payer = _payer(bs2, account_id, child(body, "cliente", "Cliente"))
    wire = {
        "sacado": payer,
        "clienteId": client_id,
        "sacadorAvalista": _guarantor(optional_child(body, "sacadorAvalista", "SacadorAvalista")),
        "canal": optional_text(body, "canal", "Canal"),
        "multa": _fine(optional_child(body, "multa", "Multa"), due),
        "desconto": _discount(optional_child(body, "desconto", "Desconto")),
        "mensagem": _message(optional_child(body, "mensagem", "Mensagem")),
        "aceite": bool(accepted),
        "especie": _species(body),
    }
    if with_beneficiary and body.get("beneficiarioFinal") is not None:
        wire["beneficiarioFinal"] = _beneficiary(body)
    return NewBoleto(
        seu_numero=optional_text(body, "seuNumero", "SeuNumero", most=60) or None,
        amount=amount,
        due_date=due,
        last_date=last or due + timedelta(days=_PAYABLE_DAYS),
        wire=wire,
    )


def _check(amount: int, due: date, today: date) -> None:
    errors = []
    if amount < _LEAST:
        errors.append(("ValorBoleto", "Boleto com valor inferior a R$ 5,00"))
    if amount > _MOST:
        errors.append(("ValorBoleto", "Boleto com valor superior a R$ 500.000,00"))
    if due < today:
        words = "Data de vencimento deve ser maior ou igual a data de hoje."
        errors.append(("Vencimento", words))
    if errors:
        raise all_invalid(errors)


def _payer(bs2: Bs2, account_id: int, given: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """The payer's id and data: one known already by its id, or a whole one, which is kept."""
    if (client_id := optional_text(given, "clienteId", "Cliente.ClienteId")) is not None:
        row = bs2.store.row(
            "SELECT * FROM bs2_payer WHERE id = ? AND account_id = ?", client_id, account_id
        )
        if row is None:
            raise invalid("Cliente.ClienteId", "Cliente não encontrado.")
        return client_id, json.loads(row["wire"])
    identity, kind = document(given, "documento", "Cliente.Documento"), _kind(given, "Cliente")
    if (len(identity) == 14) != (kind == _KINDS["juridica"]):
        raise invalid("Cliente.Documento", "O documento não é do tipo informado.")
    wire = {
        "email": optional_text(given, "email", "Cliente.Email"),
        "telefone": optional_text(given, "telefone", "Cliente.Telefone"),
        "tipo": kind,
        "documento": identity,
        "nome": text(given, "nome", "Cliente.Nome"),
        "endereco": _address(child(given, "endereco", "Cliente.Endereco"), "Cliente.Endereco"),
    }
    row = bs2.store.row(
        "SELECT id FROM bs2_payer WHERE account_id = ? AND document = ?",
        *(account_id, identity),
    )
    client_id = str(uuid.uuid4()) if row is None else str(row["id"])
    bs2.store.run(
        "INSERT OR REPLACE INTO bs2_payer VALUES (?, ?, ?, ?)",
        *(client_id, account_id, identity, json.dumps(wire)),
    )
    return client_id, wire


def _kind(given: dict[str, Any], tag: str) -> int:
    kind = _KINDS.get((optional_text(given, "tipo", f"{tag}.Tipo") or "").lower())
    if kind is None:
        raise invalid(f"{tag}.Tipo", "Use fisica ou juridica.")
    return kind


def _address(given: dict[str, Any], tag: str) -> dict[str, Any]:
    wire = {name: optional_text(given, name, f"{tag}.{name.capitalize()}") for name in _ADDRESS}
    for name in ("cep", "estado", "cidade", "logradouro"):
        if not wire[name]:
            raise invalid(f"{tag}.{name.capitalize()}", EMPTY)
    return wire


def _guarantor(given: dict[str, Any]) -> dict[str, Any]:
    if not given:
        nothing = dict.fromkeys(_ADDRESS)
        return {"tipo": 0, "documento": None, "nome": None, "endereco": nothing}
    address = optional_child(given, "endereco", "SacadorAvalista.Endereco")
    return {
        "tipo": _kind(given, "SacadorAvalista"),
        "documento": document(given, "documento", "SacadorAvalista.Documento"),
        "nome": text(given, "nome", "SacadorAvalista.Nome"),
        "endereco": {name: address.get(name) for name in _ADDRESS},
    }


def _fine(given: dict[str, Any], due: date) -> dict[str, Any]:
    """Kept with amounts as texts and the day as it is."""
    start = day(given.get("data"), "Multa.Data")
    value = _number(given, "valor", "Multa.Valor")
    interest = _number(given, "juros", "Multa.Juros")
    if start is not None and start <= due:
        raise invalid("Multa.Data", "A data da multa deve ser maior que o vencimento.")
    if start is None and (value or interest):
        raise invalid("Multa.Data", EMPTY)
    return {"valor": value, "data": start.isoformat() if start else None, "juros": interest}


def _discount(given: dict[str, Any]) -> dict[str, Any]:
    limit = day(given.get("limite"), "Desconto.Limite")
    names = ("percentual", "valorFixo", "valorDiario")
    wire: dict[str, Any] = {
        name: _number(given, name, f"Desconto.{name[0].upper()}{name[1:]}") for name in names
    }
    if limit is None and any(wire.values()):
        raise invalid("Desconto.Limite", EMPTY)
    return {**wire, "limite": limit.isoformat() if limit else None}


def _number(given: dict[str, Any], name: str, tag: str) -> str | None:
    if given.get(name) is None:
        return None
    value = money(given[name])
    if value is None:
        raise invalid(tag, BAD_FORMAT)
    return str(Decimal(value).scaleb(-2))


def _message(given: dict[str, Any]) -> dict[str, Any]:
    return {name: optional_text(given, name, f"Mensagem.{name.capitalize()}") for name in _LINES}


def _species(body: dict[str, Any]) -> str:
    code = optional_text(body, "especie", "Especie") or "0"
    if code not in _SPECIES:
        raise invalid("Especie", BAD_FORMAT)
    return _SPECIES[code]


def _beneficiary(body: dict[str, Any]) -> dict[str, Any]:
    given = child(body, "beneficiarioFinal", "BeneficiarioFinal")
    return {
        "razaoSocial": text(given, "razaoSocial", "BeneficiarioFinal.RazaoSocial"),
        "nomeFantasia": optional_text(given, "nomeFantasia", "BeneficiarioFinal.NomeFantasia"),
        "documento": document(given, "documento", "BeneficiarioFinal.Documento"),
    }
