import pytest
from hypothesis import given

from brazil.document import (
    fits_mask,
    format_document,
    is_same_company,
    is_valid_document,
    masked_kind,
    parse_document,
    read_loose_document,
    read_masked_document,
)
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
    ("document", "shown"),
    [
        ("11144477735", "111.444.777-35"),
        ("12ABC34501DE35", "12.ABC.345/01DE-35"),
        ("isento", "isento"),
        ("", ""),
    ],
)
def test_a_document_is_shown_with_its_punctuation(document, shown):
    assert format_document(document) == shown


@pytest.mark.parametrize(
    ("sent", "document"),
    [
        ("12.ABC.345/01DE-35", "12ABC34501DE35"),
        ("12abc34501de35", "12ABC34501DE35"),
        ("11.222.333/0001-81", "11222333000181"),
        (11222333000181, "11222333000181"),
        ("360305000104", "00360305000104"),  # Caixa, whose two zeros were lost
        (360305000104, "00360305000104"),
        ("2.ABC.345/01DE-35", ""),
        (1234567890, "01234567890"),
        ("1234567891", ""),  # fits neither
        (12345678909, "12345678909"),
        ("1234567890 9", "12345678909"),
        ("00011144477735", "11144477735"),  # a CPF in the field of a CNPJ
        ("011222333000181", "11222333000181"),  # fifteen figures, as in CNAB
        ("111.444.777\u201135\u200b", "11144477735"),
        ("00000000191", "00000000191"),
        ("191", ""),  # a CPF's check digits and those of Banco do Brasil's CNPJ
        ("11222333000182", "11222333000182"),  # wrong, and still what the bank says
        ("11144477736", "11144477736"),
        ("***.444.777-**", ""),
        ("XX.XXX.333/0001-81", ""),
        ("XXX.444.777-35", ""),
        ("00000000000000", ""),
        ("CPF", ""),
        ("", ""),
        (None, ""),
        (True, ""),
        (1.0, ""),
        ([], ""),
    ],
)
def test_what_a_bank_sends_is_read_into_one_form(sent, document):
    assert read_loose_document(sent) == document


@pytest.mark.parametrize(
    ("sent", "masked"),
    [
        ("***.444.777-**", "***.444.777-**"),
        (" •••.444.777-•• ", "•••.444.777-••"),
        ("***518800**", "***518800**"),
        ("XX.XXX.333/0001-81", "XX.XXX.333/0001-81"),
        ("11144477735", ""),
        ("11222333000182", ""),  # whole, though wrong
        ("12ABX34501DE10", ""),  # an X of its own
        ("***.***.***-**", ""),
        ("***444", ""),
        ("MARIA ***", ""),
        ("", ""),
        (None, ""),
        (1, ""),
    ],
)
def test_a_document_that_is_partly_hidden_is_kept_as_it_was_sent(sent, masked):
    assert read_masked_document(sent) == masked


@given(hostile_text())
def test_a_document_is_whole_or_hidden_in_part_and_never_both(text):
    masked = read_masked_document(text)

    assert len(masked) <= 20 and not (masked and read_loose_document(text))


@given(hostile_text())
def test_what_a_bank_sends_is_a_document_or_nothing(text):
    document = read_loose_document(text)

    assert len(document) in (0, 11, 14) and document.isascii() and document == document.upper()
    if is_valid_document(text):
        assert document == text


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ("11222333000181", "11222333000262", True),
        ("12ABC34501DE35", "12ABC34501DE35", True),
        ("11222333000181", "11444777000161", False),
        ("11144477735", "11144477735", True),
        ("11144477735", "11144477000161", False),
        ("", "", False),
    ],
)
def test_the_root_says_whose_establishment_it_is(first, second, same):
    assert is_same_company(first, second) is same


CPF, CNPJ = "52998224725", "11222333000181"


@pytest.mark.parametrize(
    ("document", "masked", "fits"),
    [
        (CPF, "***.982.247-**", True),
        (CPF, "***982247**", True),
        (CPF, "XXX.982.247-XX", True),
        (CPF, "•••.982.247-••", True),
        (CPF, "***.982.248-**", False),
        (CPF, "529.***.***-25", True),
        (CPF, "529.***.***-26", False),
        (CPF, "529.982.247-25", True),
        (CPF, "529.982.247-26", False),
        (CPF, "***.***.***-**", None),
        (CPF, "11.222.333/0001-81", False),
        (CPF, "**.***.***/0001-81", False),
        (CNPJ, "***.982.247-**", False),
        (CNPJ, "11.222.333/0001-81", True),
        (CNPJ, "11.222.333/0002-62", True),  # another establishment of the company
        (CNPJ, "11.444.777/0001-61", False),
        (CNPJ, "**.222.333/0001-**", True),
        (CNPJ, "**.222.334/0001-**", False),
        (CNPJ, "**.***.***/0001-81", None),
        (CNPJ, "**.***.***/****-**", None),
        ("12ABC34501DE35", "**.abc.345/01DE-**", True),
        ("12ABC34501DE35", "**.ABD.345/01DE-**", False),
        (CPF, "982.247", None),
        (CPF, "não informa", None),
        (CPF, "não informado.", None),
        (CPF, "", None),
    ],
)
def test_only_what_a_mask_shows_is_compared(document, masked, fits):
    assert fits_mask(document, masked) is fits


@given(hostile_text())
def test_a_mask_of_any_text_is_answered(text):
    assert fits_mask(CPF, text) in (True, False, None)


@pytest.mark.parametrize(
    ("masked", "kind"),
    [("***.982.247-**", "CPF"), ("11.222.333/0001-81", "CNPJ"), ("982", "documento")],
)
def test_the_length_of_a_mask_says_what_it_hides(masked, kind):
    assert masked_kind(masked) == kind
