"""Connect an account: consent, identity read from the bank, account and Conta do Ativo made."""

import hashlib
import secrets
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from accounts.models import Account
from accounts.services import open_bank_account_leaf
from banking.access import connect
from banking.banks import registry
from banking.banks.base import AccountIdentity, BankInfo, Capability
from banking.credentials import seal
from banking.errors import BankError, BankOutcomeUnknown, BankUnavailable
from banking.models import BankAccount, Connection, ConsentAttempt
from brazil.cnpj import format_cnpj
from brazil.document import format_document
from core.errors import DomainError, InvalidState, NotAllowed
from core.ids import uuid7
from tenants.models import Tenant, User
from tenants.scope import across_tenants, tenant_scope

# How long a person may take at the bank.
CONSENT_LASTS = timedelta(minutes=30)
# How long an opening is tried again while the bank does not answer.
OPENING_LASTS = timedelta(hours=1)
OPENING_LEASE = timedelta(minutes=2)


class ConsentNotUsable(DomainError):
    """What came back from the bank is not the answer to a request of this person and company."""


def check_plan(tenant: Tenant, bank: BankInfo) -> None:
    """
    Raises:
        NotAllowed: the company's plan does not have this bank.
    """
    if tenant.plan not in bank.plans:
        raise NotAllowed(
            f"A integração com {bank.name} faz parte dos planos North e Track. "
            f"O plano de {tenant.name} é o {tenant.get_plan_display()}."
        )


def start_consent(tenant: Tenant, provider: str, *, by: User) -> str:
    """Note that a person goes to the bank, and return the address to send them to."""
    bank = registry.find(provider)
    check_plan(tenant, bank.info)
    state = secrets.token_urlsafe(32)
    ConsentAttempt.objects.create(
        tenant=tenant, provider=provider, person=by, state_digest=digest(state)
    )
    with bank.consent() as consent:
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
        use_state(tenant, provider, state=state, by=by)
    with bank.consent() as consent:
        grant = consent.exchange_code(code=code, redirect_uri=return_address(provider))
    connection = Connection(
        id=uuid7(),
        tenant=tenant,
        provider=provider,
        webhook_digest=digest(secrets.token_urlsafe(32)),
        connected_by=by,
    )
    connection.credentials = seal(grant, connection.id)
    with tenant_scope(tenant.id):
        connection.save(force_insert=True)
    return connection


def use_state(tenant: Tenant, provider: str, *, state: str, by: User) -> None:
    """Accept a `state` once, from the person and company that it was made for."""
    now = timezone.now()
    used = (
        ConsentAttempt.objects.of(tenant)
        .filter(
            provider=provider,
            person=by,
            state_digest=digest(state),
            used_at=None,
            started_at__gt=now - CONSENT_LASTS,
        )
        .update(used_at=now)
    )
    if not used:
        raise ConsentNotUsable(
            "Este retorno do banco não vale mais: ele já foi usado, passou do prazo "
            "ou foi iniciado por outra pessoa ou em outra empresa."
        )


def open_connection(tenant_id: UUID, connection_id: UUID) -> BankAccount | None:
    """Read whose account it is and make ours. Safe to call again; None when it did not come to be.

    A bank that does not answer leaves the connection opening, to be tried again; what cannot be
    mended (another company's account, a refused token) closes it with the reason.
    """
    connection = claim_opening(tenant_id, connection_id)
    if connection is None:
        return None
    try:
        with connect(connection, needing=Capability.FETCH_IDENTITY) as bank:
            identity = bank.fetch_identity()
    except (BankUnavailable, BankOutcomeUnknown) as error:
        postpone_opening(connection, str(error))
        return None
    except BankError as error:
        fail_opening(connection, str(error))
        return None

    with tenant_scope(tenant_id):
        tenant = Tenant.objects.get(id=tenant_id)
    if identity.holder_document != tenant.cnpj:
        fail_opening(connection, other_company_message(tenant, identity))
        return None
    try:
        with tenant_scope(tenant_id):
            account = adopt_account(tenant, connection, identity)
    except InvalidState as error:  # the chart has no home for it
        fail_opening(connection, str(error))
        return None
    register_webhooks(connection)
    return account


def unfinished_openings() -> list[tuple[UUID, UUID]]:
    """(company, connection) of each opening that nobody is at."""
    with across_tenants():
        waiting = Connection.objects.filter(status=Connection.Status.OPENING).exclude(
            opening_leased_until__gt=timezone.now()
        )
        return list(waiting.values_list("tenant_id", "id"))


