"""Approve a bill, and take its approval away when what it allowed is over."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from audit.acts import Act
from audit.services import record
from brazil.banking_days import sao_paulo_day
from core.clock import database_now
from core.errors import InvalidState, NotAllowed
from parties.models import PayeeAccount
from payments.bills.particulars import particulars
from payments.models import NOT_APPROVED, Payable, on_file
from payments.states import PayableStatus
from payments.timeline import Tone, note, note_many
from tenants.models import Membership


def lock(payable: Payable) -> Payable:
    """The bill as it is now, held until the transaction ends."""
    bills = Payable.objects.of(payable.tenant_id).select_for_update(no_key=True)
    locked: Payable = bills.get(id=payable.id)
    return locked


@transaction.atomic
def approve_payable(payable: Payable, *, by: Membership) -> Payable:
    """Approve a bill: from now on it may be sent to the bank.

    What it shows is fixed: a Pix that becomes a TED goes to the account that is on file now, or
    waits for another approval.

    Raises:
        InvalidState: it is not waiting for approval.
        NotAllowed: `by` may not approve, or is the person who entered it.
    """
    payable = lock(payable)
    if not payable.is_pending:
        raise InvalidState("Esta conta não está aguardando aprovação.", code="not_pending")
    if not by.can_approve:
        raise NotAllowed("Seu papel nesta empresa não permite aprovar contas.", code="wrong_role")
    if payable.created_by_id == by.user_id:
        raise NotAllowed(
            "Quem lança a conta não pode aprová-la: peça a outro aprovador.", code="own_bill"
        )
    payable.status = PayableStatus.APPROVED
    payable.approved_by = by.user
    payable.approved_at = database_now()
    payable.approved_ted_account = account_on_file(payable)
    payable.hold = ""
    payable.save(
        update_fields=["status", "approved_by", "approved_at", "approved_ted_account", "hold"]
    )
    note(payable, "Aprovada", when_it_leaves(payable, payable.approved_at), by=by.user)
    record(Act.BILL_APPROVED, on=payable, by=by.user, after=particulars(payable))
    return payable


def when_it_leaves(payable: Payable, now: datetime) -> str:
    if payable.payment_date > sao_paulo_day(now):
        return f"Pagamento previsto para {payable.payment_date:%d/%m/%Y}."
    return "Pagamento previsto para hoje."


def account_on_file(payable: Payable) -> PayeeAccount | None:
    """Where the TED goes that a Pix to a key or code may become; None for any other bill."""
    if not payable.is_pix or payable.payee_account_id is not None:
        return None
    accounts = PayeeAccount.objects.of(payable.tenant_id).filter(payee=payable.payee_id)
    found: PayeeAccount | None = on_file(accounts).first()
    return found


def return_to_approval(bills: Sequence[tuple[Payable, str]]) -> None:
    """Approved bills wait for approval again; beside each the reason, in a Portuguese sentence.

    Their rows are held by the caller. Runs inside the company's scope.
    """
    if not bills:
        return
    tenant_id = bills[0][0].tenant_id
    ids = [payable.id for payable, _ in bills]
    Payable.objects.of(tenant_id).filter(id__in=ids).update(
        status=PayableStatus.PENDING, hold="", **NOT_APPROVED
    )
    note_many(
        tenant_id,
        [(payable.id, "De volta para aprovação", why, Tone.WARN) for payable, why in bills],
        at=database_now(),
    )


def revoke_approval(payable: Payable, *, hold: str = "") -> None:
    payable.status = PayableStatus.PENDING
    payable.hold = hold
    for name, value in NOT_APPROVED.items():
        setattr(payable, name, value)
    payable.save(update_fields=["status", "hold", *NOT_APPROVED])
