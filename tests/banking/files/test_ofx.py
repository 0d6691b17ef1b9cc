"""OFX as Brazilian banks write it: each kind of awkwardness that files of theirs have shown."""

from datetime import date
from decimal import Decimal

import pytest

from banking.statements.files.contract import Balance, UnreadableFile
from banking.statements.files.ofx import CHUNK, read_ofx
from tests.banking.files.making import account, account_of, accounts_of, movement, ofx


def lines_of(*movements: str):
    return account_of(read_ofx, ofx(account(*movements))).lines


def line_of(text: str):
    (line,) = lines_of(text)
    return line


def test_an_account_has_its_bank_number_period_and_closing() -> None:
    read = account_of(read_ofx, ofx(account(movement())))

    assert (read.header.bank_code, read.header.branch, read.header.number) == (
        "001",
        "1234",
        "123456-7",
    )
    assert (read.header.since, read.header.until) == (date(2026, 11, 1), date(2026, 11, 30))
    assert read.header.currency == "BRL"
    assert read.footer.closing == Balance(Decimal("100.00"), date(2026, 11, 30))
    assert read.footer.is_whole


@pytest.mark.parametrize("printed", ["0403", "403", "18236120"])
def test_a_bank_is_known_by_its_code_however_it_is_printed(printed: str) -> None:
    content = ofx(account()).replace("<BANKID>0001", f"<BANKID>{printed}")

    assert account_of(read_ofx, content).header.bank_code in ("403", "260")


def test_the_institution_tells_the_bank_where_the_account_does_not() -> None:
    content = ofx(account()).replace("<BANKID>0001", "")
    content = content.replace("<BANKMSGSRSV1>", "<FI><ORG>X<FID>077</FI><BANKMSGSRSV1>")

    assert account_of(read_ofx, content).header.bank_code == "077"


@pytest.mark.parametrize(
    ("printed", "amount"),
    [
        ("-1234.56", "-1234.56"),
        ("-1234,56", "-1234.56"),
        ("1.234,56", "1234.56"),
        ("1,234.56", "1234.56"),
        ("+386,80", "386.80"),
        ("        -222,22   ", "-222.22"),
        ("12,5", "12.50"),
        ("100.0000", "100.00"),
        ("1.234.567", "1234567.00"),
        ("-,50", "-0.50"),
        ("R$ 10,00", "10.00"),
        ("10,00-", "-10.00"),
        ("(10,00)", "-10.00"),
        ("0.500", "0.50"),
    ],
)
def test_an_amount_is_read_however_its_decimals_are_printed(printed: str, amount: str) -> None:
    assert line_of(movement(printed)).amount == Decimal(amount)


@pytest.mark.parametrize(
    "printed",
    ["-1.2.3,4", "1.234", "12.345", "abc", "1e5", "NaN", "1.2345", "9999999999.00", "1,,2"],
)
def test_an_amount_that_is_none_or_could_be_two_is_unread_and_hides_no_other(printed: str) -> None:
    read = account_of(read_ofx, ofx(account(movement(printed), movement("30.00"))))

    assert [line.amount for line in read.lines] == [Decimal("30.00")]
    assert [(row.row, printed in row.text) for row in read.unread] == [(1, True)]


@pytest.mark.parametrize("printed", ["20261399", "00000000", "", "20260230", "18991231", "hoje"])
def test_a_day_that_does_not_exist_is_unread_and_hides_no_other(printed: str) -> None:
    read = account_of(read_ofx, ofx(account(movement(day=printed), movement())))

    assert [line.row for line in read.lines] == [2]
    assert [row.row for row in read.unread] == [1]


@pytest.mark.parametrize(
    "printed",
    [
        "20261103",
        "20261103000000[0:GMT]",
        "20261103235959[-03:BRT]",
        "20261103120000[-3:BRT]",
        "20261103000000.000",
        "2026-11-03",
        "03/11/2026",
    ],
)
def test_a_day_is_the_printed_one_whatever_zone_stands_beside_it(printed: str) -> None:
    assert line_of(movement(day=printed)).day == date(2026, 11, 3)


