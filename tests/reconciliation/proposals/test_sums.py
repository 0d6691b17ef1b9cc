"""Sets whose sum fits."""

from decimal import Decimal
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from reconciliation.proposals.sums import MOST, sets_of

amounts = st.lists(st.decimals("0.01", "50", places=2), min_size=2, max_size=9)


@given(amounts, st.data())
def test_a_set_that_is_there_is_found_and_each_found_one_fits(known, data):
    size = data.draw(st.integers(2, len(known)))
    total = sum(data.draw(st.permutations(known))[:size], Decimal(0))
    all_of_them = [
        chosen
        for size in range(2, len(known) + 1)
        for chosen in combinations(range(len(known)), size)
        if sum(known[place] for place in chosen) == total
    ]

    found = sets_of(known, total)

    assert found
    assert set(found) <= set(all_of_them)
    assert len(found) == min(4, len(all_of_them)) or len(found) >= 2


def test_many_equal_amounts_make_few_sets():
    assert len(sets_of([Decimal("10.00")] * (2 * MOST), Decimal("110.00"))) == 4


def test_what_is_beyond_the_sum_of_all_is_not_looked_for():
    assert sets_of([Decimal("1.00"), Decimal("2.00")], Decimal("4.00")) == []
