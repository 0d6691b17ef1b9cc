"""What the last approved bill of a known payee says, for the form of the next one."""

from collections.abc import Mapping
from contextlib import suppress

from brazil.document import format_document, parse_document
from brazil.errors import InvalidValue
from core.text import fold
from parties.models import Payee
from payments.models import Payable, PayableQuerySet
from payments.states import PayableStatus
from tenants.models import Tenant

APPROVED = [PayableStatus.APPROVED, PayableStatus.SENT, PayableStatus.PAID]


def known_fields(tenant: Tenant, typed: Mapping[str, str]) -> dict[str, str]:
    """Name, document, classification, and the destination of the method that was chosen.

    Empty for a payee that is unknown or archived. A destination that was archived is not offered.
    """
    payee = known_payee(tenant, typed.get("payee_document", ""), typed.get("payee_name", ""))
    if payee is None:
        return {}
    fields = {"payee_name": payee.name, "payee_document": format_document(payee.document)}
    bills: PayableQuerySet = Payable.objects.of(tenant).filter(payee=payee, status__in=APPROVED)
    bills = bills.order_by("-approval__at", "-id")
    last = bills.select_related("expense_account").first()
    if last is not None and last.expense_account.archived_at is None:
        fields["expense_account"] = str(last.expense_account_id)
    return fields | destination_of(bills, typed.get("method", ""), typed.get("pix_by", ""))


def known_payee(tenant: Tenant, document: str, name: str) -> Payee | None:
    """By its document, else by its whole name where only one is called so."""
    payees = Payee.objects.of(tenant).filter(archived_at=None)
    if document:
        with suppress(InvalidValue):
            found: Payee | None = payees.filter(document=parse_document(document)).first()
            return found
        return None
    words = fold(name)
    named = list(payees.filter(name_folded=words)[:2]) if words else []
    return named[0] if len(named) == 1 else None


def destination_of(bills: PayableQuerySet, method: str, pix_by: str) -> dict[str, str]:
    is_key = method == Payable.Method.PIX and pix_by == "key"
    is_account = method == Payable.Method.TED or (
        method == Payable.Method.PIX and pix_by == "account"
    )
    if is_key:
        bill = bills.exclude(pix_key="").first()
        return {"pix_key_type": bill.pix_key_type, "pix_key": bill.pix_key} if bill else {}
    bill = None
    if is_account:
        to = bills.filter(payee_account__archived_at=None, payee_account__isnull=False)
        bill = to.select_related("payee_account").first()
    if bill is None or bill.payee_account is None:
        return {}
    where = bill.payee_account
    return {"bank_code": where.bank_code, "branch": where.branch, "account": where.account}
