from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from bizdays import Calendar
from hypothesis import given
from hypothesis import strategies as st

from brazil.banking_days import (
    FIRST_DAY,
    LAST_DAY,
    SAO_PAULO,
    DebtKind,
    day_bounds,
    is_banking_day,
    is_settlement_day,
    next_banking_day,
    payment_date_for,
    previous_banking_day,
    sao_paulo_day,
)
from brazil.errors import InvalidValue

FIXED = [(1, 1), (4, 21), (5, 1), (9, 7), (10, 12), (11, 2), (11, 15), (12, 25)]
calendar_days = st.dates(date(2000, 1, 15), LAST_DAY)


def test_the_calendar_is_anbimas_on_every_day():
    anbima = Calendar.load("ANBIMA")
    # bizdays ends with the last holiday; what follows in 2099 is Saturday to Thursday.
    assert (anbima.startdate, anbima.enddate) == (FIRST_DAY, date(2099, 12, 25))
    covered = [FIRST_DAY + timedelta(n) for n in range((anbima.enddate - FIRST_DAY).days + 1)]

    assert [day for day in covered if is_banking_day(day) != anbima.isbizday(day)] == []
    rest = [date(2099, 12, day) for day in range(26, 32)]
    assert [is_banking_day(day) for day in rest] == [False, False, True, True, True, True]
    assert rest[-1] == LAST_DAY


@pytest.mark.parametrize(
    "day",
    [
        date(2026, 2, 18),  # Ash Wednesday
        date(2026, 12, 24),
        date(2026, 12, 31),
        date(2023, 11, 20),  # a bank holiday only from 2024 on
    ],
)
def test_a_day_that_looks_like_a_holiday_is_a_banking_day(day):
    assert is_banking_day(day)
    assert next_banking_day(day) == previous_banking_day(day) == day


@pytest.mark.parametrize(
    ("day", "following", "preceding"),
    [
        (date(2026, 2, 14), date(2026, 2, 18), date(2026, 2, 13)),
        (date(2026, 4, 4), date(2026, 4, 6), date(2026, 4, 2)),
        (date(2026, 6, 4), date(2026, 6, 5), date(2026, 6, 3)),
        (date(2026, 11, 20), date(2026, 11, 23), date(2026, 11, 19)),
        (date(2026, 11, 22), date(2026, 11, 23), date(2026, 11, 19)),
        (date(2026, 12, 26), date(2026, 12, 28), date(2026, 12, 24)),
        (date(2027, 1, 2), date(2027, 1, 4), date(2026, 12, 31)),
        (date(2028, 2, 26), date(2028, 3, 1), date(2028, 2, 25)),
        (date(2024, 11, 20), date(2024, 11, 21), date(2024, 11, 19)),
    ],
)
def test_a_day_without_banks_has_a_next_and_a_previous_one(day, following, preceding):
    assert not is_banking_day(day)
    assert next_banking_day(day) == following
    assert previous_banking_day(day) == preceding


@pytest.mark.parametrize(
    ("carnival_monday", "good_friday", "corpus_christi"),
    [
        (date(2026, 2, 16), date(2026, 4, 3), date(2026, 6, 4)),
        (date(2027, 2, 8), date(2027, 3, 26), date(2027, 5, 27)),
        (date(2028, 2, 28), date(2028, 4, 14), date(2028, 6, 15)),
    ],
)
def test_the_movable_holidays_close_the_banks(carnival_monday, good_friday, corpus_christi):
    closed = [carnival_monday, carnival_monday + timedelta(days=1), good_friday, corpus_christi]
    assert [is_banking_day(day) for day in closed] == [False] * 4


@given(st.integers(2000, 2099), st.sampled_from(FIXED))
def test_the_fixed_holidays_close_the_banks_every_year(year, month_and_day):
    assert not is_banking_day(date(year, *month_and_day))


@given(calendar_days)
def test_next_and_previous_enclose_the_day(day):
    preceding, following = previous_banking_day(day), next_banking_day(day)

    assert preceding <= day <= following
    assert is_banking_day(preceding)
    assert is_banking_day(following)
    between = [preceding + timedelta(n) for n in range(1, (following - preceding).days)]
    assert not any(map(is_banking_day, between))


@pytest.mark.parametrize("day", [date.min, date(1999, 12, 31), date(2100, 1, 1), date.max])
def test_a_day_beyond_the_calendar_is_refused_in_words(day):
    for ask in (is_banking_day, is_settlement_day, next_banking_day, previous_banking_day):
        with pytest.raises(InvalidValue, match="01/01/2000 a 31/12/2099"):
            ask(day)


