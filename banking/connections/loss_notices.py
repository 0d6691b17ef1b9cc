"""People are told of a connection that the bank no longer accepts, once."""

from datetime import datetime, timedelta
from uuid import UUID

from banking.banks.contract.info import ConnectBy
from banking.connections.addresses import redo_address_of
from banking.models import BankAccount, Connection
from tenants.models import Notice, Role
from tenants.notices import News, notify, untold, withdraw
from tenants.scope import across_tenants, tenant_scope

LOST, DENIED = "lost:", "denied:"
# Those who may connect it again.
TOLD = (Role.ADMIN, Role.FINANCE)
IS_NEWS_FOR = timedelta(days=30)
# What was lost before is known by now.
TELL_WITHIN = timedelta(days=7)


def notify_of_losses(now: datetime) -> None:
    """Tell what was lost, and take back what is true no longer. Safe to call again.

    To be called outside of scopes.
    """
    for prefix in (LOST, DENIED):
        for tenant_id, connection_id, _ in untold(lost_connections(prefix, now), prefix):
            tell(tenant_id, connection_id, prefix, now)
        for tenant_id, subject in told_subjects(prefix):
            withdraw_redone(tenant_id, subject, prefix)


def lost_connections(prefix: str, now: datetime) -> list[tuple[UUID, UUID, str]]:
    """(company, connection, step) of those that ended, or are refused, since lately."""
    since = now - TELL_WITHIN
    accounts = BankAccount.objects.in_plan()
    if prefix == LOST:
        when = "connection__lost_at"
        accounts = accounts.filter(connection__status=Connection.Status.LOST)
    else:
        when = "connection__denied_at"
        accounts = accounts.connected()
    with across_tenants():
        rows = accounts.filter(**{f"{when}__gt": since})
        return [
            (tenant, connection, step_of(at))
            for tenant, connection, at in rows.values_list("tenant_id", "connection_id", when)
        ]


def step_of(at: datetime) -> str:
    """That it happens again is news again."""
    return f"{at:%Y%m%d%H%M%S}"


def told_subjects(prefix: str) -> list[tuple[UUID, str]]:
    with across_tenants():
        told = Notice.objects.filter(subject__startswith=prefix, closed_at=None)
        return list(told.values_list("tenant_id", "subject").distinct())


def account_of(tenant_id: UUID, connection_id: UUID | str, prefix: str) -> BankAccount | None:
    """The account, while what is told of its connection is true. Runs inside the scope."""
    accounts = BankAccount.objects.of(tenant_id).in_plan().filter(connection_id=connection_id)
    account: BankAccount | None = accounts.select_related("connection", "tenant").first()
    if account is None or account.connection is None:
        return None
    connection = account.connection
    if prefix == LOST:
        return account if connection.status == Connection.Status.LOST else None
    is_denied = connection.is_active and connection.denied_at is not None
    # Where the bank knows us by credentials of our own, the company can do nothing.
    return account if is_denied and connection.bank_mode.by is ConnectBy.FORM else None


def tell(tenant_id: UUID, connection_id: UUID, prefix: str, now: datetime) -> None:
    with tenant_scope(tenant_id):
        account = account_of(tenant_id, connection_id, prefix)
        if account is not None:
            notify(account.tenant, TOLD, news_of(account, prefix, now))


def news_of(account: BankAccount, prefix: str, now: datetime) -> News:
    connection = account.connection
    assert connection is not None  # as account_of found it
    at = connection.lost_at if prefix == LOST else connection.denied_at
    if prefix == LOST:
        title = f"O vínculo {account.said.of} precisa ser refeito."
        why = f"{account.bank_said.begins} não reconhece mais a autorização."
    else:
        title = f"{account.bank_said.begins} recusou as credenciais {account.said.of}."
        why = "Confira a aplicação no banco e, se for o caso, refaça o vínculo."
    return News(
        subject=f"{prefix}{connection.id}",
        step=step_of(at or now),
        title=title[:120],
        text=f"{why} Até lá, o extrato e os pagamentos desta conta ficam parados; nada é perdido "
        "nem duplicado.",
        action="Refazer o vínculo",
        url=redo_address_of(account),
        until=now + IS_NEWS_FOR,
    )


def withdraw_redone(tenant_id: UUID, subject: str, prefix: str) -> None:
    """The account has another connection, its credentials are taken again, or it was undone."""
    with tenant_scope(tenant_id):
        if account_of(tenant_id, subject.removeprefix(prefix), prefix) is None:
            withdraw(tenant_id, [subject])
