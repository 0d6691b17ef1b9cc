import csv
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brazil.boleto import due_date_of, due_factor, parse_boleto
from brazil.errors import InvalidValue
from tests.brazil.cases import SAMPLES

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("day", "factor"),
    [
        (date(2000, 7, 3), "1000"),
        (date(2007, 12, 31), "3737"),
        (date(2025, 2, 21), "9999"),
        (date(2025, 2, 22), "1000"),
        (date(2025, 2, 23), "1001"),
        (date(2026, 11, 23), "1639"),
        (date(2049, 10, 13), "9999"),
        (date(2049, 10, 14), "1000"),
    ],
)
def test_a_date_has_its_factor(day, factor):
    assert due_factor(day) == factor


@pytest.mark.parametrize(
    ("factor", "today", "day"),
    [
        ("1000", TODAY, date(2025, 2, 22)),
        ("1639", TODAY, date(2026, 11, 23)),
        ("1639", date(2010, 1, 1), date(2002, 4, 3)),
        ("9999", TODAY, date(2025, 2, 21)),
        ("3373", TODAY, date(2031, 8, 23)),
        ("3737", TODAY, date(2032, 8, 21)),
        ("7638", TODAY, date(2018, 9, 5)),
        ("7138", TODAY, date(2041, 12, 13)),
        ("0000", TODAY, None),
    ],
)
def test_a_factor_is_read_as_the_date_within_the_window(factor, today, day):
    assert due_date_of(factor, today=today) == day


@pytest.mark.parametrize(
    ("factor", "today"),
    [
        ("7637", TODAY),
        ("7500", TODAY),
        ("9000", date(2000, 7, 10)),  # would be 1997-09-27, before there were factors
    ],
)
def test_a_factor_without_a_date_in_the_window_is_refused(factor, today):
    with pytest.raises(InvalidValue, match="fora do período que os bancos aceitam"):
        due_date_of(factor, today=today)


def test_a_date_before_the_first_factor_has_none():
    with pytest.raises(InvalidValue, match="03/07/2000"):
        due_factor(date(2000, 7, 2))


@pytest.mark.parametrize(
    ("line", "day"),
    [
        ("40391111191111111111511111111115899990000000100", date(2025, 2, 21)),
        ("40391111191111111111511111111115310000000000100", date(2025, 2, 22)),
    ],
)
def test_boletos_on_both_sides_of_the_restart_are_read(line, day):
    assert parse_boleto(line, today=TODAY).due_date == day


@given(st.dates(date(2010, 1, 1), date(2090, 1, 1)), st.integers(-2990, 5490))
def test_any_date_within_the_window_survives_the_round_trip(today, days):
    day = max(today + timedelta(days=days), date(2000, 7, 3))

    assert due_date_of(due_factor(day), today=today) == day


@pytest.mark.skipif(not SAMPLES.exists(), reason="the samples are not in this checkout")
def test_the_dates_stated_by_other_projects_have_their_factors():
    with (SAMPLES / "due-factors.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))

    assert rows
    for row in rows:
        assert due_factor(date.fromisoformat(row["date"])) == row["factor"]
