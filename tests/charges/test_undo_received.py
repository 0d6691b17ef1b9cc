"""A receipt that a person registered is taken back: what keeps it, and what the charge is then."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection

from accounts.chart.reclassify import move_entries
from accounts.journal.entries import reverse_by_hand
from accounts.models import JournalEntry
from banking.models import BankAccount
from banking.statements.allocation import allocate
from charges.models import AdvanceUse, Charge, Settlement, Slip
from charges.refunds.advances import use_advance
from charges.refunds.register import register_refund
from charges.refunds.undo_use import undo_use
from charges.settlement.received import KEEP, register_received
from charges.settlement.undo import undo_received
from charges.settlement.waive import waive_rest
from charges.states import ChargeStatus, SlipStatus
from core.errors import InvalidInput, InvalidState, NotAllowed
from tenants.models import Membership, Role, Tenant
from tenants.scope import tenant_scope
from tests.banking.factories import make_line, reread
from tests.charges.factories import make_charge, make_payer, membership
from tests.charges.issued import opened, queue, settlements
from tests.payments.at_most_once.database import wait_until_stuck
from tests.payments.factories import make_bank_account
from tests.reconciliation.matched import account_named, balance, make_entry

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]

D = Decimal
TODAY = date(2026, 11, 23)
DAY_BEFORE = date(2026, 11, 20)
LATE = {"due_date": date(2026, 11, 3), "fine_percent": D(2), "interest_percent": D(1)}


@pytest.fixture
def account(tenant: Tenant) -> BankAccount:
    return make_bank_account(tenant)


@pytest.fixture
def by(tenant: Tenant) -> Membership:
    return membership(tenant)


def receive(charge: Charge, amount: str, by: Membership, **changes: Any) -> Settlement:
    """In cash, today."""
    values = {"day": TODAY, "way": "cash", **changes}
    with tenant_scope(charge.tenant_id):
        made = register_received(charge, by=by, amount=D(amount), **values)
    assert made is not None
    return made


def undo(settlement: Settlement, by: Membership, why: str = "Engano") -> Charge:
    with tenant_scope(by.tenant_id):
        undo_received(settlement, by=by, why=why)
    return charge_of(settlement)


def charge_of(settlement: Settlement) -> Charge:
    with tenant_scope(settlement.tenant_id):
        found: Charge = Charge.objects.of(settlement.tenant_id).get(id=settlement.charge_id)
    return found


# --- What keeps it ------------------------------------------------------------------------------


def used_elsewhere(account: BankAccount, by: Membership) -> Settlement:
    payer = make_payer(account.tenant)
    source, target = (opened(make_charge(account.tenant, account, payer=payer)) for _ in range(2))
    made = receive(source, "250.00", by)
    with tenant_scope(by.tenant_id):
        use_advance(made, target, by=by, amount=D("60.00"), why="Acordo")
    return made


def paid_with_an_advance(account: BankAccount, by: Membership) -> Settlement:
    used_elsewhere(account, by)
    with tenant_scope(by.tenant_id):
        made: Settlement = Settlement.objects.of(by.tenant_id).get(way=Settlement.Way.ADVANCE)
    return made


def rest_waived(account: BankAccount, by: Membership) -> Settlement:
    charge = make_charge(account.tenant, account)
    made = receive(charge, "100.00", by)
    with tenant_scope(by.tenant_id):
        waive_rest(charge, by=by, why="Acordo")
    return made


def refunded(account: BankAccount, by: Membership) -> Settlement:
    made = receive(make_charge(account.tenant, account), "100.00", by)
    give_back(made, "10.00", by)
    return made


def give_back(made: Settlement, amount: str, by: Membership) -> None:
    with tenant_scope(by.tenant_id):
        register_refund(made, by=by, debt="owed", why="Desistiu", amount=D(amount), day=TODAY)


def held_back(account: BankAccount, by: Membership) -> Settlement:
    """Its line is in the books as something else."""
    posted = make_entry(account, "150.00", code="4.1.02", day=TODAY)
    charge = make_charge(account.tenant, account)
    line = make_line(account, "150.00", TODAY, counterparty_document=charge.payer.document)
    with tenant_scope(by.tenant_id):
        allocate(line, posted)
    return receive(charge, "150.00", by, way="transfer", bank_account=account)


def undone(account: BankAccount, by: Membership) -> Settlement:
    made = receive(make_charge(account.tenant, account), "100.00", by)
    undo(made, by)
    return made


@pytest.mark.parametrize(
    "build", [used_elsewhere, paid_with_an_advance, rest_waived, refunded, held_back, undone]
)
def test_a_receipt_on_which_something_rests_is_kept(
    account: BankAccount, by: Membership, build: Callable[..., Settlement]
) -> None:
    made = build(account, by)
    before = charge_of(made)

    with pytest.raises(InvalidState) as refused:
        undo(made, by)

    assert refused.value.code == "stands"
    after = charge_of(made)
    assert (after.status, after.settled) == (before.status, before.settled)


def test_what_its_advance_paid_is_taken_back_first(account: BankAccount, by: Membership) -> None:
    made = used_elsewhere(account, by)
    with tenant_scope(by.tenant_id):
        undo_use(AdvanceUse.objects.of(by.tenant_id).get(), by=by, why="Acordo desfeito")

    assert undo(made, by).status == ChargeStatus.OPEN


def test_who_does_not_work_on_charges_takes_nothing_back(
    account: BankAccount, by: Membership
) -> None:
    made = receive(make_charge(account.tenant, account), "100.00", by)

    with pytest.raises(NotAllowed):
        undo(made, membership(account.tenant, role=Role.APPROVER))
    with pytest.raises(InvalidInput) as refused:
        undo(made, by, why=" ")

    assert refused.value.field == "why"
    assert reread(made).undone_at is None


# --- What the charge is then --------------------------------------------------------------------


def test_the_whole_debt_is_owed_again_and_nothing_of_it_twice(
    account: BankAccount, by: Membership
) -> None:
    """Fine and interest that were kept open are a part of it."""
    charge = make_charge(account.tenant, account, "100.00", **LATE)
    made = receive(charge, "100.00", by, late=KEEP)
    assert reread(charge).late_rest == D("2.67")

    after = undo(made, by)

    assert (after.status, after.rest, after.late_rest) == (ChargeStatus.DRAFT, D("100.00"), 0)


def test_fine_and_interest_that_came_alone_are_open_again(
    account: BankAccount, by: Membership
) -> None:
    charge = make_charge(account.tenant, account, "100.00", **LATE)
    receive(charge, "100.00", by, late=KEEP)
    made = receive(charge, "2.67", by)
    assert reread(charge).status == ChargeStatus.PAID

    after = undo(made, by)

    assert (after.status, after.rest) == (ChargeStatus.PARTLY_PAID, D("2.67"))


def test_it_was_paid_on_the_day_of_what_is_left(account: BankAccount, by: Membership) -> None:
    charge = make_charge(account.tenant, account, "100.00", due_date=date(2026, 11, 3))
    first = receive(charge, "40.00", by, day=DAY_BEFORE)
    second = receive(charge, "30.00", by)

    assert undo(second, by).paid_on == DAY_BEFORE
    assert undo(first, by).paid_on is None


def test_nor_on_the_day_of_what_is_held_back(account: BankAccount, by: Membership) -> None:
    charge = charge_of(held_back(account, by))
    made = receive(charge, "40.00", by)

    assert undo(made, by).paid_on is None


def written_off(account: BankAccount) -> Charge:
    """By its bank."""
    charge = opened(make_charge(account.tenant, account))
    with tenant_scope(account.tenant_id):
        Slip.objects.of(account.tenant_id).filter(charge=charge).update(
            status=SlipStatus.WRITTEN_OFF
        )
        Charge.objects.of(account.tenant_id).filter(id=charge.id).update(
            status=ChargeStatus.WRITTEN_OFF
        )
    charge = reread(charge)
    charge.tenant = account.tenant
    return charge


def test_one_that_was_written_off_before_is_so_again(account: BankAccount, by: Membership) -> None:
    charge = written_off(account)
    made = receive(charge, "150.00", by)
    assert reread(charge).paid_after == Charge.PaidAfter.WRITE_OFF

    after = undo(made, by)

    assert (after.status, after.paid_after) == (ChargeStatus.WRITTEN_OFF, "")


def test_a_slip_that_never_left_says_nothing_of_it(account: BankAccount, by: Membership) -> None:
    charge = written_off(account)
    queue(charge)
    made = receive(charge, "150.00", by)

    assert undo(made, by).status == ChargeStatus.WRITTEN_OFF


def test_one_of_which_all_else_went_back_is_returned(account: BankAccount, by: Membership) -> None:
    charge = make_charge(account.tenant, account, "100.00")
    first, second = receive(charge, "60.00", by), receive(charge, "40.00", by)
    give_back(second, "40.00", by)

    assert undo(first, by).status == ChargeStatus.RETURNED


# --- In the books -------------------------------------------------------------------------------


def test_what_was_written_in_the_place_of_its_entry_is_reversed_on_that_day(
    tenant: Tenant, account: BankAccount, by: Membership
) -> None:
    charge = make_charge(tenant, account, "100.00", due_date=date(2026, 11, 3))
    made = receive(charge, "100.00", by, day=DAY_BEFORE)
    old, new = account_named(tenant, "4.1.01"), account_named(tenant, "4.1.02")
    with tenant_scope(tenant.id):
        assert move_entries(old, new, by=by.user, why="Outra conta")

    undo(made, by)

    assert (balance(tenant, old), balance(tenant, new)) == (0, 0)
    with tenant_scope(tenant.id):
        days = JournalEntry.objects.of(tenant).values_list("date", flat=True)
        assert set(days) == {DAY_BEFORE}


def test_an_entry_that_a_person_reversed_is_not_reversed_again(
    tenant: Tenant, account: BankAccount, by: Membership
) -> None:
    charge = make_charge(tenant, account, "100.00")
    made = receive(charge, "100.00", by)
    with tenant_scope(tenant.id):
        reverse_by_hand(reread(made).entry, by=by.user, date=TODAY, why="Errado")

    assert undo(made, by).rest == D("100.00")
    assert balance(tenant, "4.1.01") == 0


# --- At once ------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_a_refund_that_is_being_registered_keeps_it(
    tenant: Tenant, account: BankAccount, by: Membership
) -> None:
    charge = make_charge(tenant, account, "100.00")
    made = receive(charge, "100.00", by)

    def elsewhere() -> str:
        try:
            undo(made, by)
        except InvalidState as error:
            return error.code
        finally:
            connection.close()
        return ""

    with ThreadPoolExecutor(1) as pool, tenant_scope(tenant.id):
        register_refund(
            settlements(charge)[0], by=by, debt="owed", why="Desistiu", amount=D("10.00"),
            day=TODAY,
        )  # fmt: skip
        attempt = pool.submit(elsewhere)
        wait_until_stuck("charges_charge")

    assert attempt.result(60) == "stands"
    assert reread(made).undone_at is None
