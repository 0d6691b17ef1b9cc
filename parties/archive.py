"""Take payees, accounts and keys out of use. What was approved is paid as it was approved."""

from django.db import transaction

from audit.acts import Act
from audit.services import record
from core.clock import database_now
from core.errors import InvalidState, NotAllowed
from parties.enter import hold, require_enterer
from parties.models import Payee, PayeeAccount, PayeeKey
from parties.news import Kind, PayeeNews, announce
from tenants.models import Membership


@transaction.atomic
def archive_destination(
    destination: PayeeAccount | PayeeKey, *, by: Membership, why: str = ""
) -> None:
    """Refuse or give up an account or key; entered again, it is another row, not confirmed.

    Raises:
        InvalidState: it is archived already.
        NotAllowed: `by` may neither enter nor approve bills.
    """
    if not (by.can_enter or by.can_approve):
        raise NotAllowed(
            "Seu papel nesta empresa não permite alterar favorecidos.", code="wrong_role"
        )
    payee = hold(destination.payee)
    rows = type(destination).objects.of(payee.tenant_id)
    row: PayeeAccount | PayeeKey = rows.select_for_update(no_key=True).get(id=destination.id)
    if row.archived_at is not None:
        raise InvalidState("Este dado bancário já está arquivado.", code="archived")
    row.archived_at, row.archived_by, row.archived_why = database_now(), by.user, why
    row.save(update_fields=["archived_at", "archived_by", "archived_why"])
    what = f"{row.kind}: {row.written}"
    reason = f" Motivo: {why}." if why else ""
    announce(
        PayeeNews(
            payee=payee,
            kind=Kind.ARCHIVED,
            step=row.id.hex[-20:],
            text=f"{by.user.display_name} arquivou um dado bancário: {what}.{reason}",
            by=by.user,
            destination=row,
        )
    )
    record(Act.DESTINATION_ARCHIVED, on=payee, by=by.user, why=why, before={"Dado bancário": what})


@transaction.atomic
def archive_payee(payee: Payee, *, by: Membership) -> None:
    """No bills are entered for it any more.

    Raises:
        InvalidState: it is archived already.
        NotAllowed: `by` may not enter bills.
    """
    require_enterer(by)
    payee = hold(payee)
    payee.archived_at = database_now()
    payee.save(update_fields=["archived_at"])
    record(Act.PAYEE_ARCHIVED, on=payee, by=by.user)


@transaction.atomic
def restore_payee(payee: Payee, *, by: Membership) -> None:
    """An archived payee takes bills again.

    Raises:
        InvalidState: it is not archived, or was merged into another one.
        NotAllowed: `by` may not enter bills.
    """
    require_enterer(by)
    held = Payee.objects.of(payee.tenant_id).select_for_update(no_key=True).get(id=payee.id)
    if held.archived_at is None:
        raise InvalidState("Este favorecido não está arquivado.", code="not_archived")
    if held.merged_into_id is not None:
        raise InvalidState("Este favorecido foi unido a outro.", code="payee_merged")
    held.archived_at = None
    held.save(update_fields=["archived_at"])
    record(Act.PAYEE_RESTORED, on=held, by=by.user)
