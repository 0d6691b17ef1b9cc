"""The wish to cancel at the bank, and the bill that it gave back."""

from payments.models import Payable
from payments.orders.cancellation import ask_to_take_back
from payments.states import PayableStatus
from tenants.models import Membership
from tenants.scope import tenant_scope
from tests.payments.law_one import bills


def ask(payable: Payable) -> None:
    with tenant_scope(payable.tenant_id):
        members = Membership.objects.of(payable.tenant_id).select_related("user")
        ask_to_take_back(payable, by=members.get(user=payable.created_by))


def is_taken_back(payable: Payable) -> bool:
    bill = bills.read(payable)
    return (bill.status, bill.hold) == (PayableStatus.PENDING, Payable.Hold.TAKEN_BACK)
