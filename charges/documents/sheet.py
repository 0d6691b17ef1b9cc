"""Our own document of a charge: one page of A4, from which it can be paid on paper.

The receipt for the payer stands above, the part for the bank below, as on the slips of all banks
(FEBRABAN, «Especificações técnicas: boleto de pagamento»). The bar code is 103 mm by 13 mm. A Pix
alone has no part for the bank: its code stands large on the page.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cache
from io import BytesIO
from itertools import groupby
from pathlib import Path

import reportlab
import segno
from reportlab import rl_config
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.lib.utils import simpleSplit
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from brazil.interleaved import bars, length
from core.money import format_brl

WIDTH, HEIGHT = A4
LEFT, RIGHT = 14 * mm, WIDTH - 14 * mm
COLUMN = RIGHT - 46 * mm  # where the narrow column of sums begins
ROW = 8.5 * mm
BARS_WIDTH, BARS_HEIGHT = 103 * mm, 13 * mm
PLAIN, BOLD = "Sheet", "Sheet-Bold"


@dataclass(frozen=True, slots=True)
class Sheet:
    """What stands on one page. An empty line, bar code or Pix code is left out."""

    bank_name: str
    bank_code: str  # three digits
    account: str  # «0001 / 1234567-8»
    beneficiary: str
    beneficiary_document: str  # as it is written
    payer: str
    payer_document: str
    payer_address: str
    amount: Decimal
    due_date: date
    issued_on: date
    about: str
    document_number: str = ""
    our_number: str = ""
    linha: str = ""  # as it is printed
    barcode: str = ""
    pix_code: str = ""
    instructions: tuple[str, ...] = field(default_factory=tuple)


def pdf_of(sheets: Iterable[Sheet], *, title: str) -> bytes:
    """One page each."""
    register_fonts()
    file = BytesIO()
    canvas = Canvas(file, pagesize=A4, pageCompression=1, lang="pt-BR")
    canvas.setTitle(title)
    for sheet in sheets:
        draw(canvas, sheet)
        canvas.showPage()
    canvas.save()
    return file.getvalue()


@cache
def register_fonts() -> None:
    """Embedded, so that accents print alike everywhere. ReportLab brings them along."""
    rl_config.useA85 = 0  # streams as they are, not as text
    folder = Path(reportlab.__file__).parent / "fonts"
    pdfmetrics.registerFont(TTFont(PLAIN, folder / "Vera.ttf"))
    pdfmetrics.registerFont(TTFont(BOLD, folder / "VeraBd.ttf"))


def draw(canvas: Canvas, sheet: Sheet) -> None:
    y = draw_receipt(canvas, sheet, HEIGHT - 14 * mm)
    if sheet.barcode:
        draw_cut(canvas, y)
        draw_bank_part(canvas, sheet, y - 8 * mm)


# --- The receipt ----------------------------------------------------------------------------


def draw_receipt(canvas: Canvas, sheet: Sheet, top: float) -> float:
    """Returns how far down it reaches."""
    y = draw_head(canvas, sheet, top, "Recibo do pagador")
    rows = [
        (("Beneficiário", sheet.beneficiary), ("CPF ou CNPJ", sheet.beneficiary_document)),
        (("Pagador", sheet.payer), ("Vencimento", day(sheet.due_date))),
        (("Referente a", sheet.about), ("Valor", money(sheet.amount))),
    ]
    y = draw_pairs(canvas, y, rows)
    y -= 4 * mm
    beside = COLUMN - 8 * mm if sheet.barcode else RIGHT
    bottom = draw_instructions(canvas, sheet, y, beside)
    if not sheet.pix_code:
        return min(bottom, y - 30 * mm)
    if not sheet.barcode:
        return draw_large_pix(canvas, sheet, bottom - 14 * mm)
    size = 42 * mm
    text(canvas, COLUMN, y - 3 * mm, "Pague com Pix", 8, bold=True)
    draw_qr(canvas, sheet.pix_code, COLUMN, y - 5 * mm - size, size)
    return min(bottom, y - 8 * mm - size)


def draw_large_pix(canvas: Canvas, sheet: Sheet, y: float) -> float:
    size = 70 * mm
    text(canvas, LEFT, y, "Pague com Pix", 13, bold=True)
    text(canvas, LEFT, y - 6 * mm, "Aponte a câmera do aplicativo do seu banco.", 9)
    draw_qr(canvas, sheet.pix_code, LEFT, y - 10 * mm - size, size)
    y -= 18 * mm + size
    text(canvas, LEFT, y, "Pix copia e cola", 7)
    for line in broken(sheet.pix_code, 88):
        y -= 4.2 * mm
        text(canvas, LEFT, y, line, 8)
    return y


def draw_instructions(canvas: Canvas, sheet: Sheet, y: float, right: float) -> float:
    for instruction in sheet.instructions:
        for line in simpleSplit(instruction, PLAIN, 8, right - LEFT)[:6]:
            y -= 4.2 * mm
            text(canvas, LEFT, y, line, 8)
    return y


# --- The part for the bank ------------------------------------------------------------------


def draw_bank_part(canvas: Canvas, sheet: Sheet, top: float) -> None:
    where = "Pagável em qualquer banco, aplicativo ou lotérica"
    y = draw_head(canvas, sheet, top, sheet.linha)
    named = f"{sheet.beneficiary} · {sheet.beneficiary_document}"
    rows = [
        (("Local de pagamento", where), ("Vencimento", day(sheet.due_date))),
        (("Beneficiário", named), ("Agência / conta do beneficiário", sheet.account)),
    ]
    y = draw_pairs(canvas, y, rows)
    step = (COLUMN - LEFT) / 4
    cells = [
        ("Data do documento", day(sheet.issued_on), LEFT + step),
        ("Número do documento", sheet.document_number, LEFT + 2 * step),
        ("Espécie", "DM", LEFT + 2.5 * step),
        ("Aceite", "N", LEFT + 3 * step),
        ("Moeda", "R$", COLUMN),
        ("Nosso número", sheet.our_number, RIGHT),
    ]
    y = draw_cells(canvas, y, cells)
    y = draw_sums(canvas, sheet, y)
    y = draw_payer(canvas, sheet, y)
    draw_bars(canvas, sheet.barcode, LEFT + 2 * mm, y - 3 * mm - BARS_HEIGHT)
    text(canvas, COLUMN, y - 4 * mm, "Autenticação mecânica", 6)
    text(canvas, COLUMN, y - 7 * mm, "Ficha de compensação", 7, bold=True)


def draw_sums(canvas: Canvas, sheet: Sheet, top: float) -> float:
    """The instructions, and beside them what the cashier fills in."""
    names = ("(=) Valor do documento", "(−) Desconto", "(+) Multa e juros", "(=) Valor cobrado")
    y = top
    for name in names:
        value = money(sheet.amount) if name == names[0] else ""
        draw_cell(canvas, COLUMN, y, RIGHT, name, value, is_strong=True)
        y -= ROW
    text(canvas, LEFT + 1 * mm, top - 3 * mm, "Instruções, de responsabilidade do beneficiário", 6)
    draw_instructions(canvas, sheet, top - 4 * mm, COLUMN - 4 * mm)
    canvas.line(LEFT, y, RIGHT, y)
    canvas.line(COLUMN, top, COLUMN, y)
    return y


def draw_payer(canvas: Canvas, sheet: Sheet, y: float) -> float:
    text(canvas, LEFT + 1 * mm, y - 3 * mm, "Pagador", 6)
    named = f"{sheet.payer} · {sheet.payer_document}"
    fitted(canvas, LEFT + 1 * mm, y - 7 * mm, named, 8, RIGHT - LEFT - 2 * mm)
    fitted(canvas, LEFT + 1 * mm, y - 11 * mm, sheet.payer_address, 8, RIGHT - LEFT - 2 * mm)
    y -= 13 * mm
    canvas.line(LEFT, y, RIGHT, y)
    return y


# --- Pieces ---------------------------------------------------------------------------------


def draw_head(canvas: Canvas, sheet: Sheet, y: float, words: str) -> float:
    """Bank, its code, and on the right what the part is, or its line."""
    fitted(canvas, LEFT, y - 6 * mm, sheet.bank_name, 11, 40 * mm, bold=True)
    if sheet.barcode:
        canvas.setLineWidth(1)
        canvas.line(LEFT + 42 * mm, y - 8 * mm, LEFT + 42 * mm, y - 2 * mm)
        text(canvas, LEFT + 44 * mm, y - 6 * mm, with_check_digit(sheet.bank_code), 12, bold=True)
        canvas.line(LEFT + 59 * mm, y - 8 * mm, LEFT + 59 * mm, y - 2 * mm)
    canvas.setFont(BOLD, 9.5)
    canvas.drawRightString(RIGHT, y - 6 * mm, words)
    canvas.setLineWidth(1)
    canvas.line(LEFT, y - 8 * mm, RIGHT, y - 8 * mm)
    canvas.setLineWidth(0.4)
    return y - 8 * mm


def draw_pairs(
    canvas: Canvas, y: float, rows: Sequence[tuple[tuple[str, str], tuple[str, str]]]
) -> float:
    """Rows of a wide cell and a narrow one, whose value stands out."""
    for (name, value), (narrow_name, narrow_value) in rows:
        draw_cell(canvas, LEFT, y, COLUMN, name, value, is_strong=False)
        y = draw_cells(canvas, y, [(narrow_name, narrow_value, RIGHT)], left=COLUMN, bold=True)
    return y


def draw_cells(
    canvas: Canvas,
    y: float,
    cells: Sequence[tuple[str, str, float]],
    *,
    left: float = LEFT,
    bold: bool = False,
) -> float:
    """Side by side from `left` on, each with its name, value and right edge, above a line."""
    for name, value, right in cells:
        draw_cell(canvas, left, y, right, name, value, is_strong=bold)
        if left > LEFT:
            canvas.line(left, y, left, y - ROW)
        left = right
    canvas.line(LEFT, y - ROW, RIGHT, y - ROW)
    return y - ROW


def draw_cell(
    canvas: Canvas, x: float, y: float, right: float, name: str, value: str, *, is_strong: bool
) -> None:
    text(canvas, x + 1 * mm, y - 3 * mm, name, 6)
    fitted(canvas, x + 1 * mm, y - 7 * mm, value, 9, right - x - 2 * mm, bold=is_strong)
    if is_strong:
        canvas.line(x, y - ROW, right, y - ROW)


def draw_cut(canvas: Canvas, y: float) -> None:
    canvas.saveState()
    canvas.setDash(2, 2)
    canvas.line(LEFT, y - 3 * mm, RIGHT, y - 3 * mm)
    canvas.restoreState()
    canvas.setFont(PLAIN, 6)
    canvas.drawRightString(RIGHT, y - 2 * mm, "corte aqui")


def draw_bars(canvas: Canvas, digits: str, x: float, y: float) -> None:
    boxes = [(at, 0, width, 1) for at, width in bars(digits)]
    fill(canvas, boxes, x, y, BARS_WIDTH / length(digits), BARS_HEIGHT)


def draw_qr(canvas: Canvas, code: str, x: float, y: float, size: float) -> None:
    matrix = segno.make(code, error="m", micro=False).matrix
    last, module = len(matrix) - 1, size / len(matrix)
    boxes = [
        (start, last - row, width, 1)
        for row, line in enumerate(matrix)
        for start, width in dark_runs(line)
    ]
    fill(canvas, boxes, x, y, module, module)


def dark_runs(line: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Where dark modules begin, and how many follow each other."""
    at = 0
    for is_dark, modules in groupby(line):
        length = len(list(modules))
        if is_dark:
            yield at, length
        at += length


