"""What a sum of money is made of, as the bank itemises it or by the charge's own terms."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from brazil.banking_days import next_banking_day, previous_banking_day
from charges.terms.amounts import Owed, Terms, amount_on
from core.money import CENTAVO, format_brl

ZERO = Decimal("0.00")
ONE_DAY = timedelta(days=1)


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

    @property
    def parts(self) -> str:
        """«R$ 100,00 do valor, R$ 3,00 de juros», for people; empty when it is the value alone."""
        named = [
            (self.principal, "do valor"),
            (self.fine, "de multa"),
            (self.interest, "de juros"),
            (self.excess, "a mais"),
        ]
        told = [f"{reais(amount)} {name}" for amount, name in named if amount]
        if self.discount:
            told.append(f"menos {reais(self.discount)} de desconto")
        return ", ".join(told) if len(told) > 1 else ""


def split_payment(
    paid: Decimal,
    rest: Decimal,
    terms: Terms,
    day: date,
    *,
    also: Sequence[date] = (),
    fine: Decimal | None = None,
    interest: Decimal | None = None,
    late: Decimal = ZERO,
) -> Split:
    """`rest` is the principal that is still owed, `day` the payer's; the payment may have been made
    on one of `also` as well. `late` is what of fine and interest was kept open when the principal
    was paid. The bank's amounts are facts and ours an estimate: a centavo between them is no debt
    and asks nobody; more is asked about, and never becomes interest."""
    if not rest and not late:
        return Split(excess=paid, question="A cobrança já estava quitada quando este valor chegou.")
    told = (fine or ZERO) + (interest or ZERO)
    if (fine is not None or interest is not None) and told < paid:
        # What was kept open is a part of the slip's own value: the bank itemises none of it.
        kept = min(late, max(paid - told - rest, ZERO))
        itemised = Split(fine=fine or ZERO, interest=(interest or ZERO) + kept)
        return missing(with_principal(itemised, paid - told - kept, rest, terms), late, kept)
    extra = paid - rest
    day = day_of(extra, rest, terms, [day, *also])
    owed = replace(amount_on(rest, terms, day), late=late)
    if rest and extra <= CENTAVO:
        split = with_principal(Split(), paid, rest, terms)
        return missing(split, owed.additions, extra)
    return with_additions(extra, owed)


def other_days(day: date) -> list[date]:
    """On which a payment at a bank that is dated `day` may have been made too, the latest first. A
    boleto that is paid on a day without banks, or after hours, has the date of the next banking
    day, and its amount is that of the one day or the other, as the paying bank counts."""
    following = next_banking_day(day)
    span = (following - previous_banking_day(following - ONE_DAY)).days
    days = [following - ONE_DAY * number for number in range(span + 1)]
    return [each for each in days if each != day]


def day_of(extra: Decimal, rest: Decimal, terms: Terms, days: Sequence[date]) -> date:
    """The day whose fine and interest are what came beside the principal, else the first."""
    for day in days:
        if abs(amount_on(rest, terms, day).additions - max(extra, ZERO)) <= CENTAVO:
            return day
    return days[0]


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
