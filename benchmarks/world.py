"""A company with bank accounts, in a database of its own, for measuring."""

from datetime import UTC, datetime, timedelta

from accounts.chart.setup import open_bank_account_leaf, open_books
from banking.banks.contract.auth import Grant
from banking.gateway.credentials import seal
from banking.models import BankAccount, Connection
from core.ids import uuid7
from tenants.models import Plan, Role, Tenant, User
from tenants.scope import tenant_scope
from tenants.services import add_member, create_company

CNPJ = "11444777000161"


def make_company() -> tuple[Tenant, User, User]:
    """The company, somebody who enters bills, and somebody who approves them."""
    tenant = create_company(
        name="Oficina Modelo", legal_name="Oficina Modelo Ltda", cnpj=CNPJ, plan=Plan.NORTH
    )
    operator = User.objects.create_user(f"{tenant.id}-o@example.com", "x")
    approver = User.objects.create_user(f"{tenant.id}-a@example.com", "x")
    with tenant_scope(tenant.id):
        open_books(tenant)
    add_member(tenant, operator, Role.FINANCE)
    add_member(tenant, approver, Role.APPROVER)
    return tenant, operator, approver


def make_account(tenant: Tenant, by: User, number: str, token: str = "none") -> BankAccount:
    """A connected Cora account that uses this access token."""
    now = datetime.now(UTC)
    connection = Connection(
        id=uuid7(),
        tenant=tenant,
        provider="cora",
        status=Connection.Status.ACTIVE,
        webhook_digest=b"0" * 32,
        webhook_registered_at=now,
        connected_by=by,
    )
    grant = Grant(token, "refresh", now + timedelta(hours=20), "account payment transfer")
    connection.credentials = seal(grant, connection.id)
    with tenant_scope(tenant.id):
        connection.save(force_insert=True)
        return BankAccount.objects.create(
            tenant=tenant,
            provider="cora",
            bank_code="403",
            branch="0001",
            number=number,
            holder_name=tenant.legal_name,
            holder_document=tenant.cnpj,
            connection=connection,
            ledger_account=open_bank_account_leaf(tenant, name=f"Cora {number}"),
        )
