"""«Enviar agora» and «Baixar contas»: a person sends approved bills at once."""

from collections.abc import Iterable

from banking.models import BankAccount
from core.errors import InvalidState
from payments.models import Payable, PaymentOrder
from payments.orders.queue import queue_orders, return_unapproved
from payments.rails.debit_account import paying_account, require_account
from payments.rails.pix_policy import needs_new_approval, rail_for, why_no_rail
from tenants.models import User


def send_now(
    payables: Iterable[Payable], *, by: User, account: BankAccount | None = None
) -> list[PaymentOrder]:
    """Send approved bills at once, overdue and late ones too, each from its own account.

    With `account` all of them leave from that one, and are its own from then on. One that would
    go where its approval did not say makes no order: it is back in approval. Runs inside the
    company's scope, all or nothing. The bills are locked in one order, so that two people who send
    the same ones wait for each other.

    Raises:
        InvalidState: one is not approved, or has no connected account to be paid from.
    """
    orders = []
    for payable in sorted(payables, key=lambda payable: payable.id):
        locked = (
            Payable.objects.of(payable.tenant_id)
            .select_for_update(of=("self",))
            .with_details()
            .get(id=payable.id)
        )
        if not locked.is_sendable:
            raise InvalidState(
                f"«{locked.payee}» não está aprovada para envio.", code="not_approved"
            )
        payer = require_account(account or paying_account(locked))
        if needs_new_approval(locked, payer):
            return_unapproved([locked], payer)
            continue
        if rail_for(locked, payer) is None:
            raise InvalidState(why_no_rail(locked, payer), code="no_rail")
        if account is not None and locked.bank_account_id != account.id:
            mine = Payable.objects.of(locked.tenant_id).filter(id=locked.id)
            mine.update(bank_account=account)
        orders += queue_orders([locked], payer, run=None, by=by)
    return orders
