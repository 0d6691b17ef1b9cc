"""What Cora calls the state of an order.

Transfer: INITIATED → completed | canceled, completed → refunded. Payment: INITIATED → approved |
reproved, approved → created → completed | error. The names are those of the webhook's triggers
too. An approved payment waits for its execution.
"""

from collections.abc import Mapping
from typing import Final

from banking.banks.contract.payments import OrderState, Rail

STATES: Final[Mapping[Rail, Mapping[str, OrderState]]] = {
    Rail.TED: {
        "INITIATED": OrderState.AWAITING_APPROVAL,
        "SCHEDULED": OrderState.SCHEDULED,
        "COMPLETED": OrderState.PAID,
        "CANCELED": OrderState.CANCELLED,
        "CANCELLED": OrderState.CANCELLED,
        "REFUNDED": OrderState.RETURNED,
    },
    Rail.BOLETO: {
        "INITIATED": OrderState.AWAITING_APPROVAL,
        "APPROVED": OrderState.SCHEDULED,
        "CREATED": OrderState.SCHEDULED,
        "REPROVED": OrderState.REJECTED,
        "COMPLETED": OrderState.PAID,
        "ERROR": OrderState.REJECTED,
    },
}
