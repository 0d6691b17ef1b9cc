"""Money out: what is asked of a bank, what it answers, and where an order is.

Amounts are reais (`Decimal`, two places, more than zero), days are São Paulo days.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID


class Rail(StrEnum):
    """The way the money goes."""

    TED = "ted"
    BOLETO = "boleto"
    PIX = "pix"


class AccountType(StrEnum):
    CHECKING = "checking"
    SAVINGS = "savings"
    PAYMENT = "payment"


@dataclass(frozen=True, slots=True)
class TedPayment:
    key: UUID  # ours, and the same on every attempt
    code: str  # ours, shown to people in the bank's app
    amount: Decimal  # reais
    bank_code: str  # COMPE of the payee's bank
    branch: str  # no check digit
    account: str  # digits, check digit included, no hyphen
    account_type: AccountType
    holder_name: str
    holder_document: str  # CPF or CNPJ, canonical
    description: str


@dataclass(frozen=True, slots=True)
class BoletoPayment:
    key: UUID
    code: str
    linha_digitavel: str  # 47 or 48 digits, no punctuation
    amount: Decimal  # what we believe it costs; the bank decides from the registered title


class PixKeyType(StrEnum):
    CPF = "cpf"
    CNPJ = "cnpj"
    PHONE = "phone"
    EMAIL = "email"
    RANDOM = "random"


@dataclass(frozen=True, slots=True)
class PixKey:
    """A key in its canonical form (`brazil.pix`)."""

    type: PixKeyType
    value: str


@dataclass(frozen=True, slots=True)
class PixAccount:
    """Branch and account, for who has no key."""

    bank_code: str  # COMPE
    branch: str
    account: str  # digits, check digit included
    account_type: AccountType


@dataclass(frozen=True, slots=True)
class PixCode:
    """A BR Code, «copia e cola», as it was typed. Only the bank opens its address."""

    payload: str


@dataclass(frozen=True, slots=True)
class PixPayment:
    key: UUID
    code: str
    amount: Decimal  # reais
    destination: PixKey | PixAccount | PixCode
    holder_name: str
    holder_document: str  # CPF or CNPJ, canonical; empty where it is not known
    description: str


Payment = TedPayment | BoletoPayment | PixPayment


@dataclass(frozen=True, slots=True)
class DarfPayment:
    """A federal tax document (DARF). Amounts are reais."""

    key: UUID
    code: str
    name: str  # of the taxpayer
    document: str
    revenue_code: str  # four or five digits
    reference_date: date  # the period it is for
    due_date: date
    principal: Decimal
    fine: Decimal = Decimal(0)
    interest: Decimal = Decimal(0)
    scheduled_for: date | None = None


class WorkerIdType(StrEnum):
    NIT = "NIT"
    PASEP = "PASEP"
    PIS = "PIS"


@dataclass(frozen=True, slots=True)
class GpsPayment:
    """A social security document (GPS). Amounts are reais, and may be zero but not all of them."""

    key: UUID
    code: str
    name: str
    identifier: str  # digits
    identifier_type: WorkerIdType
    payment_code: str
    competence: date  # any day of the month
    inss: Decimal
    other_entities: Decimal = Decimal(0)
    charges: Decimal = Decimal(0)
    scheduled_for: date | None = None


TaxPayment = DarfPayment | GpsPayment


@dataclass(frozen=True, slots=True)
class Title:
    """A boleto as the bank finds it in the clearing house. None and empty: it does not say."""

    linha_digitavel: str
    due_date: date | None
    bank_code: str
    beneficiary_name: str
    beneficiary_document: str
    amount: Decimal | None = None
    is_paid: bool | None = None


@dataclass(frozen=True, slots=True)
class KeyHolder:
    """Whose a Pix key is, as the bank finds it. Empty: it does not say."""

    name: str
    document: str  # as the bank writes it: a CPF has a part hidden, «***.982.247-**»
    bank_name: str = ""  # where the key leads


class OrderState(StrEnum):
    """Where the bank says an order is."""

    AWAITING_APPROVAL = "awaiting_approval"
    SCHEDULED = "scheduled"
    PAID = "paid"
    REJECTED = "rejected"
    CANCELLED = "cancelled"
    RETURNED = "returned"
    # It left the list of those waiting and the bank does not say how it ended: the statement will.
    LEFT_THE_LIST = "left_the_list"


@dataclass(frozen=True, slots=True)
class Creditor:
    """Whom a boleto pays, as the bank tells it when it takes the order. Empty: it does not say."""

    name: str
    document: str  # CPF or CNPJ, as it is kept


@dataclass(frozen=True, slots=True)
class Receipt:
    """The bank took the order."""

    reference: str  # the bank's own id
    state: OrderState
    amount: Decimal | None = None  # what the bank will debit, where it says so
    reason: str = ""  # why it was refused, in words for a person
    day: date | None = None  # São Paulo, of the debit, where the bank says that it paid and when
    creditor: Creditor | None = None  # of a boleto


class Search(StrEnum):
    """How a search for something that may have been sent ended."""

    FOUND = "found"
    ABSENT = "absent"  # certainly not there
    CANNOT_TELL = "cannot_tell"


@dataclass(frozen=True, slots=True)
class Finding:
    search: Search
    receipt: Receipt | None = None
    seen: str = ""  # Portuguese, for a person who has to decide: what the bank showed


class Whereabouts(NamedTuple):
    """Where an order is, and the bank's own words for why, if it has any."""

    state: OrderState
    reason: str = ""
    day: date | None = None  # São Paulo, on which the money moved, where the bank says it


@dataclass(frozen=True, slots=True)
class OpenOrder:
    """An order that the bank took and that has not ended yet."""

    reference: str
    rail: Rail
    sent_on: date  # São Paulo day
