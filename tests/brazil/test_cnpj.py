from string import ascii_uppercase

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brazil.cnpj import cnpj_check_digits, cnpj_root, format_cnpj, is_valid_cnpj, parse_cnpj
from brazil.errors import InvalidValue
from tests.brazil.cases import DIGITS, HOSTILE, NOT_TEXT, hostile_text, is_sentence, reason_of

bases = st.text(alphabet=DIGITS + ascii_uppercase, min_size=12, max_size=12).filter(
    lambda base: base != "0" * 12
)


@pytest.mark.parametrize(
    ("base", "check_digits"),
    [
        ("12ABC34501DE", "35"),
        ("112223330001", "81"),
        ("000000000001", "91"),
        ("378802060001", "63"),
        ("710278660001", "34"),
        ("ZZZZZZZZZZZZ", "62"),
    ],
)
def test_the_check_digits_of_known_companies_are_accepted(base, check_digits):
    assert parse_cnpj(base + check_digits) == base + check_digits


@pytest.mark.parametrize(
    "text", ["12.ABC.345/01DE-35", " 12.abc.345/01de-35\n", "12 ABC 345 01DE 35", "12abc34501de35"]
)
def test_punctuation_blanks_and_lower_case_are_taken_away(text):
    assert parse_cnpj(text) == "12ABC34501DE35"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("11222333000180", "Os dígitos verificadores do CNPJ não conferem."),
        ("1122233300018", "O CNPJ tem 14 caracteres; este tem 13."),
        ("112223330001811", "O CNPJ tem 14 caracteres; este tem 15."),
        ("12ABC34501DE3A", "Os dois últimos caracteres do CNPJ são sempre números."),
        ("00000000000000", "Este CNPJ repete o mesmo número em todas as posições."),
        ("11111111111111", "Este CNPJ repete o mesmo número em todas as posições."),
        ("12ÁBC34501DE35", "O CNPJ só pode ter letras sem acento e números."),
        ("1122233300018²", "O CNPJ só pode ter letras sem acento e números."),
        ("12*222333000181", "O CNPJ só pode ter letras sem acento e números."),
        ("./-", "Informe o CNPJ."),
    ],
)
def test_a_wrong_cnpj_is_refused_with_its_reason(text, reason):
    assert reason_of(parse_cnpj, text) == reason


def test_a_letter_whose_upper_case_is_ascii_is_not_one_of_ours():
    cnpj = "I" + "2ABC34501DE"
    cnpj += cnpj_check_digits(cnpj)

    assert is_valid_cnpj(cnpj)
    assert not is_valid_cnpj(cnpj.replace("I", "ı"))


@pytest.mark.parametrize("value", HOSTILE + NOT_TEXT)
def test_whatever_is_typed_is_answered_in_words(value):
    assert is_sentence(reason_of(parse_cnpj, value))


@given(hostile_text())
def test_no_text_raises_anything_else(text):
    assert is_valid_cnpj(text) == (reason_of(parse_cnpj, text) is None)


@given(bases)
def test_a_number_is_read_back_from_its_mask(base):
    cnpj = base + cnpj_check_digits(base)

    assert parse_cnpj(format_cnpj(cnpj)) == cnpj
    assert parse_cnpj(format_cnpj(cnpj).lower()) == cnpj


@given(bases, st.sampled_from([12, 13]), st.integers(1, 9))
def test_a_changed_check_digit_is_refused(base, position, step):
    cnpj = base + cnpj_check_digits(base)
    changed = str((int(cnpj[position]) + step) % 10)

    assert not is_valid_cnpj(cnpj[:position] + changed + cnpj[position + 1 :])


def test_the_canonical_form_is_shown_with_its_mask_and_root():
    assert format_cnpj("12ABC34501DE35") == "12.ABC.345/01DE-35"
    assert cnpj_root("12ABC34501DE35") == "12ABC345"


def test_a_refusal_does_not_repeat_the_number():
    with pytest.raises(InvalidValue) as refusal:
        parse_cnpj("11222333000180")
    assert "11222333" not in str(refusal.value)
