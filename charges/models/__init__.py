"""What the company is owed, and the slips that have banks collect it."""

from charges.models.charge import Charge, ChargeQuerySet, late_from
from charges.models.defaults import ChargeDefaults
from charges.models.event import ChargeEvent
from charges.models.importing import ImportedCharge, ImportFile, ImportRow
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
    "ImportFile",
    "ImportRow",
    "ImportedCharge",
    "IssueBatch",
    "Settlement",
    "Slip",
    "late_from",
    "slip_code",
]
