"""What the company is owed, and the slips that have banks collect it."""

from charges.models.charge import Charge, ChargeQuerySet, late_from
from charges.models.defaults import ChargeDefaults
from charges.models.event import ChargeEvent
from charges.models.recurrence import Recurrence, RecurrenceEvent, RecurrenceValue
from charges.models.renegotiation import Renegotiation
from charges.models.round import ChargeRound
from charges.models.settlement import Settlement
from charges.models.slip import NEVER_LEFT, IssueBatch, Slip, slip_code

__all__ = [
    "NEVER_LEFT",
    "Charge",
    "ChargeDefaults",
    "ChargeEvent",
    "ChargeQuerySet",
    "ChargeRound",
    "IssueBatch",
    "Recurrence",
    "RecurrenceEvent",
    "RecurrenceValue",
    "Renegotiation",
    "Settlement",
    "Slip",
    "late_from",
    "slip_code",
]
