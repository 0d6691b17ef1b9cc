"""What an import says at a cell."""

from datetime import date

import pytest

from charges.importing.values import Cells, read_cep, read_day, read_document, read_percent
from core.errors import InvalidInput


@pytest.mark.parametrize(
    ("reader", "typed", "mark"),
    [
        (read_cep, "1310100", "Lido como 01310-100: faltava o zero no começo."),
        (read_document, "1164082", "Lido como 000.011.640-82: faltavam zeros no começo."),
        (read_day, "10/12/26", "Lido como 10/12/2026."),
    ],
)
def test_what_is_taken_for_something_else_is_said(reader, typed, mark) -> None:
    assert reader(typed)[1] == mark


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("12/25/2026", "O mês e o dia estão trocados: escreva como 31/12/2026."),
        ("31/11/2026", "Esta data não existe. Escreva como 31/12/2026."),
        ("amanhã", "Escreva o dia como 31/12/2026."),
    ],
)
def test_a_day_that_is_none(typed: str, sentence: str) -> None:
    cells = Cells({"due_date": typed}, {}, {})
    nothing: date | None = None

    assert cells.read("due_date", read_day, nothing) is None
    assert cells.faults == {"due_date": sentence}


def test_a_percentage_that_a_spreadsheet_divided() -> None:
    with pytest.raises(InvalidInput) as refused:
        read_percent("0,02")

    assert str(refused.value) == (
        "0,02 em uma célula de porcentagem é 2 %: escreva 2, ou 0,02 % se é isso mesmo."
    )
