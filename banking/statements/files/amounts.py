"""Amounts as banks print them: 1.234,56 and 1,234.56, with a sign on either side, or D and C."""

import re
from collections.abc import Iterable
from decimal import Decimal

from banking.statements.files.contract import NotRead
from core.money import MAX_AMOUNT

PLAIN = re.compile(r"-?\d{1,9}\.\d\d", re.ASCII)
BLANKS = re.compile(r"\s|R\$|BRL")
# The sign before or after, brackets for money out, D and C as Banco do Brasil prints them.
PARTS = re.compile(
    r"(?P<before>[-+(]?)(?P<figures>[\d.,]+)(?P<after>[-+)]?)(?P<side>[DdCc]?)", re.ASCII
)
GROUPED = re.compile(r"\d{1,3}(?:\.\d{3})+|\d{1,3}(?:,\d{3})+|\d+", re.ASCII)
COMMA_CENTS = re.compile(r",\d{1,2}(?!\d)[^\d.,]*\Z", re.ASCII)
POINT_CENTS = re.compile(r"\.\d{1,2}(?!\d)[^\d.,]*\Z", re.ASCII)
LONGEST = 40
UNREADABLE = "O valor não pôde ser lido."
TOO_PRECISE = "O valor tem mais de duas casas decimais."
TOO_LARGE = "O valor é grande demais."
AMBIGUOUS = "O valor pode ser lido de dois modos: falta saber se o separador é de milhares."


def read_amount(text: str, mark: str = "") -> Decimal | None:
    """The amount with its sign; None where there is none. `mark` is the decimal mark, if known.

    Raises:
        NotRead: it is no amount, is none of money, or could be two.
    """
    if PLAIN.fullmatch(text):  # the most usual by far
        return Decimal(text)
    bare = BLANKS.sub("", text[: LONGEST * 2]).replace("−", "-")
    if not bare.strip(".,-"):
        return None
    parts = PARTS.fullmatch(bare)
    if parts is None or len(bare) > LONGEST:
        raise NotRead(UNREADABLE)
    amount = read_figures(parts["figures"], mark)
    is_out = "-" in (parts["before"], parts["after"]) or parts["before"] == "("
    return -abs(amount) if is_out or parts["side"] in ("D", "d") else amount


def read_figures(figures: str, mark: str) -> Decimal:
    whole, cents = split(figures, mark)
    if not GROUPED.fullmatch(whole or "0"):
        raise NotRead(UNREADABLE)
    if cents.strip("0") and len(cents.rstrip("0")) > 2:
        raise NotRead(TOO_PRECISE)
    digits = re.sub("[.,]", "", whole)
    amount = Decimal(f"{digits or '0'}.{cents[:2].ljust(2, '0')}")
    if amount > MAX_AMOUNT:
        raise NotRead(TOO_LARGE)
    return amount


def split(figures: str, mark: str) -> tuple[str, str]:
    """What stands before and after the decimal mark."""
    last = max(figures.rfind(","), figures.rfind("."))
    if last < 0:
        return figures, ""
    whole, cents, separator = figures[:last], figures[last + 1 :], figures[last]
    if separator in whole:  # 1.234.567: it can only stand between thousands
        return figures, ""
    is_alone = "," not in whole and "." not in whole
    if is_alone and len(cents) == 3 and whole and not whole.startswith("0"):
        if not mark:
            raise NotRead(AMBIGUOUS)
        if separator != mark:
            return figures, ""
    if not cents.isdigit() and cents:
        raise NotRead(UNREADABLE)
    return whole, cents


def decimal_mark(texts: Iterable[str]) -> str:
    """What a column writes before cents; empty where it writes none, or both."""
    marks = set()
    for text in texts:
        if COMMA_CENTS.search(text[:LONGEST]):
            marks.add(",")
        elif POINT_CENTS.search(text[:LONGEST]):
            marks.add(".")
    return marks.pop() if len(marks) == 1 else ""
