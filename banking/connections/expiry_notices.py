"""People are told 15, 7 and 1 days before a consent ends, once each, in time to renew it."""

from datetime import datetime, timedelta
from uuid import UUID

from banking.connections.addresses import redo_address_of
from banking.connections.expiry import STEPS, days_left, ends_at, in_days
from banking.models import BankAccount, Connection
from brazil.banking_days import sao_paulo_day
from tenants.models import Notice, Role, Tenant
from tenants.notices import News, notify, withdraw
from tenants.scope import across_tenants, tenant_scope

WINDOW = timedelta(days=STEPS[0] + 1)
PREFIX = "consent:"
# Those who may go through the consent again.
TOLD = (Role.ADMIN, Role.FINANCE)


def notify_of_endings(now: datetime) -> None:
    """Tell what has come near, and take back what is true no longer. Safe to call again.

    To be called outside of scopes.
    """
    for tenant_id, account_id in ending_accounts(now):
        tell(tenant_id, account_id, now)
    for tenant_id, subject in told_subjects():
        withdraw_ended(tenant_id, subject, now)


def ending_accounts(now: datetime) -> list[tuple[UUID, UUID]]:
    """(company, account) of those whose connection may end within the days of the first telling."""
    with across_tenants():
        accounts = BankAccount.objects.connected().in_plan()
        ending = accounts.filter(
            connection__keep_alive_at=None,
            connection__refresh_by__gt=now,
            connection__refresh_by__lte=now + WINDOW,
        )
        return list(ending.values_list("tenant_id", "id"))


def told_subjects() -> list[tuple[UUID, str]]:
    with across_tenants():
        told = Notice.objects.filter(subject__startswith=PREFIX, closed_at=None)
        return list(told.values_list("tenant_id", "subject").distinct())


def tell(tenant_id: UUID, account_id: UUID, now: datetime) -> None:
    with tenant_scope(tenant_id):
        account = (
            BankAccount.objects.of(tenant_id)
            .select_related("connection", "tenant")
            .get(id=account_id)
        )
        connection = account.connection
        if connection is None or (days := days_left(connection, now)) is None:
            return
        step = min(step for step in STEPS if days <= step)
        notify(account.tenant, TOLD, news_of(account, connection, days, step))


def news_of(account: BankAccount, connection: Connection, days: int, step: int) -> News:
    end = ends_at(connection)
    assert end is not None
    return News(
        subject=f"{PREFIX}{connection.id}",
        step=str(step),
        title=f"A autorização {account.said.of} termina {in_days(days)}, "
        f"{sao_paulo_day(end):%d/%m/%Y}.",
        text="Depois disso, o extrato e os pagamentos desta conta param. Renove antes: nada é "
        "interrompido e nenhum lançamento é duplicado.",
        action="Renovar o vínculo",
        url=redo_address_of(account),
        until=end,
    )


def withdraw_ended(tenant_id: UUID, subject: str, now: datetime) -> None:
    """The connection was renewed by another one, was lost, or its company's plan left the bank."""
    with tenant_scope(tenant_id):
        tenant = Tenant.objects.get(id=tenant_id)
        found = BankAccount.objects.of(tenant).in_plan().select_related("connection")
        account = found.filter(connection_id=subject.removeprefix(PREFIX)).first()
        if account is None or days_left(account.connection, now) is None:
            withdraw(tenant, [subject])
