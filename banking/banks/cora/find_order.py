"""What became of an order: the lists of transfers and of payments that wait.

developers.cora.com.br/reference/lista-de-transferência, /reference/lista-de-pagamentos.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta

from banking.banks.contract.errors import BankError, BankRejected
from banking.banks.contract.payments import (
    Finding,
    OpenOrder,
    OrderState,
    Payment,
    Rail,
    Receipt,
    Search,
    TedPayment,
    Whereabouts,
)
from banking.banks.cora.client import CoraClient, Params
from banking.banks.cora.paging import PAGE, each_once
from banking.banks.cora.wire import payments
from brazil.banking_days import sao_paulo_day

# A request that is still being worked on is in no list yet: longer than the longest read time-out.
SETTLED_AFTER = timedelta(minutes=3)

_LISTS = {
    Rail.TED: ("/transfer/third-party/transfers/", "list_transfers"),
    Rail.BOLETO: ("/payments/", "list_payments"),
}


def find(client: CoraClient, payment: Payment, *, sent_at: datetime, now: datetime) -> Finding:
    """Look for our `code` in the lists.

    A transfer stays listed, whatever becomes of it; a boleto payment only until it is decided
    in the app, so its absence says nothing.
    """
    rail = Rail.TED if isinstance(payment, TedPayment) else Rail.BOLETO
    may_be_ours = False
    try:
        for filters in _ways(rail, sao_paulo_day(sent_at), sao_paulo_day(now)):
            for order in _listed(client, rail, filters):
                if order.code == payment.code and not order.is_unread:
                    return Finding(Search.FOUND, payments.receipt_of(order))
                # Whether the list repeats our code is not documented.
                is_unnamed = not order.code and order.amount in (None, payment.amount)
                may_be_ours |= is_unnamed or order.code == payment.code
    except BankRejected:  # it refused the question; this must not pass for the order's refusal
        return Finding(Search.CANNOT_TELL)
    if may_be_ours or not isinstance(payment, TedPayment) or now - sent_at < SETTLED_AFTER:
        return Finding(Search.CANNOT_TELL)
    return _absent(client, payment)


def _absent(client: CoraClient, ted: TedPayment) -> Finding:
    """Cora answers 500 to a bank that it does not know: repeating such an order would never end."""
    try:
        banks = payments.bank_codes_from_wire(client.read("/banks", "list_banks"))
    except BankError:
        return Finding(Search.ABSENT)
    if not banks or ted.bank_code in banks:
        return Finding(Search.ABSENT)
    reason = f"A Cora não envia para o banco {ted.bank_code}: ele não está na lista dela."
    return Finding(Search.FOUND, Receipt("", OrderState.REJECTED, reason=reason))


def statuses(client: CoraClient, orders: Sequence[OpenOrder]) -> dict[str, Whereabouts]:
    states: dict[str, Whereabouts] = {}
    for rail in _LISTS:
        wanted = [order for order in orders if order.rail is rail]
        if wanted:
            states |= _states(client, rail, wanted)
    return states


def _states(client: CoraClient, rail: Rail, wanted: list[OpenOrder]) -> dict[str, Whereabouts]:
    missing = {order.reference for order in wanted}
    may_hide_one = False
    states: dict[str, Whereabouts] = {}
    first = min(order.sent_on for order in wanted)
    for filters in _ways(rail, first, sao_paulo_day(datetime.now(UTC))):
        for order in _listed(client, rail, filters):
            if order.reference in missing:
                missing.discard(order.reference)
                if order.state is not None:
                    states[order.reference] = Whereabouts(order.state)
            # One without an id may be any of them: none of them has surely left the list.
            may_hide_one |= not order.reference
            if not missing:
                return states
    if rail is Rail.BOLETO and not may_hide_one:
        states |= dict.fromkeys(missing, Whereabouts(OrderState.LEFT_THE_LIST))
    return states


def _listed(
    client: CoraClient, rail: Rail, filters: dict[str, str]
) -> Iterator[payments.ListedOrder]:
    path, operation = _LISTS[rail]

    def read_page(number: int) -> list[payments.ListedOrder]:
        params: Params = {**filters, "page": number, "size": PAGE}
        return payments.orders_from_wire(client.read(path, operation, params), rail)

    return each_once(read_page, first=0)


def _ways(rail: Rail, first: date, last: date) -> list[dict[str, str]]:
    """The lists that together show every order of the São Paulo days first..last, if Cora does.

    The days are generous: which of an order's dates they filter is not documented, nor is what a
    list without `status` leaves out. The list of payments has only those that wait; one that leaves
    it while its pages are read makes others move up unseen, and its filters are faulty by Cora's
    own word: so there are two ways there too.
    """
    days = {"start": str(first - timedelta(days=1)), "end": str(last + timedelta(days=1))}
    waiting = {"status": "INITIATED"}
    if rail is Rail.BOLETO:
        return [waiting, days]
    return [days, waiting, {"status": "COMPLETED", **days}]
