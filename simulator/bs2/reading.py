"""Reading what a request gives; what is wrong is a 400 whose tag is the field's path."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from starlette.requests import Request

from simulator.bs2.answers import invalid
from simulator.core.clock import SAO_PAULO, sao_paulo_day
from simulator.core.documents import BadDocument, read_document

EMPTY = "Não pode ser nulo ou vazio."
BAD_FORMAT = "O formato esperado não foi respeitado."
_MOST_CENTS = 10**15


def text(given: dict[str, Any], name: str, tag: str, *, most: int = 255) -> str:
    value = optional_text(given, name, tag, most=most)
    if not value:
        raise invalid(tag, EMPTY)
    return value


def optional_text(given: dict[str, Any], name: str, tag: str, *, most: int = 255) -> str | None:
    """A text; a number is taken as its digits."""
    value = given.get(name)
    if type(value) is int:
        value = str(value)
    if value is None:
        return None
    if not isinstance(value, str):
        raise invalid(tag, BAD_FORMAT)
    if len(value) > most:
        raise invalid(tag, f"Deve ter no máximo {most} caracteres.")
    return value.strip()


def digits(given: dict[str, Any], name: str, tag: str, *, most: int) -> str:
    value = text(given, name, tag)
    if not (value.isascii() and value.isdigit()) or len(value) > most:
        raise invalid(tag, BAD_FORMAT)
    return value


def document(given: dict[str, Any], name: str, tag: str) -> str:
    """A CPF or CNPJ, digits only."""
    value = digits(given, name, tag, most=14)
    try:
        return read_document(value)
    except BadDocument:
        raise invalid(tag, "CPF ou CNPJ inválido.") from None


def child(given: dict[str, Any], name: str, tag: str) -> dict[str, Any]:
    value = given.get(name)
    if not isinstance(value, dict):
        raise invalid(tag, EMPTY)
    return value


def optional_child(given: dict[str, Any], name: str, tag: str) -> dict[str, Any]:
    """An empty object when it is absent or null."""
    return {} if given.get(name) is None else child(given, name, tag)


def cents(given: dict[str, Any], name: str, tag: str) -> int:
    """The centavos of an amount above zero, which comes in reais."""
    if given.get(name) is None:
        raise invalid(tag, EMPTY)
    value = money(given[name])
    if not value:
        raise invalid(tag, "Deve ser um valor maior que zero com até duas casas decimais.")
    return value


def money(value: object) -> int | None:
    """Centavos of a JSON number of reais, zero included; None when it is not one."""
    if type(value) is not int and not isinstance(value, Decimal):
        return None
    amount = Decimal(value)
    if not 0 <= amount <= _MOST_CENTS or amount != round(amount, 2):
        return None
    return int(amount.scaleb(2))


def moment(value: object, tag: str) -> datetime | None:
    """An ISO 8601 date or date-time; São Paulo when it says no zone. None when absent."""
    if value is None or value == "":
        return None
    try:
        instant = datetime.fromisoformat(value if isinstance(value, str) else "-")
    except ValueError:
        raise invalid(tag, BAD_FORMAT) from None
    if not 1990 <= instant.year <= 2200:
        raise invalid(tag, BAD_FORMAT)
    return instant if instant.tzinfo else instant.replace(tzinfo=SAO_PAULO)


def day(value: object, tag: str) -> date | None:
    """The São Paulo day of a date or date-time."""
    instant = moment(value, tag)
    return None if instant is None else sao_paulo_day(instant)


def query_day(request: Request, name: str) -> date | None:
    return day(request.query_params.get(name), name)


def query_number(request: Request, name: str, default: int) -> int:
    value = request.query_params.get(name, str(default))
    if not (value.isascii() and value.isdigit()) or len(value) > 9:
        raise invalid(name, BAD_FORMAT)
    return int(value)
