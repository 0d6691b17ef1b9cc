"""A spreadsheet is read as it was meant, or every place where it is wrong is named."""

import string
import zipfile
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from accounts.importing.reader import MAX_BYTES, MAX_ROWS, read_chart
from accounts.importing.spreadsheet import ACCOUNT, GROUP, Row
from accounts.importing.writer import write_chart
from accounts.models import Nature
from core.errors import InvalidInput
from core.text import has_letter, read_line
from tests.accounts.xlsx import TITLES, book


def problems(*lines: list, **more) -> list[str]:
    return [str(problem) for problem in read_chart(book(*lines, **more)).problems]


def rows(*lines: list, **more) -> list[Row]:
    sheet = read_chart(book(*lines, **more))
    assert sheet.problems == []
    return sheet.rows


def test_a_line_is_read_with_all_its_columns() -> None:
    line = ["1.10", " Caixa  geral ", 2, "Analítica", "ativo", "1", "X-7"]

    assert rows(line) == [Row(2, "1.10", "Caixa geral", ACCOUNT, 2, Nature.ASSET, "1", "X-7")]


def test_columns_stand_in_any_order_with_titles_above_and_lines_between() -> None:
    titles = ["TIPO", None, "nome ", "CODIGO"]

    found = rows(["S", "", "Ativo", "1"], [None], ["a", "", "Caixa", "1.1"], titles=titles, above=3)

    assert [(row.line, row.code, row.kind) for row in found] == [
        (5, "1", GROUP),
        (7, "1.1", ACCOUNT),
    ]


@pytest.mark.parametrize(
    ("typed", "kind"),
    [
        ("Sintética", GROUP),
        ("sintetico", GROUP),
        ("GRUPO", GROUP),
        ("Conta", ACCOUNT),
        ("A", ACCOUNT),
    ],
)
def test_the_type_is_known_by_the_words_that_accountants_use(typed: str, kind: str) -> None:
    assert rows(["1", "Ativo", 1, typed])[0].kind == kind


def test_a_whole_number_is_a_code_and_a_name() -> None:
    (row,) = rows([1, 2026, 1, "S", "Ativo", "", 77])

    assert (row.code, row.name, row.external_code) == ("1", "2026", "77")


def test_a_code_that_comes_twice_is_told_with_the_other_line() -> None:
    lines = (["1", "Ativo", 1, "S"], ["2", "Passivo", 1, "S"], ["1", "Outro", 1, "S"])
    (problem,) = read_chart(book(*lines)).problems

    assert (problem.line, problem.column) == (4, "A")
    assert "linha 2" in str(problem)


def test_everything_that_is_wrong_is_told_at_once() -> None:
    assert len(problems(["1", "", 1, "S"], ["2", "", 1, "X"], ["3", "Certo", 1, "S"])) == 3


def test_what_is_told_has_an_end() -> None:
    assert 50 <= len(problems(*[[str(n), "", 1, "S"] for n in range(500)])) < 55


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "unreadable"),
        (b"codigo;nome\n1;Ativo\n", "unreadable"),
        (b"PK\x03\x04" + b"\x00" * 40, "unreadable"),
        (bytes.fromhex("d0cf11e0a1b11ae1") + b"\x00" * 600, "locked_or_old"),
    ],
    ids=["empty", "csv", "broken", "old or locked"],
)
def test_a_file_that_is_no_xlsx_is_told(content: bytes, code: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_chart(content)

    assert (refused.value.field, refused.value.code) == ("file", code)


def test_a_zip_that_is_no_spreadsheet_is_told() -> None:
    content = BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("a.txt", "nada")

    with pytest.raises(InvalidInput) as refused:
        read_chart(content.getvalue())

    assert refused.value.code == "unreadable"


@pytest.mark.parametrize("keep", [0.3, 0.6, 0.95])
def test_a_file_that_was_cut_is_told(keep: float) -> None:
    whole = book(["1", "Ativo", 1, "S"])

    with pytest.raises(InvalidInput) as refused:
        read_chart(whole[: int(len(whole) * keep)])

    assert refused.value.code == "unreadable"


def test_a_file_that_unpacks_to_too_much_is_told_before_it_is() -> None:
    content = BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"\x00" * (60 * 1024 * 1024))

    with pytest.raises(InvalidInput) as refused:
        read_chart(content.getvalue())

    assert refused.value.code == "unreadable"


def test_a_file_that_is_too_large_is_told() -> None:
    with pytest.raises(InvalidInput) as refused:
        read_chart(b"PK" + b"\x00" * MAX_BYTES)

    assert refused.value.code == "too_large"


def test_a_cell_far_away_is_told_and_not_laid_out() -> None:
    made = Workbook()
    made.active.append(TITLES)
    made.active.cell(1_048_576, 16_384).value = "longe"
    content = BytesIO()
    made.save(content)

    with pytest.raises(InvalidInput) as refused:
        read_chart(content.getvalue())

    assert refused.value.code == "too_many_cells"


def test_more_rows_than_fit_are_told() -> None:
    with pytest.raises(InvalidInput) as refused:
        read_chart(book(*[[str(n), "Conta", 1, "S"] for n in range(MAX_ROWS + 30)]))

    assert refused.value.code == "too_many_cells"


@pytest.mark.parametrize(
    ("titles", "code"),
    [(["A", "B"], "no_headings"), (["Código", "Nome"], "missing_column")],
)
def test_titles_that_are_missing_are_told(titles: list[str], code: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_chart(book(["1", "Ativo"], titles=titles))

    assert refused.value.code == code


def test_a_sheet_without_rows_is_told() -> None:
    with pytest.raises(InvalidInput, match="nenhuma linha"):
        read_chart(book())


def test_the_first_visible_sheet_is_read() -> None:
    made = Workbook()
    made.active.title, made.active.sheet_state = "Escondida", "hidden"
    sheet = made.create_sheet("Plano")
    sheet.append(TITLES)
    sheet.append(["1", "Ativo", 1, "S"])
    content = BytesIO()
    made.save(content)

    read = read_chart(content.getvalue())

    assert (read.name, [row.code for row in read.rows]) == ("Plano", ["1"])


# --- There and back -----------------------------------------------------------------------

TEXT = (
    st.text(
        st.characters(codec="utf-8", exclude_categories=["C", "Z"]) | st.just(" "),
        min_size=1,
        max_size=40,
    )
    .map(read_line)
    .filter(lambda text: has_letter(text) and len(text) <= 40)
)
CODES = st.lists(
    st.lists(st.text(string.digits + "AB", min_size=1, max_size=3), min_size=1, max_size=4).map(
        ".".join
    ),
    min_size=1,
    max_size=8,
    unique=True,
)


@given(
    CODES,
    TEXT,
    st.sampled_from([GROUP, ACCOUNT]),
    st.none() | st.integers(1, 9),
    st.sampled_from(["", *Nature.values]),
)
def test_what_was_written_is_read_as_it_was(codes, name, kind, level, nature) -> None:
    written = [
        Row(line, code, name, kind, level, nature, code, name) for line, code in enumerate(codes, 2)
    ]

    sheet = read_chart(write_chart(written))

    assert (sheet.rows, sheet.problems) == (written, [])


@pytest.mark.parametrize("name", ["=SOMA(A1)", "+55", "-1", "@x", "01/02", "1e5", "#REF!"])
def test_a_name_that_looks_like_something_else_stays_a_name(name: str) -> None:
    (row,) = read_chart(write_chart([Row(2, "1.10", name, GROUP)])).rows

    assert (row.code, row.name) == ("1.10", name)
