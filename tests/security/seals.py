"""Bills that are changed, and rows of approvals and orders past all our code."""

import json
from decimal import Decimal
from typing import Any
from uuid import uuid4

from banking.models import BankAccount
from payments.bills.edit import edit_payable, version_of
from payments.models import Payable
from payments.rails.seal import digest_of
from tenants.models import Membership, Tenant, User
from tenants.scope import tenant_scope
from tests.banking.factories import reread
from tests.payments.factories import typed_as

APPROVAL = """
INSERT INTO payments_approval (id, tenant_id, payable_id, round, person_id, digest, seal)
VALUES (%s, %s, %s, %s, %s, %s, %s)
"""


def member(tenant: Tenant, user: User) -> Membership:
    with tenant_scope(tenant.id):
        return Membership.objects.of(tenant).get(user=user)


def edit(payable: Payable, by: User, **changes: Any) -> Payable:
    """As the person does on the page, with the rest as it is."""
    bill = reread(payable)
    with tenant_scope(bill.tenant_id):
        person = member(bill.tenant, by)
        return edit_payable(bill, by=person, seen=version_of(bill), **typed_as(bill, **changes))


def other_amount(payable: Payable, by: User) -> None:
    edit(payable, by, amount=Decimal("150.01"))


def seal_of(payable: Payable) -> dict[str, Any]:
    assert payable.approval is not None
    return dict(payable.approval.seal)


def approval_by(payable: Payable, person: User, **seal: Any) -> tuple[object, ...]:
    """The statement that writes an approval of the bill, and its values."""
    content = json.dumps(seal or {"amount": str(payable.amount)})
    digest = digest_of(json.loads(content))
    row = (uuid4(), payable.tenant_id, payable.id, payable.approval_round, person.id)
    return (APPROVAL, *row, digest, content)


def order_of(payable: Payable, payer: BankAccount, **content: Any) -> tuple[object, ...]:
    """The statement that writes an order of an approved bill, and its values."""
    seal = seal_of(payable)
    written = {
        "amount": seal["amount"],
        "holder_name": seal["payee"]["name"],
        "holder_document": seal["payee"]["document"],
        "description": "",
        "code": "kp-1",
        **seal["destinations"]["ted"],
        **content,
    }
    statement = """
    INSERT INTO payments_paymentorder (id, tenant_id, payable_id, bank_account_id, key, rail,
        amount, content, status, reference, message, needs_person, seen)
    VALUES (%s, %s, %s, %s, %s, 'ted', %s, %s, 'queued', '', '', false, '')
    """
    row = (uuid4(), payable.tenant_id, payable.id, payer.id, uuid4())
    return (statement, *row, Decimal(written["amount"]), json.dumps(written))
