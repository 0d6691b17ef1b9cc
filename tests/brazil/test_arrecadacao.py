from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brazil.arrecadacao import SEGMENTS, Arrecadacao, check_digit, parse_arrecadacao
from tests.brazil.cases import (
    DIGITS,
    HOSTILE,
    NOT_TEXT,
    digits,
    hostile_text,
    is_sentence,
    reason_of,
)

LINE = "846900000007432100481006118097565733130015896363"


def build(segment: str, kind: str, rest: str) -> str:
    head = f"8{segment}{kind}"
    return head + check_digit(head + rest, kind=kind) + rest


bills = st.builds(build, st.sampled_from(list(SEGMENTS)), st.sampled_from("6789"), digits(40))


@pytest.mark.parametrize(
    ("barcode", "line", "segment", "segment_name", "amount", "biller"),
    [
        (
            "84690000000432100481001180975657313001589636",
            LINE,
            "4",
            "Telecomunicações",
            Decimal("43.21"),
            "0048",
        ),
        (
            "81860000009876501232026112300000000000000123",
            "818600000099876501232029611230000006000000001236",
            "1",
            "Prefeitura",
            Decimal("987.65"),
            "0123",
        ),
        (
            "85910000005555512345678901234567890123456789",
            "859100000054555512345677890123456785901234567894",
            "5",
            "Órgão público",
            None,
            "1234",
        ),
        (
            "84800000000100074788577598773529474488889964",
            "848000000006100074788570759877352946744888899641",
            "4",
            "Telecomunicações",
            Decimal("10.00"),
            "7478",
        ),
        (
            "84800000000100097364938206752392790233091732",
            "848000000006100097364939820675239279902330917327",
            "4",
            "Telecomunicações",
            Decimal("10.00"),
            "9736",
        ),
        (
            "84810000000100077399104054137319567256141119",
            "848100000008100077399109405413731959672561411196",
            "4",
            "Telecomunicações",
            Decimal("10.00"),
            "7739",
        ),
        (
            "84670000001435900240200240500024384221010811",
            "846700000017435900240209024050002435842210108119",
            "4",
            "Telecomunicações",
            Decimal("143.59"),
            "0024",
        ),
    ],
)
def test_the_line_and_the_bar_code_are_one_bill(
    barcode, line, segment, segment_name, amount, biller
):
    bill = Arrecadacao(barcode, line, segment, segment_name, amount, biller)

    assert parse_arrecadacao(line) == bill
    assert parse_arrecadacao(barcode) == bill


def test_the_printed_line_is_read():
    printed = "84690000000-7 43210048100-6 11809756573-3 13001589636-3"
    assert parse_arrecadacao(printed).linha_digitavel == LINE


def test_other_companies_are_named_by_their_cnpj_root():
    barcode = build("6", "6", "00000001000" + "37880206" + "0" * 21)

    assert parse_arrecadacao(barcode).biller == "37880206"


def test_an_amount_of_zeros_is_not_stated():
    assert parse_arrecadacao(build("3", "8", "0" * 40)).amount is None


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (LINE[:11] + "8" + LINE[12:], "O dígito verificador do 1º bloco não confere."),
        (LINE[:23] + "0" + LINE[24:], "O dígito verificador do 2º bloco não confere."),
        (LINE[:35] + "0" + LINE[36:], "O dígito verificador do 3º bloco não confere."),
        (LINE[:47] + "0", "O dígito verificador do 4º bloco não confere."),
        (
            "83620000000667800481001809756573800158963608",
            "O dígito verificador geral da conta não confere.",
        ),
        (
            "84240000000873500240300150349033470804040612",
            "O 3º dígito desta conta não é um tipo de valor conhecido.",
        ),
        (build("8", "6", "0" * 40), "O 2º dígito desta conta não é um segmento conhecido."),
        (
            "536400000011331201380002812884627116080136181551",
            "O código de uma conta de consumo ou tributo começa com 8.",
        ),
        (
            LINE[:-1],
            "A linha digitável tem 47 dígitos; um boleto tem 47 e uma conta de consumo tem 48.",
        ),
        (LINE[:-1] + "x", "A linha digitável só pode ter números."),
        ("", "Informe a linha digitável."),
    ],
)
def test_a_wrong_bill_is_refused_with_its_reason(text, reason):
    assert reason_of(parse_arrecadacao, text) == reason


@pytest.mark.parametrize("value", HOSTILE + NOT_TEXT)
def test_whatever_is_typed_is_answered_in_words(value):
    assert is_sentence(reason_of(parse_arrecadacao, value))


@given(hostile_text())
def test_no_text_raises_anything_else(text):
    reason = reason_of(parse_arrecadacao, text)
    assert reason is None or is_sentence(reason)


@given(bills)
def test_a_bill_is_read_back_from_its_line(barcode):
    bill = parse_arrecadacao(barcode)

    assert bill.barcode == barcode
    assert parse_arrecadacao(bill.linha_digitavel) == bill


@given(bills, st.integers(0, 47), st.sampled_from(DIGITS))
def test_a_line_with_one_digit_changed_is_never_the_same_bill(barcode, position, digit):
    line = parse_arrecadacao(barcode).linha_digitavel
    changed = line[:position] + digit + line[position + 1 :]
    if changed == line:
        return
    if line[2] in "67" and position != 2:  # modulus 10 finds any single change
        assert reason_of(parse_arrecadacao, changed) is not None
    elif reason_of(parse_arrecadacao, changed) is None:
        assert parse_arrecadacao(changed) != parse_arrecadacao(line)
