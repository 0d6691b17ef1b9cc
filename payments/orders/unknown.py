"""Orders whose answer was lost: the bank is asked before anything else happens."""

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from banking.banks import registry
from banking.banks.contract.adapter import BankAdapter
from banking.banks.contract.errors import BankError, BankRejected
from banking.banks.contract.payments import BoletoPayment, Finding, Payment, Rail, Receipt, Search
from banking.gateway.bank_clock import require_right_clocks
from banking.models import BankAccount
from brazil.banking_days import day_bounds, sao_paulo_day
from core import deadline
from core.clock import database_now
from core.text import shorten
from payments.models import PaymentOrder, waiting
from payments.orders.bank_lines import debit_of, hold_account
from payments.orders.creditors import hear_creditors
from payments.orders.payload import payment_of
from payments.orders.send import submit
from payments.orders.sending_lock import is_sending_locked
from payments.orders.transitions import apply_state, lock_order, requeue
from payments.states import OrderStatus
from payments.timeline import NEEDS_CHECKING, Tone, note
from tenants.scope import tenant_scope

# Longer than a bank may still be at work on a request that we gave up.
SETTLED_AFTER = timedelta(minutes=3)
# A repeat waits for a token and a connection before it leaves; it must arrive within the window.
WINDOW_MARGIN = timedelta(minutes=5)


def ask_about_unknown(account: BankAccount, bank: BankAdapter) -> None:
    """Look for each order whose turn has come. To be called outside of scopes."""
    for order_id in due(account):
        if deadline.is_over():
            return  # they are due at the next tick
        order = take_turn(account, order_id)
        if order is None:
            continue
        with tenant_scope(account.tenant_id):
            twins = twins_of(order)
        try:
            finding = look_for(order, account, bank, twins)
        except BankError as error:  # no answer: asked again at its next turn
            finding = Finding(Search.CANNOT_TELL, seen=str(error))
        with tenant_scope(account.tenant_id):
            conclude(order, finding, account, twins=twins)
            end_turn(order)


def record_unreachable_bank(account: BankAccount, why: str) -> None:
    """The bank cannot be asked about orders whose answer was lost. Runs inside the scope."""
    unknown = PaymentOrder.objects.of(account.tenant_id).filter(
        bank_account=account, status=OrderStatus.UNKNOWN, needs_person=False
    )
    locked = unknown.select_for_update(no_key=True, of=("self",)).order_by("id")
    for order in locked.select_related("payable"):
        record_doubt(order, account, why)


def due(account: BankAccount) -> list[UUID]:
    with tenant_scope(account.tenant_id):
        unknown = PaymentOrder.objects.of(account.tenant_id).filter(
            waiting(database_now()), bank_account=account, status=OrderStatus.UNKNOWN
        )
        return list(unknown.order_by("created_at").values_list("id", flat=True))


def take_turn(account: BankAccount, order_id: UUID) -> PaymentOrder | None:
    """The order, or None when another worker has it: to ask may also mean to send again."""
    now = database_now()
    with tenant_scope(account.tenant_id):
        order = PaymentOrder.objects.of(account.tenant_id).filter(
            id=order_id, status=OrderStatus.UNKNOWN
        )
        lease = now + timedelta(seconds=settings.SEND_LEASE_SECONDS)
        if not order.filter(waiting(now)).update(wait_until=lease):
            return None
        return order.first()


def end_turn(order: PaymentOrder) -> None:
    again = database_now() + timedelta(seconds=settings.ASK_AGAIN_SECONDS)
    PaymentOrder.objects.of(order.tenant_id).filter(id=order.id, status=OrderStatus.UNKNOWN).update(
        wait_until=again
    )


def look_for(order: PaymentOrder, account: BankAccount, bank: BankAdapter, twins: int) -> Finding:
    """May raise any BankError."""
    payment, sent_at = payment_of(order), sent_at_of(order)
    finding = bank.find_order(payment, sent_at=sent_at, now=database_now(), twins=twins)
    if finding.search is Search.CANNOT_TELL and may_repeat(account, sent_at, database_now()):
        with tenant_scope(account.tenant_id):
            if is_sending_locked(account.tenant_id):
                return finding
        require_right_clocks(bank)
        return repeat(bank, payment, database_now() - sent_at)
    return finding


def sent_at_of(order: PaymentOrder) -> datetime:
    return order.first_sent_at or order.created_at


