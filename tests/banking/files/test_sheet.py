"""XLSX: the columns of a CSV, in cells of several kinds."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest

from banking.statements.files.columns import Columns, recognise
from banking.statements.files.contract import UnreadableFile
from banking.statements.files.sheet import first_rows, read_sheet
from tests.banking.files.making import account_of, accounts_of, workbook

HEADINGS = ["Data", "Histórico", "Valor"]


def read(*rows: Sequence[Any], columns: Columns | None = None):
    return account_of(read_sheet, workbook(*rows), columns=columns)


def test_days_and_amounts_are_read_from_cells_of_any_kind() -> None:
    found = read(
        ["Extrato"],
        [],
        HEADINGS,
        [46327, "PIX RECEBIDO", 150.0],
        [datetime(2026, 11, 2, 10, 30), "TARIFA", -12.5],
        [date(2026, 11, 13), "PIX", 0.1 + 0.2],
        ["14/11/2026", "PAGTO", "-1.234,56"],
    )

    assert [(line.row, line.day, line.amount) for line in found.lines] == [
        (4, date(2026, 11, 1), Decimal("150.00")),
        (5, date(2026, 11, 2), Decimal("-12.50")),
        (6, date(2026, 11, 13), Decimal("0.30")),
        (7, date(2026, 11, 14), Decimal("-1234.56")),
    ]


@pytest.mark.parametrize("cell", [1, 999_999, True, "ontem", 1e300])
def test_a_number_that_is_no_day_is_unread(cell: Any) -> None:
    found = read(HEADINGS, [cell, "PIX", 5], ["03/11/2026", "PIX", 6])

    assert ([line.row for line in found.lines], [row.row for row in found.unread]) == ([3], [2])


@pytest.mark.parametrize("cell", [0.123, 1e12, True, "x"])
def test_a_number_that_is_no_money_is_unread(cell: Any) -> None:
    found = read(HEADINGS, ["03/11/2026", "PIX", cell])

    assert [row.row for row in found.unread] == [2]


def test_days_that_may_have_changed_places_are_told_and_put_right_when_a_person_says_so() -> None:
    rows = [
        HEADINGS,
        [date(2026, 2, 11), "PIX", 100.0],
        [date(2026, 5, 11), "PAGTO", -50.0],
        ["13/11/2026", "PAGTO", -40.0],
    ]
    columns = recognise(HEADINGS)
    assert columns is not None

    told = read(*rows)
    right = read(*rows, columns=Columns(columns.headings, 0, 2, texts=(1,), swaps_days=True))

    assert told.footer.swapped_rows == (2, 3)
    assert [line.day.month for line in right.lines] == [11, 11, 11]
    assert right.footer.swapped_rows == ()


def test_columns_that_begin_further_right_are_found() -> None:
    found = read(["", *HEADINGS], ["", "03/11/2026", "PIX", 5])

    assert [line.amount for line in found.lines] == [Decimal(5)]


def test_a_person_sees_the_first_rows() -> None:
    assert first_rows(BytesIO(workbook(HEADINGS, ["03/11/2026", "PIX", 5.0]))) == [
        HEADINGS,
        ["03/11/2026", "PIX", "5"],
    ]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (workbook(HEADINGS), "no_rows"),
        (workbook(["a", "b"]), "columns_unknown"),
        (b"PK\x03\x04broken", "unreadable"),
        (b"", "unreadable"),
    ],
)
def test_a_file_that_yields_nothing_is_refused(content: bytes, code: str) -> None:
    with pytest.raises(UnreadableFile) as refused:
        accounts_of(read_sheet, content)

    assert refused.value.code == code


def test_the_number_of_an_account_may_be_a_number() -> None:
    found = read(["AGENCIA", 4334, "CONTA", 130053675], HEADINGS, ["03/11/2026", "PIX", 5])

    assert (found.header.branch, found.header.number) == ("4334", "130053675")