def test_a_row_that_states_a_balance_is_no_line() -> None:
    read = account_of(
        read_ofx,
        ofx(
            account(
                movement("2494790.27", day="20261101", memo="SALDO ANTERIOR"),
                movement("5.00", memo="SALDO TOTAL DISPONÍVEL DIA"),
                movement("  .  ", memo="S A L D O"),
                movement("7.00", memo="PIX RECEBIDO SALDO ANTERIOR ACERTO"),
                movement("8.00", memo="SALDO DE HONORARIOS FULANO"),
            )
        ),
    )

    assert [line.amount for line in read.lines] == [Decimal(7), Decimal(8)]
    assert [row.amount for row in read.balances] == [Decimal("2494790.27"), Decimal(5), None]
    assert read.footer.opening == Balance(Decimal("2494790.27"), date(2026, 11, 1))


def test_a_row_of_zero_moves_nothing() -> None:
    read = account_of(read_ofx, ofx(account(movement("0.00", memo="TARIFA ISENTA"))))

    assert (read.lines, len(read.balances)) == ([], 1)


def test_a_blank_amount_of_what_is_no_balance_is_unread() -> None:
    assert len(account_of(read_ofx, ofx(account(movement("")))).unread) == 1


@pytest.mark.parametrize(
    "ledger",
    [
        "",
        "<LEDGERBAL><BALAMT>0,00<DTASOF>00000000</LEDGERBAL>",
        "<LEDGERBAL><BALAMT><DTASOF></LEDGERBAL>",
        "<LEDGERBAL><BALAMT>?<DTASOF>20261130</LEDGERBAL>",
        "<AVAILBAL><BALAMT>5.00<DTASOF>20261130</AVAILBAL>",
    ],
)
def test_a_balance_that_only_holds_a_place_is_none(ledger: str) -> None:
    assert account_of(read_ofx, ofx(account(movement(), ledger=ledger))).footer.closing is None


def test_the_available_balance_is_not_taken_for_the_ledgers() -> None:
    ledger = (
        "<AVAILBAL><BALAMT>5.00<DTASOF>20261130</AVAILBAL>"
        "<LEDGERBAL><BALAMT>9.00<DTASOF>20261130</LEDGERBAL>"
    )
    closing = account_of(read_ofx, ofx(account(ledger=ledger))).footer.closing

    assert closing == Balance(Decimal(9), date(2026, 11, 30))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "latin-1", "utf-16"])
@pytest.mark.parametrize("charset", ["1252", "NONE", "ISO-8859-1"])
def test_text_is_read_in_its_encoding_whatever_the_header_says(encoding: str, charset: str) -> None:
    content = ofx(
        account(movement(memo="AÇÃO À VISTA Nº 1 – ITAÚ" if "1" not in encoding else "AÇÃO"))
    )
    content = content.replace("CHARSET:1252", f"CHARSET:{charset}")

    (line,) = account_of(read_ofx, content.encode(encoding, errors="replace")).lines

    assert line.text.startswith("AÇÃO")


def test_a_text_that_was_cut_in_the_middle_of_a_letter_spoils_no_other() -> None:
    content = ofx(account(movement(memo="AÇÃO À VISTA"), movement(memo="CUT"))).encode()
    content = content.replace(b"CUT", b"CR\xc3")

    first, second = account_of(read_ofx, content).lines

    assert (first.text, second.text) == ("AÇÃO À VISTA", "CRÃ")


def test_what_is_not_escaped_and_what_is_are_read_alike() -> None:
    texts = [
        line.text
        for line in lines_of(
            movement(memo="SILVA & FILHOS"),
            movement(memo="SILVA &amp; FILHOS"),
            movement(memo="SILVA &#38; FILHOS"),
            movement(memo="A < B > C"),
            movement(memo="<![CDATA[SILVA & FILHOS]]>"),
        )
    ]

    assert texts == [
        "SILVA & FILHOS",
        "SILVA & FILHOS",
        "SILVA & FILHOS",
        "A < B > C",
        "SILVA & FILHOS",
    ]


