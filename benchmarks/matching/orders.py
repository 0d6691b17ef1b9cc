"""Bills that the company has its banks pay: their orders, as if sent and taken by the bank."""

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from uuid import UUID

from banking.banks.contract.payments import Rail
from benchmarks.matching.load import Loaded, Row
from brazil.banking_days import SAO_PAULO
from core.ids import uuid7
from payments.models import Payable, PaymentOrder, order_code
from payments.orders.payload import describe
from payments.states import OPEN_AT_BANK, OrderStatus, PayableStatus

SENT_AT = time(8)
OUR_CODE = re.compile(r"kp-([0-9a-f]{20})")


def send_orders(loaded: Loaded, rows: Sequence[Row], ids: Sequence[UUID]) -> None:
    """Those of the bills that are sent on a day. Inside the company's scope."""
    if not rows:
        return
    bills = Payable.objects.of(loaded.tenant).filter(id__in=ids, status=PayableStatus.APPROVED)
    found = {bill.id: bill for bill in bills.with_destinations()}
    sent = [(row, found[bill]) for row, bill in zip(rows, ids, strict=True) if bill in found]
    Payable.objects.of(loaded.tenant).filter(id__in=found).update(status=PayableStatus.SENT)
    orders = [order_of(loaded, row, bill) for row, bill in sent]
    PaymentOrder.objects.bulk_create(orders)
    for (row, _), order in zip(sent, orders, strict=True):
        order.status, order.reference = OrderStatus.AT_BANK, reference_of(row, order)
    PaymentOrder.objects.bulk_update(orders, ["status", "reference"])


def order_of(loaded: Loaded, row: Row, bill: Payable) -> PaymentOrder:
    rail, key = Rail(bill.method), key_of(row["order"]["code"] or "")
    content = describe(bill, rail)
    day = date.fromisoformat(row["order"]["sent_on"])
    return PaymentOrder(
        tenant=loaded.tenant,
        payable=bill,
        bank_account=loaded.accounts[row["order"]["account"]],
        key=key,
        rail=rail,
        amount=Decimal(content["amount"]),
        content=content | {"code": order_code(key)},
        status=OrderStatus.SENDING,
        created_at=datetime.combine(day, SENT_AT, SAO_PAULO),
        first_sent_at=datetime.combine(day, SENT_AT, SAO_PAULO),
    )


def key_of(code: str) -> UUID:
    """The one of which the product makes this code, where it may be one of the product's."""
    ours = OUR_CODE.fullmatch(code)
    return UUID(hex=ours[1] + uuid7().hex[20:]) if ours else uuid7()


def reference_of(row: Row, order: PaymentOrder) -> str:
    """What the bank calls it. Of the Conta Kamino, whose lines repeat our code, that code, where it
    has not the form of ours."""
    told: str = row["order"]["reference"] or ""
    code: str = row["order"]["code"] or ""
    if order.bank_account.provider == "kamino" and code != order.code:
        told = code or told
    return told[:120]


def give_up_orders(loaded: Loaded, bills: Iterable[UUID]) -> None:
    """Taken back at the bank: their bills are as they were before."""
    live = PaymentOrder.objects.of(loaded.tenant).filter(
        payable__in=list(bills), status__in=OPEN_AT_BANK
    )
    ids = list(live.values_list("payable_id", flat=True))
    if ids:
        live.update(status=OrderStatus.CANCELLED)
        Payable.objects.of(loaded.tenant).filter(id__in=ids).update(status=PayableStatus.APPROVED)
