"""The form by which a person says which column of a table is which."""

from reconciliation.forms.imports import ColumnsForm

ROWS = [
    ["Quando", "Quem", "Quanto", "Tipo", "Moeda"],
    ["05/11/2026", "ALFA", "100,00", "C", "BRL"],
    ["06/11/2026", "BETA", "50,00", "D", "BRL"],
]


def test_it_begins_with_what_the_file_shows() -> None:
    form = ColumnsForm(ROWS)

    assert (form.initial["headings"], form["date"].value(), form["text"].value()) == (1, 0, 1)
    assert (form["amount"].value(), form["direction"].value()) == (2, 3)


def test_a_direction_may_be_said_and_a_currency_is_known() -> None:
    form = ColumnsForm(ROWS, {"headings": "1", "date": "0", "amount": "2", "direction": "3"})

    assert form.is_valid()
    assert (form.columns.amount, form.columns.direction, form.columns.currency) == (2, 3, 4)
