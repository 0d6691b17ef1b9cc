"""Where the orders at a bank are: polls, and webhooks as hints and witnesses."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet

from banking.banks.contract.adapter import BankAdapter
from banking.banks.contract.errors import BankError
from banking.banks.contract.payments import OpenOrder, OrderState, Rail, Whereabouts
from banking.models import BankAccount, BankEvent
from brazil.banking_days import sao_paulo_day
from core import deadline
from core.clock import database_now
from payments.models import PaymentOrder, waiting
from payments.orders.settlement import LOOK_AGAIN_AT_PAID
from payments.orders.transitions import apply_state, lock_in_order
from payments.states import OPEN_AT_BANK, OrderStatus
from payments.timeline import LEFT_THE_LIST, NEEDS_CHECKING, Tone, note
from tenants.scope import tenant_scope

FINAL = frozenset({OrderState.PAID, OrderState.REJECTED, OrderState.CANCELLED, OrderState.RETURNED})
UNCHANGED: Mapping[str, OrderState] = {
    OrderStatus.AT_BANK: OrderState.AWAITING_APPROVAL,
    OrderStatus.SCHEDULED: OrderState.SCHEDULED,
    OrderStatus.PAID: OrderState.PAID,
}
# Orders that are asked about before the task looks at the time.
SLICE = 100
# A list may be faulty for a moment.
NOT_SHOWN_FOR = timedelta(minutes=30)
# How long the statement has to show what became of an order that left the bank's list.
TELL_A_PERSON_AFTER = timedelta(days=2)


def poll_open_orders(account: BankAccount, bank: BankAdapter, now: datetime) -> None:
    """Ask where the orders are. A webhook makes it its order's turn at once, and is a witness.

    To be called outside of scopes.
    """
    news = take_news(account)
    orders = take_turns(account, now) + take_turns_of_paid(account, now, news)
    while orders and not deadline.is_over():
        asked, orders = orders[:SLICE], orders[SLICE:]
        try:
            states = bank.order_statuses([open_order(order) for order in asked])
        except BankError:
            return  # the events wait with their orders
        apply_states(account, asked, states)
    if orders:
        give_turns_back(account, orders)
        return  # likewise
    close_news(account, news, now)


def apply_states(
    account: BankAccount, orders: Sequence[PaymentOrder], states: Mapping[str, Whereabouts]
) -> None:
    claims = claims_by_reference(account, orders)
    for order in orders:
        found = states.get(order.reference)
        if is_unchanged(order, found):
            continue
        with tenant_scope(account.tenant_id):
            if found is None:
                record_absence(order)
            else:
                apply_whereabouts(order, found, claims[order.reference], account)


def give_turns_back(account: BankAccount, orders: Sequence[PaymentOrder]) -> None:
    """The task's time is over: they are asked about at the next tick."""
    with tenant_scope(account.tenant_id):
        mine = PaymentOrder.objects.of(account.tenant_id)
        ids = lock_in_order(mine.filter(id__in=[order.id for order in orders]))
        mine.filter(id__in=ids).update(wait_until=None)


def is_unchanged(order: PaymentOrder, found: Whereabouts | None) -> bool:
    if found is None:
        return order.status not in OPEN_AT_BANK
    if order.left_list_at or order.absent_since:
        return False
    return found.state is UNCHANGED.get(order.status)


def take_news(account: BankAccount) -> set[str]:
    """References that unread events speak of; their orders are asked about now.

    That an order waits for approval changes nothing: the event may come before
    the bank's list shows it.
    """
    with tenant_scope(account.tenant_id):
        news = set(events_of(account).values_list("reference", flat=True))
        moved = events_of(account).exclude(claims=OrderState.AWAITING_APPROVAL)
        concerned = PaymentOrder.objects.of(account.tenant_id).filter(
            bank_account=account, reference__in=moved.values("reference"), status__in=OPEN_AT_BANK
        )
        concerned.filter(id__in=lock_in_order(concerned)).update(wait_until=None)
    return news


def events_of(account: BankAccount) -> QuerySet[BankEvent]:
    events: QuerySet[BankEvent] = BankEvent.objects.of(account.tenant_id).filter(
        connection__accounts=account, handled_at=None
    )
    return events


def take_turns(account: BankAccount, now: datetime) -> list[PaymentOrder]:
    """Orders whose turn has come; the others who look at the same time get none of them."""
    with tenant_scope(account.tenant_id):
        mine = PaymentOrder.objects.of(account.tenant_id).filter(
            waiting(now), bank_account=account, status__in=OPEN_AT_BANK
        )
        locked = mine.select_for_update(no_key=True, skip_locked=True)
        orders = list(locked.order_by("created_at", "id"))  # waits for nobody: any order will do
        PaymentOrder.objects.of(account.tenant_id).filter(id__in=[o.id for o in orders]).update(
            wait_until=now + timedelta(seconds=settings.POLL_ORDERS_SECONDS)
        )
    return orders


