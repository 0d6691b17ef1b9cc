"""An XLSX of one sheet, written while it is sent: neither the rows nor the file are held.

As in core.workbook numbers are numbers, days are days, everything else is text, and no text is a
formula. Sources: ECMA-376, part 1, 18.3.1.4 (c), 18.8 (styles), and part 2, 9 (the package).
"""

import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from xml.sax.saxutils import escape

from core.spreadsheet import column_letter
from core.workbook import Column, Value

MOST_ROWS = 1_048_575  # what a sheet holds below its headings (Excel, "Specifications and limits")
LONGEST_CELL = 32_767
PART = 256 * 1024  # bytes that are sent at once
FIRST_DAY = date(1899, 12, 30).toordinal()
HEAD, TEXT, MONEY, DAY, WHOLE = range(1, 6)  # of STYLES
# What XML 1.0 has no way to write.
UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")

XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
SHEETML = "application/vnd.openxmlformats-officedocument.spreadsheetml"

TYPES = (
    f'{XML}<Types xmlns="{PACKAGE}/content-types">'
    '<Default Extension="rels"'
    ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{SHEETML}.sheet.main+xml"/>'
    f'<Override PartName="/xl/styles.xml" ContentType="{SHEETML}.styles+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{SHEETML}.worksheet+xml"/>'
    "</Types>"
)
RELATIONS = (
    f'{XML}<Relationships xmlns="{PACKAGE}/relationships">'
    f'<Relationship Id="r1" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/>'
    "</Relationships>"
)
BOOK_RELATIONS = (
    f'{XML}<Relationships xmlns="{PACKAGE}/relationships">'
    f'<Relationship Id="r1" Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="r2" Type="{OFFICE}/styles" Target="styles.xml"/>'
    "</Relationships>"
)
STYLES = (
    f'{XML}<styleSheet xmlns="{MAIN}">'
    '<numFmts count="1"><numFmt numFmtId="164" formatCode="dd/mm/yyyy"/></numFmts>'
    '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="6">'
    + "".join(
        f'<xf numFmtId="{number}" fontId="{font}" fillId="0" borderId="0" xfId="0"'
        ' applyNumberFormat="1" applyFont="1"/>'
        for number, font in ((0, 0), (49, 1), (49, 0), (4, 0), (164, 0), (1, 0))
    )
    + '</cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/>'
    "</cellStyles></styleSheet>"
)


class Outlet:
    """A file that is written to and taken from, and never goes back."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self.size = 0

    def write(self, data: bytes) -> int:
        self._parts.append(bytes(data))
        self.size += len(data)
        return len(data)

    def flush(self) -> None: ...

    def take(self) -> bytes:
        taken, self._parts, self.size = b"".join(self._parts), [], 0
        return taken


def xlsx_parts(
    name: str, columns: Sequence[Column], rows: Iterable[Sequence[Value]]
) -> Iterator[bytes]:
    """At most MOST_ROWS rows."""
    outlet = Outlet()
    with zipfile.ZipFile(outlet, "w", zipfile.ZIP_DEFLATED) as package:  # type: ignore[call-overload]
        for path, content in (
            ("[Content_Types].xml", TYPES),
            ("_rels/.rels", RELATIONS),
            ("xl/workbook.xml", book_of(name)),
            ("xl/_rels/workbook.xml.rels", BOOK_RELATIONS),
            ("xl/styles.xml", STYLES),
        ):
            package.writestr(path, content)
        with package.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            for text in sheet_parts(columns, rows):
                sheet.write(text.encode())
                if outlet.size >= PART:
                    yield outlet.take()
    yield outlet.take()


def book_of(name: str) -> str:
    title = escape(name, {'"': "&quot;"})
    return (
        f'{XML}<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}">'
        f'<sheets><sheet name="{title}" sheetId="1" r:id="r1"/></sheets></workbook>'
    )


def sheet_parts(columns: Sequence[Column], rows: Iterable[Sequence[Value]]) -> Iterator[str]:
    letters = [column_letter(number) for number in range(1, len(columns) + 1)]
    widths = "".join(
        f'<col min="{number}" max="{number}" width="{column.width}" customWidth="1"/>'
        for number, column in enumerate(columns, 1)
    )
    yield (
        f'{XML}<worksheet xmlns="{MAIN}"><sheetViews><sheetView workbookViewId="0">'
        '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
        f"</sheetView></sheetViews><cols>{widths}</cols><sheetData>"
    )
    heads = (
        text_cell(f"{at}1", column.title, HEAD) for at, column in zip(letters, columns, strict=True)
    )
    yield f'<row r="1">{"".join(heads)}</row>'
    for number, row in enumerate(rows, 2):
        cells = (cell(f"{at}{number}", value) for at, value in zip(letters, row, strict=True))
        yield f'<row r="{number}">{"".join(cells)}</row>'
    yield "</sheetData></worksheet>"


def cell(at: str, value: Value) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, str):
        return text_cell(at, value, TEXT)
    if isinstance(value, Decimal):
        return f'<c r="{at}" s="{MONEY}"><v>{value}</v></c>'
    if isinstance(value, date):
        return f'<c r="{at}" s="{DAY}"><v>{value.toordinal() - FIRST_DAY}</v></c>'
    return f'<c r="{at}" s="{WHOLE}"><v>{value}</v></c>'


def text_cell(at: str, text: str, style: int) -> str:
    shown = escape(UNWRITABLE.sub("", text)[:LONGEST_CELL])
    return f'<c r="{at}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{shown}</t></is></c>'
