"""The days and values of contracts, without a database."""

from calendar import monthrange
from datetime import date, timedelta
from decimal import Decimal
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charges.models import Recurrence
from charges.recurrences.calendar import Calendar, add_months, due_in
from charges.recurrences.tags import TAGS, values_of
from charges.recurrences.values import Step, adjusted, amount_in, anniversaries, foreseen
from charges.renegotiation.worth import share_out
from charges.terms.amounts import Terms, amount_on
from charges.terms.tags import fill, require_known_tags
from core.errors import InvalidInput

D = Decimal


def dues(day: int, first: date, number: int, every: int = 1) -> list[date]:
    calendar = Calendar(day, every, first)
    return [calendar.due(month) for month in islice(calendar.months(), number)]


def test_day_31_is_kept_through_short_months():
    assert dues(31, date(2026, 12, 1), 16) == [
        date(2026, 12, 31), date(2027, 1, 31), date(2027, 2, 28), date(2027, 3, 31),
        date(2027, 4, 30), date(2027, 5, 31), date(2027, 6, 30), date(2027, 7, 31),
        date(2027, 8, 31), date(2027, 9, 30), date(2027, 10, 31), date(2027, 11, 30),
        date(2027, 12, 31), date(2028, 1, 31), date(2028, 2, 29), date(2028, 3, 31),
    ]  # fmt: skip


def test_day_28_is_not_the_end_of_the_month():
    assert dues(28, date(2027, 1, 1), 3) == [
        date(2027, 1, 28), date(2027, 2, 28), date(2027, 3, 28)
    ]  # fmt: skip


contracts = st.builds(
    Calendar,
    day=st.integers(1, 31),
    every_months=st.sampled_from([1, 2, 3, 6, 12]),
    first_month=st.builds(date, st.integers(2024, 2040), st.integers(1, 12), st.just(1)),
    days_before=st.integers(0, 60),
)


@given(contracts, st.integers(1, 50), st.integers(0, 400))
def test_no_period_is_missing_none_comes_twice_and_the_day_is_kept(calendar, size, offset):
    last = add_months(calendar.first_month, (size - 1) * calendar.every_months)
    ended = Calendar(
        calendar.day, calendar.every_months, calendar.first_month, last, calendar.days_before
    )
    months = list(ended.months())

    assert len(months) == len(set(months)) == ended.size == size
    for number, month in enumerate(months, 1):
        due = ended.due(month)
        assert due.day == min(calendar.day, monthrange(due.year, due.month)[1])
        assert (due.year, due.month) == (month.year, month.month)
        assert ended.number(month) == number
        assert ended.has(month)
        assert ended.issue_day(month) == due - timedelta(days=calendar.days_before)
    # From any day on, what comes first is the first that is not past.
    day = ended.due(months[0]) + timedelta(days=offset)
    ahead = [month for month in months if ended.due(month) >= day]
    assert ended.first_due_from(day) == (ahead[0] if ahead else None)
    assert ended.passed_before(day) == [month for month in months if month not in ahead]


def a_recurrence(**changes) -> Recurrence:
    values = {
        "day": 10, "every_months": 1, "first_month": date(2026, 2, 1), "days_before": 10,
        "adjustment": "fixed", "adjustment_percent": D("4.87"), "adjust_month": 2,
        "adjusted_to": date(2026, 2, 1),
    }  # fmt: skip
    return Recurrence(**values | changes)


def test_an_adjustment_is_rounded_once_and_holds_from_the_anniversary_on():
    steps = [Step(date(2026, 2, 1), D("1299.90"))]
    new = foreseen(a_recurrence(), steps, frozenset(), date(2027, 3, 1))

    assert new == [Step(date(2027, 2, 1), D("1363.21"), date(2027, 2, 1))]
    assert amount_in(date(2027, 1, 1), [*steps, *new]) == D("1299.90")
    assert amount_in(date(2027, 3, 1), [*steps, *new]) == D("1363.21")
    # Once it is made, it is not foreseen again.
    assert foreseen(a_recurrence(), [*steps, *new], frozenset(), date(2027, 3, 1)) == []


def test_an_adjustment_passes_over_what_has_its_charge():
    steps = [Step(date(2026, 2, 1), D("1299.90"))]
    charged = frozenset({date(2027, 2, 1)})

    (step,) = foreseen(a_recurrence(), steps, charged, date(2027, 3, 1))

    assert (step.from_month, step.anniversary) == (date(2027, 3, 1), date(2027, 2, 1))


def test_each_year_adjusts_what_the_year_before_made():
    steps = [Step(date(2026, 2, 1), D("1000.00"))]
    recurrence = a_recurrence(adjustment_percent=D("10.00"))

    amounts = [step.amount for step in foreseen(recurrence, steps, frozenset(), date(2029, 2, 1))]

    assert amounts == [D("1100.00"), D("1210.00"), D("1331.00")]
    assert next(anniversaries(a_recurrence(adjusted_to=date(2027, 2, 1)))) == date(2028, 2, 1)
    assert adjusted(D("1299.90"), D("4.87")) == D("1363.21")


def test_tags_are_replaced_and_nothing_else_is():
    calendar = Calendar(10, 1, date(2026, 12, 1), date(2027, 11, 1))
    tags = values_of(calendar, date(2027, 3, 1), D("890.00"))

    assert fill("{{mes}}/{{ano}} {{ numero }}/{{total}} {{x}} {0}", tags) == (
        "março/2027 4/12 {{x}} {0}"
    )
    assert fill("{{competencia}}, {{vencimento}}", tags) == "03/2027, 10/03/2027"
    for text in ("{{nome}}", "{{ mes }", "a }} b", "{{ano}} {{", "{mes}"):
        with pytest.raises(InvalidInput):
            require_known_tags(text, TAGS, field="description")


def test_due_on_a_day_without_banks_is_free_until_the_next_one():
    """Friday, 25 December 2026: on Monday without fine, on Tuesday with interest of four days."""
    due = due_in(date(2026, 12, 1), 25)
    terms = Terms(due, D(2), D(1))

    worth = [amount_on(D("250.00"), terms, date(2026, 12, day)).total for day in range(25, 30)]

    assert worth == [D("250.00")] * 4 + [D("255.33")]
    assert amount_on(D("250.00"), terms, date(2026, 12, 29)).interest == D("0.33")


@given(
    st.decimals(0, 5000, places=2),
    st.lists(st.decimals("0.01", 9000, places=2), min_size=1, max_size=24),
)
def test_what_is_fine_and_interest_is_shared_out_to_the_centavo(additions, amounts):
    additions = min(additions, sum(amounts))
    shares = share_out(additions, amounts)

    assert sum(shares) == additions
    assert all(0 <= share <= amount for share, amount in zip(shares, amounts, strict=True))
