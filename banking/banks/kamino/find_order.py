"""What became of an order: looked for by its key, and asked about by its reference."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

from banking.banks.contract.errors import BankRejected, BankUnavailable
from banking.banks.contract.payments import Finding, OpenOrder, Payment, Search, Whereabouts
from banking.banks.kamino.client import MAX_PAGES, PAGE, KaminoClient, Params
from banking.banks.kamino.wire import payments

# The bank ends a request within a minute of its arrival; ours may be on its way for 45 s more.
SETTLED_AFTER = timedelta(minutes=3)
# Up to this many orders are asked for one by one; more by the list.
FEW = 20


def find(client: KaminoClient, payment: Payment, *, sent_at: datetime, now: datetime) -> Finding:
    """Look for our key. The bank lists a payment from the moment it exists, and says when a
    request with that key is still being done; absence is certain once it cannot be on its way.
    """
    params: Params = {"idempotency_key": str(payment.key), "limit": 10}
    try:
        page = client.read("/v1/payments", "find_order", payments.payments_from_wire, params)
    except BankRejected:  # it refused the question; this must not pass for the order's refusal
        return Finding(Search.CANNOT_TELL)
    for found in page.payments:
        if found.key == payment.key:
            return Finding(Search.FOUND, found.receipt)
    is_empty = not page.payments and not page.unread and page.next_cursor is None
    is_certain = is_empty and not page.in_progress
    if is_certain and now - sent_at >= SETTLED_AFTER:
        return Finding(Search.ABSENT)
    return Finding(Search.CANNOT_TELL)


def statuses(client: KaminoClient, orders: Sequence[OpenOrder]) -> dict[str, Whereabouts]:
    wanted = {order.reference for order in orders}
    if not wanted:
        return {}
    first = min(order.sent_on for order in orders)
    found = _each(client, wanted) if len(wanted) <= FEW else _listed(client, wanted, first)
    there = {payment.reference: payment.whereabouts for payment in found}
    return {reference: place for reference, place in there.items() if place is not None}


def _each(client: KaminoClient, wanted: set[str]) -> Iterator[payments.ListedPayment]:
    for reference in sorted(wanted):
        try:
            yield client.read(f"/v1/payments/{reference}", "payment", payments.payment_from_wire)
        except BankRejected as error:
            if error.code != "not_found":
                raise


def _listed(
    client: KaminoClient, wanted: set[str], first: date
) -> Iterator[payments.ListedPayment]:
    """Those of the days since `first`, until all that are wanted were seen."""
    since = first - timedelta(days=1)
    params: Params = {"since": since.isoformat(), "limit": PAGE}
    missing = set(wanted)
    for _ in range(MAX_PAGES):
        page = client.read("/v1/payments", "payments", payments.payments_from_wire, params)
        for payment in page.payments:
            if payment.reference in missing:
                missing.discard(payment.reference)
                yield payment
        if not missing or page.next_cursor is None:
            return
        params["cursor"] = page.next_cursor
    raise BankUnavailable("A Conta Kamino repetiu páginas de uma lista. Ela será lida de novo.")
