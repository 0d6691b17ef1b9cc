"""What the company is owed, and the slips that have banks collect it."""

from charges.models.charge import (
    MOST_DISCOUNT_DAYS,
    MOST_PAY_DAYS,
    REST,
    Charge,
    ChargeQuerySet,
    late_from,
)
from charges.models.defaults import ChargeDefaults
from charges.models.document import PrintJob, SlipDocument
from charges.models.dunning import (
    Dunning,
    DunningHold,
    DunningStep,
    PayerAddress,
    Reminder,
)
from charges.models.event import ChargeEvent
from charges.models.importing import ImportedCharge, ImportFile, ImportRow
from charges.models.payer_page import PayerContact, PayerPage
from charges.models.recurrence import Recurrence, RecurrenceEvent, RecurrenceValue
from charges.models.refund import AdvanceUse, Refund
from charges.models.renegotiation import Renegotiation
from charges.models.round import ChargeRound
from charges.models.settlement import Settlement
from charges.models.slip import NEVER_LEFT, IssueBatch, Slip, slip_code

__all__ = [
    "MOST_DISCOUNT_DAYS",
    "MOST_PAY_DAYS",
    "NEVER_LEFT",
    "REST",
    "AdvanceUse",
    "Charge",
    "ChargeDefaults",
    "ChargeEvent",
    "ChargeQuerySet",
    "ChargeRound",
    "Dunning",
    "DunningHold",
    "DunningStep",
    "ImportFile",
    "ImportRow",
    "ImportedCharge",
    "IssueBatch",
    "PayerAddress",
    "PayerContact",
    "PayerPage",
    "PrintJob",
    "Recurrence",
    "RecurrenceEvent",
    "RecurrenceValue",
    "Refund",
    "Reminder",
    "Renegotiation",
    "Settlement",
    "Slip",
    "SlipDocument",
    "late_from",
    "slip_code",
]
