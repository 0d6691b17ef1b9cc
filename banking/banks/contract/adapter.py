"""The contract between the product and a bank: what an adapter does, and a line of the registry.

Only a bank's own folder knows its field names and units: everything here is in reais
(`Decimal`, two places), São Paulo calendar days and aware instants.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import date, datetime
from decimal import Decimal
from typing import ClassVar, Protocol
from uuid import UUID

import httpx

from banking.banks.contract.auth import ConsentProvider, Grant, TokenSource
from banking.banks.contract.charges import (
    Cancellation,
    Carne,
    CarneRequest,
    Charge,
    ChargeNotification,
    ChargeRequest,
    ChargeState,
    Refund,
    RefundRequest,
    UnreadCharge,
    UnreadRefund,
)
from banking.banks.contract.info import BankInfo
from banking.banks.contract.payments import (
    BoletoPayment,
    Finding,
    KeyHolder,
    OpenOrder,
    Payment,
    PixKey,
    PixPayment,
    Receipt,
    TaxPayment,
    TedPayment,
    Title,
    Whereabouts,
)
from banking.banks.contract.statement import AccountIdentity, Movement, StatementPage, Unread
from banking.banks.contract.webhooks import BankEventNotice


class BankAdapter:
    """One connection to one bank: the methods that its `info.capabilities` name.

    Amounts are reais (`Decimal`, two places), days are São Paulo days, instants are aware. Every
    method may raise any BankError, and only that. A method that changes nothing at the bank never
    raises BankOutcomeUnknown. None is called inside a database transaction. Safe to use from
    several threads at once.
    """

    info: ClassVar[BankInfo]

    def __init__(self, http: httpx.Client, tokens: TokenSource) -> None:
        self._http = http
        self._tokens = tokens

    def fetch_identity(self) -> AccountIdentity:
        """Whose account the connection reaches. BS2 does not say it: there it is what the person
        typed, held against the statement (docs/decisions/0009).

        Raises:
            BankRejected: what the person typed is not what the bank shows.
        """
        raise NotImplementedError

    def fetch_balance(self) -> Decimal:
        """What the account holds now, in reais, of either sign, without what the bank blocks."""
        raise NotImplementedError

    def fetch_statement(self, since: date, until: date) -> Iterator[StatementPage]:
        """The movements of the São Paulo days since..until, both included; at least one page.

        Each movement comes once. An element that cannot be read comes as an Unread and hides no
        other. A page is asked for when the one before is consumed, so an error may come between
        two pages.
        """
        raise NotImplementedError

    def read_movement(self, raw: str, number: int) -> Movement | Unread:
        """What today's reader makes of an element that `fetch_statement` gave as an Unread, the
        `number`-th of those that are equal. The bank is not asked."""
        raise NotImplementedError

    def send_ted(self, payment: TedPayment) -> Receipt:
        """Ask the bank to transfer, today. The same `key` with the same content twice is one order
        within `info.idempotency_window`; where that is None, a second call is a second order.

        Raises:
            BankRejected: refused, by the bank or before it was sent; nothing will be paid.
            BankOutcomeUnknown: it may have been taken: `find_order` looks for it.
        """
        raise NotImplementedError

    def pay_boleto(self, payment: BoletoPayment) -> Receipt:
        """Ask the bank to pay a title, today. Repeats and errors as for `send_ted`."""
        raise NotImplementedError

    def send_pix(self, payment: PixPayment) -> Receipt:
        """Ask the bank to send a Pix, at once. Repeats and errors as for `send_ted`."""
        raise NotImplementedError

    def pay_tax(self, payment: TaxPayment) -> Receipt:
        """Ask the bank to pay a tax that has no bar code. Repeats and errors as for `send_ted`.

        DARF and GPS at Cora: developers.cora.com.br/reference/iniciação-de-pagamento-darf.
        """
        raise NotImplementedError

    def look_up_title(self, linha_digitavel: str) -> Title:
        """What the clearing house says of a boleto or collection document now.

        Raises:
            BankRejected: it is not registered, or the line is none.
        """
        raise NotImplementedError

    def look_up_key(self, key: PixKey) -> KeyHolder:
        """Whose a Pix key is now.

        Raises:
            BankRejected: nobody has it, or it is none.
        """
        raise NotImplementedError

    def cancel_order(self, order: OpenOrder, *, key: UUID) -> None:
        """Take back an order that is not approved yet. The same `key` twice is one request.

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
        find this one where the bank keeps no reference of ours (BS2). ABSENT is said only when it
        is certain; a refusal of the question is CANNOT_TELL.
        """
        raise NotImplementedError

    def order_statuses(self, orders: Sequence[OpenOrder]) -> dict[str, Whereabouts]:
        """The state of each order by its reference; one that the bank does not show, or that cannot
        be read, is left out."""
        raise NotImplementedError

    def issue_charge(self, request: ChargeRequest) -> Charge:
        """Register a charge. The same `key` with the same content twice is one charge, where the
        bank has keys; BS2 has none: after BankOutcomeUnknown a person looks before repeating."""
        raise NotImplementedError

    def fetch_charge(self, reference: str) -> Charge:
        """The charge as it is now.

        Raises:
            BankRejected: there is none of that reference.
        """
        raise NotImplementedError

    def list_charges(
        self, since: date, until: date, *, state: ChargeState | None = None, payer: str = ""
    ) -> Iterator[Charge | UnreadCharge]:
        """Charges due on the São Paulo days since..until, both included; with `state` PAID, those
        paid on them. `payer` is a CPF or CNPJ: a bank that can leaves out those of others. Each
        comes once, page by page. While one is unread, that a charge is not among the others proves
        nothing."""
        raise NotImplementedError

    def cancel_charge(self, reference: str, *, key: UUID, reason: str = "") -> Cancellation:
        """Ask for the end of a charge that is not paid. BS2 does it later: its state is WAITING and
        `charge_cancellation` tells (devs.bs2.com/docs/bank-slip-write-off).

        Raises:
            BankRejected: it was paid or cancelled before.
        """
        raise NotImplementedError

    def charge_cancellation(self, cancellation: Cancellation) -> Cancellation:
        """How far a cancellation is that was not done at once."""
        raise NotImplementedError

    def charge_pdf(self, charge: Charge) -> bytes:
        """The document for the payer, a whole PDF."""
        raise NotImplementedError

    def refund_charge(self, request: RefundRequest) -> Refund:
        """Ask the bank to give a payment of a charge back to whoever made it, whole or in part. The
        same `key` with the same content twice is one refund.

        Raises:
            BankRejected: refused, by the bank or before it was sent; nothing will leave.
            BankOutcomeUnknown: it may have been taken: `find_refund` looks for it.
        """
        raise NotImplementedError

    def find_refund(self, key: UUID) -> Refund | None:
        """The refund that was asked for under a key, from the moment it exists; None: there is
        none, and no request for one is being done. Never makes a new one."""
        raise NotImplementedError

    def list_refunds(self, since: date, until: date) -> Iterator[Refund | UnreadRefund]:
        """What was given back, or began to be, on the São Paulo days since..until, both included,
        whoever asked for it."""
        raise NotImplementedError

    def issue_carne(self, request: CarneRequest) -> Carne:
        """Register the instalments of a carnê, all at once. Slow: some 40 s at Cora. Repeats and
        errors as for `issue_charge`."""
        raise NotImplementedError

    def charge_notifications(self, reference: str) -> list[ChargeNotification]:
        """The reminders to the payer that the bank has for a charge, sent or not."""
        raise NotImplementedError

    def cancel_charge_notifications(self, reference: str, *, key: UUID) -> None:
        """Send no more reminders of a charge. The same `key` twice is one request."""
        raise NotImplementedError

    def register_webhooks(self, url: str, *, secret: bytes = b"") -> None:
        """Have the bank call `url` for what concerns us. Asking again changes nothing.

        `secret` signs or accompanies each call, where the bank can do that; `Bank.parse_event` is
        then given the same one.
        """
        raise NotImplementedError


class Bank(Protocol):
    """Everything the product needs to use a bank. `settings.BANKS` names one class a bank, made
    without arguments."""

    info: BankInfo

    def consent(self, grant: Grant | None = None) -> AbstractContextManager[ConsentProvider]:
        """The consent side, with its own short-lived HTTP client.

        `grant` is the one to be renewed: a mode with a certificate presents it there too.
        """
        ...

    def read_form(self, mode: str, values: Mapping[str, str]) -> Grant:
        """The grant of what a person typed, uploaded or accepted, without any token yet.

        `values` has the mode's fields; for an opening: the company's `name`, `legal_name` and
        `document`, and `accepted_by`, `accepted_at`, `terms_version`. Makes no request.

        Raises:
            InvalidInput: (its `field` named) something is not what the bank gives out.
        """
        ...

    def adapter(self, http: httpx.Client, tokens: TokenSource) -> BankAdapter:
        """What uses a connection, over a client of `open_client`. Makes no request."""
        ...

    def open_client(self, grant: Grant | None = None) -> httpx.Client:
        """A client for one connection: its base address comes from settings only. `grant` is given
        for a mode with a certificate."""
        ...

    def parse_event(
        self, headers: Mapping[str, str], body: bytes, *, secret: bytes = b""
    ) -> BankEventNotice:
        """Read a webhook that has just come. `secret` signs them, where the bank signs.

        Raises:
            ForgedEvent: its signature does not hold, or is missing, or is of another hour.
            InvalidEvent: it cannot be read.
        """
        ...

    def read_event(self, headers: Mapping[str, str], body: bytes) -> BankEventNotice:
        """Read a webhook that was kept: only `info.event_headers` of it are there, no signature.

        Raises:
            InvalidEvent: it cannot be read.
        """
        ...
