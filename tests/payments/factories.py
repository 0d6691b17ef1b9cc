"""Plain functions that make bank accounts, bills and orders. Every call makes another one."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from hashlib import sha256
from itertools import count
from typing import Any, cast
from uuid import UUID

from accounts.models import Account
from banking.banks.contract.payments import AccountType, PixAccount, PixCode, PixKey, PixKeyType
from banking.models import BankAccount, Connection
from brazil.banking_days import DebtKind
from brazil.cnpj import cnpj_check_digits
from core.clock import database_now
from parties.confirm import confirm_destination, find_destination, sheet_of
from parties.confirm import digest_of as digest_of_sheet
from parties.models import PayeeAccount, PayeeKey
from payments.bills.approval import approve_payable
from payments.bills.enter import enter_payable
from payments.bills.terms import Typed
from payments.bills.tiers import Tiers, apply_delegation, apply_tiers
from payments.dispatch.send_now import send_now
from payments.models import NOT_APPROVED, Delegation, Payable, PaymentOrder
from payments.orders.account_limits import apply_limits, version_of
from payments.rails.debit_account import preferred_account
from payments.rails.destinations import Destination, TedDetails
from payments.rails.limits import Limit, limits_of
from payments.rails.seal import digest_of, seal_of
from payments.states import OrderStatus, PayableStatus
from tenants.models import Membership, Role, Tenant, User
from tenants.scope import tenant_scope
from tests.banking.factories import change, make_account, make_connection
from tests.cast import make_member

_numbers = count(1)

# Monday, after a Friday that was a holiday (20 November).
TODAY = date(2026, 11, 23)
MORNING = "2026-11-23T10:00:00-03:00"

SUPPLIER = "11222333000181"
# R$ 1.234,56, due on TODAY; bank 403.
BOLETO = "40390001060000000001823456789017816390000123456"
# Telecom, R$ 43,21, and a city hall's, R$ 987,65: no due date.
PHONE_BILL = "846900000007432100481006118097565733130015896363"
CITY_TAX = "818600000099876501232029611230000006000000001236"

ITAU = TedDetails(
    bank_code="341", branch="0123", account="456789", account_type=AccountType.CHECKING
)

PIX_KEY = PixKey(PixKeyType.EMAIL, "financeiro@exemplo.com.br")
PIX_ACCOUNT = PixAccount(
    bank_code="341", branch="0123", account="456789", account_type=AccountType.CHECKING
)
# R$ 1.234,56, txid FAT2026000123, to EMPRESA EXEMPLO LTDA (domain.md, section on the BR Code).
PIX_CODE = PixCode(
    "00020126470014br.gov.bcb.pix0125financeiro@exemplo.com.br52040000530398654071234.56"
    "5802BR5920EMPRESA EXEMPLO LTDA6009SAO PAULO62170513FAT202600012363044C57"
)
# No amount, no txid: its address tells them to a bank.
DYNAMIC_CODE = PixCode(
    "00020101021226770014BR.GOV.BCB.PIX2555pix.example.com/qr/"
    "93598be0-1bd0-4997-8318-81776a1d8a995204000053039865802BR5907EMPRESA6009SAO PAULO"
    "62070503***6304EEAB"
)
# The manual's example: no amount, no txid; may be paid again and again.
OPEN_CODE = PixCode(
    "00020126580014br.gov.bcb.pix0136123e4567-e12b-12d1-a456-426655440000"
    "5204000053039865802BR5913Fulano de Tal6008BRASILIA62070503***63041D3D"
)


def make_bank_account(
    tenant: Tenant,
    *,
    preferred: bool = True,
    modo_banking_from: date | None = None,
    connected: bool = True,
    provider: str = "cora",
) -> BankAccount:
    """An account with its Conta do Ativo; the bank need not know it."""
    person = make_member(tenant, Role.ADMIN)
    status = Connection.Status.ACTIVE if connected else Connection.Status.LOST
    return make_account(
        tenant,
        person,
        provider=provider,
        connection=make_connection(tenant, person, provider=provider, status=status),
        is_preferred=preferred,
        modo_banking_from=modo_banking_from,
    )


def make_payable(
    tenant: Tenant,
    amount: str = "150.00",
    *,
    due_date: date = TODAY,
    by: User | None = None,
    approved_by: User | None = None,
    approved: bool = False,
    payee_name: str = "Fornecedor Exemplo ME",
    payee_document: str = SUPPLIER,
    description: str = "",
    destination: Destination = ITAU,
    bank_account: BankAccount | None = None,
    kind: DebtKind = DebtKind.ORDINARY,
    classification: str = "5.3.02",
) -> Payable:
    """A bill that waits for approval; with `approved` or `approved_by`, an approved one."""
    by = by or make_member(tenant, Role.FINANCE)
    with tenant_scope(tenant.id):
        payable = enter_payable(
            tenant,
            by=by,
            payee_name=payee_name,
            payee_document=payee_document,
            description=description,
            amount=Decimal(amount),
            due_date=due_date,
            expense_account=Account.objects.of(tenant).get(code=classification),
            destination=destination,
            bank_account=bank_account,
            kind=kind,
        )
    if not (approved or approved_by):
        return payable
    if payable.linha_digitavel:  # the bank says nothing against it
        change(payable, title_read_at=database_now())
    if payable.paid_key:
        change(payable, key_read_at=database_now())
    return approve(payable, approved_by)


def make_known(tenant: Tenant, amount: str = "150.00", **options: Any) -> Payable:
    """A bill with nothing to look at: a payee of its own, whose account somebody confirmed."""
    number = next(_numbers)
    options = {
        "payee_document": cnpj(number),
        "payee_name": sha256(str(number).encode()).hexdigest()[:20],
        "destination": replace(ITAU, account=f"{100_000 + number}"),
        **options,
    }
    bill = make_payable(tenant, amount, **options)
    if bill.payee_account is not None:
        with tenant_scope(tenant.id):
            is_new = (
                PayeeAccount.objects.of(tenant).get(id=bill.payee_account_id).confirmed_at is None
            )
        if is_new:
            confirm(bill.payee_account)
    return bill


def cnpj(number: int) -> str:
    """One of a million, with its check digits."""
    base = f"{20_000_000 + number:08d}0001"
    return base + cnpj_check_digits(base)


def sender(company: Tenant | UUID) -> Membership:
    """Somebody new who enters and sends its bills."""
    tenant_id = company.id if isinstance(company, Tenant) else company
    with tenant_scope(tenant_id):
        tenant = Tenant.objects.get(id=tenant_id)
    person = make_member(tenant, Role.FINANCE)
    with tenant_scope(tenant.id):
        found: Membership = Membership.objects.of(tenant).get(user=person)
    return found


def approve(payable: Payable, by: User | None = None) -> Payable:
    """By that person, or by a new approver of the company."""
    with tenant_scope(payable.tenant_id):
        approver = by or make_member(payable.tenant, Role.APPROVER)
        membership = Membership.objects.of(payable.tenant_id).get(user=approver)
        return approve_payable(payable, by=membership, shown=shown(payable))


def confirm(
    destination: PayeeAccount | PayeeKey, by: User | None = None
) -> PayeeAccount | PayeeKey:
    """By that person, or by a new approver of the company, who has seen it as it is now."""
    with tenant_scope(destination.tenant_id):
        row = find_destination(destination.tenant_id, destination.id)
        assert row is not None
        confirmer = by or make_member(row.tenant, Role.APPROVER)
        membership = Membership.objects.of(row.tenant_id).get(user=confirmer)
        return confirm_destination(row, by=membership, shown=digest_of_sheet(sheet_of(row)))


def file_account(tenant: Tenant, destination: Destination = ITAU, **of_bill: Any) -> Payable:
    """Put an account on file: somebody confirmed it, and approved the bill that brought it."""
    bill = make_payable(tenant, destination=destination, approved=True, **of_bill)
    assert bill.payee_account is not None
    confirm(bill.payee_account)
    return bill


def set_tiers(
    tenant: Tenant,
    by_role: Mapping[str, str] | None = None,
    by_person: Mapping[User, str] | None = None,
    **more: int,
) -> Tiers:
    """Replace the company's tiers; values in reais."""
    wanted = Tiers(
        {role: Decimal(value) for role, value in (by_role or {}).items()},
        {user.pk: Decimal(value) for user, value in (by_person or {}).items()},
        **more,
    )
    admin = member_of(tenant, make_member(tenant, Role.ADMIN))
    with tenant_scope(tenant.id):
        apply_tiers(tenant, wanted, seen=str(Tiers.of(tenant)), by=admin)
    return wanted


