"""What the `Date` of a bank's answers tells."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext

from banking.banks.http.call import Call
from banking.banks.http.client import date_of
from banking.gateway import bank_clock
from banking.models import BankHealth
from core.clock import database_now
from tests.clock import travel

MINUTE = timedelta(minutes=1)
DATE = "Mon, 23 Nov 2026 12:00:00 GMT"
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def answer(date: datetime | str | None) -> Call:
    header = f"{date:%a, %d %b %Y %H:%M:%S GMT}" if isinstance(date, datetime) else date
    return Call("cora", "balance", "200", 1.0, is_failure_of_bank=False, date=header)


def row() -> BankHealth:
    return BankHealth.objects.get(provider="cora")


@pytest.fixture(autouse=True)
def as_a_new_process() -> None:
    bank_clock._written.clear()


@pytest.mark.parametrize(
    ("header", "date"),
    [(DATE, NOON), ("Mon, 23 Nov 2026 09:00:00 -0300", NOON), ("", None), ("yesterday", None)],
)
def test_a_date_is_read_or_it_is_none(header: str, date: datetime | None) -> None:
    assert bank_clock.read_date(header) == date


@pytest.mark.parametrize(
    ("headers", "date"),
    [({"Date": DATE}, DATE), ({}, ""), ({"Date": DATE, "Age": "3600"}, "")],
    ids=["dated", "without", "kept by a cache"],
)
def test_only_an_answer_of_the_bank_itself_is_dated(headers: dict[str, str], date: str) -> None:
    assert date_of(httpx.Response(200, headers=headers)) == date


@pytest.mark.django_db
def test_the_difference_is_that_to_postgresqls_clock() -> None:
    with travel(NOON):
        bank_clock.note_date(answer(NOON + 15 * MINUTE))

        assert abs(row().clock_ahead - 15 * MINUTE) < MINUTE
        assert list(bank_clock.clocks_off()) == ["cora"]


@pytest.mark.django_db
def test_it_is_written_when_it_changes_and_not_at_each_answer() -> None:
    with travel(NOON):
        with CaptureQueriesContext(database) as queries:
            for _ in range(50):
                bank_clock.note_date(answer(NOON))
        assert len(queries) == 1

        bank_clock.note_date(answer(NOON - 12 * MINUTE))
        assert list(bank_clock.clocks_off()) == ["cora"]
        bank_clock.note_date(answer(NOON))
        assert bank_clock.clocks_off() == {}


@pytest.mark.django_db
def test_a_bank_that_does_not_tell_is_not_judged_and_a_lost_answer_tells_nothing() -> None:
    bank_clock.note_date(answer(None))
    assert not BankHealth.objects.exists()

    bank_clock.note_date(answer(""))
    assert row().clock_ahead is None
    assert bank_clock.is_right("cora", database_now())
    assert bank_clock.clocks_off() == {}


@pytest.mark.django_db
def test_what_is_known_lasts_an_hour() -> None:
    bank_clock.note_date(answer(""))

    assert bank_clock.is_right("cora", database_now() + 59 * MINUTE)
    assert not bank_clock.is_right("cora", database_now() + 61 * MINUTE)


@pytest.mark.django_db
def test_it_leaves_the_circuit_alone() -> None:
    BankHealth.objects.create(provider="cora", failures=3)

    bank_clock.note_date(answer(""))

    assert row().failures == 3
