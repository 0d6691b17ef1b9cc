"""Undo a connection: from then on nothing reaches the bank through it, and its secrets go.

The account, its lines, balances, Conta do Ativo and settings stay. What calls the bank is done in
the background, found in the row: the connection is undone and still holds credentials.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import Q
from django.utils.module_loading import import_string

from audit.acts import Act
from audit.services import record
from banking.banks import registry
from banking.banks.contract.auth import Grant
from banking.banks.contract.errors import BankAccessDenied, BankError, BankRejected
from banking.connections.webhook_registration import digest
from banking.gateway import circuit_breaker, rate_limit
from banking.gateway.credentials import CredentialsUnreadable, unseal
from banking.models import BankAccount, Connection
from core.clock import database_now
from core.errors import InvalidInput, InvalidState
from tenants.models import Tenant, TenantQuerySet, User
from tenants.scope import across_tenants, tenant_scope

# How long a bank that does not answer is asked to revoke; then the secrets are erased anyway.
REVOKE_LASTS = timedelta(hours=1)
# Longer than the bank may take; also how soon it is asked again.
LEASE = timedelta(seconds=75)

MAY_BE_UNDONE = (Connection.Status.ACTIVE, Connection.Status.LOST)

REVOKED = "O banco confirmou o fim da autorização."
REVOKED_BEFORE = "O banco já não reconhecia a autorização."
NO_WAY = "Este banco só encerra a autorização no aplicativo dele: remova o Kamino lá."
NOT_CONFIRMED = "O banco não confirmou o fim da autorização: remova o Kamino no aplicativo dele."


def undo_connection(account: BankAccount, tenant: Tenant, *, by: User, typed: str) -> Connection:
    """Mark the account's connection as undone. `typed` is the company's name, as a confirmation.

    Runs inside the company's scope. A second click changes nothing.

    Raises:
        InvalidInput: the name is not the company's.
        InvalidState: there is no connection to undo.
    """
    if " ".join(typed.split()).casefold() != " ".join(tenant.name.split()).casefold():
        raise InvalidInput(
            f"Digite «{tenant.name}», exatamente como está escrito aqui.", field="name"
        )
    # As `adopt_account` does: a connection that is being made waits for us, or we for it.
    accounts = BankAccount.objects.of(tenant).select_for_update(no_key=True)
    connection = accounts.get(id=account.id).connection
    mine = Connection.objects.of(tenant).filter(id__in=[connection.id] if connection else [])
    if not mine.filter(status__in=MAY_BE_UNDONE).update(
        status=Connection.Status.UNDONE,
        status_reason="",
        undone_at=database_now(),
        undone_by=by,
        keep_alive_at=None,
        refresh_by=None,
    ):
        raise InvalidState("O vínculo desta conta já está desfeito.")
    undone: Connection = mine.get()
    account.connection = undone
    return undone


@dataclass(frozen=True, slots=True)
class Consequence:
    """What an app above did to its rows because a connection ended."""

    records: Mapping[str, str]  # for the audit, in Portuguese
    sentence: str = ""  # for the person, in Portuguese; empty when there is nothing to say


def disconnect_account(
    account: BankAccount, tenant: Tenant, *, by: User, typed: str
) -> list[Consequence]:
    """Undo the account's connection, with all that follows for what the apps above hold.

    Those are named in `settings.ON_DISCONNECT`. Runs inside the company's scope, all or nothing.

    Raises:
        InvalidInput: `typed` is not the company's name.
        InvalidState: there is no connection to undo.
    """
    undo_connection(account, tenant, by=by, typed=typed)
    consequences: list[Consequence] = [
        import_string(name)(account, by=by) for name in settings.ON_DISCONNECT
    ]
    after = {"Vínculo": "desfeito"}
    for consequence in consequences:
        after |= consequence.records
    record(Act.CONNECTION_UNDONE, on=account, by=by, before={"Vínculo": "ativo"}, after=after)
    return consequences


def still_open() -> Q:
    """Undone, and its secrets are still here."""
    return Q(status=Connection.Status.UNDONE) & ~Q(credentials=b"")


def free(now: datetime) -> Q:
    return Q(refresh_leased_until=None) | Q(refresh_leased_until__lte=now)


def unclosed_connections() -> list[tuple[UUID, UUID]]:
    """(company, connection) of those that no worker is closing."""
    with across_tenants():
        rows = Connection.objects.filter(still_open(), free(database_now()))
        return list(rows.values_list("tenant_id", "id"))


def close_connection(tenant_id: UUID, connection_id: UUID) -> bool:
    """Have the bank revoke our access, then erase the secrets. False when it is to be tried again.

    Safe to call again, and from two workers. To be called outside of scopes.
    """
    connection = claim_closing(tenant_id, connection_id)
    if connection is None:
        return False
    try:
        told = forget_at_bank(connection)
    except BankError:
        assert connection.undone_at is not None  # it is claimed as undone
        if connection.undone_at > database_now() - REVOKE_LASTS:
            return False  # the lease says when it is asked again
        told = NOT_CONFIRMED
    with tenant_scope(tenant_id):
        row_of(tenant_id, connection_id).update(
            credentials=b"",
            # The bank's own address of us opens nothing any more.
            webhook_digest=digest(secrets.token_urlsafe(32)),
            webhook_key=b"",
            status_reason=told,
            refresh_leased_until=None,
        )
        record(Act.CONNECTION_CLOSED, on=connection, by=None, why=told)
    return True


def claim_closing(tenant_id: UUID, connection_id: UUID) -> Connection | None:
    """By the lease of the token: a refresh under way ends first, and its tokens are the last."""
    now = database_now()
    with tenant_scope(tenant_id):
        row = row_of(tenant_id, connection_id).filter(still_open())
        if not row.filter(free(now)).update(refresh_leased_until=now + LEASE):
            return None
        connection: Connection = row.get()
        return connection


def forget_at_bank(connection: Connection) -> str:
    """What came of it, as a Portuguese sentence. May raise a BankError: try again later."""
    try:
        grant = unseal(bytes(connection.credentials), connection.id)
    except CredentialsUnreadable:
        return NOT_CONFIRMED
    try:
        return REVOKED if revoke(connection.provider, grant) else NO_WAY
    except (BankAccessDenied, BankRejected):
        return REVOKED_BEFORE


def revoke(provider: str, grant: Grant) -> bool:
    bank = registry.find(provider)
    circuit_breaker.refuse_while_open(provider)
    with bank.consent(grant) as consent:
        rate_limit.spend(bank.info, consent.client_id(grant), by_person=False)
        with circuit_breaker.watch_call(provider):
            return consent.revoke(grant)


def close_earlier(tenant_id: UUID, provider: str) -> bool:
    """Before a bank is connected again: what is undone there is closed. False when not yet.

    A bank may give the new connection what the old one had; ending that later would end both.
    """
    with tenant_scope(tenant_id):
        rows = Connection.objects.of(tenant_id).filter(still_open(), provider=provider)
        earlier = list(rows.values_list("id", flat=True))
    closed = [close_connection(tenant_id, connection_id) for connection_id in earlier]
    return all(closed)


def row_of(tenant_id: UUID, connection_id: UUID) -> TenantQuerySet:
    return Connection.objects.of(tenant_id).filter(id=connection_id)
