"""CSV as banks write it: any delimiter, titles above the headings, quotation marks anywhere."""

import csv
from collections import deque
from collections.abc import Iterable, Iterator
from datetime import date
from io import TextIOWrapper
from itertools import chain, islice
from typing import BinaryIO

from banking.statements.files.columns import Columns
from banking.statements.files.contract import Items, UnreadableFile
from banking.statements.files.encoding import opened
from banking.statements.files.layout import HEADINGS_WITHIN, layout_of
from banking.statements.files.table import read_table

DELIMITERS = ";,\t|"
LONGEST_LINE = 64 * 1024
MOST_LINES = 5  # that one field in quotation marks may take


def read_delimited(file: BinaryIO, *, today: date, columns: Columns | None = None) -> Items:
    """The one account of the file. Without `columns` they are recognised by their headings.

    Raises:
        UnreadableFile: its headings are not known or not those of `columns`, or there is no row.
    """
    with opened(file) as text:
        lines = lines_of(text)
        start = list(islice(lines, HEADINGS_WITHIN))
        delimiter = delimiter_of(start, columns)
        yield from read_table(records(chain(start, lines), delimiter), columns, today=today)


def first_rows(file: BinaryIO, count: int = 20) -> list[list[str]]:
    """For a person who says which column is which."""
    with opened(file) as text:
        start = list(islice(lines_of(text), HEADINGS_WITHIN))
    return [cells for _, cells in islice(records(start, most_usual(start)), count)]


def lines_of(text: TextIOWrapper) -> Iterator[str]:
    number = 0
    while line := text.readline(LONGEST_LINE):
        number += 1
        if len(line) == LONGEST_LINE:
            raise UnreadableFile(
                f"A linha {number} é longa demais: este arquivo não é um extrato em CSV.",
                code="broken",
                row=number,
            )
        yield line


def delimiter_of(lines: list[str], columns: Columns | None) -> str:
    """The one under which the headings are found; of several, that with the most columns."""
    if columns is not None and not columns.headings:
        return most_usual(lines)
    found: dict[str, int] = {}
    refusals = []
    for delimiter in DELIMITERS:
        rows = [cells for _, cells in records(lines, delimiter)]
        try:
            above, _ = layout_of(rows, columns)
            found[delimiter] = len(rows[max(above - 1, 0)])
        except UnreadableFile as error:
            refusals.append(error)
    if not found:
        raise refusals[0]
    return max(found, key=lambda delimiter: found[delimiter])


def most_usual(lines: list[str]) -> str:
    text = "".join(lines)
    return max(DELIMITERS, key=text.count)


def records(lines: Iterable[str], delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """The cells of each row, and the number of its first line.

    A quotation mark that is never closed is a letter: it takes no other row with it.
    """
    lines, waiting, number = iter(lines), deque[str](), 0
    while True:
        line = waiting.popleft() if waiting else next(lines, "")
        if not line:
            return
        number += 1
        if '"' not in line:
            yield number, line.rstrip("\n").split(delimiter)
            continue
        cells, more = quoted(line, waiting, lines, delimiter)
        yield number, cells
        number += more


def quoted(
    line: str, waiting: deque[str], lines: Iterator[str], delimiter: str
) -> tuple[list[str], int]:
    """The cells of a row with quotation marks, and how many further lines it takes."""
    pieces = [line]
    for more in range(MOST_LINES):
        cells = closed_row(pieces, delimiter)
        if cells is not None:
            for _ in range(more):
                waiting.popleft()
            return cells, more
        if len(waiting) <= more:
            following = next(lines, "")
            if not following:
                break
            waiting.append(following)
        pieces.append(waiting[more])
    return [cell.strip('" ') for cell in line.rstrip("\n").split(delimiter)], 0


def closed_row(pieces: list[str], delimiter: str) -> list[str] | None:
    """None when a quotation mark is still open at the end."""
    reader = csv.reader([*pieces, "after"], delimiter=delimiter)
    try:
        cells = next(reader)
    except (csv.Error, StopIteration):
        return None
    return cells if reader.line_num <= len(pieces) else None
