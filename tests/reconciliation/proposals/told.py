"""A small company: its parties, and lines and items as tests tell them."""

from datetime import date
from decimal import Decimal
from itertools import count

from reconciliation.proposals.facts import (
    Company,
    Item,
    Line,
    OwnAccount,
    Party,
)
from reconciliation.proposals.propose import propose

DAY = date(2026, 11, 9)
COMPANY = Company(
    "Empresa Modelo Ltda",
    "12345678000195",
    (
        OwnAccount("A", "0001", "111-1"),
        OwnAccount("B", "0002", "222-2"),
        OwnAccount("C", "3", "33"),
    ),
)
OMEGA = Party("omega", "Cliente Ômega Comércio Ltda", "11222333000181")
TELECOM = Party("telecom", "Telecom Sul Ltda", "27865757000102")
POSTAL = Party("postal", "Postal Norte Ltda", "60746948000112")
MARIA = Party("maria", "Maria Exemplo da Silva", "52998224725")
IDS = count()


def line(amount, description="", *, account="A", day=DAY, **more):
    return Line(f"l{next(IDS)}", account, day, Decimal(amount), description=description, **more)


def item(kind, amount, party=None, *, day=DAY, **more):
    known = party.id if party else None
    return Item(f"i{next(IDS)}", kind, Decimal(amount), day, known, **more)


def payable(amount, party, **more):
    return item("payable", f"-{amount}", party, **more)


def charge(amount, party, **more):
    return item("charge", amount, party, **more)


def look(book, *known):
    """Proposals for the first line, when the book holds all of them."""
    lines = [fact for fact in known if isinstance(fact, Line)]
    for fact in known:
        if isinstance(fact, Item):
            book.add_item(fact)
    for fact in lines:
        book.add_line(fact)
    return propose(book, lines[0])


def items_of(proposal):
    return [item for item, _ in proposal.parts]
