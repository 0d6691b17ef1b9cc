"""A bill that gives an advance back, whose money went back by another way: it does not leave."""

from uuid import UUID

from payments.bills.approval import revoke_approval
from payments.models import Payable, PaymentOrder
from payments.orders.transitions import take_from_queue
from payments.states import OrderStatus, PayableStatus
from payments.timeline import Tone, note


def stop_give_back(tenant_id: UUID, bill: UUID, why: str) -> None:
    """What is at the bank already is not called back. Named in `settings.STOP_GIVE_BACK`; runs
    inside the company's scope."""
    orders = PaymentOrder.objects.of(tenant_id).filter(payable=bill, status=OrderStatus.QUEUED)
    take_from_queue(tenant_id, dict.fromkeys(orders.values_list("id", flat=True), why))
    held: Payable = Payable.objects.of(tenant_id).select_for_update(no_key=True).get(id=bill)
    if held.status == PayableStatus.APPROVED:
        revoke_approval(held)
    if held.status == PayableStatus.PENDING:
        held.hold = Payable.Hold.REJECTED
        held.rejections += 1
        held.save(update_fields=["hold", "rejections"])
        note(held, "Não sai: cancele", why, tone=Tone.BAD)
