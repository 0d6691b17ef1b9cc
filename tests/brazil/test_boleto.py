from datetime import date
from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from brazil.boleto import (
    Boleto,
    barcode_to_line,
    build_barcode,
    format_linha_digitavel,
    parse_boleto,
)
from brazil.check_digits import mod10
from brazil.errors import InvalidValue
from tests.brazil.cases import (
    DIGITS,
    HOSTILE,
    NOT_TEXT,
    digits,
    hostile_text,
    is_sentence,
    reason_of,
)

TODAY = date(2026, 11, 22)
LINE = "40390001060000000001823456789017816390000123456"
BARCODE = "40398163900001234560001000000000012345678901"
BOLETO = Boleto(BARCODE, LINE, "403", Decimal("1234.56"), date(2026, 11, 23))

boletos = st.builds(
    build_barcode,
    bank_code=st.integers(1, 799).map("{:03d}".format),
    amount=st.none() | st.decimals(Decimal("0.01"), Decimal("99999999.99"), places=2),
    due_date=st.none() | st.dates(date(2018, 9, 6), date(2041, 12, 12)),
    free_field=digits(25),
)


def refusal(text: object) -> str | None:
    return reason_of(lambda value: parse_boleto(value, today=TODAY), text)


@pytest.mark.parametrize(
    ("barcode", "line", "bank_code", "amount", "due_date", "today"),
    [
        (BARCODE, LINE, "403", "1234.56", date(2026, 11, 23), TODAY),
        (
            "21895165600099900000000000012345678900001234",
            "21890000090001234567489000012347516560009990000",
            "218",
            "99900.00",
            date(2026, 12, 10),
            TODAY,
        ),
        (
            "40391163900000100009574890682883607598386756",
            "40399574879068288360975983867567116390000010000",
            "403",
            "100.00",
            date(2026, 11, 23),
            TODAY,
        ),
        (
            "40391163900000100006956042304114426942080939",
            "40396956084230411442669420809399116390000010000",
            "403",
            "100.00",
            date(2026, 11, 23),
            TODAY,
        ),
        (
            "00193373700000001000500940144816060680935031",
            "00190500954014481606906809350314337370000000100",
            "001",
            "1.00",
            date(2007, 12, 31),
            date(2007, 12, 1),
        ),
    ],
)
def test_the_line_and_the_bar_code_are_one_boleto(
    barcode, line, bank_code, amount, due_date, today
):
    boleto = Boleto(barcode, line, bank_code, Decimal(amount), due_date)

    assert parse_boleto(line, today=today) == boleto
    assert parse_boleto(barcode, today=today) == boleto


@pytest.mark.parametrize(
    "text",
    [
        "40390.00106 00000.000018 23456.789017 8 16390000123456",
        " 40390.00106\u00a000000.000018\t23456.789017-8\n16390000123456 ",
    ],
)
def test_the_printed_line_is_read(text):
    assert parse_boleto(text, today=TODAY) == BOLETO


def test_the_line_is_shown_as_bills_print_it():
    printed = "40390.00106 00000.000018 23456.789017 8 16390000123456"
    assert format_linha_digitavel(LINE) == printed
    assert format_linha_digitavel("846900000007432100481006118097565733130015896363") == (
        "84690000000-7 43210048100-6 11809756573-3 13001589636-3"
    )
    assert format_linha_digitavel("123") == "123"


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        # One centavo more, one day more: only the general digit tells.
        (
            "40390001060000000001823456789017816390000123457",
            "O dígito verificador geral do boleto não confere.",
        ),
        (
            "40390001060000000001823456789017816400000123456",
            "O dígito verificador geral do boleto não confere.",
        ),
        (
            "10390001060000000001823456789017816390000123456",
            "O dígito verificador do 1º campo não confere.",
        ),
        (
            "40390001070000000001823456789017816390000123456",
            "O dígito verificador do 1º campo não confere.",
        ),
        (
            "40390001060000000002823456789017816390000123456",
            "O dígito verificador do 2º campo não confere.",
        ),
        (
            "40390001060000000001823456789018816390000123456",
            "O dígito verificador do 3º campo não confere.",
        ),
        (LINE[:-1] + "A", "A linha digitável só pode ter números."),
        (LINE[:-1] + "٦", "A linha digitável só pode ter números."),
        (
            LINE[:-1],
            "A linha digitável tem 46 dígitos; um boleto tem 47 e uma conta de consumo tem 48.",
        ),
        (
            LINE + "00",
            "A linha digitável tem 49 dígitos; um boleto tem 47 e uma conta de consumo tem 48.",
        ),
        ("", "Informe a linha digitável."),
    ],
)
def test_a_wrong_line_is_refused_with_its_reason(line, reason):
    assert refusal(line) == reason


