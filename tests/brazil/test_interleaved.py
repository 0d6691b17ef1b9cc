"""The bar code of a boleto, against the table of the standard."""

import pytest

from brazil.interleaved import bars, length


def drawn(digits: str) -> str:
    """As one writes it by hand: bars and spaces in turn, n for narrow, W for wide."""
    found, end = "", 0
    for start, width in bars(digits):
        found += ("" if not end else "nW"[start - end == 3]) + "nW"[width == 3]
        end = start + width
    return found


@pytest.mark.parametrize(
    ("digits", "inside"),
    [
        # 3 is WWnnn, 8 is WnnWn: the example of ISO/IEC 16390.
        ("38", "WWWnnnnWnn"),
        ("00", "nnnnWWWWnn"),
    ],
)
def test_two_digits_are_interleaved(digits: str, inside: str) -> None:
    assert drawn(digits) == "nnnn" + inside + "Wnn"


def test_each_of_44_digits_has_three_narrow_and_two_wide() -> None:
    """Four narrow in front; five of each digit, two of them wide; wide, narrow, narrow."""
    assert length("0123456789" * 4 + "0123") == 4 + 44 * (3 + 2 * 3) + 3 + 1 + 1


@pytest.mark.parametrize("digits", ["123", "12a4"])
def test_what_is_no_pair_of_digits_is_refused(digits: str) -> None:
    with pytest.raises(ValueError):
        bars(digits)
