"""Finish a connection in the background: identity read from the bank, account and leaf made."""

from datetime import timedelta
from uuid import UUID

from audit.acts import Act
from audit.services import record
from banking.bank_accounts.ledger_account import make_ledger_account
from banking.banks.contract.errors import BankError, BankOutcomeUnknown, BankUnavailable
from banking.banks.contract.info import Capability, ConnectBy
from banking.banks.contract.statement import AccountIdentity
from banking.connections.disconnect import close_earlier
from banking.connections.webhook_registration import register_webhooks
from banking.gateway.connect import connect
from banking.models import BankAccount, Connection
from brazil.cnpj import format_cnpj
from brazil.document import format_document
from core.clock import database_now
from core.errors import InvalidState
from core.text import shorten
from tenants.models import Tenant
from tenants.scope import across_tenants, tenant_scope

# How long an opening is tried again while the bank does not answer.
OPENING_LASTS = timedelta(hours=1)
OPENING_LEASE = timedelta(minutes=2)

OTHER_COMPANY = {
    ConnectBy.CONSENT: "Tente de novo e escolha no banco a conta desta empresa.",
    ConnectBy.FORM: "Corrija os dados: informe os da conta desta empresa.",
    ConnectBy.OPENING: "Fale com o suporte.",
}


def open_connection(tenant_id: UUID, connection_id: UUID) -> BankAccount | None:
    """Read whose account it is and make ours. Safe to call again; None when no account was made.

    A bank that does not answer leaves the connection opening, to be tried again; what cannot be
    mended (another company's account, a refused token) closes it with the reason.
    """
    connection = claim_opening(tenant_id, connection_id)
    if connection is None:
        return None
    if not close_earlier(tenant_id, connection.provider):
        postpone_opening(connection, "O acesso anterior ainda está sendo encerrado no banco.")
        return None
    try:
        with connect(connection, needing=Capability.FETCH_IDENTITY) as bank:
            identity = bank.fetch_identity()
    except (BankUnavailable, BankOutcomeUnknown) as error:
        postpone_opening(connection, error.with_reason())
        return None
    except BankError as error:
        fail_opening(connection, error.with_reason())
        return None

    with tenant_scope(tenant_id):
        tenant = Tenant.objects.get(id=tenant_id)
    if identity.holder_document != tenant.cnpj:
        fail_opening(connection, other_company_message(tenant, connection, identity))
        return None
    try:
        with tenant_scope(tenant_id):
            account = adopt_account(tenant, connection, identity)
    except InvalidState as error:
        fail_opening(connection, str(error))
        return None
    register_webhooks(connection)
    return account


def unfinished_openings() -> list[tuple[UUID, UUID]]:
    """(company, connection) of each opening that no worker has."""
    with across_tenants():
        waiting = Connection.objects.filter(status=Connection.Status.OPENING).exclude(
            opening_leased_until__gt=database_now()
        )
        return list(waiting.values_list("tenant_id", "id"))


def claim_opening(tenant_id: UUID, connection_id: UUID) -> Connection | None:
    """The connection, if it is opening and no other worker has it."""
    now = database_now()
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
    if connection.connected_at < database_now() - OPENING_LASTS:
        fail_opening(connection, reason)
        return
    with tenant_scope(connection.tenant_id):
        Connection.objects.of(connection.tenant_id).filter(id=connection.id).update(
            status_reason=shorten(reason, 300), opening_leased_until=None
        )


def fail_opening(connection: Connection, reason: str) -> None:
    """The credentials are of no use: they go. What is no secret stays, to be corrected."""
    with tenant_scope(connection.tenant_id):
        Connection.objects.of(connection.tenant_id).filter(id=connection.id).update(
            status=Connection.Status.FAILED,
            status_reason=shorten(reason, 300),
            credentials=b"",
            keep_alive_at=None,
            opening_leased_until=None,
        )
        record(Act.CONNECTION_REFUSED, on=connection, by=None, why=reason)


