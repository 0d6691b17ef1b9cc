"""Connections to banks, the accounts they reach, and what the banks say of them."""

from banking.models.allocation import Allocation, AllocationQuerySet
from banking.models.bank_account import BankAccount, BankAccountQuerySet
from banking.models.bank_status import BankCall, BankHealth, TokenBudget
from banking.models.connection import Connection, ConsentAttempt
from banking.models.line_doubt import LineDoubt
from banking.models.open_parts import (
    BalanceStep,
    DaysApart,
    DayTotal,
    OpenItem,
    OpenItemQuerySet,
    OpenLine,
)
from banking.models.statement import DailyBalance, StatementLine, UnreadMovement
from banking.models.statement_file import (
    ColumnMap,
    FileChunk,
    FileRow,
    LineSource,
    StatementFile,
)
from banking.models.webhook import BankEvent

__all__ = [
    "Allocation",
    "AllocationQuerySet",
    "BalanceStep",
    "BankAccount",
    "BankAccountQuerySet",
    "BankCall",
    "BankEvent",
    "BankHealth",
    "ColumnMap",
    "Connection",
    "ConsentAttempt",
    "DailyBalance",
    "DayTotal",
    "DaysApart",
    "FileChunk",
    "FileRow",
    "LineDoubt",
    "LineSource",
    "OpenItem",
    "OpenItemQuerySet",
    "OpenLine",
    "StatementFile",
    "StatementLine",
    "TokenBudget",
    "UnreadMovement",
]
