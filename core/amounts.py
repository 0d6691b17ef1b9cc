"""Reads amounts of money as people write them here."""

import re
from decimal import Decimal

from brazil.digits import plain
from core.errors import InvalidInput
from core.money import MAX_AMOUNT, format_brl, two_places

# 1.234,56 · 1234,5 · 1234: the comma is the decimal mark, points stand between thousands.
_BRAZILIAN = re.compile(r"(?P<whole>\d{1,3}(?:\.\d{3})+|\d+)(?:,(?P<cents>\d*))?", re.ASCII)
# 1234.56 can mean nothing else: one point, and not three figures after it.
_POINTED = re.compile(r"(?P<whole>\d+)\.(?P<cents>\d{1,2})", re.ASCII)
_TOO_MANY_CENTS = re.compile(r"[\d.]*[,.]\d{3,}|\d+\.\d{4,}", re.ASCII)

TOO_PRECISE = "O valor tem centavos demais: use duas casas, como 12,34."


def read_amount(text: str) -> Decimal:
    """Read what a person typed as positive reais, with two places.

    The comma is the decimal mark and the point separates thousands; `1234.56`, which can be
    nothing else, is taken too. R$ in front, blanks and what cannot be seen are ignored.

    Raises:
        InvalidInput: (field `amount`) it is no amount, is zero or negative, has fractions of a
            centavo or is more than MAX_AMOUNT.
    """
    bare = plain(text).replace(" ", "").removeprefix("R$")
    if not bare:
        raise _refused("Digite o valor.", "missing")
    if bare[0] == "-":
        raise _refused("O valor não pode ser negativo.", "negative")
    parts = _BRAZILIAN.fullmatch(bare) or _POINTED.fullmatch(bare)
    if parts is None or len(parts["cents"] or "") > 2:
        if _TOO_MANY_CENTS.fullmatch(bare):
            raise _refused(TOO_PRECISE, "too_precise")
        raise _refused("Não entendemos este valor. Escreva como 1.234,56.", "unreadable")
    cents = (parts["cents"] or "").ljust(2, "0")
    return check_amount(Decimal(f"{parts['whole'].replace('.', '')}.{cents}"))


def check_amount(amount: Decimal) -> Decimal:
    """An amount that may be paid, with two places, however it was written.

    Raises:
        InvalidInput: (field `amount`) it is zero or negative, has fractions of a centavo or is
            more than MAX_AMOUNT.
    """
    if not amount.is_finite() or amount > MAX_AMOUNT:
        raise _refused(f"O maior valor é R$ {format_brl(MAX_AMOUNT)}.", "too_large")
    if amount < 0:
        raise _refused("O valor não pode ser negativo.", "negative")
    if amount == 0:
        raise _refused("O valor precisa ser maior que zero.", "zero")
    try:
        return two_places(amount)
    except ValueError:
        raise _refused(TOO_PRECISE, "too_precise") from None


def _refused(message: str, code: str) -> InvalidInput:
    return InvalidInput(message, field="amount", code=code)