def take_turns_of_paid(account: BankAccount, now: datetime, news: set[str]) -> list[PaymentOrder]:
    """Paid orders that may have come back: an event speaks of them, or their turn has come."""
    with tenant_scope(account.tenant_id):
        mine = PaymentOrder.objects.of(account.tenant_id).filter(
            bank_account=account, status=OrderStatus.PAID
        )
        watched = waiting(now) & Q(watch_until__gt=now)
        ids = lock_in_order(mine.filter(watched | Q(reference__in=news)))
        mine.filter(id__in=ids).update(wait_until=now + LOOK_AGAIN_AT_PAID)
        return list(mine.filter(id__in=ids).order_by("id"))


def open_order(order: PaymentOrder) -> OpenOrder:
    return OpenOrder(
        reference=order.reference,
        rail=Rail(order.rail),
        sent_on=sao_paulo_day(order.first_sent_at or order.created_at),
    )


def claims_by_reference(
    account: BankAccount, orders: Sequence[PaymentOrder]
) -> dict[str, set[OrderState]]:
    """What the bank's events, read or not, ever said of the orders."""
    claims: dict[str, set[OrderState]] = defaultdict(set)
    with tenant_scope(account.tenant_id):
        events = BankEvent.objects.of(account.tenant_id).filter(
            connection__provider=account.provider,
            reference__in=[order.reference for order in orders],
        )
        for reference, claim in events.exclude(claims="").values_list("reference", "claims"):
            claims[reference].add(OrderState(claim))
    return claims


def apply_whereabouts(
    order: PaymentOrder, found: Whereabouts, claims: set[OrderState], account: BankAccount
) -> None:
    """Believe the resource; where it only left the bank's list, a webhook says how it ended.

    Webhooks that contradict each other are not believed: the statement will tell.
    """
    if found.state is not OrderState.LEFT_THE_LIST:
        if order.left_list_at or order.absent_since:
            clear_absence(order)
        source = found.reason or f"{account.bank_said.begins} informou."
        apply_state(order, found.state, source=source, reason=found.reason, day=found.day)
        return
    endings = claims & FINAL
    if len(endings) == 1:
        source = f"{account.bank_said.begins} avisou e a lista do banco confirmou."
        apply_state(order, endings.pop(), source=source)
    else:
        record_leaving_list(order)


def clear_absence(order: PaymentOrder) -> None:
    changes: dict[str, Any] = {"absent_since": None}
    if order.left_list_at is not None:
        changes |= {"left_list_at": None, "needs_person": False}
    PaymentOrder.objects.of(order.tenant_id).filter(id=order.id).update(**changes)


def record_absence(order: PaymentOrder) -> None:
    """The bank does not know the reference, or says a word for its state that we do not know.

    After a while it is as if it had left the list: the statement tells, and then a person.
    """
    now = database_now()
    if order.absent_since is None:
        PaymentOrder.objects.of(order.tenant_id).filter(id=order.id).update(absent_since=now)
    elif now - order.absent_since >= NOT_SHOWN_FOR:
        record_leaving_list(order)


def record_leaving_list(order: PaymentOrder) -> None:
    now = database_now()
    mine = PaymentOrder.objects.of(order.tenant_id).filter(id=order.id, status__in=OPEN_AT_BANK)
    if mine.filter(left_list_at=None).update(left_list_at=now):
        note(
            order.payable,
            LEFT_THE_LIST,
            "O banco não informa se foi paga ou recusada: aguardando o extrato.",
            tone=Tone.INFO,
        )
    elif mine.filter(left_list_at__lte=now - TELL_A_PERSON_AFTER, needs_person=False).update(
        needs_person=True
    ):
        note(
            order.payable,
            NEEDS_CHECKING,
            "O débito não aparece no extrato e o banco não informa se foi recusada. "
            "Confira no aplicativo do banco.",
            tone=Tone.BAD,
        )


def close_news(account: BankAccount, references: set[str], now: datetime) -> None:
    """The events are read. One that came before its order's own answer waits for that a while."""
    with tenant_scope(account.tenant_id):
        known = PaymentOrder.objects.of(account.tenant_id).filter(
            bank_account=account, reference__in=references
        )
        lease = timedelta(seconds=settings.SEND_LEASE_SECONDS)
        read = events_of(account).filter(
            Q(reference__in=known.values("reference")) | Q(received_at__lte=now - lease),
            reference__in=references,
        )
        ids = lock_in_order(read)
        BankEvent.objects.of(account.tenant_id).filter(id__in=ids).update(handled_at=database_now())
