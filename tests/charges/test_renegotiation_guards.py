"""What cannot be part of an agreement, and what an agreement cannot be."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from banking.models import BankAccount, Connection
from charges.models import Charge, Settlement, Slip
from charges.renegotiation.agree import (
    check_discount,
    check_olds,
    reason_against_agreeing,
    reason_of_state,
)
from charges.renegotiation.go_on import why_stopped
from charges.states import ChargeStatus, SlipStatus
from charges.transitions import live_slip
from core.errors import InvalidInput, InvalidState
from tenants.models import Tenant
from tenants.scope import tenant_scope
from tests.banking.factories import change, reread
from tests.charges.factories import make_charge, membership
from tests.charges.mailing import opened
from tests.payments.factories import make_bank_account

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]

D = Decimal
DUE = date(2026, 12, 10)


@pytest.fixture
def account(tenant: Tenant) -> BankAccount:
    return make_bank_account(tenant)


def charge_with(status: str = ChargeStatus.OPEN, **changes: Any) -> Charge:
    return Charge(status=status, amount=D("100.00"), due_date=DUE, **changes)


def test_one_that_is_open_may_be_part_of_it() -> None:
    assert not reason_of_state(charge_with(), Slip(status=SlipStatus.OPEN))


@pytest.mark.parametrize(
    ("charge", "slip"),
    [
        (charge_with(replaced_by_id=uuid4()), None),
        (charge_with(settled=D("10.00")), None),
        (charge_with(ChargeStatus.PAID), None),
        (charge_with(ChargeStatus.CANCELLED), None),
        (charge_with(next_due_date=DUE), None),
        (charge_with(), Slip(status=SlipStatus.OPEN, cancel_asked_at="2026-11-23")),
        (charge_with(), Slip(status=SlipStatus.ISSUING)),
        (charge_with(), Slip(status=SlipStatus.UNKNOWN)),
    ],
    ids=["replaced", "part-paid", "paid", "cancelled", "moving", "ending", "issuing", "unknown"],
)
def test_what_something_else_happens_to_is_none(charge: Charge, slip: Slip | None) -> None:
    assert reason_of_state(charge, slip)


def test_one_whose_bank_tells_nothing_of_its_slip_is_none(
    tenant: Tenant, account: BankAccount
) -> None:
    charge = opened(account, DUE)
    with tenant_scope(tenant.id):
        slip = live_slip(charge)
        assert not reason_against_agreeing(charge, slip, {account.id})
        assert reason_against_agreeing(charge, slip, set())

        Connection.objects.of(tenant).update(status=Connection.Status.LOST)
        with pytest.raises(InvalidState) as refused:
            check_olds([charge])
    assert refused.value.code == "not_agreeable"


def hold_back(charge: Charge, account: BankAccount) -> None:
    """Its line is in the books as something else: nothing is posted before a person says."""
    day = date(2026, 11, 23)
    with tenant_scope(charge.tenant_id):
        Settlement.objects.create(
            tenant_id=charge.tenant_id,
            charge=charge,
            bank_account=account,
            evidence=f"{charge.id}:1",
            way=Settlement.Way.TRANSFER,
            paid_on=day,
            posted_on=day,
            received=charge.amount,
            principal=charge.amount,
            registered_by=membership(charge.tenant).user,
        )


def test_one_whose_money_is_held_back_is_none(tenant: Tenant, account: BankAccount) -> None:
    charge = opened(account, DUE)
    hold_back(charge, account)
    change(charge, needs_person=True)

    with tenant_scope(tenant.id):
        assert reason_against_agreeing(reread(charge), live_slip(charge), {account.id})


def test_what_stops_an_agreement_that_is_under_way(tenant: Tenant, account: BankAccount) -> None:
    plain, held, cancelled = (make_charge(tenant, account) for _ in range(3))
    hold_back(held, account)
    cancelled.status = ChargeStatus.CANCELLED
    alive = opened(account, DUE)  # its bank did not end it

    with tenant_scope(tenant.id):
        assert not why_stopped(plain)
        for charge in (held, cancelled, alive):
            assert why_stopped(charge)


def test_charges_of_two_payers_are_no_agreement(tenant: Tenant, account: BankAccount) -> None:
    charges = [opened(account, DUE) for _ in range(2)]
    assert len({charge.payer_id for charge in charges}) == 2
    with tenant_scope(tenant.id), pytest.raises(InvalidState) as refused:
        check_olds(charges)
    assert refused.value.code == "not_one_payer"


@pytest.mark.parametrize(
    ("discount", "why", "field"),
    [("100.00", "Acordo", "discount"), ("100.01", "Acordo", "discount"), ("10.00", " ", "why")],
)
def test_a_discount_leaves_something_and_has_a_reason(discount: str, why: str, field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        check_discount(D(discount), D("100.00"), why)
    assert refused.value.field == field


def test_without_a_discount_none_has_to_be_given() -> None:
    check_discount(D("0.00"), D("100.00"), "")
