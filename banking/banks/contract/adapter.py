"""The contract between the product and a bank.

Outside its own folder nobody knows a bank's field names or units: everything here is in
reais (`Decimal`, two places), São Paulo calendar days and aware instants.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import ClassVar, NamedTuple, Protocol
from uuid import UUID

import httpx

from banking.banks.charges import (
    Cancellation,
    Carne,
    CarneRequest,
    Charge,
    ChargeNotification,
    ChargeRequest,
    ChargeState,
)


class Capability(StrEnum):
    """What a bank can do for us. Each value names the adapter's method."""

    FETCH_IDENTITY = "fetch_identity"
    FETCH_BALANCE = "fetch_balance"
    FETCH_STATEMENT = "fetch_statement"
    SEND_TED = "send_ted"
    PAY_BOLETO = "pay_boleto"
    PAY_TAX = "pay_tax"
    SEND_PIX = "send_pix"
    LOOK_UP_TITLE = "look_up_title"
    CANCEL_ORDER = "cancel_order"
    FIND_ORDER = "find_order"
    ORDER_STATUSES = "order_statuses"
    ISSUE_CHARGE = "issue_charge"
    FETCH_CHARGE = "fetch_charge"
    LIST_CHARGES = "list_charges"
    CANCEL_CHARGE = "cancel_charge"
    CHARGE_CANCELLATION = "charge_cancellation"
    CHARGE_PDF = "charge_pdf"
    ISSUE_CARNE = "issue_carne"
    CHARGE_NOTIFICATIONS = "charge_notifications"
    CANCEL_CHARGE_NOTIFICATIONS = "cancel_charge_notifications"
    REGISTER_WEBHOOKS = "register_webhooks"


class Rail(StrEnum):
    """The way the money goes."""

    TED = "ted"
    BOLETO = "boleto"
    PIX = "pix"


class ConnectBy(StrEnum):
    """What a person does to connect an account."""

    CONSENT = "consent"  # goes to the bank and allows
    FORM = "form"  # pastes or uploads what the bank gave them
    OPENING = "opening"  # accepts the terms, and the account is opened


class FieldKind(StrEnum):
    TEXT = "text"
    HIDDEN = "hidden"  # a secret: never shown again
    FILE = "file"  # a small text file, uploaded


@dataclass(frozen=True, slots=True)
class ModeField:
    """One field of the form of a mode. The words are Portuguese."""

    name: str
    label: str
    kind: FieldKind = FieldKind.TEXT
    hint: str = ""
    is_required: bool = True
    longest: int = 4000  # characters


@dataclass(frozen=True, slots=True)
class Mode:
    """A way of connecting an account at a bank. The words are Portuguese."""

    slug: str  # kept with the connection
    name: str  # "Consentimento", "Integração Direta"
    by: ConnectBy
    pitch: str  # one sentence: whom it suits
    steps: tuple[str, ...] = ()  # what the person does, in order
    fields: tuple[ModeField, ...] = ()
    terms: str = ""  # what is accepted, for an opening
    has_certificate: bool = False  # its client has to be opened with the grant
    renews_itself: bool = False  # what was typed makes new tokens after the refresh token died


@dataclass(frozen=True, slots=True)
class BankInfo:
    """What is known of a bank without calling it."""

    slug: str
    name: str  # as people say it: "Cora"
    compe: str  # three digits
    plans: frozenset[str]  # the company's plans that include the integration
    capabilities: frozenset[Capability]
    cut_off: Mapping[Rail, time]  # latest São Paulo time at which sending still pays on the day
    idempotency_window: timedelta | None  # how long a repeat under the same key is surely one order
    approval_in_bank: bool  # every order waits for a person in the bank's app
    pitch: str  # one Portuguese sentence for the choice of bank
    modes: tuple[Mode, ...]  # the first one is what is offered first
    opening_steps: tuple[str, ...]  # how a company without an account there comes to one
    # Rails whose orders CANCEL_ORDER takes back while they wait for approval.
    cancels: frozenset[Rail] = frozenset(Rail)
    # After this long without an answer a person is asked, with what was seen at the bank.
    tell_a_person_after: timedelta = timedelta(hours=1)
    # Token requests that the bank takes in a minute for one client id; None: it states no limit.
    token_requests_per_minute: int | None = None

    def mode(self, slug: str) -> Mode:
        """The mode of that name; the first one when the name is empty or unknown."""
        return next((mode for mode in self.modes if mode.slug == slug), self.modes[0])


