"""What is known of a bank without calling it: what it can do, by which ways an account is
connected, until when it pays on the day. Each bank's `info.py` fills it in.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time, timedelta
from enum import StrEnum

from banking.banks.contract.charge_rules import ChargeRules
from banking.banks.contract.payments import Rail
from banking.banks.contract.said import Said
from brazil.cnpj import format_cnpj


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
    LOOK_UP_KEY = "look_up_key"
    CANCEL_ORDER = "cancel_order"
    FIND_ORDER = "find_order"
    ORDER_STATUSES = "order_statuses"
    ISSUE_CHARGE = "issue_charge"
    FETCH_CHARGE = "fetch_charge"
    LIST_CHARGES = "list_charges"
    CANCEL_CHARGE = "cancel_charge"
    CHARGE_CANCELLATION = "charge_cancellation"
    CHARGE_PDF = "charge_pdf"
    REFUND_CHARGE = "refund_charge"
    FIND_REFUND = "find_refund"
    LIST_REFUNDS = "list_refunds"
    ISSUE_CARNE = "issue_carne"
    CHARGE_NOTIFICATIONS = "charge_notifications"
    CANCEL_CHARGE_NOTIFICATIONS = "cancel_charge_notifications"
    REGISTER_WEBHOOKS = "register_webhooks"


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
class Institution:
    """Who holds the accounts, where that is another than the name that people see."""

    name: str
    cnpj: str

    def __str__(self) -> str:
        return f"{self.name}, CNPJ {format_cnpj(self.cnpj)}"


@dataclass(frozen=True, slots=True)
class BankInfo:
    """What is known of a bank without calling it."""

    slug: str  # the name of its folder; in addresses and in the rows of its accounts
    name: str  # as people say it: "Cora"
    compe: str  # three digits
    plans: frozenset[str]  # slugs of the company's plans that include the integration
    capabilities: frozenset[Capability]
    cut_off: Mapping[Rail, time]  # latest São Paulo time at which sending still pays on the day
    idempotency_window: timedelta | None  # how long a repeat under the same key is surely one order
    approval_in_bank: bool  # every order waits for a person in the bank's app
    pitch: str  # one Portuguese sentence for the choice of bank
    modes: tuple[Mode, ...]  # the first one is what is offered first
    opening_steps: tuple[str, ...]  # how a company without an account there comes to one
    # The settings that it needs besides the usual three, which begin with the name of its slug in
    # capitals: CORA_BASE_URL, CORA_CLIENT_ID, CORA_CLIENT_SECRET.
    more_settings: tuple[str, ...] = ()
    # Another institution holds its accounts, and is named wherever one is shown (Resolução Conjunta
    # 16): KAMINO_INSTITUTION_NAME and KAMINO_INSTITUTION_CNPJ are then needed too.
    is_held_by_another: bool = False
    # Before its name, as people say it: «a Cora», «o BS2»; empty: none.
    article: str = "o"
    # Of its mark: the square's and the letter's, in the form #rrggbb, legible on each other.
    colour: str = "#55655e"
    ink: str = "#ffffff"
    # Rails whose orders CANCEL_ORDER takes back while they wait for approval.
    cancels: frozenset[Rail] = frozenset(Rail)
    # After this long without an answer a person is asked, with what was seen at the bank.
    tell_a_person_after: timedelta = timedelta(hours=1)
    # Token requests that the bank takes in a minute for one client id; None: it states no limit.
    token_requests_per_minute: int | None = None
    # The headers that a notice is read from, in lower case. None is a secret: they are kept.
    event_headers: frozenset[str] = frozenset()
    # Which ids of an order the bank repeats in its movement: "code" is ours, "reference" its own.
    movement_order_ids: tuple[str, ...] = ()
    # Where ISSUE_CHARGE is among the capabilities.
    charges: ChargeRules | None = None

    @property
    def said(self) -> Said:
        """As a sentence names it: «na Cora»."""
        return Said(self.name, self.article)

    @property
    def settings(self) -> tuple[str, ...]:
        """The settings without which the product does not start."""
        usual = ("BASE_URL", "CLIENT_ID", "CLIENT_SECRET")
        held = ("INSTITUTION_NAME", "INSTITUTION_CNPJ") if self.is_held_by_another else ()
        names = (f"{self.slug.upper()}_{name}" for name in (*usual, *held))
        return (*names, *self.more_settings)

    def mode(self, slug: str) -> Mode:
        """The mode of that name; the first one when the name is empty or unknown."""
        return next((mode for mode in self.modes if mode.slug == slug), self.modes[0])
