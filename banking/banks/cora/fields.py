"""Reading the fields of Cora's answers: the right type and range, or UnreadableAnswer."""

import re
from datetime import datetime
from decimal import Decimal

from banking.banks.exact_json import Json
from banking.errors import BankUnavailable
from brazil.banking_days import SAO_PAULO
from core.money import from_cents

MAX_CENTS = 10**14 - 1  # fourteen digits, as stored
_ID = re.compile(r"[!-~]{1,64}")  # opaque, with a prefix: "ent_…"


class UnreadableAnswer(BankUnavailable):
    """Cora answered a read with something that its documentation does not describe."""

    def __init__(self, field: str) -> None:
        super().__init__(
            f"O banco Cora respondeu algo que não conseguimos ler (campo {field}). "
            "Tente de novo em alguns minutos."
        )
        self.field = field


def object_of(value: Json, field: str) -> dict[str, Json]:
    if not isinstance(value, dict):
        raise UnreadableAnswer(field)
    return value


def optional_object(value: Json, field: str) -> dict[str, Json]:
    """An empty one when it is null or missing."""
    return {} if value is None else object_of(value, field)


def list_of(value: Json, field: str) -> list[Json]:
    if not isinstance(value, list):
        raise UnreadableAnswer(field)
    return value


def id_of(value: Json, field: str = "id") -> str:
    if not isinstance(value, str) or not _ID.fullmatch(value):
        raise UnreadableAnswer(field)
    return value


def text_of(value: Json, field: str, *, longest: int = 140) -> str:
    """Printable text on one line; empty when it is null or missing.

    What PostgreSQL cannot store (NUL, lone surrogates) goes with the unprintable.
    """
    if value is None:
        return ""
    if not isinstance(value, str):
        raise UnreadableAnswer(field)
    if not value.isprintable():
        return "".join(char if char.isprintable() else " " for char in value).strip()[:longest]
    return value.strip()[:longest]


def balance_of(value: Json, field: str = "balance") -> Decimal:
    """Reais, of either sign."""
    if type(value) is not int or abs(value) > MAX_CENTS:
        raise UnreadableAnswer(field)
    return from_cents(value)


def amount_of(value: Json, field: str = "amount") -> Decimal:
    """Reais, more than zero."""
    if type(value) is not int or not 0 < value <= MAX_CENTS:
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
