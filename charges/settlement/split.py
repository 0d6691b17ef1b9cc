"""What a sum of money is made of, as the bank itemises it or by the charge's own terms."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from charges.terms.amounts import Owed, Terms, amount_on
from core.money import CENTAVO, format_brl

ZERO = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class Split:
    """paid = principal + fine + interest + excess − discount, where `paid` is what the payer gave:
    what came, and the fee that the bank kept of it."""

    principal: Decimal = ZERO
    fine: Decimal = ZERO
    interest: Decimal = ZERO
    discount: Decimal = ZERO
    excess: Decimal = ZERO
    question: str = ""  # what a person should look at
    lacking: Decimal = ZERO  # what of fine and interest was due too


def split_payment(
    paid: Decimal,
    rest: Decimal,
    terms: Terms,
    day: date,
    *,
    fine: Decimal | None = None,
    interest: Decimal | None = None,
    late: Decimal = ZERO,
) -> Split:
    """`rest` is the principal that is still owed, `day` the payer's, `late` what of fine and
    interest was kept open when the principal was paid. The bank's amounts are facts
    and ours an estimate: a centavo between them is no debt and asks nobody; more is asked about,
    and never becomes interest."""
    if not rest and not late:
        return Split(excess=paid, question="A cobrança já estava quitada quando este valor chegou.")
    told = (fine or ZERO) + (interest or ZERO)
    if (fine is not None or interest is not None) and told < paid:
        itemised = Split(fine=fine or ZERO, interest=interest or ZERO)
        return with_principal(itemised, paid - told, rest, terms)
    extra, owed = paid - rest, replace(amount_on(rest, terms, day), late=late)
    if rest and extra <= CENTAVO:
        split = with_principal(Split(), paid, rest, terms)
        return missing(split, owed.additions, extra)
    return with_additions(extra, owed)


def with_principal(split: Split, base: Decimal, rest: Decimal, terms: Terms) -> Split:
    """`base` is what is there for the principal."""
    difference = base - rest
    if abs(difference) <= CENTAVO:
        return replace(
            split,
            principal=rest,
            interest=split.interest + max(difference, ZERO),
            discount=max(-difference, ZERO),
        )
    if difference > 0:
        why = f"Chegaram {reais(difference)} a mais do que era devido."
        return replace(split, principal=rest, excess=difference, question=why)
    # What the paying bank accepted is the fact, on whatever day it dates it.
    if terms.discount and abs(-difference - terms.discount) <= CENTAVO:
        return replace(split, principal=rest, discount=-difference)
    return replace(split, principal=base)


def with_additions(extra: Decimal, owed: Owed) -> Split:
    """More than the principal came, and the bank does not say what for."""
    rest, over = owed.principal, extra - owed.additions
    if over > CENTAVO:
        why = f"Chegaram {reais(over)} a mais do que era devido."
        return Split(rest, owed.fine, owed.interest + owed.late, excess=over, question=why)
    fine = min(owed.fine, extra)
    split = Split(rest, fine, extra - fine)
    return missing(split, owed.additions, extra)


def missing(split: Split, additions: Decimal, extra: Decimal) -> Split:
    """The principal is paid, and not all of fine and interest."""
    lacks = additions - max(extra, ZERO)
    if lacks <= CENTAVO or split.question:
        return split
    why = f"Faltaram {reais(lacks)} de multa e juros: continuam em aberto até alguém dispensar."
    return replace(split, question=why, lacking=lacks)


def reais(amount: Decimal) -> str:
    return f"R$ {format_brl(amount)}"