def fill(
    canvas: Canvas,
    boxes: Iterable[tuple[int, int, int, int]],
    x: float,
    y: float,
    across: float,
    up: float,
) -> None:
    """Boxes of whole units, from (x, y) on: short numbers make a small file, quickly."""
    canvas.saveState()
    canvas.transform(across, 0, 0, up, x, y)
    path = canvas.beginPath()
    for box in boxes:
        path.rect(*box)
    canvas.drawPath(path, stroke=0, fill=1)
    canvas.restoreState()


def text(
    canvas: Canvas, x: float, y: float, words: str, size: float, *, bold: bool = False
) -> None:
    canvas.setFont(BOLD if bold else PLAIN, size)
    canvas.drawString(x, y, words)


def fitted(
    canvas: Canvas, x: float, y: float, words: str, size: float, room: float, *, bold: bool = False
) -> None:
    """Smaller where it would not fit, and cut where that would not be read any more."""
    font = BOLD if bold else PLAIN
    while size > 6 and pdfmetrics.stringWidth(words, font, size) > room:
        size -= 0.5
    while words and pdfmetrics.stringWidth(words, font, size) > room:
        words = words[:-2].rstrip() + "…" if len(words) > 2 else ""
    canvas.setFont(font, size)
    canvas.drawString(x, y, words)


def broken(words: str, length: int) -> list[str]:
    return [words[at : at + length] for at in range(0, len(words), length)]


def with_check_digit(code: str) -> str:
    """«341-7»: modulo 11 with weights from 2 on, from the right."""
    left = sum(int(digit) * weight for weight, digit in enumerate(reversed(code), 2)) % 11
    return f"{code}-{(11 - left) % 11 % 10}"


def day(value: date) -> str:
    return f"{value:%d/%m/%Y}"


def money(amount: Decimal) -> str:
    return f"R$ {format_brl(amount)}"
