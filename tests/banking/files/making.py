"""Small statement files, made by the tests themselves, and what is read of them."""

from collections.abc import Callable, Sequence
from datetime import date
from io import BytesIO
from typing import Any

from openpyxl import Workbook

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


def workbook(*rows: Sequence[Any]) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(list(row))
    content = BytesIO()
    book.save(content)
    return content.getvalue()


WHO = "212345678000195" + "1234567890".ljust(20) + "01234" + "5" + "000000067890" + "1" + " "
NAME = "EMPRESA MODELO LTDA".ljust(30)


def cnab240_file(*lots: str, ends: str = "\r\n") -> str:
    head = ("00100000" + " " * 9 + WHO + NAME + "BANCO EXEMPLO").ljust(240)
    tail = "00199999".ljust(240)
    lines = [head, *(line for lot in lots for line in lot.split("\n")), tail]
    return "".join(f"{line}{ends}" for line in lines)


def lot(
    *details: str,
    opening: str = "01112026" + "0" * 13 + "10000C",
    closing: str = "30112026" + "0" * 13 + "12000C",
    currency: str = "BRL",
    sums: str = "",
) -> str:
    head = f"00100011E0440032 {WHO}{NAME}".ljust(142) + f"{opening}F{currency}00001"
    tail = f"00100015         {WHO}".ljust(142) + f"{closing}F{sums}"
    return "\n".join(line.ljust(240) for line in (head, *details, tail))


def detail(
    cents: int = 2000,
    side: str = "C",
    day: str = "03112026",
    text: str = "PIX",
    number: str = "9001",
) -> str:
    start = f"0010001300001E   {WHO}{NAME}".ljust(108)
    start += f"DPV00{'':20}S{day}{day}"
    return f"{start}{cents:018d}{side}2050001{text:25.25}{number:39.39}"


def cnab240() -> str:
    """A file of one movement."""
    return cnab240_file(lot(detail()))


def accounts_of(
    read: Callable[..., Items], content: str | bytes, **options: Any
) -> list[ReadAccount]:
    raw = content.encode() if isinstance(content, str) else content
    return collect(read(BytesIO(raw), today=TODAY, **options))


def account_of(read: Callable[..., Items], content: str | bytes, **options: Any) -> ReadAccount:
    (only,) = accounts_of(read, content, **options)
    return only
