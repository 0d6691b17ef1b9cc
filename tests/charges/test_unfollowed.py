"""Slips at a bank that tells nothing of them any more: listed, kept or said to be cancelled, and
caught up when the bank answers again."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from banking.banks.contract.charges import ChargeState
from banking.connections.disconnect import undo_connection
from banking.models import BankAccount
from charges.models import Charge
from charges.renegotiation.agree import reason_against_agreeing
from charges.states import ChargeStatus, SlipStatus
from charges.tracking.disconnect import hand_back
from charges.tracking.polling import take_in_held
from charges.tracking.unfollowed import consider_cancelled, told_accounts
from core.clock import database_now
from core.errors import InvalidState
from people.models import ExceptionalAct, ExceptionalLimit
from tenants.models import Membership, Plan, Tenant, User
from tenants.scope import tenant_scope
from tenants.services import change_plan
from tests.banking.factories import connect_account, reread
from tests.cast import sign_in
from tests.charges.factories import membership
from tests.charges.issued import follow, issued_charge, settlements, slip_of
from tests.charges.readings import shown
from tests.cora_simulator import CoraSimulator

pytestmark = pytest.mark.django_db(transaction=True)

LIST = reverse("charges:list")
Later = Callable[[timedelta], None]


def undo(account: BankAccount, by: User) -> None:
    with tenant_scope(account.tenant_id):
        undo_connection(account, account.tenant, by=by, typed=account.tenant.name)
        hand_back(account, by=by)


def redo(account: BankAccount, by: User, cora: CoraSimulator) -> BankAccount:
    again = connect_account(account.tenant, by, cora)
    assert again.id == account.id
    return again


@pytest.fixture
def issued(at_cora: BankAccount, later: Later) -> Charge:
    charge = issued_charge(at_cora)
    later(timedelta(seconds=10))
    follow(at_cora)
    assert slip_of(charge).status == SlipStatus.OPEN
    return charge


@pytest.fixture
def by(tenant: Tenant, operator: User) -> Membership:
    return membership(tenant, operator)


def listed(client: Client) -> list[str]:
    rows = client.get(LIST, {"situacao": "sem-acompanhamento"}).context["rows"]
    return [str(row.charge.id) for row in rows]


def say_cancelled(charge: Charge, by: Membership) -> ExceptionalAct:
    with tenant_scope(charge.tenant_id):
        return consider_cancelled(charge, by=by, why="Cancelei no aplicativo")


def leave_undone(account: BankAccount, admin: User) -> None:
    undo(account, admin)


def lower_the_plan(account: BankAccount, admin: User) -> None:
    change_plan(account.tenant, Plan.COMPASS)


@pytest.mark.parametrize("leave", [leave_undone, lower_the_plan])
def test_it_is_listed_and_kept_until_the_bank_answers_again(
    client: Client,
    at_cora: BankAccount,
    cora: CoraSimulator,
    issued: Charge,
    admin: User,
    operator: User,
    leave: Callable[[BankAccount, User], None],
) -> None:
    sign_in(client, operator, at_cora.tenant)
    assert listed(client) == []

    leave(at_cora, admin)

    assert listed(client) == [str(issued.id)]
    page = client.get(LIST).context
    assert page["numbers"].unfollowed == 1
    row = client.get(reverse("charges:detail", args=[issued.id])).context["row"]
    assert row.is_unfollowed
    assert not row.can_cancel
    assert not row.can_change
    assert not row.can_renegotiate
    with tenant_scope(issued.tenant_id):
        assert reason_against_agreeing(issued, slip_of(issued), told_accounts(issued.tenant_id))
    cora.pay_invoice(slip_of(issued).reference)
    follow(at_cora)
    assert settlements(issued) == []
    if leave is leave_undone:
        redo(at_cora, admin, cora)
    else:
        change_plan(at_cora.tenant, Plan.NORTH)
    follow(at_cora)
    assert reread(issued).status == ChargeStatus.PAID
    assert listed(client) == []


def test_what_a_person_cancelled_in_the_app_is_proved_when_the_bank_answers_again(
    at_cora: BankAccount, cora: CoraSimulator, issued: Charge, admin: User, by: Membership
) -> None:
    undo(at_cora, admin)

    assert not say_cancelled(issued, by).is_waiting

    told = reread(issued)
    assert (told.status, told.rest) == (ChargeStatus.WRITTEN_OFF, told.amount)
    redo(at_cora, admin, cora)
    follow(at_cora)
    assert reread(issued).needs_person  # it is open there all the same
    assert slip_of(issued).said_cancelled_at is not None
    cora.pay_invoice(slip_of(issued).reference)
    follow(at_cora)
    done = reread(issued)
    assert (done.status, done.paid_after) == (ChargeStatus.PAID, Charge.PaidAfter.WRITE_OFF)
    assert len(settlements(issued)) == 1


def test_the_bank_confirms_it(
    at_cora: BankAccount, issued: Charge, admin: User, by: Membership
) -> None:
    lower_the_plan(at_cora, admin)
    say_cancelled(issued, by)
    slip = slip_of(issued)

    with tenant_scope(at_cora.tenant_id):
        codes = {name: getattr(slip, name) for name in ("linha_digitavel", "barcode", "our_number")}
        reading = shown(slip, ChargeState.CANCELLED, reference=slip.reference, **codes)
        take_in_held(slip, reading, database_now())

    assert slip_of(issued).said_cancelled_at is None
    assert not reread(issued).needs_person


def test_above_the_limit_it_waits(
    at_cora: BankAccount, issued: Charge, admin: User, by: Membership, client: Client
) -> None:
    lower_the_plan(at_cora, admin)
    sign_in(client, by.user, at_cora.tenant)
    with tenant_scope(at_cora.tenant_id):
        ExceptionalLimit.objects.create(tenant=at_cora.tenant, amount=0)

    client.post(reverse("charges:consider_cancelled", args=[issued.id]), {"why": "No aplicativo"})

    assert slip_of(issued).status == SlipStatus.OPEN
    assert reread(issued).status == ChargeStatus.OPEN


def test_of_a_bank_that_tells_of_it_nobody_says_so(issued: Charge, by: Membership) -> None:
    with pytest.raises(InvalidState) as refused:
        say_cancelled(issued, by)

    assert refused.value.code == "followed"
    assert slip_of(issued).status == SlipStatus.OPEN
