"""The bar code of a boleto, as bars: interleaved 2 of 5 (ISO/IEC 16390), 44 digits, no check digit.

FEBRABAN, Especificações técnicas da ficha de compensação: a wide bar is three narrow ones.
"""

from collections.abc import Iterator

# Which of the five bars, or of the five spaces, of a digit are wide.
_WIDE = (
    "00110", "10001", "01001", "11000", "00101", "10100", "01100", "00011", "10010", "01010",
)  # fmt: skip
NARROW, WIDE = 1, 3


def bars(digits: str) -> list[tuple[int, int]]:
    """Start and width of each dark bar, in narrow ones. Pairs of digits: the first one of a pair is
    in the bars, the second one in the spaces between them."""
    drawn, at = [], 0
    for place, width in enumerate(_widths(digits)):
        if place % 2 == 0:
            drawn.append((at, width))
        at += width
    return drawn


def length(digits: str) -> int:
    """From the first bar to the last one, in narrow ones."""
    start, width = bars(digits)[-1]
    return start + width


def _widths(digits: str) -> Iterator[int]:
    """Of bars and spaces in turn."""
    yield from (NARROW, NARROW, NARROW, NARROW)
    for dark, light in zip(digits[::2], digits[1::2], strict=True):
        for marks in zip(_WIDE[int(dark)], _WIDE[int(light)], strict=True):
            yield from (WIDE if mark == "1" else NARROW for mark in marks)
    yield from (WIDE, NARROW, NARROW)
