"""Reading the fields of BS2's answers: the right type and range, or UnreadableAnswer."""

import re
import unicodedata
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Final

from banking.banks.http import fields
from banking.banks.http.json import Json
from brazil.banking_days import SAO_PAULO

MAX_AMOUNT: Final = Decimal("999999999999.99")  # fourteen digits, as stored
CENT: Final = Decimal("0.01")
_ID = re.compile(r"[A-Za-z0-9_.-]{1,64}")  # it goes into a path
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d")
_FRACTION = re.compile(r"(\.\d{6})\d+")  # 2026-02-27T17:02:09.6729296: seven digits


class UnreadableAnswer(fields.UnreadableAnswer):
    """BS2 answered a read with something that its documentation does not describe."""

    who = "O banco BS2"


_shared = fields.SharedFields(UnreadableAnswer)
object_of, optional_object = _shared.object_of, _shared.optional_object
list_of, text_of = _shared.list_of, _shared.text_of
end_to_end_id_of = _shared.end_to_end_id_of


def first_of(holder: dict[str, Json], *names: str) -> Json:
    """Of a field that has several names, or one that is not documented."""
    return next((holder[name] for name in names if holder.get(name) is not None), None)


def id_of(value: Json, field: str = "id") -> str:
    """A GUID, or a whole number such as `nossoNumero`."""
    text = str(value) if type(value) is int and 0 < value < 10**20 else value
    # A path of dots would be another path.
    if not isinstance(text, str) or not _ID.fullmatch(text) or not text.strip("."):
        raise UnreadableAnswer(field)
    return text


def plain(text: str) -> str:
    """Lower case, no accents."""
    letters = unicodedata.normalize("NFKD", text)
    return "".join(char for char in letters if not unicodedata.combining(char)).casefold()


def digits_of(value: Json, field: str) -> str:
    """Digits of a code that is a number here and a string there; empty when null or missing."""
    if value is None:
        return ""
    if type(value) is int and 0 <= value < 10**20:
        return str(value)
    digits = re.sub(r"[\s./-]", "", text_of(value, field))
    return digits if digits.isascii() and digits.isdigit() else ""


def reais_of(value: Json, field: str) -> Decimal:
    """Reais of either sign: a JSON number with two decimals at most."""
    if type(value) is not int and not isinstance(value, Decimal):
        raise UnreadableAnswer(field)
    amount = Decimal(value)
    if abs(amount) > MAX_AMOUNT or amount != amount.quantize(CENT):
        raise UnreadableAnswer(field)
    return amount.quantize(CENT)


def amount_of(value: Json, field: str = "valor") -> Decimal:
    """Reais, more than zero."""
    amount = amount_or_zero(value, field)
    if amount == 0:
        raise UnreadableAnswer(field)
    return amount


def amount_or_zero(value: Json, field: str = "valor") -> Decimal:
    """Reais. Banks do write movements of nothing: a fee that is waived."""
    amount = reais_of(value, field)
    if amount < 0:
        raise UnreadableAnswer(field)
    return amount


def instant_of(value: Json, field: str) -> datetime:
    """An aware instant. Without an offset it is São Paulo time, as the statement writes it."""
    if not isinstance(value, str) or not _INSTANT.match(value):
        raise UnreadableAnswer(field)
    try:
        instant = datetime.fromisoformat(_FRACTION.sub(r"\1", value))
    except ValueError as error:
        raise UnreadableAnswer(field) from error
    if not 2000 <= instant.year < 2100:
        raise UnreadableAnswer(field)
    return instant if instant.tzinfo is not None else instant.replace(tzinfo=SAO_PAULO)


def day_of(value: Json, field: str) -> date:
    """The São Paulo day of a date that Cobrança writes as midnight of Brasília in UTC, with no
    suffix: 10 March is `2026-03-10T03:00:00`. A plain midnight or a date alone is that very day.
    """
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        value = f"{value}T00:00:00"
    instant = instant_of(value, field)
    written = instant.replace(tzinfo=None)
    if written.time() == time.min or not _is_bare(value):
        return instant.astimezone(SAO_PAULO).date()
    return written.replace(tzinfo=UTC).astimezone(SAO_PAULO).date()


def optional_day(value: Json, field: str) -> date | None:
    return None if value is None else day_of(value, field)


def _is_bare(text: str) -> bool:
    return datetime.fromisoformat(_FRACTION.sub(r"\1", text)).tzinfo is None
