"""Reading the fields of Cora's answers: the right type and range, or UnreadableAnswer."""

import re
from datetime import datetime
from decimal import Decimal

from banking.banks.http import fields
from banking.banks.http.json import Json
from brazil.banking_days import SAO_PAULO
from core.money import from_cents

MAX_CENTS = 10**14 - 1  # fourteen digits, as stored
_ID = re.compile(r"[!-~]{1,64}")  # opaque, with a prefix: "ent_…"


class UnreadableAnswer(fields.UnreadableAnswer):
    """Cora answered a read with something that its documentation does not describe."""

    who = "O banco Cora"


_shared = fields.SharedFields(UnreadableAnswer)
object_of, optional_object = _shared.object_of, _shared.optional_object
list_of, text_of, id_in = _shared.list_of, _shared.text_of, _shared.id_in


def id_of(value: Json, field: str = "id") -> str:
    if not isinstance(value, str) or not _ID.fullmatch(value):
        raise UnreadableAnswer(field)
    return value


def digits_of(value: Json, field: str, shortest: int, longest: int) -> str:
    if not isinstance(value, str) or not is_digits(value, shortest, longest):
        raise UnreadableAnswer(field)
    return value


def is_digits(value: str, shortest: int, longest: int) -> bool:
    return shortest <= len(value) <= longest and value.isascii() and value.isdigit()


def balance_of(value: Json, field: str = "balance") -> Decimal:
    """Reais, of either sign."""
    if type(value) is not int or abs(value) > MAX_CENTS:
        raise UnreadableAnswer(field)
    return from_cents(value)


def amount_of(value: Json, field: str = "amount") -> Decimal:
    """Reais, more than zero."""
    if value == 0:
        raise UnreadableAnswer(field)
    return amount_or_zero(value, field)


def amount_or_zero(value: Json, field: str = "amount") -> Decimal:
    """Reais. Banks do write movements of nothing: a fee that is waived."""
    if type(value) is not int or not 0 <= value <= MAX_CENTS:
        raise UnreadableAnswer(field)
    return from_cents(value)


def instant_of(value: Json, field: str) -> datetime:
    """An aware instant.

    The statement's offset is short (`+00`, `-03`), which strict ISO 8601 readers refuse; an
    instant without one is São Paulo time, as Cora's other answers write it.
    """
    # fromisoformat takes more than Cora writes: dates alone, week dates, no punctuation.
    if not isinstance(value, str) or value[4:11:3] != "--T" or value[13:17:3] != "::":
        raise UnreadableAnswer(field)
    try:
        instant = datetime.fromisoformat(value)
    except ValueError as error:
        raise UnreadableAnswer(field) from error
    if not 2000 <= instant.year < 2100:
        raise UnreadableAnswer(field)
    return instant if instant.tzinfo is not None else instant.replace(tzinfo=SAO_PAULO)
