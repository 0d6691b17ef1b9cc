"""What is proposed to a person who says which column is which."""

from banking.statements.files.proposal import proposed


def test_columns_without_known_headings_are_proposed_by_what_they_hold() -> None:
    rows = [
        ["x", "05/11/2026", "12", "ALFA LTDA", "100,00"],
        ["", "06/11/2026", "13", "B", "-5,00"],
    ]

    assert proposed(["", "Liquidado em", "Nº", "Quem", "Quanto"], rows) == {
        "date": 1,
        "amount": 4,
        "text": 3,
    }


def test_headings_go_before_what_cells_hold() -> None:
    rows = [["05/11/2026", "06/11/2026", "1,00", "2,00", "ALFA"]]

    assert proposed(["Emissão", "Data", "Tarifa", "Valor", "Histórico"], rows) == {
        "date": 1,
        "amount": 3,
        "text": 4,
    }


def test_a_direction_is_proposed_where_it_says_in_or_out() -> None:
    titles = ["Quando", "Quanto", "Tipo"]

    assert "direction" in proposed(titles, [["05/11/2026", "1,00", "D"]])
    assert "direction" not in proposed(titles, [["05/11/2026", "1,00", "Pix"]])
