"""Enter and cancel bills."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction

from accounts.models import Account
from audit.acts import Act
from audit.services import record
from banking.banks.contract.payments import PixAccount, PixCode, PixKey
from banking.models import BankAccount
from brazil.banking_days import DebtKind
from core.amounts import check_amount
from core.errors import InvalidState
from parties.models import Payee, PayeeAccount
from payments.bills.approval import lock
from payments.bills.duplicates import bill_with_code, lock_code, refuse_duplicate
from payments.bills.parsing import PixCharge, read_payment_date, read_pix_code, read_pix_date
from payments.bills.particulars import particulars
from payments.bills.warnings import repeated_code
from payments.models import Payable
from payments.rails.destinations import Destination, TedDetails, written
from payments.states import PayableStatus
from payments.timeline import Tone, note
from tenants.models import Tenant, User


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
    A Pix code that may be paid again and is on another bill makes this one say so.

    Raises:
        InvalidInput: the amount is out of range or has fractions of a centavo, the calendar does
            not reach the due date, or the Pix code cannot be read.
        AlreadyEntered: the company has this boleto, or this Pix code for one payment, already,
            and it was not cancelled.
    """
    amount = check_amount(amount)
    if isinstance(destination, PixCode):
        how = of_code(tenant, read_pix_code(destination.payload))
    else:
        how = how_it_is_paid(destination)
    is_pix = how["method"] == Payable.Method.PIX
    payment_date = read_pix_date(due_date) if is_pix else read_payment_date(due_date, kind)
    refuse_duplicate(tenant, how.get("linha_digitavel", ""))
    payee, _ = Payee.objects.get_or_create(
        tenant=tenant, document=payee_document, defaults={"name": payee_name}
    )
    account, is_new = (
        _payee_account(payee, destination)
        if isinstance(destination, TedDetails | PixAccount)
        else (None, False)
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
    due = f"Vence em {due_date:%d/%m/%Y}."
    note(payable, "Lançada", f"{due} {kept_name(payable, payee_name)}".rstrip(), by=by)
    if payable.repeats is not None:
        warning = repeated_code(payable.repeats)
        note(payable, warning.title, warning.text, tone=Tone.WARN)
    more = {"Novo dado bancário": written(account)} if account and is_new else {}
    record(Act.BILL_ENTERED, on=payable, by=by, after=particulars(payable) | more)
    return payable


def kept_name(payable: Payable, typed: str) -> str:
    """That the payee is called by the name on file, and not as typed; empty when it is the same."""
    if payable.payee.name == typed:
        return ""
    return (
        f"O CPF ou CNPJ de «{typed}» já estava cadastrado como «{payable.payee.name}»; "
        "o nome cadastrado foi mantido."
    )


def of_code(tenant: Tenant, code: PixCharge) -> dict[str, Any]:
    """As `how_it_is_paid`, of a Pix by code; the code is held until the commit.

    Raises:
        AlreadyEntered: it is for one payment, and another bill has it.
    """
    lock_code(tenant, code)
    if code.is_single_use:
        refuse_duplicate(tenant, pix_charge=code.charge)
    return {
        "method": Payable.Method.PIX,
        "pix_code": code.payload,
        "pix_charge": code.charge,
        "is_single_use": code.is_single_use,
        "repeats": bill_with_code(tenant, code),
    }


def how_it_is_paid(destination: TedDetails | PixKey | PixAccount | str) -> dict[str, Any]:
    """The fields of a bill that say so, but the payee account."""
    match destination:
        case str():
            return {"method": Payable.Method.BOLETO, "linha_digitavel": destination}
        case TedDetails():
            return {"method": Payable.Method.TED}
        case PixKey(kind, value):
            return {"method": Payable.Method.PIX, "pix_key_type": kind, "pix_key": value}
        case PixAccount():
            return {"method": Payable.Method.PIX}


def _save_new(payable: Payable) -> None:
    """The database has the last word when two people enter the same document at once."""
    try:
        with transaction.atomic():
            payable.save(force_insert=True)
    except IntegrityError:
        refuse_duplicate(payable.tenant, payable.linha_digitavel)
        raise


def _payee_account(payee: Payee, details: TedDetails | PixAccount) -> tuple[PayeeAccount, bool]:
    """And whether nobody had entered it before."""
    return PayeeAccount.objects.get_or_create(
        tenant_id=payee.tenant_id,
        payee=payee,
        bank_code=details.bank_code,
        branch=details.branch,
        account=details.account,
        account_type=details.account_type,
    )


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
            "para que ela volte para aprovação.",
            code="already_sent",
        )
    if payable.status not in {PayableStatus.PENDING, PayableStatus.APPROVED}:
        raise InvalidState("Esta conta não pode mais ser cancelada.", code="not_open")
    payable.status = PayableStatus.CANCELLED
    payable.save(update_fields=["status"])
    note(payable, "Cancelada", why, by=by)
    record(Act.BILL_CANCELLED, on=payable, by=by, why=why, before=particulars(payable))
    return payable
