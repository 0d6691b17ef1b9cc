"""What a bill says, read from what a person or a program typed."""

from datetime import date
from decimal import Decimal
from typing import Any, NotRequired, TypedDict

from accounts.models import Account
from banking.banks.contract.payments import PixAccount, PixCode, PixKey
from banking.models import BankAccount
from brazil.banking_days import DebtKind
from core.amounts import check_amount
from parties.models import Payee, PayeeAccount
from payments.bills.duplicates import bill_with_code, lock_code, refuse_duplicate
from payments.bills.parsing import PixCharge, read_payment_date, read_pix_code, read_pix_date
from payments.models import NO_PIX, Payable
from payments.rails.destinations import Destination, TedDetails
from tenants.models import Tenant


class Typed(TypedDict):
    """What a person or a program says of a bill."""

    payee_name: str
    payee_document: str
    description: str
    amount: Decimal
    due_date: date
    expense_account: Account
    destination: Destination
    bank_account: NotRequired[BankAccount | None]
    kind: NotRequired[DebtKind]


def read_terms(tenant: Tenant, typed: Typed, *, but: Payable | None = None) -> dict[str, Any]:
    """The fields of a bill. Its payee and the payee's account are made if need be.

    It is to be paid on the due date, or where no bank settles on that day, on the one that
    `brazil.banking_days.payment_date_for` says; by Pix, on the due date whatever day it is.
    `but` is the bill that is being changed: it is no duplicate of itself.

    Raises:
        InvalidInput: the amount is out of range or has fractions of a centavo, the calendar does
            not reach the due date, or the Pix code cannot be read.
        AlreadyEntered: another bill has this boleto, or this Pix code for one payment, and was
            not cancelled.
    """
    destination, due_date = typed["destination"], typed["due_date"]
    amount = check_amount(typed["amount"])
    if isinstance(destination, PixCode):
        how = of_code(tenant, read_pix_code(destination.payload), but)
    else:
        how = how_it_is_paid(destination)
    is_pix = how["method"] == Payable.Method.PIX
    payment_date = (
        read_pix_date(due_date)
        if is_pix
        else read_payment_date(due_date, typed.get("kind", DebtKind.ORDINARY))
    )
    refuse_duplicate(tenant, how.get("linha_digitavel", ""), but=but)
    payee, _ = Payee.objects.get_or_create(
        tenant=tenant,
        document=typed["payee_document"],
        defaults={"name": typed["payee_name"]},
    )
    return (
        NOWHERE
        | how
        | {
            "payee": payee,
            "payee_account": payee_account(payee, destination),
            "description": typed["description"],
            "amount": amount,
            "due_date": due_date,
            "payment_date": payment_date,
            "expense_account": typed["expense_account"],
            "bank_account": typed.get("bank_account"),
        }
    )


# What each way of paying leaves out.
NOWHERE = {"linha_digitavel": "", "is_single_use": False, "repeats": None, **NO_PIX}


def of_code(tenant: Tenant, code: PixCharge, but: Payable | None) -> dict[str, Any]:
    """As `how_it_is_paid`, of a Pix by code; the code is held until the commit.

    Raises:
        AlreadyEntered: it is for one payment, and another bill has it.
    """
    lock_code(tenant, code)
    if code.is_single_use:
        refuse_duplicate(tenant, pix_charge=code.charge, but=but)
    return {
        "method": Payable.Method.PIX,
        "pix_code": code.payload,
        "pix_charge": code.charge,
        "is_single_use": code.is_single_use,
        "repeats": bill_with_code(tenant, code, but=but),
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


def payee_account(payee: Payee, to: Destination) -> PayeeAccount | None:
    """The payee's account of these details, made if need be; None where none receives it."""
    if not isinstance(to, TedDetails | PixAccount):
        return None
    account, _ = PayeeAccount.objects.get_or_create(
        tenant_id=payee.tenant_id,
        payee=payee,
        bank_code=to.bank_code,
        branch=to.branch,
        account=to.account,
        account_type=to.account_type,
    )
    return account
