"""What is written as OFX is read by our own reader, and by ofxtools, as what it was."""

from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO

from hypothesis import given
from hypothesis import strategies as st
from ofxtools.Parser import OFXTree

from banking.statements.files.contract import Balance, ReadAccount, collect
from banking.statements.files.ofx import read_ofx
from banking.statements.files.ofx_writer import OfxAccount, OfxLine, ofx_parts
from banking.statements.files.particulars import states_balance
from core.text import read_line

NOW = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)
TODAY = date(2026, 11, 30)
ACCOUNT = OfxAccount(
    bank_code="341",
    branch="0001",
    number="12345-6",
    since=date(2026, 11, 1),
    until=TODAY,
    closing=Decimal("-1234.50"),
    closing_on=date(2026, 11, 27),
)

# As they stand in our tables: on one line, without what nobody sees.
texts = st.text(min_size=1, max_size=255).map(read_line).filter(lambda text: text.strip())
movements = st.builds(
    OfxLine,
    day=st.dates(date(2020, 1, 1), TODAY),
    amount=st.decimals("-99999999", "99999999", places=2).filter(bool),
    kind=st.sampled_from(["CREDIT", "DEBIT", "FEE", "XFER", "PAYMENT"]),
    id=st.uuids().map(str),
    name=st.just(""),
    text=texts.filter(lambda text: not states_balance(text)),
)


def written(lines: list[OfxLine], account: OfxAccount = ACCOUNT) -> bytes:
    return "".join(ofx_parts(account, lines, NOW)).encode()


def read(content: bytes) -> ReadAccount:
    (found,) = collect(read_ofx(BytesIO(content), today=TODAY))
    return found


@given(st.lists(movements, max_size=20))
def test_our_reader_finds_the_movements_that_were_written(lines: list[OfxLine]) -> None:
    found = read(written(lines))

    assert found.unread == found.balances == []
    assert found.footer.is_whole
    assert [(each.day, each.amount, each.source_id, each.text) for each in found.lines] == [
        (each.day, each.amount, each.id, each.text) for each in lines
    ]


def test_our_reader_knows_the_account_its_period_and_its_balance() -> None:
    found = read(written([]))

    header = found.header
    assert (header.bank_code, header.branch, header.number) == ("341", "0001", "12345-6")
    assert (header.since, header.until) == (ACCOUNT.since, ACCOUNT.until)
    assert found.footer.closing == Balance(Decimal("-1234.50"), date(2026, 11, 27))


def test_a_balance_that_the_bank_does_not_say_is_left_out() -> None:
    unsaid = OfxAccount("341", "0001", "12345-6", ACCOUNT.since, ACCOUNT.until)

    assert read(written([], unsaid)).footer.closing is None


def test_ofxtools_reads_it_without_a_complaint() -> None:
    line = OfxLine(TODAY, Decimal("-10.05"), "DEBIT", "a-1", "Açaí & Cia <Ltda>", "Pix enviado")
    tree = OFXTree()
    tree.parse(BytesIO(written([line])))

    (statement,) = tree.convert().statements

    (movement,) = statement.transactions
    assert (movement.trnamt, movement.fitid) == (Decimal("-10.05"), "a-1")
    assert (movement.name, movement.memo) == ("Açaí & Cia <Ltda>", "Pix enviado")
    assert movement.dtposted.date() == TODAY
    assert statement.account.acctid == "12345-6"
    assert statement.balance.balamt == Decimal("-1234.50")


def test_what_is_too_long_is_cut_and_what_is_apart_stays_apart() -> None:
    line = OfxLine(TODAY, Decimal("1.00"), "CREDIT", "1", "N" * 60, "M" * 300)

    (found,) = read(written([line])).lines

    assert found.text == f"{'N' * 31} {'M' * 255}"
