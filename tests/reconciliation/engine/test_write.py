"""What is certain, written many at a time."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from banking.models import Allocation, BankAccount, StatementLine
from banking.statements.allocation import allocate
from charges.models import Charge, Settlement
from charges.states import ChargeStatus
from core.clock import database_now
from parties.models import Payer
from payments.models import OutsidePayment, PaymentOrder
from payments.states import OrderStatus, PayableStatus
from reconciliation.engine.books.gathered import Gathered
from reconciliation.engine.run import accounts_of
from reconciliation.engine.single import match_alone
from reconciliation.models import Automation, Match
from reconciliation.proposals.facts import Proposal
from tenants.models import Membership, Tenant
from tenants.scope import tenant_scope
from tests.banking.factories import change, reread
from tests.charges.factories import make_charge
from tests.charges.issued import opened, slip_of
from tests.payments.clock import at
from tests.payments.factories import (
    BOLETO,
    PIX_ACCOUNT,
    make_bank_account,
    make_known,
    make_order,
    make_payable,
)
from tests.reconciliation.engine.chosen import chosen_of, write
from tests.reconciliation.engine.lines import announce, of_payee
from tests.reconciliation.engine.whole_books import books_after
from tests.reconciliation.matched import DAY, line, make_entry, open_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]

D = Decimal
KINDS = {"ted": "transfer", "boleto": "payment", "pix": "pix"}
STRANGER = "45723174000110"


@pytest.fixture
def bank(tenant: Tenant, ana: Membership) -> BankAccount:
    return switched_on(make_bank_account(tenant), ana)


def switched_on(account: BankAccount, ana: Membership) -> BankAccount:
    """What is certain by evidence is matched by itself."""
    with tenant_scope(account.tenant_id):
        Automation.objects.create(
            tenant=account.tenant, bank_account=account, by_evidence=True, changed_by=ana.user
        )
    return account


def make_sent(tenant: Tenant, amount: str, **of_bill: Any) -> PaymentOrder:
    made = make_payable if "destination" in of_bill else make_known
    return at_bank(made(tenant, amount, approved=True, **of_bill))


def at_bank(bill: Any, **more: Any) -> PaymentOrder:
    order = make_order(bill, OrderStatus.AT_BANK, first_sent_at=at("23 10:00"), **more)
    change(order, reference=f"R{order.id.hex[-12:]}".upper())
    return reread(order)


def debit_of(order: PaymentOrder, **more: Any) -> StatementLine:
    with tenant_scope(order.tenant_id):
        account, bill = order.bank_account, order.payable
        payee = bill.payee
    amount = order.bank_amount or order.amount
    told = {"counterparty_name": payee.name, "counterparty_document": payee.document}
    told |= {"kind": KINDS[order.rail], "description": f"PAGTO {order.reference}"}
    return line(account, f"-{amount}", bill.payment_date, **{**told, **more})


def write_each_alone(tenant: Tenant, gathered: Gathered, chosen: list[Proposal]) -> None:
    accounts = accounts_of(tenant.id)
    for each in chosen:
        assert match_alone(gathered, each, accounts)


def state_of(order: PaymentOrder) -> str:
    return reread(order).status


def test_many_are_written_as_each_alone_would_be(tenant, bank, ana):
    kamino = switched_on(make_bank_account(tenant, preferred=False, provider="kamino"), ana)
    orders = [
        make_sent(tenant, "731.17"),
        make_sent(tenant, "812.40"),
        make_sent(tenant, "55.90", destination=PIX_ACCOUNT, bank_account=kamino),
    ]
    boleto = make_sent(tenant, "1234.56", destination=BOLETO, bank_account=kamino)
    another = {"counterparty_document": STRANGER, "counterparty_name": "Outra Ltda"}
    lines = [debit_of(each) for each in orders]
    lines.append(debit_of(boleto, **another))
    gathered, chosen = chosen_of(tenant, lines)

    alone = books_after(tenant, lambda: write_each_alone(tenant, gathered, chosen))
    together = books_after(tenant, lambda: write(tenant, gathered, chosen))

    assert (together - alone, alone - together) == ({}, {})


def test_bills_that_were_paid_outside_are_paid_each_by_its_own_line(tenant, bank):
    bills = [make_known(tenant, amount, approved=True) for amount in ("731.17", "812.40")]
    lines = [of_payee(bill, bank, f"-{bill.amount}") for bill in bills]
    gathered, chosen = chosen_of(tenant, lines)

    assert write(tenant, gathered, chosen) == []

    assert [reread(bill).status for bill in bills] == [PayableStatus.PAID] * 2
    with tenant_scope(tenant.id):
        parts = Allocation.objects.of(tenant).select_related("statement_line", "journal_line")
        paid = {
            each.statement_line_id: OutsidePayment.objects.of(tenant)
            .get(entry=each.journal_line.entry_id)
            .payable_id
            for each in parts
        }
    assert paid == {row.id: bill.id for row, bill in zip(lines, bills, strict=True)}


def test_more_of_them_take_no_more_queries(tenant, bank):
    def queries(count: int) -> int:
        lines = [debit_of(make_sent(tenant, f"{count}{n:02d}.17")) for n in range(count)]
        gathered, chosen = chosen_of(tenant, lines)
        with CaptureQueriesContext(
            connection,
        ) as taken:
            assert write(tenant, gathered, chosen) == []
        return len(taken)

    assert queries(2) == queries(9)


def test_one_that_a_person_has_to_look_at_by_now_is_left_out_alone(tenant, bank):
    orders = [make_sent(tenant, "731.17"), make_sent(tenant, "812.40")]
    lines = [debit_of(each) for each in orders]
    gathered, chosen = chosen_of(tenant, lines)
    change(orders[0], needs_person=True)

    (refused,) = write(tenant, gathered, chosen)

    assert refused.lines == (str(lines[0].id),)
    assert [state_of(each) for each in orders] == [OrderStatus.AT_BANK, OrderStatus.PAID]
    assert [open_of(row) for row in lines] == [D("-731.17"), 0]


def test_one_that_the_bank_refused_meanwhile_is_left_out_alone(tenant, bank):
    orders = [make_sent(tenant, "731.17"), make_sent(tenant, "812.40")]
    gathered, chosen = chosen_of(tenant, [debit_of(each) for each in orders])
    change(orders[0], status=OrderStatus.REJECTED)

    assert len(write(tenant, gathered, chosen)) == 1
    assert [state_of(each) for each in orders] == [OrderStatus.REJECTED, OrderStatus.PAID]


def test_one_that_the_books_do_not_take_is_left_out_alone(tenant, bank):
    orders = [make_sent(tenant, f"8{n}2.40") for n in range(3)]
    closed = make_sent(tenant, "731.17", classification="5.3.03")
    bill = make_known(tenant, "640.20", approved=True)
    lines = [debit_of(each) for each in (*orders, closed)]
    with tenant_scope(tenant.id):
        payee = bill.payee
        told = {"counterparty_name": payee.name, "counterparty_document": payee.document}
        row = line(bank, "-640.20", bill.payment_date, **told)
    gathered, chosen = chosen_of(tenant, [*lines, row])
    with tenant_scope(tenant.id):
        change(closed.payable.expense_account, archived_at=database_now())

    (refused,) = write(tenant, gathered, chosen)

    assert refused.lines == (str(lines[3].id),)
    assert [state_of(each) for each in orders] == [OrderStatus.PAID] * 3
    assert (state_of(closed), reread(bill).status) == (OrderStatus.AT_BANK, PayableStatus.PAID)


def test_no_order_is_paid_by_two_lines(tenant, bank):
    order, other = make_sent(tenant, "731.17"), make_sent(tenant, "812.40")
    lines = [debit_of(order), debit_of(other)]
    gathered, chosen = chosen_of(tenant, lines)
    again = debit_of(order)
    (first,) = [each for each in chosen if each.lines == (str(lines[0].id),)]
    twice = replace(first, lines=(str(again.id),))
    gathered.book.lines[str(again.id)] = replace(
        gathered.book.lines[str(lines[0].id)], id=str(again.id)
    )

    assert write(tenant, gathered, [*chosen, twice]) == [twice]
    assert (open_of(lines[0]), open_of(again)) == (0, D("-731.17"))
    with tenant_scope(tenant.id):
        assert Match.objects.of(tenant).count() == 2


def test_no_charge_is_settled_by_two_lines(tenant, bank, ana):
    there = switched_on(make_bank_account(tenant, preferred=False), ana)
    charge, other = (opened(make_charge(tenant, bank, f"4{n}2.55")) for n in range(2))
    lines = [credit_of(charge, there), credit_of(other, there)]
    gathered, chosen = chosen_of(tenant, lines)
    again = credit_of(charge, there)
    (first,) = [each for each in chosen if each.lines == (str(lines[0].id),)]
    twice = replace(first, lines=(str(again.id),))
    gathered.book.lines[str(again.id)] = replace(
        gathered.book.lines[str(lines[0].id)], id=str(again.id)
    )

    assert write(tenant, gathered, [*chosen, twice]) == [twice]
    assert (open_of(lines[0]), open_of(again)) == (0, D("402.55"))
    with tenant_scope(tenant.id):
        assert Settlement.objects.of(tenant).count() == 2


def test_a_line_of_another_account_pays_no_order(tenant, bank):
    order = make_sent(tenant, "731.17")
    own = debit_of(order)
    gathered, (chosen,) = chosen_of(tenant, [own])
    there = make_bank_account(tenant, preferred=False)
    moved = line(there, "-731.17", own.booked_on, kind="transfer")
    gathered.book.lines[str(moved.id)] = replace(
        gathered.book.lines[str(own.id)], id=str(moved.id), account=str(there.id)
    )
    elsewhere = replace(chosen, lines=(str(moved.id),))

    assert write(tenant, gathered, [elsewhere]) == [elsewhere]
    assert state_of(order) == OrderStatus.AT_BANK
    with tenant_scope(tenant.id):
        assert reread(order.payable).status == PayableStatus.SENT


def test_charges_paid_elsewhere_than_their_slips_say_are_written_as_each_alone(tenant, bank, ana):
    there = switched_on(make_bank_account(tenant, preferred=False), ana)
    charges = [opened(make_charge(tenant, bank, f"4{n}2.55")) for n in range(3)]
    lines = [credit_of(charge, there) for charge in charges]
    gathered, chosen = chosen_of(tenant, lines)

    alone = books_after(tenant, lambda: write_each_alone(tenant, gathered, chosen))
    together = books_after(tenant, lambda: write(tenant, gathered, chosen))

    assert (together - alone, alone - together) == ({}, {})


def test_and_their_slips_end(tenant, bank, ana):
    there = switched_on(make_bank_account(tenant, preferred=False), ana)
    charges = [opened(make_charge(tenant, bank, f"4{n}2.55")) for n in range(2)]
    gathered, chosen = chosen_of(tenant, [credit_of(charge, there) for charge in charges])

    assert write(tenant, gathered, chosen) == []
    assert [reread(each).status for each in charges] == [ChargeStatus.PAID] * 2
    assert all(slip_of(each).cancel_asked_at for each in charges)


def test_and_no_slip_of_another_charge(tenant, bank, ana):
    there = switched_on(make_bank_account(tenant, preferred=False), ana)
    charge, other = (opened(make_charge(tenant, bank, f"4{n}2.55")) for n in range(2))
    gathered, chosen = chosen_of(tenant, [credit_of(charge, there)])

    assert write(tenant, gathered, chosen) == []
    assert (reread(charge).rest, reread(other).status) == (0, ChargeStatus.OPEN)
    assert slip_of(other).cancel_asked_at is None


def test_transfers_are_written_as_each_alone(tenant, bank, ana):
    there = switched_on(make_bank_account(tenant, preferred=False), ana)
    own = {"counterparty_name": tenant.legal_name, "counterparty_document": tenant.cnpj}
    lines = []
    for n in range(2):
        lines.append(line(bank, f"-1{n}34.56", DAY, **own))
        lines.append(line(there, f"1{n}34.56", DAY + timedelta(days=3 * n), **own))
    announce(bank, there, "777.31")
    lines += [line(bank, "-777.31", DAY, **own), line(there, "777.31", DAY, **own)]
    gathered, chosen = chosen_of(tenant, lines)

    alone = books_after(tenant, lambda: write_each_alone(tenant, gathered, chosen))
    together = books_after(tenant, lambda: write(tenant, gathered, chosen))

    assert {len(each.parts) for each in chosen} == {0, 1}
    assert (together - alone, alone - together) == ({}, {})


def test_lines_and_their_reversals_are_written_as_each_alone(tenant, bank):
    lines = []
    for n in range(2):
        lines.append(line(bank, f"-1{n}.90", DAY, kind="fee", description="TARIFA PACOTE"))
        lines.append(line(bank, f"1{n}.90", DAY, description="ESTORNO TARIFA PACOTE"))
    gathered, chosen = chosen_of(tenant, lines)

    alone = books_after(tenant, lambda: write_each_alone(tenant, gathered, chosen))
    together = books_after(tenant, lambda: write(tenant, gathered, chosen))

    assert {each.kind for each in chosen} == {"return"}
    assert (together - alone, alone - together) == ({}, {})


def test_a_transfer_of_which_a_line_is_taken_is_left_out_alone(tenant, bank, ana):
    there = switched_on(make_bank_account(tenant, preferred=False), ana)
    own = {"counterparty_name": tenant.legal_name, "counterparty_document": tenant.cnpj}
    lines = [line(bank, "-134.56", DAY, **own), line(there, "134.56", DAY, **own)]
    order = make_sent(tenant, "731.17")
    gathered, chosen = chosen_of(tenant, [*lines, debit_of(order)])
    posted = make_entry(there, "134.56")
    with tenant_scope(tenant.id):
        allocate(lines[1], posted)

    assert [each.kind for each in write(tenant, gathered, chosen)] == ["transfer"]
    assert (open_of(lines[0]), state_of(order)) == (D("-134.56"), OrderStatus.PAID)


def credit_of(charge: Charge, account: BankAccount) -> StatementLine:
    with tenant_scope(charge.tenant_id):
        payer = Payer.objects.of(charge.tenant_id).get(id=charge.payer_id)
    told = {"counterparty_name": payer.name, "counterparty_document": payer.document}
    return line(account, f"{charge.amount}", charge.due_date, **told)
