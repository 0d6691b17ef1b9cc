"""Payments taken in by the set become what each of them becomes alone."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.journal.entries import post_entry
from accounts.models import Account
from banking.banks.contract.charges import Charge as Reading
from banking.models import BankAccount
from banking.statements.allocation import allocate, line_on
from charges.models import Charge, ChargeEvent, Slip
from charges.states import ChargeStatus, SlipStatus
from charges.tracking.bank_lines import record_proof
from charges.tracking.polling import take_in_held, take_in_together
from tenants.scope import tenant_scope
from tests.banking.factories import change, make_line, reread
from tests.charges.factories import make_charge, make_payer
from tests.charges.issued import entries, lines_of, queue, settlements
from tests.charges.readings import DAY, paid, shown, take
from tests.payments.factories import make_bank_account

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]

D = Decimal
ASKED = datetime(2026, 11, 23, 12, tzinfo=UTC)
TERMS = {"fine_percent": D("2.00"), "interest_percent": D("1.00"), "discount": D("10.00")}


@pytest.fixture
def account(tenant) -> BankAccount:
    return make_bank_account(tenant)


def at_bank(account: BankAccount, number: int, **changes: Any) -> Slip:
    payer = make_payer(account.tenant, f"Padaria {number} Ltda")
    charge = make_charge(account.tenant, account, "150.00", payer=payer, **changes)
    slip = queue(charge)
    change(slip, status=SlipStatus.ISSUING)
    take(slip, shown(slip))
    return known(slip, charge)


def known(slip: Slip, charge: Charge) -> Slip:
    """As it is now, with what it is asked for outside of scopes."""
    slip = reread(slip)
    slip.charge, slip.bank_account = charge, charge.bank_account
    return slip


def has_a_line_elsewhere(slip: Slip) -> None:
    """Its money is in the books as something else."""
    account, tenant = slip.bank_account, slip.charge.tenant
    document = slip.charge.payer.document
    with tenant_scope(tenant.id):
        other = Account.objects.of(tenant).get(code="4.1.02")
        leaf = BankAccount.objects.of(tenant).select_related("ledger_account").get(id=account.id)
        lines = [(leaf.ledger_account, D("150.00")), (other, D("-150.00"))]
        entry = post_entry(tenant, date=DAY, memo="Venda no balcão", lines=lines)
    line = make_line(account, "150.00", day=DAY, counterparty_document=document)
    with tenant_scope(tenant.id):
        allocate(line, line_on(account, entry))


def was_held_back(slip: Slip) -> None:
    """By a line of the statement, while the books did not take it."""
    charge = slip.charge
    with tenant_scope(charge.tenant_id):
        archived = Account.objects.of(charge.tenant_id).get(code="4.1.02")
    change(charge, revenue_account=archived)
    change(archived, archived_at=ASKED)
    line = make_line(slip.bank_account, "150.00", day=DAY)
    with tenant_scope(charge.tenant_id):
        record_proof(slip, line, "line")
    change(archived, archived_at=None)


def was_paid_once(slip: Slip) -> None:
    take(slip, paid(slip, "50.00"))


def is_asked_to_end(slip: Slip) -> None:
    change(slip, cancel_asked_at=ASKED, cancel_asked_by_id=slip.created_by_id)


def is_cancelled(slip: Slip) -> None:
    """And its slip is at the bank still."""
    change(slip.charge, status=ChargeStatus.CANCELLED)


def has_another_slip(slip: Slip) -> None:
    change(slip, status=SlipStatus.WRITTEN_OFF)
    change(slip.charge, status=ChargeStatus.WRITTEN_OFF)
    again = reread(slip.charge)
    again.tenant, again.payer = slip.charge.tenant, slip.charge.payer
    queue(again)


def nothing(slip: Slip) -> None:
    pass


LATE = date(2026, 12, 15)
# What is there before, and what the bank shows then.
LIVES = {
    "whole": (nothing, lambda slip: paid(slip, "150.00")),
    "told in all": (
        nothing,
        lambda slip: replace(paid(slip, "150.00"), payments=(), paid_on=None),
    ),
    "a centavo less": (nothing, lambda slip: paid(slip, "149.99")),
    "with discount": (nothing, lambda slip: paid(slip, "140.00")),
    "late, with fine and interest": (nothing, lambda slip: paid(slip, "153.25", day=LATE)),
    "late, without": (nothing, lambda slip: paid(slip, "150.00", day=LATE)),
    "more": (nothing, lambda slip: paid(slip, "151.00")),
    "less": (nothing, lambda slip: paid(slip, "100.00")),
    "twice": (nothing, lambda slip: paid(slip, "150.00", "150.00")),
    "once more": (was_paid_once, lambda slip: paid(slip, "50.00", "100.00")),
    "unreadable": (nothing, lambda slip: replace(paid(slip, "150.00"), payments=None)),
    "another line": (
        nothing,
        lambda slip: paid(slip, "150.00", linha_digitavel="1" * 47),
    ),
    "another slip's": (nothing, lambda slip: paid(slip, "150.00", code="kc-other")),
    "not paid": (nothing, shown),
    "in the books already": (has_a_line_elsewhere, lambda slip: paid(slip, "150.00")),
    "held back already": (was_held_back, lambda slip: paid(slip, "150.00")),
    "asked to end": (is_asked_to_end, lambda slip: paid(slip, "150.00")),
    "cancelled": (is_cancelled, lambda slip: paid(slip, "150.00")),
    "after write-off": (has_another_slip, lambda slip: paid(slip, "150.00")),
}


CHARGE = ("status", "settled", "late_rest", "paid_on", "paid_after", "needs_person", "question")
MONEY = ("received", "discount", "fee", "principal", "fine", "interest", "excess", "lacking")
MONEY += ("way", "paid_on", "posted_on", "is_provisional")


def what_it_is(slip: Slip) -> dict[str, Any]:
    charge, slip = reread(slip.charge), reread(slip)
    with tenant_scope(slip.tenant_id):
        events = ChargeEvent.objects.of(slip.tenant_id).filter(charge=charge).order_by("at", "id")
        told = list(events.values_list("title", "text", "tone"))
        slips = Slip.objects.of(slip.tenant_id).filter(charge=charge).order_by("created_at")
        others = [(each.status, each.cancel_asked_at is None) for each in slips]
    return {
        "charge": [getattr(charge, name) for name in CHARGE],
        "slip": [slip.status, slip.read_at, slip.wait_until, slip.message, slip.fault],
        "slips": others,
        "events": told,
        "settlements": [[getattr(each, name) for name in MONEY] for each in settlements(charge)],
        "books": [lines_of(each) for each in settlements(charge)],
    }


def test_a_payment_among_many_becomes_what_it_becomes_alone(account):
    news: list[tuple[Slip, Reading]] = []
    alone: list[Slip] = []
    for number, (before, told) in enumerate(LIVES.values()):
        twins = [at_bank(account, 2 * number + twin, **TERMS) for twin in (0, 1)]
        for slip in twins:
            before(slip)
        together, by_itself = (known(slip, slip.charge) for slip in twins)
        with tenant_scope(account.tenant_id):
            take_in_held(by_itself, told(by_itself), ASKED)
        alone.append(by_itself)
        news.append((together, told(together)))

    take_in_together(account, news, ASKED)

    for name, (slip, _), by_itself in zip(LIVES, news, alone, strict=True):
        found, wanted = what_it_is(slip), what_it_is(by_itself)
        assert found == wanted, name
    assert what_it_is(news[0][0])["charge"][0] == ChargeStatus.PAID


def test_what_the_books_do_not_take_of_many_is_held_back_alone(account, tenant):
    slips = [at_bank(account, number) for number in range(3)]
    with tenant_scope(tenant.id):
        archived = Account.objects.of(tenant).get(code="4.1.02")
    change(slips[1].charge, revenue_account=archived)
    change(archived, archived_at=ASKED)

    take_in_together(account, [(slip, paid(slip, "150.00")) for slip in slips], ASKED)

    states = [reread(slip.charge).status for slip in slips]
    assert states == [ChargeStatus.PAID, ChargeStatus.IN_PAYMENT, ChargeStatus.PAID]
    assert reread(slips[1].charge).needs_person
    assert entries(account) == 2


def test_payments_of_many_ask_the_database_as_often_as_those_of_few(account):
    slips = [at_bank(account, number) for number in range(12)]

    def queries(some: list[Slip]) -> int:
        news = [(slip, paid(slip, "150.00")) for slip in some]
        with CaptureQueriesContext(connection) as asked:
            take_in_together(account, news, ASKED)
        assert {reread(slip.charge).status for slip in some} == {Charge.Status.PAID}
        return len(asked)

    assert queries(slips[:2]) == queries(slips[2:])


def test_what_was_taken_in_by_another_meanwhile_is_posted_once(account):
    slip = at_bank(account, 1)
    news = [(slip, paid(slip, "150.00"))]

    take_in_together(account, news, ASKED)
    take_in_together(account, news, ASKED)

    assert len(settlements(slip.charge)) == entries(account) == 1
