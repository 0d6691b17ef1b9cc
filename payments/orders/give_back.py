"""What becomes of an order that could not be sent: its bill is approved as before."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from banking.banks.contract.payments import Rail
from banking.models import BankAccount
from payments.bills.approval import return_to_approval
from payments.models import Payable, PaymentOrder
from payments.orders.transitions import IS_SEALED, take_from_queue
from payments.rails.cut_off import closing_instant
from payments.rails.titles import HELD, held_titles
from payments.states import OrderStatus, PayableStatus

NOT_SEALED = "O pagamento não é o que foi aprovado: nada foi enviado."


def give_back_what_may_not_leave(account: BankAccount, now: datetime) -> None:
    """What could not be sent before its rail closed waits for a person again, with the reason.

    So does what is not what was approved, and its bill waits for approval: nothing of ours makes
    such an order. So does a boleto whose title was read since and differs.
    Runs inside the company's scope.
    """
    queued = PaymentOrder.objects.of(account.tenant_id).filter(
        bank_account=account, status=OrderStatus.QUEUED
    )
    dated = queued.select_related("run").annotate(is_sealed=IS_SEALED)
    dated = dated.only("created_at", "rail", "message", "payable", "run__day")
    unlike = {order.id: order.payable_id for order in dated if not order.is_sealed}
    closings = {order: closing_instant(order, account) for order in dated}
    missed = {
        order.id: f"O prazo terminou às {at:%Hh%M}: nada foi enviado. {order.message}".strip()
        for order, at in closings.items()
        if at <= now
    }
    titled = with_held_title(account, dated)
    why = dict.fromkeys(titled, HELD) | dict.fromkeys(unlike, NOT_SEALED)
    take_from_queue(account.tenant_id, missed | why)
    back = {titled[order]: HELD for order in titled} | dict.fromkeys(unlike.values(), NOT_SEALED)
    if not back:
        return
    bills = Payable.objects.of(account.tenant_id).filter(id__in=back)
    held = bills.filter(status=PayableStatus.APPROVED).select_for_update(no_key=True)
    return_to_approval([(bill, back[bill.id]) for bill in held.order_by("id")])


def with_held_title(account: BankAccount, orders: Iterable[PaymentOrder]) -> dict[UUID, UUID]:
    """Of the orders those, each with its bill, whose boleto turned out to be another's or paid."""
    boletos = {o.payable_id: o.id for o in orders if o.rail == Rail.BOLETO}
    if not boletos:
        return {}
    bills = Payable.objects.of(account.tenant_id).filter(id__in=boletos).select_related("payee")
    return {boletos[bill.id]: bill.id for bill in held_titles(bills)}


def give_back_what_was_undone(account: BankAccount) -> int:
    """Without a connection nothing is sent: what never left is approved again. Returns how many.

    Runs inside the company's scope. Also for what was queued while somebody undid it, and for
    what an interrupted sender puts back into the queue.
    """
    if not account.is_undone:
        return 0
    queued = PaymentOrder.objects.of(account.tenant_id).filter(
        bank_account=account, status=OrderStatus.QUEUED
    )
    why = f"O vínculo com {account.bank_said.the} foi desfeito antes do envio. Continua aprovada."
    return take_from_queue(account.tenant_id, {order.id: why for order in queued.only("id")})
