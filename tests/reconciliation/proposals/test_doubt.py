"""What looks like a sign and is none."""

from datetime import date
from decimal import Decimal
from itertools import count

import pytest

from reconciliation.proposals.book import Book, Register
from reconciliation.proposals.facts import Company, Item, Line, OwnAccount, Party
from reconciliation.proposals.propose import propose

DAY = date(2026, 11, 9)
COMPANY = Company(
    "Empresa Modelo Ltda",
    "12345678000195",
    (OwnAccount("A", "1", "11"), OwnAccount("B", "2", "22")),
)
OMEGA = Party("omega", "Cliente Ômega Comércio Ltda", "11222333000181")
MARIA = Party("maria", "Maria Exemplo da Silva", "52998224725")
IDS = count()


@pytest.fixture
def book() -> Book:
    return Book(COMPANY, Register([OMEGA, MARIA]))


def line(book: Book, amount: str, name: str, account: str = "A") -> Line:
    made = Line(f"l{next(IDS)}", account, DAY, Decimal(amount), name=name)
    book.add_line(made)
    return made


def test_money_of_a_third_person_is_no_other_side_of_a_transfer(book: Book) -> None:
    line(book, "350.10", "Postal Norte Ltda", "B")

    assert propose(book, line(book, "-350.10", COMPANY.name)) == []


@pytest.mark.parametrize(
    ("party", "told"),
    [(OMEGA, "Cliente Ômega"), (MARIA, "Maria Exemplo da Silva Santos")],
)
def test_a_part_of_a_name_or_more_than_it_is_not_certainly_the_same(
    book: Book, party: Party, told: str
) -> None:
    book.add_item(Item("bill", "payable", Decimal("-700.00"), DAY, party.id))

    (found,) = propose(book, line(book, "-700.00", told))

    assert (found.parts[0][0], found.degree) == ("bill", "")
