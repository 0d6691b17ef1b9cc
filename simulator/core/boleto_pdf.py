"""The PDF of a boleto: who pays whom, the line, the bar code, and the Pix QR where there is one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import segno

from simulator.core import pdf
from simulator.core.documents import format_document
from simulator.core.pages import day_text, money

# Interleaved 2 of 5 (FEBRABAN): which of a digit's five stripes are wide.
_WIDE = ["00110", "10001", "01001", "11000", "00101", "10100", "01100", "00011", "10010", "01010"]
_LEFT, _RIGHT = 40, 555


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page. Money is centavos; an empty line or code is left out."""

    bank: str  # "403 Cora SCD"
    beneficiary: str
    beneficiary_document: str
    payer: str
    payer_document: str
    amount: int
    due_date: date
    our_number: str = ""
    digitable: str = ""
    barcode: str = ""
    pix: str = ""
    items: tuple[str, ...] = ()
    instructions: tuple[str, ...] = ()
    stamp: str = ""  # "PAGO", "CANCELADO"


def boleto_pdf(sheets: Sequence[Sheet], title: str = "Boleto") -> bytes:
    return pdf.build([_page(sheet) for sheet in sheets], title)


def format_line(digits: str) -> str:
    """47 digits as they are printed: 40390.00007 71000.000001 ..."""
    parts = digits[:10], digits[10:21], digits[21:32]
    fields = " ".join(f"{part[:5]}.{part[5:]}" for part in parts)
    return f"{fields} {digits[32]} {digits[33:]}"


def _page(sheet: Sheet) -> pdf.Page:
    page = pdf.Page()
    page.text(_LEFT, 60, sheet.bank, size=15, bold=True)
    if sheet.stamp:
        page.text(430, 60, sheet.stamp, size=15, bold=True)
    if sheet.digitable:
        page.code(_LEFT, 82, format_line(sheet.digitable), size=12)
    page.line(_LEFT, 92, _RIGHT, 92, width=1.5)
    payer = f"{sheet.payer} · {format_document(sheet.payer_document)}"
    beneficiary = f"{sheet.beneficiary} · {format_document(sheet.beneficiary_document)}"
    _labelled(page, _LEFT, 108, "Beneficiário", beneficiary)
    _labelled(page, 430, 108, "Vencimento", day_text(sheet.due_date.isoformat()))
    _labelled(page, _LEFT, 140, "Pagador", payer)
    _labelled(page, 430, 140, "Valor do documento", money(sheet.amount))
    _labelled(page, _LEFT, 172, "Nosso número", sheet.our_number or "não há")
    page.line(_LEFT, 192, _RIGHT, 192)
    y = 210
    for text in (*sheet.items, *sheet.instructions):
        page.text(_LEFT, y, text[:105])
        y += 13
    if sheet.barcode:
        _bars(page, _LEFT, y + 14, sheet.barcode)
        y += 80
    if sheet.pix:
        _pix(page, y + 14, sheet.pix)
    return page


def _labelled(page: pdf.Page, x: float, y: float, label: str, text: str) -> None:
    page.text(x, y, label, size=7)
    page.text(x, y + 13, text[:70], size=10, bold=True)


def _bars(page: pdf.Page, x: float, y: float, digits: str) -> None:
    """103 mm by 13 mm, as FEBRABAN asks: two digits at a time, one in bars and one in gaps."""
    widths = [1, 1, 1, 1]
    for first, second in zip(digits[::2], digits[1::2], strict=True):
        for bar, gap in zip(_WIDE[int(first)], _WIDE[int(second)], strict=True):
            widths += [3 if bar == "1" else 1, 3 if gap == "1" else 1]
    widths += [3, 1, 1]
    module = 292 / sum(widths)
    for i, width in enumerate(widths):
        if i % 2 == 0:
            page.box(x, y, width * module, 37)
        x += width * module


def _pix(page: pdf.Page, y: float, text: str) -> None:
    page.text(_LEFT, y, "Pague com Pix", size=10, bold=True)
    matrix = segno.make(text, micro=False).matrix
    module = 130 / len(matrix)
    for row, cells in enumerate(matrix):
        for column, dark in enumerate(cells):
            if dark:
                page.box(_LEFT + column * module, y + 10 + row * module, module, module)
    page.text(190, y + 20, "Pix copia e cola", size=7)
    for i in range(0, len(text), 64):
        page.code(190, y + 34 + i // 64 * 12, text[i : i + 64])
