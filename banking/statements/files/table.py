"""A statement that is a table: the rows of a CSV or an XLSX, below headings."""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import chain, islice

from banking.statements.files.cells import as_amount, as_day, as_text, at
from banking.statements.files.codes import refusal_of
from banking.statements.files.column_sample import only_currency, understood
from banking.statements.files.columns import Columns, headings_of, recognise, side_of
from banking.statements.files.contract import (
    LONGEST_ID,
    LONGEST_TEXT,
    AccountFooter,
    Balance,
    BalanceRow,
    FileLine,
    Item,
    Items,
    NotRead,
    UnreadableFile,
    UnreadRow,
)
from banking.statements.files.layout import layout_of
from banking.statements.files.particulars import (
    end_to_end_id,
    other_side,
    states_balance,
    states_opening,
)
from banking.statements.files.preamble import Preamble
from banking.statements.files.rows import (
    check_currency,
    check_side,
    further_text,
    joined_texts,
    number_at,
    printed,
    text_at,
    told_side,
)
from banking.statements.files.running_balance import RunningBalance, StatedBalance
from core.spreadsheet import Cell, plain

SAMPLE = 500  # rows by which the columns are understood
SUMMARIES = ("total", "subtotal", "saldo", "resumo", "s a l d o")
Row = tuple[int, Sequence[Cell]]


def read_table(
    rows: Iterable[Row],
    columns: Columns | None,
    *,
    today: dt.date,
    counts_from_1904: bool = False,
) -> Items:
    """One account. Without `columns` they are recognised by their headings.

    Raises:
        UnreadableFile: its headings are not known or not those of `columns`, or there is no row.
    """
    rows = iter(rows)
    sample = list(islice(rows, SAMPLE))
    above, found = layout_of([cells for _, cells in sample], columns)
    shown = [cells for _, cells in sample[above:]]
    found = understood(found, shown, is_recognised=columns is None)
    preamble = Preamble([cells for _, cells in sample[:above]])
    header = preamble.header()
    found = replace(found, year_by=found.year_by or header.until)
    currency = only_currency(found, shown)
    refused = refusal_of(currency)
    yield replace(header, is_card=found.is_sign_turned, currency=currency, refused=refused)
    if refused:
        yield AccountFooter()
        return
    table = Table(found, preamble, today, counts_from_1904=counts_from_1904)
    yield from table.items(chain(sample[above:], rows))
    yield table.footer()


