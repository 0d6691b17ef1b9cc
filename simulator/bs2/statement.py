"""Balance and statement (devs.bs2.com/manual/bankingv2, /docs/checking_account)."""

from datetime import timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from simulator.bs2.answers import answer, invalid, reais
from simulator.bs2.auth import LEGACY_SCOPE, Caller, caller_with
from simulator.bs2.bank import Bs2
from simulator.bs2.movements import (
    PIX_INTERNAL,
    Details,
    category_of,
    details_of,
    local_time,
    party_wire,
    protocol_of,
    texts_of,
)
from simulator.bs2.reading import EMPTY, query_day, query_number
from simulator.core import ledger
from simulator.core.clock import from_micros
from simulator.core.ledger import CREDIT, DEBIT, Period
from simulator.core.people import Account
from simulator.core.store import Row
from simulator.core.told import as_told

_USUAL_PERIOD, _USUAL_LIMIT = timedelta(days=30), 100
_MOST = 100
_NATURES = {"C": CREDIT, "D": DEBIT}
_TOMORROW = timedelta(days=1)


async def balance(request: Request) -> Response:
    caller = caller_with(request, "saldo")
    return answer(_balance(request, caller))


async def balance_v2(request: Request) -> Response:
    caller = caller_with(request, "saldo")
    if caller.bs2.settings.v2_balance_shape == "v1":
        return answer(_balance(request, caller))
    today = caller.bs2.clock.today()
    return answer(_balances(caller.bs2, caller.account, Period(today, today)))


async def legacy_balance(request: Request) -> Response:
    caller = caller_with(request, LEGACY_SCOPE)
    return answer(_balance(request, caller))


async def statement(request: Request) -> Response:
    return _statement(request, by_page=True)


async def statement_v2(request: Request) -> Response:
    caller = caller_with(request, "extrato")
    return _statement(request, by_page=not caller.bs2.settings.v2_inicio_is_offset)


async def analytical(request: Request) -> Response:
    """Each movement, without pages. The names of the fields are our choice."""
    caller = caller_with(request, "extrato")
    for name in ("dataInicial", "dataFinal"):
        if not request.query_params.get(name):
            raise invalid(name, EMPTY)
    nature = request.query_params.get("natureza", "").upper()
    if nature and nature not in _NATURES:
        raise invalid("natureza", "Use C ou D.")
    period = _period(request, caller.bs2, "dataInicial", "dataFinal", _NATURES.get(nature))
    rows = ledger.entries(caller.bs2.store, caller.account.id, period, skip=0, take=10**6)
    details = _details(caller.bs2, rows)
    codes = {code for code in request.query_params.get("historicos", "").split(",") if code}
    found = [_analytical(caller, row, details[row["id"]]) for row in rows]
    return answer([item for item in found if not codes or str(item["codigoHistorico"]) in codes])


def _balance(request: Request, caller: Caller) -> dict[str, Any]:
    """At the end of the day asked; now when it is not over, or none is asked."""
    bs2, day = caller.bs2, query_day(request, "dataReferencia")
    if day is None and bs2.settings.balance_requires_reference:
        raise invalid("dataReferencia", EMPTY)
    blocked = bs2.settings.blocked_cents
    held = caller.account.balance
    if day is not None and day < bs2.clock.today():
        held = ledger.balance_before(bs2.store, caller.account.id, day + _TOMORROW)
    return {"valor": reais(held - blocked), "valorBloqueado": reais(blocked)}


