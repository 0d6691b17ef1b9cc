"""Bring an account's statement up to date with its bank."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import reduce
from math import ceil
from uuid import UUID

from django.conf import settings
from django.db.models import F
from django.utils.module_loading import import_string

from banking.banks import registry
from banking.banks.contract.adapter import BankAdapter
from banking.banks.contract.errors import BankError, BankUnavailable, ConsentLost
from banking.banks.contract.info import Capability
from banking.connections.webhook_registration import register_webhooks
from banking.gateway import circuit_breaker
from banking.gateway.circuit_breaker import BankCircuitOpen
from banking.gateway.connect import connect
from banking.gateway.plan_check import check_plan
from banking.models import BankAccount, Connection
from banking.statements.store import store_daily_balances, store_pages
from brazil.banking_days import sao_paulo_day
from core.clock import database_now
from core.dates import clock
from core.errors import InvalidState
from tenants.models import Tenant
from tenants.scope import across_tenants, tenant_scope

FIRST_SYNC = timedelta(days=90)
# After a long pause the statement is read piece by piece: banks limit what one request may span
# (the Conta Kamino to 366 days), and say so or not.
LONGEST_READING = FIRST_SYNC
ONE_DAY = timedelta(days=1)
# Banks add lines to days that are over; reading a week again finds them.
OVERLAP = timedelta(days=7)
# Longer than the slowest statement takes; a worker that died frees the account after it.
LEASE = timedelta(minutes=10)
# Accounts that a tick may always take.
SMALLEST_SHARE = 8


@dataclass(frozen=True, slots=True)
class SyncResult:
    new_lines: int
    changed_lines: int
    difference: Decimal  # reais: the bank's closing balance minus the sum of our lines

    def and_then(self, later: "SyncResult") -> "SyncResult":
        """Two stretches of days as one; what does not agree in either stays so."""
        return SyncResult(
            self.new_lines + later.new_lines,
            self.changed_lines + later.changed_lines,
            later.difference or self.difference,
        )

    def followed_by(self, other: "SyncResult") -> "SyncResult":
        """Two readings of the same days: the later one says whether the sums agree."""
        return SyncResult(
            self.new_lines + other.new_lines,
            max(self.changed_lines, other.changed_lines),
            other.difference,
        )


def due_accounts(now: datetime) -> list[tuple[UUID, UUID]]:
    """(company, account) of those whose time has come, the longest waiting first.

    After a pause all are due at once; a tick takes only the share of the accounts that brings
    each its turn within an interval, so that banks and workers see no wave. Those of a bank that
    does not answer wait for it.
    """
    interval = timedelta(minutes=settings.SYNC_INTERVAL_MINUTES)
    with across_tenants():
        accounts = BankAccount.objects.connected().in_plan()
        share = ceil(accounts.count() * settings.TICK_SECONDS / interval.total_seconds())
        due = (
            accounts.due_for_sync(now, interval)
            .exclude(provider__in=circuit_breaker.paused(now))
            .order_by(F("sync_started_at").asc(nulls_first=True), "id")
        )
        return list(due.values_list("tenant_id", "id")[: max(SMALLEST_SHARE, share)])


def check_can_sync(account: BankAccount, tenant: Tenant) -> None:
    """
    Raises:
        InvalidState: the account is not connected, or its bank asked to wait.
        NotAllowed: the company's plan does not have this bank.
    """
    if not account.is_connected:
        raise InvalidState("O vínculo desta conta precisa ser refeito antes de sincronizar.")
    check_plan(tenant, registry.info(account.provider))
    if account.sync_wait_until and account.sync_wait_until > database_now():
        raise InvalidState(
            f"O banco {account.bank_name} limitou as consultas: o extrato pode ser atualizado "
            f"de novo às {clock(account.sync_wait_until)}.",
            code="bank_asked_to_wait",
        )


def sync_account(tenant_id: UUID, account_id: UUID) -> SyncResult | None:
    """Read balance and statement of the last days and store what is new.

    The window overlaps the last sync by a week (90 days the first time); running it twice stores
    nothing twice. None when another worker has the account, when it is not connected, or when the
    bank failed: the reason then stands on the account, and the next run covers the same days.
    To be called outside of scopes.
    """
    now = database_now()
    with tenant_scope(tenant_id):
        accounts = BankAccount.objects.of(tenant_id).connected().in_plan()
        before = accounts.filter(id=account_id).values_list("sync_started_at", flat=True).first()
        if not accounts.claim_sync(account_id, now, LEASE):
            return None
        account = accounts.select_related("connection").filter(id=account_id).first()
        if account is None:  # undone since the claim, and no worker has it
            mine = BankAccount.objects.of(tenant_id).filter(id=account_id)
            mine.update(sync_leased_until=None)
            return None
    try:
        if account.connection.webhook_registered_at is None:
            register_webhooks(account.connection)
        with connect(account.connection, needing=Capability.FETCH_STATEMENT) as bank:
            result = read_statement(account, bank, sao_paulo_day(now))
            if result.difference:  # a movement may have arrived between two pages
                again = read_statement(account, bank, sao_paulo_day(now))
                result = result.followed_by(again)
            balance = bank.fetch_balance()
    except BankCircuitOpen as error:
        # The bank was not asked: the account keeps its turn.
        end_sync(
            account, sync_error=str(error), sync_started_at=before, sync_wait_until=error.until
        )
        return None
    except BankError as error:
        wait = error.retry_after if isinstance(error, BankUnavailable) else None
        end_sync(
            account,
            sync_error=failure_message(account, error),
            sync_wait_until=now + timedelta(seconds=wait) if wait else None,
        )
        return None
    broken = result.difference or result.changed_lines
    end_sync(
        account,
        synced_at=now,
        balance=balance,
        balance_at=database_now(),
        proof=BankAccount.Proof.BROKEN if broken else BankAccount.Proof.PROVED,
        proof_difference=result.difference,
    )
    tell_of_statement(account)
    return result


def tell_of_statement(account: BankAccount) -> None:
    """Apps above do what follows from its lines: those that `settings.ON_STATEMENT_READ` names.

    It is stored already; what breaks here is done after the next reading.
    """
    with tenant_scope(account.tenant_id):
        for name in settings.ON_STATEMENT_READ:
            import_string(name)(account)


def read_statement(account: BankAccount, bank: BankAdapter, today: date) -> SyncResult:
    """All that is missing up to today, stored as it comes, and what it proves."""
    read = [read_days(account, bank, *days) for days in stretches(first_day(account, today), today)]
    return reduce(SyncResult.and_then, read)


def stretches(since: date, until: date) -> list[tuple[date, date]]:
    """The days since..until, both included, in one or more pieces, the oldest first."""
    pieces = []
    while until - since > LONGEST_READING:
        pieces.append((since, since + LONGEST_READING))
        since += LONGEST_READING + ONE_DAY
    return [*pieces, (since, until)]


def read_days(account: BankAccount, bank: BankAdapter, since: date, until: date) -> SyncResult:
    stored = store_pages(account, bank.fetch_statement(since, until))
    with tenant_scope(account.tenant_id):
        closing = store_daily_balances(account, since, until, stored.last_page.opening)
    return SyncResult(stored.new, stored.changed, difference=stored.last_page.closing - closing)


def first_day(account: BankAccount, today: date) -> date:
    if account.synced_at is None:
        return today - FIRST_SYNC
    return min(sao_paulo_day(account.synced_at), today) - OVERLAP


def failure_message(account: BankAccount, error: BankError) -> str:
    if isinstance(error, ConsentLost):
        return f"{account.bank_name} não reconhece mais a autorização: refaça o vínculo."
    return error.with_reason()[:300]


def request_sync(connection: Connection) -> None:
    """The bank told of something that the statement will show: the next tick reads it."""
    with tenant_scope(connection.tenant_id):
        BankAccount.objects.of(connection.tenant_id).filter(connection=connection).update(
            sync_hinted_at=database_now()
        )


def end_sync(account: BankAccount, **changes: object) -> None:
    with tenant_scope(account.tenant_id):
        BankAccount.objects.of(account.tenant_id).filter(id=account.id).update(
            sync_leased_until=None, **changes
        )
