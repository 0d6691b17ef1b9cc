"""Whatever the bytes are: rows, or the one error that says why not."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from banking.statements.files.cnab240 import read_cnab240
from banking.statements.files.contract import Items
from banking.statements.files.delimited import read_delimited
from banking.statements.files.ofx import read_ofx
from tests.banking.files.hostile import PIECES, SEEDS, check


@st.composite
def spoilt(draw: st.DrawFn, seed: bytes) -> bytes:
    """The seed with pieces of other things in it, cut and doubled."""
    content = seed
    for _ in range(draw(st.integers(0, 6))):
        at = draw(st.integers(0, len(content)))
        until = min(len(content), at + draw(st.integers(0, 40)))
        piece = draw(st.one_of(st.sampled_from(PIECES), st.binary(max_size=8)))
        again = content[at:until] if draw(st.booleans()) else b""
        content = content[:at] + piece + again + content[until:]
    return content


@pytest.mark.parametrize("read", SEEDS, ids=lambda read: read.__name__)
@settings(max_examples=150, deadline=5000)
@given(data=st.data())
def test_a_spoilt_file_gives_rows_or_the_one_error(read: Callable[..., Items], data: Any) -> None:
    check(read, data.draw(spoilt(SEEDS[read])))


@pytest.mark.parametrize("read", SEEDS, ids=lambda read: read.__name__)
@settings(max_examples=150, deadline=5000)
@given(content=st.one_of(st.binary(), st.lists(st.sampled_from(PIECES)).map(b"".join)))
def test_any_bytes_give_rows_or_the_one_error(read: Callable[..., Items], content: bytes) -> None:
    check(read, content)


@pytest.mark.parametrize(
    "piece",
    [
        b"<",
        b"<A",
        b"<A ",
        b"<STMTTRN>",
        b"<STMTRS>",
        b'"',
        b';"',
        b'"\n',
        b"&#1",
        b"&",
        b"9",
        b"SALDO ",
        b"lor\n",
        b";;\n",
        b"a;b\n",
        b"E1",
    ],
)
def test_what_repeats_without_end_takes_no_longer_than_its_length(piece: bytes) -> None:
    """Were it the square of it, it would take hours."""
    content = b"Data;Valor\n" + piece * (400_000 // len(piece))
    for read in (read_ofx, read_delimited, read_cnab240):
        began = time.monotonic()
        check(read, content)
        assert time.monotonic() - began < 30