def test_a_collection_document_is_not_a_boleto():
    reason = refusal("846900000007432100481006118097565733130015896363")
    assert reason is not None
    assert "conta de consumo ou tributo" in reason


def test_a_boleto_in_another_currency_is_refused():
    field = "4038" + BARCODE[19:24]
    line = field + mod10(field) + LINE[10:32]
    accepted = [refusal(f"{line}{digit}{LINE[33:]}") for digit in "123456789"]
    assert "Este boleto não é em reais." in accepted
    assert None not in accepted


@pytest.mark.parametrize("value", HOSTILE + NOT_TEXT)
def test_whatever_is_typed_is_answered_in_words(value):
    assert is_sentence(refusal(value))


@given(hostile_text())
def test_no_text_raises_anything_else(text):
    assert refusal(text) is None or is_sentence(refusal(text))


@given(boletos)
def test_a_built_bar_code_is_read_back_from_both_its_forms(barcode):
    boleto = parse_boleto(barcode, today=TODAY)

    assert boleto.barcode == barcode
    assert parse_boleto(barcode_to_line(barcode), today=TODAY) == boleto
    assert parse_boleto(format_linha_digitavel(boleto.linha_digitavel), today=TODAY) == boleto
    rebuilt = build_barcode(
        bank_code=boleto.bank_code,
        amount=boleto.amount,
        due_date=boleto.due_date,
        free_field=barcode[19:],
    )
    assert rebuilt == barcode


@given(boletos, st.integers(0, 46), st.sampled_from(DIGITS))
def test_a_line_with_one_digit_changed_is_never_the_same_boleto(barcode, position, digit):
    line = barcode_to_line(barcode)
    changed = line[:position] + digit + line[position + 1 :]
    if changed == line:
        return
    if position < 32:  # the fields with a digit of their own
        assert refusal(changed) is not None
    elif refusal(changed) is None:
        assert parse_boleto(changed, today=TODAY) != parse_boleto(line, today=TODAY)


def test_an_amount_and_a_date_left_open_are_none():
    barcode = build_barcode(bank_code="237", amount=None, due_date=None, free_field="7" * 25)

    boleto = parse_boleto(barcode, today=TODAY)

    assert (boleto.amount, boleto.due_date) == (None, None)


def test_without_a_factor_the_amount_takes_fourteen_digits():
    amount = Decimal("12345678901.23")
    barcode = build_barcode(bank_code="237", amount=amount, due_date=None, free_field="7" * 25)

    boleto = parse_boleto(barcode, today=TODAY)

    assert (boleto.amount, boleto.due_date) == (amount, None)


