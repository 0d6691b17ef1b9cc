"""Acts on contracts, on the ladder's holds and addresses and on imports, where there is nothing to
do or something else was done before: refused, and by which reason."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest

from banking.models import BankAccount
from charges.dunning.addresses import allow_again, mark_dead
from charges.dunning.holds import hold_charge, release_charge, release_payer
from charges.dunning.ladder import remove_step, steps_of, switch
from charges.importing.files import begin_import, begin_undo
from charges.importing.mend import leave_out
from charges.models import Recurrence
from charges.recurrences.adjust import adjust_recurrence
from charges.recurrences.edit import edit_recurrence
from charges.recurrences.pause import (
    end_recurrence,
    pause_recurrence,
    resume_recurrence,
    skip_left_out,
    take_over,
)
from charges.states import ChargeStatus
from core.errors import DomainError, InvalidInput, InvalidState
from tenants.models import Membership, Role, Tenant
from tenants.scope import tenant_scope
from tests.banking.factories import reread
from tests.charges.contracts import a_contract, make_recurrence
from tests.charges.factories import make_charge, make_payer, membership
from tests.charges.mailing import with_ladder
from tests.charges.sheets import checked, imported, line, rows
from tests.payments.factories import make_bank_account

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]


@pytest.fixture
def account(tenant: Tenant) -> BankAccount:
    return make_bank_account(tenant)


@pytest.fixture
def by(tenant: Tenant) -> Membership:
    return membership(tenant)


def refusal(tenant: Tenant, act: Callable[[], object]) -> str:
    """The code, or the field."""
    with tenant_scope(tenant.id), pytest.raises(DomainError) as refused:
        act()
    error = refused.value
    assert isinstance(error, InvalidState | InvalidInput)
    return str(getattr(error, "field", None) or error.code)


# --- Contracts --------------------------------------------------------------------------------


def test_a_contract_is_paused_once_and_resumed_when_it_is_paused(
    tenant: Tenant, account: BankAccount, by: Membership
) -> None:
    recurrence = make_recurrence(account)
    assert refusal(tenant, lambda: resume_recurrence(recurrence, by=by)) == "not_paused"
    with tenant_scope(tenant.id):
        pause_recurrence(recurrence, by=by)
    assert refusal(tenant, lambda: pause_recurrence(recurrence, by=by)) == "paused"


def test_without_periods_left_out_there_is_nothing_to_skip(
    tenant: Tenant, account: BankAccount, by: Membership
) -> None:
    recurrence = make_recurrence(account)
    assert refusal(tenant, lambda: skip_left_out(recurrence, by=by)) == "none_left_out"


@pytest.mark.parametrize("act", [pause_recurrence, resume_recurrence, end_recurrence, take_over])
def test_with_one_that_has_ended_nothing_is_done(
    tenant: Tenant,
    account: BankAccount,
    by: Membership,
    act: Callable[..., Recurrence],
) -> None:
    recurrence = make_recurrence(account)
    with tenant_scope(tenant.id):
        end_recurrence(recurrence, by=by)
    assert refusal(tenant, lambda: act(recurrence, by=by)) == "ended"


def test_a_contract_keeps_its_payer(tenant: Tenant, account: BankAccount, by: Membership) -> None:
    recurrence = make_recurrence(account)
    other = a_contract(account, payer=make_payer(tenant))
    seen = reread(recurrence)
    assert refusal(tenant, lambda: edit_recurrence(seen, other, by=by)) == "payer"


def test_what_is_no_anniversary_adjusts_nothing(
    tenant: Tenant, account: BankAccount, by: Membership
) -> None:
    recurrence = make_recurrence(account)

    def act() -> object:
        day = date(2027, 11, 1)
        return adjust_recurrence(recurrence, anniversary=day, percent=Decimal(5), by=by)

    assert refusal(tenant, act) == "anniversary"


# --- The ladder -------------------------------------------------------------------------------


def test_of_what_is_not_owed_nothing_is_held(
    tenant: Tenant, account: BankAccount, by: Membership
) -> None:
    charge = make_charge(tenant, account)
    assert refusal(tenant, lambda: release_charge(charge, by=by)) == "not_held"
    assert refusal(tenant, lambda: release_payer(charge.payer, by=by)) == "not_held"
    with tenant_scope(tenant.id):
        type(charge).objects.filter(id=charge.id).update(status=ChargeStatus.CANCELLED)
    act = lambda: hold_charge(charge, kind="pause", until=None, by=by)  # noqa: E731
    assert refusal(tenant, act) == "not_owed"


def test_an_address_of_nobody_and_one_that_takes_mail_are_left_alone(
    tenant: Tenant, by: Membership
) -> None:
    payer = make_payer(tenant, emails=["a@cliente.example"])
    other, own = "b@cliente.example", "a@cliente.example"

    assert refusal(tenant, lambda: mark_dead(payer, other, by=by)) == "not_of_payer"
    assert refusal(tenant, lambda: allow_again(payer, other, by=by, why="x")) == "not_of_payer"
    assert refusal(tenant, lambda: allow_again(payer, own, by=by, why=" ")) == "why"
    assert refusal(tenant, lambda: allow_again(payer, own, by=by, why="Corrigido")) == "alive"
    with tenant_scope(tenant.id):
        mark_dead(payer, own, by=by)
    assert refusal(tenant, lambda: mark_dead(payer, own, by=by)) == "dead"


def test_a_ladder_is_switched_when_it_is_there_and_not_so_already(tenant: Tenant) -> None:
    admin = membership(tenant, role=Role.ADMIN)
    assert refusal(tenant, lambda: switch(on=True, by=admin)) == "no_ladder"
    with_ladder(tenant, 3)
    assert refusal(tenant, lambda: switch(on=True, by=admin)) == "same"


def test_a_step_is_taken_out_once(tenant: Tenant) -> None:
    admin = membership(tenant, role=Role.ADMIN)
    with_ladder(tenant, 3)
    with tenant_scope(tenant.id):
        step = steps_of(tenant.id)[0]
        remove_step(step, by=admin)
    assert refusal(tenant, lambda: remove_step(step, by=admin)) == "step_gone"


# --- Imports ----------------------------------------------------------------------------------


def test_without_a_good_row_nothing_is_imported_and_nothing_undone(
    tenant: Tenant, account: BankAccount, by: Membership
) -> None:
    file = checked(tenant, line(due="31/02/2026"), by=by)

    assert refusal(tenant, lambda: begin_import(file, by=by)) == "nothing_good"
    assert refusal(tenant, lambda: begin_undo(file, by=by)) == "nothing_imported"


def test_a_row_that_is_imported_is_not_left_out(
    tenant: Tenant, account: BankAccount, by: Membership
) -> None:
    (row,) = rows(imported(tenant, line(), by=by))

    assert refusal(tenant, lambda: leave_out(row, by=by)) == "row_over"
