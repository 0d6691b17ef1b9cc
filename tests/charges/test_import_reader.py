"""What a spreadsheet has in its cells, as a person would have typed it."""

import datetime as dt
from decimal import Decimal
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from openpyxl import Workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from brazil.errors import InvalidValue
from charges.importing.reader import (
    BOUNDS,
    HEADINGS_WITHIN,
    ReadRow,
    day_of_serial,
    merged_below,
    read_file,
)
from charges.importing.values import (
    read_count,
    read_day,
    read_document,
    read_money,
    read_percent,
    split_street,
)
from core.errors import InvalidInput
from core.spreadsheet import column_letter
from tests.accounts.xlsx import book
from tests.charges.sheets import TITLES, line
from tests.security.hostile_xlsx import REFUSED

D = Decimal


def read(*lines: list[Any], titles: list[Any] | None = None) -> list[ReadRow]:
    return list(read_file(book(*lines, titles=titles or TITLES), "charges").rows)


def saved(made: Workbook) -> bytes:
    content = BytesIO()
    made.save(content)
    return content.getvalue()


def with_cached_value(content: bytes, value: str) -> bytes:
    """As a spreadsheet program saves a formula: with what it came to."""
    written = BytesIO()
    with ZipFile(BytesIO(content)) as old, ZipFile(written, "w") as new:
        for name in old.namelist():
            part = old.read(name)
            if name == "xl/worksheets/sheet1.xml":
                part = part.replace(b"</f><v />", f"</f><v>{value}</v>".encode())
                part = part.replace(b"</f><v></v>", f"</f><v>{value}</v>".encode())
            new.writestr(name, part)
    return written.getvalue()


def test_numbers_days_and_serials_become_what_a_person_types() -> None:
    cells = [11222333000181, " Padaria  Aurora ", 1250.5, dt.date(2026, 12, 10), 12, 2231.0]
    (row,) = read(cells)

    assert list(row.cells.values()) == [
        "11222333000181", "Padaria  Aurora", "1250,5", "10/12/2026", "12", "2231",
    ]  # fmt: skip
    assert row.remarks == {}
    (row,) = read(line(due=46366, amount=0.1 + 0.2))
    assert (row.cells["due_date"], row.cells["amount"]) == ("10/12/2026", "0,3")
    assert list(row.remarks) == ["due_date"]


def test_days_of_a_file_that_counts_from_1904() -> None:
    made = Workbook()
    made.epoch = CALENDAR_MAC_1904
    made.active.append(TITLES)
    made.active.append(line(due=dt.date(2026, 12, 10)))
    made.active.append(line(due=46366 - 1462))

    found = read_file(saved(made), "charges").rows

    assert [row.cells["due_date"] for row in found] == ["10/12/2026"] * 2


def test_a_formula_is_read_by_its_saved_value_or_asked_for() -> None:
    content = book(line(amount="=1000+250"), titles=TITLES)
    (bare,) = read_file(content, "charges").rows
    (row,) = read_file(with_cached_value(content, "1250"), "charges").rows

    assert (list(bare.unread), "amount" in bare.cells) == (["amount"], False)
    assert (row.cells["amount"], list(row.remarks)) == ("1250", ["amount"])


def test_a_merged_cell_is_told_in_each_row_that_it_covers() -> None:
    made = Workbook()
    made.active.append(TITLES)
    for number in ("1", "2", "3"):
        made.active.append(line(number=number))
    made.active.merge_cells("B2:B4")
    found = read_file(saved(made), "charges").rows

    assert [list(row.unread) for row in found] == [[], ["name"], ["name"]]


def test_hidden_sheets_titles_above_and_empty_rows_are_passed_over() -> None:
    made = Workbook()
    made.active.title, made.active.sheet_state = "Antiga", "hidden"
    sheet = made.create_sheet("Vendas")
    for cells in (["Vendas de dezembro"], [], [*TITLES, "Vendedor"], line(), [None, " "], line()):
        sheet.append(cells)
    found = read_file(saved(made), "charges")

    assert (found.sheet, [row.line for row in found.rows]) == ("Vendas", [4, 6])
    assert found.ignored == ["Vendedor"]


def test_an_error_of_the_spreadsheet_is_no_text() -> None:
    (row,) = read(line(name="#REF!"))

    assert list(row.unread) == ["name"]


