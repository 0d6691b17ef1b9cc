"""The four differences as one bar: of each as much as its amount is of them all."""

from dataclasses import dataclass
from decimal import Decimal

from reconciliation.position.position import Position


@dataclass(frozen=True, slots=True)
class Stretch:
    slug: str
    start: str  # of the bar, as SVG has it: «12.5%»
    width: str


def bar_of(position: Position) -> list[Stretch]:
    """In the order of the page; empty where no difference has an amount."""
    amounts = {
        "linhas": abs(position.to_reconcile.amount),
        "lancamentos": abs(position.without_line.amount),
        "dias": abs(position.days_apart.amount),
        "nao-provado": abs(position.unproved.amount),
    }
    whole = sum(amounts.values())
    found, start = [], Decimal(0)
    for slug, amount in amounts.items():
        if amount:
            found.append(Stretch(slug, percent(start, whole), percent(amount, whole)))
            start += amount
    return found


def percent(amount: Decimal, whole: Decimal | int) -> str:
    return f"{100 * amount / whole:.2f}%"
