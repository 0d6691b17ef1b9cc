"""What is left of a charge: the slip that may be made of it, the sums that have it, what it may not
be changed to."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from accounts.tax_reform import switch_tax_reform
from banking.banks.contract.charges import ChargeState
from banking.models import BankAccount
from charges.drafts.edit import edit_charge, require_kept
from charges.issuing.queue import issue_charges, reasons_against
from charges.models import Charge, Settlement
from charges.reads.debtors import sums_by_payer
from charges.reads.payer_habits import habits_of
from charges.refunds.register import register_refund
from charges.settlement.received import KEEP, register_received
from charges.settlement.withheld import say_withheld
from charges.states import ChargeStatus
from charges.terms.amounts import given_up, terms_of
from charges.transitions import ask_end, lock_slip
from core.errors import InvalidInput, InvalidState
from people.exceptional_acts import release
from people.models import ExceptionalAct
from tenants.models import Membership, Role, Tenant, User
from tenants.scope import tenant_scope
from tests.banking.factories import change, make_line, reread
from tests.charges.factories import make_charge, make_draft, make_payer, membership
from tests.charges.issued import queue, settlements
from tests.charges.readings import shown, take
from tests.payments.factories import make_bank_account

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]

D = Decimal
TODAY = date(2026, 11, 23)
PAST = date(2026, 11, 3)
LATE = {"due_date": PAST, "fine_percent": D(2), "interest_percent": D(1)}


@pytest.fixture
def account(tenant: Tenant) -> BankAccount:
    return make_bank_account(tenant, provider="bs2")


@pytest.fixture
def by(tenant: Tenant) -> Membership:
    return membership(tenant)


def receive(charge: Charge, amount: str, by: Membership, **changes: Any) -> Settlement | None:
    values = {"day": TODAY, "way": "cash", **changes}
    with tenant_scope(charge.tenant_id):
        return register_received(charge, by=by, amount=D(amount), **values)


def as_issued(charge: Charge) -> Charge:
    with tenant_scope(charge.tenant_id):
        rows = Charge.objects.of(charge.tenant_id).select_related("tenant", "payer", "bank_account")
        found: Charge = rows.get(id=charge.id)
    return found


def test_the_rest_of_one_that_is_late_has_a_slip_of_its_own_day(
    tenant: Tenant, account: BankAccount, by: Membership
) -> None:
    charge = make_charge(tenant, account, "500.00", due_date=PAST, pay_days=10)
    receive(charge, "200.00", by)

    with tenant_scope(tenant.id):
        (slip,) = issue_charges([reread(charge)], by=by).slips

    assert (slip.amount, slip.due_date) == (D("300.00"), date(2026, 11, 30))
    assert slip.content["pay_until"] == "2026-12-10"  # ten days after that
    assert reread(charge).due_date == PAST


def test_of_what_is_held_back_no_slip_is_made(tenant: Tenant, account: BankAccount) -> None:
    charge = make_charge(tenant, account)
    with tenant_scope(tenant.id):
        assert reasons_against(tenant.id, [as_issued(charge)], TODAY) == {}
        Settlement.objects.create(
            tenant=tenant, charge=charge, bank_account=account, evidence="x", way="pix",
            received=D("150.00"), principal=D("150.00"), paid_on=TODAY, posted_on=TODAY,
            registered_by=charge.created_by,
        )  # fmt: skip

        assert [*reasons_against(tenant.id, [as_issued(charge)], TODAY)] == [charge.id]


def test_fine_and_interest_that_were_kept_open_are_in_the_sums(
    tenant: Tenant, account: BankAccount, by: Membership
) -> None:
    payer = make_payer(tenant)
    kept = make_charge(tenant, account, "100.00", payer=payer, **LATE)
    other = make_charge(tenant, account, payer=payer)
    receive(kept, "100.00", by, late=KEEP)

    with tenant_scope(tenant.id):
        assert [row["amount"] for row in sums_by_payer(tenant, TODAY)] == [D("2.67")]
        habits = habits_of(reread(other), TODAY)
    assert (habits.others_amount, habits.others_overdue) == (D("2.67"), D("2.67"))


def test_all_went_back_and_nothing_of_it_is_kept_open_beside(
    tenant: Tenant, account: BankAccount, by: Membership
) -> None:
    charge = make_charge(tenant, account, "100.00", **LATE)
    receive(charge, "100.00", by, late=KEEP)

    with tenant_scope(tenant.id):
        (payment,) = settlements(charge)
        register_refund(payment, by=by, debt="owed", why="Desistiu", amount=D("100.00"), day=TODAY)

    back = reread(charge)
    assert (back.status, back.rest, back.late_rest) == (ChargeStatus.RETURNED, D("100.00"), D(0))


@pytest.mark.parametrize("name", ["withheld", "split"])
def test_no_more_than_what_tax_may_be_is_believed(
    tenant: Tenant, account: BankAccount, by: Membership, admin: User, name: str
) -> None:
    charge = make_charge(tenant, account, "1000.00")
    switch_tax_reform(tenant, on=True, by=membership(tenant, admin))

    with pytest.raises(InvalidInput) as refused:
        receive(charge, "699.00", membership(tenant, by.user), **{name: D("301.00")})
    assert refused.value.field == name
    assert settlements(charge) == []


def test_nor_in_parts(tenant: Tenant, account: BankAccount, by: Membership) -> None:
    charge = make_charge(tenant, account, "1000.00")
    receive(charge, "100.00", by, withheld=D("299.00"))

    with pytest.raises(InvalidInput) as refused, tenant_scope(tenant.id):
        say_withheld(charge, by=by, amount=D("1.01"))
    assert refused.value.field == "amount"
    with tenant_scope(tenant.id):
        say_withheld(charge, by=by, amount=D("1.00"))
    assert reread(charge).rest == D("600.00")


# --- Editing one of which a slip ended --------------------------------------------------------


@pytest.fixture
def ended(tenant: Tenant, account: BankAccount) -> Charge:
    """Its payer has had a slip of it."""
    charge = make_charge(tenant, account)
    slip = queue(charge)
    change(slip, status="issuing")
    take(slip, shown(slip, linha_digitavel="", barcode=""))
    with tenant_scope(tenant.id):
        ask_end(lock_slip(slip), by=None)
    take(slip, shown(slip, ChargeState.CANCELLED, linha_digitavel="", barcode=""))
    found: Charge = reread(charge)
    assert found.status == ChargeStatus.WRITTEN_OFF
    return found


def test_whose_link_a_payer_has_is_not_made_anothers(
    tenant: Tenant, account: BankAccount, by: Membership, ended: Charge
) -> None:
    with pytest.raises(InvalidInput) as refused, tenant_scope(tenant.id):
        edit_charge(ended, make_draft(tenant, account), by=by)

    assert (refused.value.field, refused.value.code) == ("payer", "payer_told")


def test_it_does_not_fall_below_the_fine_and_interest_that_it_replaced(
    tenant: Tenant, ended: Charge
) -> None:
    ended.additions = D("20.00")

    with pytest.raises(InvalidInput) as refused, tenant_scope(tenant.id):
        require_kept(ended, {"payer": ended.payer, "amount": D("19.99")})

    assert refused.value.field == "amount"


def test_while_a_change_is_under_way_it_is_not_edited(
    tenant: Tenant, account: BankAccount, by: Membership, ended: Charge
) -> None:
    change(ended, next_due_date=TODAY, next_amount=D("150.00"), next_by=by.user)

    with pytest.raises(InvalidState) as refused, tenant_scope(tenant.id):
        edit_charge(ended, make_draft(tenant, account, payer=ended.payer), by=by)

    assert refused.value.code == "changing"
    with tenant_scope(tenant.id):  # nor issued as it was
        assert [*reasons_against(tenant.id, [as_issued(ended)], TODAY)] == [ended.id]


def test_what_an_edit_gives_up_is_told_of_the_rest_alone(
    tenant: Tenant, account: BankAccount
) -> None:
    charge = make_charge(tenant, account, "1000.00")
    charge.settled = charge.waived = D("600.00")

    assert given_up(charge, D("700.00"), terms_of(charge)) == D("300.00")


def transfer(account: BankAccount, day: date, **more: Any) -> dict[str, Any]:
    return {"way": "transfer", "bank_account": account, "day": day, **more}


def test_nothing_of_a_charge_came_before_it(
    tenant: Tenant, account: BankAccount, by: Membership
) -> None:
    entered_today = make_charge(tenant, account, "500.00", due_date=date(2026, 12, 10))
    overdue = make_charge(tenant, account, "500.00", **LATE)

    for charge, day in ((entered_today, TODAY), (overdue, PAST)):
        with pytest.raises(InvalidInput) as refused:
            receive(charge, "500.00", by, day=day - timedelta(days=1))
        assert (refused.value.field, refused.value.code) == ("day", "before_charge")
        receive(charge, "500.00", by, day=day)


def test_a_day_that_makes_fine_and_interest_less_is_out_of_the_ordinary(
    tenant: Tenant, account: BankAccount, by: Membership
) -> None:
    charge = make_charge(tenant, account, "300.00", **LATE)
    with pytest.raises(InvalidInput) as refused:
        receive(charge, "300.00", by, **transfer(account, PAST))
    assert refused.value.field == "why"

    assert receive(charge, "300.00", by, **transfer(account, PAST, why="Comprovante de 03/11"))

    with tenant_scope(tenant.id):
        (act,) = ExceptionalAct.objects.of(tenant)
    # Of 20 days: 2 % at once, 1 % a month.
    assert (act.kind, act.outcome, act.amount) == ("received_dated_back", "alone", D("8.00"))
    assert reread(charge).status == ChargeStatus.PAID


def test_above_the_limit_such_a_day_waits_for_a_second_person(
    tenant: Tenant, account: BankAccount, by: Membership
) -> None:
    charge = make_charge(tenant, account, "300000.00", **LATE)
    day = transfer(account, PAST, why="Comprovante de 03/11", ends_slip=True)

    assert receive(charge, "300000.00", by, **day) is None
    assert not settlements(charge)

    with tenant_scope(tenant.id):
        (act,) = ExceptionalAct.objects.of(tenant)
        release(act, by=membership(tenant, role=Role.APPROVER))
    (settlement,) = settlements(charge)
    assert (settlement.way, settlement.posted_on) == ("transfer", PAST)
    assert settlement.bank_account_id == account.id


def test_a_day_that_the_statement_shows_is_no_exception(
    tenant: Tenant, account: BankAccount, by: Membership
) -> None:
    charge = make_charge(tenant, account, "300.00", **LATE)
    make_line(account, "300.00", PAST)

    assert receive(charge, "300.00", by, **transfer(account, PAST))

    with tenant_scope(tenant.id):
        assert not ExceptionalAct.objects.of(tenant).exists()


def test_a_later_day_within_the_terms_of_today_is_none_either(
    tenant: Tenant, account: BankAccount, by: Membership
) -> None:
    charge = make_charge(tenant, account, "300.00", **LATE)

    assert receive(charge, "300.00", by, **transfer(account, TODAY, late=KEEP))

    with tenant_scope(tenant.id):
        assert not ExceptionalAct.objects.of(tenant).exists()
