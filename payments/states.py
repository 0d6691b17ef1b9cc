"""The two state machines, as data. The database holds the same tables (see the migrations)."""

from collections.abc import Mapping

from django.db import models


class PayableStatus(models.TextChoices):
    PENDING = "pending", "Em aprovação"
    APPROVED = "approved", "Aprovada"
    SENT = "sent", "Enviada"
    PAID = "paid", "Paga"
    CANCELLED = "cancelled", "Cancelada"


class OrderStatus(models.TextChoices):
    QUEUED = "queued", "Na fila de envio"
    SENDING = "sending", "Enviando"
    UNKNOWN = "unknown", "Resposta do banco desconhecida"
    AT_BANK = "at_bank", "Aguardando aprovação no banco"
    SCHEDULED = "scheduled", "Agendada no banco"
    PAID = "paid", "Paga"
    REJECTED = "rejected", "Recusada"
    EXPIRED = "expired", "Expirou no banco"
    RETURNED = "returned", "Devolvida"
    CANCELLED = "cancelled", "Cancelada"


PAYABLE_MOVES: Mapping[str, frozenset[str]] = {
    PayableStatus.PENDING: frozenset({PayableStatus.APPROVED, PayableStatus.CANCELLED}),
    # Back to approval when it would go where its approval did not say.
    # Paid when a person says that it was, outside of the product.
    PayableStatus.APPROVED: frozenset(
        {
            PayableStatus.SENT,
            PayableStatus.PAID,
            PayableStatus.CANCELLED,
            PayableStatus.PENDING,
        }
    ),
    # Approved still when it never left; waiting for approval when the bank did not pay it.
    PayableStatus.SENT: frozenset(
        {PayableStatus.PAID, PayableStatus.APPROVED, PayableStatus.PENDING}
    ),
    # A transfer that the payee's bank gave back, or a payment outside that was no such.
    PayableStatus.PAID: frozenset({PayableStatus.PENDING}),
    PayableStatus.CANCELLED: frozenset(),
}

_AFTER_THE_BANK_TOOK_IT = frozenset(
    {
        OrderStatus.PAID,
        OrderStatus.REJECTED,
        OrderStatus.EXPIRED,
        OrderStatus.CANCELLED,
        OrderStatus.RETURNED,
    }
)
ORDER_MOVES: Mapping[str, frozenset[str]] = {
    OrderStatus.QUEUED: frozenset({OrderStatus.SENDING, OrderStatus.CANCELLED}),
    OrderStatus.SENDING: frozenset(
        {
            OrderStatus.QUEUED,  # it certainly did not leave
            OrderStatus.UNKNOWN,
            OrderStatus.AT_BANK,
            OrderStatus.SCHEDULED,
            OrderStatus.PAID,
            OrderStatus.REJECTED,
        }
    ),
    OrderStatus.UNKNOWN: frozenset({OrderStatus.QUEUED, OrderStatus.AT_BANK, OrderStatus.SCHEDULED})
    | _AFTER_THE_BANK_TOOK_IT,
    OrderStatus.AT_BANK: frozenset({OrderStatus.SCHEDULED}) | _AFTER_THE_BANK_TOOK_IT,
    OrderStatus.SCHEDULED: frozenset({OrderStatus.AT_BANK}) | _AFTER_THE_BANK_TOOK_IT,
    OrderStatus.PAID: frozenset({OrderStatus.RETURNED}),
    OrderStatus.REJECTED: frozenset(),
    OrderStatus.EXPIRED: frozenset(),
    OrderStatus.RETURNED: frozenset(),
    OrderStatus.CANCELLED: frozenset(),
}

# Banks repeat themselves, and a poll may arrive after what came later: of an order in the state on
# the left, that it is in one of those on the right is no news. Anything else that ORDER_MOVES does
# not allow contradicts what is known.
_ENDED_UNPAID = frozenset({OrderStatus.REJECTED, OrderStatus.EXPIRED, OrderStatus.CANCELLED})
_ON_ITS_WAY = frozenset({OrderStatus.AT_BANK, OrderStatus.SCHEDULED})
OLD_NEWS: Mapping[str, frozenset[str]] = {
    OrderStatus.PAID: _ON_ITS_WAY,
    OrderStatus.RETURNED: _ON_ITS_WAY | {OrderStatus.PAID},
    OrderStatus.REJECTED: _ON_ITS_WAY | _ENDED_UNPAID,
    OrderStatus.EXPIRED: _ON_ITS_WAY | _ENDED_UNPAID,
    OrderStatus.CANCELLED: _ON_ITS_WAY | _ENDED_UNPAID,
}

# While one of these exists, no other order for the same bill may be made.
LIVE_ORDERS = (
    OrderStatus.QUEUED,
    OrderStatus.SENDING,
    OrderStatus.UNKNOWN,
    OrderStatus.AT_BANK,
    OrderStatus.SCHEDULED,
    OrderStatus.PAID,
)
# The bank has it, and it is not known yet how it ends.
OPEN_AT_BANK = (OrderStatus.AT_BANK, OrderStatus.SCHEDULED)
