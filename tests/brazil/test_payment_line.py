import csv
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given

from brazil.arrecadacao import Arrecadacao
from brazil.boleto import Boleto
from brazil.payment_line import parse_payment_line
from tests.brazil.cases import HOSTILE, NOT_TEXT, SAMPLES, hostile_text, is_sentence, reason_of

TODAY = date(2026, 11, 22)
BOLETO_LINE = "40390001060000000001823456789017816390000123456"
BILL_LINE = "846900000007432100481006118097565733130015896363"


def refusal(text: object) -> str | None:
    return reason_of(lambda value: parse_payment_line(value, today=TODAY), text)


@pytest.mark.parametrize(
    ("text", "kind", "line"),
    [
        (BOLETO_LINE, Boleto, BOLETO_LINE),
        ("40398163900001234560001000000000012345678901", Boleto, BOLETO_LINE),
        (BILL_LINE, Arrecadacao, BILL_LINE),
        ("84690000000432100481001180975657313001589636", Arrecadacao, BILL_LINE),
    ],
)
def test_the_length_and_the_first_digit_say_which_bill_it_is(text, kind, line):
    bill = parse_payment_line(text, today=TODAY)

    assert isinstance(bill, kind)
    assert bill.linha_digitavel == line


@pytest.mark.parametrize("length", [1, 43, 45, 46, 49, 75])
def test_another_length_is_refused(length):
    assert refusal("1" * length) == (
        f"A linha digitável tem {length} dígitos; um boleto tem 47 e uma conta de consumo tem 48."
    )


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("1" * 48, "O código de uma conta de consumo ou tributo começa com 8."),
        (
            BILL_LINE[:-1],
            "Um código que começa com 8 é de conta de consumo ou tributo, não de boleto; "
            "a linha digitável dele tem 48 dígitos.",
        ),
    ],
)
def test_a_first_digit_that_does_not_go_with_the_length_is_refused(text, reason):
    assert refusal(text) == reason


@pytest.mark.parametrize("value", HOSTILE + NOT_TEXT)
def test_whatever_is_typed_is_answered_in_words(value):
    assert is_sentence(refusal(value))


@given(hostile_text())
def test_no_text_raises_anything_else(text):
    assert refusal(text) is None or is_sentence(refusal(text))


def sample_rows() -> list[dict[str, str]]:
    with (SAMPLES / "vectors.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def reading_day(row: dict[str, str]) -> date:
    """Some day near the due date: an old boleto can only be read as on its own day."""
    stated = row["due_date"] or row["due_if_cycle1"]
    return date.fromisoformat(stated) - timedelta(days=20) if stated else TODAY


@pytest.mark.skipif(not SAMPLES.exists(), reason="the samples are not in this checkout")
def test_the_good_bills_of_other_projects_are_read_as_they_say():
    rows = [row for row in sample_rows() if row["valid"] == "yes"]

    assert len(rows) == 54
    for row in rows:
        for text in (row["linha_digitavel"], row["codigo_barras"]):
            bill = parse_payment_line(text, today=reading_day(row))
            assert bill.barcode == row["codigo_barras"], row["id"]
            assert bill.amount == (Decimal(row["amount"]) or None), row["id"]
            if isinstance(bill, Boleto):
                stated = row["due_date"] or row["due_if_cycle1"]
                due_date = bill.due_date.isoformat() if bill.due_date else ""
                assert (bill.bank_code, due_date) == (row["bank"], stated), row["id"]


@pytest.mark.skipif(not SAMPLES.exists(), reason="the samples are not in this checkout")
def test_the_bad_bills_of_other_projects_are_refused():
    rows = [row for row in sample_rows() if row["valid"] == "no"]

    assert len(rows) == 9
    for row in rows:
        assert is_sentence(refusal(row["linha_digitavel"] or row["codigo_barras"])), row["id"]
