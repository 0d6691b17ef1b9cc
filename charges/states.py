"""The two state machines, as data. The database holds the same tables (see the migrations).

A charge is the debt; a slip is one attempt to have a bank collect it. The status of a charge
follows from its slips and its settlements (charges/transitions.py).
"""

from collections.abc import Mapping

from django.db import models


class ChargeStatus(models.TextChoices):
    DRAFT = "draft", "Rascunho"
    ISSUING = "issuing", "Em emissão"
    UNKNOWN = "unknown", "Não se sabe"
    REGISTERING = "registering", "Em registro"
    OPEN = "open", "Em aberto"  # shown as «Vencida» after its day
    IN_PAYMENT = "in_payment", "Em pagamento"
    PARTLY_PAID = "partly_paid", "Paga em parte"
    PAID = "paid", "Paga"
    WRITTEN_OFF = "written_off", "Baixada"  # no slip is alive; it is owed all the same
    CANCELLED = "cancelled", "Cancelada"  # it is not owed
    RETURNED = "returned", "Devolvida"
    REFUSED = "refused", "Recusada"


class SlipStatus(models.TextChoices):
    QUEUED = "queued", "Na fila de emissão"
    ISSUING = "issuing", "Em emissão"
    UNKNOWN = "unknown", "Não se sabe"
    REGISTERING = "registering", "Em registro"
    OPEN = "open", "Em aberto"
    IN_PAYMENT = "in_payment", "Em pagamento"
    PAID = "paid", "Paga"
    CANCELLED = "cancelled", "Cancelada no banco"  # because we asked for it
    WRITTEN_OFF = "written_off", "Baixada pelo banco"
    REFUSED = "refused", "Recusada"
    WITHDRAWN = "withdrawn", "Não foi emitida"  # it never left
    GIVEN_UP = "given_up", "Dada por não emitida"  # by two people; watched all the same


_ENDED_AT_BANK = frozenset({SlipStatus.PAID, SlipStatus.CANCELLED, SlipStatus.WRITTEN_OFF})
_AT_BANK = frozenset({SlipStatus.REGISTERING, SlipStatus.OPEN, SlipStatus.IN_PAYMENT})

SLIP_MOVES: Mapping[str, frozenset[str]] = {
    SlipStatus.QUEUED: frozenset({SlipStatus.ISSUING, SlipStatus.WITHDRAWN}),
    SlipStatus.ISSUING: frozenset({SlipStatus.QUEUED, SlipStatus.UNKNOWN, SlipStatus.REFUSED})
    | _AT_BANK
    | _ENDED_AT_BANK,
    SlipStatus.UNKNOWN: frozenset({SlipStatus.QUEUED, SlipStatus.REFUSED, SlipStatus.GIVEN_UP})
    | _AT_BANK
    | _ENDED_AT_BANK,
    SlipStatus.REGISTERING: frozenset({SlipStatus.OPEN, SlipStatus.IN_PAYMENT, SlipStatus.REFUSED})
    | _ENDED_AT_BANK,
    SlipStatus.OPEN: frozenset({SlipStatus.IN_PAYMENT}) | _ENDED_AT_BANK,
    # A payment that was identified may fail before the money comes.
    SlipStatus.IN_PAYMENT: frozenset({SlipStatus.OPEN}) | _ENDED_AT_BANK,
    SlipStatus.PAID: frozenset(),
    # Money that crossed the cancellation.
    SlipStatus.CANCELLED: frozenset({SlipStatus.PAID}),
    SlipStatus.WRITTEN_OFF: frozenset({SlipStatus.PAID}),
    SlipStatus.REFUSED: frozenset(),
    SlipStatus.WITHDRAWN: frozenset(),
    # It was there after all: money on it settles the charge.
    SlipStatus.GIVEN_UP: frozenset({SlipStatus.PAID}),
}

# While one of these exists, no other slip of the same charge may be made.
LIVE_SLIPS = (
    SlipStatus.QUEUED,
    SlipStatus.ISSUING,
    SlipStatus.UNKNOWN,
    SlipStatus.REGISTERING,
    SlipStatus.OPEN,
    SlipStatus.IN_PAYMENT,
)
# The bank has it, and it is not known yet how it ends.
OPEN_AT_BANK = (SlipStatus.REGISTERING, SlipStatus.OPEN, SlipStatus.IN_PAYMENT)

_PAYABLE = frozenset({ChargeStatus.PAID, ChargeStatus.PARTLY_PAID})
_NO_SLIP = frozenset({ChargeStatus.WRITTEN_OFF, ChargeStatus.REFUSED, ChargeStatus.DRAFT})
_COLLECTED = frozenset({ChargeStatus.REGISTERING, ChargeStatus.OPEN, ChargeStatus.IN_PAYMENT})
# A person undid what came: it is again what its slips say, or what it was before.
_UNPAID = (
    frozenset({ChargeStatus.ISSUING, ChargeStatus.UNKNOWN, ChargeStatus.CANCELLED})
    | _NO_SLIP
    | _COLLECTED
)

