"""One company's account at Cora."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TypeVar
from uuid import NAMESPACE_URL, UUID, uuid5

import httpx

from banking.banks.base import (
    AccountIdentity,
    BankAdapter,
    BoletoPayment,
    Finding,
    OpenOrder,
    OrderState,
    Payment,
    Rail,
    Receipt,
    Search,
    StatementPage,
    TedPayment,
    Whereabouts,
)
from banking.banks.cora import statement, webhooks, wire
from banking.banks.cora.info import INFO
from banking.banks.exact_json import Json, read_json
from banking.banks.failures import TokenRefused
from banking.banks.http import exchange
from banking.errors import BankOutcomeUnknown, BankRejected, BankUnavailable
from brazil.banking_days import sao_paulo_day

STATEMENT_PAGE = 200  # entries; 500 and more end in 503
LIST_PAGE = 100  # orders; the largest is not documented
MAX_PAGES = 5000  # a million entries: more is a bank that never ends
# A request that is still being worked on is in no list yet: longer than the longest read time-out.
SETTLED_AFTER = timedelta(minutes=3)

Params = dict[str, str | int]
Decoded = TypeVar("Decoded")

_LISTS = {
    Rail.TED: ("/transfer/third-party/transfers/", "list_transfers"),
    Rail.BOLETO: ("/payments/", "list_payments"),
}


class CoraAdapter(BankAdapter):
    info = INFO

    def fetch_identity(self) -> AccountIdentity:
        today = sao_paulo_day(datetime.now(UTC))
        account = self._read("/third-party/account/", "account")
        header = self._read(
            "/bank-statement/statement",
            "statement_header",
            {"start": str(today), "end": str(today), "page": 1, "perPage": 1},
        )
        return wire.identity_from_wire(account, header)

    def fetch_balance(self) -> Decimal:
        return wire.balance_from_wire(self._read("/third-party/account/balance", "balance"))

    def fetch_statement(self, since: date, until: date) -> Iterator[StatementPage]:
        """As the contract says; a movement that comes again, because the pages shifted under new
        ones, is dropped. A page is asked for when the one before is consumed.

        A page that is not full ends it only when opening + movements = closing, else an empty one
        does: a bank that gives fewer entries than asked for has not finished.
        """
        seen: set[str] = set()
        total = Decimal(0)
        for number in range(1, MAX_PAGES + 1):
            page = self._statement_page(since, until, number)
            fresh = [movement for movement in page.movements if movement.bank_id not in seen]
            is_full = len(page.movements) >= STATEMENT_PAGE
            if is_full and not fresh:
                break
            seen.update(movement.bank_id for movement in fresh)
            total += sum(movement.amount for movement in fresh)
            if fresh or number == 1:
                yield replace(page, movements=fresh)
            if not is_full and (not fresh or page.opening + total == page.closing):
                return
        raise BankUnavailable("O banco Cora repetiu páginas do extrato. Ele será lido de novo.")

    def _statement_page(self, since: date, until: date, number: int) -> StatementPage:
        params: Params = {
            "start": since.isoformat(),
            "end": until.isoformat(),
            "page": number,
            "perPage": STATEMENT_PAGE,
        }
        page, entries = self._call(
            lambda: self._http.build_request("GET", "/bank-statement/statement", params=params),
            "statement",
            decode=statement.read_page,
        )
        return statement.page_from_wire(page, entries)

    def send_ted(self, payment: TedPayment) -> Receipt:
        body = wire.transfer_to_wire(payment)
        answer = self._write("/transfers/initiate", "send_ted", payment.key, body)
        return wire.receipt_from_wire(answer, Rail.TED)

    def pay_boleto(self, payment: BoletoPayment) -> Receipt:
        body = wire.boleto_to_wire(payment)
        answer = self._write("/payments/initiate", "pay_boleto", payment.key, body)
        return wire.receipt_from_wire(answer, Rail.BOLETO)

    def find_order(
        self, payment: Payment, *, sent_at: datetime, now: datetime, twins: int = 0
    ) -> Finding:
        """Look for our `code` in the lists.

        A transfer stays listed, whatever becomes of it; a boleto payment only until it is decided
        in the app, so its absence says nothing. Within `info.idempotency_window` of the first
        attempt, sending the same payment again is the other safe way to learn what became of it.
        """
        rail = Rail.TED if isinstance(payment, TedPayment) else Rail.BOLETO
        may_be_ours = False
        try:
            for filters in _ways(rail, sao_paulo_day(sent_at), sao_paulo_day(now)):
                for order in self._orders(rail, filters):
                    if order.code == payment.code:
                        return Finding(Search.FOUND, wire.receipt_of(order))
                    # Whether the list repeats our code is not documented.
                    may_be_ours |= not order.code and order.amount in (None, payment.amount)
        except BankRejected:  # it refused the question; this must not pass for the order's refusal
            return Finding(Search.CANNOT_TELL)
        is_certain = rail is Rail.TED and not may_be_ours and now - sent_at >= SETTLED_AFTER
        return Finding(Search.ABSENT if is_certain else Search.CANNOT_TELL)

    def order_statuses(self, orders: Sequence[OpenOrder]) -> dict[str, Whereabouts]:
        """As the contract says. Ask only about orders taken some minutes ago."""
        states: dict[str, Whereabouts] = {}
        for rail in Rail:
            wanted = [order for order in orders if order.rail is rail]
            if wanted:
                states |= self._states(rail, wanted)
        return states

    def _states(self, rail: Rail, wanted: list[OpenOrder]) -> dict[str, Whereabouts]:
        missing = {order.reference for order in wanted}
        states: dict[str, Whereabouts] = {}
        first = min(order.sent_on for order in wanted)
        for filters in _ways(rail, first, sao_paulo_day(datetime.now(UTC))):
            for order in self._orders(rail, filters):
                if order.reference in missing:
                    missing.discard(order.reference)
                    if order.state is not None:
                        states[order.reference] = Whereabouts(order.state)
                if not missing:
                    return states
        if rail is Rail.BOLETO:
            states |= dict.fromkeys(missing, Whereabouts(OrderState.LEFT_THE_LIST))
        return states

    def _orders(self, rail: Rail, filters: dict[str, str]) -> Iterator[wire.ListedOrder]:
        """Every order of a list, once, until a page has nothing new."""
        path, operation = _LISTS[rail]
        seen: set[str] = set()
        for number in range(MAX_PAGES):
            params: Params = {**filters, "page": number, "size": LIST_PAGE}
            page = wire.orders_from_wire(self._read(path, operation, params), rail)
            fresh = [order for order in page if order.reference not in seen]
            seen.update(order.reference for order in fresh)
            yield from fresh
            if not fresh and len(page) < LIST_PAGE:
                return
            if not fresh:
                break
        raise BankUnavailable("O banco Cora repetiu páginas de uma lista. Ela será lida de novo.")

    def register_webhooks(self, url: str, *, secret: bytes = b"") -> None:
        present = webhooks.endpoints_from_wire(self._read("/endpoints/", "list_endpoints"))
        today = sao_paulo_day(datetime.now(UTC))
        for resource, trigger in webhooks.WEBHOOKS:
            endpoint = webhooks.Endpoint(url, resource, trigger)
            if endpoint not in present:
                # Two of us at once make one; one that somebody deleted can be made again tomorrow.
                key = uuid5(NAMESPACE_URL, f"{url} {resource}.{trigger} {today}")
                body = webhooks.endpoint_to_wire(endpoint)
                self._write("/endpoints/", "create_endpoint", key, body)

    # --- One call -----------------------------------------------------------------------

    def _read(self, path: str, operation: str, params: Params | None = None) -> Json:
        return self._call(lambda: self._http.build_request("GET", path, params=params), operation)

    def _write(self, path: str, operation: str, key: UUID, body: Json) -> Json:
        headers = {"Idempotency-Key": str(key)}
        return self._call(
            lambda: self._http.build_request("POST", path, json=body, headers=headers),
            operation,
            has_effect=True,
        )

    def _call(
        self,
        make_request: Callable[[], httpx.Request],
        operation: str,
        *,
        has_effect: bool = False,
        decode: Callable[[bytes], Decoded] = read_json,
    ) -> Decoded:
        """With a token; with a new one, once more, when the first is refused (HTTP 401)."""

        def attempt(token: str) -> Decoded:
            request = make_request()
            request.headers["Authorization"] = f"Bearer {token}"
            return exchange(
                self._http,
                request,
                bank=INFO,
                operation=operation,
                has_effect=has_effect,
                decode=decode,
                sentences=wire.SENTENCES,
            )

        token = _known(self._tokens.access_token)
        try:
            return attempt(token)
        except TokenRefused:
            return attempt(_known(lambda: self._tokens.renew(token)))


def _known(ask: Callable[[], str]) -> str:
    """A token. That its renewal may have happened says nothing of the request, not yet made."""
    try:
        return ask()
    except BankOutcomeUnknown as error:
        raise BankUnavailable(
            "O banco Cora não confirmou a renovação do acesso. "
            "Nada foi enviado; tente de novo em alguns minutos."
        ) from error


def _ways(rail: Rail, first: date, last: date) -> list[dict[str, str]]:
    """The lists that together show every order of the São Paulo days first..last, if Cora does.

    The days are generous: which of an order's dates they filter is not documented, nor is what a
    list without `status` leaves out. The list of payments has only those that wait; one that leaves
    it while its pages are read makes others move up unseen, and its filters are faulty by Cora's
    own word: hence two ways there too.
    """
    days = {"start": str(first - timedelta(days=1)), "end": str(last + timedelta(days=1))}
    waiting = {"status": "INITIATED"}
    if rail is Rail.BOLETO:
        return [waiting, days]
    return [days, waiting, {"status": "COMPLETED", **days}]
