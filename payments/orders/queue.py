"""Make the orders of approved bills: one for each, queued to be sent."""

from collections.abc import Sequence
from datetime import datetime

from banking.models import BankAccount
from core.clock import database_now
from payments.bills.approval import return_to_approval
from payments.models import DispatchRun, Payable, PaymentOrder, order_code
from payments.orders.idempotency_key import ended_unpaid, order_key
from payments.orders.payload import describe
from payments.rails.pix_policy import rail_for, why_no_rail
from payments.states import PayableStatus
from payments.timeline import Tone, note_many
from tenants.models import User


def return_unapproved(payables: list[Payable], account: BankAccount) -> None:
    """Those that would go from the account where their approval did not say wait for another.

    One that another act has locked now is left to the next time.
    """
    if not payables:
        return
    rows = Payable.objects.of(account.tenant_id).sendable().with_destinations().order_by("id")
    rows = rows.filter(id__in=[payable.id for payable in payables])
    locked = list(rows.select_for_update(of=("self",), skip_locked=True, no_key=True))
    return_to_approval([(payable, why_no_rail(payable, account)) for payable in locked])


def queue_orders(
    payables: list[Payable], account: BankAccount, *, run: DispatchRun | None, by: User | None
) -> list[PaymentOrder]:
    """One order for each bill that is still approved; the bill is then on its way.

    The lock and the second look take each bill once, also when others take it at the same time,
    and the database refuses a second open order for it. None is taken that is held, or back in
    approval, since it was planned.
    """
    approved = Payable.objects.of(account.tenant_id).sendable().with_destinations().order_by("id")
    approved = approved.filter(id__in=[payable.id for payable in payables])
    locked = approved.select_for_update(of=("self",), no_key=True)
    taken = {payable.id: payable for payable in locked}
    pairs = [(taken[payable.id], account) for payable in payables if payable.id in taken]
    return make_orders(pairs, run=run, by=by)


def make_orders(
    pairs: Sequence[tuple[Payable, BankAccount]], *, run: DispatchRun | None, by: User | None
) -> list[PaymentOrder]:
    """The order of each bill, to be paid from the account beside it.

    The bills are approved, with their destinations, and held by the caller. The number of queries
    does not depend on theirs. Runs inside the company's scope.
    """
    if not pairs:
        return []
    tenant_id = pairs[0][0].tenant_id
    ids = [payable.id for payable, _ in pairs]
    earlier, now = ended_unpaid(tenant_id, ids), database_now()
    orders = [
        new_order(payable, account, run, earlier.get(payable.id, 0), now)
        for payable, account in pairs
    ]
    Payable.objects.of(tenant_id).filter(id__in=ids).update(status=PayableStatus.SENT)
    PaymentOrder.objects.bulk_create(orders)
    how = f"Pelo envio de {run.day:%d/%m}" if run else "Por «Enviar agora»"
    who = f", de {by.display_name}" if by else ""
    note_many(
        tenant_id,
        [
            (o.payable_id, f"Na fila para {o.bank_account}", f"{how}{who}.", Tone.INFO)
            for o in orders
        ],
        at=now,
    )
    return orders


def new_order(
    payable: Payable, account: BankAccount, run: DispatchRun | None, earlier: int, now: datetime
) -> PaymentOrder:
    rail = rail_for(payable, account)
    assert rail is not None  # what the bank cannot do was left out or refused before
    content = describe(payable, rail)
    key = order_key(payable, account, rail, content, earlier)
    return PaymentOrder(
        tenant_id=account.tenant_id,
        payable=payable,
        bank_account=account,
        run=run,
        key=key,
        rail=rail,
        amount=payable.amount,
        content=content | {"code": order_code(key)},
        created_at=now,
    )
