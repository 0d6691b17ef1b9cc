"""What a bill says, read from what a person or a program typed."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, NotRequired, TypedDict

from accounts.models import Account
from banking.banks.contract.payments import PixAccount, PixCode, PixKey
from banking.models import BankAccount
from brazil.banking_days import DebtKind
from core.amounts import check_amount
from parties.enter import account_of_bill, key_of_bill, payee_of_bill
from parties.models import Payee, PayeeAccount, PayeeKey
from payments.bills.duplicates import bill_with_code, lock_code, refuse_duplicate
from payments.bills.parsing import PixCharge, read_payment_date, read_pix_code, read_pix_date
from payments.models import NO_PIX, Payable
from payments.rails.destinations import Destination, TedDetails
from tenants.models import Tenant, User


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


@dataclass(frozen=True, slots=True)
class Terms:
    """The fields of a bill, and the account or key that it has put on the register."""

    fields: dict[str, Any]
    brought: PayeeAccount | PayeeKey | None


def read_terms(tenant: Tenant, typed: Typed, *, by: User, but: Payable | None = None) -> Terms:
    """What a bill says. Its payee, and the payee's account or key, are made if need be.

    It is to be paid on the due date, or where no bank settles on that day, on the one that
    `brazil.banking_days.payment_date_for` says; by Pix, on the due date whatever day it is.
    `but` is the bill that is being changed: it is no duplicate of itself.

    Raises:
        InvalidInput: the amount is out of range or has fractions of a centavo, the calendar does
            not reach the due date, or the Pix code cannot be read.
            (code `payee_archived`, `payee_merged`) no bill is entered for the payee any more.
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
    payee = payee_of_bill(
        tenant,
        name=typed["payee_name"],
        document=typed["payee_document"],
        but=but.payee if but else None,
    )
    filed, is_new = on_register(payee, destination, by=by, but=but)
    fields = {
        "payee": payee,
        "payee_account": filed if isinstance(filed, PayeeAccount) else None,
        "description": typed["description"],
        "amount": amount,
        "due_date": due_date,
        "payment_date": payment_date,
        "expense_account": typed["expense_account"],
        "bank_account": typed.get("bank_account"),
    }
    return Terms(NOWHERE | how | fields, filed if is_new else None)


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


def on_register(
    payee: Payee, to: Destination, *, by: User, but: Payable | None
) -> tuple[PayeeAccount | PayeeKey | None, bool]:
    """The payee's account or key of these details, and whether the bill has brought it.

    None for a boleto or code. A bill that is changed keeps its account, archived or not.
    """
    author = but.created_by if but else by
    if isinstance(to, PixKey):
        kept_key = but and (but.payee_id, but.pix_key_type, but.pix_key)
        if kept_key == (payee.id, to.type, to.value):
            return None, False
        return key_of_bill(payee, to.type, to.value, by=by, author=author)
    if not isinstance(to, TedDetails | PixAccount):
        return None, False
    digits = {
        "bank_code": to.bank_code,
        "branch": to.branch,
        "account": to.account,
        "account_type": to.account_type,
    }
    kept = but.payee_account if but else None
    if kept and kept.payee_id == payee.id and digits == {n: getattr(kept, n) for n in digits}:
        return kept, False
    return account_of_bill(payee, digits, by=by, author=author)
