"""A part of the books decides as all of them do."""

import random
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from banking.models import StatementLine
from parties.models import Payer
from payments.states import OrderStatus, PayableStatus
from reconciliation.engine.books.gathered import Gathered
from reconciliation.engine.gather import gather
from reconciliation.proposals.facts import Proposal
from reconciliation.proposals.propose import propose
from tenants.models import Tenant
from tenants.scope import tenant_scope
from tests.banking.factories import change
from tests.charges.factories import make_charge
from tests.charges.issued import opened
from tests.payments.clock import at
from tests.payments.factories import TODAY, make_bank_account, make_known, make_order
from tests.reconciliation.matched import line, make_entry

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]

LONG_BEFORE = (-130, -100, -60, -31, -20)
AMOUNTS = ("100.00", "150.00", "150.00", "731.17", "731.17", "88.37", "1234.56")


def make_books(tenant: Tenant, chance: random.Random) -> None:
    """Few values, parties and days, so that much of it may be much else."""
    here, there = make_bank_account(tenant), make_bank_account(tenant, preferred=False)
    charges = []
    bills = [
        make_known(tenant, chance.choice(AMOUNTS), approved=True, due_date=TODAY) for _ in range(7)
    ]
    for _ in range(3):  # paid, of which only the value counts
        day = TODAY + timedelta(days=chance.choice(LONG_BEFORE))
        paid = make_known(tenant, chance.choice(AMOUNTS), approved=True, due_date=day)
        change(paid, status=PayableStatus.CANCELLED)
    for bill in bills[:2]:
        sent = {"first_sent_at": at("23 10:00"), "reference": f"REF{bill.amount}X"}
        make_order(bill, OrderStatus.AT_BANK, **sent)
    for _ in range(5):
        terms = {"fine_percent": Decimal(2)} if chance.random() < 0.5 else {}
        charge = make_charge(tenant, here, chance.choice(AMOUNTS), due_date=TODAY, **terms)
        charges.append(opened(charge))
    for _ in range(5):
        day = TODAY + timedelta(days=chance.randrange(-4, 4))
        make_entry(chance.choice([here, there]), f"-{chance.choice(AMOUNTS)}", day=day)
    own = named(tenant.legal_name, tenant.cnpj)
    with tenant_scope(tenant.id):
        payees = [named(bill.payee.name, bill.payee.document) for bill in bills]
        payers = [named(each.name, each.document) for each in Payer.objects.of(tenant)]
    for _ in range(20):
        day = TODAY + timedelta(days=chance.choice([*range(-4, 4), *range(-4, 4), *LONG_BEFORE]))
        amount, number = chance.choice(AMOUNTS), chance.randrange(7)
        due = str(bills[number].amount)
        late = str(charges[number % 5].amount * Decimal("1.02"))
        account, moved, told = chance.choice([
            (here, f"-{due}", payees[number]),
            (here, f"-{amount}", payees[number]),
            (here, due, payees[number] | {"description": "DEVOLUCAO TED"}),
            (here, str(charges[number % 5].amount), chance.choice(payers)),
            (here, f"{Decimal(late):.2f}", chance.choice(payers)),
            (there, f"-{amount}", {}),
            (here, f"-{amount}", {"description": f"PAGTO REF{due}X"}),
            (here, f"-{amount}", own),
            (there, amount, own),
        ])  # fmt: skip
        line(account, moved, day, **told)


def named(name: str, document: str) -> dict[str, str]:
    return {"counterparty_name": name, "counterparty_document": document}


@pytest.mark.parametrize("seed", range(5))
def test_what_a_line_alone_may_be_is_what_it_may_be_among_all(tenant: Tenant, seed: int) -> None:
    make_books(tenant, random.Random(seed))
    with tenant_scope(tenant.id):
        ids = list(StatementLine.objects.of(tenant).order_by("id").values_list("id", flat=True))
        whole = found_in(gather(tenant, ids))
        assert sum(bool(each) for each in whole.values()) > 4
        for each in ids:
            assert found_in(gather(tenant, [each])) == {str(each): whole[str(each)]}


def found_in(gathered: Gathered) -> dict[str, list[Proposal]]:
    """The items of a sum stand in any order."""
    return {
        each.id: [
            replace(one, parts=tuple(sorted(one.parts))) for one in propose(gathered.book, each)
        ]
        for each in gathered.lines
    }
