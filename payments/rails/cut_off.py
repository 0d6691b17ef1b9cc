"""Until when an order may be sent."""

from datetime import datetime, timedelta

from banking.banks import registry
from banking.banks.contract.payments import Rail
from banking.models import BankAccount
from brazil.banking_days import SAO_PAULO, sao_paulo_day
from payments.models import PaymentOrder


def closing_instant(order: PaymentOrder, account: BankAccount) -> datetime:
    """When its rail closes on the day that it was to be sent, in São Paulo time.

    What a person sends after that, or for a day that is over, has until the next closing.
    """
    made_on = sao_paulo_day(order.created_at)
    day = max(order.run.day, made_on) if order.run else made_on
    closes = registry.info(account.provider).cut_off[Rail(order.rail)]
    closes_at = datetime.combine(day, closes, SAO_PAULO)
    return closes_at if order.created_at < closes_at else closes_at + timedelta(days=1)
