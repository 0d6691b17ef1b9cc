"""What kind of file it is, by what is in it: names are typed, and say nothing."""

import re
from enum import StrEnum
from io import BytesIO
from typing import BinaryIO

from banking.statements.files.contract import UnreadableFile
from banking.statements.files.encoding import BYTE_ORDER_MARKS, opened
from banking.statements.files.sheet import BOUNDS, LIMITS
from core.spreadsheet import PAGE, SIGNATURES
from core.xlsx_package import COMPOUND, WORKBOOK, NotXlsx, Parts

START = 64 * 1024
# Of OFX: its header, its root, or what stands at the beginning of a file that lost both.
OFX = re.compile(
    r"OFXHEADER|<\?OFX|<OFX\b|<SIGNONMSGSRSV1>|<BANKMSGSRSV1>|<CREDITCARDMSGSRSV1>|<STMTTRN>",
    re.ASCII | re.IGNORECASE,
)
# The file header of CNAB 240: bank, lot 0000, record 0; of CNAB 400: record, and what it is.
CNAB_240 = re.compile(r"\d{3}00000[^;,\t]{130}", re.ASCII)
CNAB_400 = re.compile(r"0[12](?:RETORNO|REMESSA)", re.ASCII | re.IGNORECASE)
XML = re.compile(rb"\s*(?:\xef\xbb\xbf)?<\?xml")
PAGE_OF_XML = re.compile(rb"<html|<\w*:?workbook", re.IGNORECASE)
TAKEN = "Envie o extrato em OFX, CSV, XLSX ou CNAB 240."


class Kind(StrEnum):
    OFX = "ofx"
    CSV = "csv"
    XLSX = "xlsx"
    CNAB240 = "cnab240"


def detect(file: BinaryIO) -> Kind:
    """Raises:
    UnreadableFile: it is empty, or is of a kind that holds no statement.
    """
    file.seek(0)
    start = file.read(START)
    refuse_others(start)
    if start.startswith(b"PK"):
        return archive_kind(file)
    with opened(BytesIO(start)) as stream:
        text = stream.read().lstrip()
    if "\x00" in text:
        raise another_kind("não é um arquivo de texto")
    if OFX.search(text):
        return Kind.OFX
    if CNAB_240.match(text) or CNAB_400.match(text):
        return Kind.CNAB240
    if text.startswith(("!Type:", "!Account")):
        raise another_kind("é um QIF, e não um extrato que sabemos ler")
    if XML.match(start) and not PAGE_OF_XML.search(start):
        raise another_kind("é um XML, e não um extrato")
    if PAGE.match(start):
        raise another_kind("é uma página, e não um extrato")
    return Kind.CSV


def refuse_others(start: bytes) -> None:
    if not start.strip(b"\x00\t\r\n \xef\xbb\xbf\xff\xfe"):
        raise UnreadableFile("O arquivo está vazio.", code="empty")
    if start.startswith(COMPOUND):
        raise UnreadableFile(
            "O arquivo tem senha ou é do formato antigo do Excel. Salve-o como «.xlsx», sem senha.",
            code="locked_or_old",
        )
    for signature, what in SIGNATURES:
        if start.startswith(signature):
            raise another_kind(f"é {what}, e não um extrato")
    is_wide = any(start.startswith(mark) for mark, _ in BYTE_ORDER_MARKS[1:])
    if b"\x00" in start and not start.startswith(b"PK") and not is_wide:
        raise another_kind("não é um arquivo de texto")


def archive_kind(file: BinaryIO) -> Kind:
    """An XLSX is a ZIP with a workbook in it."""
    file.seek(0)
    content = file.read(BOUNDS.size + 1)
    if len(content) > BOUNDS.size:
        raise another_kind(f"compactado passa de {BOUNDS.size // 1024 // 1024} MB")
    try:
        is_workbook = Parts(content, LIMITS).has(WORKBOOK)
    except NotXlsx:
        raise another_kind("é um arquivo compactado que não pôde ser aberto") from None
    if is_workbook:
        return Kind.XLSX
    raise another_kind("é um arquivo compactado, e não um extrato: extraia-o antes")


def another_kind(what: str) -> UnreadableFile:
    return UnreadableFile(f"O arquivo {what}. {TAKEN}", code="another_kind")
