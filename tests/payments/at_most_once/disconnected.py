"""An account that is undone and redone, with much on its way; its two halves and what they keep."""

from datetime import date, timedelta
from typing import Any

import time_machine

from banking.connections.disconnect import disconnect_account
from banking.models import BankAccount, Connection
from banking.statements.sync import sync_account
from payments.orders.send import send_queued
from tenants.models import Tenant, User
from tenants.scope import tenant_scope
from tests.banking.factories import granted, make_connection, reread, stored_lines
from tests.cora_simulator import CoraSimulator
from tests.examples import examples
from tests.payments.at_most_once import bills

LINES = examples(1_000)  # several pages of its bank
# Longer than the leases of whoever was killed.
LATER = timedelta(minutes=3)


def make_busy(account: BankAccount, tenant: Tenant, cora: CoraSimulator) -> BankAccount:
    """LINES, 40 open bills of which 2 are in the queue, and 3 orders at the bank."""
    sync_account(tenant.id, account.id)  # what the bank has from its first day
    missing = LINES - stored_lines(account)
    cora.generate_entries(missing, date(2026, 11, 17), date(2026, 11, 20))
    sync_account(tenant.id, account.id)
    assert stored_lines(account) == LINES
    for _ in range(38):
        bills.enter_ted(tenant)
    bills.queue([bills.enter_ted(tenant, f"{n}.00") for n in (11, 12, 13)])
    assert send_queued(tenant.id, account.id) == 3
    bills.queue([bills.enter_ted(tenant, f"{n}.00") for n in (21, 22)])
    assert bills.statuses(tenant) == {"at_bank": 3, "queued": 2}
    return reread(account)


def undo_it(account: BankAccount, tenant: Tenant, by: User) -> None:
    with tenant_scope(tenant.id):
        disconnect_account(account, tenant, by=by, typed=tenant.name)


def redo(account: BankAccount, tenant: Tenant, by: User, cora: CoraSimulator) -> Connection:
    """The consent is given again; a worker has still to open it."""
    opening = Connection.Status.OPENING
    return make_connection(tenant, by, grant=granted(cora), status=opening, redoes=account)


def connection_of(account: BankAccount) -> Connection:
    with tenant_scope(account.tenant_id):
        account = BankAccount.objects.of(account.tenant_id).get(id=account.id)
        return Connection.objects.of(account.tenant_id).get(id=account.connection_id)


def facts(account: BankAccount) -> dict[str, Any]:
    """What an undo and a redo leave as it is."""
    now = reread(account)
    kept = ("id", "ledger_account_id", "is_preferred", "modo_banking_from", "balance", "proof")
    with tenant_scope(account.tenant_id):
        days = list(now.daily_balances.order_by("day").values_list("day", "closing"))
    return {
        **{name: getattr(now, name) for name in kept},
        "lines": stored_lines(account),
        "days": days,
        "books": bills.book_balance(account),
        "entries": bills.entries(account.tenant_id),
    }


def later(monday: time_machine.Traveller, cora: CoraSimulator) -> None:
    monday.shift(LATER)
    cora.advance(LATER.total_seconds())
