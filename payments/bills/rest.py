"""What is left of a bill that was paid in part outside of the product: a bill of its own."""

from decimal import Decimal

from audit.acts import Act
from audit.services import record
from core.errors import InvalidInput, InvalidState
from core.text import shorten
from payments.bills.approval import lock
from payments.bills.enter import cancel_payable
from payments.bills.particulars import particulars
from payments.models import Payable
from payments.states import PayableStatus
from payments.timeline import note
from tenants.models import Membership

OPEN = frozenset({PayableStatus.PENDING, PayableStatus.APPROVED})
SAME = (
    "tenant", "payee", "payee_account", "method", "pix_key_type", "pix_key", "due_date",
    "payment_date", "expense_account", "bank_account",
)  # fmt: skip


def enter_rest(payable: Payable, amount: Decimal, *, by: Membership) -> Payable:
    """A bill like this one, which the caller holds, over what is not paid of it. Somebody else than
    `by` approves it.

    Raises:
        InvalidInput: (field `amount`, code `paid_whole`) its boleto or code is paid whole or not.
    """
    if payable.linha_digitavel or payable.pix_code:
        raise InvalidInput(
            "Um boleto ou um Pix copia e cola não é pago em parte: concilie o valor inteiro e "
            "informe a diferença como desconto.",
            field="amount",
            code="paid_whole",
        )
    rest = Payable(
        **{name: getattr(payable, name) for name in SAME},
        description=shorten(f"Restante de {payable.description or payable.payee.name}", 140),
        amount=amount,
        created_by=by.user,
    )
    rest.save(force_insert=True)
    note(rest, "Lançada", f"É o que falta de uma conta paga em parte: {payable}.", by=by.user)
    record(Act.BILL_ENTERED, on=rest, by=by.user, after=particulars(rest))
    return rest


def cancel_rest(rest: Payable, *, by: Membership, why: str) -> None:
    """Its bill is owed in whole again.

    Raises:
        InvalidState: (code `rest_moved`) it was sent or paid.
    """
    held = lock(rest)
    if held.status == PayableStatus.CANCELLED:
        return
    if held.status not in OPEN:
        raise InvalidState(rest_moved(held), code="rest_moved")
    cancel_payable(held, by=by.user, why=why)


def rest_moved(rest: Payable) -> str:
    return (
        f"O que faltava desta conta, «{rest}», consta como «{rest.get_status_display().lower()}»: "
        "desfaça isso antes."
    )
