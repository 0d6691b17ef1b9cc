"""Bring an account's statement up to date with its bank."""

from datetime import datetime, timedelta
from math import ceil
from uuid import UUID

from django.conf import settings
from django.db.models import F
from django.utils.module_loading import import_string

from banking.banks import registry
from banking.banks.contract.errors import BankError, BankUnavailable, ConsentLost
from banking.banks.contract.info import Capability
from banking.connections.webhook_registration import register_webhooks
from banking.gateway import circuit_breaker
from banking.gateway.circuit_breaker import BankCircuitOpen
from banking.gateway.connect import connect
from banking.gateway.plan_check import check_plan
from banking.models import BankAccount, Connection
from banking.statements.continuity import SyncResult, read_statement
from banking.statements.lease import LeaseLost, free_lease
from brazil.banking_days import sao_paulo_day
from core.clock import database_now
from core.dates import clock
from core.errors import InvalidState
from core.text import shorten
from tenants.models import Tenant
from tenants.scope import across_tenants, tenant_scope

# Longer than the slowest statement takes; a worker that died frees the account after it.
LEASE = timedelta(minutes=10)
BROKE_DOWN = "A importação do extrato foi interrompida por um erro do sistema e será repetida."
# Accounts that a tick may always take.
SMALLEST_SHARE = 8


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
    if account.is_by_file:
        raise InvalidState("O extrato desta conta vem por arquivo.", code="by_file")
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

    The window overlaps the last sync by a week (90 days the first time), and goes further back when
    it does not join what is stored; running it twice stores nothing twice. None when another worker
    has the account or took it over, when it is not connected, or when the bank failed: the reason
    then stands on the account, and the next run covers the same days. What else breaks it is
    raised, and the account says that it broke. To be called outside of scopes.
    """
    now = database_now()
    with tenant_scope(tenant_id):
        accounts = BankAccount.objects.of(tenant_id).connected().in_plan()
        before = accounts.filter(id=account_id).values_list("sync_started_at", flat=True).first()
        lease = accounts.claim_sync(account_id, now, LEASE)
        if lease is None:
            return None
        account = accounts.select_related("connection").filter(id=account_id).first()
        if account is None:  # undone since the claim, and no worker has it
            mine = BankAccount.objects.of(tenant_id).filter(id=account_id, sync_lease=lease)
            mine.update(sync_lease=None, sync_leased_until=None)
            return None
    result: SyncResult | None = None
    ended: dict[str, object] = {"sync_error": BROKE_DOWN}
    try:
        if account.connection.webhook_registered_at is None:
            register_webhooks(account.connection)
        with connect(account.connection, needing=Capability.FETCH_STATEMENT) as bank:
            read = read_statement(account, bank, sao_paulo_day(now))
            balance = bank.fetch_balance()
        result = read
        ended = what_it_proved(read) | {
            "synced_at": now,
            "balance": balance,
            "balance_at": database_now(),
        }
    except BankCircuitOpen as error:
        # The bank was not asked: the account keeps its turn.
        ended = {
            "sync_error": str(error),
            "sync_started_at": before,
            "sync_wait_until": error.until,
        }
    except BankError as error:
        wait = error.retry_after if isinstance(error, BankUnavailable) else None
        ended = {
            "sync_error": failure_message(account, error),
            "sync_wait_until": now + timedelta(seconds=wait) if wait else None,
        }
    except LeaseLost:
        pass  # the other worker says what the sync came to
    finally:
        is_ours = free_lease(account, **ended)
    if result is None or not is_ours:
        return None
    tell_of_statement(account)
    return result


def tell_of_statement(account: BankAccount) -> None:
    """Apps above do what follows from its lines: those that `settings.ON_STATEMENT_READ` names.

    It is stored already; what breaks here is done after the next reading. Each is a transaction of
    its own: the audit is locked last.
    """
    for name in settings.ON_STATEMENT_READ:
        with tenant_scope(account.tenant_id):
            import_string(name)(account)


def what_it_proved(result: SyncResult) -> dict[str, object]:
    proof = BankAccount.Proof.PROVED if result.is_proved else BankAccount.Proof.BROKEN
    return {
        "proof": proof,
        "proof_difference": result.difference,
        "proof_broken_on": result.broken_on,
        "unread_movements": result.unread,
    }


def failure_message(account: BankAccount, error: BankError) -> str:
    if isinstance(error, ConsentLost):
        return f"{account.bank_said.begins} não reconhece mais a autorização: refaça o vínculo."
    return shorten(error.with_reason(), 300)


def request_sync(connection: Connection) -> list[UUID]:
    """The bank told of something that the statement will show: the next tick reads it.

    Returns the accounts that need not wait for the tick. One that was asked for already, or read
    since the last tick, does: many notices at once are one reading.
    """
    now = database_now()
    last_tick = now - timedelta(seconds=settings.TICK_SECONDS)
    with tenant_scope(connection.tenant_id):
        accounts = BankAccount.objects.of(connection.tenant_id).filter(connection=connection)
        unasked = accounts.exclude(sync_hinted_at__gt=F("sync_started_at")).order_by("id")
        rows = unasked.select_for_update(no_key=True).values_list("id", "sync_started_at")
        asked = dict(rows)
        accounts.filter(id__in=asked).update(sync_hinted_at=now)
    return [account for account, started in asked.items() if started and started <= last_tick]
