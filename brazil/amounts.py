"""Reais and the whole centavos that codes and bar codes carry."""

from decimal import Decimal

from brazil.errors import InvalidValue

CENTAVO = Decimal("0.01")


def from_centavos(digits: str) -> Decimal | None:
    """Return the reais of a field of centavos; None when it is all zeros: no fixed amount."""
    centavos = int(digits)
    return Decimal(centavos).scaleb(-2) if centavos else None


def to_centavos(amount: Decimal, *, digits: int) -> int:
    """Return whole centavos of an amount in reais.

    Raises:
        InvalidValue: it is not positive, has more than two places, or needs more than `digits`
            digits.
    """
    if not amount.is_finite() or amount <= 0:
        raise InvalidValue("O valor precisa ser maior que zero.")
    if amount >= Decimal(10) ** (digits - 2):
        raise InvalidValue("O valor é grande demais para este código.")
    if amount != amount.quantize(CENTAVO):
        raise InvalidValue("O valor tem mais de duas casas decimais.")
    return int(amount.scaleb(2))