def set_limit(
    account: BankAccount,
    *,
    per_payment: str | None = None,
    per_day: str | None = None,
    rail: str = "ted",
) -> None:
    """The only limit of its company; values in reais."""
    admin = member_of(account.tenant, make_member(account.tenant, Role.ADMIN))
    payment, day = (None if value is None else Decimal(value) for value in (per_payment, per_day))
    with tenant_scope(account.tenant_id):
        seen = version_of(limits_of(account.tenant_id))
        wanted = {(account.id, rail): Limit(payment, day)}
        apply_limits(account.tenant, wanted, seen=seen, by=admin)


def make_delegation(
    tenant: Tenant,
    delegator: User | None = None,
    delegate: User | None = None,
    *,
    up_to: str = "1000.00",
    days: int = 3,
    by: User | None = None,
) -> Delegation:
    delegator = delegator or make_member(tenant, Role.APPROVER)
    people = [delegator, delegate or make_member(tenant, Role.APPROVER), by or delegator]
    one, other, giver = (member_of(tenant, person) for person in people)
    with tenant_scope(tenant.id):
        ends_at = database_now() + timedelta(days=days)
        return apply_delegation(tenant, one, other, up_to=Decimal(up_to), ends_at=ends_at, by=giver)


def member_of(tenant: Tenant, user: User) -> Membership:
    with tenant_scope(tenant.id):
        found: Membership = Membership.objects.of(tenant).select_related("user").get(user=user)
    return found


