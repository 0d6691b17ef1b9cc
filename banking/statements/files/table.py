"""A statement that is a table: the rows of a CSV or an XLSX, below headings."""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import chain, islice

from banking.statements.files.amounts import decimal_mark
from banking.statements.files.cells import as_amount, as_day, as_text, at
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
from banking.statements.files.days import is_month_first
from banking.statements.files.particulars import (
    canonical,
    end_to_end_id,
    other_side,
    states_balance,
    states_opening,
)
from banking.statements.files.preamble import Preamble
from banking.statements.files.running_balance import RunningBalance
from core.spreadsheet import Cell, plain

SAMPLE = 500  # rows by which the columns are understood
HEADINGS_WITHIN = 60  # rows
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
    above = find_headings([cells for _, cells in sample], columns)
    found = columns or recognise(sample[above - 1][1])
    assert found is not None
    found = understood(found, [cells for _, cells in sample[above:]])
    preamble = Preamble([cells for _, cells in sample[:above]])
    yield replace(preamble.header(), is_card=found.is_sign_turned)
    table = Table(found, preamble, today, counts_from_1904=counts_from_1904)
    yield from table.items(chain(sample[above:], rows))
    yield table.footer()


def find_headings(rows: Sequence[Sequence[Cell]], columns: Columns | None) -> int:
    """How many rows stand above the first movement.

    Raises:
        UnreadableFile: there are no such headings.
    """
    if columns is not None and not columns.headings:
        return 0
    for number, cells in enumerate(rows[:HEADINGS_WITHIN], 1):
        if columns is None and recognise(cells) is not None:
            return number
        if columns is not None and headings_of(cells) == columns.headings:
            return number
    if columns is not None:
        raise UnreadableFile(
            "As colunas deste arquivo não são as do último: confira qual é qual.",
            code="other_headings",
        )
    raise UnreadableFile(
        "Não reconhecemos as colunas deste arquivo: informe onde estão data, descrição e valor.",
        code="columns_unknown",
    )


def understood(columns: Columns, rows: Sequence[Sequence[Cell]]) -> Columns:
    """With what the cells show of how the columns are written."""
    days = [cell for cells in rows if isinstance(cell := at(cells, columns.date), str)]
    money = (at(cells, position) for cells in rows for position in columns.money)
    mark = columns.decimal_mark or decimal_mark(c.strip() for c in money if isinstance(c, str))
    month_first = columns.is_month_first
    if month_first is None:
        month_first = is_month_first([day.strip() for day in days])
    return replace(columns, decimal_mark=mark, is_month_first=month_first)


class Table:
    def __init__(
        self, columns: Columns, preamble: Preamble, today: dt.date, *, counts_from_1904: bool
    ) -> None:
        self._columns, self._today = columns, today
        self._counts_from_1904 = counts_from_1904
        self._running = RunningBalance()
        self._opening, self._closing = preamble.opening, preamble.closing
        self._has_rows = self._has_typed_days = False
        self._day_rows: list[int] = []  # of a spreadsheet, which is bounded

    def items(self, rows: Iterable[Row]) -> Iterator[Item]:
        for number, cells in rows:
            item = self._item(number, cells)
            if item is None:
                continue
            self._has_rows = True
            if isinstance(item, UnreadRow):
                self._running.lose()
            yield item

    def footer(self) -> AccountFooter:
        if not self._has_rows:
            raise UnreadableFile("O arquivo não tem nenhum lançamento.", code="no_rows")
        swapped = self._day_rows if self._has_typed_days and not self._columns.swaps_days else ()
        return AccountFooter(
            self._opening or self._running.opening(),
            self._running.closing() or self._closing,
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
        text = self._text(cells)
        balance = self._balance(cells)
        if states_balance(text):
            stated = balance if balance is not None else self._amount(cells)
            return self._balance_row(number, day, stated, text)
        amount = self._amount(cells)
        if not amount:
            if amount is None and balance is None:
                raise NotRead("A linha não tem valor.")
            return BalanceRow(number, day, balance, text, False)
        self._running.take(day, amount, balance)
        return self._line(number, cells, day, amount, text)

    def _balance_row(
        self, number: int, day: dt.date | None, amount: Decimal | None, text: str
    ) -> BalanceRow:
        row = BalanceRow(number, day, amount, text, states_opening(text))
        if row.is_opening and amount is not None and self._opening is None:
            self._opening = Balance(amount, day)
        return row

    def _line(
        self, number: int, cells: Sequence[Cell], day: dt.date, amount: Decimal, text: str
    ) -> FileLine:
        columns = self._columns
        name = as_text(at(cells, columns.name))
        document = canonical(as_text(at(cells, columns.document)))
        source_id = as_text(at(cells, columns.source_id))[:LONGEST_ID]
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
            as_text(at(cells, columns.check_number))[:LONGEST_ID],
            end_to_end_id(source_id, text),
            None,
            day > self._today,
        )

    def _without_day(self, number: int, cells: Sequence[Cell], why: str) -> Item | None:
        """Headings again, a summary, a word to the reader; or a movement whose day is spoilt."""
        texts = [text for text in map(as_text, cells) if text]
        if not texts or self._is_headings(cells):
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
        has_day = any(sign.isdigit() for sign in as_text(at(cells, self._columns.date)))
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

    def _text(self, cells: Sequence[Cell]) -> str:
        parts = (as_text(at(cells, position)) for position in self._columns.texts)
        return " ".join(part for part in parts if part)[:LONGEST_TEXT]

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


def printed(cells: Sequence[Cell]) -> str:
    return " · ".join(text for text in map(as_text, cells) if text)[:LONGEST_TEXT]
