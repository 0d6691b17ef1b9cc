"""Worked values: FEBRABAN specifications, and lines published by banks and billers."""

from datetime import date

import pytest

from simulator.core.boleto import BadLine, build_line, due_factor, read_line
from simulator.core.clock import is_banking_day, next_banking_day
from simulator.core.documents import BadDocument, check_digits, read_document

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("line", "barcode", "amount", "due"),
    [
        (
            "40390001060000000001823456789017816390000123456",
            "40398163900001234560001000000000012345678901",
            123_456,
            date(2026, 11, 23),
        ),
        (
            "21890000090001234567489000012347516560009990000",
            "21895165600099900000000000012345678900001234",
            9_990_000,
            date(2026, 12, 10),
        ),
        (
            "40399574879068288360975983867567116390000010000",
            "40391163900000100009574890682883607598386756",
            10_000,
            date(2026, 11, 23),
        ),
        (
            "40396956084230411442669420809399116390000010000",
            "40391163900000100006956042304114426942080939",
            10_000,
            date(2026, 11, 23),
        ),
        (
            "40391111191111111111511111111115899990000000100",
            "40398999900000001001111111111111111111111111",
            100,
            date(2025, 2, 21),
        ),
        (
            "40391111191111111111511111111115310000000000100",
            "40393100000000001001111111111111111111111111",
            100,
            date(2025, 2, 22),
        ),
        (
            "846900000007432100481006118097565733130015896363",
            "84690000000432100481001180975657313001589636",
            4_321,
            None,
        ),
        (
            "818600000099876501232029611230000006000000001236",
            "81860000009876501232026112300000000000000123",
            98_765,
            None,
        ),
        (
            "859100000054555512345677890123456785901234567894",
            "85910000005555512345678901234567890123456789",
            None,
            None,
        ),
        (
            "848000000006100097364939820675239279902330917327",
            "84800000000100097364938206752392790233091732",
            1_000,
            None,
        ),
        (
            "848100000008100077399109405413731959672561411196",
            "84810000000100077399104054137319567256141119",
            1_000,
            None,
        ),
    ],
)
def test_a_right_line_is_read(
    line: str, barcode: str, amount: int | None, due: date | None
) -> None:
    read = read_line(line, TODAY)

    assert (read.barcode, read.amount_cents, read.due_date) == (barcode, amount, due)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("40390001060000000001823456789017816390000123457", "geral"),
        ("40390001060000000001823456789017816400000123456", "geral"),
        ("10390001060000000001823456789017816390000123456", "campo 1"),
        ("40390001070000000001823456789017816390000123456", "campo 1"),
        ("846900000007432100481006118097565733130015896364", "bloco 4"),
        ("4039000106000000000182345678901781639000012345", "47 ou 48"),
    ],
)
def test_a_mistyped_line_says_where(line: str, reason: str) -> None:
    with pytest.raises(BadLine, match=reason):
        read_line(line, TODAY)


def test_a_line_made_here_can_be_read() -> None:
    line = build_line("403", date(2026, 11, 23), 123_456, "0001000000000012345678901")

    assert line == "40390001060000000001823456789017816390000123456"
    assert read_line(build_line("403", None, 5, "1" * 25), TODAY).due_date is None


@pytest.mark.parametrize(
    ("day", "factor"),
    [
        (date(2000, 7, 3), 1000),
        (date(2025, 2, 21), 9999),
        (date(2025, 2, 22), 1000),
        (date(2049, 10, 13), 9999),
        (date(2049, 10, 14), 1000),
    ],
)
def test_the_due_factor_starts_again(day: date, factor: int) -> None:
    assert due_factor(day) == factor


@pytest.mark.parametrize(
    ("body", "digits"), [("529982247", "25"), ("111444777", "35"), ("112223330001", "81")]
)
def test_document_digits(body: str, digits: str) -> None:
    assert check_digits(body) == digits
    assert read_document(body + digits) == body + digits


@pytest.mark.parametrize("text", ["11111111111", "52998224724", "123", "٥2998224725", ""])
def test_a_wrong_document_is_refused(text: str) -> None:
    with pytest.raises(BadDocument):
        read_document(text)


@pytest.mark.parametrize(
    ("day", "following"),
    [
        (date(2026, 2, 14), date(2026, 2, 18)),
        (date(2026, 4, 3), date(2026, 4, 6)),
        (date(2026, 6, 4), date(2026, 6, 5)),
        (date(2026, 11, 20), date(2026, 11, 23)),
        (date(2026, 12, 31), date(2027, 1, 4)),
        (date(2023, 11, 20), date(2023, 11, 20)),
        (date(2026, 12, 24), date(2026, 12, 24)),
    ],
)
def test_the_next_day_on_which_banks_settle(day: date, following: date) -> None:
    assert next_banking_day(day) == following
    assert is_banking_day(following)