def shown(payable: Payable) -> str:
    """The digest of what an approver sees of the bill now."""
    with tenant_scope(payable.tenant_id):
        bill = Payable.objects.of(payable.tenant_id).with_destinations().get(id=payable.id)
        account = bill.bank_account or preferred_account(bill.tenant_id)
        return digest_of(seal_of(bill, account))


def typed_as(payable: Payable, **changes: Any) -> Typed:
    """What a form of the bill holds, by TED, but for the changes. Inside the company's scope."""
    typed: dict[str, Any] = {
        "payee_name": payable.payee.name,
        "payee_document": payable.payee.document,
        "description": payable.description,
        "amount": payable.amount,
        "due_date": payable.due_date,
        "expense_account": payable.expense_account,
        "destination": ITAU,
        "bank_account": payable.bank_account,
    }
    return cast(Typed, typed | changes)


def make_order(
    payable: Payable, status: OrderStatus = OrderStatus.QUEUED, **changes: object
) -> PaymentOrder:
    """An approved bill's order, as it is when the bank took it as far as `status`."""
    with tenant_scope(payable.tenant_id):
        (order,) = send_now([payable], by=payable.created_by)
        way = {
            OrderStatus.QUEUED: [],
            OrderStatus.SENDING: [OrderStatus.SENDING],
        }.get(status, [OrderStatus.SENDING, status])
        for step in way:
            PaymentOrder.objects.of(payable.tenant_id).filter(id=order.id).update(status=step)
        if changes:
            PaymentOrder.objects.of(payable.tenant_id).filter(id=order.id).update(**changes)
        order.refresh_from_db()
    return order


def move(payable: Payable, status: PayableStatus, **changes: object) -> Payable:
    """The bill in another status, along a move that exists."""
    if status == PayableStatus.PENDING:
        changes |= NOT_APPROVED
    with tenant_scope(payable.tenant_id):
        Payable.objects.of(payable.tenant_id).filter(id=payable.id).update(status=status, **changes)
        payable.refresh_from_db()
    return payable


def bill_of(order: PaymentOrder) -> Payable:
    """As it is now."""
    with tenant_scope(order.tenant_id):
        return Payable.objects.of(order.tenant_id).get(id=order.payable_id)
