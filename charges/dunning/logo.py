"""The company's logo: what was uploaded is read, and written anew from its picture alone.

Nothing else of the file is kept: no text, no place, no other file behind the picture. Sources:
W3C, "Portable Network Graphics", 5.3; ITU-T T.81, annex B.
"""

import struct
import zlib
from collections.abc import Iterator

from core.errors import InvalidInput

LARGEST = 200 * 1024  # bytes
LARGEST_SIDE = 2000  # pixels
PNG, JPEG = "png", "jpeg"

_PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
# Of a PNG what makes its picture; all else is left out.
_PNG_CHUNKS = (b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND")
# Of a JPEG: its tables, frame and scans. 0xE0 is JFIF, 0xEE says how Adobe wrote the colours.
_FRAMES = frozenset({0xC0, 0xC1, 0xC2})
_KEPT_SEGMENTS = _FRAMES | {0xC4, 0xDB, 0xDD, 0xE0, 0xEE}
_START_OF_SCAN, _END = 0xDA, 0xD9


class NoPictureError(Exception):
    pass


def read_logo(data: bytes) -> tuple[str, bytes]:
    """Its type and the picture, written anew.

    Raises:
        InvalidInput: (field `logo`) it is no PNG or JPEG, is damaged, or too large.
    """
    if len(data) > LARGEST:
        raise InvalidInput("O logo pode ter até 200 KB.", field="logo", code="too_large")
    try:
        if data.startswith(_PNG_SIGNATURE):
            return PNG, rewrite_png(data)
        if data.startswith(b"\xff\xd8"):
            return JPEG, rewrite_jpeg(data)
    except (NoPictureError, struct.error, zlib.error, IndexError):
        raise InvalidInput(
            "Esta imagem está danificada ou incompleta: salve-a de novo e envie.",
            field="logo",
            code="damaged",
        ) from None
    raise InvalidInput("Envie o logo em PNG ou JPEG.", field="logo", code="no_picture")


def rewrite_png(data: bytes) -> bytes:
    chunks = list(chunks_of(data))
    names = [name for name, _ in chunks]
    if names[0] != b"IHDR" or names[-1] != b"IEND" or b"IDAT" not in names:
        raise NoPictureError
    width, height, depth, colour = struct.unpack(">IIBB", chunks[0][1][:10])
    require_size(width, height)
    channels = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}.get(colour)
    if channels is None or depth not in (1, 2, 4, 8, 16):
        raise NoPictureError
    # No more than its picture takes, whatever the file promises.
    most = height * (width * channels * depth // 8 + 2) * 2 + 1024
    unpacked = zlib.decompressobj()
    body = b"".join(content for name, content in chunks if name == b"IDAT")
    unpacked.decompress(body, most)
    if not unpacked.eof:
        raise NoPictureError
    return _PNG_SIGNATURE + b"".join(
        struct.pack(">I", len(content))
        + name
        + content
        + struct.pack(">I", zlib.crc32(name + content))
        for name, content in chunks
        if name in _PNG_CHUNKS
    )


def chunks_of(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Name and content, up to the end of the picture; what follows is not read."""
    at = len(_PNG_SIGNATURE)
    while True:
        length, name = struct.unpack(">I4s", data[at : at + 8])
        content = data[at + 8 : at + 8 + length]
        (checksum,) = struct.unpack(">I", data[at + 8 + length : at + 12 + length])
        if zlib.crc32(name + content) != checksum:
            raise NoPictureError
        yield name, content
        if name == b"IEND":
            return
        at += 12 + length


def rewrite_jpeg(data: bytes) -> bytes:
    kept, at, has_frame = [b"\xff\xd8"], 2, False
    while True:
        if data[at] != 0xFF:
            raise NoPictureError
        marker = data[at + 1]
        (length,) = struct.unpack(">H", data[at + 2 : at + 4])
        segment = data[at : at + 2 + length]
        if length < 2 or len(segment) != length + 2:
            raise NoPictureError
        if marker == _START_OF_SCAN:
            break
        if marker in _FRAMES:
            height, width = struct.unpack(">HH", segment[5:9])
            require_size(width, height)
            has_frame = True
        if marker in _KEPT_SEGMENTS:
            kept.append(segment)
        at += 2 + length
    end = data.rfind(b"\xff\xd9")
    if not has_frame or end < at:
        raise NoPictureError
    return b"".join(kept) + data[at : end + 2]


def require_size(width: int, height: int) -> None:
    if not width or not height:
        raise NoPictureError
    if max(width, height) > LARGEST_SIDE:
        raise InvalidInput(
            f"O logo pode ter até {LARGEST_SIDE} pontos de lado; este tem {width} × {height}.",
            field="logo",
            code="too_large",
        )
