"""CNAB 240, statement for reconciliation: segment E of FEBRABAN's layout («extrato de conta
corrente para conciliação bancária», service 04), with the positions that banks have in common.

What a return file of charges or of payments has is refused in words: its titles are no movements.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from typing import BinaryIO

from banking.statements.files.codes import bank_code, currency_code, refusal_of
from banking.statements.files.contract import (
    LONGEST_ID,
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
from banking.statements.files.days import day_of
from banking.statements.files.encoding import opened
from banking.statements.files.particulars import (
    end_to_end_id,
    other_side,
    states_balance,
    states_opening,
    tidy,
)
from core.money import MAX_AMOUNT

WIDTH = 240
LONGEST_LINE = 4096
STATEMENT = ("E", "04")  # operation and service of a lot
SERVICES = {
    "01": "um arquivo de retorno de cobrança", "20": "um arquivo de retorno de pagamentos",
    "22": "um arquivo de retorno de pagamentos", "30": "um arquivo de retorno de salários",
    "98": "um arquivo de retorno de pagamentos",
}  # fmt: skip
RETURN_400 = re.compile(r"02RETORNO", re.IGNORECASE)
SENT_400 = re.compile(r"01REMESSA", re.IGNORECASE)
DAY = re.compile(r"(\d\d)(\d\d)(\d{4})", re.ASCII)
FIGURES = re.compile(r"\d{18}", re.ASCII)
REST = "Envie o extrato em OFX, CSV, XLSX ou CNAB 240."


def read_cnab240(file: BinaryIO, *, today: date) -> Items:
    """The accounts of the file: one to each lot of a statement.

    Raises:
        UnreadableFile: it is a file of another service, or has no statement.
    """
    with opened(file) as text:
        lines = iter(lambda: text.readline(LONGEST_LINE), "")
        yield from statements(enumerate(lines, 1), today)


def statements(lines: Iterable[tuple[int, str]], today: date) -> Iterator[Item]:
    lot: Lot | None = None
    others: list[str] = []
    has_any = False
    for number, printed in lines:
        line = printed.rstrip("\r\n").ljust(WIDTH)
        refuse_400(line)
        kind = line[7]
        if kind == "1":
            if lot is not None:
                yield from lot.end(is_whole=False)
            lot = Lot(line, today) if (line[8], line[9:11]) == STATEMENT else None
            if lot is None:
                others.append(line[9:11])
            else:
                has_any = True
                yield lot.header
        elif lot is not None and kind == "3":
            yield from lot.take(number, line)
        elif lot is not None and kind == "5":
            yield from lot.end(line, is_whole=True)
            lot = None
    if lot is not None:
        yield from lot.end(is_whole=False)
    if not has_any:
        raise no_statement(others)


def refuse_400(line: str) -> None:
    if RETURN_400.match(line):
        raise UnreadableFile(
            f"Este é um arquivo de retorno de cobrança, não um extrato. {REST}", code="return_file"
        )
    if SENT_400.match(line):
        raise UnreadableFile(
            f"Este é um arquivo de remessa, não um extrato. {REST}", code="return_file"
        )


def no_statement(services: list[str]) -> UnreadableFile:
    what = next((SERVICES[service] for service in services if service in SERVICES), "")
    if what:
        return UnreadableFile(f"Este é {what}, não um extrato. {REST}", code="return_file")
    return UnreadableFile(
        f"O arquivo CNAB 240 não tem um extrato de conta. {REST}", code="no_statement"
    )


class Lot:
    """The statement of one account, and what its trailer is held against."""

    def __init__(self, line: str, today: date) -> None:
        self._today = today
        currency = currency_code(line[170:173])
        self._opening = balance_of(line)
        self._records, self._credits, self._debits = 2, Decimal(0), Decimal(0)
        self._has_unread = False
        digit = line[70].strip() or line[71].strip()
        self.header = AccountHeader(
            bank_code(line[:3]),
            tidy(line[52:57]),
            tidy(line[58:70]) + (f"-{digit}" if digit else ""),
            currency,
            refused=refusal_of(currency),
        )

    def take(self, number: int, line: str) -> Iterator[Item]:
        self._records += 1
        if line[13] != "E" or self.header.refused:
            return
        item = self._row(number, line)
        if isinstance(item, FileLine):
            if item.amount > 0:
                self._credits += item.amount
            else:
                self._debits -= item.amount
        self._has_unread |= isinstance(item, UnreadRow)
        yield item

    def end(self, trailer: str = "", *, is_whole: bool) -> Iterator[Item]:
        closing = balance_of(trailer) if trailer else None
        if self.header.refused:
            yield AccountFooter(is_whole=is_whole)
            return
        is_whole = is_whole and (self._has_unread or self._agrees(trailer))
        yield AccountFooter(self._opening, closing, is_whole)

    def _agrees(self, trailer: str) -> bool:
        """Whether the trailer counts and sums what was read, as far as it is filled in."""
        count, debits, credits = trailer[170:176], trailer[176:194], trailer[194:212]
        if count.isdigit() and int(count) not in (0, self._records):
            return False
        stated = [cents(debits), cents(credits)]
        return not any(stated) or stated == [self._debits, self._credits]

    def _row(self, number: int, line: str) -> Item:
        text = tidy(line[176:201]) or "Lançamento"
        try:
            day, amount = day_in(line[142:150]), signed(line[150:169])
        except NotRead as error:
            return UnreadRow(number, tidy(line[108:]), str(error))
        if states_balance(text) or not amount:
            return BalanceRow(number, day, amount or None, text, states_opening(text))
        side, document = other_side(text)
        check_number = tidy(line[201:WIDTH])
        return FileLine(
            number,
            day,
            amount,
            text,
            side,
            document,
            "",  # the numbers of a file begin at 1 in each: they are no ids
            check_number[:LONGEST_ID],
            end_to_end_id(line[113:133], check_number),
            None,
            day > self._today,
        )


def balance_of(line: str) -> Balance | None:
    """Of the header and of the trailer of a lot; None where its day is zeros or blanks."""
    try:
        return Balance(signed(line[150:169]), day_in(line[142:150]))
    except NotRead:
        return None


def day_in(text: str) -> date:
    found = DAY.fullmatch(text)
    if found is None:
        raise NotRead("A data não pôde ser lida.")
    return day_of(int(found[3]), int(found[2]), int(found[1]))


def signed(text: str) -> Decimal:
    """Eighteen figures of centavos, then C or D."""
    amount, side = cents(text[:18]), text[18:].upper()
    if amount is None or side not in ("C", "D"):
        raise NotRead("O valor não pôde ser lido.")
    if amount > MAX_AMOUNT:
        raise NotRead("O valor é grande demais.")
    return amount if side == "C" else -amount


def cents(text: str) -> Decimal | None:
    return Decimal(int(text)).scaleb(-2) if FIGURES.fullmatch(text) else None
