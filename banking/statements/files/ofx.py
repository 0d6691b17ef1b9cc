"""OFX as Brazilian banks write it, SGML or XML: tags in a row, whether they are closed or not.

Both common readers refuse or misread what stands in these files (tests/banking/files has each
case), so this one asks little: a movement begins at STMTTRN and ends where the next thing begins.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import BinaryIO

from banking.statements.files import days
from banking.statements.files.amounts import read_amount
from banking.statements.files.codes import REAIS, bank_code, currency_code, refusal_of
from banking.statements.files.contract import (
    LONGEST_ID,
    LONGEST_TEXT,
    AccountFooter,
    AccountHeader,
    Balance,
    BalanceRow,
    FileLine,
    Item,
    Items,
    NotRead,
    UnreadableFile,
    UnreadRow,
)
from banking.statements.files.encoding import opened
from banking.statements.files.particulars import (
    end_to_end_id,
    joined,
    other_side,
    states_balance,
    states_opening,
    tidy,
)

CHUNK = 256 * 1024  # letters
LONGEST_VALUE = 1024 * 1024
# A tag, and the text up to the next one. What follows a «<» of a text is no letter. No part may
# match what the next one may, so that no text takes longer than its length.
TOKEN = re.compile(
    r"<(/?)([A-Za-z][A-Za-z0-9._]*)(?:>|[^A-Za-z0-9._<>][^<>]*>)([^<]*(?:<(?![/A-Za-z?!])[^<]*)*)",
    re.ASCII,
)
ENTITY = re.compile(r"&(?:#(\d{1,7})|#[xX]([0-9A-Fa-f]{1,6})|(amp|lt|gt|quot|apos|nbsp));")
NAMED = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'", "nbsp": " "}
STATEMENTS = frozenset({"STMTRS", "CCSTMTRS", "INVSTMTRS"})
# What cannot stand inside of a movement: it ends there, closed or not.
ENDS_LINE = STATEMENTS | {
    "STMTTRN", "BANKTRANLIST", "LEDGERBAL", "AVAILBAL", "BALLIST", "STMTTRNRS", "CCSTMTTRNRS",
    "BANKMSGSRSV1", "CREDITCARDMSGSRSV1", "INVSTMTTRNRS", "OFX", "BANKACCTFROM", "CCACCTFROM",
    "MKTGINFO", "BANKTRANLISTP", "STMTTRNP",
}  # fmt: skip
OF_LINE = frozenset(
    {
        "TRNTYPE", "DTPOSTED", "DTUSER", "TRNAMT", "FITID", "CHECKNUM", "REFNUM", "NAME", "MEMO",
        "CURRENCY", "ORIGCURRENCY", "CURSYM",
    }
)  # fmt: skip
SECTIONS = frozenset({"LEDGERBAL", "AVAILBAL", "BALLIST", "BANKACCTFROM", "CCACCTFROM"})
OF_ACCOUNT = frozenset({"BANKID", "BRANCHID", "ACCTID"})
OF_BALANCE = frozenset({"BALAMT", "DTASOF"})
KINDS = {
    "CHECK": "Cheque", "FEE": "Tarifa", "SRVCHG": "Tarifa", "INT": "Juros", "XFER": "Transferência",
    "ATM": "Saque", "POS": "Compra", "PAYMENT": "Pagamento", "DEP": "Depósito",
    "DIRECTDEP": "Depósito", "CASH": "Saque", "CREDIT": "Crédito", "DEBIT": "Débito",
}  # fmt: skip
INVESTMENTS = "Este é um extrato de investimentos: só são importados extratos de conta e de cartão."


def read_ofx(file: BinaryIO, *, today: date) -> Items:
    """The accounts of the file, one after the other.

    Raises:
        UnreadableFile: there is no statement in it.
    """
    with opened(file) as text:
        yield from statements(tokens(iter(lambda: text.read(CHUNK), "")), today)


def tokens(chunks: Iterable[str]) -> Iterator[tuple[str, str, str]]:
    """`/` or nothing, the tag, and the text up to the next tag."""
    rest = ""
    for chunk in chunks:
        buffer = (rest + chunk).replace("<![CDATA[", "").replace("]]>", "")
        cut = last_tag(buffer)
        yield from TOKEN.findall(buffer[:cut])
        rest = buffer[cut:]
        if len(rest) > LONGEST_VALUE:
            raise UnreadableFile(
                "O arquivo OFX tem um campo longo demais: ele está corrompido.", code="broken"
            )
    yield from TOKEN.findall(rest)


def last_tag(buffer: str) -> int:
    """Where the last tag begins, of which the text may go on in the next chunk."""
    cut = buffer.rfind("<")
    while cut > 0 and not (buffer[cut + 1 : cut + 2] or "/").isalpha():
        if buffer[cut + 1 : cut + 2] in ("", "/"):
            break
        cut = buffer.rfind("<", 0, cut)
    return max(cut, 0)


def statements(all_tokens: Iterable[tuple[str, str, str]], today: date) -> Iterator[Item]:
    reading = Reading(today)
    line: dict[str, str] | None = None
    for closing, name, value in all_tokens:
        tag = name if name.isupper() else name.upper()
        if line is not None:
            if tag not in ENDS_LINE:
                if tag in OF_LINE and not closing and tag not in line:
                    line[tag] = value
                continue
            yield from reading.take(line)
            line = None
        if tag != "STMTTRN":
            yield from reading.note(closing, tag, value)
        elif not closing:
            line = {}
    if line is not None:
        yield from reading.take(line)
    yield from reading.end()


class Reading:
    """Which account is being read, and how many movements there were before."""

    def __init__(self, today: date) -> None:
        self._today, self._institution = today, ""
        self._statement: Statement | None = None
        self._number = 0
        self._has_any = self._is_whole = False

    def note(self, closing: str, tag: str, value: str) -> Iterator[Item]:
        """A tag outside of movements."""
        if tag in STATEMENTS:
            yield from self._end_statement(is_whole=True)
            if not closing:
                self._begin_statement(tag)
        elif tag == "OFX" and closing:
            self._is_whole = True
        elif self._statement is not None:
            self._statement.note(closing, tag, value)
        elif tag == "FID":
            self._institution = value

    def take(self, fields: Mapping[str, str]) -> Iterator[Item]:
        self._number += 1
        statement = self._statement or self._begin_statement("STMTRS")
        yield from statement.take(self._number, fields)

    def end(self) -> Iterator[Item]:
        yield from self._end_statement(is_whole=self._is_whole)
        if not self._has_any:
            raise UnreadableFile(
                "O arquivo OFX não tem extrato: nenhuma conta foi encontrada nele.",
                code="no_statement",
            )

    def _begin_statement(self, tag: str) -> "Statement":
        self._has_any = True
        self._statement = Statement(tag, self._institution, self._today)
        return self._statement

    def _end_statement(self, *, is_whole: bool) -> Iterator[Item]:
        if self._statement is not None:
            yield from self._statement.end(is_whole=is_whole)
        self._statement = None


class Statement:
    """One account as far as it has been read. Its header waits for the first row."""

    def __init__(self, tag: str, institution: str, today: date) -> None:
        self._is_card = tag == "CCSTMTRS"
        self._refused = INVESTMENTS if tag == "INVSTMTRS" else ""
        self._institution, self._today = institution, today
        self._fields: dict[str, str] = {}
        self._section = ""
        self._has_begun = False
        self._opening: Balance | None = None

    def note(self, closing: str, tag: str, value: str) -> None:
        """A field outside of movements."""
        if tag in SECTIONS:
            self._section = "" if closing else tag
        elif closing:
            return
        elif tag in OF_BALANCE:
            if self._section == "LEDGERBAL":
                self._fields.setdefault(tag, value)
        elif tag in OF_ACCOUNT:
            if self._section in ("BANKACCTFROM", "CCACCTFROM"):
                self._fields.setdefault(tag, value)
        elif tag in ("CURDEF", "DTSTART", "DTEND"):
            self._fields.setdefault(tag, value)

    def take(self, number: int, fields: Mapping[str, str]) -> Iterator[Item]:
        """A movement, after the header if it is the first."""
        yield from self._begin()
        if self._refused:
            return
        item = self._row(number, fields)
        if isinstance(item, BalanceRow) and item.is_opening and item.amount is not None:
            self._opening = self._opening or Balance(item.amount, item.day)
        yield item

    def end(self, *, is_whole: bool) -> Iterator[Item]:
        yield from self._begin()
        yield AccountFooter(self._opening, self._closing(), is_whole)

    def _begin(self) -> Iterator[Item]:
        if self._has_begun:
            return
        self._has_begun = True
        field = {tag: tidy(value) for tag, value in self._fields.items()}
        currency = currency_code(field.get("CURDEF", ""))
        self._refused = self._refused or refusal_of(currency)
        since, until = day_or_none(field.get("DTSTART", "")), day_or_none(field.get("DTEND", ""))
        if since and until and until < since:
            since = until = None  # one of them is misprinted
        yield AccountHeader(
            bank_code(field.get("BANKID", "")) or bank_code(self._institution),
            field.get("BRANCHID", "")[:LONGEST_ID],
            field.get("ACCTID", "")[:LONGEST_ID],
            currency,
            since,
            until,
            self._is_card,
            self._refused,
        )

    def _closing(self) -> Balance | None:
        """None for «0,00» of the day 00000000 and for blanks: they hold a place."""
        day = day_or_none(self._fields.get("DTASOF", ""))
        try:
            amount = read_amount(self._fields.get("BALAMT", "").strip())
        except NotRead:
            return None
        return None if amount is None or day is None or self._refused else Balance(amount, day)

    def _row(self, number: int, fields: Mapping[str, str]) -> FileLine | BalanceRow | UnreadRow:
        name, memo = of(fields, "NAME"), of(fields, "MEMO")
        text = joined(name, memo)[:LONGEST_TEXT]
        try:
            return self._read(number, fields, text)
        except NotRead as error:
            printed = (tidy(fields.get(tag, "")) for tag in ("DTPOSTED", "TRNAMT", "FITID"))
            shown = " · ".join(part for part in (*printed, text) if part)
            return UnreadRow(number, shown[:LONGEST_TEXT], str(error))

    def _read(self, number: int, fields: Mapping[str, str], text: str) -> FileLine | BalanceRow:
        amount = read_amount(fields.get("TRNAMT", "").strip())
        if states_balance(text):
            day = day_or_none(fields.get("DTPOSTED", ""))
            return BalanceRow(number, day, amount, text, states_opening(text))
        day = days.compact_day(fields.get("DTPOSTED", ""))
        if amount is None:
            raise NotRead("A linha não tem valor.")
        if not amount:
            return BalanceRow(number, day, None, text, False)
        check_currency(fields)
        check_number, source_id = of(fields, "CHECKNUM"), of(fields, "FITID")[:LONGEST_ID]
        side, document = other_side(text)
        return FileLine(
            number,
            day,
            amount,
            text or kind_of(fields, check_number),
            side,
            document,
            source_id,
            check_number[:LONGEST_ID],
            end_to_end_id(text, source_id, fields.get("REFNUM", "")),
            day_or_none(fields["DTUSER"]) if "DTUSER" in fields else None,
            day > self._today,
        )


def of(fields: Mapping[str, str], tag: str) -> str:
    value = fields.get(tag, "")
    if "&" in value:
        value = ENTITY.sub(letter_of, value[: 4 * LONGEST_TEXT])
    return tidy(value.strip())


def letter_of(entity: re.Match[str]) -> str:
    decimal, hexadecimal, name = entity.groups()
    if name:
        return NAMED[name]
    number = int(decimal) if decimal else int(hexadecimal, 16)
    return chr(number) if number < 0x110000 else ""


def kind_of(fields: Mapping[str, str], check_number: str) -> str:
    """What to call a movement without a text."""
    kind = KINDS.get(fields.get("TRNTYPE", "").strip().upper(), "Lançamento")
    return f"{kind} {check_number}".rstrip()


def check_currency(fields: Mapping[str, str]) -> None:
    """CURRENCY says that the amount is still in another one; ORIGCURRENCY, that it was.

    Raises:
        NotRead: it is not in reais.
    """
    if "CURRENCY" not in fields:
        return
    currency = currency_code(fields.get("CURSYM", "") or fields["CURRENCY"])
    if currency not in ("", REAIS):
        raise NotRead(f"O valor está em {currency}, e não em reais.")


def day_or_none(text: str) -> date | None:
    try:
        return days.compact_day(text)
    except NotRead:
        return None
