"""An XLSX file is looked through before a reader of values is handed any of it.

It is a ZIP of XML parts (ECMA-376 part 2) from an unknown sender: a few kilobytes can stand for
gigabytes of text, for cells without end, or for one thing to one reader and another to the next.
So the parts that matter are unpacked under a budget, walked through without being kept, and what
is handed on is a new archive with those parts alone, under a table of contents of our own. The
walk also finds what a reader of values does not tell: formulas, and how far the sheet reaches.
"""

import re
import struct
import zlib
from array import array
from collections.abc import Mapping
from dataclasses import dataclass, field
from io import BytesIO
from posixpath import join, normpath
from xml.parsers import expat
from xml.sax.saxutils import quoteattr
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

MAX_MEMBERS = 2_000
MAX_DEPTH = 64
MAX_TAG = 256 * 1024  # bytes of one tag with its attributes
LONGEST_TEXT = 32_767  # letters of a cell: what a spreadsheet program takes (ECMA-376, 18.4.12)
CHUNK = 64 * 1024
MAX_MERGED = 10_000  # of which is told

# Old .xls files, and all files with a password, are of another kind. Source: [MS-CFB] 2.2.
COMPOUND = bytes.fromhex("d0cf11e0a1b11ae1")
WORKBOOK, STRINGS, STYLES = "xl/workbook.xml", "xl/sharedStrings.xml", "xl/styles.xml"
RELATIONS = "xl/_rels/workbook.xml.rels"
SHEET = "xl/worksheets/sheet1.xml"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
RELATIONSHIP = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STRICT_RELATIONSHIP = "http://purl.oclc.org/ooxml/officeDocument/relationships"
BROKEN = (
    BadZipFile, zlib.error, struct.error, EOFError, NotImplementedError, RuntimeError, ValueError,
    OverflowError, OSError,
)  # fmt: skip
PLACE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
INDEX = re.compile(r"[0-9]{1,7}")
TEXTS = frozenset({"str", "inlineStr"})  # kinds of cells whose value is no number
LONGEST_NAME = 255
# calamine panics on a day further back than this, which no narrow `except` of ours could catch.
LOWEST_NUMBER = -1e11


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a file may unpack to, all parts that are read together."""

    unpacked: int = 24 * 1024 * 1024  # bytes
    elements: int = 1_000_000
    text: int = 4_000_000  # letters of all cells, each with its own copy


class NotXlsx(ValueError):
    """The file is not made as an XLSX file is."""


class TooMuchText(ValueError):
    """More letters in its cells than are taken."""


@dataclass(slots=True)
class Survey:
    """What the walk through the first visible sheet found."""

    name: str
    formulas: set[str] = field(default_factory=set)  # "C12"
    errors: set[str] = field(default_factory=set)  # that show #REF! or the like
    merged: list[tuple[str, str]] = field(default_factory=list)  # «A2», «A5»
    last_row: int = 0
    last_column: int = 0
    counts_from_1904: bool = False
    content: bytes = b""  # a file with what belongs to this sheet, and no more


def survey(content: bytes, limits: Limits = Limits()) -> Survey | None:
    """Walk through the first visible sheet; None when there is none.

    Raises:
        NotXlsx: it is broken, is made in a way that no spreadsheet program does, or is too much.
        TooMuchText: its cells hold too much text to be laid out.
    """
    parts = Parts(content, limits)
    workbook = Book()
    parts.walk(WORKBOOK, workbook)
    relations = Relations()
    parts.walk(RELATIONS, relations)
    sheets = ((name, key) for name, key in workbook.visible if relations.is_sheet(key))
    name, key = next(sheets, (None, ""))
    if name is None:
        return None
    strings, found, kept = Strings(), Survey(name), {}
    if parts.has(STRINGS):
        kept[STRINGS] = parts.walk(STRINGS, strings)
    if parts.has(STYLES):
        kept[STYLES] = parts.walk(STYLES, Handler())
    kept[SHEET] = parts.walk(relations.paths[key], Cells(found, strings.lengths, limits.text))
    found.counts_from_1904 = workbook.counts_from_1904
    found.content = packed(name, kept, counts_from_1904=workbook.counts_from_1904)
    return found


def packed(name: str, parts: Mapping[str, bytes], *, counts_from_1904: bool) -> bytes:
    """A file of one sheet, made of these parts."""
    workbook = (
        f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONSHIP}">'
        f'<workbookPr date1904="{int(counts_from_1904)}"/>'
        f'<sheets><sheet name={quoteattr(name)} sheetId="1" r:id="r1"/></sheets></workbook>'
    )
    content = BytesIO()
    with ZipFile(content, "w", ZIP_STORED) as archive:
        archive.writestr("_rels/.rels", relations_of({"officeDocument": WORKBOOK}))
        archive.writestr(WORKBOOK, workbook)
        targets = {"worksheet": SHEET, "sharedStrings": STRINGS, "styles": STYLES}
        archive.writestr(RELATIONS, relations_of({k: p for k, p in targets.items() if p in parts}))
        for path, part in parts.items():
            archive.writestr(path, part)
    return content.getvalue()


def relations_of(targets: Mapping[str, str]) -> str:
    inner = "".join(
        f'<Relationship Id="r{number}" Type="{RELATIONSHIP}/{kind}" Target="/{path}"/>'
        for number, (kind, path) in enumerate(targets.items(), 1)
    )
    return f'<Relationships xmlns="{PACKAGE}">{inner}</Relationships>'


class Parts:
    """The parts of one file. Each is unpacked once, and only when it is asked for."""

    def __init__(self, content: bytes, limits: Limits) -> None:
        # Each member has an entry of its own in the directory; without it none is found.
        if content.count(b"PK\x01\x02") > MAX_MEMBERS:
            raise NotXlsx("too many parts")
        try:
            self._archive = ZipFile(BytesIO(content))
        except BROKEN as error:
            raise NotXlsx(str(error)) from error
        self._members: dict[str, ZipInfo] = {}
        for member in self._archive.infolist():
            # Readers take names without regard to case, and differ in which of two they take.
            name = member.filename.lower()
            if name in self._members:
                raise NotXlsx("a part that is there twice")
            self._members[name] = member
        self._taken: set[str] = set()
        self._bytes_left, self._elements_left = limits.unpacked, limits.elements

    def has(self, path: str) -> bool:
        return path.lower() in self._members

    def walk(self, path: str, handler: "Handler") -> bytes:
        """Unpack a part, tell the handler of its elements, and give it back."""
        part = self._unpack(path)
        self._elements_left = Walk(handler, self._elements_left).over(part)
        return part

    def _unpack(self, path: str) -> bytes:
        member = self._members.get(path.lower())
        if member is None or path.lower() in self._taken:
            raise NotXlsx(f"no part {path}")
        # The other methods unpack without a bound; a part with a password cannot be read.
        if member.compress_type not in (ZIP_STORED, ZIP_DEFLATED) or member.flag_bits & 1:
            raise NotXlsx("packed in another way")
        try:
            with self._archive.open(member) as stream:
                part = stream.read(self._bytes_left + 1)
        except BROKEN as error:
            raise NotXlsx(str(error)) from error
        self._bytes_left -= len(part)
        if self._bytes_left < 0:
            raise NotXlsx("it unpacks to too much")
        self._taken.add(path.lower())
        return part


class Handler:
    """Is told of the elements of a part. Tags and attributes are `namespace}name`."""

    def start(self, tag: str, attributes: Mapping[str, str]) -> None: ...

    def end(self, tag: str) -> None: ...

    def text(self, data: str) -> None: ...


class Walk:
    """Goes through XML piece by piece and keeps none of it."""

    def __init__(self, handler: Handler, elements: int) -> None:
        self._handler, self._left, self._depth = handler, elements, 0
        self._parser = parser = expat.ParserCreate(encoding="UTF-8", namespace_separator="}")
        parser.buffer_text, parser.buffer_size = True, CHUNK
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = handler.text
        parser.StartDoctypeDeclHandler = self._refuse  # and with it all entities
        parser.XmlDeclHandler = self._declared

    def over(self, part: bytes) -> int:
        """Returns how many elements are left of those that were allowed."""
        try:
            for at in range(0, len(part), CHUNK):
                self._parser.Parse(part[at : at + CHUNK], False)
                if at + CHUNK - self._parser.CurrentByteIndex > MAX_TAG + CHUNK:
                    raise NotXlsx("a tag too long")
            self._parser.Parse(b"", True)
        except expat.ExpatError as error:
            raise NotXlsx(str(error)) from error
        return self._left

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        self._left -= 1
        self._depth += 1
        if self._left < 0 or self._depth > MAX_DEPTH:
            raise NotXlsx("too many elements, or one in the other without end")
        self._handler.start(local(tag), attributes)

    def _end(self, tag: str) -> None:
        self._depth -= 1
        self._handler.end(local(tag))

    def _refuse(self, *_: object) -> None:
        raise NotXlsx("it declares a type of its own")

    def _declared(self, version: str, encoding: str | None, standalone: int) -> None:
        if encoding and encoding.lower() not in ("utf-8", "utf8", "us-ascii", "ascii"):
            raise NotXlsx("written in another encoding")


class Book(Handler):
    """The sheets of a workbook, in their order."""

    def __init__(self) -> None:
        self.visible: list[tuple[str, str]] = []  # name, key of the relationship
        self.counts_from_1904 = False
        self._names: set[str] = set()

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag == "workbookPr":
            self.counts_from_1904 = attributes.get("date1904") in ("1", "true")
        if tag != "sheet":
            return
        name = attributes.get("name", "")
        if name in self._names:
            raise NotXlsx("two sheets of one name")
        self._names.add(name)
        if attributes.get("state", "visible") != "visible":
            return
        key = attributes.get(f"{RELATIONSHIP}}}id") or attributes.get(f"{STRICT_RELATIONSHIP}}}id")
        if not key or not name or len(name) > LONGEST_NAME:
            raise NotXlsx("a sheet without a name or a part")
        self.visible.append((name, key))


class Relations(Handler):
    """Where the parts are that a workbook names."""

    def __init__(self) -> None:
        self.paths: dict[str, str] = {}
        self._kinds: dict[str, str] = {}

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag != "Relationship" or attributes.get("TargetMode") == "External":
            return
        key = attributes.get("Id", "")
        if key in self.paths:
            raise NotXlsx("two parts under one key")
        self.paths[key] = normpath(join("/xl", attributes.get("Target", ""))).lstrip("/")
        self._kinds[key] = attributes.get("Type", "").rpartition("/")[2]

    def is_sheet(self, key: str) -> bool:
        """A sheet of cells, and not of a chart or of macros."""
        return self._kinds.get(key) == "worksheet"


class Strings(Handler):
    """How long the texts are that cells share."""

    def __init__(self) -> None:
        self.lengths = array("H")
        self._length = 0

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag == "si":
            self._length = 0

    def text(self, data: str) -> None:
        self._length += len(data)
        if self._length > LONGEST_TEXT:
            raise TooMuchText

    def end(self, tag: str) -> None:
        if tag == "si":
            self.lengths.append(self._length)


class Cells(Handler):
    """Formulas, errors, merged cells, extent and text of a sheet."""

    def __init__(self, found: Survey, shared: "array[int]", most_text: int) -> None:
        self._found, self._shared, self._most_text = found, shared, most_text
        self._place, self._kind, self._inside = "", "", ""
        self._text: list[str] = []
        self._length = self._total = 0

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag == "c":
            self._begin(attributes)
        elif tag == "f" and self._place:
            self._found.formulas.add(self._place)
        elif tag == "mergeCell" and len(self._found.merged) < MAX_MERGED:
            first, _, last = attributes.get("ref", "").partition(":")
            if PLACE.fullmatch(first) and PLACE.fullmatch(last):
                self._found.merged.append((first, last))
        self._inside = tag

    def _begin(self, attributes: Mapping[str, str]) -> None:
        if self._place:
            raise NotXlsx("a cell inside of another")
        self._place = attributes.get("r", "")
        place = PLACE.fullmatch(self._place)
        if place is None:
            raise NotXlsx("a cell without a place")
        self._found.last_row = max(self._found.last_row, int(place[2]))
        self._found.last_column = max(self._found.last_column, column_number(place[1]))
        self._kind = attributes.get("t", "n")
        if self._kind == "e":
            self._found.errors.add(self._place)
        self._text, self._length = [], 0

    def text(self, data: str) -> None:
        if not self._place:
            return
        self._length += len(data)
        if self._length > LONGEST_TEXT:
            raise TooMuchText
        if self._inside == "v":
            self._text.append(data)

    def end(self, tag: str) -> None:
        self._inside = ""
        if tag != "c":
            return
        self._total += self._length
        value = "".join(self._text).strip()
        if value and self._kind == "s":
            if not INDEX.fullmatch(value) or int(value) >= len(self._shared):
                raise NotXlsx("a text that is not there")
            self._total += self._shared[int(value)]
        elif value.startswith("-") and self._kind not in TEXTS and number(value) < LOWEST_NUMBER:
            raise NotXlsx("a number beyond reason")
        if self._total > self._most_text:
            raise TooMuchText
        self._place = ""


def number(text: str) -> float:
    """What a reader of numbers makes of it; zero when it is none."""
    try:
        return float(text)
    except ValueError:
        return 0.0


def column_number(letters: str) -> int:
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - 64
    return column


def local(tag: str) -> str:
    """The tag without its namespace: there are two of them for the same elements."""
    return tag.rpartition("}")[2]
