"""«Enviar agora» and «Baixar contas»: a person sends approved bills at once."""

from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

from audit.acts import Act
from audit.services import record
from banking.models import BankAccount
from brazil.banking_days import sao_paulo_day
from core.clock import database_now
from core.errors import InvalidState
from core.money import format_brl
from payments.bills.approval import hold, return_to_approval
from payments.dispatch.plan import before_its_day
from payments.models import Payable, PaymentOrder
from payments.orders.queue import make_orders
from payments.orders.sending_lock import refuse_while_locked
from payments.rails.debit_account import preferred_account, require_account, usable_accounts
from payments.rails.pix_policy import needs_new_approval, rail_for, why_no_rail
from tenants.models import Tenant, User


def send_now(
    payables: Sequence[Payable], *, by: User, account: BankAccount | None = None
) -> list[PaymentOrder]:
    """Send approved bills at once, overdue and late ones too, each from its own account.

    With `account` all of them leave from that one, and are its own from then on. One that would
    go where its approval did not say makes no order: it is back in approval. Runs inside the
    company's scope, all or nothing, in a number of queries that does not depend on that of the
    bills. The bills are locked in one order, so that two people who send the same ones wait for
    each other.

    Raises:
        InvalidState: one is not approved, or not for today, or has no connected account to be
            paid from; or sending is locked.
    """
    if not payables:
        return []
    tenant_id = payables[0].tenant_id
    refuse_while_locked(tenant_id)
    locked = lock_bills(tenant_id, payables)
    payers = payers_of(locked, account)
    today = sao_paulo_day(database_now())
    pairs: list[tuple[Payable, BankAccount]] = []
    returned: list[tuple[Payable, str]] = []
    for payable in locked:
        payer = payers[payable.id]
        which = f"«{payable.payee}» não pode ser enviada. " if len(locked) > 1 else ""
        if early := before_its_day(payable, today):
            raise InvalidState(which + early, code="before_its_day")
        if needs_new_approval(payable, payer):
            returned.append((payable, why_no_rail(payable, payer)))
        elif rail_for(payable, payer) is None:
            raise InvalidState(which + why_no_rail(payable, payer), code="no_rail")
        else:
            pairs.append((payable, payer))
    return_to_approval(returned)
    if account is not None:
        moved = [payable.id for payable, _ in pairs if payable.bank_account_id != account.id]
        Payable.objects.of(tenant_id).filter(id__in=moved).update(bank_account=account)
    orders = make_orders(pairs, run=None, by=by)
    record_sent(orders, [payable for payable, _ in returned], by=by)
    return orders


def lock_bills(tenant_id: UUID, payables: Sequence[Payable]) -> list[Payable]:
    """As they are now, held until the transaction ends.

    Raises:
        InvalidState: one is not approved.
    """
    bills = Payable.objects.of(tenant_id).filter(id__in=[payable.id for payable in payables])
    locked: list[Payable] = list(hold(bills).with_details().order_by("id"))
    for payable in locked:
        if not payable.is_sendable:
            raise InvalidState(
                f"«{payable.payee}» não está aprovada para envio.", code="not_approved"
            )
    return locked


def payers_of(payables: Sequence[Payable], account: BankAccount | None) -> dict[UUID, BankAccount]:
    """By bill, the account that pays it: that one, else its own, else the preferred one.

    Raises:
        InvalidState: it cannot pay, or there is none.
    """
    tenant_id = payables[0].tenant_id
    usable = usable_accounts(tenant_id)
    otherwise = account or preferred_account(tenant_id)
    return {
        payable.id: require_account(account or payable.bank_account or otherwise, usable)
        for payable in payables
    }


def record_sent(orders: Sequence[PaymentOrder], returned: Sequence[Payable], *, by: User) -> None:
    """One record of the whole act, with each bill that it touched."""
    bills = [order.payable for order in orders] + list(returned)
    after = {}
    if orders:
        total = sum((order.amount for order in orders), Decimal(0))
        accounts = sorted({str(order.bank_account) for order in orders})
        after["Conta de débito"] = ", ".join(accounts)
        after["Total"] = f"R$\u00a0{format_brl(total)}"
        after["Na fila"] = "\n".join(
            f"{named(order.payable)} · {order.content['code']}" for order in orders
        )
    if returned:
        after["De volta para aprovação"] = "\n".join(map(named, returned))
    record(Act.BILLS_SENT, on=subject(bills, orders), by=by, after=after)


def subject(
    bills: Sequence[Payable], orders: Sequence[PaymentOrder]
) -> Payable | BankAccount | Tenant:
    """What the act was on: the one bill, else the one account that pays, else the company."""
    if len(bills) == 1:
        return bills[0]
    payers = {order.bank_account_id: order.bank_account for order in orders}
    return next(iter(payers.values())) if len(payers) == 1 else bills[0].tenant


def named(payable: Payable) -> str:
    """On one line, whatever the name holds."""
    payee = " ".join(str(payable.payee).split())
    return f"{payee} · R$\u00a0{format_brl(payable.amount)}"