class Table:
    def __init__(
        self, columns: Columns, preamble: Preamble, today: dt.date, *, counts_from_1904: bool
    ) -> None:
        self._columns, self._today = columns, today
        self._counts_from_1904 = counts_from_1904
        self._running, self._stated = RunningBalance(), StatedBalance()
        self._opening, self._closing = preamble.opening, preamble.closing
        self._has_rows = self._has_typed_days = False
        self._day_rows: list[int] = []  # of a spreadsheet, which is bounded

    def items(self, rows: Iterable[Row]) -> Iterator[Item]:
        waiting: FileLine | None = None  # its text may go on in the next row
        for number, cells in rows:
            if waiting is not None and (more := self._further_text(cells)):
                waiting = self._with_text(waiting, f"{waiting.text} {more}"[:LONGEST_TEXT])
                continue
            if waiting is not None:
                yield waiting
                waiting = None
            item = self._item(number, cells)
            if item is None:
                continue
            self._has_rows = True
            if isinstance(item, FileLine):
                waiting = item
                continue
            if isinstance(item, UnreadRow):
                self._running.lose()
            yield item
        if waiting is not None:
            yield waiting

    def _further_text(self, cells: Sequence[Cell]) -> str:
        text = further_text(cells, self._columns)
        return "" if text and plain(text).startswith(SUMMARIES) else text

    def footer(self) -> AccountFooter:
        if not self._has_rows:
            raise UnreadableFile("O arquivo não tem nenhum lançamento.", code="no_rows")
        swapped = self._day_rows if self._has_typed_days and not self._columns.swaps_days else ()
        return AccountFooter(
            self._opening or self._running.opening(),
            self._running.closing() or self._stated.closing or self._closing,
            swapped_rows=tuple(swapped),
        )

    def _item(self, number: int, cells: Sequence[Cell]) -> Item | None:
        cell = at(cells, self._columns.date)
        try:
            day = as_day(cell, self._columns, counts_from_1904=self._counts_from_1904)
        except NotRead as error:
            return self._without_day(number, cells, str(error))
        self._note_day(number, cell, day)
        try:
            return self._of_day(number, cells, day)
        except NotRead as error:
            return UnreadRow(number, printed(cells), str(error))

    def _note_day(self, number: int, cell: Cell, day: dt.date) -> None:
        if isinstance(cell, str):
            self._has_typed_days = True
        elif day.day <= 12:
            self._day_rows.append(number)

    def _of_day(self, number: int, cells: Sequence[Cell], day: dt.date) -> Item:
        text = joined_texts(cells, self._columns)
        balance = self._balance(cells)
        if states_balance(text):
            stated = balance if balance is not None else self._amount(cells)
            return self._balance_row(number, day, stated, text)
        amount = self._amount(cells)
        if not amount:
            if amount is None and balance is None:
                raise NotRead("A linha não tem valor.")
            return BalanceRow(number, day, balance, text, False)
        if self._columns.is_unsigned:
            check_side(cells, self._columns)
        if self._columns.currency is not None:
            check_currency(cells, self._columns)
        self._running.take(day, amount, balance)
        self._stated.take(day, amount)
        return self._line(number, cells, day, amount, text)

    def _balance_row(
        self, number: int, day: dt.date | None, amount: Decimal | None, text: str
    ) -> BalanceRow:
        row = BalanceRow(number, day, amount, text, states_opening(text))
        if amount is not None:
            self._stated.note(amount, day, is_opening=row.is_opening)
            if row.is_opening and self._opening is None:
                self._opening = Balance(amount, day)
        return row

    def _line(
        self, number: int, cells: Sequence[Cell], day: dt.date, amount: Decimal, text: str
    ) -> FileLine:
        columns = self._columns
        name, document = told_side(cells, columns, amount)
        source_id = text_at(cells, columns.source_id)[:LONGEST_ID]
        if not (name and document):
            told = other_side(text)
            name, document = name or told[0], document or told[1]
        return FileLine(
            number,
            day,
            amount,
            text or name or "Lançamento",
            name,
            document,
            source_id,
            number_at(cells, columns.check_number)[:LONGEST_ID],
            end_to_end_id(source_id, text),
            None,
            day > self._today,
        )

    def _with_text(self, line: FileLine, text: str) -> FileLine:
        name, document = other_side(text)
        return line._replace(
            text=text,
            name=line.name or name,
            document=line.document or document,
            end_to_end_id=line.end_to_end_id or end_to_end_id(text),
        )

    def _without_day(self, number: int, cells: Sequence[Cell], why: str) -> Item | None:
        """Headings again, a summary, a word to the reader; or a movement whose day is spoilt."""
        texts = [text for text in map(as_text, cells) if text]
        if not texts or (len(texts) > 1 and self._is_headings(cells)):
            return None
        try:
            amount = self._amount(cells)
            balance = self._balance(cells)
        except NotRead:
            amount = balance = None
        text = next((text for text in texts if states_balance(text)), "")
        if text and (amount is not None or balance is not None):
            return self._balance_row(number, None, amount if balance is None else balance, text)
        if plain(texts[0]).startswith(SUMMARIES):
            return None
        told = as_text(at(cells, self._columns.date))
        has_day = any(sign.isdigit() for sign in told)
        if told and not has_day and not joined_texts(cells, self._columns):
            return None  # «Limite da conta», among what Itaú writes below the movements
        if amount or (has_day and len(texts) > 2):
            return UnreadRow(number, printed(cells), why)
        return None

    def _is_headings(self, cells: Sequence[Cell]) -> bool:
        """Whether they are; the columns of what follows are theirs."""
        headings = headings_of(cells)
        if headings and headings == self._columns.headings:
            return True
        found = recognise(cells)
        if found is None:
            return False
        mark, first = self._columns.decimal_mark, self._columns.is_month_first
        self._columns = replace(found, decimal_mark=mark, is_month_first=first)
        return True

    def _balance(self, cells: Sequence[Cell]) -> Decimal | None:
        """None too where it cannot be read: the movement counts without it."""
        try:
            return as_amount(at(cells, self._columns.balance), self._columns.decimal_mark)
        except NotRead:
            return None

    def _amount(self, cells: Sequence[Cell]) -> Decimal | None:
        columns, mark = self._columns, self._columns.decimal_mark
        if columns.amount is None:
            return self._of_two(
                as_amount(at(cells, columns.credit), mark),
                as_amount(at(cells, columns.debit), mark),
            )
        amount = as_amount(at(cells, columns.amount), mark)
        if amount is None:
            return None
        if columns.direction is not None and amount > 0:
            side = side_of(as_text(at(cells, columns.direction)))
            return -amount if side == "D" else amount
        return -amount if columns.is_sign_turned else amount

    def _of_two(self, credit: Decimal | None, debit: Decimal | None) -> Decimal | None:
        if credit and debit:
            raise NotRead("A linha tem crédito e débito ao mesmo tempo.")
        if debit:
            return -abs(debit)
        return credit if credit is not None else debit
