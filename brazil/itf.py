"""Interleaved 2 of 5, as bank slips carry it (ISO/IEC 16390; FEBRABAN, «Layout padrão de
arrecadação», bar code)."""

# The five bars of a digit: 1 is a wide one.
PATTERNS = (
    "00110", "10001", "01001", "11000", "00101", "10100", "01100", "00011", "10010", "01010",
)  # fmt: skip
WIDE = 3  # modules; a narrow one is 1
START, STOP = [1, 1, 1, 1], [WIDE, 1, 1]


def itf_widths(digits: str) -> list[int]:
    """The widths of bars and spaces in turn, in modules, the first one a bar. An even number of
    digits."""
    assert len(digits) % 2 == 0
    widths = list(START)
    for first, second in zip(digits[::2], digits[1::2], strict=True):
        for bar, space in zip(PATTERNS[int(first)], PATTERNS[int(second)], strict=True):
            widths += [WIDE if bar == "1" else 1, WIDE if space == "1" else 1]
    return widths + STOP
