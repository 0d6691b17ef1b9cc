"""Runs and undone connections are in the audit, with what they did in numbers."""

from datetime import date

import pytest
from django.core.management import call_command

from audit.acts import Act
from banking.connections.disconnect import disconnect_account
from banking.models import BankAccount
from payments.dispatch.run import dispatch_account, dispatch_by_hand
from payments.states import OrderStatus
from tenants.models import Tenant, User
from tenants.scope import tenant_scope
from tests.audit.reading import audit_of
from tests.clock import travel
from tests.payments.clock import at
from tests.payments.factories import TODAY, make_bank_account, make_order, make_payable, sender

pytestmark = pytest.mark.django_db


@pytest.fixture
def account(tenant: Tenant) -> BankAccount:
    return make_bank_account(tenant, modo_banking_from=TODAY)


def test_the_run_of_the_clock_is_told_once_with_its_numbers(
    account: BankAccount, tenant: Tenant
) -> None:
    make_payable(tenant, approved=True)
    make_payable(tenant, approved=True, due_date=date(2026, 11, 19))

    with travel(at("23 07:00")):
        for minute in ("23 07:00", "23 07:01"):
            dispatch_account(tenant.id, account.id, now=at(minute))

    (run,) = audit_of(tenant, Act.RUN_BY_CLOCK)
    assert (run.act, run.by, run.on_id) == (Act.RUN_BY_CLOCK, None, account.id)
    assert run.after == {"Dia": "23/11/2026", "Na fila": "1", "De fora": "1"}


def test_a_run_by_hand_is_told_with_who(account: BankAccount, tenant: Tenant) -> None:
    dispatch_by_hand(tenant.id, account.id, TODAY, by=(who := sender(tenant)))

    (run,) = audit_of(tenant, Act.RUN_BY_HAND)
    assert (run.act, run.by) == (Act.RUN_BY_HAND, who.user)


@pytest.mark.django_db(transaction=True)
def test_a_run_of_the_command_line_says_so(account: BankAccount, tenant: Tenant) -> None:
    with travel(at("23 10:00")):
        call_command("dispatch", by=(who := sender(tenant)).user.email)

    (run,) = audit_of(tenant, Act.RUN_BY_HAND)
    assert (run.act, run.by, run.whence) == (Act.RUN_BY_HAND, who.user, "linha de comando")


def test_an_undone_connection_is_told_with_who_and_what_came_back(
    account: BankAccount, tenant: Tenant, admin: User
) -> None:
    make_order(make_payable(tenant, approved=True))
    make_order(make_payable(tenant, approved=True), OrderStatus.AT_BANK)

    with tenant_scope(tenant.id):
        disconnect_account(account, tenant, by=admin, typed=tenant.name)

    *_, undone = audit_of(tenant)
    assert (undone.act, undone.by, undone.on_id) == (Act.CONNECTION_UNDONE, admin, account.id)
    assert list(undone.after.values()) == ["desfeito", "1", "1"]  # given back, left at the bank
