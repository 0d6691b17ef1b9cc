"""Writes OFX 1.02 (SGML), every tag closed, as `ofx` and other programs read it.

Source: OFX 1.0.3, 11.4.2.2 (STMTRS), 11.4.3 (STMTTRN), 3.2.8.2 (dates). Nothing is kept: a file of
any length may be streamed.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple
from xml.sax.saxutils import escape

from brazil.banking_days import SAO_PAULO

OFX = "application/x-ofx"
# One less than the format allows: a NAME of 32 letters goes on in MEMO, to who reads it.
LONGEST_NAME = 31
LONGEST_MEMO, LONGEST_FITID, LONGEST_ACCOUNT = 255, 255, 22
HEADER = (
    "OFXHEADER:100\r\nDATA:OFXSGML\r\nVERSION:102\r\nSECURITY:NONE\r\nENCODING:UTF-8\r\n"
    "CHARSET:NONE\r\nCOMPRESSION:NONE\r\nOLDFILEUID:NONE\r\nNEWFILEUID:NONE\r\n\r\n"
)


@dataclass(frozen=True, slots=True)
class OfxAccount:
    bank_code: str  # COMPE, three digits
    branch: str
    number: str
    since: date
    until: date
    # What the bank says that a day closed with; None where it says it of none.
    closing: Decimal | None = None
    closing_on: date | None = None


class OfxLine(NamedTuple):
    day: date
    amount: Decimal  # reais, negative for money out
    kind: str  # TRNTYPE
    id: str
    name: str  # of the other side; may be empty
    text: str


def ofx_parts(account: OfxAccount, lines: Iterable[OfxLine], made_at: datetime) -> Iterator[str]:
    yield HEADER + (
        "<OFX>\r\n<SIGNONMSGSRSV1><SONRS><STATUS><CODE>0</CODE><SEVERITY>INFO</SEVERITY></STATUS>"
        f"<DTSERVER>{made_at.astimezone(SAO_PAULO):%Y%m%d%H%M%S}[-3:BRT]</DTSERVER>"
        "<LANGUAGE>POR</LANGUAGE></SONRS></SIGNONMSGSRSV1>\r\n"
        "<BANKMSGSRSV1><STMTTRNRS><TRNUID>1</TRNUID>"
        "<STATUS><CODE>0</CODE><SEVERITY>INFO</SEVERITY></STATUS>\r\n"
        "<STMTRS><CURDEF>BRL</CURDEF>"
        f"<BANKACCTFROM><BANKID>{escape(account.bank_code)}</BANKID>"
        f"{tag('BRANCHID', account.branch[:LONGEST_ACCOUNT])}"
        f"{tag('ACCTID', account.number[:LONGEST_ACCOUNT])}"
        "<ACCTTYPE>CHECKING</ACCTTYPE></BANKACCTFROM>\r\n"
        f"<BANKTRANLIST><DTSTART>{noon(account.since)}</DTSTART>"
        f"<DTEND>{noon(account.until)}</DTEND>\r\n"
    )
    for line in lines:
        yield movement(line)
    yield (
        f"</BANKTRANLIST>\r\n{balance(account)}</STMTRS></STMTTRNRS></BANKMSGSRSV1>\r\n</OFX>\r\n"
    )


def movement(line: OfxLine) -> str:
    return (
        f"<STMTTRN><TRNTYPE>{line.kind}</TRNTYPE><DTPOSTED>{noon(line.day)}</DTPOSTED>"
        f"<TRNAMT>{line.amount:.2f}</TRNAMT>{tag('FITID', line.id[:LONGEST_FITID])}"
        f"{tag('NAME', line.name[:LONGEST_NAME].rstrip())}"
        f"{tag('MEMO', line.text[:LONGEST_MEMO].rstrip())}</STMTTRN>\r\n"
    )


def balance(account: OfxAccount) -> str:
    if account.closing is None or account.closing_on is None:
        return ""
    return (
        f"<LEDGERBAL><BALAMT>{account.closing:.2f}</BALAMT>"
        f"<DTASOF>{noon(account.closing_on)}</DTASOF></LEDGERBAL>\r\n"
    )


def tag(name: str, value: str) -> str:
    """Left out where there is nothing to say."""
    return f"<{name}>{escape(value)}</{name}>" if value else ""


def noon(day: date) -> str:
    """The same day in every time zone of Brazil, and by the clock of who reads it."""
    return f"{day:%Y%m%d}120000[-3:BRT]"
