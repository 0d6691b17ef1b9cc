"""Make the orders of approved bills: one for each, queued to be sent."""

from datetime import datetime
from uuid import uuid4

from banking.models import BankAccount
from core.clock import database_now
from payments.bills.approval import return_to_approval
from payments.models import DispatchRun, Payable, PaymentOrder
from payments.orders.payload import describe
from payments.rails.pix_policy import rail_for, why_no_rail
from payments.states import PayableStatus
from payments.timeline import Tone, note_many
from tenants.models import User


def return_unapproved(payables: list[Payable], account: BankAccount) -> None:
    """Those that would go from the account where their approval did not say wait for another.

    One that another act has locked now is left to the next time.
    """
    rows = Payable.objects.of(account.tenant_id).sendable()
    rows = rows.filter(id__in=[payable.id for payable in payables]).with_details()
    for payable in rows.select_for_update(of=("self",), skip_locked=True).order_by("id"):
        return_to_approval(payable, why=why_no_rail(payable, account))


def queue_orders(
    payables: list[Payable], account: BankAccount, *, run: DispatchRun | None, by: User | None
) -> list[PaymentOrder]:
    """One order for each bill that is still approved; the bill is then on its way.

    The lock and the second look take each bill once, also when others take it at the same time,
    and the database refuses a second open order for it. None is taken that is held, or back in
    approval, since it was planned.
    """
    approved = Payable.objects.of(account.tenant_id).sendable()
    approved = approved.filter(id__in=[payable.id for payable in payables])
    locked = approved.select_for_update(of=("self",)).with_details().order_by("id")
    taken = {payable.id: payable for payable in locked}
    Payable.objects.of(account.tenant_id).filter(id__in=taken).update(status=PayableStatus.SENT)
    now = database_now()
    orders = [
        new_order(taken[payable.id], account, run, now)
        for payable in payables
        if payable.id in taken
    ]
    PaymentOrder.objects.bulk_create(orders)
    how = f"Pelo envio de {run.day:%d/%m}" if run else "Por «Enviar agora»"
    who = f", de {by.display_name}" if by else ""
    note_many(
        account.tenant_id,
        [(o.payable_id, f"Na fila para {account}", f"{how}{who}.", Tone.INFO) for o in orders],
        at=now,
    )
    return orders


def new_order(
    payable: Payable, account: BankAccount, run: DispatchRun | None, now: datetime
) -> PaymentOrder:
    key = uuid4()
    rail = rail_for(payable, account)
    assert rail is not None  # what the bank cannot do was left out or refused before
    return PaymentOrder(
        tenant_id=account.tenant_id,
        payable=payable,
        bank_account=account,
        run=run,
        key=key,
        rail=rail,
        amount=payable.amount,
        content=describe(payable, key, rail),
        created_at=now,
    )