@pytest.mark.parametrize(
    ("part", "value", "reason"),
    [
        ("bank_code", "40", "O código do banco tem três dígitos."),
        ("bank_code", "4٣3", "O código do banco tem três dígitos."),
        ("free_field", "1" * 24, "O campo livre do boleto tem 25 dígitos."),
        ("amount", Decimal("0"), "O valor precisa ser maior que zero."),
        ("amount", Decimal("-1"), "O valor precisa ser maior que zero."),
        ("amount", Decimal("NaN"), "O valor precisa ser maior que zero."),
        ("amount", Decimal("1.001"), "O valor tem mais de duas casas decimais."),
        ("amount", Decimal("1E-999999"), "O valor tem mais de duas casas decimais."),
        ("amount", Decimal("100000000"), "O valor é grande demais para este código."),
        ("amount", Decimal("1E+999999"), "O valor é grande demais para este código."),
    ],
)
def test_a_part_that_does_not_fit_is_refused(part, value, reason):
    parts = {
        "bank_code": "403",
        "amount": Decimal("1.00"),
        "due_date": date(2026, 11, 23),
        "free_field": "1" * 25,
    }
    with pytest.raises(InvalidValue, match=reason):
        build_barcode(**{**parts, part: value})


def test_no_line_is_made_of_a_wrong_bar_code():
    assert reason_of(barcode_to_line, BARCODE[:-1]) == "O código de barras tem 44 dígitos."
    wrong = BARCODE[:-1] + "2"
    assert reason_of(barcode_to_line, wrong) == "O dígito verificador geral do boleto não confere."


SHORT = "341922334645566778895900112233458000"
WHOLE = "34192233464556677889590011223345800000000000000"


@pytest.mark.parametrize(
    "text", [SHORT, "34192.23346 45566.778895 90011.223345 8 000", f"{SHORT}0"]
)
def test_a_line_without_its_zeros_is_the_whole_line(text):
    boleto = parse_boleto(text, today=TODAY)

    assert (boleto.linha_digitavel, boleto.amount, boleto.due_date) == (WHOLE, None, None)
    assert boleto.is_shortened


AMBIGUOUS = "3419111111111111111151111111111521669000"


def shortened(line: str) -> str:
    """As some print it: field 5 without the zeros on its left, «000» when nothing is left."""
    return line[:33] + (line[33:].lstrip("0").zfill(3))


without_factor = st.builds(
    build_barcode,
    bank_code=st.integers(1, 799).map("{:03d}".format),
    amount=st.none() | st.decimals(Decimal("1.00"), Decimal("9999999.99"), places=2),
    due_date=st.none(),
    free_field=digits(25),
)


@given(without_factor)
def test_a_line_without_factor_and_zeros_is_read_back(barcode):
    line = barcode_to_line(barcode)
    assume(not line.endswith("000") or len(shortened(line)) != len(AMBIGUOUS))

    read = parse_boleto(shortened(line), today=TODAY)

    whole = parse_boleto(line, today=TODAY)
    assert (read.linha_digitavel, read.amount) == (line, whole.amount)
    assert (read.is_shortened, whole.is_shortened) == (True, False)


def test_a_factor_may_stand_before_an_amount_of_nothing():
    barcode = build_barcode(
        bank_code="341", amount=None, due_date=date(2026, 12, 10), free_field="1" * 25
    )
    line = barcode_to_line(barcode)

    read = parse_boleto(f"{line[:37]}000", today=TODAY)

    assert (read.linha_digitavel, read.due_date) == (line, date(2026, 12, 10))


def test_what_fits_two_readings_is_refused():
    """R$ 16.690,00 without a factor, and the factor 1669 without an amount."""
    head, amount, factor = AMBIGUOUS[:33], AMBIGUOUS[33:].zfill(14), AMBIGUOUS[33:].ljust(14, "0")

    readings = [parse_boleto(head + field, today=TODAY) for field in (amount, factor)]

    assert [reading.amount for reading in readings] == [Decimal("16690.00"), None]
    assert is_sentence(refusal(AMBIGUOUS))


@pytest.mark.parametrize(
    "text", [SHORT[:-1], SHORT[:-1] + "1", "5" + SHORT[1:], SHORT[:9] + "7" + SHORT[10:]]
)
def test_a_short_line_whose_check_digits_differ_is_refused(text):
    assert is_sentence(refusal(text))


@given(boletos)
def test_44_digits_are_the_bar_code_first(barcode):
    assert parse_boleto(barcode, today=TODAY).barcode == barcode
