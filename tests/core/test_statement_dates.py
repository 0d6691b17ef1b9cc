from datetime import UTC, date, datetime, timedelta

import pytest

from core.dates import ago, dated_day, day_name, on_day

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)  # 09:00 in São Paulo


@pytest.mark.parametrize(
    ("passed", "said"),
    [
        (timedelta(seconds=-5), "agora"),
        (timedelta(seconds=59), "agora"),
        (timedelta(minutes=1), "há 1 min"),
        (timedelta(minutes=59, seconds=59), "há 59 min"),
        (timedelta(hours=1), "há 1 h"),
        (timedelta(hours=23, minutes=59), "há 23 h"),
        (timedelta(hours=24), "em 22/11 às 09:00"),
    ],
)
def test_how_long_ago_is_said(passed, said):
    assert ago(NOW - passed, NOW) == said


def test_a_day_of_another_year_has_its_year():
    today = date(2026, 1, 5)

    assert day_name(date(2026, 1, 4), today) == "domingo, 4 de janeiro"
    assert day_name(date(2025, 12, 31), today).endswith("de 2025")


@pytest.mark.parametrize(
    ("day", "said"),
    [(23, "hoje, 23/11"), (24, "amanhã, 24/11"), (30, "segunda-feira, 30/11")],
)
def test_a_day_near_is_said_by_its_name(day, said):
    assert dated_day(date(2026, 11, day), date(2026, 11, 23)) == said


@pytest.mark.parametrize(
    ("day", "said"),
    [(22, "ontem"), (23, "hoje"), (24, "amanhã"), (21, "em 21/11, sábado")],
)
def test_only_a_day_farther_off_is_said_with_em(day, said):
    assert on_day(date(2026, 11, day), date(2026, 11, 23)) == said
