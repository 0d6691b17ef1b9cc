"""What the end of an account's connection means for its bills."""

from dataclasses import dataclass

from banking.connections.disconnect import Consequence
from banking.models import BankAccount, StatementLine
from core.clock import database_now
from core.plurals import counted
from payments.models import Payable, PaymentOrder
from payments.orders.give_back import give_back_what_was_undone
from payments.states import OPEN_AT_BANK, OrderStatus, PayableStatus
from payments.timeline import Tone, note_many
from tenants.models import User

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


def hand_back(account: BankAccount, *, by: User) -> Consequence:
    """What never left is approved as before; what is at the bank says that it stays there.

    Only a new connection, the statement or a person can tell how that ends. Named in
    `settings.ON_DISCONNECT`; runs inside the company's scope.
    """
    given_back = give_back_what_was_undone(account)
    orders = PaymentOrder.objects.of(account.tenant_id).filter(bank_account=account)
    text = (
        f"{by.display_name} desfez o vínculo com {account.bank_said.the}. O pagamento continua no "
        "banco: confira no aplicativo. Quando o vínculo for refeito, o Kamino volta a acompanhar."
    )
    rows = [
        (payable, "No banco, sem acompanhamento", text, Tone.WARN)
        for payable in orders.filter(status__in=OPEN_AT_BANK).values_list("payable_id", flat=True)
    ]
    note_many(account.tenant_id, rows, at=database_now())
    back = counted(given_back, "conta voltou", "contas voltaram")
    return Consequence(
        {
            "Pagamentos devolvidos da fila": str(given_back),
            "Pagamentos que ficam no banco": str(len(rows)),
        },
        sentence=f"{back} para aprovada." if given_back else "",
    )
