"""A webhook, as each bank's `webhooks.py` reads it."""

from dataclasses import dataclass

from banking.banks.contract.payments import OrderState


@dataclass(frozen=True, slots=True)
class BankEventNotice:
    """A webhook, read. A hint: the resource is read back before anything is believed."""

    event_id: str
    kind: str  # the bank's own type, e.g. "payment.completed"
    reference: str
    state: OrderState | None  # what it claims about an order, if it is about one
