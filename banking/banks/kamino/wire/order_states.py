"""What the Conta Kamino calls the state of an order."""

from collections.abc import Mapping
from typing import Final

from banking.banks.contract.payments import OrderState

STATES: Final[Mapping[str, OrderState]] = {
    "awaiting_approval": OrderState.AWAITING_APPROVAL,
    "scheduled": OrderState.SCHEDULED,
    "completed": OrderState.PAID,
    "returned": OrderState.RETURNED,
    "refused": OrderState.REJECTED,
    "failed": OrderState.REJECTED,
    "expired": OrderState.CANCELLED,  # it was not approved in time
    "cancelled": OrderState.CANCELLED,
}
