"""Send a person to a bank to consent, and take what they come back with.

`banking.connections.complete` does the rest in the background.
"""

import secrets
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse

from banking.banks import registry
from banking.banks.contract.auth import Grant
from banking.banks.contract.info import Mode
from banking.connections.addresses import typed_of
from banking.connections.begin import connection_of, record_begun
from banking.connections.webhook_registration import digest
from banking.gateway import circuit_breaker, rate_limit
from banking.gateway.credentials import CredentialsUnreadable, seal, unseal
from banking.gateway.plan_check import check_plan
from banking.models import BankAccount, Connection, ConsentAttempt
from core.clock import database_now
from core.errors import DomainError
from tenants.models import Tenant, User
from tenants.scope import tenant_scope

# How long a person may take at the bank.
CONSENT_LASTS = timedelta(minutes=30)


class ConsentNotUsable(DomainError):
    """What came back from the bank is not the answer to a request of this person and company."""


def start_consent(
    tenant: Tenant,
    provider: str,
    mode: Mode,
    *,
    by: User,
    browser: str,
    typed: Mapping[str, str] | None = None,
    redoes: BankAccount | None = None,
) -> str:
    """Note that a person goes to the bank, and return the address to send them to.

    `browser` is a secret of the person's session: the answer is taken in that one alone (RFC 6819,
    section 4.4.1.8). `typed` are the mode's fields, where it has some; `redoes` is the account
    whose vínculo is to come back. Runs inside the company's scope.

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
        state_digest=digest(f"{state} {browser}"),
    )
    draft = draft_of(mode)
    if mode.fields:
        draft = bank.read_form(mode.slug, typed or {})
        attempt.typed = seal(draft, attempt.id)
    attempt.save(force_insert=True)
    with bank.consent(draft) as consent:
        return consent.authorization_url(state=state, redirect_uri=return_address(provider))


def finish_consent(
    tenant: Tenant, provider: str, *, state: str, browser: str, code: str, by: User
) -> Connection:
    """Trade the code for tokens and keep them; `open_connection` does the rest in the background.

    To be called outside of every scope: it calls the bank.

    Raises:
        ConsentNotUsable: the state is unknown, old, used, or of another person, company or session.
        BankError: the bank did not accept the code, or did not answer.
    """
    bank = registry.find(provider)
    with tenant_scope(tenant.id):
        check_plan(tenant, bank.info)
        attempt = use_state(tenant, provider, state=state, browser=browser, by=by)
    mode = bank.info.mode(attempt.mode)
    draft = draft_of(mode)
    if attempt.typed:
        try:
            draft = unseal(bytes(attempt.typed), attempt.id)
        except CredentialsUnreadable:
            raise ConsentNotUsable(
                "Os dados preenchidos antes não estão mais disponíveis."
            ) from None
    with bank.consent(draft) as consent:
        rate_limit.spend(bank.info, consent.client_id(draft), by_person=True)
        with circuit_breaker.watch_call(provider):
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


def use_state(
    tenant: Tenant, provider: str, *, state: str, browser: str, by: User
) -> ConsentAttempt:
    """Accept a `state` once, from the person, company and session that it was made for.

    Raises:
        ConsentNotUsable: it is unknown, old, used, or of another person, company or session; or
            a connection to the bank was undone after it was made.
    """
    now = database_now()
    attempts = attempts_of(tenant, provider, state=state, browser=browser, by=by)
    fresh = attempts.filter(used_at=None, started_at__gt=now - CONSENT_LASTS)
    if not fresh.update(used_at=now):
        raise ConsentNotUsable(
            "Este retorno do banco não é mais válido: ele já foi usado, expirou "
            "ou foi iniciado por outra pessoa, em outra empresa ou em outra sessão."
        )
    attempt: ConsentAttempt = attempts.get()
    undone = Connection.objects.of(tenant).filter(
        provider=provider, undone_at__gt=attempt.started_at
    )
    if undone.exists():
        raise ConsentNotUsable(
            "O vínculo com este banco foi desfeito depois que esta autorização começou.",
            code="undone_meanwhile",
        )
    return attempt


def attempts_of(
    tenant: Tenant, provider: str, *, state: str, browser: str, by: User
) -> QuerySet[ConsentAttempt]:
    """The one that the `state` was made for, used or not; none if it is not this person's."""
    return ConsentAttempt.objects.of(tenant).filter(
        provider=provider, person=by, state_digest=digest(f"{state} {browser}")
    )


def typed_lately(tenant: Tenant, provider: str, mode: Mode, *, by: User) -> dict[str, str]:
    """What the person typed before going to the bank the last time, if that failed."""
    last = (
        ConsentAttempt.objects.of(tenant)
        .filter(
            provider=provider,
            mode=mode.slug,
            person=by,
            started_at__gt=database_now() - CONSENT_LASTS,
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


def draft_of(mode: Mode) -> Grant:
    """A grant that holds nothing yet: it tells the bank's side which mode it is about."""
    return Grant("", "", expires_at=database_now(), scope="", mode=mode.slug)


def return_address(provider: str) -> str:
    path = reverse("banking:consent_return", args=[provider])
    return f"{settings.PUBLIC_URL}{path}"
