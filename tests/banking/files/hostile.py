"""What spoils a statement file, and what may come of reading any bytes at all."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

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


def check(read: Callable[..., Items], content: bytes) -> frozenset[str]:
    """Only rows that may be stored come of it, each account with a beginning and an end. Returns
    what kinds of things came."""
    is_inside, seen = False, set()
    try:
        for item in read(BytesIO(content), today=TODAY):
            assert is_inside != isinstance(item, AccountHeader)
            is_inside = not isinstance(item, AccountFooter)
            check_item(item)
            seen.add(kind_of(item))
    except UnreadableFile as error:
        assert str(error).endswith(".") and error.code
        return frozenset(seen | {error.code})
    assert not is_inside
    return frozenset(seen)


def kind_of(item: Any) -> str:
    """By which one outcome differs from another."""
    if isinstance(item, UnreadRow):
        return item.why
    if isinstance(item, FileLine):
        return f"line {item.amount > 0} {bool(item.name)} {bool(item.document)} {item.is_future}"
    if isinstance(item, AccountFooter):
        return f"footer {bool(item.opening)} {bool(item.closing)} {item.is_whole}"
    return type(item).__name__


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
