"""What several test modules of this package share."""

from collections.abc import Callable
from pathlib import Path

from hypothesis import strategies as st

from brazil.errors import InvalidValue

SAMPLES = Path(__file__).parents[2].parent / "shared" / "samples" / "boleto"

DIGITS = "0123456789"

HOSTILE = [
    "",
    " ",
    "\x00",
    "None",
    "null",
    "-",
    "٣" * 47,
    "²" * 14,
    "1" * 10_000,
    "A" * 10_000,
    "8" * 48,
    "0" * 44,
    "\ud800",
    "ı" * 14,
    "'; DROP TABLE payable; --",
]
NOT_TEXT = [None, 0, 12345678909, b"12345678909", [], {}]


def hostile_text() -> st.SearchStrategy[str]:
    """Text of any kind, the more so of digits: what gets far into a parser."""
    return st.one_of(
        st.sampled_from(HOSTILE),
        st.text(),
        st.text(alphabet=DIGITS + ".-/ ", max_size=60),
        st.text(alphabet=DIGITS, min_size=44, max_size=48),
    )


def digits(size: int) -> st.SearchStrategy[str]:
    return st.text(alphabet=DIGITS, min_size=size, max_size=size)


def reason_of(parse: Callable[[str], object], text: object) -> str | None:
    """The message with which `parse` refuses `text`; None when it takes it."""
    try:
        parse(text)  # type: ignore[arg-type]  # some of what is tried is no text on purpose
    except InvalidValue as error:
        return str(error)
    return None


def is_sentence(message: str | None) -> bool:
    return message is not None and message[0].isupper() and message.endswith(".")
