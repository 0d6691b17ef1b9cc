"""Go on with agreements until they end: found in the rows, so after a kill too.

The new charges are made in one transaction with the end of the old ones, and only when no slip of
these is alive: minutes with none are allowed, two never. If the payer was quicker on one of them
the agreement stops and says so; what is still owed stays owed, without a slip.
"""

from collections.abc import Sequence
from uuid import UUID, uuid5

import structlog
from django.db import IntegrityError, transaction

from audit.acts import Act
from audit.services import record
from brazil.banking_days import sao_paulo_day
from charges.drafts.draft import Draft, columns_of
from charges.issuing.queue import lock_charges, queue_slips, reasons_against
from charges.models import Charge, Renegotiation
from charges.renegotiation.agree import agreement_particulars
from charges.renegotiation.worth import share_out
from charges.settlement.looks import held_back
from charges.states import ChargeStatus
from charges.timeline import note
from charges.transitions import live_slip, move_charge, require_look
from core.clock import database_now
from core.errors import DomainError, InvalidInput
from core.text import shorten
from tenants.models import TenantQuerySet, User
from tenants.scope import across_tenants, tenant_scope

log = structlog.get_logger()

Status = Renegotiation.Status
CAME = (ChargeStatus.PAID, ChargeStatus.PARTLY_PAID, ChargeStatus.IN_PAYMENT)


class NotTaken(Exception):
    """The bank would not take a new charge, and why."""


def companies_under_way() -> list[UUID]:
    """Nothing leaves after a restore until it is released."""
    with across_tenants():
        rows = under_way(Renegotiation.objects.all())
        return list(rows.values_list("tenant_id", flat=True).distinct().order_by())


def under_way(rows: TenantQuerySet) -> TenantQuerySet:
    return rows.filter(status=Status.ENDING, tenant__sending_locked_at=None)


def go_on_with_all(tenant_id: UUID) -> None:
    """Each agreement of a company, by itself. Safe at any time, twice, and side by side."""
    with tenant_scope(tenant_id):
        rows = under_way(Renegotiation.objects.of(tenant_id))
        ids = list(rows.order_by("created_at", "id").values_list("id", flat=True))
    for renegotiation_id in ids:
        try:
            with tenant_scope(tenant_id):
                go_on(lock_renegotiation(tenant_id, renegotiation_id))
        except (DomainError, IntegrityError):  # it hides no other
            log.exception("agreement_not_gone_on", renegotiation=str(renegotiation_id))


def lock_renegotiation(tenant_id: UUID, renegotiation_id: UUID) -> Renegotiation:
    """It is taken before its charges."""
    rows = Renegotiation.objects.of(tenant_id).select_for_update(of=("self",), no_key=True)
    held: Renegotiation = rows.select_related(
        "tenant", "payer", "bank_account__connection", "revenue_account", "created_by"
    ).get(id=renegotiation_id)
    return held


def go_on(renegotiation: Renegotiation) -> None:
    """As far as it goes now, of one that the caller holds."""
    if renegotiation.status != Status.ENDING:
        return
    olds = lock_charges(renegotiation.tenant_id, [UUID(each) for each in renegotiation.olds])
    waiting = False
    for charge in olds:
        if why := why_stopped(charge):
            stop(renegotiation, olds, why)
            return
        # Without a slip: its money is at the bank, and not in the books yet.
        is_coming = charge.status == ChargeStatus.IN_PAYMENT
        waiting |= is_coming or live_slip(charge) is not None
    if waiting:
        return
    try:
        with transaction.atomic():
            finish(renegotiation, olds)
    except (NotTaken, InvalidInput) as error:
        # As they are in the database: what was moved was rolled back.
        olds = lock_charges(renegotiation.tenant_id, [charge.id for charge in olds])
        stop(renegotiation, olds, str(error))


