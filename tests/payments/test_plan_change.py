"""What a plan that lacks the bank pays from its account: nothing, and nothing is lost."""

from datetime import UTC, datetime

import pytest

from banking.models import BankAccount
from core.errors import InvalidState
from payments.dispatch import run
from payments.states import PayableStatus
from tenants.models import Plan, Tenant, User
from tenants.scope import tenant_scope
from tenants.services import change_plan
from tests.payments.make import TODAY, make_bank_account, make_payable

SEVEN = datetime(2026, 11, 23, 10, 5, tzinfo=UTC)  # 07:05 in São Paulo


@pytest.fixture
def account(tenant: Tenant) -> BankAccount:
    return make_bank_account(tenant, modo_banking_from=TODAY)


def test_the_run_of_seven_passes_over_the_account_until_the_plan_has_the_bank_again(
    tenant: Tenant, account: BankAccount
) -> None:
    due = [(tenant.id, account.id)]
    assert run.due_accounts(SEVEN) == due

    change_plan(tenant, Plan.COMPASS)
    assert run.due_accounts(SEVEN) == []

    change_plan(tenant, Plan.TRACK)
    assert run.due_accounts(SEVEN) == due


def test_a_bill_sent_by_hand_stays_approved(
    tenant: Tenant, account: BankAccount, operator: User
) -> None:
    payable = make_payable(tenant, approved=True)
    change_plan(tenant, Plan.COMPASS)

    with tenant_scope(tenant.id), pytest.raises(InvalidState):
        run.send_now([payable], by=operator)

    with tenant_scope(tenant.id):
        payable.refresh_from_db()
    assert payable.status == PayableStatus.APPROVED