@pytest.mark.parametrize("tag", ["</STMTTRN>", "</BANKTRANLIST>", "</STMTRS>", "</STMTTRNRS>"])
def test_a_closing_tag_that_is_missing_loses_no_row(tag: str) -> None:
    content = ofx(account(movement("1.00"), movement("2.00")), account(movement("3.00")))

    read = accounts_of(read_ofx, content.replace(tag, ""))

    assert [[line.amount for line in each.lines] for each in read] == [[1, 2], [3]]
    assert all(each.footer.closing and each.footer.is_whole for each in read)


def test_tags_may_be_closed_and_in_small_letters() -> None:
    content = ofx(
        account("<stmttrn><dtposted>20261103</dtposted><trnamt>5</trnamt><memo>x</memo></stmttrn>")
    )

    assert [line.amount for line in account_of(read_ofx, content).lines] == [Decimal(5)]


def test_a_file_that_ends_in_the_middle_says_so() -> None:
    content = ofx(account(movement(), movement()))

    read = account_of(read_ofx, content[: content.rindex("<MEMO>")])

    assert (len(read.lines), read.footer.is_whole) == (2, False)


def test_two_accounts_are_two_and_the_same_account_twice_is_two_periods() -> None:
    read = accounts_of(
        read_ofx,
        ofx(account(movement(), number="1"), account(movement(), number="2"), account(number="1")),
    )

    assert [each.header.number for each in read] == ["1", "2", "1"]
    assert [len(each.lines) for each in read] == [1, 1, 0]


def test_an_account_in_another_currency_is_refused_and_the_others_are_read() -> None:
    content = ofx(account(movement(), currency="USD"), account(movement(), currency="BRC"))

    dollars, reais = accounts_of(read_ofx, content)

    assert "USD" in dollars.header.refused
    assert (dollars.lines, dollars.footer.closing) == ([], None)
    assert (reais.header.currency, reais.header.refused, len(reais.lines)) == ("BRL", "", 1)


def test_an_amount_that_is_still_in_another_currency_is_unread() -> None:
    converted = "<ORIGCURRENCY><CURRATE>5.4<CURSYM>USD</ORIGCURRENCY>"
    foreign = "<CURRENCY><CURRATE>5.4<CURSYM>USD</CURRENCY>"
    read = account_of(
        read_ofx,
        ofx(
            account(
                movement("-100.00", memo=f"A{foreign}"), movement("-540.00", memo=f"B{converted}")
            )
        ),
    )

    assert [line.amount for line in read.lines] == [Decimal("-540.00")]
    assert [row.row for row in read.unread] == [1]


@pytest.mark.parametrize("ids", [("", ""), ("A1", "A1")])
def test_empty_and_repeated_ids_are_given_as_they_are(ids: tuple[str, str]) -> None:
    lines = lines_of(*(movement(FITID=each) for each in ids))

    assert tuple(line.source_id for line in lines) == ids


def test_a_name_that_was_cut_goes_on_in_the_memo() -> None:
    cut, rest = "CENTRAL DISTRIBUIDORA DE EMBALAG", "ENS DO SUL NF 4417"

    line = line_of(movement(NAME=cut, memo=rest))

    assert line.text == cut + rest


def test_a_row_without_a_text_is_called_by_its_type_and_number() -> None:
    line = line_of(
        "<STMTTRN><TRNTYPE>CHECK<DTPOSTED>20261113<TRNAMT>-210.00<CHECKNUM>000123</STMTTRN>"
    )

    assert (line.text, line.check_number) == ("Cheque 000123", "000123")


