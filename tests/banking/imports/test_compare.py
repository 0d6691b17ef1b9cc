"""A day of a file against what is stored of it. Cases: R-DUP01, R-DUP02, R-DUP04, R-OFX01."""

from datetime import date
from decimal import Decimal
from itertools import count, permutations
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from banking.statements.imports.compare import Doubt, NearDays, State, Told, compare_day

DAY = date(2026, 11, 10)
_numbers = count(1)


def told(amount: str, text: str = "TARIFA PIX", **more: object) -> Told:
    fields: dict[str, object] = {"day": DAY, **more}
    if "fitid" in fields:
        fields["ids"] = frozenset({("ofx", fields.pop("fitid"))})
    return Told(id=UUID(int=next(_numbers)), amount=Decimal(amount), text=text, **fields)


def states(rows: list[Told], lines: list[Told]) -> list[str]:
    by_row = {v.row.id: v.state for v in compare_day(rows, lines).verdicts}
    return [str(by_row[row.id]) for row in rows]


def test_of_three_equal_fees_two_are_new_where_one_is_here():
    rows = [told("-1.20") for _ in range(3)]

    assert sorted(states(rows, [told("-1.20")])) == ["here", "new", "new"]


def test_one_fee_adds_nothing_where_three_are_here():
    compared = compare_day([told("-1.20")], [told("-1.20") for _ in range(3)])

    assert [v.state for v in compared.verdicts] == [State.HERE]
    assert len(compared.missing) == 2


def test_three_movements_under_one_id_are_three():
    rows = [told(amount, text, fitid="1") for amount, text in (("-1", "A"), ("-2", "B"))]

    assert states(rows, []) == ["new", "new"]


def test_the_same_id_and_text_twice_is_repeated():
    rows = [told("-1.20", fitid="7"), told("-1.20", fitid="7")]

    assert states(rows, []) == ["new", "repeated"]


def test_two_statements_of_an_account_tell_their_common_day_once():
    rows = [told("-1.20", statement=1), told("-1.20", statement=2), told("-1.20", statement=2)]

    assert states(rows, []) == ["repeated", "new", "new"]


def test_another_text_of_another_source_is_the_same_movement():
    line = told("500", "Pix recebido", ids=frozenset({("api", "ent_1")}))

    assert states([told("500", "PIX REC ALFA", fitid="9")], [line]) == ["here"]


def test_a_new_number_of_the_same_text_is_the_same_movement():
    assert states([told("-15", fitid="2")], [told("-15", fitid="1")]) == ["here"]


def test_another_number_with_another_text_is_asked():
    compared = compare_day([told("50", "PIX B", fitid="2")], [told("50", "PIX A", fitid="1")])

    assert [v.doubt for v in compared.verdicts] == [Doubt.ANOTHER_ID]


def test_another_end_to_end_id_is_asked():
    row, line = told("50", end_to_end_id="E1"), told("50", end_to_end_id="E2")

    assert states([row], [line]) == ["doubtful"]


def test_the_id_decides_which_goes_with_which():
    first, second = told("50", "A", fitid="1"), told("50", "B", fitid="2")
    compared = compare_day([told("50", "C", fitid="2")], [first, second])

    assert [v.line for v in compared.verdicts] == [second.id]
    assert [line.id for line in compared.missing] == [first.id]


@given(st.integers(0, 6), st.integers(0, 6))
def test_n_in_the_file_and_m_here_make_the_greater(n, m):
    found = states([told("9.90", f"T{i}") for i in range(n)], [told("9.90") for _ in range(m)])

    assert m + found.count("new") == max(n, m)


def test_the_order_of_the_rows_changes_nothing():
    rows = [told("5", "A"), told("5", "B"), told("5", "C")]
    line = told("5", "B")
    for order in permutations(rows):
        found = dict(zip([row.text for row in order], states(list(order), [line]), strict=True))
        assert found == {"A": "new", "B": "here", "C": "new"}


@pytest.mark.parametrize(
    ("day", "is_asked"), [(date(2026, 11, 13), True), (date(2026, 11, 16), False)]
)
def test_three_banking_days_away_is_asked_and_four_are_not(day, is_asked):
    line = told("2300", day=DAY)
    found = NearDays([line]).look(told("2300", day=day))

    assert (found is not None and found.doubt == Doubt.NEAR_DAY) is is_asked


def test_a_line_is_near_to_one_row_alone():
    near = NearDays([told("2300", day=DAY)])
    later = date(2026, 11, 11)

    assert near.look(told("2300", day=later)) is not None
    assert near.look(told("2300", day=later)) is None
