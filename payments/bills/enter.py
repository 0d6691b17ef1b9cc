"""Enter and cancel bills."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.db.models import Q

from accounts.models import Account
from banking.banks.contract.payments import AccountType, PixAccount, PixCode, PixKey
from banking.models import BankAccount
from brazil.banking_days import DebtKind
from core.amounts import check_amount
from core.errors import InvalidInput, InvalidState
from payments.bills.approval import lock
from payments.bills.parsing import read_payment_date, read_pix_code, read_pix_date
from payments.models import Payable, Payee, PayeeAccount
from payments.states import PayableStatus
from payments.timeline import note
from tenants.models import Tenant, User


@dataclass(frozen=True, slots=True)
class TedDetails:
    """Where a TED goes; canonical digits, as `PayeeAccount` stores them."""

    bank_code: str
    branch: str
    account: str
    account_type: AccountType


# How a bill is paid: TED, Pix, or a boleto's linha digitável (47 or 48 digits, already checked).
Destination = TedDetails | PixKey | PixAccount | PixCode | str


class AlreadyEntered(InvalidInput):
    """This boleto, or the charge of this Pix code, is another bill of the company already."""

    def __init__(self, payable: Payable) -> None:
        what = (
            "Esta cobrança Pix já foi lançada" if payable.is_pix else "Este boleto já foi lançado"
        )
        super().__init__(
            f"{what}: {payable.payee}, {payable.get_status_display().lower()}.",
            field="pix_code" if payable.is_pix else "linha_digitavel",
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
    destination: Destination,
    bank_account: BankAccount | None = None,
    kind: DebtKind = DebtKind.ORDINARY,
) -> Payable:
    """Enter a bill; it then waits for somebody else's approval.

    It is to be paid on the due date, or where no bank settles on that day, on the one that
    `brazil.banking_days.payment_date_for` says; by Pix, on the due date whatever day it is.

    Raises:
        InvalidInput: the amount is out of range or has fractions of a centavo, the calendar does
            not reach the due date, or the Pix code cannot be read.
        AlreadyEntered: the company has this boleto or Pix charge already, and it was not
            cancelled.
    """
    check_amount(amount)
    how = how_it_is_paid(destination)
    is_pix = how["method"] == Payable.Method.PIX
    payment_date = read_pix_date(due_date) if is_pix else read_payment_date(due_date, kind)
    check_not_entered(tenant, how.get("linha_digitavel", ""), how.get("pix_charge", ""))
    payee, _ = Payee.objects.get_or_create(
        tenant=tenant, document=payee_document, defaults={"name": payee_name}
    )
    account = (
        _payee_account(payee, destination)
        if isinstance(destination, TedDetails | PixAccount)
        else None
    )
    payable = Payable(
        tenant=tenant,
        payee=payee,
        payee_account=account,
        description=description,
        amount=amount,
        due_date=due_date,
        payment_date=payment_date,
        expense_account=expense_account,
        bank_account=bank_account,
        created_by=by,
        **how,
    )
    _save_new(payable)
    note(payable, "Lançada", f"Vence em {due_date:%d/%m/%Y}.", by=by)
    return payable


def how_it_is_paid(destination: Destination) -> dict[str, str]:
    """The fields of a bill that say so, but the payee account."""
    match destination:
        case str():
            return {"method": Payable.Method.BOLETO, "linha_digitavel": destination}
        case TedDetails():
            return {"method": Payable.Method.TED}
        case PixKey(kind, value):
            return {"method": Payable.Method.PIX, "pix_key_type": kind, "pix_key": value}
        case PixCode(payload):
            code = read_pix_code(payload)
            return {
                "method": Payable.Method.PIX,
                "pix_code": code.payload,
                "pix_charge": code.charge,
            }
        case PixAccount():
            return {"method": Payable.Method.PIX}


def check_not_entered(tenant: Tenant, line: str = "", pix_charge: str = "") -> None:
    """
    Raises:
        AlreadyEntered: the company has this linha digitável, or what this Pix code charges,
            already, and it was not cancelled.
    """
    same = Q()
    if line:
        same |= Q(linha_digitavel=line)
    if pix_charge:
        same |= Q(pix_charge=pix_charge)
    if not same:
        return
    others = Payable.objects.of(tenant).filter(same).exclude(status=PayableStatus.CANCELLED)
    other = others.select_related("payee").first()
    if other is not None:
        raise AlreadyEntered(other)


def _save_new(payable: Payable) -> None:
    """The database has the last word when two people enter the same document at once."""
    try:
        with transaction.atomic():
            payable.save(force_insert=True)
    except IntegrityError:
        check_not_entered(payable.tenant, payable.linha_digitavel, payable.pix_charge)
        raise


def _payee_account(payee: Payee, details: TedDetails | PixAccount) -> PayeeAccount:
    account, _ = PayeeAccount.objects.get_or_create(
        tenant_id=payee.tenant_id,
        payee=payee,
        bank_code=details.bank_code,
        branch=details.branch,
        account=details.account,
        account_type=details.account_type,
    )
    return account


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