def test_the_other_side_and_the_pix_are_found_in_the_text() -> None:
    end_to_end = "E18236120202611031530s0123456789"
    whole, masked = lines_of(
        movement(memo="Pagamento recebido - Pedra Ltda - 30.405.060/0001-72", REFNUM=end_to_end),
        movement(memo="Transferência pelo Pix - FULANO - •••.711.183-•• - ITAÚ"),
    )

    assert (whole.name, whole.document) == ("Pedra Ltda", "30405060000172")
    assert whole.end_to_end_id == end_to_end
    assert (masked.name, masked.document) == ("FULANO", "•••.711.183-••")


def test_a_row_of_a_day_to_come_is_marked() -> None:
    lines = lines_of(movement(day="20261130"), movement(day="20261201"))

    assert [line.is_future for line in lines] == [False, True]


def test_the_day_of_operation_is_kept_beside_the_day_of_booking() -> None:
    line = line_of(movement(day="20261103", DTUSER="20261101"))

    assert (line.day, line.operation_day) == (date(2026, 11, 3), date(2026, 11, 1))


def test_a_card_is_told_from_an_account() -> None:
    content = ofx(account(movement())).replace("STMTRS", "CCSTMTRS").replace("BANKACCT", "CCACCT")

    assert account_of(read_ofx, content).header.is_card


def test_a_statement_of_investments_is_refused_in_words() -> None:
    content = ofx(account(movement())).replace("STMTRS", "INVSTMTRS")

    read = account_of(read_ofx, content)

    assert (bool(read.header.refused), read.lines) == (True, [])


def test_an_account_without_movements_is_read() -> None:
    assert account_of(read_ofx, ofx(account())).lines == []


def test_movements_without_an_account_around_them_are_read() -> None:
    assert len(account_of(read_ofx, f"<OFX>{movement()}</OFX>").lines) == 1


@pytest.mark.parametrize("content", ["<OFX></OFX>", "", "<OFX><STATUS><CODE>2000</OFX>"])
def test_a_file_without_a_statement_is_refused(content: str) -> None:
    with pytest.raises(UnreadableFile) as refused:
        accounts_of(read_ofx, content)

    assert refused.value.code == "no_statement"


def test_where_the_pieces_of_a_long_file_meet_nothing_is_lost() -> None:
    memo = "A < B & C 2 <3 " * 3
    count = 3 * CHUNK // len(movement(memo=memo))

    lines = lines_of(*(movement(f"{number}.00", memo=memo) for number in range(1, count)))

    assert [line.amount for line in lines] == list(range(1, count))
    assert {line.text for line in lines} == {memo.strip()}


def test_a_field_without_end_is_refused() -> None:
    with pytest.raises(UnreadableFile):
        accounts_of(read_ofx, ofx(account(movement(memo="A" * 3_000_000))))


def test_a_period_that_ends_before_it_begins_is_none() -> None:
    read = account_of(read_ofx, ofx(account(movement())).replace("<DTEND>2026", "<DTEND>2025"))

    assert (read.header.since, read.header.until) == (None, None)


def test_what_is_pending_is_no_line_and_no_part_of_the_one_before() -> None:
    open_line = "<STMTTRN><TRNTYPE>DEBIT<DTPOSTED>20261103<TRNAMT>-1.00<MEMO>TARIFA"
    pending = "<BANKTRANLISTP><STMTTRNP><TRNAMT>-8.50<NAME>AINDA NAO</STMTTRNP></BANKTRANLISTP>"

    (line,) = account_of(read_ofx, ofx(account(open_line + pending))).lines

    assert (line.amount, line.text) == (Decimal("-1.00"), "TARIFA")


def test_a_blocked_balance_is_no_opening() -> None:
    blocked = movement("7.00", memo="SALDO BLOQ.ANTERIOR")
    read = account_of(read_ofx, ofx(account(blocked, movement("9.00", memo="SALDO ANTERIOR"))))

    assert (read.lines, read.footer.opening and read.footer.opening.amount) == ([], Decimal(9))
