"""Money is `Decimal` reais with two places; whole centavos exist only on a bank's wire."""

from decimal import Decimal

# The largest amount that the product takes: R$ 999.999.999,99.
MAX_AMOUNT = Decimal("999999999.99")


def from_cents(cents: int) -> Decimal:
    return Decimal(cents).scaleb(-2)


def to_cents(amount: Decimal) -> int:
    """Whole centavos.

    Raises:
        ValueError: there is a fraction of a centavo.
    """
    cents = amount.scaleb(2)
    if cents != cents.to_integral_value():
        raise ValueError("fraction of a centavo")
    return int(cents)


def format_brl(amount: Decimal) -> str:
    """1234.5 → "1.234,50", with a real minus sign in front when negative."""
    text = f"{abs(amount):,.2f}".translate(str.maketrans(",.", ".,"))
    return f"−{text}" if amount < 0 else text