@pytest.mark.parametrize(
    "content",
    [
        "CPF/CNPJ;Nome;Valor;Vencimento;Descrição\n11222333000181;São João;1.250,00;10/12/2026;A\n",
        'CNPJ,Cliente,Valor,Vencimento,Descrição\n11222333000181,São João,"1.250,00",10/12/2026,A',
        "\ufeffCNPJ\tSacado\tValor\tVencimento\tHistórico\n11222333000181\tSão João\t1.250,00"
        "\t10/12/2026\tA",
    ],
    ids=["semicolons", "commas", "tabs"],
)
@pytest.mark.parametrize("encoding", ["utf-8", "cp1252"])
def test_csv(content: str, encoding: str) -> None:
    (row,) = read_file(content.encode(encoding, errors="ignore"), "charges").rows

    assert row.cells == {
        "document": "11222333000181", "name": "São João", "amount": "1.250,00",
        "due_date": "10/12/2026", "description": "A",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"\x89PNG\r\n\x1a\n" + b"\x00" * 90, "another_kind"),
        (b"%PDF-1.7 ...", "another_kind"),
        (b"<html><table><tr><td>CNPJ</td></tr></table></html>", "another_kind"),
        (bytes.fromhex("d0cf11e0a1b11ae1") + b"\x00" * 600, "locked_or_old"),
        (b"PK\x03\x04" + b"\x00" * 40, "unreadable"),
        (b"CNPJ;Valor\x00;Vencimento", "unreadable"),
        (b"um texto sem coluna nenhuma", "no_headings"),
        (book(["1", "2"], titles=["CNPJ", "Valor"]), "missing_column"),
        (book(titles=TITLES), "no_rows"),
        (b"CNPJ;Valor\n" * (BOUNDS.rows + 60), "too_many_cells"),
        (b"x" * (BOUNDS.size + 1), "too_large"),
        (REFUSED["a bomb"](), "unreadable"),
    ],
    ids=[
        "empty", "picture", "PDF", "page", "locked or old", "broken", "binary", "no headings",
        "a heading missing", "no rows", "too many rows", "too large", "bomb",
    ],
)  # fmt: skip
def test_a_file_that_is_none_is_told(content: bytes, code: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_file(content, "charges")

    assert (refused.value.field, refused.value.code) == ("file", code)


@pytest.mark.parametrize("count", [BOUNDS.rows + 1, BOUNDS.rows + 1_000])
def test_more_rows_than_are_taken_are_refused_with_how_many_there_are(count: int) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_file(book(*[line()] * count, titles=TITLES), "charges")

    assert refused.value.code in {"too_many_rows", "too_many_cells"}
    assert "o máximo é" in str(refused.value) and "5.000" in str(refused.value)
    assert any(f"{told:,}".replace(",", ".") in str(refused.value) for told in (count, count + 1))


def test_a_column_is_known_by_many_names_and_only_once() -> None:
    titles = ["Documento", "CNPJ", "Razão social", "VALOR (R$)", "Data de vencimento", "Histórico"]
    (row,) = read(["NF 9", "1", "A", "5", "10/12/2026", "B"], titles=titles)

    assert row.cells == {
        "document_number": "NF 9", "document": "1", "name": "A", "amount": "5",
        "due_date": "10/12/2026", "description": "B",
    }  # fmt: skip


# --- What a text stands for -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "document", "marked"),
    [
        ("11.222.333/0001-81", "11222333000181", False),
        ("3778130000148", "03778130000148", True),  # a number without its first zero
        ("52998224725", "52998224725", False),
        ("1164082", "00001164082", True),
    ],
)
def test_a_document_that_lost_its_zeros(typed: str, document: str, marked: bool) -> None:
    found, mark = read_document(typed)

    assert (found, bool(mark)) == (document, marked)


@pytest.mark.parametrize("typed", ["1122233300018", "123", "191", "1,12223E+13", "11222333000182"])
def test_a_document_whose_check_digits_do_not_hold_is_never_filled_up(typed: str) -> None:
    with pytest.raises((InvalidInput, InvalidValue)):
        read_document(typed)


@pytest.mark.parametrize("typed", ["1.250,50", "1250.5", "R$ 1.250,50", "1250,5", "R$1250,50"])
def test_an_amount_as_text(typed: str) -> None:
    assert read_money(typed)[0] == D("1250.50")


@pytest.mark.parametrize("typed", ["10/12/2026", "2026-12-10", "10.12.2026", "10/12/26"])
def test_a_day_as_text(typed: str) -> None:
    assert read_day(typed)[0] == dt.date(2026, 12, 10)


@pytest.mark.parametrize("typed", ["31/11/2026", "12/25/2026", "amanhã", "46366"])
def test_a_day_that_is_none(typed: str) -> None:
    with pytest.raises(InvalidInput):
        read_day(typed)


def test_two_percent_of_a_cell_for_percentages_is_not_a_fiftieth() -> None:
    assert (read_percent("2")[0], read_percent("0,02 %")[0]) == (D(2), D("0.02"))
    with pytest.raises(InvalidInput):
        read_percent("0,02")


@pytest.mark.parametrize(("typed", "count"), [("3", 3), ("12x", 12), ("2,0", 2)])
def test_how_many_instalments(typed: str, count: int) -> None:
    assert read_count(typed)[0] == count


@pytest.mark.parametrize(
    ("typed", "both"),
    [
        ("Avenida Paulista, 1000", ("Avenida Paulista", "1000")),
        ("Rua 7 de Setembro nº 1.200", ("Rua 7 de Setembro", "1.200")),
        ("Rua das Flores, s/n", ("Rua das Flores", "S/N")),
        ("Rua 7", None),
    ],
)
def test_a_street_with_its_number(typed: str, both: tuple[str, str] | None) -> None:
    assert split_street(typed) == both


def test_merged_cells_without_end_are_not_laid_out() -> None:
    wide = [(f"{column_letter(n)}1", f"{column_letter(n)}9999999") for n in range(1, 10_001)]

    assert len(merged_below(wide)) <= BOUNDS.columns * (BOUNDS.rows + HEADINGS_WITHIN)
    assert len(merged_below([("A1", "A9")] * 10_000)) == 8


@pytest.mark.parametrize("number", [float("inf"), float("nan")])
def test_a_number_that_is_none_is_no_day(number: float) -> None:
    assert day_of_serial(number, False)[1] == ""
