"""A person says that a bill was paid outside of the product: cash, another app, another bank."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.db.models import Q

from accounts.chart.reclassify import share_account, standing
from accounts.journal.entries import hold_entry, post_entry, reverse_entry
from accounts.models import Account
from audit.acts import Act
from audit.services import Entry, record, record_many
from banking.bank_accounts.ledger_account import hold_leaf, possible_leaves
from banking.models import BankAccount
from brazil.banking_days import sao_paulo_day
from core.amounts import check_amount
from core.clock import database_now
from core.errors import InvalidInput, InvalidState, NotAllowed
from core.money import format_brl
from payments.bills.approval import give_approval, lock, revoke_approval
from payments.bills.rest import cancel_rest, enter_rest
from payments.bills.tiers import lock_rules
from payments.models import OutsidePayment, Payable, PaymentOrder
from payments.states import LIVE_ORDERS, PayableStatus
from payments.timeline import Tone, note
from tenants.models import Membership

ZERO = Decimal("0.00")
TITLE, UNDONE = "Registrada como paga fora do Kamino", "Pagamento fora do Kamino desfeito"


@dataclass(frozen=True, slots=True)
class Paid:
    """What was paid, as a person says it. It left an account at a bank, or one of the chart."""

    on: date  # São Paulo
    amount: Decimal  # reais
    source: BankAccount | Account
    # What of it is no part of the bill, each on its account: interest and fine that were paid with
    # it or, negative, discount that was got and tax that was kept.
    others: Sequence[tuple[Account, Decimal]] = ()
    rest: Decimal = ZERO  # what of the bill it does not pay: a bill of its own, to be approved


@transaction.atomic
def record_paid_outside(
    payable: Payable, paid: Paid, *, by: Membership, shown: str
) -> OutsidePayment:
    """The bill is paid, and the books say so: expense against what it left.

    One that waits for approval is approved by it, as it was shown: `shown` is as in
    `approve_payable`. Runs inside the company's scope.

    Raises:
        InvalidInput: the day is to come, or the amount is none that may be paid.
        InvalidState: it is on its way to a bank, paid, cancelled, or needs one more approval.
        NotAllowed: `by` neither enters nor approves bills; or may not approve this one, which
            waits for it.
        Changed: the bill waits for approval, and is another one than was shown.
    """
    amount = check(paid, by)
    lock_rules(payable.tenant_id)
    payable = lock(payable)
    if payable.is_pending:
        payable = give_approval(payable, by=by, shown=shown)
    payment, said = write_paid(payable, paid, amount, by)
    record_many([said], by=by.user)
    return payment


def pay_held(payable: Payable, paid: Paid, *, by: Membership) -> tuple[OutsidePayment, Entry]:
    """As `record_paid_outside`, of an approved bill that the caller holds, with the company's
    rules, and has read since; who puts on record what is returned. Runs in the caller's
    transaction."""
    return write_paid(payable, paid, check(paid, by), by)


def check(paid: Paid, by: Membership) -> Decimal:
    """What was paid, in reais."""
    require_worker(by)
    if paid.on > sao_paulo_day(database_now()):
        raise InvalidInput("A data do pagamento não pode ser futura.", field="paid_on")
    return check_amount(paid.amount)


def write_paid(
    payable: Payable, paid: Paid, amount: Decimal, by: Membership
) -> tuple[OutsidePayment, Entry]:
    require_unsent(payable)
    leaf = leaf_of(paid.source)
    expense = amount - sum((each for _, each in paid.others), ZERO)
    if expense <= 0:
        raise InvalidInput("Juros, multa e tarifa passam do valor pago.", field="amount")
    rest = enter_rest(payable, paid.rest, by=by) if paid.rest else None
    entry = post_entry(
        payable.tenant,
        date=paid.on,
        memo=f"Pagamento a {payable.payee.name}"[:140],
        lines=[(payable.expense_account, expense), *paid.others, (leaf, -amount)],
        by=by.user,
    )
    payment = OutsidePayment.objects.create(
        tenant_id=payable.tenant_id,
        payable=payable,
        paid_on=paid.on,
        bank_account=paid.source if isinstance(paid.source, BankAccount) else None,
        account=leaf,
        amount=amount,
        entry=entry,
        rest=rest,
        by=by.user,
    )
    payable.status = PayableStatus.PAID
    payable.save(update_fields=["status"])
    note(payable, TITLE, in_words(payment), tone=Tone.OK, by=by.user)
    return payment, Entry(Act.PAID_OUTSIDE, payable, after=particulars(payment))


def require_worker(by: Membership) -> None:
    if not (by.can_enter or by.can_approve):
        raise NotAllowed(
            "Seu papel nesta empresa não permite registrar pagamentos.", code="wrong_role"
        )


def require_unsent(payable: Payable) -> None:
    """
    Raises:
        InvalidState: the bill, held by the caller, is not approved, or a bank may be paying it.
    """
    if payable.is_pending:
        raise InvalidState("Falta a aprovação de outra pessoa.", code="needs_approval")
    orders = PaymentOrder.objects.of(payable.tenant_id).filter(payable=payable)
    if orders.filter(Q(status__in=LIVE_ORDERS) | Q(needs_person=True)).exists():
        raise InvalidState(
            "O banco pode estar fazendo este pagamento: espere o resultado, ou informe-o, antes "
            "de registrar um pagamento fora.",
            code="at_bank",
        )
    if payable.status != PayableStatus.APPROVED:
        raise InvalidState("Esta conta já foi paga ou cancelada.", code="not_open")


def leaf_of(source: BankAccount | Account) -> Account:
    """What the money left, held until the transaction ends.

    Raises:
        InvalidInput: it is no open account of the assets, or one that a bank account has.
    """
    if isinstance(source, BankAccount):
        return hold_leaf(source)
    share_account(source.id)
    leaf = possible_leaves(source.tenant).filter(id=source.id).first()
    if leaf is None:
        raise InvalidInput(
            "Escolha uma conta do ativo que esteja em uso e não seja de um banco.", field="source"
        )
    return leaf


@transaction.atomic
def undo_paid_outside(payable: Payable, *, by: Membership | None, why: str) -> Payable:
    """It was not paid so: the entry is reversed on its own day, the bill waits for approval. What
    became a bill of its own of it is cancelled.

    An entry that a person has reversed already stays as it is. Runs inside the company's scope.

    Raises:
        InvalidState: nobody said that it was paid outside, or an account of the entry is archived;
            (code `rest_moved`) its rest was sent or paid since.
        NotAllowed: `by` neither enters nor approves bills.
    """
    if by is not None:
        require_worker(by)
    user = by.user if by else None
    hold_account_of(payable)
    payable = lock(payable)
    payment = payment_of(payable)
    if payment is None:
        raise InvalidState(
            "Esta conta não consta como paga fora do Kamino.", code="not_paid_outside"
        )
    if payment.rest is not None:
        assert by is not None  # the product leaves no rest
        cancel_rest(payment.rest, by=by, why=why)
    entry = standing(payment.entry)
    hold_entry(entry)
    if entry.reversal is None:
        reverse_entry(entry, by=user, date=entry.date, why=why)
    payment.undone_by, payment.undone_at = user, database_now()
    payment.save(update_fields=["undone_by", "undone_at"])
    revoke_approval(payable)
    note(payable, UNDONE, why, tone=Tone.WARN, by=user)
    record(Act.PAID_OUTSIDE_UNDONE, on=payable, by=user, why=why, before=particulars(payment))
    return payable


def hold_account_of(payable: Payable) -> None:
    """Before the bill, as all do who act on bank lines: one may stand for the entry."""
    payments = OutsidePayment.objects.of(payable.tenant_id).filter(payable=payable, undone_at=None)
    accounts = BankAccount.objects.of(payable.tenant_id).filter(
        id__in=payments.values("bank_account")
    )
    list(accounts.select_for_update(of=("self",), no_key=True).order_by("id").values_list("id"))


def payment_of(payable: Payable) -> OutsidePayment | None:
    """What stands of it. Inside the company's scope."""
    payments = OutsidePayment.objects.of(payable.tenant_id).filter(payable=payable, undone_at=None)
    rows = payments.select_related("entry", "account", "bank_account", "rest")
    found: OutsidePayment | None = rows.first()
    return found


def particulars(payment: OutsidePayment) -> dict[str, str]:
    return {
        "Pago em": f"{payment.paid_on:%d/%m/%Y}",
        "Valor pago": f"R$\u00a0{format_brl(payment.amount)}",
        "Saiu de": str(payment.bank_account or payment.account),
    }


def in_words(payment: OutsidePayment) -> str:
    return (
        f"R$\u00a0{format_brl(payment.amount)} em {payment.paid_on:%d/%m/%Y}, "
        f"de {payment.bank_account or payment.account}."
    )
