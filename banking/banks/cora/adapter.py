"""One company's account at Cora."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime
from decimal import Decimal
from urllib.parse import quote
from uuid import NAMESPACE_URL, UUID, uuid5

import httpx

from banking.banks.contract.adapter import BankAdapter
from banking.banks.contract.auth import TokenSource
from banking.banks.contract.charges import (
    Cancellation,
    CancellationState,
    Carne,
    CarneRequest,
    Charge,
    ChargeNotification,
    ChargeRequest,
    ChargeState,
    UnreadCharge,
)
from banking.banks.contract.errors import BankError, BankRejected, BankUnavailable
from banking.banks.contract.payments import (
    BoletoPayment,
    DarfPayment,
    Finding,
    OpenOrder,
    Payment,
    Rail,
    Receipt,
    TaxPayment,
    TedPayment,
    Whereabouts,
)
from banking.banks.contract.statement import (
    AccountIdentity,
    EachOnce,
    Movement,
    StatementPage,
    Unread,
)
from banking.banks.cora import documents, find_order, webhooks
from banking.banks.cora.client import CoraClient, Params
from banking.banks.cora.info import INFO
from banking.banks.cora.paging import MAX_PAGES, PAGE, each_once
from banking.banks.cora.wire import charge_requests, charges, payments, statement, taxes
from brazil.banking_days import sao_paulo_day

STATEMENT_PAGE = 200  # entries; 500 and more end in 503


class CoraAdapter(BankAdapter):
    info = INFO

    def __init__(self, http: httpx.Client, tokens: TokenSource) -> None:
        super().__init__(http, tokens)
        self._client = CoraClient(http, tokens)

    def fetch_identity(self) -> AccountIdentity:
        today = sao_paulo_day(datetime.now(UTC))
        account = self._client.read("/third-party/account/", "account")
        header = self._client.read(
            "/bank-statement/statement",
            "statement_header",
            {"start": str(today), "end": str(today), "page": 1, "perPage": 1},
        )
        return statement.identity_from_wire(account, header)

    def fetch_balance(self) -> Decimal:
        return statement.balance_from_wire(
            self._client.read("/third-party/account/balance", "balance")
        )

    def fetch_statement(self, since: date, until: date) -> Iterator[StatementPage]:
        """As the contract says; a movement that comes again, because the pages shifted under new
        ones, is dropped. A page is asked for when the one before is consumed.

        A page that is not full ends it only when opening + movements = closing, else an empty one
        does: a bank that gives fewer entries than asked for has not finished.
        """
        once = EachOnce()
        for number in range(1, MAX_PAGES + 1):
            page = self._statement_page(since, until, number)
            new = once.new_of(page)
            is_full = page.length >= STATEMENT_PAGE
            if is_full and not new.length:
                break
            if new.length or number == 1:
                yield new
            if not is_full and (not new.length or page.opening + once.total == page.closing):
                return
        raise BankUnavailable("O banco Cora repetiu páginas do extrato. Ele será lido de novo.")

    def read_movement(self, raw: str, number: int) -> Movement | Unread:
        return statement.read_again(raw)

    def _statement_page(self, since: date, until: date, number: int) -> StatementPage:
        params: Params = {
            "start": since.isoformat(),
            "end": until.isoformat(),
            "page": number,
            "perPage": STATEMENT_PAGE,
        }
        page, entries = self._client.read_as(
            statement.read_page, "/bank-statement/statement", "statement", params
        )
        return statement.page_from_wire(page, entries)

    def send_ted(self, payment: TedPayment) -> Receipt:
        body = payments.transfer_to_wire(payment)
        answer = self._client.write("/transfers/initiate", "send_ted", payment.key, body)
        return payments.receipt_from_wire(answer, Rail.TED)

    def pay_boleto(self, payment: BoletoPayment) -> Receipt:
        body = payments.boleto_to_wire(payment)
        answer = self._client.write("/payments/initiate", "pay_boleto", payment.key, body)
        return payments.receipt_from_wire(answer, Rail.BOLETO)

    def pay_tax(self, payment: TaxPayment) -> Receipt:
        if isinstance(payment, DarfPayment):
            path, body = "/payments/darf/initiate", taxes.darf_to_wire(payment)
        else:
            path, body = "/payments/gps/initiate", taxes.gps_to_wire(payment)
        return payments.receipt_from_wire(
            self._client.write(path, "pay_tax", payment.key, body), Rail.BOLETO
        )

    def cancel_order(self, order: OpenOrder, *, key: UUID) -> None:
        """As the contract says. Cora answers 500 for a payment that it does not find, which reads
        like any other lost answer: the list of those that wait tells."""
        if order.rail is not Rail.BOLETO:
            raise BankRejected("A Cora só deixa recusar transferências no aplicativo dela.")
        path = f"/payments/initiate/{_in_path(order.reference)}"
        self._client.delete(path, "cancel_order", key)

    def find_order(
        self, payment: Payment, *, sent_at: datetime, now: datetime, twins: int = 0
    ) -> Finding:
        """As the contract says, by our `code`; `twins` are of no use to it.

        Within `info.idempotency_window` of the first attempt, sending the same payment again is
        the other safe way to learn what became of it.
        """
        return find_order.find(self._client, payment, sent_at=sent_at, now=now)

    def order_statuses(self, orders: Sequence[OpenOrder]) -> dict[str, Whereabouts]:
        """As the contract says. Ask only about orders taken some minutes ago."""
        return find_order.statuses(self._client, orders)

    # --- Charges ------------------------------------------------------------------------

    def issue_charge(self, request: ChargeRequest) -> Charge:
        """As the contract says. While the clearing house has not registered the boleto Cora refuses
        it by a code, and has it all the same: asked again with the same key, it gives it."""
        body = charge_requests.charge_to_wire(request)
        try:
            answer = self._client.write("/v2/invoices/", "issue_charge", request.key, body)
        except BankError as error:
            if error.code != charges.NOT_REGISTERED:
                raise
            raise charges.not_registered(error.reason) from error
        return charges.issued_from_wire(answer)

    def issue_carne(self, request: CarneRequest) -> Carne:
        body = charge_requests.carne_to_wire(request)
        answer = self._client.write(
            "/v2/invoices/installments", "issue_carne", request.key, body, is_slow=True
        )
        return charges.carne_from_wire(answer)

    def fetch_charge(self, reference: str) -> Charge:
        return charges.charge_from_wire(
            self._client.read(f"/v2/invoices/{_in_path(reference)}", "charge")
        )

    def list_charges(
        self, since: date, until: date, *, state: ChargeState | None = None, payer: str = ""
    ) -> Iterator[Charge | UnreadCharge]:
        """As the contract says. No charge of Cora's is ever FAILED."""
        if state is ChargeState.FAILED:
            return iter(())
        filters: Params = {"start": str(since), "end": str(until), "perPage": PAGE}
        if state is not None:
            filters["state"] = charges.LIST_STATES[state]
        if payer:
            filters["search"] = payer

        def read_page(number: int) -> list[Charge | UnreadCharge]:
            answer = self._client.read("/v2/invoices/", "list_charges", {**filters, "page": number})
            return charges.charges_from_wire(answer)

        return each_once(read_page, first=1)

    def cancel_charge(self, reference: str, *, key: UUID, reason: str = "") -> Cancellation:
        """Done at once. Cora takes no reason."""
        self._client.delete(f"/v2/invoices/{_in_path(reference)}", "cancel_charge", key)
        return Cancellation(reference, CancellationState.DONE)

    def charge_pdf(self, charge: Charge) -> bytes:
        """From the address that Cora keeps for anybody: no token goes there.

        Raises:
            BankRejected: it is by Pix alone, of which Cora makes no PDF.
        """
        if charge.pix_code and not charge.linha_digitavel:
            raise BankRejected("A Cora não faz PDF de cobrança só com Pix: use o copia e cola.")
        return documents.fetch_pdf(charge.pdf_url)

    def charge_notifications(self, reference: str) -> list[ChargeNotification]:
        path = f"/v2/invoices/{_in_path(reference)}/notifications"
        return charges.notifications_from_wire(self._client.read(path, "charge_notifications"))

    def cancel_charge_notifications(self, reference: str, *, key: UUID) -> None:
        path = f"/v2/invoices/{_in_path(reference)}/notifications"
        self._client.delete(path, "cancel_charge_notifications", key)

    # --- Webhooks -----------------------------------------------------------------------

    def register_webhooks(self, url: str, *, secret: bytes = b"") -> None:
        """As the contract says. Cora signs nothing, so `secret` is of no use to it.

        Our endpoints with an older secret in their address are removed: we do not answer there.
        """
        answer = self._client.read("/endpoints/", "list_endpoints")
        present = webhooks.endpoints_from_wire(answer)
        today = sao_paulo_day(datetime.now(UTC))
        for resource, trigger in webhooks.WEBHOOKS:
            endpoint = webhooks.Endpoint(url, resource, trigger)
            if endpoint not in present:
                # Two of us at once make one; one that somebody deleted can be made again tomorrow.
                key = uuid5(NAMESPACE_URL, f"{url} {resource}.{trigger} {today}")
                body = webhooks.endpoint_to_wire(endpoint)
                self._client.write("/endpoints/", "create_endpoint", key, body)
        for reference in webhooks.former_endpoints(answer, url):
            key = uuid5(NAMESPACE_URL, f"{reference} {today}")
            with suppress(BankError):  # left behind, it only calls an address that refuses it
                self._client.delete(f"/endpoints/{_in_path(reference)}", "delete_endpoint", key)


def _in_path(reference: str) -> str:
    return quote(reference, safe="")
