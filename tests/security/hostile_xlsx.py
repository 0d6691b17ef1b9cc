"""Spreadsheets made to end, or to hold up, the one who reads them. Each is small as a file."""

import struct
from collections.abc import Callable, Iterable
from io import BytesIO
from zipfile import ZIP_BZIP2, ZIP_DEFLATED, ZIP_LZMA, ZIP_STORED, ZipFile

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
DOCUMENT = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
HEAD = b'<?xml version="1.0" encoding="UTF-8"?>\n'
TITLES = ("Código", "Nome", "Tipo")


def workbook(sheets: Iterable[tuple[str, str]] = (("Plano", "rId1"),), more: str = "") -> bytes:
    inner = "".join(
        f'<sheet name="{name}" sheetId="{n}" r:id="{key}"/>'
        for n, (name, key) in enumerate(sheets, 1)
    )
    return (
        HEAD
        + (
            f'<workbook xmlns="{MAIN}" xmlns:r="{DOCUMENT}">{more}'
            f"<sheets>{inner}</sheets></workbook>"
        ).encode()
    )


def relations(paths: Iterable[tuple[str, str]] = (("rId1", "worksheets/sheet1.xml"),)) -> bytes:
    inner = "".join(
        f'<Relationship Id="{key}" Type="{DOCUMENT}/worksheet" Target="{path}"/>'
        for key, path in paths
    )
    return HEAD + f'<Relationships xmlns="{PACKAGE}">{inner}</Relationships>'.encode()


def text_cell(place: str, text: str) -> str:
    return f'<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>'


def sheet(rows: str = "", *, dimension: str = "", head: bytes = HEAD) -> bytes:
    """With the titles in its first row and an account in the second."""
    titles = "".join(text_cell(f"{'ABC'[n]}1", title) for n, title in enumerate(TITLES))
    first = text_cell("A2", "1") + text_cell("B2", "Ativo") + text_cell("C2", "S")
    return (
        head
        + (
            f'<worksheet xmlns="{MAIN}">{dimension}<sheetData><row r="1">{titles}</row>'
            f'<row r="2">{first}</row>{rows}</sheetData></worksheet>'
        ).encode()
    )


def strings(*texts: str) -> bytes:
    inner = "".join(f"<si><t>{text}</t></si>" for text in texts)
    return HEAD + f'<sst xmlns="{MAIN}">{inner}</sst>'.encode()


def styles(inner: str) -> bytes:
    return HEAD + f'<styleSheet xmlns="{MAIN}">{inner}</styleSheet>'.encode()


def book(
    sheet_part: bytes | None = None,
    *,
    method: int = ZIP_DEFLATED,
    without: str = "",
    more: Iterable[tuple[str, bytes]] = (),
    **changes: bytes,
) -> bytes:
    parts = {
        "xl/workbook.xml": changes.get("workbook", workbook()),
        "xl/_rels/workbook.xml.rels": changes.get("relations", relations()),
        "xl/worksheets/sheet1.xml": sheet() if sheet_part is None else sheet_part,
        "xl/sharedStrings.xml": changes.get("strings", strings("Ativo")),
        "xl/styles.xml": changes.get("styles", styles("")),
    }
    content = BytesIO()
    with ZipFile(content, "w", method, compresslevel=6) as archive:
        for name, part in [*parts.items(), *more]:
            if name != without:
                archive.writestr(name, part)
    return content.getvalue()


