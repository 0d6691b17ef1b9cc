"""The Conta Kamino's statement: a page of JSON to movements."""

import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from banking.banks.contract.statement import (
    AccountIdentity,
    Movement,
    StatementPage,
    Unread,
    UnreadReason,
)
from banking.banks.http import fields
from banking.banks.http.fields import each_of
from banking.banks.http.json import Json, read_json, write_json
from banking.banks.kamino.wire.fields import (
    UnreadableAnswer,
    amount_or_zero,
    balance_of,
    cursor_of,
    day_of,
    digits_of,
    end_to_end_id_of,
    id_of,
    instant_of,
    is_digits,
    list_of,
    object_of,
    optional_object,
    text_of,
)
from brazil.banking_days import SAO_PAULO
from brazil.document import parse_document, read_loose_document, read_masked_document
from brazil.errors import InvalidValue

_KINDS: Final = {"ted": "transfer", "boleto": "payment", "pix": "pix", "fee": "fee"}
# What PostgreSQL's jsonb refuses: the escape of NUL, and halves of a surrogate pair.
_UNSTORABLE: Final = re.compile(r"\\u0000|[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Page:
    part: StatementPage
    next_cursor: str | None


def page_from_wire(answer: Json) -> Page:
    """Raises UnreadableAnswer: the page as a whole is none; an entry that is none is an Unread."""
    answer = object_of(answer, "statement")
    entries = list_of(answer.get("entries"), "entries")
    movements, unread = each_of(entries, movement_from_wire, _unread)
    part = StatementPage(
        opening=balance_of(answer.get("opening_balance"), "opening_balance"),
        closing=balance_of(answer.get("closing_balance"), "closing_balance"),
        movements=movements,
        unread=unread,
    )
    return Page(part, cursor_of(answer.get("next_cursor")))


def movement_from_wire(entry: Json) -> Movement:
    entry = object_of(entry, "entries")
    party = optional_object(entry.get("counterparty"), "counterparty")
    kind = entry.get("kind")
    occurred_at = instant_of(entry.get("occurred_at"), "occurred_at")
    booked_on = day_of(entry.get("booked_on"), "booked_on")
    day = occurred_at.astimezone(SAO_PAULO).date()
    return Movement(
        bank_id=id_of(entry.get("id")),
        occurred_at=occurred_at,
        booked_on=booked_on,
        amount=_signed(amount_or_zero(entry.get("amount")), entry.get("direction")),
        kind=_KINDS.get(kind, "other") if isinstance(kind, str) else "other",
        description=text_of(entry.get("description"), "description", longest=255),
        counterparty_name=text_of(party.get("name"), "counterparty.name"),
        counterparty_document=read_loose_document(party.get("document")),
        masked_document=read_masked_document(party.get("document")),
        raw=_storable(entry),
        end_to_end_id=end_to_end_id_of(entry.get("end_to_end_id")),
        operation_on=None if day == booked_on else day,
    )


def read_again(raw: str) -> Movement | Unread:
    """What this reader makes of an entry that was an Unread before."""
    entry = read_json(raw)
    try:
        return movement_from_wire(entry)
    except UnreadableAnswer as error:
        return _unread(entry, error)


def _unread(entry: Json, error: fields.UnreadableAnswer) -> Unread:
    day: date | None = None
    with suppress(UnreadableAnswer):
        day = day_of(object_of(entry, "entries").get("booked_on"), "booked_on")
    return Unread(_storable(entry), day, UnreadReason.FIELD, error.field)


def _signed(amount: Decimal, direction: Json) -> Decimal:
    if direction == "credit":
        return amount
    if direction == "debit":
        return -amount
    raise UnreadableAnswer("direction")


def _storable(entry: Json) -> str:
    """The entry's JSON, with U+FFFD for what the database cannot hold."""
    raw = write_json(entry)
    if _UNSTORABLE.search(raw):
        raw = write_json(_cleaned(entry))
    return raw


def _cleaned(value: Json) -> Json:
    if isinstance(value, str):
        text = value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        return text.replace("\0", "\ufffd")
    if isinstance(value, dict):
        return {_cleaned(name): _cleaned(held) for name, held in value.items()}
    if isinstance(value, list):
        return [_cleaned(item) for item in value]
    return value


# --- Whose account, and what it holds ---------------------------------------------------


def identity_from_wire(answer: Json) -> AccountIdentity:
    answer = object_of(answer, "account")
    bank, holder = object_of(answer.get("bank"), "bank"), object_of(answer.get("holder"), "holder")
    number, _, digit = text_of(answer.get("number"), "number").rpartition("-")
    if not is_digits(number, 1, 12) or not is_digits(digit, 1, 1):
        raise UnreadableAnswer("number")
    name = text_of(holder.get("legal_name"), "legal_name")
    if not name:
        raise UnreadableAnswer("legal_name")
    try:
        document = parse_document(read_loose_document(holder.get("document")))
    except InvalidValue as error:
        raise UnreadableAnswer("document") from error
    return AccountIdentity(
        bank_code=digits_of(bank.get("compe"), "compe", 3, 3),
        branch=digits_of(answer.get("branch"), "branch", 4, 4),
        number=f"{number}-{digit}",
        holder_name=name,
        holder_document=document,
    )


def balance_from_wire(answer: Json) -> Decimal:
    return balance_of(object_of(answer, "balance").get("balance"), "balance")
