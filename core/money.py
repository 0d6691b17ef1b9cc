"""Money is `Decimal` reais with two places; whole centavos exist only on a bank's wire."""

from decimal import Context, Decimal, Inexact, InvalidOperation

# The largest amount that the product takes: R$ 999.999.999,99.
MAX_AMOUNT = Decimal("999999999.99")
CENTAVO = Decimal("0.01")
# The usual context rounds: to it 1E-999999999 is zero, and 29 digits are 28.
_EXACT = Context(prec=40, traps=[Inexact, InvalidOperation])


def from_cents(cents: int) -> Decimal:
    return Decimal(cents).scaleb(-2)


def two_places(amount: Decimal) -> Decimal:
    """The same amount with two places.

    Raises:
        ValueError: there is a fraction of a centavo, or it is no amount at all.
    """
    try:
        return amount.quantize(CENTAVO, context=_EXACT)
    except Inexact:
        raise ValueError("fraction of a centavo") from None
    except InvalidOperation:
        raise ValueError("not an amount of money") from None


def to_cents(amount: Decimal) -> int:
    """Whole centavos. Raises ValueError as `two_places` does."""
    return int(two_places(amount).scaleb(2))


def format_brl(amount: Decimal) -> str:
    """1234.5 → "1.234,50", with a real minus sign in front when negative."""
    text = f"{abs(amount):,.2f}".translate(str.maketrans(",.", ".,"))
    return f"−{text}" if amount < 0 else text
