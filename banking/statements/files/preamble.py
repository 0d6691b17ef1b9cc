"""What stands above the headings of a table: account, period, balances."""

import re
from collections.abc import Sequence

from banking.statements.files.amounts import read_amount
from banking.statements.files.cells import as_text
from banking.statements.files.contract import (
    LONGEST_ID,
    LONGEST_TEXT,
    AccountHeader,
    Balance,
    NotRead,
)
from banking.statements.files.days import read_day
from banking.statements.files.particulars import OPENING
from core.spreadsheet import Cell
from core.text import fold

BRANCH = re.compile(r"\bag(?:encia|\.)?[^\d;]{0,12}(\d[\d-]*[\dx]?)", re.ASCII)
ACCOUNT = r"(\d[\d.]*(?:-[\dx]+)*)(?!\d)"
# Not the 6 of «conta corrente C6», nor the day of «saldo em conta em 30/11/2026».
NUMBER = re.compile(
    rf"\b(?:conta\b[^\d;]{{0,30}}|c/?c\b[^\w;]{{0,4}})(?<![a-z]){ACCOUNT}(?! ?/ ?\d)", re.ASCII
)
# «Agência/Conta: 0001/12345-6», «Conta: 0001 000012345-6».
BOTH = re.compile(
    rf"\bconta\b[^\d;]{{0,30}}(?<![a-z])(\d{{3,5}}(?:-[\dx])?)(?: ?/ ?| (?=\d{{5}})){ACCOUNT}",
    re.ASCII,
)
PERIOD = re.compile(r"(\d\d/\d\d/\d{4})\D{1,12}(\d\d/\d\d/\d{4})", re.ASCII)
DAY = re.compile(r"\d\d/\d\d/\d{4}", re.ASCII)
NOT_OURS = ("bloq", "limite")  # what an account may not or not only pay with
MONEY = re.compile(r"-?(?:r\$ ?)?-?\d[\d.]*,\d\d(?!\d)", re.ASCII)


class Preamble:
    def __init__(self, rows: Sequence[Sequence[Cell]]) -> None:
        self.opening: Balance | None = None
        self.closing: Balance | None = None
        self._texts = [text for text in map(text_of, rows) if text]
        for text in self._texts:
            self._note_balance(text)

    def header(self) -> AccountHeader:
        period, both = self._first(PERIOD), self._first(BOTH)
        branch = both or self._first(BRANCH)
        number = both[2] if both else found[1] if (found := self._first(NUMBER)) else ""
        try:
            days = (read_day(period[1]), read_day(period[2])) if period else (None, None)
        except NotRead:
            days = (None, None)
        return AccountHeader(
            branch=branch[1][:LONGEST_ID] if branch else "",
            number=number[:LONGEST_ID],
            since=days[0],
            until=days[1],
        )

    def _first(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        return next((m for m in map(pattern.search, self._texts) if m), None)

    def _note_balance(self, text: str) -> None:
        money = MONEY.search(text)
        if "saldo" not in text or money is None or any(word in text for word in NOT_OURS):
            return
        day = DAY.search(text)
        try:
            amount = read_amount(money[0].upper(), ",")
            found = (
                Balance(amount, read_day(day[0]) if day else None) if amount is not None else None
            )
        except NotRead:
            return
        if any(word in text for word in OPENING):
            self.opening = self.opening or found
        else:
            self.closing = self.closing or found


def text_of(cells: Sequence[Cell]) -> str:
    """With whole numbers: a spreadsheet holds that of an account so."""
    texts = (as_text(cell) for cell in cells if isinstance(cell, str) or is_whole(cell))
    return fold(" ".join(text for text in texts if text)[:LONGEST_TEXT])


def is_whole(cell: Cell) -> bool:
    return isinstance(cell, int | float) and not isinstance(cell, bool) and cell == cell // 1
