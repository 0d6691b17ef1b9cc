"""An XLSX that is written while it is sent."""

import tracemalloc
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from io import BytesIO

import pytest
from openpyxl import load_workbook

from core.workbook import Column, Value
from core.xlsx_stream import xlsx_parts

COLUMNS = [Column("Data", 12), Column("Texto", 30), Column("Valor"), Column("Quantos")]


def sheet_of(*rows: tuple[Value, ...]):  # type: ignore[no-untyped-def]
    content = b"".join(xlsx_parts("Extrato", COLUMNS, rows))
    return load_workbook(BytesIO(content))["Extrato"]


def test_days_are_days_money_is_a_number_and_the_rest_is_text() -> None:
    sheet = sheet_of((date(2026, 11, 30), "Ação & <b>", Decimal("-1234.50"), 3))

    day, text, money, number = sheet[2]
    assert (day.value.date(), day.is_date) == (date(2026, 11, 30), True)
    assert (text.value, text.data_type) == ("Ação & <b>", "s")
    assert (Decimal(str(money.value)), money.number_format) == (Decimal("-1234.5"), "#,##0.00")
    assert number.value == 3
    assert [each.value for each in sheet[1]] == [column.title for column in COLUMNS]
    assert sheet.freeze_panes == "A2"


@pytest.mark.parametrize("text", ["=1+1", "+55 11", "-1", "@soma", '=HYPERLINK("a")', " a ", "01"])
def test_a_text_stays_a_text(text: str) -> None:
    cell = sheet_of((None, text, None, None))[2][1]

    assert (cell.value, cell.data_type) == (text, "s")


def test_what_no_file_may_hold_is_left_out() -> None:
    assert sheet_of((None, "a\x00\x0b\ufffeb", None, None))[2][1].value == "ab"


def peak(count: int) -> int:
    def rows() -> Iterator[tuple[Value, ...]]:
        for number in range(count):
            yield date(2026, 11, 30), f"Pagamento {number}", Decimal("-10.00"), number

    tracemalloc.start()
    for _ in xlsx_parts("Extrato", COLUMNS, rows()):
        pass
    _, highest = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return highest


def test_many_rows_take_no_more_memory_than_few() -> None:
    peak(10)

    assert peak(20_000) < 2 * 1024 * 1024
