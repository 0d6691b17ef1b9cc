"""Plain PDF files (ISO 32000-1): text, lines, boxes. A4, in points from the top left."""

import zlib
from collections.abc import Sequence

WIDTH, HEIGHT = 595, 842
_FONTS = ("Helvetica", "Helvetica-Bold", "Courier")


class Page:
    def __init__(self) -> None:
        self._drawn: list[str] = []

    def text(self, x: float, y: float, text: str, *, size: float = 9, bold: bool = False) -> None:
        """Write `text` with its baseline at `y`. What the PDF's Latin letters lack becomes "?"."""
        self._write(x, y, text, size, 2 if bold else 1)

    def code(self, x: float, y: float, text: str, *, size: float = 9) -> None:
        """Text to be copied: every letter as wide as the others."""
        self._write(x, y, text, size, 3)

    def line(self, x1: float, y1: float, x2: float, y2: float, *, width: float = 0.5) -> None:
        self._drawn.append(f"{width} w {x1:.2f} {HEIGHT - y1:.2f} m {x2:.2f} {HEIGHT - y2:.2f} l S")

    def box(self, x: float, y: float, width: float, height: float) -> None:
        """A black box whose top left corner is at x, y."""
        self._drawn.append(f"{x:.2f} {HEIGHT - y - height:.2f} {width:.2f} {height:.2f} re f")

    def _write(self, x: float, y: float, text: str, size: float, font: int) -> None:
        written = text.translate(_ESCAPES)
        self._drawn.append(f"BT /F{font} {size} Tf {x:.2f} {HEIGHT - y:.2f} Td ({written}) Tj ET")

    def content(self) -> bytes:
        return "\n".join(self._drawn).encode("cp1252", "replace")


def build(pages: Sequence[Page], title: str) -> bytes:
    """The file. The same pages give the same bytes."""
    first = 4 + len(_FONTS)  # number of the first page's object
    kids = " ".join(f"{first + 2 * i} 0 R" for i in range(len(pages)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode(),
        b"<< /Title (" + title.translate(_ESCAPES).encode("cp1252", "replace") + b") >>",
        *(
            f"<< /Type /Font /Subtype /Type1 /BaseFont /{name}"
            f" /Encoding /WinAnsiEncoding >>".encode()
            for name in _FONTS
        ),
    ]
    fonts = " ".join(f"/F{i + 1} {4 + i} 0 R" for i in range(len(_FONTS)))
    for i, page in enumerate(pages):
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {WIDTH} {HEIGHT}] /Resources"
            f" << /Font << {fonts} >> >> /Contents {first + 2 * i + 1} 0 R >>".encode()
        )
        packed = zlib.compress(page.content())
        head = f"<< /Length {len(packed)} /Filter /FlateDecode >>".encode()
        objects.append(head + b"\nstream\n" + packed + b"\nendstream")
    return _file(objects)


def _file(objects: Sequence[bytes]) -> bytes:
    parts, places, length = [b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n"], list[int](), 15
    for number, content in enumerate(objects, start=1):
        places.append(length)
        part = f"{number} 0 obj\n".encode() + content + b"\nendobj\n"
        parts.append(part)
        length += len(part)
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    parts.append(
        f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}"
        f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R /Info 3 0 R >>\n"
        f"startxref\n{length}\n%%EOF\n".encode()
    )
    return b"".join(parts)


_ESCAPES = str.maketrans({"\\": r"\\", "(": r"\(", ")": r"\)", "\r": " ", "\n": " "})
