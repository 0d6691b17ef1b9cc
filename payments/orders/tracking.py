"""Follow what was sent, until it ends: one round for an account.

Everything here finds its work in the rows and may run at any time, twice, or late.
"""

from datetime import datetime
from uuid import UUID

from django.db.models import Q

from banking.banks.contract.errors import BankAccessDenied, BankUnavailable
from banking.banks.contract.info import Capability
from banking.gateway.connect import connect
from banking.models import BankAccount, BankEvent
from core.clock import database_now
from payments.models import PaymentOrder, waiting
from payments.orders.cancellation import cancel_requested_orders
from payments.orders.evidence import match_statement
from payments.orders.give_back import give_back_what_missed_the_day, give_back_what_was_undone
from payments.orders.status_polling import poll_open_orders
from payments.orders.transitions import abandon_stale_sends
from payments.orders.unknown import ask_about_unknown, record_unreachable_bank
from payments.states import OPEN_AT_BANK, OrderStatus
from tenants.scope import across_tenants, tenant_scope


def unfinished(now: datetime) -> list[tuple[UUID, UUID]]:
    """(company, account) of each account with something to follow now."""
    with across_tenants():
        open_status = Q(status__in=[OrderStatus.SENDING, OrderStatus.UNKNOWN, *OPEN_AT_BANK])
        may_come_back = Q(status=OrderStatus.PAID, watch_until__gt=now)
        orders = PaymentOrder.objects.filter(waiting(now), open_status | may_come_back)
        late = PaymentOrder.objects.filter(status=OrderStatus.QUEUED)
        events = BankEvent.objects.filter(handled_at=None)
        pairs = {
            *orders.values_list("tenant_id", "bank_account_id"),
            *late.values_list("tenant_id", "bank_account_id"),
            *events.values_list("tenant_id", "connection__accounts"),
        }
    return sorted(pair for pair in pairs if pair[1] is not None)


def follow_account(tenant_id: UUID, account_id: UUID) -> None:
    """One round for an account. To be called outside of scopes: it calls the bank."""
    now = database_now()
    with tenant_scope(tenant_id):
        account = BankAccount.objects.of(tenant_id).select_related("connection").get(id=account_id)
        abandon_stale_sends(account, now)
    # A transaction each: each takes its orders in one order, and holds none of the step before.
    with tenant_scope(tenant_id):
        give_back_what_missed_the_day(account, now)
    with tenant_scope(tenant_id):
        give_back_what_was_undone(account)
    with tenant_scope(tenant_id):
        match_statement(account)
    if not account.is_connected:
        with tenant_scope(tenant_id):
            record_unreachable_bank(
                account, f"A conexão com {account.bank_name} precisa ser refeita."
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
