"""An account at a bank and its statement. Amounts are reais, days are São Paulo days."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class AccountIdentity:
    """What makes an account that account, whatever connection reaches it."""

    bank_code: str  # COMPE, three digits
    branch: str  # digits, leading zeros kept
    number: str  # check digit included, after a hyphen: "1234567-8"
    holder_name: str
    holder_document: str  # CNPJ or CPF, canonical


class Movement(NamedTuple):
    """One line of a bank's statement. A tuple, for there are a hundred thousand at a time."""

    bank_id: str
    occurred_at: datetime  # aware
    booked_on: date  # São Paulo day
    amount: Decimal  # reais, negative for money out
    kind: str  # transfer, payment, pix, fee, other
    description: str
    counterparty_name: str
    counterparty_document: str  # digits, or empty
    raw: str  # the bank's own JSON for this line


@dataclass(frozen=True, slots=True)
class StatementPage:
    """Part of the statement of a period. The balances, in reais, are of the whole period and not of
    the page: before its first movement and after its last one."""

    opening: Decimal
    closing: Decimal
    movements: Sequence[Movement]
