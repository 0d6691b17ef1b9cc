"""What every reader of a statement file gives, in the file's own order.

    AccountHeader, then its lines, balance rows and unread rows, then AccountFooter; and so on.

Nothing is kept: a file of a million lines takes no more memory than one of a thousand. Days are as
printed, without a time zone. Amounts are reais, negative for money out.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from core.errors import InvalidInput

LONGEST_TEXT = 500  # letters that are kept of a text
LONGEST_ID = 140
FIRST_YEAR, LAST_YEAR = 1990, 2099  # a day outside of them was not meant


class UnreadableFile(InvalidInput):
    """No statement can be read from the file. `row` is where, if it is one place."""

    def __init__(self, message: str, *, code: str, row: int | None = None) -> None:
        super().__init__(message, field="file", code=code)
        self.row = row


class NotRead(ValueError):
    """A field cannot be read; the message is a Portuguese sentence that says why."""


class Balance(NamedTuple):
    """That a file states for an account. The day is None where none is printed with it."""

    amount: Decimal
    day: date | None


@dataclass(frozen=True, slots=True)
class AccountHeader:
    """Begins an account. What the file does not print is empty or None. The same account may come
    twice in a file, with two periods."""

    bank_code: str = ""  # COMPE, three digits
    branch: str = ""  # as printed
    number: str = ""  # as printed
    currency: str = ""  # ISO 4217
    since: date | None = None
    until: date | None = None
    is_card: bool = False
    refused: str = ""  # why this account is not read, a sentence: none of its rows follow


class FileLine(NamedTuple):
    """A movement. A tuple, for there may be a million."""

    # CSV, XLSX, CNAB: of the file, from 1 on. OFX: the how manieth movement, for all of them may
    # stand on one line.
    row: int
    day: date
    amount: Decimal
    text: str  # never blank
    name: str  # of the other side, where the text or a field tells it
    document: str  # canonical; where parts are hidden, as printed
    source_id: str  # FITID or the like; may be repeated or change from file to file
    check_number: str  # of a cheque or document
    end_to_end_id: str  # of a Pix
    operation_day: date | None  # where the file tells it apart from the day of booking
    is_future: bool  # after today


class BalanceRow(NamedTuple):
    """A row among movements that moves no money: it states a balance, or nothing."""

    row: int
    day: date | None
    amount: Decimal | None
    text: str
    is_opening: bool  # «saldo anterior»


class UnreadRow(NamedTuple):
    """A row that has to be a movement and cannot be read. It hides no other."""

    row: int
    text: str  # as printed
    why: str  # a sentence


@dataclass(frozen=True, slots=True)
class AccountFooter:
    """Ends an account."""

    opening: Balance | None = None
    closing: Balance | None = None
    # False: the file ends in the middle of it, or its own counts say that rows are missing.
    is_whole: bool = True
    # Of an XLSX that mixes days with texts of days: rows whose day and month may have changed
    # places when a spreadsheet program opened a CSV.
    swapped_rows: tuple[int, ...] = ()


Item = AccountHeader | FileLine | BalanceRow | UnreadRow | AccountFooter
Items = Iterator[Item]


@dataclass(frozen=True, slots=True)
class ReadAccount:
    """An account of a file that is small enough to be held."""

    header: AccountHeader
    lines: list[FileLine]
    balances: list[BalanceRow]
    unread: list[UnreadRow]
    footer: AccountFooter


def collect(items: Items) -> list[ReadAccount]:
    """All accounts of a file, held in memory."""
    accounts: list[ReadAccount] = []
    header = AccountHeader()
    lines: list[FileLine] = []
    balances: list[BalanceRow] = []
    unread: list[UnreadRow] = []
    for item in items:
        if isinstance(item, AccountHeader):
            header, lines, balances, unread = item, [], [], []
        elif isinstance(item, AccountFooter):
            accounts.append(ReadAccount(header, lines, balances, unread, item))
        elif isinstance(item, FileLine):
            lines.append(item)
        elif isinstance(item, BalanceRow):
            balances.append(item)
        else:
            unread.append(item)
    return accounts
