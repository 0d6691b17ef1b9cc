"""Orders whose answer was lost: the bank is asked before anything else happens."""

from contextlib import suppress
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from banking.banks import registry
from banking.banks.base import BankAdapter, BoletoPayment, Finding, Payment, Rail, Search
from banking.errors import BankError, BankRejected
from banking.models import BankAccount
from payments.models import PaymentOrder
from payments.services.contents import payment_of
from payments.services.matching import free_lines
from payments.services.sending import submit, waiting
from payments.services.settling import apply_state, lock_order
from payments.services.timeline import Tone, note
from payments.states import OrderStatus
from tenants.scope import tenant_scope

# A person is asked to look once a lost answer could not be cleared up for this long.
TELL_A_PERSON_AFTER = timedelta(hours=1)
# Longer than a bank may still be at work on a request that we gave up.
SETTLED_AFTER = timedelta(minutes=3)
# A repeat waits for a token and a connection before it leaves; it must arrive within the window.
WINDOW_MARGIN = timedelta(minutes=5)


def ask_about_unknown(account: BankAccount, bank: BankAdapter) -> None:
    """Look for each order whose turn has come. To be called outside of scopes."""
    for order_id in due(account):
        order = take_turn(account, order_id)
        if order is None:
            continue
        finding = None
        with suppress(BankError):  # no answer: asked again at its next turn
            finding = look_for(order, account, bank)
        with tenant_scope(account.tenant_id):
            if finding is not None:
                conclude(order, finding, account)
            end_turn(order)


def due(account: BankAccount) -> list[UUID]:
    with tenant_scope(account.tenant_id):
        unknown = PaymentOrder.objects.of(account.tenant_id).filter(
            waiting(timezone.now()), bank_account=account, status=OrderStatus.UNKNOWN
        )
        return list(unknown.order_by("created_at").values_list("id", flat=True))


def take_turn(account: BankAccount, order_id: UUID) -> PaymentOrder | None:
    """The order, or None when somebody else is at it: to ask may also mean to send again."""
    now = timezone.now()
    with tenant_scope(account.tenant_id):
        order = PaymentOrder.objects.of(account.tenant_id).filter(
            id=order_id, status=OrderStatus.UNKNOWN
        )
        lease = now + timedelta(seconds=settings.SEND_LEASE_SECONDS)
        if not order.filter(waiting(now)).update(wait_until=lease):
            return None
        return order.first()


def end_turn(order: PaymentOrder) -> None:
    again = timezone.now() + timedelta(seconds=settings.ASK_AGAIN_SECONDS)
    PaymentOrder.objects.of(order.tenant_id).filter(id=order.id, status=OrderStatus.UNKNOWN).update(
        wait_until=again
    )


def look_for(order: PaymentOrder, account: BankAccount, bank: BankAdapter) -> Finding:
    """May raise any BankError."""
    payment, sent_at = payment_of(order), sent_at_of(order)
    finding = bank.find_order(payment, sent_at=sent_at, now=timezone.now())
    if finding.search is Search.CANNOT_TELL and may_repeat(account, sent_at, timezone.now()):
        return repeat(bank, payment, timezone.now() - sent_at)
    return finding


def sent_at_of(order: PaymentOrder) -> datetime:
    return order.first_sent_at or order.created_at


def may_repeat(account: BankAccount, sent_at: datetime, now: datetime) -> bool:
    """Within the bank's idempotency window the same request again is surely one payment."""
    window = registry.info(account.provider).idempotency_window
    return window is not None and now - sent_at < window - WINDOW_MARGIN


def repeat(bank: BankAdapter, payment: Payment, age: timedelta) -> Finding:
    """Send the same request under the same key: the bank answers with what it has.

    That it refuses the repeat does not prove that it refused the first one: it may look at the
    request before it looks at the key. Of a boleto that no list shows it is a sign of absence,
    which still has to be seen twice and by the statement (`is_absent`). Of a transfer it tells
    nothing: the list does.

    May raise any BankError but BankRejected.
    """
    try:
        return Finding(Search.FOUND, submit(bank, payment))
    except BankRejected:
        is_absence = isinstance(payment, BoletoPayment) and age >= SETTLED_AFTER
        return Finding(Search.ABSENT if is_absence else Search.CANNOT_TELL)


@transaction.atomic
def conclude(order: PaymentOrder, finding: Finding, account: BankAccount) -> None:
    """Act on what a search said, unless the order has moved on meanwhile."""
    order = lock_order(order)
    if order.status != OrderStatus.UNKNOWN:
        return
    match finding:
        case Finding(Search.FOUND, receipt) if receipt is not None:
            order.reference = receipt.reference
            order.bank_amount = receipt.amount or order.bank_amount
            order.save(update_fields=["reference", "bank_amount"])
            apply_state(
                order, receipt.state, source=receipt.reason or f"{account.bank_name} a recebeu."
            )
        case Finding(Search.ABSENT):
            is_absent(order, account)
        case _:
            cannot_tell(order, account)


def is_absent(order: PaymentOrder, account: BankAccount) -> None:
    """Absence is believed the second time, some time apart; the order then starts afresh.

    A boleto that was approved meanwhile is in no list: a statement read since must not show it.
    """
    now = timezone.now()
    if order.absent_since is None:
        order.absent_since = now
        order.save(update_fields=["absent_since"])
    elif now - order.absent_since < timedelta(seconds=settings.ASK_AGAIN_SECONDS):
        return
    elif order.rail == Rail.BOLETO and not statement_agrees(order, account):
        cannot_tell(order, account)
    else:
        PaymentOrder.objects.of(order.tenant_id).filter(id=order.id).update(
            status=OrderStatus.QUEUED,
            wait_until=None,
            absent_since=None,
            first_sent_at=None,
            needs_person=False,
            message="",
        )
        note(
            order.payable,
            "De volta à fila de envio",
            f"{account.bank_name} confirmou duas vezes que não a recebeu.",
            tone=Tone.WARN,
        )


def statement_agrees(order: PaymentOrder, account: BankAccount) -> bool:
    """Whether the statement, read after the order was first missed, holds no debit like it."""
    if account.synced_at is None or order.absent_since is None:
        return False
    return account.synced_at > order.absent_since and not free_lines([order], account)


def cannot_tell(order: PaymentOrder, account: BankAccount) -> None:
    if order.needs_person or timezone.now() - sent_at_of(order) < TELL_A_PERSON_AFTER:
        return
    order.needs_person = True
    order.save(update_fields=["needs_person"])
    note(
        order.payable,
        "Precisa de uma pessoa",
        f"{account.bank_name} não diz se recebeu este pagamento. Confira no aplicativo do "
        "banco e no extrato; ele não será enviado de novo sozinho.",
        tone=Tone.BAD,
    )
