"""Cora's statement: a page of JSON to movements.

developers.cora.com.br/reference/consulta-de-extrato.
The one hot path of the bank's folder: a hundred thousand lines pass here in a first sync.
"""

import json
import re
from contextlib import suppress
from datetime import date
from decimal import Decimal

from banking.banks.contract.statement import (
    AccountIdentity,
    Movement,
    StatementPage,
    Unread,
    UnreadReason,
)
from banking.banks.cora.wire.fields import (
    UnreadableAnswer,
    amount_or_zero,
    balance_of,
    digits_of,
    id_of,
    instant_of,
    list_of,
    object_of,
    optional_object,
    text_of,
)
from banking.banks.http.json import (
    Json,
    exact_decimal,
    exact_int,
    read_json,
    refuse_constant,
    shallow,
    write_json,
)
from brazil.banking_days import SAO_PAULO
from brazil.document import parse_document, read_loose_document, read_masked_document
from brazil.errors import InvalidValue
from core.depth import opens_few

_DECODER = json.JSONDecoder(
    parse_float=exact_decimal, parse_int=exact_int, parse_constant=refuse_constant
)
# As a key only: within a JSON string its quotes would be escaped.
_ENTRIES = re.compile(r'"entries"\s*:\s*\[\s*')
_COMMA = re.compile(r"\s*,\s*")
_END = re.compile(r"\s*\]")
# Escapes that PostgreSQL's jsonb refuses: NUL, and halves of a surrogate pair.
_UNSTORABLE = re.compile(r"\\u(?:0000|d[89a-f])", re.IGNORECASE)
_KINDS = {"TRANSFER": "transfer", "PAYMENT": "payment", "PIX": "pix", "FEE": "fee"}

# Each entry with the text it was read from.
RawEntry = tuple[Json, str]


def read_page(body: bytes) -> tuple[Json, list[RawEntry]]:
    """The page without its entries, and each entry beside the bank's own text for it.

    Raises:
        ValueError, RecursionError: it is not such a page.
    """
    text = body.decode()
    start = _ENTRIES.search(text)
    if start is None:
        return read_json(body), []
    entries, end = _read_entries(text, start.end())
    page = read_json(f"{text[: start.end()]}]{text[end:]}")
    if not isinstance(page, dict) or page.get("entries") != []:
        raise ValueError("the entries are not where they belong")
    return page, entries


def _read_entries(text: str, at: int) -> tuple[list[RawEntry], int]:
    """The elements of the array that is open at `at`, and where the text after it begins."""
    entries: list[RawEntry] = []
    if end := _END.match(text, at):
        return entries, end.end()
    while True:
        entry, after = _DECODER.raw_decode(text, at)
        raw = text[at:after]
        if not opens_few(raw):
            shallow(entry)
        entries.append((entry, _storable(entry, raw)))
        comma = _COMMA.match(text, after)
        if comma is None:
            break
        at = comma.end()
    end = _END.match(text, after)
    if end is None:
        raise ValueError("the array of entries does not end")
    return entries, end.end()


def _storable(entry: Json, raw: str) -> str:
    """`raw`, or the same JSON with U+FFFD for what the database cannot hold."""
    if "\\u" in raw and _UNSTORABLE.search(raw):
        return write_json(_without_unstorable(entry))
    return raw


def _without_unstorable(value: Json) -> Json:
    if isinstance(value, str):
        text = value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        return text.replace("\0", "\ufffd")
    if isinstance(value, dict):
        return {_without_unstorable(k): _without_unstorable(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_without_unstorable(item) for item in value]
    return value


def page_from_wire(page: Json, entries: list[RawEntry]) -> StatementPage:
    """Raises UnreadableAnswer: the page as a whole is none; an entry that is none is an Unread."""
    page = object_of(page, "statement")
    if page.get("entries") is not None:
        list_of(page["entries"], "entries")
    movements: list[Movement] = []
    unread: list[Unread] = []
    for entry, raw in entries:
        try:
            movements.append(movement_from_wire(entry, raw))
        except UnreadableAnswer as error:
            unread.append(_unread(entry, raw, error))
    return StatementPage(
        opening=balance_of(object_of(page.get("start"), "start").get("balance")),
        closing=balance_of(object_of(page.get("end"), "end").get("balance")),
        movements=movements,
        unread=unread,
    )


def read_again(raw: str) -> Movement | Unread:
    """What this reader makes of an entry that was an Unread before."""
    entry = read_json(raw)
    try:
        return movement_from_wire(entry, raw)
    except UnreadableAnswer as error:
        return _unread(entry, raw, error)


def _unread(entry: Json, raw: str, error: UnreadableAnswer) -> Unread:
    day: date | None = None
    with suppress(UnreadableAnswer):
        occurred_at = instant_of(object_of(entry, "entries").get("createdAt"), "createdAt")
        day = occurred_at.astimezone(SAO_PAULO).date()
    return Unread(raw, day, UnreadReason.FIELD, error.field)


def movement_from_wire(entry: Json, raw: str) -> Movement:
    """Raises UnreadableAnswer."""
    entry = object_of(entry, "entries")
    occurred_at = instant_of(entry.get("createdAt"), "createdAt")
    transaction = optional_object(entry.get("transaction"), "transaction")
    counterparty = optional_object(transaction.get("counterParty"), "counterParty")
    return Movement(
        bank_id=id_of(entry.get("id")),
        occurred_at=occurred_at,
        booked_on=occurred_at.astimezone(SAO_PAULO).date(),
        amount=_signed(amount_or_zero(entry.get("amount")), entry.get("type")),
        kind=_kind(transaction.get("type")),
        description=text_of(transaction.get("description"), "description", longest=255),
        counterparty_name=text_of(counterparty.get("name"), "counterParty.name"),
        counterparty_document=read_loose_document(counterparty.get("identity")),
        masked_document=read_masked_document(counterparty.get("identity")),
        raw=raw,
    )


def _kind(value: Json) -> str:
    return _KINDS.get(value, "other") if isinstance(value, str) else "other"


def _signed(amount: Decimal, direction: Json) -> Decimal:
    if direction == "CREDIT":
        return amount
    if direction == "DEBIT":
        return -amount
    raise UnreadableAnswer("type")


# --- Whose account, and what it holds ---------------------------------------------------


def identity_from_wire(account: Json, statement: Json) -> AccountIdentity:
    """The account endpoint knows no holder: name and document come with the statement's header."""
    account = object_of(account, "account")
    header = object_of(object_of(statement, "statement").get("header"), "header")
    try:
        document = parse_document(read_loose_document(header.get("businessDocument")))
    except InvalidValue as error:
        raise UnreadableAnswer("businessDocument") from error
    number = digits_of(account.get("accountNumber"), "accountNumber", 1, 20)
    digit = digits_of(account.get("accountDigit"), "accountDigit", 1, 1)
    name = text_of(header.get("businessName"), "businessName")
    if not name:
        raise UnreadableAnswer("businessName")
    return AccountIdentity(
        bank_code=digits_of(account.get("bankCode"), "bankCode", 3, 3),
        branch=digits_of(account.get("agency"), "agency", 1, 5),
        number=f"{number}-{digit}",
        holder_name=name,
        holder_document=document,
    )


def balance_from_wire(answer: Json) -> Decimal:
    return balance_of(object_of(answer, "balance").get("balance"))
