"""Read a statement file of any kind."""

from datetime import date
from typing import BinaryIO

from banking.statements.files import delimited, sheet
from banking.statements.files.cnab240 import read_cnab240
from banking.statements.files.columns import Columns
from banking.statements.files.contract import Items
from banking.statements.files.detect import Kind, detect
from banking.statements.files.ofx import read_ofx


def read_statement(file: BinaryIO, *, today: date, columns: Columns | None = None) -> Items:
    """The accounts of the file with their rows, in its order. `file` is read as they are taken and
    stays open. `columns`: of a CSV or an XLSX, as they are remembered; recognised without.

    Raises:
        UnreadableFile: no statement can be read from it.
    """
    kind = detect(file)
    if kind == Kind.OFX:
        yield from read_ofx(file, today=today)
    elif kind == Kind.CNAB240:
        yield from read_cnab240(file, today=today)
    elif kind == Kind.XLSX:
        yield from sheet.read_sheet(file, today=today, columns=columns)
    else:
        yield from delimited.read_delimited(file, today=today, columns=columns)


def first_rows(file: BinaryIO) -> list[list[str]]:
    """Of a CSV or an XLSX, for a person who says which column is which.

    Raises:
        UnreadableFile: it cannot be read, or has no columns.
    """
    return sheet.first_rows(file) if detect(file) == Kind.XLSX else delimited.first_rows(file)
