"""What a reader of values does not tell of an XLSX file: its formulas, and how far it reaches.

An XLSX file is a ZIP of XML parts (ECMA-376 part 2). Sizes are looked at before anything is
unpacked, so that a small file cannot fill the memory.
"""

import re
import zlib
from io import BytesIO
from posixpath import join, normpath
from typing import IO
from xml.etree import ElementTree
from zipfile import BadZipFile, ZipFile

from openpyxl.utils import column_index_from_string

MAX_UNPACKED = 50 * 1024 * 1024
MAX_ELEMENTS = 2_000_000
# Old .xls files, and all files with a password, are of another kind. Source: [MS-CFB] 2.2.
COMPOUND = bytes.fromhex("d0cf11e0a1b11ae1")
BROKEN = (BadZipFile, zlib.error, ElementTree.ParseError, KeyError, EOFError, NotImplementedError)
RELATIONSHIP = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
PLACE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")


class NotXlsx(ValueError):
    """The file is not made as an XLSX file is."""


class Parts:
    """The parts of one file.

    Raises:
        NotXlsx: it is no ZIP, is broken, or unpacks to more than MAX_UNPACKED bytes.
    """

    def __init__(self, content: bytes) -> None:
        try:
            self._archive = ZipFile(BytesIO(content))
            if sum(each.file_size for each in self._archive.infolist()) > MAX_UNPACKED:
                raise NotXlsx("it unpacks to too much")
            broken = self._archive.testzip()  # also one that says less than it holds
        except (*BROKEN, RuntimeError) as error:
            raise NotXlsx(str(error)) from error
        if broken:
            raise NotXlsx(f"{broken} is broken")

    def sheet(self, name: str) -> tuple[set[str], int, int]:
        """The cells with a formula ("C12"), and the last row and column that hold anything.

        Raises:
            NotXlsx: there is no such sheet, or it cannot be read.
        """
        try:
            with self._archive.open(self._path(name)) as part:
                return survey(part)
        except BROKEN as error:
            raise NotXlsx(str(error)) from error

    def _path(self, name: str) -> str:
        """Where the part of a sheet is."""
        targets = {
            each.get("Id"): each.get("Target", "")
            for each in self._tree("xl/_rels/workbook.xml.rels")
        }
        for element in self._tree("xl/workbook.xml").iter():
            if local(element) == "sheet" and element.get("name") == name:
                target = targets.get(element.get(RELATIONSHIP), "")
                return normpath(join("/xl", target)).lstrip("/")
        raise NotXlsx("a sheet without a part")

    def _tree(self, path: str) -> ElementTree.Element:
        return ElementTree.fromstring(self._archive.read(path))  # noqa: S314


def survey(part: IO[bytes]) -> tuple[set[str], int, int]:
    formulas: set[str] = set()
    last_row = last_column = 0
    # Python's own parser refuses entities that grow (expat 2.4.1 and newer).
    for count, (_, element) in enumerate(ElementTree.iterparse(part)):  # noqa: S314
        if count > MAX_ELEMENTS:
            raise NotXlsx("too many cells")
        if local(element) == "row":
            element.clear()
        if local(element) != "c":
            continue
        place = PLACE.fullmatch(element.get("r", ""))
        if place is None:
            raise NotXlsx("a cell without a place")
        last_row = max(last_row, int(place[2]))
        last_column = max(last_column, column_index_from_string(place[1]))
        if any(local(child) == "f" for child in element):
            formulas.add(place[0])
    return formulas, last_row, last_column


def local(element: ElementTree.Element) -> str:
    """The tag without its namespace: there are two of them for the same elements."""
    return element.tag.rpartition("}")[2]
