"""A bill that gives back what a payer had paid in advance: entered here, approved as any bill."""

from decimal import Decimal
from uuid import UUID

from django.db import transaction

from accounts.models import Account
from brazil.banking_days import sao_paulo_day
from core.clock import database_now
from core.errors import NotAllowed
from payments.bills.enter import enter_payable
from payments.bills.parsing import read_pix_key
from tenants.models import Membership


@transaction.atomic
def enter_give_back(
    *,
    name: str,
    document: str,
    amount: Decimal,
    description: str,
    account: Account,
    pix_key_type: str,
    pix_key: str,
    by: Membership,
) -> UUID:
    """The bill's id. It is due today, by Pix, and its entry debits `account`. Named in
    `settings.ENTER_GIVE_BACK`.

    Raises:
        InvalidInput: the key is none.
        NotAllowed: `by` does not enter bills.
    """
    if not by.can_enter:
        raise NotAllowed("Seu papel nesta empresa não lança contas a pagar.", code="wrong_role")
    bill = enter_payable(
        by.tenant,
        by=by.user,
        payee_name=name,
        payee_document=document,
        description=description,
        amount=amount,
        due_date=sao_paulo_day(database_now()),
        expense_account=account,
        destination=read_pix_key(pix_key, pix_key_type),
    )
    return bill.id
