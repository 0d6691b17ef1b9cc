"""Enter, approve and cancel bills."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import Account
from banking.banks.base import AccountType
from banking.models import BankAccount
from brazil.banking_days import DebtKind, sao_paulo_day
from core.errors import InvalidInput, InvalidState, NotAllowed
from core.typed import check_amount
from payments.models import Payable, Payee, PayeeAccount
from payments.services.reading import read_payment_date
from payments.services.timeline import note
from payments.states import PayableStatus
from tenants.models import Membership, Tenant, User


@dataclass(frozen=True, slots=True)
class TedDetails:
    """Where a TED goes; canonical digits, as `PayeeAccount` stores them."""

    bank_code: str
    branch: str
    account: str
    account_type: AccountType


class AlreadyEntered(InvalidInput):
    """This boleto is another bill of the company already."""

    def __init__(self, payable: Payable) -> None:
        super().__init__(
            f"Este boleto já foi lançado: {payable.payee}, {payable.get_status_display().lower()}.",
            field="linha_digitavel",
        )
        self.payable = payable


@transaction.atomic
def enter_payable(
    tenant: Tenant,
    *,
    by: User,
    payee_name: str,
    payee_document: str,
    description: str,
    amount: Decimal,
    due_date: date,
    expense_account: Account,
    destination: TedDetails | str,
    bank_account: BankAccount | None = None,
    kind: DebtKind = DebtKind.ORDINARY,
) -> Payable:
    """Enter a bill; it then waits for somebody else's approval.

    `destination` says how it is paid: `TedDetails`, or a boleto's linha digitável (47 or 48
    digits, already checked). It is to be paid on the due date, or where no bank settles on that
    day, on the one that `brazil.banking_days.payment_date_for` says.

    Raises:
        InvalidInput: the amount is out of range or has fractions of a centavo, or the calendar
            does not reach the due date.
        AlreadyEntered: the company has this boleto already, and it was not cancelled.
    """
    check_amount(amount)
    payment_date = read_payment_date(due_date, kind)
    ted = destination if isinstance(destination, TedDetails) else None
    line = destination if isinstance(destination, str) else ""
    check_not_entered(tenant, line)
    payee, _ = Payee.objects.get_or_create(
        tenant=tenant, document=payee_document, defaults={"name": payee_name}
    )
    payable = Payable(
        tenant=tenant,
        payee=payee,
        payee_account=_payee_account(payee, ted) if ted else None,
        description=description,
        method=Payable.Method.TED if ted else Payable.Method.BOLETO,
        linha_digitavel=line,
        amount=amount,
        due_date=due_date,
        payment_date=payment_date,
        expense_account=expense_account,
        bank_account=bank_account,
        created_by=by,
    )
    _save_new(payable)
    note(payable, "Lançada", f"Vence em {due_date:%d/%m/%Y}.", by=by)
    return payable


def check_not_entered(tenant: Tenant, line: str) -> None:
    """
    Raises:
        AlreadyEntered: the company has this linha digitável already, and it was not cancelled.
    """
    same = Payable.objects.of(tenant).filter(linha_digitavel=line).exclude(linha_digitavel="")
    other = same.exclude(status=PayableStatus.CANCELLED).select_related("payee").first()
    if other is not None:
        raise AlreadyEntered(other)


def _save_new(payable: Payable) -> None:
    """The database has the last word when two people enter the same boleto at once."""
    try:
        with transaction.atomic():
            payable.save(force_insert=True)
    except IntegrityError:
        check_not_entered(payable.tenant, payable.linha_digitavel)
        raise


def _payee_account(payee: Payee, details: TedDetails) -> PayeeAccount:
    account, _ = PayeeAccount.objects.get_or_create(
        tenant_id=payee.tenant_id,
        payee=payee,
        bank_code=details.bank_code,
        branch=details.branch,
        account=details.account,
        account_type=details.account_type,
    )
    return account


def lock(payable: Payable) -> Payable:
    """The bill as it is now, held until the transaction ends."""
    locked: Payable = Payable.objects.of(payable.tenant_id).select_for_update().get(id=payable.id)
    return locked


@transaction.atomic
def approve_payable(payable: Payable, *, by: Membership) -> Payable:
    """Approve a bill: from now on it may be sent to the bank.

    Raises:
        InvalidState: it is not waiting for approval.
        NotAllowed: `by` may not approve, or is the person who entered it.
    """
    payable = lock(payable)
    if not payable.is_pending:
        raise InvalidState("Esta conta não está aguardando aprovação.")
    if not by.can_approve:
        raise NotAllowed("Seu papel nesta empresa não aprova contas.")
    if payable.created_by_id == by.user_id:
        raise NotAllowed("Quem lança a conta não pode aprová-la: peça a outro aprovador.")
    payable.status = PayableStatus.APPROVED
    payable.approved_by = by.user
    payable.approved_at = timezone.now()
    payable.save(update_fields=["status", "approved_by", "approved_at"])
    note(payable, "Aprovada", when_it_leaves(payable, payable.approved_at), by=by.user)
    return payable


def when_it_leaves(payable: Payable, now: datetime) -> str:
    if payable.payment_date > sao_paulo_day(now):
        return f"Pagamento previsto para {payable.payment_date:%d/%m/%Y}."
    return "O pagamento é para hoje."


@transaction.atomic
def cancel_payable(payable: Payable, *, by: User, why: str = "") -> Payable:
    """Give a bill up. One that is on its way to a bank is refused there first.

    Raises:
        InvalidState: it was sent, paid or cancelled.
    """
    payable = lock(payable)
    if payable.status == PayableStatus.SENT:
        raise InvalidState(
            "Esta conta já foi enviada ao banco. Recuse o pagamento no aplicativo do banco "
            "e ela volta para cá."
        )
    if payable.status not in {PayableStatus.PENDING, PayableStatus.APPROVED}:
        raise InvalidState("Esta conta não pode mais ser cancelada.")
    payable.status = PayableStatus.CANCELLED
    payable.save(update_fields=["status"])
    note(payable, "Cancelada", why, by=by)
    return payable
