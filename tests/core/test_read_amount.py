from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.amounts import check_amount, read_amount
from core.errors import InvalidInput
from core.money import MAX_AMOUNT, format_brl, to_cents


@pytest.mark.parametrize(
    ("typed", "amount"),
    [
        ("1.234,56", "1234.56"),
        ("1234,56", "1234.56"),
        ("1234.56", "1234.56"),
        ("1234.5", "1234.50"),
        ("1234,5", "1234.50"),
        ("1234,", "1234.00"),
        ("1234", "1234.00"),
        ("1.234", "1234.00"),
        ("R$ 1.234,56", "1234.56"),
        ("  0,01 ", "0.01"),
        ("\ufeffR$\u00a01.234,56\u200b", "1234.56"),
        ("1\u202f234,56\r\n", "1234.56"),
        ("999.999.999,99", "999999999.99"),
    ],
)
def test_amounts_are_read_as_they_are_written_here(typed: str, amount: str) -> None:
    assert str(read_amount(typed)) == amount


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "missing"),
        ("0", "zero"),
        ("0,00", "zero"),
        ("-5", "negative"),
        ("−5,00", "negative"),
        ("\u200b\u20115,00", "negative"),
        ("\u200b", "missing"),
        ("1E-999999999", "unreadable"),
        ("Infinity", "unreadable"),
        ("12,345", "too_precise"),
        ("1.234,567", "too_precise"),
        ("1234.567", "too_precise"),
        ("1.000.000.000,00", "too_large"),
        ("999999999,999", "too_precise"),
        ("9" * 10_000, "too_large"),
        ("1,234.56", "unreadable"),
        ("12.34.56", "unreadable"),
        ("doze", "unreadable"),
        ("1e5", "unreadable"),
        ("NaN", "unreadable"),
        ("²", "unreadable"),
    ],
)
def test_what_is_no_amount_is_refused_with_its_reason(typed: str, code: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_amount(typed)

    assert (refused.value.field, refused.value.code) == ("amount", code)


@given(st.decimals("0.01", MAX_AMOUNT, places=2))
def test_what_the_screen_writes_is_read_back(amount: Decimal) -> None:
    assert read_amount(format_brl(amount)) == amount
    assert check_amount(amount) == amount


@given(st.text())
def test_any_text_is_an_amount_or_is_refused(text: str) -> None:
    try:
        amount = read_amount(text)
    except InvalidInput:
        return
    assert 0 < amount <= MAX_AMOUNT


@pytest.mark.parametrize(
    ("amount", "code"),
    [
        ("1E-999999999", "too_precise"),
        ("1E-3", "too_precise"),
        ("12.345", "too_precise"),
        ("0.01000000000000000000000000000000000000001", "too_precise"),
        ("123456789.0100000000000000000000000001", "too_precise"),
        ("-1E-999999999", "negative"),
        ("0E-999999999", "zero"),
        ("0E+999999999", "zero"),
        ("1E+999999999", "too_large"),
        ("1E+9", "too_large"),
        ("NaN", "too_large"),
        ("sNaN", "too_large"),
        ("Infinity", "too_large"),
        ("-Infinity", "too_large"),
    ],
)
def test_a_number_that_is_no_amount_is_refused_whatever_its_exponent(
    amount: str, code: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        check_amount(Decimal(amount))

    assert (refused.value.field, refused.value.code) == ("amount", code)


@pytest.mark.parametrize("number", ["1E-999999999", "0.001", "1E+40", "NaN", "sNaN", "Infinity"])
def test_no_whole_centavos_are_made_of_what_has_none(number: str) -> None:
    with pytest.raises(ValueError):
        to_cents(Decimal(number))


@pytest.mark.parametrize(
    ("written", "amount"), [("1E+2", "100.00"), ("12.3400000", "12.34"), ("1", "1.00")]
)
def test_an_amount_has_two_places_however_it_was_written(written: str, amount: str) -> None:
    assert str(check_amount(Decimal(written))) == amount
    assert to_cents(Decimal(written)) == to_cents(Decimal(amount))
