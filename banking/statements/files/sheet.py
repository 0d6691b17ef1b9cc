"""XLSX: the first visible sheet, by the same columns as a CSV. Up to 100 000 movements."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from itertools import islice
from typing import BinaryIO

from banking.statements.files.cells import as_text
from banking.statements.files.columns import Columns
from banking.statements.files.contract import Items, UnreadableFile
from banking.statements.files.table import read_table
from core.errors import InvalidInput
from core.spreadsheet import Bounds, rows_of, surveyed
from core.xlsx_package import Limits, Survey

MB = 1024 * 1024
# Its cells are laid out in memory before the first is read.
BOUNDS = Bounds(size=20 * MB, rows=100_100, columns=60)
LIMITS = Limits(unpacked=96 * MB, elements=4_000_000, text=12_000_000)


def read_sheet(file: BinaryIO, *, today: date, columns: Columns | None = None) -> Items:
    """The one account of the file. Without `columns` they are recognised by their headings.

    Raises:
        UnreadableFile: it is no spreadsheet that can be read or is too large; its headings are not
            known or not those of `columns`; or there is no row.
    """
    with in_words():
        found = laid_out(file)
        yield from read_table(
            enumerate(rows_of(found), 1),
            columns,
            today=today,
            counts_from_1904=found.counts_from_1904,
        )


def first_rows(file: BinaryIO, count: int = 20) -> list[list[str]]:
    """For a person who says which column is which."""
    with in_words():
        rows = rows_of(laid_out(file))
        return [[as_text(cell) for cell in cells] for cells in islice(rows, count)]


def laid_out(file: BinaryIO) -> Survey:
    file.seek(0)
    return surveyed(file.read(BOUNDS.size + 1), BOUNDS, LIMITS)


@contextmanager
def in_words() -> Iterator[None]:
    """What spreadsheets are refused for is what a statement is refused for."""
    try:
        yield
    except UnreadableFile:
        raise
    except InvalidInput as error:
        raise UnreadableFile(str(error), code=error.code) from None
