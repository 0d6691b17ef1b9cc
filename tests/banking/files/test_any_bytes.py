"""Whatever the bytes are: rows, or the one error that says why not."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from banking.statements.files.cnab240 import read_cnab240
from banking.statements.files.contract import (
    AccountFooter,
    AccountHeader,
    BalanceRow,
    FileLine,
    Items,
    UnreadableFile,
    UnreadRow,
)
from banking.statements.files.delimited import read_delimited
from banking.statements.files.ofx import read_ofx
from banking.statements.files.read import read_statement
from banking.statements.files.sheet import read_sheet
from core.money import MAX_AMOUNT
from tests.banking.files.making import TODAY, account, cnab240, movement, ofx, workbook

SEEDS = {
    read_ofx: ofx(account(movement(), movement("1.234,56", memo="SALDO DIA"))).encode(),
    read_delimited: 'Data;Histórico;Valor;Saldo\n03/11/2026;"PIX";5,00;10,00\n'.encode(),
    read_cnab240: cnab240().encode(),
    read_sheet: workbook(["Data", "Histórico", "Valor"], ["03/11/2026", "PIX", 5.0]),
    read_statement: b"PK",
}
PIECES = [
    b"<STMTTRN>", b"<OFX>", b"</OFX>", b"<STMTRS>", b"<TRNAMT>", b"<DTPOSTED>20261103", b"-1,00",
    b";", b'"', b"\n", b"\r", b"Data;Valor\n", b"03/11/2026", b"1.000", b"\xc3", b"\xff\xfe",
    b"\x00", b"00100011E04", b"0010001300001E", b"&#55296;", b"<![CDATA[", b"<", b">", b" " * 50,
    b"9" * 30, b"E", b"NaN", b"SALDO", b"PK\x03\x04", "•²½".encode(),
]  # fmt: skip


def check(read: Callable[..., Items], content: bytes) -> None:
    """Only rows that may be stored come of it, each account with a beginning and an end."""
    is_inside = False
    try:
        for item in read(BytesIO(content), today=TODAY):
            assert is_inside != isinstance(item, AccountHeader)
            is_inside = not isinstance(item, AccountFooter)
            check_item(item)
    except UnreadableFile as error:
        assert str(error).endswith((".", ":")) and error.code
        return
    assert not is_inside


def check_item(item: Any) -> None:
    if isinstance(item, FileLine):
        assert item.amount and abs(item.amount) <= MAX_AMOUNT
        assert item.amount == item.amount.quantize(Decimal("0.01"))
        assert date(1990, 1, 1) <= item.day <= date(2099, 12, 31)
        assert item.text
        assert is_storable(item.text, item.name, item.document, item.source_id)
        assert is_storable(item.check_number, item.end_to_end_id)
    elif isinstance(item, UnreadRow):
        assert item.why.endswith(".") and is_storable(item.text)
    elif isinstance(item, BalanceRow):
        assert is_storable(item.text)
    elif isinstance(item, AccountHeader):
        assert is_storable(item.branch, item.number, item.currency, item.bank_code)


def is_storable(*texts: str) -> bool:
    return all(
        len(text) <= 500 and "\x00" not in text and text.encode() is not None for text in texts
    )


@st.composite
def spoilt(draw: st.DrawFn, seed: bytes) -> bytes:
    """The seed with pieces of other things in it, cut and doubled."""
    content = seed
    for _ in range(draw(st.integers(0, 6))):
        at = draw(st.integers(0, len(content)))
        until = min(len(content), at + draw(st.integers(0, 40)))
        piece = draw(st.one_of(st.sampled_from(PIECES), st.binary(max_size=8)))
        again = content[at:until] if draw(st.booleans()) else b""
        content = content[:at] + piece + again + content[until:]
    return content


@pytest.mark.parametrize("read", SEEDS, ids=lambda read: read.__name__)
@settings(max_examples=150, deadline=5000)
@given(data=st.data())
def test_a_spoilt_file_gives_rows_or_the_one_error(read: Callable[..., Items], data: Any) -> None:
    check(read, data.draw(spoilt(SEEDS[read])))


@pytest.mark.parametrize("read", SEEDS, ids=lambda read: read.__name__)
@settings(max_examples=150, deadline=5000)
@given(content=st.one_of(st.binary(), st.lists(st.sampled_from(PIECES)).map(b"".join)))
def test_any_bytes_give_rows_or_the_one_error(read: Callable[..., Items], content: bytes) -> None:
    check(read, content)


@pytest.mark.parametrize(
    "piece",
    [
        b"<",
        b"<A",
        b"<A ",
        b"<STMTTRN>",
        b"<STMTRS>",
        b'"',
        b';"',
        b'"\n',
        b"&#1",
        b"&",
        b"9",
        b"SALDO ",
        b"E1",
    ],
)
def test_what_repeats_without_end_takes_no_longer_than_its_length(piece: bytes) -> None:
    """Twenty times as long as what takes far below a second, so a square of it would be seen."""
    import time

    content = piece * (400_000 // len(piece))
    for read in (read_ofx, read_delimited, read_cnab240):
        began = time.monotonic()
        check(read, content)
        assert time.monotonic() - began < 30
