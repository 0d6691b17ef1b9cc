"""Title look-up and payment (devs.bs2.com/docs/pagamento-cc, /docs/payments-ca)."""

import uuid
from datetime import date
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from simulator.bs2.answers import answer, done, invalid, read_object, reais
from simulator.bs2.auth import Caller, caller_with
from simulator.bs2.orders import book as orders
from simulator.bs2.orders import titles
from simulator.bs2.orders.answers import accepted, read_moment, refused, status_wire
from simulator.bs2.orders.titles import NoTitle, Title
from simulator.bs2.reading import BAD_FORMAT, cents, text
from simulator.core.boleto import BadLine, Line
from simulator.core.clock import end_of_day, next_banking_day, sao_paulo_day

_TAG = "CodigoIdentificacao"
_LENGTHS = (44, 47, 48)


class _Refusal(Exception):
    """The bank does not take it. The message is Portuguese."""


async def look_up(request: Request) -> Response:
    """Beyond due date and issuer the fields are our choice."""
    caller = caller_with(request, "pagamento")
    line = _read_code(caller, request.path_params["code"])
    try:
        title = titles.find(caller.bs2, line)
    except NoTitle:
        raise invalid(_TAG, "Título não encontrado.", 404) from None
    return answer(_title(caller, title))


async def pay(request: Request) -> Response:
    caller, body = caller_with(request, "pagamento"), await read_object(request)
    line = _read_code(caller, text(body, "codigoIdentificacao", _TAG))
    amount = cents(body, "valor", "Valor")
    at = read_moment(body, "efetuarEm", "EfetuarEm")
    read_moment(body, "vencimentoEm", "VencimentoEm")
    wanted = sao_paulo_day(at) if at else None
    try:
        title = titles.find(caller.bs2, line)
        scheduled = _check(caller, title, amount, wanted)
    except NoTitle:
        return refused(caller, orders.PAYMENT, "O título não está registrado.")
    except _Refusal as refusal:
        return refused(caller, orders.PAYMENT, str(refusal))
    order = _order(caller, title, amount, scheduled)
    orders.start(caller.bs2, caller.account, order)
    return done(request, accepted(order.id), caller.bs2.settings.send_status)


async def status(request: Request) -> Response:
    caller = caller_with(request, "pagamento")
    return answer(status_wire(caller, request, orders.PAYMENT))


def _read_code(caller: Caller, code: str) -> Line:
    if not (code.isascii() and code.isdigit()) or len(code) not in _LENGTHS:
        raise invalid(_TAG, BAD_FORMAT)
    try:
        return titles.read_code(code, caller.bs2.clock.today())
    except BadLine as error:
        raise invalid(_TAG, str(error)) from None


def _check(caller: Caller, title: Title, amount: int, wanted: date | None) -> date | None:
    """The day it is to go on; None: at once."""
    bs2, account, today = caller.bs2, caller.account, caller.bs2.clock.today()
    if title.is_paid:
        raise _Refusal("O título já foi pago ou baixado.")
    if title.document == account.cnpj:
        raise _Refusal("O título foi emitido pela própria conta pagadora.")
    if amount != title.amount:
        raise _Refusal("O valor informado não é o do título.")
    if wanted is not None and wanted < today:
        raise _Refusal("A data para efetuar o pagamento já passou.")
    last = max(next_banking_day(title.due_date), today) if title.due_date else date.max
    if wanted is not None and wanted > last:
        raise _Refusal("A data para efetuar o pagamento é posterior ao vencimento.")
    held = account.balance - bs2.settings.blocked_cents
    if bs2.settings.refuses_without_balance and amount > held:
        raise _Refusal("Saldo insuficiente.")
    return wanted if wanted and wanted > today else None


def _order(caller: Caller, title: Title, amount: int, scheduled: date | None) -> orders.NewOrder:
    deadline, today = None, caller.bs2.clock.today()
    if title.due_date is not None:
        deadline = end_of_day(max(next_banking_day(title.due_date), scheduled or today, today))
    return orders.NewOrder(
        id=str(uuid.uuid4()),
        rail=orders.PAYMENT,
        api_key=caller.api_key,
        amount=amount,
        name=title.creditor,
        document=title.document,
        scheduled=scheduled,
        deadline=deadline,
        wire={
            "line": title.line,
            "barcode": title.barcode,
            "due_date": title.due_date.isoformat() if title.due_date else None,
        },
    )


def _title(caller: Caller, title: Title) -> dict[str, Any]:
    due = f"{title.due_date.isoformat()}T00:00:00" if title.due_date else None
    bank = {"codigo": int(title.bank), "nome": title.bank_name} if title.bank else None
    value: dict[str, Any] = {
        "dataVencimento": due,
        "banco": bank,
        "beneficiario": {"nome": title.creditor, "documento": title.document},
    }
    if caller.bs2.settings.title_shows_amount:
        value["valor"] = reais(title.amount)
    return value
