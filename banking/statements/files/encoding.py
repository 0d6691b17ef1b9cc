"""The text of a file, whatever encoding it says that it has: banks say one and write another.

Sources: afonsof/OfxSharp, asgrim/ofxparser and securo-finance/securo#746, where headers name
Windows-1252 over UTF-8 bytes and the other way round.
"""

import codecs
import re
from collections.abc import Iterator
from contextlib import contextmanager
from io import TextIOWrapper
from typing import BinaryIO

CHUNK = 1024 * 1024
BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Of two or more bytes, as UTF-8 writes a letter with an accent, a sign, a picture.
MULTIBYTE = re.compile(
    rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}"
)
ABOVE_ASCII = re.compile(rb"[\x80-\xff]")
# Replaces single bytes that are no UTF-8: a text that was cut in the middle of a letter.
OTHERWISE = "kamino-windows-1252"


def _as_windows(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    broken = error.object[error.start : error.end]
    return "".join(_letter(byte) for byte in broken), error.end


def _letter(byte: int) -> str:
    try:
        return bytes([byte]).decode("cp1252")
    except UnicodeDecodeError:
        return chr(byte)  # five bytes that Windows-1252 leaves open


codecs.register_error(OTHERWISE, _as_windows)


@contextmanager
def opened(file: BinaryIO) -> Iterator[TextIOWrapper]:
    """The text of the file from its beginning, with every kind of line end read as a line feed.
    The file itself stays open."""
    encoding = encoding_of(file)
    file.seek(0)
    text = TextIOWrapper(file, encoding=encoding, errors=OTHERWISE, newline=None)
    try:
        yield text
    finally:
        text.detach()


def encoding_of(file: BinaryIO) -> str:
    """UTF-8 where the bytes are UTF-8, or mostly; Windows-1252 otherwise, whatever is declared."""
    file.seek(0)
    start = file.read(4)
    for mark, encoding in BYTE_ORDER_MARKS:
        if start.startswith(mark):
            return encoding
    file.seek(0)
    letters = others = 0
    while chunk := file.read(CHUNK):
        if chunk.isascii():
            continue
        multibyte = MULTIBYTE.findall(chunk)
        letters += len(multibyte)
        others += len(ABOVE_ASCII.findall(chunk)) - sum(map(len, multibyte))
    return "utf-8" if letters >= others else "cp1252"
