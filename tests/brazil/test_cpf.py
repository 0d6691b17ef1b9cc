import pytest
from hypothesis import given
from hypothesis import strategies as st

from brazil.cpf import cpf_check_digits, format_cpf, is_valid_cpf, parse_cpf
from tests.brazil.cases import (
    DIGITS,
    HOSTILE,
    NOT_TEXT,
    digits,
    hostile_text,
    is_sentence,
    reason_of,
)


@pytest.mark.parametrize(
    ("base", "check_digits"),
    [("111444777", "35"), ("529982247", "25"), ("123456789", "09"), ("000000001", "91")],
)
def test_the_check_digits_of_known_numbers_are_accepted(base, check_digits):
    assert parse_cpf(base + check_digits) == base + check_digits


def test_punctuation_and_blanks_are_taken_away_and_put_back():
    assert parse_cpf(" 111.444.777-35 ") == "11144477735"
    assert format_cpf("11144477735") == "111.444.777-35"


@pytest.mark.parametrize("digit", DIGITS)
def test_a_repeated_digit_is_refused(digit):
    reason = "Este CPF repete o mesmo número em todas as posições."
    assert reason_of(parse_cpf, digit * 11) == reason


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("12345678900", "Os dígitos verificadores do CPF não conferem."),
        ("1114447773", "O CPF tem 11 dígitos; este tem 10."),
        ("111444777350", "O CPF tem 11 dígitos; este tem 12."),
        ("1114447773A", "O CPF só pode ter números."),
        ("1114447773٥", "O CPF só pode ter números."),
        ("", "Informe o CPF."),
    ],
)
def test_a_wrong_cpf_is_refused_with_its_reason(text, reason):
    assert reason_of(parse_cpf, text) == reason


@pytest.mark.parametrize("value", HOSTILE + NOT_TEXT)
def test_whatever_is_typed_is_answered_in_words(value):
    assert is_sentence(reason_of(parse_cpf, value))


@given(hostile_text())
def test_no_text_raises_anything_else(text):
    assert is_valid_cpf(text) == (reason_of(parse_cpf, text) is None)


@given(digits(9), st.sampled_from([9, 10]), st.integers(1, 9))
def test_a_changed_check_digit_is_refused(base, position, step):
    cpf = base + cpf_check_digits(base)
    changed = str((int(cpf[position]) + step) % 10)

    assert not is_valid_cpf(cpf[:position] + changed + cpf[position + 1 :])
