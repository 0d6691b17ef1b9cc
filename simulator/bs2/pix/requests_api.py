"""Asynchronous Pix: the bank checks, starts and confirms
(devs.bs2.com/reference/post_pix-direto-forintegration-v1-pagamentos-chave-solicitacoes-1)."""

import json
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from simulator.bs2.answers import answer, done, invalid, read_object, reais
from simulator.bs2.auth import Caller, caller_with
from simulator.bs2.orders import book as orders
from simulator.bs2.pix import payments as pix_payments
from simulator.bs2.pix.payments_api import read_key
from simulator.bs2.reading import cents, child, document, optional_child, optional_text
from simulator.core.store import Row

_TAG = "Solicitacoes"
_MOST = 100
# An order's state as a request's. What was confirmed was sent for settlement, no more.
_STATUSES = {
    "waiting": "Iniciado",
    "scheduled": "Iniciado",
    "completed": "Confirmado",
    "refunded": "Confirmado",
    "refused": "Rejeitado",
    "cancelled": "Rejeitado",
    "expired": "Rejeitado",
    "failed": "Erro",
}


async def ask(request: Request) -> Response:
    """One wrong item refuses the whole request."""
    caller, body = caller_with(request, "pix.write"), await read_object(request)
    given = body.get("solicitacoes")
    if not isinstance(given, list) or not given:
        raise invalid(None, "Pelo menos uma solicitação deve ser enviada.")
    if len(given) > _MOST:
        raise invalid(_TAG, f"No máximo {_MOST} solicitações podem ser enviadas.")
    items = [_read(caller, item, f"{_TAG}[{i}]") for i, item in enumerate(given)]
    names = [item["name"] for item in items if item["name"] is not None]
    if caller.bs2.settings.pix_identificador_is_unique:
        _require_new(caller, names)
    with caller.bs2.store.write():
        rows = [
            pix_payments.ask(caller.bs2, caller.account, caller.api_key, **item) for item in items
        ]
    return done(request, [_asked(row) for row in rows], 202)


async def status(request: Request) -> Response:
    caller = caller_with(request, "pix.read", "pix.write")
    row = pix_payments.request_by_id(caller.bs2, request.path_params["id"].lower())
    if row is None or row["account_id"] != caller.account.id:
        raise invalid("SolicitacaoId", "Solicitação não encontrada.", 404)
    return answer(_shown(caller, row))


def _read(caller: Caller, item: Any, tag: str) -> dict[str, Any]:
    if not isinstance(item, dict):
        raise invalid(tag, "Não pode ser nulo ou vazio.")
    check = optional_child(item, "validarRecebedor", f"{tag}.ValidarRecebedor")
    return {
        "name": optional_text(item, "identificador", f"{tag}.Identificador"),
        "key": read_key(caller, child(item, "chave", f"{tag}.Chave"), f"{tag}.Chave"),
        "amount": cents(item, "valor", f"{tag}.Valor"),
        "document": document(check, "documento", f"{tag}.ValidarRecebedor.Documento")
        if check
        else None,
        "free_text": optional_text(item, "campoLivre", f"{tag}.CampoLivre", most=140),
    }


def _require_new(caller: Caller, names: list[str]) -> None:
    known = (pix_payments.request_by_name(caller.bs2, caller.account, name) for name in names)
    if len(set(names)) != len(names) or any(known):
        raise invalid(f"{_TAG}.Identificador", "O identificador já foi usado.")


def _asked(row: Row) -> dict[str, Any]:
    return {
        "identificador": row["name"],
        "solicitacaoId": row["id"],
        "chave": json.loads(row["key"]),
        "valor": reais(row["amount"]),
        "erros": None,
    }


def _shown(caller: Caller, row: Row) -> dict[str, Any]:
    bs2, account = caller.bs2, caller.account
    pix = pix_payments.pix_by_id(bs2, row["pix_id"]) if row["pix_id"] else None
    word, reason = "Realizado", None
    if row["rejection"]:
        word, reason = "Rejeitado", row["rejection"]
    elif pix is not None:
        word = _STATUSES[pix_payments.state_of(bs2, pix)]
        reason = orders.reason_of(bs2, pix["id"]) or None
    return {
        "solicitacaoId": row["id"],
        "pagamentoId": pix["id"] if pix else None,
        "endToEndId": pix["end_to_end"] if pix else None,
        "status": word,
        "agencia": account.branch.lstrip("0"),
        "numero": f"{account.number}{account.digit}",
        "chave": json.loads(row["key"]),
        "valor": reais(row["amount"]),
        "campoLivre": row["free_text"],
        "rejeitadoDescricao": reason if word == "Rejeitado" else None,
        "erroDescricao": reason if word == "Erro" else None,
    }