@dataclass(frozen=True, slots=True)
class Grant:
    """What a connection holds: its tokens, and what makes new ones. Kept encrypted; never logged.

    One with an empty access token, which has expired, is a connection that asked for none yet.
    """

    access_token: str
    refresh_token: str  # empty where the mode has none
    expires_at: datetime
    scope: str
    mode: str = ""  # a Mode's slug; empty: the bank's first one
    # What the mode needs besides, by names of its own: client id, secret, certificate, private key.
    secrets: Mapping[str, str] = field(default_factory=dict)
    # When the refresh token dies unless it is used; None: it does not, or there is none.
    refresh_by: datetime | None = None
    # When it should be renewed though nobody asks for a token, so that it stays alive.
    keep_alive_at: datetime | None = None

    def __repr__(self) -> str:
        return f"Grant(mode={self.mode!r}, expires_at={self.expires_at.isoformat()})"


class TokenSource(Protocol):
    """Hands out the access token of one connection."""

    def access_token(self) -> str:
        """A token that is not known to have expired. May raise any BankError."""
        ...

    def renew(self, rejected: str) -> str:
        """A token other than `rejected`, which the bank has just refused.

        One refresh happens at a time for a connection, across all processes.
        """
        ...

    def secrets(self) -> Mapping[str, str]:
        """What the connection holds besides its tokens: the `secrets` of its grant."""
        ...


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
    """Part of the statement of a period. The balances are of the whole period, not of the page."""

    opening: Decimal
    closing: Decimal
    movements: Sequence[Movement]


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
class Receipt:
    """The bank took the order."""

    reference: str  # the bank's own id
    state: OrderState
    amount: Decimal | None = None  # what the bank will debit, where it says so
    reason: str = ""  # why it was refused, in words for a person


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


@dataclass(frozen=True, slots=True)
class OpenOrder:
    """An order that the bank took and that has not ended yet."""

    reference: str
    rail: Rail
    sent_on: date  # São Paulo day


@dataclass(frozen=True, slots=True)
class BankEventNotice:
    """A webhook, read. A hint: the resource is read back before anything is believed."""

    event_id: str
    kind: str  # the bank's own type, e.g. "payment.completed"
    reference: str
    state: OrderState | None  # what it claims about an order, if it is about one


class ConsentProvider:
    """The bank's side of a connection: consent by redirect (OAuth 2.0 code grant, RFC 6749 section
    4.1) where it has one, and tokens for every mode."""

    def authorization_url(self, *, state: str, redirect_uri: str) -> str:
        raise NotImplementedError

    def exchange_code(self, *, code: str, redirect_uri: str) -> Grant:
        """Trade the code for tokens, once. May raise any BankError."""
        raise NotImplementedError

    def refresh(self, grant: Grant) -> Grant:
        """The next grant, by exactly one token request. The caller stores it before using it.

        For an opening whose account is not open yet, it opens it first: safe to repeat.

        Raises:
            ConsentLost: the grant is dead; a person must consent again.
            BankUnavailable: nothing happened.
            BankOutcomeUnknown: it may have been renewed; the old refresh token may still work.
        """
        raise NotImplementedError

    def revoke(self, grant: Grant) -> bool:
        """Have the bank forget the grant. False where it offers no way. May raise any BankError."""
        return False

    def client_id(self, grant: Grant) -> str:
        """Whose token requests the bank counts together."""
        raise NotImplementedError