def test_rolling_out_of_the_calendar_is_refused():
    with pytest.raises(InvalidValue):
        previous_banking_day(date(2000, 1, 1))


def test_nothing_settles_on_the_last_day_of_the_year():
    assert is_banking_day(date(2026, 12, 31))
    assert not is_settlement_day(date(2026, 12, 31))
    assert is_settlement_day(date(2026, 12, 30))
    assert not is_settlement_day(date(2026, 12, 25))


@pytest.mark.parametrize(
    ("due_date", "ordinary", "tax"),
    [
        (date(2026, 11, 23), date(2026, 11, 23), date(2026, 11, 23)),
        (date(2026, 11, 22), date(2026, 11, 23), date(2026, 11, 19)),
        (date(2026, 2, 14), date(2026, 2, 18), date(2026, 2, 13)),
        (date(2026, 12, 31), date(2026, 12, 30), date(2026, 12, 30)),
        (date(2027, 1, 2), date(2027, 1, 4), date(2026, 12, 30)),
        # A Sunday whose next banking day is 31 December.
        (date(2029, 12, 30), date(2029, 12, 28), date(2029, 12, 28)),
    ],
)
def test_an_ordinary_debt_rolls_forward_and_a_tax_back(due_date, ordinary, tax):
    assert payment_date_for(due_date, kind=DebtKind.ORDINARY) == ordinary
    assert payment_date_for(due_date, kind=DebtKind.TAX) == tax


@given(calendar_days, st.sampled_from(DebtKind))
def test_a_payment_date_settles_and_a_tax_is_never_late(due_date, kind):
    payment_date = payment_date_for(due_date, kind=kind)

    assert is_settlement_day(payment_date)
    assert kind is DebtKind.ORDINARY or payment_date <= due_date
    if is_settlement_day(due_date):
        assert payment_date == due_date


@pytest.mark.parametrize(
    ("instant", "day"),
    [
        (datetime(2026, 11, 23, 2, 59, 59, tzinfo=UTC), date(2026, 11, 22)),
        (datetime(2026, 11, 23, 3, 0, tzinfo=UTC), date(2026, 11, 23)),
        (datetime(2026, 11, 22, 23, 0, tzinfo=timezone(timedelta(hours=-5))), date(2026, 11, 23)),
        (datetime(2018, 1, 15, 2, 0, tzinfo=UTC), date(2018, 1, 15)),  # summer time, UTC−2
    ],
)
def test_an_instant_falls_on_its_sao_paulo_day(instant, day):
    assert sao_paulo_day(instant) == day


def test_seven_in_the_morning_is_ten_in_utc():
    seven = datetime(2026, 11, 23, 7, 0, tzinfo=SAO_PAULO)
    assert seven.astimezone(UTC) == datetime(2026, 11, 23, 10, 0, tzinfo=UTC)


def test_an_instant_without_a_zone_has_no_day():
    with pytest.raises(ValueError, match="time zone"):
        sao_paulo_day(datetime(2026, 11, 23, 7, 0))


@pytest.mark.parametrize(
    ("day", "first", "hours"),
    [
        (date(2026, 11, 23), datetime(2026, 11, 23, 3, 0, tzinfo=UTC), 24),
        # Midnight did not happen: the day began at 01:00, UTC−2.
        (date(2018, 11, 4), datetime(2018, 11, 4, 3, 0, tzinfo=UTC), 23),
        (date(2018, 2, 17), datetime(2018, 2, 17, 2, 0, tzinfo=UTC), 25),
    ],
)
def test_a_day_begins_at_its_first_instant_and_may_be_short_or_long(day, first, hours):
    assert day_bounds(day) == (first, first + timedelta(hours=hours))


@given(st.dates(date(1990, 1, 1), date(2100, 1, 1)))
def test_the_bounds_of_a_day_hold_it_and_nothing_else(day):
    first, end = day_bounds(day)

    assert sao_paulo_day(first) == day
    assert sao_paulo_day(end - timedelta(microseconds=1)) == day
    assert sao_paulo_day(first - timedelta(microseconds=1)) < day
    assert end == day_bounds(day + timedelta(days=1))[0]


def test_the_last_day_of_all_has_no_bounds():
    with pytest.raises(InvalidValue):
        day_bounds(date.max)
