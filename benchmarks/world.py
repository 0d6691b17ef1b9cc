"""A company with bank accounts, in a database of its own, for measuring."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from accounts.chart.setup import open_bank_account_leaf, open_books
from accounts.models import Account
from banking.banks.contract.auth import Grant
from banking.banks.contract.payments import AccountType
from banking.gateway.credentials import seal
from banking.models import BankAccount, Connection
from brazil.cnpj import cnpj_check_digits
from core.ids import uuid7
from parties.models import Payee, PayeeAccount
from payments.models import Approval, Payable
from payments.rails.seal import digest_of, seal_of
from payments.states import PayableStatus
from tenants.models import Plan, Role, Tenant, User
from tenants.scope import tenant_scope
from tenants.services import add_member, create_company

CNPJ = "11444777000161"
TODAY = date(2026, 11, 23)


def cnpj(number: int) -> str:
    """One of 90 million, with its check digits."""
    base = f"{10_000_000 + number:08d}0001"
    return base + cnpj_check_digits(base)


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


def make_approved_bills(
    tenant: Tenant,
    account: BankAccount,
    by: User,
    approver: User,
    count: int,
    *,
    day: date = TODAY,
) -> list[Payable]:
    """TEDs due on the day, each to a payee of its own."""
    with tenant_scope(tenant.id):
        expense = Account.objects.expense_accounts(tenant).first()
        known = Payee.objects.of(tenant).count()
        payees = Payee.objects.bulk_create(
            Payee(tenant=tenant, document=cnpj(known + number), name=f"Fornecedor {number}")
            for number in range(count)
        )
        accounts = PayeeAccount.objects.bulk_create(
            PayeeAccount(
                tenant=tenant, payee=payee, bank_code="341", branch="0123", account="456789",
                account_type=AccountType.CHECKING,
            )
            for payee in payees
        )  # fmt: skip
        bills = Payable.objects.bulk_create(
            Payable(
                tenant=tenant, payee=where.payee, payee_account=where, method="ted",
                amount=Decimal("10.00"), due_date=day, payment_date=day, expense_account=expense,
                bank_account=account, created_by=by,
            )
            for where in accounts
        )  # fmt: skip
        approve_many(bills, account, approver)
        return bills


def approve_many(bills: Sequence[Payable], account: BankAccount | None, by: User) -> None:
    """As `payments.bills.approval` does it one by one. Inside the company's scope."""
    seals = [seal_of(bill, account) for bill in bills]
    approvals = Approval.objects.bulk_create(
        Approval(
            tenant_id=bill.tenant_id, payable=bill, round=bill.approval_round, person=by,
            seal=seal, digest=digest_of(seal),
        )
        for bill, seal in zip(bills, seals, strict=True)
    )  # fmt: skip
    for bill, approval in zip(bills, approvals, strict=True):
        bill.status, bill.approval = PayableStatus.APPROVED, approval
    # Of many at once each would be looked for among all of them.
    Payable.objects.bulk_update(bills, ["status", "approval"], batch_size=250)
