"""What the body of a control request gives. What is missing or wrong is a ControlError."""

from datetime import date, datetime, time
from typing import Any

from simulator.core.clock import SAO_PAULO, at_sao_paulo
from simulator.core.control import ControlError
from simulator.core.documents import BadDocument, read_document


def text(body: dict[str, Any], name: str) -> str:
    value = body.get(name)
    if not isinstance(value, str) or not value:
        raise ControlError(f"Falta o campo {name}.")
    return value


def whole(body: dict[str, Any], name: str, default: int | None = None) -> int:
    value = body.get(name, default)
    if type(value) is not int:
        raise ControlError(f"O campo {name} deve ser um inteiro.")
    return value


def document(body: dict[str, Any], name: str) -> str:
    """The digits of a CPF or CNPJ."""
    try:
        return read_document(text(body, name))
    except BadDocument as error:
        raise ControlError(str(error)) from None


def day(body: dict[str, Any], name: str) -> date | None:
    """None: it is not there."""
    if body.get(name) is None:
        return None
    try:
        return date.fromisoformat(text(body, name))
    except ValueError:
        raise ControlError(f"O campo {name} deve ser AAAA-MM-DD.") from None


def instant(body: dict[str, Any]) -> datetime:
    """`at` (ISO 8601; without offset, São Paulo), or noon of `day`."""
    if (of_day := day(body, "day")) is not None:
        return at_sao_paulo(of_day, time(12))
    try:
        at = datetime.fromisoformat(text(body, "at"))
    except ValueError:
        raise ControlError("O campo at deve estar em ISO 8601.") from None
    return at if at.tzinfo else at.replace(tzinfo=SAO_PAULO)
