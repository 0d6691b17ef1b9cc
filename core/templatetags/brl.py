"""Money for templates. Amounts are `Decimal` reais; None shows as a dash."""

from decimal import ROUND_HALF_UP, Decimal

from django import template

from core.money import format_brl

register = template.Library()

# Between the sign or the symbol and the number: never a line break.
NBSP = "\u00a0"


@register.filter
def brl(amount: Decimal | None) -> str:
    """R$ 1.234,56, for titles and totals."""
    if amount is None:
        return "—"
    sign = "−" if amount < 0 else ""
    return f"{sign}R${NBSP}{format_brl(abs(amount))}"


@register.filter
def brl_bare(amount: Decimal | None) -> str:
    """1.234,56, for columns."""
    return "—" if amount is None else format_brl(amount)


@register.filter
def brl_whole(amount: Decimal) -> str:
    """1.235, where centavos are in the way: on the bars of a chart."""
    return format_brl(amount.quantize(Decimal(1), ROUND_HALF_UP)).removesuffix(",00")


@register.filter
def brl_signed(amount: Decimal | None) -> str:
    """+ 1.500,75 for money in, − 1.250,00 for money out."""
    if amount is None:
        return "—"
    return f"{'−' if amount < 0 else '+'}{NBSP}{format_brl(abs(amount))}"
