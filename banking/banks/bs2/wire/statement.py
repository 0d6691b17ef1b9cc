"""BS2's statement (v1) and balance: JSON to movements.

devs.bs2.com/docs/checking_account, devs.bs2.com/manual/bankingv2 (tag Conta-Corrente).
"""

import hashlib
import re
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from banking.banks.bs2.wire.fields import (
    UnreadableAnswer,
    amount_or_zero,
    end_to_end_id_of,
    instant_of,
    list_of,
    object_of,
    optional_object,
    plain,
    reais_of,
    text_of,
)
from banking.banks.contract.statement import (
    Movement,
    StatementPage,
    Unread,
    UnreadReason,
    sum_of,
)
from banking.banks.http import fields
from banking.banks.http.fields import each_of
from banking.banks.http.json import Json, read_json, write_json
from brazil.banking_days import SAO_PAULO
from brazil.document import read_loose_document, read_masked_document

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

    @property
    def named(self) -> list[Movement]:
        return [line for line in self.content.movements if not _is_nameless(line)]

    @property
    def nameless(self) -> list[Movement]:
        """Those without a `protocolo`, known by their content."""
        return [line for line in self.content.movements if _is_nameless(line)]


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
    """Raises UnreadableAnswer: the whole is no page. A movement that is none is an Unread."""
    answer = object_of(answer, "extrato")
    balance = object_of(answer.get("saldo"), "saldo")
    total = answer.get("total")
    if type(total) is not int or total < 0:
        raise UnreadableAnswer("total")
    items = answer.get("movimentacoes")
    if items is None and total == 0:
        items = []  # BS2 writes what is absent as null
    movements, unread = each_of(list_of(items, "movimentacoes"), movement_from_wire, _unread)
    content = StatementPage(
        opening=reais_of(balance.get("inicial"), "saldo.inicial"),
        closing=reais_of(balance.get("final"), "saldo.final"),
        movements=movements,
        unread=unread,
    )
    return Page(content, total)


class Nameless:
    """The movements of one reading that have no `protocolo`: each is known by its content, and of
    those that are alike the second is `#2`.

    A content includes its instant, so those that are alike are of one day: their numbers are the
    same wherever the pages and the windows begin. Pages shift under new movements: whether one that
    is alike on the next page is another or the same again, only the whole tells.
    """

    def __init__(self) -> None:
        self._first: dict[str, Movement] = {}
        self._all: Counter[str] = Counter()
        self._most: Counter[str] = Counter()  # that one page had of each
        self._length = 0
        self._totals: set[int] = set()
        self._page_before: Page | None = None
        self._has_repeats = False

    def add(self, page: Page) -> bool:
        """Whether it may have something new: there are not more by now than the range has."""
        of_page = Counter(line.bank_id for line in page.nameless)
        self._first = {line.bank_id: line for line in page.nameless} | self._first
        self._all += of_page
        self._most |= of_page
        self._length += page.content.length
        self._totals.add(page.total)
        self._has_repeats |= page == self._page_before
        self._page_before = page
        return bool(of_page) and self._length <= page.total

    def numbered(self, left: Decimal, *, has_repeats: bool) -> list[Movement]:
        """Each as often as there are. `left` is what the balances leave for them, in reais;
        `has_repeats`: other movements came again.

        As often as the balances say; else, when the pages did not shift, as often as it came; else
        as often as one page had it, which is never once too often: a line that is stored stays.
        """
        for counts in (self._all, self._most):
            lines = self._lines(counts)
            if sum_of(lines) == left:
                return lines
        is_torn = self._has_repeats or has_repeats or self._totals != {self._length}
        return self._lines(self._most if is_torn else self._all)

    def _lines(self, counts: Counter[str]) -> list[Movement]:
        return [
            self._first[content]._replace(bank_id=numbered_id(content, number))
            for content, count in counts.items()
            for number in range(1, count + 1)
        ]


def numbered_id(content: str, number: int) -> str:
    return content if number == 1 else f"{content}#{number}"


def _is_nameless(line: Movement) -> bool:
    return line.bank_id.startswith("~")


def read_again(raw: str, number: int) -> Movement | Unread:
    """What this reader makes of a movement that was an Unread before."""
    item = read_json(raw)
    try:
        line = movement_from_wire(item)
        return line._replace(bank_id=numbered_id(line.bank_id, number if _is_nameless(line) else 1))
    except UnreadableAnswer as error:
        return _unread(item, error)


def _unread(item: Json, error: fields.UnreadableAnswer) -> Unread:
    day: date | None = None
    with suppress(UnreadableAnswer):
        occurred_at = instant_of(object_of(item, "movimentacoes").get("movimentadoEm"), "")
        day = occurred_at.astimezone(SAO_PAULO).date()
    return Unread(storable(write_json(item)), day, UnreadReason.FIELD, error.field)


def movement_from_wire(item: Json) -> Movement:
    """Raises UnreadableAnswer. One without a `protocolo` has the identity of its content."""
    item = object_of(item, "movimentacoes")
    occurred_at = instant_of(item.get("movimentadoEm"), "movimentadoEm")
    is_credit = _is_credit(item.get("tipoMovimentacao"))
    amount = amount_or_zero(item.get("valor"))
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
        masked_document=read_masked_document(party.get("documento")),
        raw=storable(write_json(item)),
        end_to_end_id=_end_to_end_id(item.get("pix")),
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


def _end_to_end_id(pix: Json) -> str:
    return end_to_end_id_of(pix.get("endToEndId")) if isinstance(pix, dict) else ""


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
