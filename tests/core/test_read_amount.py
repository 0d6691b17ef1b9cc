from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.amounts import check_amount, read_amount
from core.errors import InvalidInput
from core.money import MAX_AMOUNT, format_brl


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
        ("999.999.999,99", "999999999.99"),
    ],
)
def test_amounts_are_read_as_they_are_written_here(typed: str, amount: str) -> None:
    assert str(read_amount(typed)) == amount


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("", "Digite o valor"),
        ("0", "maior que zero"),
        ("0,00", "maior que zero"),
        ("-5", "negativo"),
        ("−5,00", "negativo"),
        ("12,345", "centavos demais"),
        ("1.234,567", "centavos demais"),
        ("1234.567", "centavos demais"),
        ("1.000.000.000,00", "maior valor é R$ 999.999.999,99"),
        ("999999999,999", "centavos demais"),
        ("9" * 10_000, "maior valor é R$ 999.999.999,99"),
        ("1,234.56", "Não entendemos"),
        ("12.34.56", "Não entendemos"),
        ("doze", "Não entendemos"),
        ("1e5", "Não entendemos"),
        ("NaN", "Não entendemos"),
        ("²", "Não entendemos"),
    ],
)
def test_what_is_no_amount_is_refused_with_its_reason(typed: str, reason: str) -> None:
    with pytest.raises(InvalidInput, match=reason.replace("$", r"\$")) as refused:
        read_amount(typed)

    assert refused.value.field == "amount"


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
