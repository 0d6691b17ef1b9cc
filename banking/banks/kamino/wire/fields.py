"""Reading the fields of the Conta Kamino's answers: the right type and range, or
UnreadableAnswer."""

import re
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from banking.banks.http import fields
from banking.banks.http.json import Json

_ID: Final = re.compile(r"[a-z]{2,4}_[A-Za-z0-9]{10,40}")
_AMOUNT: Final = re.compile(r"-?[0-9]{1,12}\.[0-9]{2}", re.ASCII)
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_INSTANT: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\S*")


class UnreadableAnswer(fields.UnreadableAnswer):
    """The bank answered a read with something that its API file does not describe."""

    who = "A Conta Kamino"


_shared = fields.SharedFields(UnreadableAnswer)
object_of, optional_object = _shared.object_of, _shared.optional_object
list_of, text_of, id_in = _shared.list_of, _shared.text_of, _shared.id_in
end_to_end_id_of = _shared.end_to_end_id_of


def id_of(value: Json, field: str = "id") -> str:
    """It goes into a path."""
    if not isinstance(value, str) or not _ID.fullmatch(value):
        raise UnreadableAnswer(field)
    return value


def digits_of(value: Json, field: str, shortest: int, longest: int) -> str:
    if not isinstance(value, str) or not is_digits(value, shortest, longest):
        raise UnreadableAnswer(field)
    return value


def is_digits(value: str, shortest: int, longest: int) -> bool:
    return shortest <= len(value) <= longest and value.isascii() and value.isdigit()


def balance_of(value: Json, field: str) -> Decimal:
    """Reais, of either sign."""
    if not isinstance(value, str) or not _AMOUNT.fullmatch(value):
        raise UnreadableAnswer(field)
    return Decimal(value)


def amount_of(value: Json, field: str = "amount") -> Decimal:
    """Reais, more than zero."""
    amount = amount_or_zero(value, field)
    if amount == 0:
        raise UnreadableAnswer(field)
    return amount


def amount_or_zero(value: Json, field: str = "amount") -> Decimal:
    """Reais. A movement of nothing is one: a fee that is waived."""
    amount = balance_of(value, field)
    if amount < 0:
        raise UnreadableAnswer(field)
    return amount


def instant_of(value: Json, field: str) -> datetime:
    """An aware instant of this century."""
    if not isinstance(value, str) or not _INSTANT.fullmatch(value):
        raise UnreadableAnswer(field)
    try:
        instant = datetime.fromisoformat(value)
    except ValueError as error:
        raise UnreadableAnswer(field) from error
    if instant.tzinfo is None or not 2000 <= instant.year < 2100:
        raise UnreadableAnswer(field)
    return instant


def day_of(value: Json, field: str) -> date:
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        raise UnreadableAnswer(field)
    try:
        day = date.fromisoformat(value)
    except ValueError as error:
        raise UnreadableAnswer(field) from error
    if not 1990 <= day.year < 2200:
        raise UnreadableAnswer(field)
    return day


def cursor_of(value: Json) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str) or not 0 < len(value) <= 200 or not value.isascii():
        raise UnreadableAnswer("next_cursor")
    return value
