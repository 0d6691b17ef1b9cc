"""The content of a file, piece by piece: nobody holds a large one whole."""

import hashlib
import io
from collections.abc import Iterable
from typing import Any

from django.db.models import Func, IntegerField

from banking.models import FileChunk, StatementFile
from tenants.scope import tenant_scope

PIECE = 256 * 1024


def store_content(file: StatementFile, pieces: Iterable[bytes]) -> None:
    """In pieces of PIECE bytes. Runs inside the company's scope."""
    for position, content in enumerate(in_pieces(pieces)):
        FileChunk.objects.create(
            tenant_id=file.tenant_id, file=file, position=position, content=content
        )


def in_pieces(pieces: Iterable[bytes]) -> Iterable[bytes]:
    kept = b""
    for piece in pieces:
        kept += piece
        while len(kept) >= PIECE:
            yield kept[:PIECE]
            kept = kept[PIECE:]
    if kept:
        yield kept


def digest_of(pieces: Iterable[bytes]) -> tuple[str, int]:
    """SHA-256, and how many bytes there are."""
    found, size = hashlib.sha256(), 0
    for piece in pieces:
        found.update(piece)
        size += len(piece)
    return found.hexdigest(), size


class StoredContent(io.RawIOBase):
    """Reads a stored file as if it were one on a disk. To be used outside of scopes."""

    def __init__(self, file: StatementFile) -> None:
        super().__init__()
        self._file = file
        self._at = 0
        self._piece: tuple[int, bytes] = (-1, b"")
        self._size = self._measure()

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = max(0, start + offset)
        return self._at

    def tell(self) -> int:
        return self._at

    def readinto(self, buffer: Any) -> int:
        position, start = divmod(self._at, PIECE)
        found = self._read_piece(position)[start : start + len(buffer)]
        buffer[: len(found)] = found
        self._at += len(found)
        return len(found)

    def _read_piece(self, position: int) -> bytes:
        if self._piece[0] != position:
            with tenant_scope(self._file.tenant_id):
                found = self._chunks().filter(position=position)
                content = found.values_list("content", flat=True).first()
            self._piece = (position, bytes(content or b""))
        return self._piece[1]

    def _measure(self) -> int:
        with tenant_scope(self._file.tenant_id):
            length = Func("content", function="octet_length", output_field=IntegerField())
            last = self._chunks().annotate(length=length).order_by("-position")
            found = last.values_list("position", "length").first()
        return found[0] * PIECE + found[1] if found else 0

    def _chunks(self) -> Any:
        return FileChunk.objects.of(self._file.tenant_id).filter(file=self._file)


def opened(file: StatementFile) -> io.BufferedReader:
    return io.BufferedReader(StoredContent(file), PIECE)