def why_stopped(charge: Charge) -> str:
    """Why the agreement does not hold any more because of one of its charges."""
    slip = live_slip(charge)
    if charge.settled or charge.status in {ChargeStatus.PAID, ChargeStatus.PARTLY_PAID}:
        return f"O pagador foi mais rápido: «{charge}» foi paga."
    if held_back(charge):
        return f"Chegou um pagamento de «{charge}» que precisa ser conferido."
    if charge.status == ChargeStatus.CANCELLED:
        return f"«{charge}» foi cancelada."
    if slip is not None and slip.cancel_asked_at is None:
        return f"O banco não cancelou o boleto de «{charge}»."
    return ""


def finish(renegotiation: Renegotiation, olds: Sequence[Charge]) -> None:
    """The old ones end and the new ones are queued, or nothing of it.

    Raises:
        InvalidInput, NotTaken: a new charge is none, or cannot be issued now.
    """
    by = renegotiation.created_by
    for charge in olds:
        move_charge(charge, ChargeStatus.CANCELLED, needs_person=False, question="")
        note(charge, "Cancelada (renegociada)", new_words(renegotiation), by=by)
    made = make_charges(renegotiation, by)
    new = lock_charges(renegotiation.tenant_id, [charge.id for charge in made])
    today = sao_paulo_day(database_now())
    left_out = reasons_against(renegotiation.tenant_id, new, today)
    if left_out:
        raise NotTaken(next(iter(left_out.values())))
    queue_slips(new, batch=None, by=by)
    end(renegotiation, Status.DONE)
    said = agreement_particulars(renegotiation)
    record(Act.RENEGOTIATION_DONE, on=renegotiation, by=None, after=said)


def make_charges(renegotiation: Renegotiation, by: User) -> list[Charge]:
    """Their ids follow from the agreement: made again they are the same."""
    parts = renegotiation.dated_parts
    shares = share_out(renegotiation.new_additions, [amount for amount, _ in parts])
    is_many, made = len(parts) > 1, []
    for number, ((amount, due_date), additions) in enumerate(
        zip(parts, shares, strict=True), start=1
    ):
        draft = Draft(
            payer=renegotiation.payer,
            bank_account=renegotiation.bank_account,
            amount=amount,
            due_date=due_date,
            description=renegotiation.description,
            revenue_account=renegotiation.revenue_account,
            form=renegotiation.form,
            fine_percent=renegotiation.fine_percent,
            interest_percent=renegotiation.interest_percent,
        )
        charge: Charge = Charge.objects.create(
            id=uuid5(renegotiation.id, str(number)),
            tenant=renegotiation.tenant,
            renegotiation=renegotiation,
            additions=additions,
            instalment_group=renegotiation.id if is_many else None,
            instalment_number=number if is_many else None,
            instalment_count=len(parts) if is_many else None,
            created_by=by,
            **columns_of(renegotiation.tenant, draft),
        )
        text = f"Renegociação de {len(renegotiation.olds)} cobranças. Vence em {due_date:%d/%m/%Y}."
        note(charge, "Lançada", text, by=by)
        made.append(charge)
    return made


def stop(renegotiation: Renegotiation, olds: Sequence[Charge], why: str) -> None:
    """What is owed stays owed, and asks for a look: no slip collects it any more, or none soon."""
    end(renegotiation, Status.STOPPED, reason=why)
    text = f"A renegociação parou. {why} Esta continua devida: confira se há boleto em aberto."
    for charge in release(olds):
        require_look(charge, text)
    record(Act.RENEGOTIATION_STOPPED, on=renegotiation, by=None, why=why)


def release(olds: Sequence[Charge]) -> list[Charge]:
    """The charges are nobody's agreement any more. Those that are owed still."""
    owed = []
    for charge in olds:
        charge.replaced_by = None
        charge.save(update_fields=["replaced_by"])
        if charge.status not in {*CAME, ChargeStatus.CANCELLED}:
            owed.append(charge)
    return owed


def end(renegotiation: Renegotiation, status: Renegotiation.Status, reason: str = "") -> None:
    renegotiation.status, renegotiation.ended_at = status, database_now()
    renegotiation.reason = shorten(reason, 300)
    renegotiation.save(update_fields=["status", "ended_at", "reason"])


def new_words(renegotiation: Renegotiation) -> str:
    said = agreement_particulars(renegotiation)
    return f"No lugar dela: {said['Novas cobranças']}."
