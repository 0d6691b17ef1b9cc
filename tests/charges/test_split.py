"""What a sum of money is made of."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charges.settlement.split import Split, other_days, split_payment
from charges.terms.amounts import Terms, amount_on

D = Decimal
DUE = date(2026, 12, 10)  # Thursday
LATE = date(2026, 12, 27)
PLAIN = Terms(DUE)
CHARGED = Terms(DUE, fine_percent=D(2), interest_percent=D(1))


def test_what_was_owed_is_principal():
    assert split_payment(D("100.00"), D("100.00"), PLAIN, DUE) == Split(D("100.00"))


@pytest.mark.parametrize(
    ("paid", "interest"), [("12415.63", "69.96"), ("12415.62", "69.95"), ("12415.64", "69.97")]
)
def test_a_centavo_of_difference_with_the_bank_is_no_debt(paid, interest):
    terms = Terms(DUE, interest_percent=D(1))

    split = split_payment(D(paid), D("12345.67"), terms, LATE)

    assert split == Split(D("12345.67"), interest=D(interest))


@pytest.mark.parametrize("paid", ["9.99", "10.00"])
def test_a_centavo_less_is_paid_in_full(paid):
    split = split_payment(D(paid), D("10.00"), PLAIN, DUE)

    assert split == Split(D("10.00"), discount=D("10.00") - D(paid))


FRIDAY, SATURDAY, MONDAY = (date(2026, 11, day) for day in (27, 28, 30))
A_REAL_A_DAY = Terms(FRIDAY, interest_percent=D(30))  # of R$ 100,00


@pytest.mark.parametrize("dated", [SATURDAY, MONDAY])
@pytest.mark.parametrize("interest", ["1.00", "3.00"])
def test_bar_code_and_qr_of_a_saturday_ask_for_different_amounts_both_in_full(dated, interest):
    paid = D("100.00") + D(interest)

    split = split_payment(paid, D("100.00"), A_REAL_A_DAY, dated, also=other_days(dated))

    assert split == Split(D("100.00"), interest=D(interest))


def test_a_payment_after_hours_is_dated_the_next_banking_day_and_is_in_time():
    dated = date(2026, 12, 11)

    split = split_payment(D("250.00"), D("250.00"), CHARGED, dated, also=other_days(dated))

    assert split == Split(D("250.00"))


def test_the_days_of_a_payment_go_no_further_than_the_banking_days_around_it():
    assert other_days(MONDAY) == [date(2026, 11, day) for day in (29, 28, 27)]
    assert other_days(SATURDAY) == [MONDAY, date(2026, 11, 29), FRIDAY]


def test_more_than_a_centavo_over_what_was_owed_never_becomes_interest():
    split = split_payment(D("260.00"), D("250.00"), CHARGED, date(2026, 12, 14))

    assert (split.fine, split.interest, split.excess) == (D("5.00"), D("0.33"), D("4.67"))
    assert "a mais" in split.question


def test_the_amount_without_fine_and_interest_is_asked_about():
    split = split_payment(D("250.00"), D("250.00"), CHARGED, date(2026, 12, 14))

    assert (split.principal, split.fine, split.interest) == (D("250.00"), D(0), D(0))
    assert "R$ 5,33" in split.question


@pytest.mark.parametrize("day", [9, 11])
def test_a_discount_that_the_paying_bank_accepted_holds_on_whatever_day_it_dates_it(day):
    terms = Terms(DUE, discount=D("20.00"))

    split = split_payment(D("280.00"), D("300.00"), terms, date(2026, 12, day))

    assert split == Split(D("300.00"), discount=D("20.00"))


def test_without_its_discount_it_is_paid_in_full_and_nothing_is_owed_back():
    terms = Terms(DUE, discount=D("20.00"))

    split = split_payment(D("300.00"), D("300.00"), terms, date(2026, 12, 11))

    assert split == Split(D("300.00"))


@pytest.mark.parametrize(
    ("split", "says"),
    [
        (Split(D("100.00")), ""),
        (Split(D("100.00"), interest=D("3.00")), "R$ 3,00 de juros"),
        (Split(D("300.00"), discount=D("20.00")), "menos R$ 20,00 de desconto"),
    ],
)
def test_the_parts_of_a_sum_are_told_when_it_is_not_the_value_alone(split, says):
    assert split.parts.endswith(says)
    assert bool(split.parts) == bool(says)


def test_less_than_was_owed_is_a_part():
    assert split_payment(D("400.00"), D("480.00"), PLAIN, DUE) == Split(D("400.00"))


def test_what_the_bank_itemises_is_believed():
    split = split_payment(
        D("106.00"), D("100.00"), CHARGED, LATE, fine=D("2.00"), interest=D("4.00")
    )

    assert split == Split(D("100.00"), D("2.00"), D("4.00"))


def test_what_comes_when_nothing_is_owed_is_the_payers():
    split = split_payment(D("100.00"), D("0.00"), PLAIN, DUE)

    assert split.excess == D("100.00")
    assert split.question


money = st.decimals(min_value=D("0.01"), max_value=D("99999.99"), places=2)


@given(
    paid=money,
    rest=money,
    percent=st.decimals(min_value=0, max_value=10, places=2),
    late=st.integers(-5, 90),
    discount=st.decimals(min_value=0, max_value=D("9.99"), places=2),
)
def test_the_parts_are_the_sum_and_no_more_than_was_owed(paid, rest, percent, late, discount):
    terms = Terms(DUE, percent, percent, min(discount, rest - D("0.01")))
    day = date.fromordinal(DUE.toordinal() + late)

    split = split_payment(paid, rest, terms, day)

    parts = split.principal + split.fine + split.interest + split.excess - split.discount
    assert parts == paid
    assert D(0) <= split.principal <= rest
    owed = amount_on(rest, terms, day)
    assert split.fine + split.interest <= owed.additions + D("0.01")
    assert min(split.fine, split.interest, split.excess, split.discount) >= 0


def test_what_was_kept_open_is_no_excess_where_the_bank_itemises():
    split = split_payment(D(20), D(0), Terms(DUE), DUE, fine=D(0), interest=D(0), late=D(20))
    assert (split.interest, split.excess, split.lacking, split.question) == (D(20), D(0), D(0), "")
