"""The contract between the product and a bank.

Outside its own folder nobody knows a bank's field names or units: everything here is in
reais (`Decimal`, two places), São Paulo calendar days and aware instants.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import ClassVar, NamedTuple, Protocol
from uuid import UUID

import httpx


class Capability(StrEnum):
    """What a bank can do for us. Each value names the adapter's method."""

    FETCH_IDENTITY = "fetch_identity"
    FETCH_BALANCE = "fetch_balance"
    FETCH_STATEMENT = "fetch_statement"
    SEND_TED = "send_ted"
    PAY_BOLETO = "pay_boleto"
    FIND_ORDER = "find_order"
    ORDER_STATUSES = "order_statuses"
    REGISTER_WEBHOOKS = "register_webhooks"


class Rail(StrEnum):
    """The way the money goes."""

    TED = "ted"
    BOLETO = "boleto"


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


@dataclass(frozen=True, slots=True)
class Grant:
    """The outcome of a consent or of a refresh. Kept encrypted; never logged."""

    access_token: str
    refresh_token: str
    expires_at: datetime
    scope: str

    def __repr__(self) -> str:
        return f"Grant(expires_at={self.expires_at.isoformat()})"


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


Payment = TedPayment | BoletoPayment


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


class ConsentProvider(Protocol):
    """The bank's side of a consent by redirect (OAuth 2.0 code grant, RFC 6749 section 4.1)."""

    def authorization_url(self, *, state: str, redirect_uri: str) -> str: ...

    def exchange_code(self, *, code: str, redirect_uri: str) -> Grant:
        """Trade the code for tokens, once. May raise any BankError."""
        ...

    def refresh(self, grant: Grant) -> Grant:
        """The next grant. The caller stores it before using it.

        Raises:
            ConsentLost: the grant is dead; a person must consent again.
            BankUnavailable: nothing happened.
            BankOutcomeUnknown: it may have been renewed; the old refresh token may still work.
        """
        ...


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

    def find_order(self, payment: Payment, *, sent_at: datetime, now: datetime) -> Finding:
        """Look for an order whose answer was lost. Never makes a new one.

        `sent_at` is the first attempt. ABSENT is said only when it is certain.
        """
        raise NotImplementedError

    def order_statuses(self, orders: Sequence[OpenOrder]) -> dict[str, OrderState]:
        """The state of each order by its reference; one the bank does not show is left out."""
        raise NotImplementedError

    def register_webhooks(self, url: str) -> None:
        """Have the bank call `url` for what concerns us. Asking again changes nothing."""
        raise NotImplementedError


class Bank(Protocol):
    """One line of the registry: everything the product needs to use a bank."""

    info: BankInfo

    def consent(self) -> AbstractContextManager[ConsentProvider]:
        """The consent side, with its own short-lived HTTP client."""
        ...

    def adapter(self, http: httpx.Client, tokens: TokenSource) -> BankAdapter: ...

    def open_client(self) -> httpx.Client:
        """A client for one connection: its base address comes from settings only."""
        ...

    def parse_event(self, headers: Mapping[str, str], body: bytes) -> BankEventNotice:
        """Read a webhook.

        Raises:
            InvalidEvent: it is not one of this bank's.
        """
        ...
