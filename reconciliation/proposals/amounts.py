"""What may explain that another value moved than an item's."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from brazil.banking_days import next_banking_day, previous_banking_day
from reconciliation.proposals.facts import ZERO, Item, Terms

CENT = Decimal("0.01")
ROUNDING = Decimal("0.05")
LEAST_TO_LEAVE = 200  # times the centavos that are let go
# Withheld by who pays: IRRF 1.5, PIS/COFINS/CSLL 4.65, INSS 11 %, ISS 2 to 5 %, and their sums
# (Lei 10.833/2003, art. 30; RIR/2018, art. 714; Lei 8.212/1991, art. 31; LC 116/2003, art. 6).
_FEDERAL = ("0", "1.5", "1", "4.65", "6.15", "5.65", "11", "12.5", "15.65", "17.15")
_MUNICIPAL = ("0", "2", "2.5", "3", "3.5", "4", "5")
WITHHELD = tuple(
    sorted({Decimal(f) + Decimal(m) for f in _FEDERAL for m in _MUNICIPAL} - {Decimal(0)})
)
BANK_FEES = tuple(
    map(Decimal, ("1.75", "1.99", "2.50", "2.69", "3.50", "8.50", "9.90", "10.00", "12.50"))
)
MOST_LATE_DAYS = 120
MOST_EARLY_DAYS = 45  # before it is due, where nothing but its value tells of an item
MOST_EARLY_DAYS_OF_LESS = 15  # who pays less than is asked, a fee taken off, does not hurry
MOST_ROUNDED = Decimal("1.00")  # half a centavo a day of them, and some
MOST_DISCOUNT = Decimal("0.105")
# What a bank asks for a TED on top, where it is no price that is known.
MOST_FEE, MOST_FEE_SHARE = Decimal("20.00"), Decimal("0.02")


def is_about(item: Item, day: date) -> bool:
    """Whether an item may be what moved on that day at all, unless the line tells of it."""
    return -MOST_EARLY_DAYS <= (day - item.day).days <= MOST_LATE_DAYS


@dataclass(frozen=True, slots=True)
class Explained:
    """`grade`: equal, terms (the item's own, to the cent), rounding, law, likely."""

    grade: str
    kind: str = ""
    amount: Decimal = ZERO

    @property
    def is_exact(self) -> bool:
        return self.grade in ("equal", "terms")


def explain(item: Item, owed: Decimal, moved: Decimal, day: date) -> Explained | None:
    """`owed` is what is open of the item, `moved` what the line moved; both positive."""
    if moved == owed:
        return Explained("equal")
    is_whole = owed == abs(item.amount)
    if is_whole and item.kind == "charge" and moved in values_by_terms(item, day):
        difference = moved - owed
        return Explained("terms", "interest" if difference > 0 else "discount", abs(difference))
    if abs(moved - owed) <= ROUNDING or (day <= item.day and _is_cents(owed, moved)):
        return Explained("rounding", "rounding", abs(moved - owed))
    if not is_whole:
        return None
    custom = _by_custom(item, owed, moved, day)
    if _is_cents(owed, moved) and (custom is None or custom.kind == "fee"):
        return Explained("rounding", "rounding", abs(moved - owed))
    return custom


def _is_cents(owed: Decimal, moved: Decimal) -> bool:
    """Up or down to whole reais, or centavos that nobody would leave open of so much."""
    difference = abs(moved - owed)
    return difference < 1 and (moved % 1 == 0 or difference * LEAST_TO_LEAVE <= owed)


def values_by_terms(item: Item, day: date) -> frozenset[Decimal]:
    """What the item costs by its own terms when its money is booked on `day`.

    Paid on the banking day before, or between, it may be booked today.
    """
    terms, first = item.terms, first_paid_for(day)
    is_late = day > item.day and (terms.fine_percent or terms.interest_percent)
    is_early = terms.discount and terms.discount_until and first <= terms.discount_until
    return _values(abs(item.amount), terms, item.day, day) if is_late or is_early else frozenset()


def price_range(item: Item) -> tuple[Decimal, Decimal]:
    """The most and the least that its own terms make of the item; more where they round."""
    amount, terms = abs(item.amount), item.terms
    percent = terms.fine_percent + terms.interest_percent * MOST_LATE_DAYS / 30
    return amount + amount * percent / 100, max(amount - terms.discount, CENT)


@lru_cache(maxsize=500)
def first_paid_for(day: date) -> date:
    """The first day on which was paid what may be booked on `day`."""
    return previous_banking_day(day - timedelta(days=1))


@lru_cache(maxsize=100_000)
def _values(amount: Decimal, terms: Terms, due: date, day: date) -> frozenset[Decimal]:
    values: set[Decimal] = set()
    paid = day
    while paid >= first_paid_for(day):
        values |= _on(amount, terms, due, paid)
        paid -= timedelta(days=1)
    return frozenset(values - {amount})


def _on(amount: Decimal, terms: Terms, due: date, paid: date) -> set[Decimal]:
    if terms.discount and terms.discount_until and paid <= terms.discount_until:
        return {amount - terms.discount}
    if not (terms.fine_percent or terms.interest_percent) or paid <= next_banking_day(due):
        return set()
    fine = amount * terms.fine_percent / 100
    interest = amount * terms.interest_percent / 100 * (paid - due).days / 30
    # A slip states its interest a day, in centavos.
    by_day = _cents(amount * terms.interest_percent / 100 / 30) * (paid - due).days
    return {
        amount + _cents(fine) + _cents(interest),
        amount + _cents(fine + interest),
        amount + _cents(fine) + by_day,
    }


def _by_custom(item: Item, owed: Decimal, moved: Decimal, day: date) -> Explained | None:
    difference = moved - owed
    share = abs(difference) / owed * 100
    if item.kind == "charge" and difference < 0:
        return _of_less(owed, -difference, is_early=(item.day - day).days > MOST_EARLY_DAYS_OF_LESS)
    if difference > 0 and item.kind in ("payable", "charge"):
        late = (day - item.day).days
        if late > 0 and difference <= _most_interest(owed, late):
            return Explained("likely", "interest", difference)
        if item.kind == "payable" and _is_fee(owed, difference):
            return Explained("likely", "fee", difference)
    if item.kind == "payable" and difference < 0:
        if -difference <= owed * MOST_DISCOUNT and _is_share(owed, round(share), -difference):
            return Explained("likely", "discount", -difference)
        if _is_withheld(owed, share, -difference):
            return Explained("law", "withholding", -difference)
    return None


def _of_less(owed: Decimal, less: Decimal, *, is_early: bool) -> Explained | None:
    share = less / owed * 100
    if _is_withheld(owed, share, less):
        return Explained("law", "withholding", less)
    is_fee = less in BANK_FEES or share <= Decimal("5.5")
    return Explained("likely", "fee", less) if is_fee and not is_early else None


def _is_withheld(owed: Decimal, share: Decimal, difference: Decimal) -> bool:
    return _is_share(owed, min(WITHHELD, key=lambda rate: abs(rate - share)), difference)


def _is_share(owed: Decimal, rate: Decimal | int, difference: Decimal) -> bool:
    return abs(_cents(owed * rate / 100) - difference) <= CENT


def _is_fee(owed: Decimal, difference: Decimal) -> bool:
    return difference in BANK_FEES or difference <= min(MOST_FEE, owed * MOST_FEE_SHARE)


def _most_interest(owed: Decimal, late: int) -> Decimal:
    """Fine up to 10 %, interest up to 2 % a month."""
    return owed * (Decimal(10) + Decimal(2) * late / 30) / 100 if late <= MOST_LATE_DAYS else ZERO


def _cents(value: Decimal) -> Decimal:
    return value.quantize(CENT, ROUND_HALF_UP)


def is_round(amount: Decimal, step: int = 10) -> bool:
    """Values that many things cost: whole tens."""
    return abs(amount) % step == 0
