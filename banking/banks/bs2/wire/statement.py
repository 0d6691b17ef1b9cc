"""BS2's statement (v1) and balance: JSON to movements.

devs.bs2.com/docs/checking_account, devs.bs2.com/manual/bankingv2 (tag Conta-Corrente).
"""

import hashlib
import re
from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from banking.banks.bs2.wire.fields import (
    UnreadableAnswer,
    amount_of,
    instant_of,
    list_of,
    object_of,
    optional_object,
    plain,
    reais_of,
    text_of,
)
from banking.banks.contract.statement import Movement, StatementPage
from banking.banks.http.json import Json, write_json
from brazil.banking_days import SAO_PAULO
from brazil.document import read_loose_document

WINDOW_DAYS = 30
_PROTOCOL = re.compile(r"[0-9A-Za-z-]{1,64}")
_DEBIT, _CREDIT = 1, 2
# The codes that are known; BS2's whole table is not public.
_KINDS: Final = {2: "transfer", 10: "pix", 11: "pix", 16: "pix", 17: "pix", 18: "pix", 20: "fee"}
# For the others: the first of these that the description has, without accents.
_WORDS: Final = (
    ("fee", re.compile(r"\btarifa")),
    ("pix", re.compile(r"\bpix\b")),
    ("transfer", re.compile(r"\b(ted|tef|doc)\b|transf")),
    ("payment", re.compile(r"pagamento|pagto|boleto|titulo|arrecada|convenio|cobranca")),
)


@dataclass(frozen=True, slots=True)
class Page:
    """One page, and how many movements the whole range has."""

    content: StatementPage
    total: int


def balance_from_wire(answer: Json) -> Decimal:
    """What is free to use: `valorBloqueado` is beside it, not in it."""
    return reais_of(object_of(answer, "saldo").get("valor"), "valor")


def windows(since: date, until: date) -> list[tuple[date, date]]:
    """The days since..until in runs that a bank with a limit of a month takes."""
    days = (until - since).days
    firsts = [since + timedelta(days=at) for at in range(0, days + 1, WINDOW_DAYS)]
    return [(first, min(first + timedelta(days=WINDOW_DAYS - 1), until)) for first in firsts]


def range_to_wire(since: date, until: date) -> dict[str, str]:
    """The days, both included. Date-times without offset are São Paulo's, as in the answers."""
    return {"movimentoInicial": f"{since}T00:00:00", "movimentoFinal": f"{until}T23:59:59"}


def page_from_wire(answer: Json) -> Page:
    """Raises UnreadableAnswer."""
    answer = object_of(answer, "extrato")
    balance = object_of(answer.get("saldo"), "saldo")
    total = answer.get("total")
    if type(total) is not int or total < 0:
        raise UnreadableAnswer("total")
    items = answer.get("movimentacoes")
    if items is None and total == 0:
        items = []  # BS2 writes what is absent as null
    content = StatementPage(
        opening=reais_of(balance.get("inicial"), "saldo.inicial"),
        closing=reais_of(balance.get("final"), "saldo.final"),
        movements=movements_from_wire(list_of(items, "movimentacoes")),
    )
    return Page(content, total)


def movements_from_wire(items: list[Json]) -> list[Movement]:
    """A movement without a `protocolo` is known by its content; of two that are alike on one page
    the second is `#2`, so that it is not taken for the first one come again."""
    movements = [_movement_from_wire(item) for item in items]
    alike: Counter[str] = Counter()
    for at, movement in enumerate(movements):
        if not movement.bank_id.startswith("~"):
            continue
        alike[movement.bank_id] += 1
        if (number := alike[movement.bank_id]) > 1:
            movements[at] = movement._replace(bank_id=f"{movement.bank_id}#{number}")
    return movements


def _movement_from_wire(item: Json) -> Movement:
    item = object_of(item, "movimentacoes")
    occurred_at = instant_of(item.get("movimentadoEm"), "movimentadoEm")
    is_credit = _is_credit(item.get("tipoMovimentacao"))
    amount = amount_of(item.get("valor"))
    party = optional_object(item.get("remetente" if is_credit else "favorecido"), "remetente")
    description = text_of(item.get("descricao"), "descricao", longest=255)
    return Movement(
        bank_id=_protocol(item.get("protocolo")) or _identity_of_content(item),
        occurred_at=occurred_at,
        booked_on=occurred_at.astimezone(SAO_PAULO).date(),
        amount=amount if is_credit else -amount,
        kind=_kind(item.get("tipoCategoria"), description),
        description=description,
        counterparty_name=text_of(party.get("nome"), "nome"),
        counterparty_document=read_loose_document(party.get("documento")),
        raw=storable(write_json(item)),
    )


def _is_credit(value: Json) -> bool:
    if type(value) is not int or value not in (_DEBIT, _CREDIT):
        raise UnreadableAnswer("tipoMovimentacao")
    return value == _CREDIT


def _kind(category: Json, description: str) -> str:
    if type(category) is int and category in _KINDS:
        return _KINDS[category]
    words = plain(description)
    return next((kind for kind, pattern in _WORDS if pattern.search(words)), "other")


def _protocol(value: Json) -> str:
    text = text_of(value, "protocolo")
    return text if _PROTOCOL.fullmatch(text) and text.strip("0") else ""


def _identity_of_content(item: dict[str, Json]) -> str:
    content = write_json({name: item[name] for name in sorted(item)})
    return "~" + hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()[:40]


def storable(text: str) -> str:
    """The same JSON with U+FFFD for what PostgreSQL cannot hold: NUL and half surrogate pairs."""
    if "\\u0000" in text:  # how JSON has to write NUL
        # An even number of backslashes before it: then the last one begins the escape.
        text = re.sub(r"(?<!\\)((?:\\\\)*)\\u0000", "\\1\ufffd", text)
    if text.isascii():
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


# --- What the statement tells of the account --------------------------------------------


@dataclass(frozen=True, slots=True)
class AccountInProtocol:
    branch: str  # four digits
    number: str  # no leading zeros; whether with the check digit is not documented

    def is_account(self, branch: str, number: str) -> bool:
        digits = number.replace("-", "")
        return self.branch == branch and self.number in (digits, digits[:-1])


def account_in_protocol(movement: Movement) -> AccountInProtocol | None:
    """`218`, branch (4), account (10), yyyyMMdd, sequence (6): by inspection, not documented. One
    that does not carry its movement's own day is something else."""
    is_such = re.fullmatch(r"218[0-9]{28}", movement.bank_id)
    if is_such is None or movement.bank_id[17:25] != f"{movement.booked_on:%Y%m%d}":
        return None
    return AccountInProtocol(movement.bank_id[3:7], movement.bank_id[7:17].lstrip("0"))