def may_repeat(account: BankAccount, sent_at: datetime, now: datetime) -> bool:
    """Within the bank's idempotency window the same request again is surely one payment.

    Not through a connection that began since: a bank may know a key only from the connection
    that sent it.
    """
    window = registry.info(account.provider).idempotency_window
    if window is None or account.connection is None or account.connection.connected_at > sent_at:
        return False
    return now - sent_at < window - WINDOW_MARGIN


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
def conclude(order: PaymentOrder, finding: Finding, account: BankAccount, *, twins: int) -> None:
    """Act on what a search said, unless the order or its twins have moved on since.

    One at a time for an account: what the bank shows once is not found for two orders.
    """
    hold_account(account.tenant_id, account.id)
    order = lock_order(order)
    if order.status != OrderStatus.UNKNOWN or twins_of(order) != twins:
        return
    match finding:
        case Finding(Search.FOUND, receipt) if receipt is not None:
            record_found_order(order, receipt, account)
        case Finding(Search.ABSENT):
            requeue_after_absence(order, account)
        case _:
            record_doubt(order, account, finding.seen)


def record_found_order(order: PaymentOrder, receipt: Receipt, account: BankAccount) -> None:
    """What was found may have an id of its own (a receipt, a movement) and not the request's."""
    others = PaymentOrder.objects.of(order.tenant_id).filter(
        bank_account=account, rail=order.rail, reference=receipt.reference
    )
    if receipt.reference and others.exclude(id=order.id).exists():
        seen = f"O que está no banco ({receipt.reference}) é de outro pagamento igual a este."
        record_doubt(order, account, seen)
        return
    order.reference = receipt.reference
    order.bank_amount = receipt.amount or order.bank_amount
    order.absent_since = None
    order.save(update_fields=["reference", "bank_amount", "absent_since"])
    hear_creditors([(order, receipt.creditor, receipt.amount)])
    source = receipt.reason or f"{account.bank_said.begins} recebeu o pagamento."
    apply_state(order, receipt.state, source=source, reason=receipt.reason, day=receipt.day)


def requeue_after_absence(order: PaymentOrder, account: BankAccount) -> None:
    """Absence is believed the second time, some time apart; the order is then queued again.

    A boleto that was approved in between is in no list: a statement read since must not show it.
    """
    now = database_now()
    if order.absent_since is None:
        order.absent_since = now
        order.save(update_fields=["absent_since"])
    elif now - order.absent_since < timedelta(seconds=settings.ASK_AGAIN_SECONDS):
        return
    elif order.rail == Rail.BOLETO and not statement_agrees(order, account):
        record_doubt(
            order,
            account,
            "O pagamento não aparece nas listas do banco, e o extrato ainda não confirma.",
        )
    else:
        requeue(
            order, f"{account.bank_said.begins} confirmou duas vezes que não recebeu o pagamento."
        )


def statement_agrees(order: PaymentOrder, account: BankAccount) -> bool:
    """Whether the statement, read after the order was first missed, holds no debit like it. One
    that is not proved, or has what was not read, may hold it and not show it."""
    if account.synced_at is None or order.absent_since is None:
        return False
    if account.proof != BankAccount.Proof.PROVED:
        return False
    return account.synced_at > order.absent_since and debit_of(order) is None


def record_doubt(order: PaymentOrder, account: BankAccount, seen: str) -> None:
    """What was seen is kept; after the bank's own time a person is asked, once."""
    if seen and (seen := shorten(seen, 600)) != order.seen:
        order.seen = seen
        order.save(update_fields=["seen"])
    patience = registry.info(account.provider).tell_a_person_after
    if order.needs_person or database_now() - sent_at_of(order) < patience:
        return
    order.needs_person = True
    order.save(update_fields=["needs_person"])
    note(
        order.payable,
        NEEDS_CHECKING,
        f"{account.bank_said.begins} não confirma se recebeu este pagamento. Confira no "
        "aplicativo do banco e no extrato; ele não será reenviado automaticamente. "
        f"{order.seen}".strip(),
        tone=Tone.BAD,
    )


# Come back or not, what the bank did for it is still to be seen there.
KNOWN_TO_THE_BANK = (
    OrderStatus.AT_BANK,
    OrderStatus.SCHEDULED,
    OrderStatus.PAID,
    OrderStatus.RETURNED,
)


def twins_of(order: PaymentOrder) -> int:
    """How many others of its value, to its payee or for its title, the bank has since that day.

    Runs inside the company's scope.
    """
    sent_on = sao_paulo_day(order.first_sent_at or order.created_at)
    since, _ = day_bounds(sent_on)
    same_debt = (
        Q(content__linha_digitavel=order.content["linha_digitavel"])
        if order.rail == Rail.BOLETO
        else Q(payable__payee=order.payable.payee_id)
    )
    others = PaymentOrder.objects.of(order.tenant_id).filter(
        same_debt,
        bank_account=order.bank_account_id,
        rail=order.rail,
        amount=order.amount,
        first_sent_at__gte=since,
        status__in=KNOWN_TO_THE_BANK,
    )
    return others.exclude(id=order.id).count()
