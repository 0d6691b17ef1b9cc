"""A bank that pays while it answers: the bill is paid when the send is over."""

from decimal import Decimal

import pytest

from banking.banks.contract.payments import OrderState, Receipt, TedPayment
from payments.orders.send import send_all
from payments.states import OrderStatus, PayableStatus
from tenants.models import Tenant
from tenants.scope import tenant_scope
from tests.banking.made import reread
from tests.payments.make import bill_of, make_bank_account, make_order, make_payable
from tests.payments.scripted_bank import ScriptedBank
from tests.payments.timelines import timeline

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]


class PaysAtOnce(ScriptedBank):
    def send_ted(self, payment: TedPayment) -> Receipt:
        return Receipt("pag-1", OrderState.PAID, payment.amount)


def test_it_is_settled_without_a_poll(tenant: Tenant) -> None:
    account = make_bank_account(tenant)
    order = make_order(make_payable(tenant, "150.00", approved=True))

    assert send_all(account, PaysAtOnce()) == 1

    after = reread(order)
    assert (after.status, after.reference) == (OrderStatus.PAID, "pag-1")
    assert bill_of(order).status == PayableStatus.PAID
    assert "aguardando aprovação" not in timeline(order)
    with tenant_scope(tenant.id):
        assert after.entry.total == Decimal("150.00")
