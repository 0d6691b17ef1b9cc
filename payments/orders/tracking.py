"""Follow what was sent, until it ends: one round for an account, by one worker at a time.

Everything here finds its work in the rows and may run at any time, twice, or late. What happens
asks for a round: the row says that one is wanted, and only who writes that tells a worker, so a
thousand notices are one message. What comes during a round causes one more. A message that is lost
leaves the row as it is, where the clock finds it.
"""

from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from banking.banks.contract.errors import BankAccessDenied, BankUnavailable
from banking.banks.contract.info import Capability
from banking.gateway.connect import connect
from banking.models import BankAccount, BankEvent
from core import lease
from core.clock import database_now
from core.enqueue import enqueue
from payments.models import PaymentOrder, TrackingRound, waiting
from payments.orders.cancellation import cancel_requested_orders
from payments.orders.evidence import match_statement
from payments.orders.give_back import give_back_what_may_not_leave, give_back_what_was_undone
from payments.orders.status_polling import poll_open_orders
from payments.orders.transitions import abandon_stale_sends
from payments.orders.unknown import ask_about_unknown, record_unreachable_bank
from payments.states import OPEN_AT_BANK, OrderStatus
from tenants.models import TenantQuerySet
from tenants.scope import across_tenants, tenant_scope


def ask_for_round(tenant_id: UUID, account_id: UUID) -> None:
    """Have an account followed soon, once what is written now is committed.

    After the commit, for a round that begins before it would not see what it is asked to look at.
    """
    transaction.on_commit(partial(want_round, tenant_id, account_id))


def want_round(tenant_id: UUID, account_id: UUID) -> None:
    with tenant_scope(tenant_id):
        mine = round_of(tenant_id, account_id)
        if mine.filter(wanted_at=None).update(wanted_at=database_now()):
            enqueue("payments.tasks.follow_account", str(tenant_id), str(account_id))


def round_of(tenant_id: UUID, account_id: UUID) -> TenantQuerySet:
    """The account's one row, made when it is not there yet. Runs inside the company's scope."""
    row = TrackingRound(tenant_id=tenant_id, bank_account_id=account_id)
    TrackingRound.objects.bulk_create([row], ignore_conflicts=True)
    return TrackingRound.objects.of(tenant_id).filter(bank_account=account_id)


def unfinished(now: datetime) -> list[tuple[UUID, UUID]]:
    """(company, account) of each account with something to follow now, and nobody who does."""
    with across_tenants():
        open_status = Q(status__in=[OrderStatus.SENDING, OrderStatus.UNKNOWN, *OPEN_AT_BANK])
        may_come_back = Q(status=OrderStatus.PAID, watch_until__gt=now)
        orders = PaymentOrder.objects.filter(waiting(now), open_status | may_come_back)
        late = PaymentOrder.objects.filter(status=OrderStatus.QUEUED)
        events = BankEvent.objects.filter(handled_at=None)
        rounds = TrackingRound.objects
        pairs = {
            *orders.values_list("tenant_id", "bank_account_id"),
            *late.values_list("tenant_id", "bank_account_id"),
            *events.values_list("tenant_id", "connection__accounts"),
            *rounds.exclude(wanted_at=None).values_list("tenant_id", "bank_account_id"),
        } - set(rounds.exclude(lease.is_free(now)).values_list("tenant_id", "bank_account_id"))
    return sorted(pair for pair in pairs if pair[1] is not None)


def follow_account(tenant_id: UUID, account_id: UUID) -> bool:
    """One round for an account, unless another worker is at one. True: one more is wanted since.

    To be called outside of scopes: it calls the bank.
    """
    with tenant_scope(tenant_id):
        lasts = timedelta(seconds=settings.SEND_LEASE_SECONDS)
        token = lease.take(round_of(tenant_id, account_id), lasts, wanted_at=None)
    if token is None:
        return False
    try:
        go_round(tenant_id, account_id)
    finally:
        with tenant_scope(tenant_id):
            mine = round_of(tenant_id, account_id)
            is_ours = lease.give_back(mine, token)
            is_wanted = mine.exclude(wanted_at=None).exists()
    return is_ours and is_wanted


def go_round(tenant_id: UUID, account_id: UUID) -> None:
    now = database_now()
    with tenant_scope(tenant_id):
        account = BankAccount.objects.of(tenant_id).select_related("connection").get(id=account_id)
        abandon_stale_sends(account, now)
    # A transaction each: each takes its orders in one order, and holds none of the step before.
    with tenant_scope(tenant_id):
        give_back_what_may_not_leave(account, now)
    with tenant_scope(tenant_id):
        give_back_what_was_undone(account)
    with tenant_scope(tenant_id):
        match_statement(account)
    if not account.is_connected:
        with tenant_scope(tenant_id):
            record_unreachable_bank(
                account, f"A conexão com {account.bank_said.the} precisa ser refeita."
            )
        return
    try:
        with connect(account.connection, needing=Capability.ORDER_STATUSES) as bank:
            ask_about_unknown(account, bank)
            cancel_requested_orders(account, bank)
            poll_open_orders(account, bank, now)
    except (BankUnavailable, BankAccessDenied) as error:  # the connection was not opened
        with tenant_scope(tenant_id):
            record_unreachable_bank(account, str(error))
    with tenant_scope(tenant_id):
        match_statement(account)