CHARGE_MOVES: Mapping[str, frozenset[str]] = {
    ChargeStatus.DRAFT: frozenset({ChargeStatus.ISSUING, ChargeStatus.CANCELLED}) | _PAYABLE,
    ChargeStatus.ISSUING: frozenset({ChargeStatus.UNKNOWN, ChargeStatus.CANCELLED})
    | _NO_SLIP
    | _COLLECTED
    | _PAYABLE,
    ChargeStatus.UNKNOWN: frozenset({ChargeStatus.ISSUING, ChargeStatus.CANCELLED})
    | _NO_SLIP
    | _COLLECTED
    | _PAYABLE,
    ChargeStatus.REGISTERING: frozenset({ChargeStatus.CANCELLED})
    | _NO_SLIP
    | _COLLECTED
    | _PAYABLE,
    ChargeStatus.OPEN: frozenset({ChargeStatus.CANCELLED, ChargeStatus.WRITTEN_OFF})
    | _COLLECTED
    | _PAYABLE,
    ChargeStatus.IN_PAYMENT: frozenset({ChargeStatus.CANCELLED, ChargeStatus.WRITTEN_OFF})
    | _COLLECTED
    | _PAYABLE,
    ChargeStatus.PARTLY_PAID: frozenset({ChargeStatus.PAID, ChargeStatus.RETURNED}) | _UNPAID,
    ChargeStatus.PAID: frozenset({ChargeStatus.PARTLY_PAID, ChargeStatus.RETURNED}) | _UNPAID,
    ChargeStatus.WRITTEN_OFF: frozenset({ChargeStatus.ISSUING, ChargeStatus.CANCELLED}) | _PAYABLE,
    ChargeStatus.CANCELLED: _PAYABLE,
    ChargeStatus.RETURNED: frozenset({ChargeStatus.ISSUING, ChargeStatus.CANCELLED}) | _PAYABLE,
    ChargeStatus.REFUSED: frozenset({ChargeStatus.ISSUING, ChargeStatus.CANCELLED}) | _PAYABLE,
}

# What may be edited: no bank has it.
EDITABLE = (
    ChargeStatus.DRAFT,
    ChargeStatus.REFUSED,
    ChargeStatus.WRITTEN_OFF,
    ChargeStatus.RETURNED,
)
# From which a slip may be issued.
ISSUABLE = (
    ChargeStatus.DRAFT,
    ChargeStatus.REFUSED,
    ChargeStatus.WRITTEN_OFF,
    ChargeStatus.RETURNED,
    ChargeStatus.PARTLY_PAID,
)
# What somebody owes the company.
OWED = (
    ChargeStatus.ISSUING,
    ChargeStatus.UNKNOWN,
    ChargeStatus.REGISTERING,
    ChargeStatus.OPEN,
    ChargeStatus.IN_PAYMENT,
    ChargeStatus.PARTLY_PAID,
    ChargeStatus.WRITTEN_OFF,
    ChargeStatus.RETURNED,
    ChargeStatus.REFUSED,
)


class RefundStatus(models.TextChoices):
    WAITING = "waiting", "Aguarda liberação"  # asked for; another person releases it
    QUEUED = "queued", "Na fila"
    SENDING = "sending", "Enviando"
    UNKNOWN = "unknown", "Não se sabe"
    AT_BANK = "at_bank", "Em andamento no banco"
    DONE = "done", "Devolvida"
    FAILED = "failed", "Recusada pelo banco"
    WITHDRAWN = "withdrawn", "Não foi feita"  # it never left


_ANSWERED = frozenset({RefundStatus.AT_BANK, RefundStatus.DONE, RefundStatus.FAILED})
REFUND_MOVES: Mapping[str, frozenset[str]] = {
    RefundStatus.WAITING: frozenset({RefundStatus.QUEUED, RefundStatus.WITHDRAWN}),
    RefundStatus.QUEUED: frozenset({RefundStatus.SENDING, RefundStatus.WITHDRAWN}),
    RefundStatus.SENDING: frozenset({RefundStatus.QUEUED, RefundStatus.UNKNOWN}) | _ANSWERED,
    RefundStatus.UNKNOWN: frozenset({RefundStatus.QUEUED}) | _ANSWERED,
    RefundStatus.AT_BANK: frozenset({RefundStatus.DONE, RefundStatus.FAILED}),
    RefundStatus.DONE: frozenset(),
    RefundStatus.FAILED: frozenset(),
    RefundStatus.WITHDRAWN: frozenset(),
}
# Nothing of them has left yet.
HERE_REFUNDS = (RefundStatus.WAITING, RefundStatus.QUEUED)
# Released, and not over.
LEAVING_REFUNDS = (
    RefundStatus.QUEUED,
    RefundStatus.SENDING,
    RefundStatus.UNKNOWN,
    RefundStatus.AT_BANK,
)
# Of the payment they are of there is so much less left.
COUNTED_REFUNDS = (RefundStatus.WAITING, *LEAVING_REFUNDS, RefundStatus.DONE)