def cells(count: int, inner: str, *, kind: str, columns: int = 50) -> str:
    """So many cells of one content, in rows of `columns`."""
    letters = [chr(65 + n) if n < 26 else f"A{chr(39 + n)}" for n in range(columns)]
    return "".join(
        f'<row r="{row}">'
        + "".join(f'<c r="{letter}{row}" t="{kind}">{inner}</c>' for letter in letters)
        + "</row>"
        for row in range(3, 3 + count // columns)
    )


def with_false_size(content: bytes, name: str, size: int) -> bytes:
    """The directory says another size than what is there."""
    at = content.rindex(b"PK\x01\x02", 0, content.rindex(name.encode()))
    return content[: at + 24] + struct.pack("<L", size) + content[at + 28 :]


MEGA = 1024 * 1024
LONG = "x" * 32_767
NESTED_ZIP = book(more=[("xl/media/a.zip", b"\0" * (8 * MEGA))])

# What cannot be read, or is too much. The reader says so in a sentence at the field of the file.
REFUSED: dict[str, Callable[[], bytes]] = {
    "one text in 300 000 cells": lambda: book(
        sheet(cells(300_000, "<v>0</v>", kind="s")), strings=strings(LONG)
    ),
    "one text in thousands of cells": lambda: book(
        sheet(cells(20_000, "<v>0</v>", kind="s")), strings=strings(LONG)
    ),
    "a shared text that is too long": lambda: book(
        sheet(cells(50, "<v>0</v>", kind="s")), strings=strings("x" * 32_768)
    ),
    "a text of 20 MB": lambda: book(sheet(text_row("x" * (20 * MEGA)))),
    "a text of 20 MB in pieces": lambda: book(sheet(text_row("&#120;" * (3 * MEGA)))),
    "texts in the cells": lambda: book(
        sheet(cells(700, f"<is><t>{LONG}</t></is>", kind="inlineStr"))
    ),
    "more cells than fit": lambda: book(sheet(cells(600_000, "<v>1</v>", kind="n"))),
    "a text that is not there": lambda: book(sheet(cells(50, "<v>77777</v>", kind="s"))),
    "a text under no number": lambda: book(sheet(cells(50, "<v>-1</v>", kind="s"))),
    "the last cell": lambda: book(sheet(place_row("XFD1048576"))),
    "a cell beyond the last": lambda: book(sheet(place_row("ZZZ9999999"))),
    "a cell in no row": lambda: book(sheet(place_row("A0"))),
    "a cell nowhere": lambda: book(sheet(place_row(""))),
    "a cell in a cell": lambda: book(
        sheet('<row r="3"><c r="A3" t="str"><c r="B3"/><v>' + LONG * 200 + "</v></c></row>")
    ),
    "nested without end": lambda: book(sheet("<a>" * 100_000 + "</a>" * 100_000)),
    "rows without end": lambda: book(sheet("<row/>" * 2_000_000)),
    "a tag of 8 MB": lambda: book(sheet(attributes(MEGA))),
    "a comment of 20 MB": lambda: book(sheet(f"<!--{'x' * (20 * MEGA)}-->")),
    "an element that does not end": lambda: book(sheet()[:-20]),
    "laughs": lambda: book(laughing(sheet())),
    "a type of its own": lambda: book(
        sheet(head=HEAD + b'<!DOCTYPE x SYSTEM "file:///etc/passwd">')
    ),
    "UTF-16": lambda: book(sheet().decode().encode("utf-16")),
    "UTF-7": lambda: book(sheet(head=b'<?xml version="1.0" encoding="UTF-7"?>')),
    "a word that is no encoding": lambda: book(
        sheet(head=b'<?xml version="1.0" encoding="nonsense"?>')
    ),
    "no UTF-8": lambda: book(sheet(text_row("?")).replace(b"?", b"\xff\xfe", 2)),
    "a NUL": lambda: book(sheet(text_row("&#0;"))),
    "styles without end": lambda: book(
        styles=styles("<cellXfs>" + "<xf/>" * 2_000_000 + "</cellXfs>")
    ),
    "formats without end": lambda: book(
        styles=styles(
            "<numFmts>" + '<numFmt numFmtId="200" formatCode="yyyy"/>' * 600_000 + "</numFmts>"
        )
    ),
    "a style of 30 MB": lambda: book(styles=styles(" " * (30 * MEGA))),
    "sheets without end": lambda: book(workbook=workbook((f"P{n}", "") for n in range(200_000))),
    "two sheets of one name": lambda: book(
        workbook=workbook([("Plano", "rId1"), ("Plano", "rId2")])
    ),
    "a sheet with a name without end": lambda: book(workbook=workbook([("x" * 200_000, "rId1")])),
    "a sheet without a part": lambda: book(without="xl/worksheets/sheet1.xml"),
    "no workbook": lambda: book(without="xl/workbook.xml"),
    "no relations": lambda: book(without="xl/_rels/workbook.xml.rels"),
    "a sheet that is the workbook": lambda: book(relations=relations([("rId1", "workbook.xml")])),
    "a sheet that is the relations": lambda: book(
        relations=relations([("rId1", "_rels/workbook.xml.rels")])
    ),
    "a sheet outside": lambda: book(relations=relations([("rId1", "../../../etc/passwd")])),
    "two parts under one key": lambda: book(
        relations=relations([("rId1", "worksheets/sheet1.xml"), ("rId1", "styles.xml")])
    ),
    "a part twice": lambda: book(more=[("xl/worksheets/sheet1.xml", sheet(place_row("A9")))]),
    "a part twice but for case": lambda: book(more=[("xl/WORKSHEETS/sheet1.xml", sheet())]),
    "a bomb": lambda: book(b" " * (120 * MEGA)),
    "a bomb that says it is small": lambda: with_false_size(
        book(sheet(text_row(" " * (60 * MEGA)))), "xl/worksheets/sheet1.xml", 900
    ),
    "another way to pack": lambda: book(b" " * (30 * MEGA), method=ZIP_LZMA),
    "and another": lambda: book(b" " * (30 * MEGA), method=ZIP_BZIP2),
    "members without end": lambda: book(
        more=[(f"{n}", b"") for n in range(40_000)], method=ZIP_STORED
    ),
    "a day before all": lambda: book(sheet(number_row("-1e15", style=' s="1"')), styles=DATES),
    "a duration without end": lambda: book(sheet(number_row("1e15", style=' s="2"')), styles=DATES),
    "a day at minus infinity": lambda: book(
        sheet(number_row("-inf", style=' s="1"')), styles=DATES
    ),
    "a directory that is elsewhere": lambda: book()[:-6] + b"\xff\xff\xff\x7f\0\0",
}

# What looks odd and is read all the same.
READ: dict[str, Callable[[], bytes]] = {
    "a plain one": book,
    "a dimension that lies": lambda: book(sheet(dimension='<dimension ref="A1:XFD1048576"/>')),
    "a part that says it is huge": lambda: with_false_size(
        book(), "xl/worksheets/sheet1.xml", 0xFFFFFFF0
    ),
    "an archive inside": lambda: NESTED_ZIP,
    "a bomb beside": lambda: book(more=[("docProps/app.xml", b" " * (120 * MEGA))]),
    "absolute and outer paths beside": lambda: book(
        more=[("/etc/passwd", b"x"), ("../../x", b"x"), ("C:\\x", b"x")]
    ),
    "a row that says it is the last": lambda: book(sheet('<row r="1048576"/>')),
    "a sheet in a cycle": lambda: book(
        more=[("xl/worksheets/_rels/sheet1.xml.rels", relations([("rId1", "sheet1.xml")]))]
    ),
}

# What is read and then told, cell by cell.
TOLD: dict[str, Callable[[], bytes]] = {
    "a long code": lambda: book(sheet(account_row("9" * 5_000, "Caixa"))),
    "a long name": lambda: book(sheet(account_row("1.1", "\ufdfa" * 32_000))),
    "a huge number": lambda: book(sheet(number_row("1e308"))),
    "no number": lambda: book(sheet(number_row("NaN"))),
    "endless": lambda: book(sheet(number_row("1e999999999"))),
    "a day that no calendar has": lambda: book(
        sheet(number_row("1e300", style=' s="1"')), styles=DATES
    ),
}
DATES = styles(
    '<numFmts><numFmt numFmtId="200" formatCode="[h]:mm:ss"/></numFmts><cellXfs><xf numFmtId="0"/>'
    '<xf numFmtId="14" applyNumberFormat="1"/><xf numFmtId="200" applyNumberFormat="1"/></cellXfs>'
)


def text_row(text: str) -> str:
    return f'<row r="3">{text_cell("A3", text)}</row>'


def account_row(code: str, name: str) -> str:
    cells = text_cell("A3", code) + text_cell("B3", name) + text_cell("C3", "A")
    return f'<row r="3">{cells}</row>'


def number_row(value: str, style: str = "") -> str:
    cells = f'<c r="A3"{style}><v>{value}</v></c>' + text_cell("B3", "Caixa")
    return f'<row r="3">{cells}</row>'


def place_row(place: str) -> str:
    return f'<row r="3"><c r="{place}"><v>1</v></c></row>'


def attributes(count: int) -> str:
    return "<row " + " ".join(f'a{n}=""' for n in range(count)) + "/>"


def laughing(part: bytes) -> bytes:
    entities = '<!ENTITY a "ha">' + "".join(
        f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    )
    head, rest = part.split(b"\n", 1)
    return head + f"<!DOCTYPE worksheet [{entities}]>".encode() + rest.replace(b"Ativo", b"&i;")
