"""One company's Conta Kamino."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from urllib.parse import quote
from uuid import UUID, uuid4

import httpx

from banking.banks.contract.adapter import BankAdapter
from banking.banks.contract.auth import TokenSource
from banking.banks.contract.charges import (
    Cancellation,
    CancellationState,
    Charge,
    ChargeRequest,
    ChargeState,
    Refund,
    RefundRequest,
    UnreadCharge,
    UnreadRefund,
)
from banking.banks.contract.errors import BankUnavailable
from banking.banks.contract.payments import (
    BoletoPayment,
    Finding,
    KeyHolder,
    OpenOrder,
    Payment,
    PixKey,
    PixPayment,
    Receipt,
    TedPayment,
    Title,
    Whereabouts,
)
from banking.banks.contract.statement import (
    AccountIdentity,
    EachOnce,
    Movement,
    StatementPage,
    Unread,
)
from banking.banks.kamino import find_order, webhooks
from banking.banks.kamino.client import MAX_PAGES, PAGE, KaminoClient, Params
from banking.banks.kamino.info import INFO
from banking.banks.kamino.wire import charge_requests, charges, payments, refunds, statement
from banking.banks.kamino.wire.fields import is_digits
from core.text import shorten


class KaminoAdapter(BankAdapter):
    info = INFO

    def __init__(self, http: httpx.Client, tokens: TokenSource) -> None:
        super().__init__(http, tokens)
        self._client = KaminoClient(http, tokens)

    # --- The account --------------------------------------------------------------------

    def fetch_identity(self) -> AccountIdentity:
        path = self._client.account_path()
        return self._client.read(path, "account", statement.identity_from_wire)

    def fetch_balance(self) -> Decimal:
        path = f"{self._client.account_path()}/balance"
        return self._client.read(path, "balance", statement.balance_from_wire)

    def fetch_statement(self, since: date, until: date) -> Iterator[StatementPage]:
        """As the contract says. A page is asked for when the one before is consumed."""
        path = f"{self._client.account_path()}/entries"
        params: Params = {
            "since": since.isoformat(),
            "until": until.isoformat(),
            "limit": PAGE,
        }
        once = EachOnce()
        for number in range(MAX_PAGES):
            page = self._client.read(path, "statement", statement.page_from_wire, params)
            new = once.new_of(page.part)
            if new.length or number == 0:
                yield new
            if page.next_cursor is None:
                return
            if not new.length:
                break
            params["cursor"] = page.next_cursor
        raise BankUnavailable("A Conta Kamino repetiu páginas do extrato. Ele será lido de novo.")

    def read_movement(self, raw: str, number: int) -> Movement | Unread:
        return statement.read_again(raw)

    # --- Money out ----------------------------------------------------------------------

    def send_ted(self, payment: TedPayment) -> Receipt:
        return self._pay(payment, "send_ted")

    def pay_boleto(self, payment: BoletoPayment) -> Receipt:
        return self._pay(payment, "pay_boleto")

    def send_pix(self, payment: PixPayment) -> Receipt:
        return self._pay(payment, "send_pix")

    def _pay(self, payment: Payment, operation: str) -> Receipt:
        body = payments.payment_to_wire(payment)
        return self._client.write(
            "/v1/payments",
            operation,
            payment.key,
            body,
            lambda answer: payments.payment_from_wire(answer).receipt,
        )

    def look_up_title(self, linha_digitavel: str) -> Title:
        is_line = is_digits(linha_digitavel, 47, 48)
        payments.refuse_unless(is_line, "A linha digitável tem 47 ou 48 dígitos.")
        path = f"/v1/titles/{linha_digitavel}"
        return self._client.read(path, "look_up_title", payments.title_from_wire)

    def look_up_key(self, key: PixKey) -> KeyHolder:
        payments.refuse_unless(0 < len(key.value) <= 77, "A chave Pix tem até 77 caracteres.")
        path = f"/v1/pix/keys/{quote(key.value, safe='+@')}"
        return self._client.read(path, "look_up_key", payments.key_holder_from_wire)

    def cancel_order(self, order: OpenOrder, *, key: UUID) -> None:
        path = f"/v1/payments/{order.reference}/cancel"
        self._client.write(path, "cancel_order", key, None, payments.payment_from_wire)

    def find_order(
        self, payment: Payment, *, sent_at: datetime, now: datetime, twins: int = 0
    ) -> Finding:
        """As the contract says, by our key; `twins` are of no use to it."""
        return find_order.find(self._client, payment, sent_at=sent_at, now=now)

    def order_statuses(self, orders: Sequence[OpenOrder]) -> dict[str, Whereabouts]:
        return find_order.statuses(self._client, orders)

    # --- Charges ------------------------------------------------------------------------

    def issue_charge(self, request: ChargeRequest) -> Charge:
        body = charge_requests.charge_to_wire(request)
        return self._client.write(
            "/v1/charges", "issue_charge", request.key, body, charges.charge_from_wire
        )

    def fetch_charge(self, reference: str) -> Charge:
        path = f"/v1/charges/{reference}"
        return self._client.read(path, "charge", charges.charge_from_wire)

    def list_charges(
        self, since: date, until: date, *, state: ChargeState | None = None, payer: str = ""
    ) -> Iterator[Charge | UnreadCharge]:
        if state is not None and state not in charges.STATUSES:
            return  # the bank has no such state: nothing is in it
        by = "paid" if state is ChargeState.PAID else "due"
        params: Params = {
            f"{by}_since": str(since),
            f"{by}_until": str(until),
            "limit": PAGE,
        }
        if state is not None:
            params["status"] = charges.STATUSES[state]
        for _ in range(MAX_PAGES):
            page = self._client.read("/v1/charges", "charges", charges.charges_from_wire, params)
            yield from page.charges
            yield from page.unread
            if page.next_cursor is None:
                return
            params["cursor"] = page.next_cursor
        raise BankUnavailable("A Conta Kamino repetiu páginas de uma lista. Ela será lida de novo.")

    def cancel_charge(self, reference: str, *, key: UUID, reason: str = "") -> Cancellation:
        body = {"reason": shorten(reason, 140)} if reason else {}
        path = f"/v1/charges/{reference}/cancel"
        self._client.write(path, "cancel_charge", key, body, charges.charge_from_wire)
        return Cancellation(reference, CancellationState.DONE)

    def charge_pdf(self, charge: Charge) -> bytes:
        return self._client.read_pdf(f"/v1/charges/{charge.reference}/pdf", "charge_pdf")

    def refund_charge(self, request: RefundRequest) -> Refund:
        body = refunds.refund_to_wire(request)
        path = f"/v1/charges/{request.charge_reference}/refunds"
        return self._client.write(
            path, "refund_charge", request.key, body, refunds.refund_from_wire
        )

    def find_refund(self, key: UUID) -> Refund | None:
        params: Params = {"idempotency_key": str(key)}
        page = self._client.read("/v1/refunds", "find_refund", refunds.refunds_from_wire, params)
        found = next((refund for refund in page.refunds if refund.key == key), None)
        if found is None and (page.in_progress or page.unread):
            raise BankUnavailable("A Conta Kamino ainda trabalha neste pedido de devolução.")
        return found

    def list_refunds(self, since: date, until: date) -> Iterator[Refund | UnreadRefund]:
        params: Params = {"since": str(since), "until": str(until), "limit": PAGE}
        for _ in range(MAX_PAGES):
            page = self._client.read("/v1/refunds", "refunds", refunds.refunds_from_wire, params)
            yield from page.refunds
            yield from page.unread
            if page.next_cursor is None:
                return
            params["cursor"] = page.next_cursor
        raise BankUnavailable("A Conta Kamino repetiu páginas de uma lista. Ela será lida de novo.")

    # --- Events -------------------------------------------------------------------------

    def register_webhooks(self, url: str, *, secret: bytes = b"") -> None:
        """Asking again sets the same endpoint to the same: each time under a key of its own."""
        payments.refuse_unless(
            24 <= len(secret) <= 64, "O segredo dos avisos tem de 24 a 64 bytes."
        )
        self._client.write(
            "/v1/webhook-endpoints",
            "register_webhooks",
            uuid4(),
            webhooks.endpoint_to_wire(url, secret),
            lambda answer: None,
        )
