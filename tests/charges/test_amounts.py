"""What a charge costs on a day."""

from datetime import date
from decimal import Decimal

import pytest

from charges.terms.amounts import Terms, amount_on

D = Decimal


def test_due_on_a_holiday_it_is_free_until_the_next_banking_day_and_then_counts_from_the_due_date():
    terms = Terms(date(2026, 12, 25), fine_percent=D(2), interest_percent=D(1))  # Friday

    free = [amount_on(D("250.00"), terms, date(2026, 12, day)).total for day in (25, 26, 27, 28)]
    late = amount_on(D("250.00"), terms, date(2026, 12, 29))

    assert free == [D("250.00")] * 4
    assert (late.fine, late.interest, late.total) == (D("5.00"), D("0.33"), D("255.33"))


def test_interest_is_rounded_once_at_the_end():
    terms = Terms(date(2026, 12, 1), interest_percent=D(1))

    owed = amount_on(D("12345.67"), terms, date(2026, 12, 18))

    assert (owed.interest, owed.total) == (D("69.96"), D("12415.63"))


@pytest.mark.parametrize(("day", "interest"), [(28, "1.00"), (30, "3.00")])
def test_saturday_costs_a_day_and_monday_three(day, interest):
    terms = Terms(date(2026, 11, 27), interest_percent=D(30))  # Friday; R$ 1,00 a day of R$ 100,00

    assert amount_on(D("100.00"), terms, date(2026, 11, day)).interest == D(interest)


@pytest.mark.parametrize(("day", "total"), [(9, "280.00"), (10, "300.00"), (11, "300.00")])
def test_a_discount_ends_the_day_before_it_is_due(day, total):
    terms = Terms(date(2026, 12, 10), discount=D("20.00"))

    assert amount_on(D("300.00"), terms, date(2026, 12, day)).total == D(total)


@pytest.mark.parametrize(
    ("days", "total"),
    [(0, {9: "280", 10: "280", 11: "300"}), (5, {5: "280", 6: "300", 10: "300"})],
)
def test_a_discount_may_end_on_another_day(days, total):
    terms = Terms(date(2026, 12, 10), discount=D("20.00"), discount_days=days)

    found = {day: amount_on(D("300.00"), terms, date(2026, 12, day)).total for day in total}

    assert found == {day: D(amount) for day, amount in total.items()}
