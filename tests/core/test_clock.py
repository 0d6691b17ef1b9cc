"""PostgreSQL says what time it is, and the application cannot make it say something else."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import ProgrammingError, connection, transaction

from core.clock import Stopwatch, clock_difference, database_now, is_off
from tests.clock import travel

SECOND = timedelta(seconds=1)


@pytest.mark.django_db
def test_the_clock_of_the_process_changes_nothing_of_it() -> None:
    before = database_now()

    with time_machine.travel(before + timedelta(days=3)):
        assert database_now() - before < timedelta(minutes=1)
        assert clock_difference() > timedelta(days=2)

    assert abs(clock_difference()) < timedelta(minutes=1)


@pytest.mark.django_db
def test_it_goes_on_inside_a_transaction() -> None:
    with transaction.atomic():
        assert database_now() < database_now()


@pytest.mark.django_db
def test_a_test_that_travels_takes_it_along() -> None:
    with travel(datetime(2026, 12, 24, tzinfo=UTC)) as traveller:
        traveller.shift(3600)

        assert datetime(2026, 12, 24, 1, tzinfo=UTC) <= database_now()
        assert not is_off(clock_difference())


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        "CREATE OR REPLACE FUNCTION kamino_now() RETURNS timestamptz"
        " LANGUAGE sql AS 'SELECT now()'",
        "DROP FUNCTION kamino_now()",
        "ALTER FUNCTION kamino_now() RENAME TO former_now",
    ],
)
def test_the_application_cannot_replace_it(statement: str) -> None:
    with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize(
    ("difference", "off"),
    [
        (timedelta(minutes=10), False),
        (timedelta(minutes=10, seconds=1), True),
        (timedelta(minutes=-10), False),
        (timedelta(minutes=-10, seconds=-1), True),
    ],
)
def test_ten_minutes_are_too_much(difference: timedelta, off: bool) -> None:
    assert is_off(difference) is off


def test_a_claim_is_as_old_as_the_faster_of_a_machines_clocks_says() -> None:
    with time_machine.travel(datetime(2026, 11, 23, tzinfo=UTC)) as machine:
        watch = Stopwatch()
        machine.shift(timedelta(seconds=90))
        assert watch.elapsed() >= timedelta(seconds=90)
        machine.shift(-timedelta(days=1))
        assert watch.elapsed() >= timedelta()
