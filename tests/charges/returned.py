"""What tests do with refunds: ask, release, send, look."""

from decimal import Decimal

from banking.models import BankAccount
from charges.models import Charge, Refund, Settlement
from charges.refunds.ask import ask_refund
from charges.refunds.parts import Left, left_of
from charges.refunds.release import release_refund
from charges.refunds.send import send_refunds
from tenants.models import Membership, Role
from tenants.scope import tenant_scope
from tests.banking.factories import reread
from tests.charges.factories import membership
from tests.charges.issued import follow, issued_charge, settlements, slip_of
from tests.kamino_simulator import KaminoSimulator


def paid_by_pix(
    account: BankAccount,
    kamino: KaminoSimulator,
    amount: str = "150.00",
    *,
    came: int | None = None,
) -> Charge:
    """`came` in centavos, where it is not the amount."""
    charge = issued_charge(account, amount, form="boleto_pix")
    kamino.pay_charge(slip_of(charge).reference, **({"amount": came} if came else {}))
    follow(account)
    return of_company(reread(charge), account)


def of_company(charge: Charge, account: BankAccount) -> Charge:
    """Whose company is known outside of its scope too."""
    charge.tenant = account.tenant
    return charge


def payment_of(charge: Charge) -> Settlement:
    (payment,) = settlements(charge)
    return payment


def ask(charge: Charge, amount: str, *, by: Membership | None = None, debt: str = "owed") -> Refund:
    by = by or membership(charge.tenant)
    with tenant_scope(charge.tenant_id):
        payment = Settlement.objects.of(charge.tenant_id).order_by("created_at").get(
            charge=charge, slip__isnull=False
        )  # fmt: skip
        refund = ask_refund(payment, by=by, amount=Decimal(amount), debt=debt, why="Acordo")
    refund.tenant = charge.tenant
    return refund


def release(refund: Refund, by: Membership | None = None) -> Refund:
    by = by or membership(refund.tenant, role=Role.APPROVER)
    with tenant_scope(refund.tenant_id):
        return release_refund(refund, by=by)


def released(charge: Charge, amount: str, *, debt: str = "owed") -> Refund:
    return release(ask(charge, amount, debt=debt))


def send(account: BankAccount) -> None:
    """Now, whatever was tried lately."""
    with tenant_scope(account.tenant_id):
        Refund.objects.of(account.tenant_id).update(wait_until=None)
    send_refunds(account.tenant_id, account.id)


def refunds(charge: Charge) -> list[Refund]:
    with tenant_scope(charge.tenant_id):
        rows = Refund.objects.of(charge.tenant_id).filter(charge=charge).select_related("entry")
        return list(rows.order_by("created_at", "id"))


def left(settlement: Settlement) -> Left:
    with tenant_scope(settlement.tenant_id):
        return left_of(settlement)
