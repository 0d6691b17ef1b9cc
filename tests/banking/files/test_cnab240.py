"""CNAB 240: the statement of FEBRABAN's segment E."""

from datetime import date
from decimal import Decimal

import pytest

from banking.statements.files.cnab240 import read_cnab240
from banking.statements.files.contract import Balance, UnreadableFile
from tests.banking.files.making import account_of, accounts_of, cnab240_file, detail, lot


def test_a_lot_is_an_account_with_its_balances() -> None:
    read = account_of(read_cnab240, cnab240_file(lot(detail())))

    assert (read.header.bank_code, read.header.number) == ("001", "000000067890-1")
    assert (read.header.branch, read.header.currency) == ("01234", "BRL")
    assert read.footer.opening == Balance(Decimal("100.00"), date(2026, 11, 1))
    assert read.footer.closing == Balance(Decimal("120.00"), date(2026, 11, 30))


def test_a_movement_has_its_side_day_text_and_number() -> None:
    read = account_of(read_cnab240, cnab240_file(lot(detail(), detail(399, "D", text="TARIFA"))))

    assert [(line.row, line.amount, line.text) for line in read.lines] == [
        (3, Decimal("20.00"), "PIX"),
        (4, Decimal("-3.99"), "TARIFA"),
    ]
    assert (read.lines[0].day, read.lines[0].check_number) == (date(2026, 11, 3), "9001")
    assert read.lines[0].source_id == ""


@pytest.mark.parametrize(
    "bad", [detail(day="31022026"), detail(day="00000000"), detail(side="X"), detail()[:150]]
)
def test_a_row_that_cannot_be_read_is_told_and_hides_no_other(bad: str) -> None:
    read = account_of(read_cnab240, cnab240_file(lot(bad, detail())))

    assert ([line.row for line in read.lines], [row.row for row in read.unread]) == ([4], [3])


def test_a_row_that_states_a_balance_is_no_line() -> None:
    read = account_of(read_cnab240, cnab240_file(lot(detail(text="SALDO ANTERIOR"))))

    assert ([row.amount for row in read.balances], read.lines) == ([Decimal("20.00")], [])


def test_rows_that_the_trailer_counts_and_are_not_there_are_told() -> None:
    right = "000003" + "0" * 18 + f"{2000:018d}"
    wrong_count = "000004" + "0" * 18 + f"{2000:018d}"
    wrong_sum = "000003" + "0" * 18 + f"{2001:018d}"

    whole = [
        account_of(read_cnab240, cnab240_file(lot(detail(), sums=sums))).footer.is_whole
        for sums in (right, wrong_count, wrong_sum, "")
    ]

    assert whole == [True, False, False, True]


def test_a_file_that_ends_in_the_middle_says_so() -> None:
    content = cnab240_file(lot(detail(), detail()))

    read = account_of(read_cnab240, content[: 242 * 4])

    assert (len(read.lines), read.footer.is_whole, read.footer.closing) == (2, False, None)


def test_several_lots_are_several_accounts_and_one_in_dollars_is_refused() -> None:
    dollars, reais = accounts_of(
        read_cnab240, cnab240_file(lot(detail(), currency="USD"), lot(detail()))
    )

    assert (bool(dollars.header.refused), dollars.lines) == (True, [])
    assert (reais.header.refused, len(reais.lines)) == ("", 1)


def test_balances_without_a_day_are_none() -> None:
    blank = "0" * 26 + "C"

    footer = account_of(
        read_cnab240, cnab240_file(lot(detail(), opening=blank, closing=blank))
    ).footer

    assert (footer.opening, footer.closing) == (None, None)


@pytest.mark.parametrize("encoding", ["ascii", "utf-8-sig"])
@pytest.mark.parametrize("ends", ["\r\n", "\n"])
def test_marks_and_ends_of_lines_make_no_difference(encoding: str, ends: str) -> None:
    content = cnab240_file(lot(detail()), ends=ends).encode(encoding)

    assert len(account_of(read_cnab240, content).lines) == 1


@pytest.mark.parametrize(
    "content",
    [
        cnab240_file(lot().replace("0011E04", "0011T01")),
        cnab240_file(lot().replace("0011E04", "0011C20")),
        "02RETORNO01COBRANCA".ljust(400),
        "01REMESSA01COBRANCA".ljust(400),
    ],
)
def test_files_of_charges_and_payments_are_refused_as_what_they_are(content: str) -> None:
    with pytest.raises(UnreadableFile) as refused:
        accounts_of(read_cnab240, content)

    assert refused.value.code == "return_file"


@pytest.mark.parametrize(
    "content", [cnab240_file(), "", "x", cnab240_file(lot().replace("0011E04", "0011F07"))]
)
def test_a_file_without_a_statement_is_refused(content: str) -> None:
    with pytest.raises(UnreadableFile) as refused:
        accounts_of(read_cnab240, content)

    assert refused.value.code == "no_statement"
