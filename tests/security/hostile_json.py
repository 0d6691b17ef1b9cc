"""JSON that is made to end, or to hold up, the one who reads it."""

import pytest

HOSTILE = {
    "30 000 lists": b"[" * 30_000 + b"]" * 30_000,
    "60 000 lists that never close": b"[" * 60_000,
    "10 000 objects": b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
    "just below Python's own limit": b'{"a":' * 400 + b"1" + b"}" * 400,
    "a whole number of 60 000 digits": b'{"amount": ' + b"9" * 60_000 + b"}",
}
NUMBERS = {
    "a huge exponent": b'{"amount": 1e999999999}',
    "an exponent that no decimal holds": b'{"amount": 1e999999999999999999999}',
    "a zero with such an exponent": b'{"amount": 0e-999999999999999999999}',
    "60 000 digits after the point": b'{"amount": 0.' + b"1" * 60_000 + b"}",
}

hostile = pytest.mark.parametrize("body", HOSTILE.values(), ids=HOSTILE.keys())
hostile_or_huge = pytest.mark.parametrize(
    "body", (HOSTILE | NUMBERS).values(), ids=(HOSTILE | NUMBERS).keys()
)
huge = pytest.mark.parametrize("body", NUMBERS.values(), ids=NUMBERS.keys())