def _statement(request: Request, *, by_page: bool) -> Response:
    caller = caller_with(request, "extrato")
    bs2, account = caller.bs2, caller.account
    start = query_number(request, "inicio", 0)
    limit = query_number(request, "limite", _USUAL_LIMIT)
    if not 1 <= limit <= _MOST:
        raise invalid("limite", f"Deve estar entre 1 e {_MOST}.")
    limit = min(limit, bs2.settings.statement_most_per_page)
    period = _period(request, bs2, "movimentoInicial", "movimentoFinal")
    skip = start * limit if by_page else start
    rows = ledger.entries(bs2.store, account.id, period, skip=skip, take=limit)
    details = _details(bs2, rows)
    return answer(
        {
            "saldo": _balances(bs2, account, period),
            "chequeEspecial": None,
            "movimentacoes": as_told(
                bs2.store, rows, [_movement(caller, row, details[row["id"]]) for row in rows]
            ),
            "inicio": start,
            "limite": limit,
            "total": _count(bs2, account, period),
        }
    )


def _period(
    request: Request, bs2: Bs2, first: str, last: str, direction: str | None = None
) -> Period:
    """São Paulo days, both included; absent: up to today, for the usual number of days."""
    until = query_day(request, last) or bs2.clock.today()
    since = query_day(request, first) or until - _USUAL_PERIOD
    if since > until:
        raise invalid(last, "A data final deve ser maior ou igual à data inicial.")
    most = bs2.settings.statement_max_days
    if most and (until - since).days >= most:
        raise invalid(last, f"O período deve ter no máximo {most} dias.")
    return Period(since, until, direction)


def _balances(bs2: Bs2, account: Account, period: Period) -> dict[str, Any]:
    before = ledger.balance_before(bs2.store, account.id, period.since)
    after = ledger.balance_before(bs2.store, account.id, period.until + _TOMORROW)
    nothing = reais(0)
    blocked = {
        "por24Horas": nothing,
        "por48Horas": nothing,
        "acima": nothing,
        "judicial": reais(bs2.settings.blocked_cents),
    }
    return {"inicial": reais(before), "final": reais(after), "bloqueado": blocked}


def _count(bs2: Bs2, account: Account, period: Period) -> int:
    where, params = period.where(account.id)
    sql = f"SELECT coalesce(sum(entries), 0) AS n FROM day_total WHERE {where}"  # noqa: S608
    row = bs2.store.row(sql, *params)
    return int(row["n"]) if row else 0


def _details(bs2: Bs2, rows: list[Row]) -> dict[str, Details]:
    """In portions: SQLite takes so many parameters at once."""
    found: dict[str, Details] = {}
    for start in range(0, len(rows), 1000):
        found |= details_of(bs2, rows[start : start + 1000])
    return found


def _movement(caller: Caller, row: Row, details: Details) -> dict[str, Any]:
    description, short = texts_of(row)
    is_credit, party = row["direction"] == CREDIT, party_wire(row, details)
    is_usual = row["description"].casefold() in (description.casefold(), short.casefold())
    note = "" if is_usual else row["description"]
    if row["kind"] == PIX_INTERNAL:
        note = "Transferência interna PIX"
    return {
        "movimentadoEm": local_time(from_micros(row["at"])),
        "descricao": description,
        "descricaoAbreviada": short,
        "valor": reais(row["amount"]),
        "tipoMovimentacao": 2 if is_credit else 1,
        "tipoCategoria": category_of(row["kind"], row["direction"]),
        "documento": "0",
        "observacao": note,
        "protocolo": protocol_of(caller.account, row),
        "remetente": party if is_credit else None,
        "favorecido": None if is_credit else party,
        "pix": {"endToEndId": details.end_to_end} if details.end_to_end else None,
    }


def _analytical(caller: Caller, row: Row, details: Details) -> dict[str, Any]:
    return {
        "dataHoraContabil": local_time(from_micros(row["at"])),
        "natureza": "C" if row["direction"] == CREDIT else "D",
        "codigoHistorico": category_of(row["kind"], row["direction"]),
        "descricaoHistorico": texts_of(row)[0],
        "valor": reais(row["amount"]),
        "protocolo": protocol_of(caller.account, row),
        "contraparte": party_wire(row, details),
        "dadosAdicionais": row["description"],
    }
