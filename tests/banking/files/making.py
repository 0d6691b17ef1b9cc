"""Small statement files, made by the tests themselves, and what is read of them."""

from collections.abc import Callable
from datetime import date
from io import BytesIO
from typing import Any

from banking.statements.files.contract import Items, ReadAccount, collect

TODAY = date(2026, 11, 30)
HEADER = """OFXHEADER:100
DATA:OFXSGML
VERSION:102
SECURITY:NONE
ENCODING:USASCII
CHARSET:1252
COMPRESSION:NONE
OLDFILEUID:NONE
NEWFILEUID:NONE

"""
LEDGER = "<LEDGERBAL><BALAMT>100.00<DTASOF>20261130</LEDGERBAL>"


def ofx(*accounts: str, header: str = HEADER) -> str:
    return f"{header}<OFX><BANKMSGSRSV1>{''.join(accounts)}</BANKMSGSRSV1></OFX>"


def account(
    *movements: str, number: str = "123456-7", currency: str = "BRL", ledger: str = LEDGER
) -> str:
    return (
        f"<STMTTRNRS><STMTRS><CURDEF>{currency}<BANKACCTFROM><BANKID>0001<BRANCHID>1234"
        f"<ACCTID>{number}<ACCTTYPE>CHECKING</BANKACCTFROM><BANKTRANLIST><DTSTART>20261101"
        f"<DTEND>20261130{''.join(movements)}</BANKTRANLIST>{ledger}</STMTRS></STMTTRNRS>"
    )


def movement(
    amount: str = "-10.00", day: str = "20261103", memo: str = "TARIFA", **more: str
) -> str:
    rest = "".join(f"<{tag}>{value}" for tag, value in more.items())
    return f"<STMTTRN><TRNTYPE>OTHER<DTPOSTED>{day}<TRNAMT>{amount}{rest}<MEMO>{memo}</STMTTRN>"


def accounts_of(
    read: Callable[..., Items], content: str | bytes, **options: Any
) -> list[ReadAccount]:
    raw = content.encode() if isinstance(content, str) else content
    return collect(read(BytesIO(raw), today=TODAY, **options))


def account_of(read: Callable[..., Items], content: str | bytes, **options: Any) -> ReadAccount:
    (only,) = accounts_of(read, content, **options)
    return only