def claim_opening(tenant_id: UUID, connection_id: UUID) -> Connection | None:
    """The connection, if it is opening and nobody else is at it."""
    now = timezone.now()
    with tenant_scope(tenant_id):
        row = Connection.objects.of(tenant_id).filter(
            id=connection_id, status=Connection.Status.OPENING
        )
        if not row.exclude(opening_leased_until__gt=now).update(
            opening_leased_until=now + OPENING_LEASE
        ):
            return None
        connection: Connection = row.get()
        return connection


def postpone_opening(connection: Connection, reason: str) -> None:
    if connection.connected_at < timezone.now() - OPENING_LASTS:
        fail_opening(connection, reason)
        return
    with tenant_scope(connection.tenant_id):
        Connection.objects.of(connection.tenant_id).filter(id=connection.id).update(
            status_reason=reason[:300], opening_leased_until=None
        )


def fail_opening(connection: Connection, reason: str) -> None:
    """The tokens are of no use: they go."""
    with tenant_scope(connection.tenant_id):
        Connection.objects.of(connection.tenant_id).filter(id=connection.id).update(
            status=Connection.Status.FAILED,
            status_reason=reason[:300],
            credentials=b"",
            opening_leased_until=None,
        )


def adopt_account(tenant: Tenant, connection: Connection, identity: AccountIdentity) -> BankAccount:
    """Find the account by its identity or make it, with its Conta do Ativo, and tie it.

    Runs inside the company's scope.
    """
    accounts = BankAccount.objects.of(tenant)
    account = (
        accounts.select_for_update()
        .filter(bank_code=identity.bank_code, branch=identity.branch, number=identity.number)
        .first()
    )
    if account is None:
        account = BankAccount(
            tenant=tenant,
            provider=connection.provider,
            bank_code=identity.bank_code,
            branch=identity.branch,
            number=identity.number,
            ledger_account=make_leaf(tenant, connection, identity),
            is_preferred=not accounts.filter(is_preferred=True).exists(),
        )
    elif account.connection is not None and account.connection_id != connection.id:
        Connection.objects.of(tenant).filter(id=account.connection_id).update(
            status=Connection.Status.LOST,
            status_reason="Refeita por uma nova autorização.",
            credentials=b"",
        )
    account.holder_name = identity.holder_name
    account.holder_document = identity.holder_document
    account.connection = connection
    account.save()
    Connection.objects.of(tenant).filter(id=connection.id).update(
        status=Connection.Status.ACTIVE, status_reason="", opening_leased_until=None
    )
    return account


def make_leaf(tenant: Tenant, connection: Connection, identity: AccountIdentity) -> Account:
    name = f"{connection.bank_name} {identity.branch} / {identity.number}"
    return open_bank_account_leaf(tenant, name=name)


def register_webhooks(connection: Connection) -> bool:
    """Give the bank our address, with a new secret in it. False when it has to be tried again.

    Without it nothing is lost: orders are polled and the statement is read.
    """
    secret = secrets.token_urlsafe(32)
    with tenant_scope(connection.tenant_id):
        Connection.objects.of(connection.tenant_id).filter(id=connection.id).update(
            webhook_digest=digest(secret)
        )
    address = reverse("banking:webhook", args=[connection.provider, connection.id, secret])
    try:
        with connect(connection, needing=Capability.REGISTER_WEBHOOKS) as bank:
            bank.register_webhooks(settings.PUBLIC_URL + address)
    except BankError:
        return False
    with tenant_scope(connection.tenant_id):
        Connection.objects.of(connection.tenant_id).filter(id=connection.id).update(
            webhook_registered_at=timezone.now()
        )
    return True


def prefer(account: BankAccount) -> BankAccount | None:
    """Make it the one account that pays bills with no account of their own.

    Returns the one that was. Runs inside the company's scope.
    """
    # All of them, in one order: two people choosing at once wait for each other.
    accounts = list(BankAccount.objects.of(account.tenant_id).select_for_update().order_by("id"))
    before = next((other for other in accounts if other.is_preferred), None)
    rows = BankAccount.objects.of(account.tenant_id)
    rows.filter(is_preferred=True).exclude(id=account.id).update(is_preferred=False)
    rows.filter(id=account.id).update(is_preferred=True)
    return before


def other_company_message(tenant: Tenant, identity: AccountIdentity) -> str:
    return (
        f"A conta autorizada é de {identity.holder_name} "
        f"({format_document(identity.holder_document)}), e esta empresa é "
        f"{tenant.name} ({format_cnpj(tenant.cnpj)}). Nada foi conectado. "
        "Refaça o caminho e escolha no banco a conta desta empresa."
    )


def return_address(provider: str) -> str:
    path = reverse("banking:consent_return", args=[provider])
    return f"{settings.PUBLIC_URL}{path}"


def digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
