import pytest
from hypothesis import given

from brazil.document import format_document, mask_document, parse_document
from tests.brazil.cases import HOSTILE, NOT_TEXT, hostile_text, is_sentence, reason_of


@pytest.mark.parametrize(
    ("text", "document"),
    [
        ("111.444.777-35", "11144477735"),
        ("11.222.333/0001-81", "11222333000181"),
        ("12.abc.345/01de-35", "12ABC34501DE35"),
    ],
)
def test_the_length_says_which_document_it_is(text, document):
    assert parse_document(text) == document


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("111444777351", "Um CPF tem 11 dígitos e um CNPJ tem 14 caracteres; este tem 12."),
        ("11144477736", "Os dígitos verificadores do CPF não conferem."),
        ("11222333000182", "Os dígitos verificadores do CNPJ não conferem."),
        ("", "Informe o CPF ou o CNPJ."),
    ],
)
def test_a_wrong_document_is_refused_with_its_reason(text, reason):
    assert reason_of(parse_document, text) == reason


@pytest.mark.parametrize("value", HOSTILE + NOT_TEXT)
def test_whatever_is_typed_is_answered_in_words(value):
    assert is_sentence(reason_of(parse_document, value))


@given(hostile_text())
def test_what_is_read_is_canonical_and_all_else_is_refused(text):
    if reason_of(parse_document, text) is None:
        assert parse_document(parse_document(text)) == parse_document(text)


@pytest.mark.parametrize(
    ("document", "shown", "masked"),
    [
        ("11144477735", "111.444.777-35", "***.444.777-**"),
        ("12ABC34501DE35", "12.ABC.345/01DE-35", "**.ABC.345/01DE-**"),
        ("isento", "isento", "***"),
        ("", "", "***"),
    ],
)
def test_a_document_is_shown_and_masked(document, shown, masked):
    assert format_document(document) == shown
    assert mask_document(document) == masked
