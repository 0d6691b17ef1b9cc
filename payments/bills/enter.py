"""Enter and cancel bills."""

from collections.abc import Collection
from typing import Unpack
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.module_loading import import_string

from audit.acts import Act
from audit.services import record
from core.errors import InvalidState
from parties.enter import tell_entered
from payments.bills.approval import lock
from payments.bills.duplicates import refuse_duplicate
from payments.bills.particulars import particulars
from payments.bills.possible_duplicates import (
    SAID_DIFFERENT,
    in_one_line,
    require_no_duplicate,
    say_different,
)
from payments.bills.terms import Typed, read_terms
from payments.bills.warnings import repeated_code
from payments.models import Payable
from payments.states import PayableStatus
from payments.timeline import Tone, note
from tenants.models import Tenant, User


@transaction.atomic
def enter_payable(
    tenant: Tenant,
    *,
    by: User,
    accept_duplicates_of: Collection[UUID] | None = None,
    **typed: Unpack[Typed],
) -> Payable:
    """Enter a bill; it then waits for somebody else's approval.

    `accept_duplicates_of` are bills that the person was shown and says are other debts; with None
    nobody can be asked, and who approves is shown them all the same.

    A Pix code that may be paid again and is on another bill makes this one say so.

    Raises:
        InvalidInput, AlreadyEntered: as `payments.bills.terms.read_terms`.
        PossibleDuplicate: another bill may be the same debt, and was not accepted.
    """
    terms = read_terms(tenant, typed, by=by)
    payable = Payable(tenant=tenant, created_by=by, **terms.fields)
    _save_new(payable)
    accepted = (
        require_no_duplicate(payable, accept_duplicates_of)
        if accept_duplicates_of is not None
        else []
    )
    due = f"Vence em {payable.due_date:%d/%m/%Y}."
    kept = kept_name(payable, typed["payee_name"])
    note(payable, "Lançada", f"{due} {kept}".rstrip(), by=by)
    if payable.repeats is not None:
        warning = repeated_code(payable.repeats)
        note(payable, warning.title, warning.text, tone=Tone.WARN)
    say_different(payable, accepted, by=by)
    if terms.brought is not None:
        tell_entered(terms.brought, by=by)
    said = {SAID_DIFFERENT: in_one_line(accepted)} if accepted else {}
    record(Act.BILL_ENTERED, on=payable, by=by, after=particulars(payable) | said)
    return payable


def kept_name(payable: Payable, typed: str) -> str:
    """That the payee is called by the name on file, and not as typed; empty when it is the same."""
    if payable.payee.name == typed:
        return ""
    return (
        f"O CPF ou CNPJ de «{typed}» já estava cadastrado como «{payable.payee.name}»; "
        "o nome cadastrado foi mantido."
    )


def _save_new(payable: Payable) -> None:
    """The database has the last word when two people enter the same document at once."""
    try:
        with transaction.atomic():
            payable.save(force_insert=True)
    except IntegrityError:
        refuse_duplicate(payable.tenant, payable.linha_digitavel)
        raise


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
    for name in settings.ON_BILL_CANCELLED:
        import_string(name)(payable.tenant_id, payable.id)
    return payable