def adopt_account(tenant: Tenant, connection: Connection, identity: AccountIdentity) -> BankAccount:
    """Find the account by its identity or make it, with its Conta do Ativo, and tie it.

    Of two connections that reach the same account the later one stays. Runs inside the company's
    scope.
    """
    accounts = BankAccount.objects.of(tenant)
    known = accounts.select_for_update().filter(
        bank_code=identity.bank_code, branch=identity.branch, number=identity.number
    )
    account = known.first()
    if account is None:  # nothing to be locked yet, and two at once make one
        Tenant.objects.select_for_update(no_key=True).get(id=tenant.id)
        account = known.first()
    check_is_meant(account, connection, identity)
    is_new = account is None
    if account is None:
        account = BankAccount(
            tenant=tenant,
            provider=connection.provider,
            bank_code=identity.bank_code,
            branch=identity.branch,
            number=identity.number,
            ledger_account=make_ledger_account(tenant, connection, identity),
            is_preferred=not accounts.filter(is_preferred=True).exists(),
        )
    elif account.connection is not None and account.connection_id != connection.id:
        supersede(account.connection)
    # It may have been «Outro banco» until now: what files brought stays.
    account.provider, account.bank_label = connection.provider, ""
    # A bank that does not tell the holder's name told their document: it is this company.
    account.holder_name = identity.holder_name or tenant.legal_name
    account.holder_document = identity.holder_document
    account.connection = connection
    account.sync_wait_until = None  # that was the old connection's
    account.save()
    Connection.objects.of(tenant).filter(id=connection.id).update(
        status=Connection.Status.ACTIVE, status_reason="", opening_leased_until=None
    )
    record(
        Act.ACCOUNT_CONNECTED if is_new else Act.ACCOUNT_RECONNECTED,
        on=account,
        by=connection.connected_by,
        after={
            "Banco": account.bank_name,
            "Forma": connection.bank_mode.name,
            "Conta": f"{account.branch} / {account.number}",
            "Titular": f"{account.holder_name} ({format_document(account.holder_document)})",
            "Conta do Ativo": str(account.ledger_account),
        },
    )
    return account


def check_is_meant(
    account: BankAccount | None, connection: Connection, identity: AccountIdentity
) -> None:
    """
    Raises:
        InvalidState: the connection is made for another account, or the account's was undone
            while this one was being made: that is not what who undid it wanted.
    """
    wanted = connection.redoes
    if wanted is not None and (account is None or account.id != wanted.id):
        raise InvalidState(
            f"O vínculo a refazer é o da conta {wanted.bank_name} {wanted.branch} / "
            f"{wanted.number} ({format_document(wanted.holder_document)}), e o banco deu acesso à "
            f"conta {identity.branch} / {identity.number} "
            f"({format_document(identity.holder_document)}). Nada foi conectado.",
            code="another_account",
        )
    before = account.connection if account else None
    if before is None or before.undone_at is None or before.undone_by is None:
        return
    if before.undone_at > connection.connected_at:
        raise InvalidState(
            f"{before.undone_by.display_name} desfez o vínculo desta conta enquanto esta conexão "
            "era feita. Nada foi conectado. Para conectar a conta mesmo assim, comece de novo.",
            code="undone_meanwhile",
        )


def supersede(connection: Connection) -> None:
    mine = Connection.objects.of(connection.tenant_id).filter(id=connection.id)
    mine.exclude(status=Connection.Status.UNDONE).update(
        status=Connection.Status.LOST,
        status_reason="Substituída por uma nova conexão.",
        lost_at=database_now(),
        credentials=b"",
    )


def other_company_message(tenant: Tenant, connection: Connection, identity: AccountIdentity) -> str:
    document = format_document(identity.holder_document)
    holder = f"{identity.holder_name} ({document})" if identity.holder_name else document
    return (
        f"A conta é de {holder}, e esta empresa é {tenant.name} ({format_cnpj(tenant.cnpj)}). "
        f"Nada foi conectado. {OTHER_COMPANY[connection.bank_mode.by]}"
    )