class BankAdapter:
    """One connection to one bank. Every method may raise any BankError, and only that.

    Safe to use from several threads at once.
    """

    info: ClassVar[BankInfo]

    def __init__(self, http: httpx.Client, tokens: TokenSource) -> None:
        self._http = http
        self._tokens = tokens

    def fetch_identity(self) -> AccountIdentity:
        raise NotImplementedError

    def fetch_balance(self) -> Decimal:
        """What the account holds now, in reais."""
        raise NotImplementedError

    def fetch_statement(self, since: date, until: date) -> Iterator[StatementPage]:
        """The movements of the São Paulo days since..until, both included; at least one page."""
        raise NotImplementedError

    def send_ted(self, payment: TedPayment) -> Receipt:
        """Ask the bank to transfer. The same `key` with the same content twice is one order."""
        raise NotImplementedError

    def pay_boleto(self, payment: BoletoPayment) -> Receipt:
        """Ask the bank to pay. The same `key` with the same content twice is one order."""
        raise NotImplementedError

    def send_pix(self, payment: PixPayment) -> Receipt:
        """Ask the bank to send a Pix. The same `key` with the same content twice is one order."""
        raise NotImplementedError

    def pay_tax(self, payment: TaxPayment) -> Receipt:
        """Ask the bank to pay a tax that has no bar code. One `key`, one order."""
        raise NotImplementedError

    def look_up_title(self, linha_digitavel: str) -> Title:
        """What the clearing house says of a boleto or collection document."""
        raise NotImplementedError

    def cancel_order(self, order: OpenOrder, *, key: UUID) -> None:
        """Take back an order that nobody has approved yet.

        Raises:
            BankRejected: it was decided already, or is not there.
        """
        raise NotImplementedError

    def find_order(
        self, payment: Payment, *, sent_at: datetime, now: datetime, twins: int = 0
    ) -> Finding:
        """Look for an order whose answer was lost. Never makes a new one.

        `sent_at` is the first attempt. `twins` are our other orders of the same value to the same
        payee since that day that the bank is known to have: one more than those must be there to
        find this one where the bank keeps no reference of ours. ABSENT is said only when it is
        certain.
        """
        raise NotImplementedError

    def order_statuses(self, orders: Sequence[OpenOrder]) -> dict[str, Whereabouts]:
        """The state of each order by its reference; one the bank does not show is left out."""
        raise NotImplementedError

    def issue_charge(self, request: ChargeRequest) -> Charge:
        """Register a charge. The same `key` with the same content twice is one charge, where the
        bank has keys; BS2 has none: after BankOutcomeUnknown a person looks before repeating."""
        raise NotImplementedError

    def fetch_charge(self, reference: str) -> Charge:
        raise NotImplementedError

    def list_charges(
        self, since: date, until: date, *, state: ChargeState | None = None
    ) -> Iterator[Charge]:
        """Charges due on the days since..until; with `state` PAID, those paid on them."""
        raise NotImplementedError

    def cancel_charge(self, reference: str, *, key: UUID, reason: str = "") -> Cancellation:
        raise NotImplementedError

    def charge_cancellation(self, cancellation: Cancellation) -> Cancellation:
        """How far a cancellation is that was not done at once."""
        raise NotImplementedError

    def charge_pdf(self, charge: Charge) -> bytes:
        raise NotImplementedError

    def issue_carne(self, request: CarneRequest) -> Carne:
        """Register the instalments of a carnê, all at once. Slow: some 40 s at Cora."""
        raise NotImplementedError

    def charge_notifications(self, reference: str) -> list[ChargeNotification]:
        raise NotImplementedError

    def cancel_charge_notifications(self, reference: str, *, key: UUID) -> None:
        raise NotImplementedError

    def register_webhooks(self, url: str, *, secret: bytes = b"") -> None:
        """Have the bank call `url` for what concerns us. Asking again changes nothing.

        `secret` signs or accompanies each call, where the bank can do that; `Bank.parse_event` is
        then given the same one.
        """
        raise NotImplementedError


class Bank(Protocol):
    """One line of the registry: everything the product needs to use a bank."""

    info: BankInfo

    def consent(self, grant: Grant | None = None) -> AbstractContextManager[ConsentProvider]:
        """The consent side, with its own short-lived HTTP client.

        `grant` is the one to be renewed: a mode with a certificate presents it there too.
        """
        ...

    def read_form(self, mode: str, values: Mapping[str, str]) -> Grant:
        """The grant of what a person typed, uploaded or accepted, without any token yet.

        `values` has the mode's fields; for an opening: the company's `name`, `legal_name` and
        `document`, and `accepted_by`, `accepted_at`, `terms_version`. Calls nobody.

        Raises:
            InvalidInput: (its `field` named) something is not what the bank gives out.
        """
        ...

    def adapter(self, http: httpx.Client, tokens: TokenSource) -> BankAdapter: ...

    def open_client(self, grant: Grant | None = None) -> httpx.Client:
        """A client for one connection: its base address comes from settings only."""
        ...

    def parse_event(
        self, headers: Mapping[str, str], body: bytes, *, secret: bytes = b""
    ) -> BankEventNotice:
        """Read a webhook. `secret` is the one that signs them, where the bank signs.

        Raises:
            InvalidEvent: it is not one of this bank's, or its signature does not hold.
        """
        ...
