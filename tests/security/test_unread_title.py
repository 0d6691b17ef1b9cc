"""A boleto that a run left out unread leaves by itself once it was read, and never before."""

from datetime import timedelta
from decimal import Decimal

import pytest

from banking.banks.contract.errors import BankUnavailable
from banking.banks.contract.payments import Title
from banking.models import BankAccount
from core.clock import database_now
from payments.bills.boleto_lookup import ask_for_titles
from payments.dispatch.run import dispatch_account, dispatch_read
from payments.dispatch.unread import accounts_with_read_titles
from payments.models import DispatchRun, Payable
from payments.states import PayableStatus
from tenants.models import Notice, Tenant, User
from tenants.scope import tenant_scope
from tests.banking.factories import change, reread
from tests.clock import Traveller, travel
from tests.payments.at_most_once.side_by_side import at_once
from tests.payments.clock import at
from tests.payments.factories import (
    BOLETO,
    TODAY,
    approve,
    make_bank_account,
    make_payable,
    set_limit,
)
from tests.payments.scripted_bank import ScriptedBank
from tests.payments.titles import title
from tests.security.seals import edit
from tests.security.sending import orders_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]


@pytest.fixture
def bs2(tenant: Tenant) -> BankAccount:
    """Its bank can tell whose a boleto is."""
    return make_bank_account(tenant, provider="bs2", modo_banking_from=TODAY)


@pytest.fixture
def boleto(tenant: Tenant, operator: User, bs2: BankAccount) -> Payable:
    bill = make_payable(tenant, "1234.56", destination=BOLETO, by=operator, approved=True)
    change(bill, title_read_at=None)
    return bill


@pytest.fixture
def left_out(bs2: BankAccount, boleto: Payable) -> DispatchRun:
    """The run of 07:00, which waited for the bank's word in vain."""
    ask_for_titles(bs2, ScriptedBank(title=BankUnavailable("fora")))
    run = dispatch_account(bs2.tenant_id, bs2.id, now=database_now())
    assert run is not None and orders_of(boleto) == []
    return run


def is_told_of(run: DispatchRun) -> bool:
    with tenant_scope(run.tenant_id):
        told = Notice.objects.of(run.tenant_id).filter(subject=f"kept-back:{run.id}")
        return bool(told.filter(closed_at=None).exists())


def read(account: BankAccount, told: Title) -> None:
    with travel(at("23 10:10")):
        ask_for_titles(account, ScriptedBank(title=told))


def dispatch(account: BankAccount, clock: str = "23 10:11") -> DispatchRun | None:
    with travel(at(clock)):
        return dispatch_read(account.tenant_id, account.id, now=database_now())


def test_once_it_was_read_the_clock_sends_it(
    bs2: BankAccount, boleto: Payable, left_out: DispatchRun
) -> None:
    assert is_told_of(left_out)
    assert accounts_with_read_titles(database_now()) == []
    assert dispatch(bs2) is None

    read(bs2, title())

    assert accounts_with_read_titles(database_now()) == [(bs2.tenant_id, bs2.id)]
    run = dispatch(bs2)
    assert run is not None
    (order,) = orders_of(boleto)
    assert (order.run_id, run.left_out) == (left_out.id, [])
    assert accounts_with_read_titles(database_now()) == []
    assert not is_told_of(left_out)


def test_what_differs_goes_back_to_approval_and_is_not_sent(
    bs2: BankAccount, boleto: Payable, left_out: DispatchRun
) -> None:
    read(bs2, title(amount=Decimal("2000.00")))

    assert dispatch(bs2) is None
    assert orders_of(boleto) == []
    assert reread(boleto).status == PayableStatus.PENDING


def test_what_was_approved_since_is_not_the_runs(
    bs2: BankAccount, boleto: Payable, operator: User, left_out: DispatchRun
) -> None:
    read(bs2, title())
    with travel(at("23 10:10")):
        edit(boleto, operator, amount=Decimal("1234.57"))
        approve(boleto)
    change(boleto, title_read_at=database_now())

    assert dispatch(bs2) is None
    assert orders_of(boleto) == []


@pytest.mark.parametrize("clock", ["23 20:30", "24 10:00"])
def test_after_the_cut_off_and_on_another_day_nothing_leaves(
    bs2: BankAccount, boleto: Payable, left_out: DispatchRun, clock: str
) -> None:
    read(bs2, title())

    dispatch(bs2, clock)

    assert orders_of(boleto) == []


def test_without_modo_banking_nothing_leaves(
    bs2: BankAccount, boleto: Payable, left_out: DispatchRun
) -> None:
    read(bs2, title())
    change(bs2, modo_banking_from=None)

    assert dispatch(bs2) is None
    assert orders_of(boleto) == []


def test_a_limit_holds_it_and_is_told(
    bs2: BankAccount, boleto: Payable, left_out: DispatchRun
) -> None:
    set_limit(bs2, per_day="1000", rail="boleto")
    read(bs2, title())

    run = dispatch(bs2)

    assert orders_of(boleto) == []
    assert run is not None
    (item,) = run.left_out
    assert item["payable"] == str(boleto.id)
    assert is_told_of(left_out)
    assert dispatch(bs2) is None  # the run has decided


@pytest.mark.django_db(transaction=True)
def test_two_clocks_send_it_once(
    bs2: BankAccount, boleto: Payable, left_out: DispatchRun, monday: Traveller
) -> None:
    ask_again = database_now() + timedelta(minutes=6)
    monday.move_to(ask_again)
    ask_for_titles(bs2, ScriptedBank(title=title()))

    at_once(lambda: dispatch_read(bs2.tenant_id, bs2.id, now=database_now()))

    assert len(orders_of(boleto)) == 1
