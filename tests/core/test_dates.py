from datetime import UTC, date, datetime, timedelta

import pytest

from core import dates

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (TODAY, "hoje"),
        (date(2026, 11, 22), "ontem"),
        (date(2026, 11, 24), "amanhã"),
        (date(2026, 11, 20), "20/11, sexta"),
        (date(2026, 11, 28), "28/11, sábado"),
        (date(2027, 1, 4), "04/01/2027"),
    ],
)
def test_days_near_today_are_named(day: date, said: str) -> None:
    assert dates.near_day(day, TODAY) == said


@pytest.mark.parametrize(
    ("span", "said"),
    [
        (timedelta(seconds=-5), "menos de 1 min"),
        (timedelta(seconds=59), "menos de 1 min"),
        (timedelta(minutes=4, seconds=59), "4 min"),
        (timedelta(minutes=60), "1 h"),
        (timedelta(minutes=130), "2 h 10 min"),
        (timedelta(hours=24), "1 dia"),
        (timedelta(hours=80), "3 dias"),
    ],
)
def test_spans_are_said_roughly(span: timedelta, said: str) -> None:
    assert dates.lasted(span) == said


@pytest.mark.parametrize(("minute", "said"), [(0, "7h"), (4, "7h04")])
def test_hours_are_those_of_sao_paulo(minute: int, said: str) -> None:
    assert dates.hour(datetime(2026, 11, 23, 10, minute, tzinfo=UTC)) == said


def test_an_instant_of_another_day_says_its_day() -> None:
    now = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)  # 23:00 of the 23rd in São Paulo

    assert dates.when(datetime(2026, 11, 23, 12, 41, tzinfo=UTC), now) == "hoje às 09:41"
    assert dates.when(datetime(2026, 11, 20, 20, 5, tzinfo=UTC), now) == "20/11 às 17:05"


def test_the_day_is_said_in_full() -> None:
    assert dates.long_day(TODAY) == "segunda, 23 de novembro"
