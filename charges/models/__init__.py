"""What the company is owed, and the slips that have banks collect it."""

from charges.models.charge import (
    MOST_DISCOUNT_DAYS,
    MOST_PAY_DAYS,
    Charge,
    ChargeQuerySet,
    late_from,
)
from charges.models.defaults import ChargeDefaults
from charges.models.event import ChargeEvent
from charges.models.round import ChargeRound
from charges.models.settlement import Settlement
from charges.models.slip import NEVER_LEFT, IssueBatch, Slip, slip_code

__all__ = [
    "MOST_DISCOUNT_DAYS",
    "MOST_PAY_DAYS",
    "NEVER_LEFT",
    "Charge",
    "ChargeDefaults",
    "ChargeEvent",
    "ChargeQuerySet",
    "ChargeRound",
    "IssueBatch",
    "Settlement",
    "Slip",
    "late_from",
    "slip_code",
]
