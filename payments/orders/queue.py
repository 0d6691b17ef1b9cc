"""Make the orders of approved bills: one for each, queued to be sent."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from banking.models import BankAccount
from core.clock import database_now
from payments.models import DispatchRun, Payable, PaymentOrder, order_code
from payments.orders.idempotency_key import ended_unpaid, order_key
from payments.orders.payload import describe
from payments.rails.kept_back import KeptBack
from payments.rails.limits import over_limits
from payments.rails.pix_policy import rail_for
from payments.rails.titles import held_titles, unread_titles
from payments.states import PayableStatus
from payments.timeline import Tone, note_many
from tenants.models import User


def make_orders(
    pairs: Sequence[tuple[Payable, BankAccount]], *, run: DispatchRun | None, by: User | None
) -> list[PaymentOrder]:
    """The order of each bill, to be paid from the account beside it.

    The bills are approved, with their destinations, and held by the caller. The number of queries
    does not depend on theirs. Runs inside the company's scope. Other orders of the accounts that
    have limits wait until the transaction ends.

    Raises:
        KeptBack: some are beyond a limit of their account, or boletos whose title differs or
            was not read yet; none was made.
    """
    if not pairs:
        return []
    held = unread_titles(pairs) | held_titles(payable for payable, _ in pairs)
    free = [(payable, account) for payable, account in pairs if payable not in held]
    if kept := held | over_limits(free):
        raise KeptBack(kept)
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
            (o.payable_id, f"Na fila para {o.bank_account.said.the}", f"{how}{who}.", Tone.INFO)
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
        amount=Decimal(content["amount"]),
        content=content | {"code": order_code(key)},
        created_at=now,
    )
