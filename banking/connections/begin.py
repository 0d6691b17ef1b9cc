"""Begin to connect an account, by whatever the bank's mode asks: consent, a form, accepted terms.

No bank is called here; `banking.connections.complete` does the rest in the background. A consent
has a way of its own: `banking.connections.consent`.
"""

import hashlib
import secrets
from collections.abc import Mapping

from audit.acts import Act
from audit.services import record
from banking.banks import registry
from banking.banks.contract.auth import Grant
from banking.banks.contract.info import ConnectBy, Mode
from banking.connections.addresses import typed_of
from banking.connections.webhook_registration import digest
from banking.gateway.credentials import seal
from banking.gateway.plan_check import check_plan
from banking.models import BankAccount, Connection
from core.clock import database_now
from core.errors import InvalidInput, InvalidState
from core.ids import uuid7
from tenants.models import Tenant, User


def connect_by_form(
    tenant: Tenant,
    provider: str,
    mode: Mode,
    *,
    typed: Mapping[str, str],
    by: User,
    redoes: BankAccount | None = None,
) -> Connection:
    """Keep what a person pasted and uploaded; the bank is called later, in the background.

    Runs inside the company's scope.

    Raises:
        InvalidInput: something is not what the bank gives out; its `field` is named.
        NotAllowed: the company's plan does not have this bank.
    """
    bank = registry.find(provider)
    check_plan(tenant, bank.info)
    grant = bank.read_form(mode.slug, typed)
    connection = connection_of(tenant, provider, mode, grant, by=by)
    connection.typed = typed_of(mode, typed)
    connection.redoes = redoes
    connection.save(force_insert=True)
    record_begun(connection)
    return connection


def connect_by_terms(
    tenant: Tenant,
    provider: str,
    mode: Mode,
    *,
    version: str,
    by: User,
    redoes: BankAccount | None = None,
) -> Connection:
    """Have an account opened under the terms that a person accepts. One at a time, once.

    `version` is that of the terms that were shown. A bank that has the company's account already
    gives it back. Runs inside the company's scope.

    Raises:
        InvalidInput: the terms changed since they were shown.
        InvalidState: the company has such an account already, and it is connected.
        NotAllowed: the company's plan does not have this bank.
    """
    bank = registry.find(provider)
    check_plan(tenant, bank.info)
    if version != terms_version(mode):
        raise InvalidInput(
            "Os termos mudaram. Leia-os e aceite de novo.", field="accepted", code="terms_changed"
        )
    Tenant.objects.select_for_update(no_key=True).get(id=tenant.id)  # two clicks: one opening
    before = Connection.objects.of(tenant).filter(
        provider=provider, status__in=[Connection.Status.OPENING, Connection.Status.ACTIVE]
    )
    if opening := before.filter(mode=mode.slug, status=Connection.Status.OPENING).first():
        found: Connection = opening
        return found
    if before.exists():
        raise InvalidState(
            f"{tenant.name} já tem {bank.info.said.the} conectada.", code="already_connected"
        )
    now = database_now()
    values = {
        "name": tenant.name,
        "legal_name": tenant.legal_name,
        "document": tenant.cnpj,
        "accepted_by": by.email,
        "accepted_at": now.isoformat(),
        "terms_version": version,
    }
    grant = bank.read_form(mode.slug, values)
    connection = connection_of(tenant, provider, mode, grant, by=by)
    connection.terms_version, connection.terms_accepted_at = version, now
    connection.redoes = redoes
    connection.save(force_insert=True)
    record_begun(connection)
    return connection


def record_begun(connection: Connection) -> None:
    after = {"Banco": connection.bank_name, "Forma": connection.bank_mode.name}
    if connection.redoes is not None:
        after["Conta a refazer"] = str(connection.redoes)
    record(Act.CONNECTION_BEGUN, on=connection, by=connection.connected_by, after=after)


def connection_of(
    tenant: Tenant, provider: str, mode: Mode, grant: Grant, *, by: User
) -> Connection:
    """A connection that holds the grant, not saved yet."""
    connection = Connection(
        id=uuid7(),
        tenant=tenant,
        provider=provider,
        mode=mode.slug,
        keep_alive_at=grant.keep_alive_at,
        refresh_by=grant.refresh_by,
        webhook_digest=digest(secrets.token_urlsafe(32)),
        connected_by=by,
    )
    connection.credentials = seal(grant, connection.id)
    return connection


def terms_version(mode: Mode) -> str:
    """Follows from the text: what was accepted can be shown to be just that."""
    assert mode.by is ConnectBy.OPENING
    return hashlib.sha256(mode.terms.encode()).hexdigest()[:16]
