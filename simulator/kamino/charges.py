"""/v1/charges: what the company is owed, as boleto, Pix or both."""

# ruff: noqa: S608 - the SQL is put together from names written here
import json
from datetime import date
from typing import Any

from starlette.responses import Response

from simulator.core import br_code
from simulator.core.boleto import build_line, read_line
from simulator.core.boleto_pdf import Sheet, boleto_pdf
from simulator.core.clock import to_micros
from simulator.core.ids import new_id
from simulator.core.people import Account
from simulator.core.store import Row
from simulator.kamino import charges_life, refunds_life
from simulator.kamino.answers import (
    answer,
    cents_of,
    cursor_of,
    day_of,
    instant,
    instant_or_none,
    invalid,
    not_found,
    read_body,
    read_cursor,
    read_day,
    read_key,
    read_limit,
    reais,
    refuse,
)
from simulator.kamino.bank import BANK_CODE, Kamino
from simulator.kamino.calls import Call, once, operation
from simulator.kamino.charges_life import OPEN, charge_by
from simulator.kamino.parties import is_document

_LARGEST = 99_999_999_99  # ten digits of the bar code
_PIX_HOST = "pix.contakamino.example/v1/cobv"
_STATES = frozenset((OPEN, "late", "paid", "cancelled"))


@operation("charges")
async def issue(call: Call) -> Response:
    body = await read_body(call.request, "issueCharge")
    return await once(call, body, lambda key: (201, _issue(call, body, key)))


@operation("charges")
async def show(call: Call) -> Response:
    return answer(wire(call.bank, _charge(call)))


@operation("charges")
async def cancel(call: Call) -> Response:
    body = await read_body(call.request, "cancelCharge", required=False)
    charge = _charge(call)

    def act(key: str) -> tuple[int, Any]:
        if not charges_life.cancel(call.bank, charge):
            raise refuse("charge_not_cancellable", "A cobrança já foi paga ou cancelada.")
        return 200, wire(call.bank, _charge(call))

    return await once(call, {"cancel": charge["id"], **body}, act)


@operation("charges")
async def listing(call: Call) -> Response:
    """Newest first."""
    query, bank = call.request.query_params, call.bank
    where, params = "account_id = ?", list[object]([call.account_id])
    status = query.get("status")
    if status is not None and status not in _STATES:
        raise invalid("status", "O valor não é um dos aceitos.")
    state = OPEN if status == "late" else status
    for column, value in {
        "key": read_key(call.request),
        "code": query.get("code"),
        "state": state,
    }.items():
        if value is not None:
            where, params = f"{where} AND {column} = ?", [*params, value]
    for name, column, operator in (
        ("due_since", "due_date", ">="),
        ("due_until", "due_date", "<="),
        ("paid_since", "paid_day", ">="),
        ("paid_until", "paid_day", "<="),
    ):
        if (day := read_day(call.request, name)) is not None:
            where, params = f"{where} AND {column} {operator} ?", [*params, day.isoformat()]
    limit, number = read_limit(call.request), _number(read_cursor(call.request))
    rows = bank.store.rows(
        f"SELECT * FROM kamino_charge WHERE {where} AND seq < ? ORDER BY seq DESC",
        *(*params, number),
    )
    if state == OPEN:
        rows = [row for row in rows if charges_life.is_late(bank, row) == (status == "late")]
    last = rows[limit - 1] if len(rows) > limit else None
    next_cursor = last and cursor_of(call.request, last["seq"])
    return answer(
        {
            "charges": [wire(bank, row) for row in rows[:limit]],
            "next_cursor": next_cursor,
        }
    )


