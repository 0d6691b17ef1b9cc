"""Postal codes and their states."""

import pytest

from brazil.cep import format_cep, parse_cep, state_of
from brazil.errors import InvalidValue


@pytest.mark.parametrize("typed", ["01310-100", "01.310-100", "01310100", " 01310-100 "])
def test_it_is_read_as_people_write_it(typed):
    assert parse_cep(typed) == "01310100"


@pytest.mark.parametrize(
    "typed", ["1310100", "06624310abcde", "99999-999", "00000-000", "", "0131-0100"]
)
def test_what_is_none_is_refused(typed):
    with pytest.raises(InvalidValue):
        parse_cep(typed)


@pytest.mark.parametrize(
    ("cep", "state"),
    [
        ("01310100", "SP"), ("19999999", "SP"), ("20000000", "RJ"), ("69301000", "RR"),
        ("69400000", "AM"), ("72800000", "GO"), ("73700000", "GO"), ("73000000", "DF"),
        ("99990000", "RS"),
    ],
)  # fmt: skip
def test_each_lies_in_a_state(cep, state):
    assert state_of(cep) == state


def test_it_is_printed_with_its_dash():
    assert format_cep("01310100") == "01310-100"
