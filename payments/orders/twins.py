"""Orders that a bank without references of ours cannot tell apart."""

from django.db.models import Q

from banking.banks.contract.payments import Rail
from brazil.banking_days import day_bounds, sao_paulo_day
from payments.models import PaymentOrder
from payments.states import OrderStatus

# Come back or not, what the bank did for it is still to be seen there.
KNOWN_TO_THE_BANK = (
    OrderStatus.AT_BANK,
    OrderStatus.SCHEDULED,
    OrderStatus.PAID,
    OrderStatus.RETURNED,
)


def twins_of(order: PaymentOrder) -> int:
    """How many others of its value, to its payee or for its title, the bank has since that day.

    Runs inside the company's scope.
    """
    sent_on = sao_paulo_day(order.first_sent_at or order.created_at)
    since, _ = day_bounds(sent_on)
    same_debt = (
        Q(content__linha_digitavel=order.content["linha_digitavel"])
        if order.rail == Rail.BOLETO
        else Q(payable__payee=order.payable.payee_id)
    )
    others = PaymentOrder.objects.of(order.tenant_id).filter(
        same_debt,
        bank_account=order.bank_account_id,
        rail=order.rail,
        amount=order.amount,
        first_sent_at__gte=since,
        status__in=KNOWN_TO_THE_BANK,
    )
    return others.exclude(id=order.id).count()
