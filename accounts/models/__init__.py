from accounts.models.chart import Account, AccountPurpose, ClassificationGroup, CostCenter, Nature
from accounts.models.journal import (
    AccountStep,
    JournalEntry,
    JournalEntryQuerySet,
    JournalLine,
)

__all__ = [
    "Account",
    "AccountPurpose",
    "AccountStep",
    "ClassificationGroup",
    "CostCenter",
    "JournalEntry",
    "JournalEntryQuerySet",
    "JournalLine",
    "Nature",
]
