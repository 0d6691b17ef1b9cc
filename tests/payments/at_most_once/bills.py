"""Bills on their way, and what is true of them at both ends."""

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Sum

from accounts.journal.entries import balances
from accounts.models import JournalEntry, JournalLine
from banking.models import Allocation, BankAccount
from payments.dispatch.send_now import send_now
from payments.models import DispatchRun, Payable, PaymentOrder
from payments.states import OrderStatus
from reconciliation.models import OpeningBalance
from tenants.models import Membership, Role, Tenant, User
from tenants.scope import tenant_scope
from tests.cast import make_member
from tests.cora_simulator import CoraSimulator
from tests.payments.factories import BOLETO, make_payable

# The value of `make.BOLETO`.
BOLETO_AMOUNT = "1234.56"


def enter_ted(tenant: Tenant, amount: str = "150.00", **more: Any) -> Payable:
    return enter(tenant, amount, **more)


def enter_boleto(tenant: Tenant, **more: Any) -> Payable:
    return enter(tenant, BOLETO_AMOUNT, destination=BOLETO, **more)


def enter(tenant: Tenant, amount: str, **more: Any) -> Payable:
    """An approved bill; always by the same two people of the company."""
    people = {"by": somebody(tenant, Role.FINANCE), "approved_by": somebody(tenant, Role.APPROVER)}
    return make_payable(tenant, amount, **people | more)


def somebody(tenant: Tenant, role: Role) -> User:
    with tenant_scope(tenant.id):
        member = Membership.objects.of(tenant).filter(role=role).select_related("user").first()
    return member.user if member else make_member(tenant, role)


def queue(payables: Sequence[Payable]) -> list[PaymentOrder]:
    """As «Enviar agora» does."""
    with tenant_scope(payables[0].tenant_id):
        return send_now(payables, by=payables[0].created_by)


def orders(tenant: Tenant) -> list[PaymentOrder]:
    return orders_in(tenant.id)


def orders_in(tenant_id: UUID) -> list[PaymentOrder]:
    """In the order they were made."""
    with tenant_scope(tenant_id):
        found = PaymentOrder.objects.of(tenant_id).select_related("payable", "entry", "run")
        return list(found.order_by("created_at", "id"))


def statuses(tenant: Tenant) -> Counter[str]:
    return Counter(order.status for order in orders(tenant))


def all_are(tenant: Tenant, status: OrderStatus) -> bool:
    return set(statuses(tenant)) == {status}


def runs(tenant: Tenant) -> list[DispatchRun]:
    with tenant_scope(tenant.id):
        return list(DispatchRun.objects.of(tenant).order_by("day"))


def read(payable: Payable) -> Payable:
    with tenant_scope(payable.tenant_id):
        return Payable.objects.of(payable.tenant_id).get(id=payable.id)


def timeline(payable: Payable) -> list[str]:
    with tenant_scope(payable.tenant_id):
        return list(payable.events.order_by("at", "id").values_list("title", flat=True))


def effects(cora: CoraSimulator) -> Counter[str]:
    """How many orders the bank made for each of our codes."""
    return Counter(order["code"] for order in cora.orders())


def once_each(tenant: Tenant) -> Counter[str]:
    """What `effects` has to be: every bill's one order, once."""
    codes = Counter(order.code for order in orders(tenant))
    assert len({order.payable_id for order in orders(tenant)}) == len(codes)
    return codes


def entries(tenant_id: UUID) -> int:
    """But for those of opening balances, which come with the first statement of an account."""
    with tenant_scope(tenant_id):
        openings = OpeningBalance.objects.of(tenant_id).exclude(entry=None).values("entry")
        return JournalEntry.objects.of(tenant_id).exclude(id__in=openings).count()


def bank_lines(tenant: Tenant) -> list[UUID]:
    """The lines of the statement that stand for something in the books."""
    with tenant_scope(tenant.id):
        parts = Allocation.objects.of(tenant).standing()
        return list(parts.values_list("statement_line_id", flat=True))


def book_balance(account: BankAccount) -> Decimal:
    """What the Conta do Ativo holds beyond its opening balance."""
    with tenant_scope(account.tenant_id):
        held = balances(account.tenant_id, [account.ledger_account])[account.ledger_account_id]
        openings = OpeningBalance.objects.of(account.tenant_id).standing().exclude(entry=None)
        lines = JournalLine.objects.of(account.tenant_id).filter(
            account=account.ledger_account_id, entry__in=openings.values("entry")
        )
        return held - (lines.aggregate(sum=Sum("amount"))["sum"] or Decimal(0))