@operation("charges")
async def pdf(call: Call) -> Response:
    charge, account = _charge(call), call.account
    request = json.loads(charge["request"])
    stamp = {"paid": "PAGO", "cancelled": "CANCELADO"}.get(charge["state"], "")
    sheet = Sheet(
        bank=f"{BANK_CODE} Conta Kamino",
        beneficiary=account.name,
        beneficiary_document=account.cnpj,
        payer=charge["name"],
        payer_document=charge["document"],
        amount=charge["amount"],
        due_date=date.fromisoformat(charge["due_date"]),
        our_number=charge["our_number"] or "",
        digitable=charge["line"] or "",
        barcode=charge["barcode"] or "",
        pix=charge["br_code"] or "",
        items=tuple(f"{item['name']}: R$ {item['amount']}" for item in request["items"])[:12],
        instructions=tuple(filter(None, [request.get("message", "")])),
        stamp=stamp,
    )
    return Response(boleto_pdf([sheet]), media_type="application/pdf")


def wire(bank: Kamino, row: Row) -> dict[str, Any]:
    boleto, pix = None, None
    if row["line"]:
        names = ("line", "barcode", "our_number")
        boleto = {name: row[name] for name in names}
    if row["br_code"]:
        pix = {"br_code": row["br_code"], "txid": row["txid"]}
    return {
        "id": row["id"],
        "code": row["code"],
        "status": "late" if charges_life.is_late(bank, row) else row["state"],
        "amount": reais(row["amount"]),
        "amount_due": reais(charges_life.amount_due(bank, row)),
        "due_date": row["due_date"],
        "payer": {"name": row["name"], "document": row["document"]},
        "boleto": boleto,
        "pix": pix,
        "paid_amount": reais(row["paid_amount"]),
        "paid_at": instant_or_none(row["paid_at"]),
        "paid_by": row["paid_by"],
        "refunded_amount": reais(refunds_life.refunded(bank, row)),
        "created_at": instant(row["created_at"]),
    }


def _issue(call: Call, body: dict[str, Any], key: str) -> dict[str, Any]:
    bank, payer = call.bank, body["payer"]
    amount = sum(cents_of(item["amount"]) for item in body["items"])
    due = day_of(body["due_date"])
    if not is_document(payer["document"]):
        raise refuse("invalid_document", "Os dígitos verificadores do CPF ou CNPJ não conferem.")
    if not 0 < amount <= _LARGEST:
        raise refuse("invalid_amount", "O valor precisa ser maior que zero e caber no boleto.")
    if due is None or due < bank.clock.today():
        raise refuse("invalid_date", "O vencimento não pode ser antes de hoje.")
    charge_id, forms = new_id("chg_"), body["forms"]
    seq = bank.store.insert(
        "INSERT INTO kamino_charge (id, account_id, key, code, state, amount, due_date, name,"
        " document, request, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        *(charge_id, call.account_id, key, body.get("code"), OPEN, amount, due.isoformat()),
        *(payer["name"], payer["document"], json.dumps(body), to_micros(bank.clock.now())),
    )
    if "boleto" in forms:
        _make_boleto(bank, call.account, seq, amount, due)
    if "pix" in forms:
        _make_pix(bank, call.account, seq)
    row = charge_by(bank, "id", charge_id)
    assert row is not None
    return wire(bank, row)


def _make_boleto(bank: Kamino, account: Account, seq: int, amount: int, due: date) -> None:
    our_number = f"{seq:011d}"
    free_field = f"1{account.number:0>10}{account.digit}{our_number}00"
    line = read_line(build_line(BANK_CODE, due, amount, free_field), bank.clock.today())
    bank.store.run(
        "UPDATE kamino_charge SET barcode = ?, line = ?, our_number = ? WHERE seq = ?",
        *(line.barcode, line.digitable, our_number, seq),
    )


def _make_pix(bank: Kamino, account: Account, seq: int) -> None:
    txid = new_id("kamino")
    text = br_code.dynamic(f"{_PIX_HOST}/{txid}", account.name, "Sao Paulo")
    bank.store.run("UPDATE kamino_charge SET txid = ?, br_code = ? WHERE seq = ?", txid, text, seq)


def _charge(call: Call) -> Row:
    row = charge_by(call.bank, "id", call.request.path_params["charge_id"])
    if row is None or row["account_id"] != call.account_id:
        raise not_found()
    return row


def _number(cursor: list[Any] | None) -> int:
    match cursor:
        case None:
            return 2**62
        case [int(number)]:
            return number
    raise invalid("cursor", "O cursor não é desta consulta.")
