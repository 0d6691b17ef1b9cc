"""Who undoes matches, and another act on the same bill, payment or charges at that moment."""

from datetime import date

import pytest
from django.contrib import messages
from django.contrib.messages import get_messages
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from accounts.journal.entries import hold_entry
from banking.models import Allocation, BankAccount
from charges.transitions import lock_charges
from core.errors import InvalidState
from payments.bills.approval import hold
from payments.bills.paid_outside import undo_paid_outside
from payments.models import Payable, PaymentOrder
from payments.states import OrderStatus, PayableStatus
from reconciliation.matches.hold import hold_lines
from reconciliation.matches.undo import undo
from reconciliation.models import Match
from tenants.models import Membership, Tenant
from tenants.scope import tenant_scope
from tests.banking.factories import reread
from tests.cast import sign_in
from tests.charges.factories import make_charge
from tests.charges.issued import opened
from tests.payments.factories import make_known, make_order
from tests.reconciliation.matched import D, line, matched, open_of
from tests.reconciliation.meeting import stuck
from tests.reconciliation.stacked import created, part_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("monday")]


def undone(made: Match, by: Membership) -> None:
    with tenant_scope(by.tenant_id):
        undo([made.id], by=by)


def hold_bill(bill: Payable) -> None:
    assert hold(Payable.objects.of(bill.tenant_id).filter(id=bill.id)).count() == 1


def test_its_charges_are_held_in_the_order_of_all(
    tenant: Tenant, itau: BankAccount, ana: Membership
) -> None:
    made = [opened(make_charge(tenant, itau, amount)) for amount in ("10.00", "20.00")]
    first, second = sorted(made, key=lambda charge: charge.id)
    row = line(itau, "30.00")
    match = matched(row, [first, second], by=ana)

    with stuck(
        tenant,
        "charges_charge",
        lambda: lock_charges(tenant.id, [first.id]),
        lambda: undone(match, ana),
    ):
        lock_charges(tenant.id, [second.id])

    assert open_of(row) == D("30.00")


def test_its_bills_are_held_in_the_order_of_all(
    tenant: Tenant, itau: BankAccount, ana: Membership
) -> None:
    made = [make_known(tenant, "100.00", approved=True) for _ in range(2)]
    first, second = sorted(made, key=lambda bill: bill.id)
    row = line(itau, "-200.00")
    match = matched(row, [first, second], by=ana)

    with stuck(tenant, "payments_payable", lambda: hold_bill(first), lambda: undone(match, ana)):
        hold_bill(second)

    assert open_of(row) == D("-200.00")
    assert reread(first).status == reread(second).status == PayableStatus.PENDING


def test_a_payment_is_held_before_its_bill(
    tenant: Tenant, itau: BankAccount, ana: Membership
) -> None:
    bill = make_known(tenant, "100.00", approved=True)
    order = make_order(bill, OrderStatus.UNKNOWN)
    with tenant_scope(tenant.id):
        payee = Payable.objects.of(tenant).select_related("payee").get(id=bill.id).payee
    told = {"kind": "transfer", "counterparty_document": payee.document}
    row = line(itau, "-100.00", date(2026, 11, 23), **told)
    match = matched(row, reread(bill), by=ana)

    def hold_order() -> None:
        PaymentOrder.objects.of(tenant).select_for_update(no_key=True).get(id=order.id)

    with stuck(tenant, "payments_paymentorder", hold_order, lambda: undone(match, ana)):
        hold_bill(bill)

    assert open_of(row) == D("-100.00")
    assert reread(order).needs_person


def test_who_undoes_a_payment_on_the_page_of_its_bill_waits_for_who_undoes_its_match(
    tenant: Tenant, itau: BankAccount, ana: Membership
) -> None:
    bill, row = make_known(tenant, "100.00", approved=True), line(itau, "-100.00")
    match = matched(row, bill, by=ana)

    def undo_on_its_page() -> None:
        with pytest.raises(InvalidState) as refused, tenant_scope(tenant.id):
            undo_paid_outside(bill, by=ana, why="Não foi esta")
        assert refused.value.code == "not_paid_outside"

    with stuck(
        tenant,
        "banking_bankaccount",
        lambda: hold_lines([row.id], by=ana, seen=None),
        undo_on_its_page,
    ):
        undo([match.id], by=ana)

    assert open_of(row) == D("-100.00")
    assert reread(bill).status == PayableStatus.PENDING


def test_of_two_that_wait_for_each_other_one_is_told_to_try_again(
    tenant: Tenant, itau: BankAccount, ana: Membership, client: Client
) -> None:
    """Who reverses an entry takes it before the part of its line, who undoes a match after it."""
    row = line(itau, "-30.00")
    with tenant_scope(tenant.id):
        part = part_of(created(row, by=ana))
        entry = part.journal_line.entry
    sign_in(client, ana.user, tenant)
    form = {"date": "2026-11-30", "why": "Em dobro"}
    told: list[HttpResponse] = []

    with stuck(
        tenant,
        "accounts_journal",
        lambda: Allocation.objects.of(tenant).select_for_update().get(id=part.id),
        lambda: told.append(client.post(reverse("accounts:reverse", args=[entry.id]), form)),
    ):
        hold_entry(entry)

    (said,) = get_messages(told[0].wsgi_request)
    assert (told[0].status_code, said.level) == (302, messages.ERROR)
    with tenant_scope(tenant.id):
        assert entry.reversal is None
