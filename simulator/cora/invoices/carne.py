"""One debt in 2 to 24 boletos (developers.cora.com.br/reference/emissão-de-boleto-parcelado-v2).

Only the first is registered at once. How centavos that cannot be split fall is our choice: on the
first ones. So is the first month of `day_of_month`: the next time that the day comes.
"""

import calendar
from datetime import date
from typing import Any

from simulator.cora.answers import ApiError, Malformed, read_day
from simulator.cora.bank import Caller, Cora
from simulator.cora.invoices import life
from simulator.cora.invoices.files import carne_url
from simulator.cora.invoices.reading import (
    BANK_SLIP,
    PIX,
    NewInvoice,
    read_code,
    read_customer,
    read_forms,
    read_service,
    read_terms,
    require_minimum,
)
from simulator.cora.invoices.wire import part_wire
from simulator.core.ids import new_id

_MOST = 24
_REGISTER_SECONDS = 45  # of the other parts


def issue(cora: Cora, caller: Caller, body: dict[str, Any]) -> dict[str, Any]:
    """The set, as the bank answers it."""
    parts, carne_id = _read(body, cora.clock.today()), new_id("carne_")
    rows = []
    for number, part in enumerate(parts):
        seconds = _REGISTER_SECONDS if number else 0
        row = life.issue(cora, caller, part, draft_seconds=seconds, carne_id=carne_id)
        rows.append(row)
    return {
        "document_url": carne_url(cora, carne_id),
        "result": [part_wire(cora, row) for row in rows],
    }


def _read(body: dict[str, Any], today: date) -> list[NewInvoice]:
    if PIX in read_forms(body, BANK_SLIP):
        raise ApiError(422, "INS-0001", "Pix não está disponível no carnê.")
    service = read_service(body.get("service"))
    customer = read_customer(body.get("customer"), needs_email=True)
    terms = read_terms(body.get("payment_terms", {}))
    require_minimum(service["amount"])
    due_dates = _due_dates(body.get("installment"), today)
    count, amount = len(due_dates), service["amount"]
    return [
        NewInvoice(
            code=read_code(body),
            customer=customer,
            services=[{**service, "amount": amount // count + (number < amount % count)}],
            payment_terms={**terms, "due_date": day.isoformat()},
            notification=None,
            forms=frozenset({BANK_SLIP}),
        )
        for number, day in enumerate(due_dates)
    ]


def _due_dates(installment: object, today: date) -> list[date]:
    if not isinstance(installment, dict) or not isinstance(installment.get("due_date"), dict):
        raise Malformed("installment is required")
    count, due = installment.get("number_of"), installment["due_date"]
    if type(count) is not int or not 2 <= count <= _MOST:
        raise Malformed(f"number_of must be from 2 to {_MOST}")
    given = {name for name in ("day_of_month", "dates") if due.get(name) is not None}
    if len(given) != 1:
        raise ApiError(422, "invalid_request", "due_date takes day_of_month or dates, one of them")
    if "dates" in given:
        return _given_dates(due["dates"], count, today)
    day = due["day_of_month"]
    if type(day) is not int or not 1 <= day <= 31:
        raise Malformed("day_of_month must be from 1 to 31")
    months_ahead = 0 if _in_month(today, 0, day) >= today else 1
    return [_in_month(today, months_ahead + number, day) for number in range(count)]


def _given_dates(texts: object, count: int, today: date) -> list[date]:
    days = [read_day(text) for text in texts] if isinstance(texts, list) else []
    dates = [day for day in days if day is not None and day >= today]
    if len(days) != count:
        raise ApiError(422, "invalid_request", "dates must be as many as number_of")
    if len(dates) != count:
        raise Malformed("dates must be days, today or later")
    return dates


def _in_month(start: date, months: int, day: int) -> date:
    """The day of the month `months` after that of `start`; its last when it has no such day."""
    years, month = divmod(start.month - 1 + months, 12)
    year = start.year + years
    return date(year, month + 1, min(day, calendar.monthrange(year, month + 1)[1]))
