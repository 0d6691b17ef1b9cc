"""What the end of an account's connection means for its bills."""

from dataclasses import dataclass

from django.utils import timezone

from audit.acts import Act
from audit.services import record
from banking.connections.disconnect import undo_connection
from banking.models import BankAccount, StatementLine
from payments.models import Payable, PaymentOrder
from payments.orders.give_back import give_back_what_was_undone
from payments.states import OPEN_AT_BANK, OrderStatus, PayableStatus
from payments.timeline import Tone, note_many
from tenants.models import Tenant, User

UNDECIDED = (OrderStatus.SENDING, OrderStatus.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Effect:
    """What undoing an account's connection touches, in numbers."""

    lines: int
    queued: int
    at_bank: int
    undecided: int
    waiting: int  # open bills that this account would pay and that did not leave yet


def effect_of_undoing(account: BankAccount) -> Effect:
    """Runs inside the company's scope."""
    orders = PaymentOrder.objects.of(account.tenant_id).filter(bank_account=account)
    waiting = Payable.objects.of(account.tenant_id).paid_by(account)
    return Effect(
        lines=StatementLine.objects.of(account.tenant_id).filter(bank_account=account).count(),
        queued=orders.filter(status=OrderStatus.QUEUED).count(),
        at_bank=orders.filter(status__in=OPEN_AT_BANK).count(),
        undecided=orders.filter(status__in=UNDECIDED).count(),
        waiting=waiting.filter(status__in=[PayableStatus.PENDING, PayableStatus.APPROVED]).count(),
    )


def undo(account: BankAccount, tenant: Tenant, *, by: User, typed: str) -> int:
    """Undo the connection; what never left is approved again. Returns how many that were.

    What is at the bank stays so: only a new connection, the statement or a person can tell how it
    ends, and its timeline says it. Runs inside the company's scope, all or nothing.

    Raises:
        InvalidInput: `typed` is not the company's name.
        InvalidState: there is no connection to undo.
    """
    undo_connection(account, tenant, by=by, typed=typed)
    given_back = give_back_what_was_undone(account)
    at_bank = PaymentOrder.objects.of(tenant).filter(bank_account=account, status__in=OPEN_AT_BANK)
    text = (
        f"{by.display_name} desfez o vínculo com {account.bank_name}. O pagamento continua lá: "
        "confira no aplicativo do banco. Refeito o vínculo, o Kamino volta a acompanhar."
    )
    rows = [
        (payable, "No banco, sem acompanhamento", text, Tone.WARN)
        for payable in at_bank.values_list("payable_id", flat=True)
    ]
    note_many(tenant.id, rows, at=timezone.now())
    record(
        Act.CONNECTION_UNDONE,
        on=account,
        by=by,
        before={"Vínculo": "ativo"},
        after={
            "Vínculo": "desfeito",
            "Pagamentos devolvidos da fila": str(given_back),
            "Pagamentos que ficam no banco": str(len(rows)),
        },
    )
    return given_back
