"""Begin to connect an account, by whatever the bank's mode asks: consent, a form, accepted terms.

Nothing here calls a bank but the exchange of a consent's code; `banking.services.opening` does the
rest in the background.
"""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from audit.acts import Act
from audit.services import record
from banking import budget, health
from banking.banks import registry
from banking.banks.base import BankInfo, ConnectBy, Grant, Mode
from banking.credentials import CredentialsUnreadable, seal, unseal
from banking.models import BankAccount, Connection, ConsentAttempt
from banking.services.doors import digest
from banking.ways import plan_names, typed_of
from core.errors import DomainError, InvalidInput, InvalidState, NotAllowed
from core.ids import uuid7
from tenants.models import Tenant, User
from tenants.scope import tenant_scope

# How long a person may take at the bank.
CONSENT_LASTS = timedelta(minutes=30)


class ConsentNotUsable(DomainError):
    """What came back from the bank is not the answer to a request of this person and company."""


def check_plan(tenant: Tenant, bank: BankInfo) -> None:
    """
    Raises:
        NotAllowed: the company's plan does not have this bank.
    """
    if tenant.plan not in bank.plans:
        raise NotAllowed(
            f"A integração com {bank.name} faz parte dos planos {plan_names(bank)}. "
            f"O plano de {tenant.name} é o {tenant.get_plan_display()}."
        )


def start_consent(
    tenant: Tenant,
    provider: str,
    mode: Mode,
    *,
    by: User,
    typed: Mapping[str, str] | None = None,
    redoes: BankAccount | None = None,
) -> str:
    """Note that a person goes to the bank, and return the address to send them to.

    `typed` are the mode's fields, where it has some; `redoes` is the account whose vínculo is to
    come back. Runs inside the company's scope.

    Raises:
        InvalidInput: something that was typed is not what the bank gives out.
        NotAllowed: the company's plan does not have this bank.
    """
    bank = registry.find(provider)
    check_plan(tenant, bank.info)
    state = secrets.token_urlsafe(32)
    attempt = ConsentAttempt(
        tenant=tenant,
        provider=provider,
        mode=mode.slug,
        person=by,
        redoes=redoes,
        state_digest=digest(state),
    )
    draft = draft_of(mode)
    if mode.fields:
        draft = bank.read_form(mode.slug, typed or {})
        attempt.typed = seal(draft, attempt.id)
    attempt.save(force_insert=True)
    with bank.consent(draft) as consent:
        return consent.authorization_url(state=state, redirect_uri=return_address(provider))


def finish_consent(tenant: Tenant, provider: str, *, state: str, code: str, by: User) -> Connection:
    """Trade the code for tokens and keep them; `open_connection` does the rest in the background.

    To be called outside of every scope: it calls the bank.

    Raises:
        ConsentNotUsable: the state is unknown, old, used, or of another person or company.
        BankError: the bank did not accept the code, or did not answer.
    """
    bank = registry.find(provider)
    with tenant_scope(tenant.id):
        check_plan(tenant, bank.info)
        attempt = use_state(tenant, provider, state=state, by=by)
    mode = bank.info.mode(attempt.mode)
    draft = draft_of(mode)
    if attempt.typed:
        try:
            draft = unseal(bytes(attempt.typed), attempt.id)
        except CredentialsUnreadable:
            raise ConsentNotUsable("O que foi preenchido antes não pode mais ser lido.") from None
    with bank.consent(draft) as consent:
        budget.spend(bank.info, consent.client_id(draft), by_person=True)
        with health.watching(provider):
            grant = consent.exchange_code(code=code, redirect_uri=return_address(provider))
    grant = replace(grant, mode=mode.slug, secrets={**draft.secrets, **grant.secrets})
    connection = connection_of(tenant, provider, mode, grant, by=by)
    connection.typed = typed_of(mode, draft.secrets)
    connection.redoes_id = attempt.redoes_id
    with tenant_scope(tenant.id):
        connection.save(force_insert=True)
        ConsentAttempt.objects.of(tenant).filter(id=attempt.id).update(typed=b"")
        record_begun(connection)
    return connection


def use_state(tenant: Tenant, provider: str, *, state: str, by: User) -> ConsentAttempt:
    """Accept a `state` once, from the person and company that it was made for."""
    now = timezone.now()
    attempts = attempts_of(tenant, provider, state=state, by=by)
    fresh = attempts.filter(used_at=None, started_at__gt=now - CONSENT_LASTS)
    if not fresh.update(used_at=now):
        raise ConsentNotUsable(
            "Este retorno do banco não vale mais: ele já foi usado, passou do prazo "
            "ou foi iniciado por outra pessoa ou em outra empresa."
        )
    attempt: ConsentAttempt = attempts.get()
    undone = Connection.objects.of(tenant).filter(
        provider=provider, undone_at__gt=attempt.started_at
    )
    if undone.exists():
        raise ConsentNotUsable(
            "O vínculo com este banco foi desfeito depois que esta autorização começou."
        )
    return attempt


def attempts_of(tenant: Tenant, provider: str, *, state: str, by: User) -> QuerySet[ConsentAttempt]:
    """The one that the `state` was made for, used or not; none if it is not this person's."""
    return ConsentAttempt.objects.of(tenant).filter(
        provider=provider, person=by, state_digest=digest(state)
    )


def typed_lately(tenant: Tenant, provider: str, mode: Mode, *, by: User) -> dict[str, str]:
    """What the person typed before going to the bank the last time, if it came to nothing."""
    last = (
        ConsentAttempt.objects.of(tenant)
        .filter(
            provider=provider,
            mode=mode.slug,
            person=by,
            started_at__gt=timezone.now() - CONSENT_LASTS,
        )
        .exclude(typed=b"")
        .order_by("-started_at")
        .first()
    )
    if last is None:
        return {}
    try:
        return typed_of(mode, unseal(bytes(last.typed), last.id).secrets)
    except CredentialsUnreadable:
        return {}


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
        raise InvalidInput("Os termos mudaram. Leia de novo e aceite.", field="accepted")
    Tenant.objects.select_for_update(no_key=True).get(id=tenant.id)  # two clicks: one opening
    before = Connection.objects.of(tenant).filter(
        provider=provider, status__in=[Connection.Status.OPENING, Connection.Status.ACTIVE]
    )
    if opening := before.filter(mode=mode.slug, status=Connection.Status.OPENING).first():
        found: Connection = opening
        return found
    if before.exists():
        raise InvalidState(f"{tenant.name} já tem a {bank.info.name} conectada.")
    now = timezone.now()
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


def draft_of(mode: Mode) -> Grant:
    """A grant that holds nothing yet: it tells the bank's side which mode it is about."""
    return Grant("", "", expires_at=timezone.now(), scope="", mode=mode.slug)


def terms_version(mode: Mode) -> str:
    """Follows from the text: what was accepted can be shown to be just that."""
    assert mode.by is ConnectBy.OPENING
    return hashlib.sha256(mode.terms.encode()).hexdigest()[:16]


def return_address(provider: str) -> str:
    path = reverse("banking:consent_return", args=[provider])
    return f"{settings.PUBLIC_URL}{path}"
