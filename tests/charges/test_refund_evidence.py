"""What a bank tells of money that went back, and which payment it is of."""

from decimal import Decimal
from uuid import UUID

import pytest

from banking.banks.contract.charges import Refund as Reading
from banking.banks.contract.charges import RefundOrigin, RefundState
from banking.models import BankAccount
from charges.models import Charge, Refund
from charges.refunds.ask import refund_key
from charges.refunds.evidence import record_told
from charges.refunds.transitions import lock_refund
from charges.states import ChargeStatus, RefundStatus, SlipStatus
from tenants.models import Tenant
from tenants.scope import tenant_scope
from tests.banking.factories import change, reread
from tests.charges.factories import make_charge
from tests.charges.issued import queue, settlements, slip_of
from tests.charges.readings import DAY, paid, shown, take
from tests.charges.returned import of_company, refunds
from tests.payments.factories import make_bank_account

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]

D = Decimal


@pytest.fixture
def account(tenant: Tenant) -> BankAccount:
    return make_bank_account(tenant)


def paid_by(account: BankAccount, *amounts: str) -> Charge:
    """Of R$ 150,00, by as many payments of one slip."""
    charge = make_charge(account.tenant, account, "150.00")
    slip = queue(charge)
    change(slip, status=SlipStatus.ISSUING)
    take(slip, shown(slip))
    take(slip, paid(slip, *amounts))
    return of_company(reread(charge), account)


def waiting(charge: Charge) -> Refund:
    """Asked for here, of the whole payment; the sale is undone."""
    with tenant_scope(charge.tenant_id):
        (payment,) = settlements(charge)
        refund: Refund = Refund.objects.create(
            tenant_id=charge.tenant_id, charge=charge, settlement=payment, kind="ours",
            bank_account=charge.bank_account, debt="undone", status=RefundStatus.WAITING,
            amount=payment.received, principal=payment.principal, asked_by=charge.created_by,
        )  # fmt: skip
    return refund


def told(charge: Charge, amount: str, key: UUID | None = None) -> Reading:
    slip = slip_of(charge)
    return Reading(
        "rf_1", slip.reference, D(amount), RefundState.DONE, RefundOrigin.APP, key, done_on=DAY
    )


def record(charge: Charge, reading: Reading) -> None:
    with tenant_scope(charge.tenant_id):
        slip = slip_of(charge)
        slip.bank_account = charge.bank_account
        assert record_told(slip, reading)


def test_it_is_of_a_payment_by_which_so_much_came(account: BankAccount) -> None:
    charge = paid_by(account, "150.00", "20.00")

    record(charge, told(charge, "100.00"))

    (refund,) = refunds(charge)
    first, _ = settlements(charge)
    assert (refund.settlement_id, refund.principal) == (first.id, D("100.00"))


def test_one_that_still_waits_here_is_known_by_its_key(account: BankAccount) -> None:
    """The database was restored to a time before it was released."""
    charge = paid_by(account, "150.00")
    asked = waiting(charge)
    with tenant_scope(charge.tenant_id):
        key = refund_key(lock_refund(asked))

    record(charge, told(charge, "150.00", key))

    done = next(each for each in refunds(charge) if each.id != asked.id)
    assert reread(asked).status == RefundStatus.WITHDRAWN
    assert (done.status, done.debt) == (RefundStatus.DONE, Refund.Debt.UNDONE)
    assert reread(charge).status == ChargeStatus.CANCELLED  # the sale is undone, as was asked
