"""Charges are found by what their own terms make of them on the day of a line."""

import datetime as dt
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from reconciliation.proposals.amounts import MOST_LATE_DAYS, values_by_terms
from reconciliation.proposals.book import Book, Register
from reconciliation.proposals.facts import Company, Item, Line, Terms

DUE = dt.date(2026, 5, 15)
PERCENTS = st.decimals("0", "20", places=2)
TERMS = st.builds(
    Terms,
    fine_percent=PERCENTS,
    interest_percent=PERCENTS,
    discount=st.decimals("0", "500", places=2),
    discount_until=st.dates(dt.date(2026, 5, 1), dt.date(2026, 6, 1)) | st.none(),
)
AMOUNTS = st.decimals("0.01", "90000", places=2)


@given(
    charges=st.lists(st.tuples(AMOUNTS, TERMS), min_size=1, max_size=8),
    after=st.integers(-30, MOST_LATE_DAYS + 10),
)
def test_just_those_whose_price_it_is(charges: list[tuple[Decimal, Terms]], after: int) -> None:
    day = DUE + dt.timedelta(days=after)
    book = Book(Company("Oficina", "11222333000181"), Register([]))
    for number, (amount, terms) in enumerate(charges):
        book.add_item(Item(f"c{number}", "charge", amount, DUE, terms=terms))
    prices = {each.id: values_by_terms(each, day) for each in book.items.values()}

    for price in {price for told in prices.values() for price in told if price > 0}:
        found = {each.id for each in book.by_terms(Line("l", "a", day, price))}

        is_seen = after <= MOST_LATE_DAYS
        assert found == {name for name, told in prices.items() if is_seen and price in told}


def test_one_that_was_paid_in_part_costs_no_whole_price_any_more() -> None:
    book = Book(Company("Oficina", "11222333000181"), Register([]))
    terms = Terms(fine_percent=Decimal(2))
    book.add_item(Item("c", "charge", Decimal("100.00"), DUE, terms=terms))
    late = Line("l", "a", DUE + dt.timedelta(days=10), Decimal("102.00"))
    assert [each.id for each in book.by_terms(late)] == ["c"]

    book.open["c"] = Decimal("60.00")

    assert book.by_terms(late) == []
