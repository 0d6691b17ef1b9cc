"""Until when an order may be sent, and what becomes of one that could not be."""

from datetime import datetime, timedelta

from banking.banks import registry
from banking.banks.contract.payments import Rail
from banking.models import BankAccount
from brazil.banking_days import SAO_PAULO, sao_paulo_day
from payments.models import PaymentOrder
from payments.orders.transitions import take_from_queue
from payments.states import OrderStatus


def give_back_what_missed_the_day(account: BankAccount, now: datetime) -> None:
    """What could not be sent before its rail closed waits for a person again, with the reason.

    Runs inside the company's scope.
    """
    queued = PaymentOrder.objects.of(account.tenant_id).filter(
        bank_account=account, status=OrderStatus.QUEUED
    )
    for order in queued.select_related("run"):
        closes_at = closing_instant(order, account)
        if closes_at <= now:
            take_from_queue(
                order,
                f"Não saiu até as {closes_at:%Hh%M}: nada foi enviado. {order.message}".strip(),
            )


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
    why = f"O vínculo com {account.bank_name} foi desfeito antes do envio. Continua aprovada."
    return sum(take_from_queue(order, why) for order in queued.order_by("id"))


def closing_instant(order: PaymentOrder, account: BankAccount) -> datetime:
    """When its rail closes on the day that it was to be sent, in São Paulo time.

    What a person sends after that, or for a day that is over, has until the next closing.
    """
    made_on = sao_paulo_day(order.created_at)
    day = max(order.run.day, made_on) if order.run else made_on
    closes = registry.info(account.provider).cut_off[Rail(order.rail)]
    closes_at = datetime.combine(day, closes, SAO_PAULO)
    return closes_at if order.created_at < closes_at else closes_at + timedelta(days=1)
