"""Charges (cobranças): what we are owed, as boleto, Pix or both. Amounts are reais."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID


class ChargeForm(StrEnum):
    BOLETO = "boleto"
    PIX = "pix"


class ChargeState(StrEnum):
    DRAFT = "draft"  # not registered yet
    OPEN = "open"
    LATE = "late"
    IN_PAYMENT = "in_payment"  # seen paid, the money is not here yet
    PAID = "paid"
    CANCELLED = "cancelled"
    FAILED = "failed"


class NotifyWhen(StrEnum):
    """When the payer is reminded."""

    FIFTEEN_DAYS_BEFORE = "fifteen_days_before"
    TEN_DAYS_BEFORE = "ten_days_before"
    SEVEN_DAYS_BEFORE = "seven_days_before"
    FIVE_DAYS_BEFORE = "five_days_before"
    TWO_DAYS_BEFORE = "two_days_before"
    ON_DUE_DATE = "on_due_date"
    TWO_DAYS_AFTER = "two_days_after"
    FIVE_DAYS_AFTER = "five_days_after"
    SEVEN_DAYS_AFTER = "seven_days_after"
    TEN_DAYS_AFTER = "ten_days_after"
    FIFTEEN_DAYS_AFTER = "fifteen_days_after"
    WHEN_PAID = "when_paid"


@dataclass(frozen=True, slots=True)
class Address:
    street: str
    number: str
    district: str
    city: str
    state: str  # two letters
    zip_code: str  # eight digits
    complement: str = ""


@dataclass(frozen=True, slots=True)
class ChargePayer:
    name: str
    document: str  # CPF or CNPJ, canonical
    email: str = ""
    phone: str = ""  # E.164: +5511987654321
    address: Address | None = None


@dataclass(frozen=True, slots=True)
class FinalBeneficiary:
    """Who keeps the money, where the account only collects it (beneficiário final)."""

    legal_name: str
    document: str
    trade_name: str = ""


@dataclass(frozen=True, slots=True)
class ChargeItem:
    name: str
    amount: Decimal
    description: str = ""


@dataclass(frozen=True, slots=True)
class Fine:
    """Once, from the day after the due date on; either an amount or a percentage."""

    amount: Decimal | None = None
    percent: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Discount:
    """Until the day before the due date; either an amount or a percentage."""

    amount: Decimal | None = None
    percent: Decimal | None = None


@dataclass(frozen=True, slots=True)
class ChargeTerms:
    fine: Fine | None = None
    interest_percent: Decimal | None = None  # a month, counted by day
    discount: Discount | None = None


@dataclass(frozen=True, slots=True)
class ChargeRequest:
    key: UUID  # ours, and the same on every attempt
    code: str  # ours, echoed by the bank
    payer: ChargePayer
    items: Sequence[ChargeItem]
    due_date: date
    forms: frozenset[ChargeForm] = frozenset({ChargeForm.BOLETO})
    terms: ChargeTerms = ChargeTerms()
    notify: Sequence[NotifyWhen] = ()  # by e-mail to the payer
    message: str = ""
    beneficiary: FinalBeneficiary | None = None

    @property
    def amount(self) -> Decimal:
        return sum((item.amount for item in self.items), Decimal(0))


@dataclass(frozen=True, slots=True)
class ChargePayment:
    """Money that came for a charge. None: the bank does not say."""

    reference: str  # the bank's id of it; empty where a charge has one payment at most
    amount: Decimal  # what came
    paid_on: date | None  # by the payer
    fee: Decimal = Decimal(0)  # what the bank kept of it before it came
    credited_on: date | None = None  # the day of the money, where that is another one
    form: ChargeForm | None = None
    fine: Decimal | None = None
    interest: Decimal | None = None
    discount: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Charge:
    """A charge as the bank has it. None and empty: not there, or the bank does not say."""

    reference: str  # the bank's own id
    state: ChargeState
    amount: Decimal
    due_date: date
    code: str = ""
    paid_amount: Decimal = Decimal(0)
    paid_on: date | None = None
    payer_name: str = ""
    payer_document: str = ""
    linha_digitavel: str = ""  # 47 digits
    barcode: str = ""  # 44 digits
    our_number: str = ""  # nosso número
    pix_code: str = ""  # copia e cola
    pdf_url: str = ""  # where the bank keeps the PDF for anybody
    is_registered: bool | None = None  # in the clearing house: till then no other bank can pay it
    # Once it is PAID: money that is here, empty where the bank tells none apart. None: it tells
    # them, and one cannot be read.
    payments: Sequence[ChargePayment] | None = ()


@dataclass(frozen=True, slots=True)
class UnreadCharge:
    """One of a list that cannot be read: it is there, and hides no other."""

    reference: str  # empty where that cannot be read either
    field: str  # the bank's name of what is not as it should be


@dataclass(frozen=True, slots=True)
class CarneRequest:
    """One debt in instalments (carnê); the bank splits `item.amount` over them."""

    key: UUID
    code: str
    payer: ChargePayer  # with an e-mail
    item: ChargeItem
    due_dates: Sequence[date]  # 2 to 24
    terms: ChargeTerms = ChargeTerms()


@dataclass(frozen=True, slots=True)
class Carne:
    charges: Sequence[Charge]
    document_url: str = ""
    unread: Sequence[UnreadCharge] = ()


class CancellationState(StrEnum):
    WAITING = "waiting"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Cancellation:
    charge_reference: str
    state: CancellationState
    reference: str = ""  # of the request, where it has one


@dataclass(frozen=True, slots=True)
class ChargeNotification:
    rule: NotifyWhen | None  # None: one that we do not know
    state: str  # the bank's own word
    is_active: bool
    scheduled_for: datetime | None = None


class RefundState(StrEnum):
    WAITING = "waiting"  # the bank works on it
    DONE = "done"  # the money left
    FAILED = "failed"  # nothing left, and nothing will


class RefundOrigin(StrEnum):
    API = "api"  # asked for by a program
    APP = "app"  # by a person, in the bank's own app
    MED = "med"  # by the payer's bank: Mecanismo Especial de Devolução, Resolução BCB 103/2021


@dataclass(frozen=True, slots=True)
class RefundRequest:
    key: UUID  # ours, and the same on every attempt
    charge_reference: str  # the bank's id of the charge that was paid
    amount: Decimal  # the whole payment, or a part of it
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Refund:
    """What went back to the payer of a charge, or is on its way (devolução)."""

    reference: str  # the bank's own id
    charge_reference: str
    amount: Decimal
    state: RefundState
    origin: RefundOrigin | None  # None: the bank names one that we do not know
    key: UUID | None = None  # of whoever asked by the API
    end_to_end: str = ""  # of the Pix that gives it back
    done_on: date | None = None
    reason: str = ""
    answer_until: date | None = None  # a MED may be contested until then


@dataclass(frozen=True, slots=True)
class UnreadRefund:
    """One of a list that cannot be read."""

    reference: str
    field: str
