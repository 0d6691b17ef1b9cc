"""Account data, balance and statement (developers.cora.com.br, /reference/dados-de-conta,
/reference/saldo-de-conta, /reference/consulta-de-extrato)."""

from datetime import date, timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from simulator.cora.answers import ApiError, answer, invalid, read_day
from simulator.cora.auth import caller_with
from simulator.cora.bank import BANK_CODE, BANK_NAME, Cora, cora_of
from simulator.core import ledger
from simulator.core.clock import SAO_PAULO, from_micros
from simulator.core.ledger import Period
from simulator.core.people import account_by_id
from simulator.core.store import Row
from simulator.core.told import as_told

_USUAL_PERIOD = timedelta(days=30)
_DIRECTIONS = ("CREDIT", "DEBIT")
_KINDS = ("TRANSFER", "PAYMENT", "PIX", "FEE")


async def account(request: Request) -> Response:
    cora = cora_of(request)
    _, account_id = caller_with(request, cora, "account")
    held = account_by_id(cora.store, account_id)
    return answer(
        {
            "agency": held.branch,
            "accountNumber": held.number,
            "accountDigit": held.digit,
            "bankCode": BANK_CODE,
            "bankName": BANK_NAME,
        }
    )


async def balance(request: Request) -> Response:
    cora = cora_of(request)
    _, account_id = caller_with(request, cora, "account")
    return answer({"balance": account_by_id(cora.store, account_id).balance})


async def statement(request: Request) -> Response:
    cora = cora_of(request)
    _, account_id = caller_with(request, cora, "account")
    period, query = _period(cora, request), request.query_params
    page, size = _number(request, "page", 1), _number(request, "perPage", 10)
    if size > cora.settings.statement_max_per_page:
        status = cora.settings.statement_too_large_status
        raise ApiError(status, "server_error", "The server timed out.")
    rows = ledger.entries(cora.store, account_id, period, skip=(page - 1) * size, take=size)
    held, store = account_by_id(cora.store, account_id), cora.store
    after = ledger.balance_before(store, account_id, period.until + timedelta(days=1))
    before = ledger.balance_before(store, account_id, period.since)
    value: dict[str, Any] = {
        "start": {"date": period.since.isoformat(), "balance": before},
        "entries": as_told(
            store, rows, [_entry(row, cora.settings.statement_offset) for row in rows]
        ),
        "end": {"date": period.until.isoformat(), "balance": after},
        "header": {"businessName": held.name, "businessDocument": held.cnpj},
    }
    if query.get("aggr", "").lower() == "true":
        totals = ledger.totals(store, account_id, period)
        value["aggregations"] = {
            "creditTotal": totals.get("CREDIT", 0),
            "debitTotal": totals.get("DEBIT", 0),
        }
    return answer(value)


def _period(cora: Cora, request: Request) -> Period:
    """The days asked, both included; São Paulo days. Absent: up to today, for 30 days."""
    until = _day(request, "end") or cora.clock.today()
    since = _day(request, "start") or until - _USUAL_PERIOD
    if since > until:
        raise invalid("start is after end")
    direction = _choice(request, "type", _DIRECTIONS)
    return Period(since, until, direction, _choice(request, "transaction_type", _KINDS))


def _day(request: Request, name: str) -> date | None:
    text = request.query_params.get(name)
    if not text:
        return None
    if (day := read_day(text)) is None:
        # The bank answers 500, not 400, to a day that does not exist.
        raise ApiError(500, "server_error", "Invalid date")
    return day


def _choice(request: Request, name: str, choices: tuple[str, ...]) -> str | None:
    value = request.query_params.get(name)
    if not value:
        return None
    if value not in choices:
        raise invalid(f"{name} must be one of {', '.join(choices)}")
    return value


def _number(request: Request, name: str, default: int) -> int:
    text = request.query_params.get(name, str(default))
    if not (text.isascii() and text.isdigit()) or not int(text[:9]) >= 1:
        raise invalid(f"{name} must be a positive integer")
    return int(text[:9])


def _entry(row: Row, offset: str) -> dict[str, Any]:
    party = {"name": row["name"], "identity": row["document"]} if row["name"] else None
    return {
        "id": row["id"],
        "type": row["direction"],
        "amount": row["amount"],
        "createdAt": _short_timestamp(row["at"], offset),
        "transaction": {
            "id": "trx_" + row["id"][:3:-1],
            "type": row["kind"],
            "description": row["description"],
            "counterParty": party,
        },
    }


def _short_timestamp(micros: int, offset: str) -> str:
    """ISO 8601 with the bank's short offset, "+00" (UTC) or "-03" (São Paulo)."""
    instant = from_micros(micros)
    if offset != "+00":
        instant = instant.astimezone(SAO_PAULO)
    return f"{instant:%Y-%m-%dT%H:%M:%S.%f}{offset}"
