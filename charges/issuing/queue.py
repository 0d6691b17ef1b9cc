"""Have charges issued: one slip for each, queued."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from accounts.models import Account
from audit.acts import Act
from audit.services import record
from banking.models import BankAccount
from brazil.banking_days import sao_paulo_day
from charges.drafts.draft import particulars, require_enterer
from charges.issuing.content import describe
from charges.issuing.idempotency_key import ended_slips, slip_key
from charges.models import Charge, IssueBatch, Settlement, Slip, slip_code
from charges.states import ISSUABLE, LIVE_SLIPS, ChargeStatus
from charges.terms.check import problems, reais
from charges.timeline import IN_QUEUE, Tone, note_many
from charges.transitions import write_charge_statuses
from core.clock import database_now
from core.enqueue import enqueue
from core.errors import InvalidState
from core.text import capital
from tenants.models import Membership, Tenant, User


@dataclass(frozen=True, slots=True)
class Issued:
    batch: IssueBatch | None  # None: none was queued
    slips: Sequence[Slip]
    left_out: Mapping[UUID, str]  # by charge, a Portuguese sentence


@transaction.atomic
def issue_charges(charges: Iterable[Charge], *, by: Membership) -> Issued:
    """Queue a slip for each charge that may be issued; those that may not say why. Of `charges` the
    ids alone are read. The number of queries does not depend on theirs.

    Raises:
        NotAllowed: `by` does not work on charges.
    """
    require_enterer(by)
    held = lock_charges(by.tenant_id, [charge.id for charge in charges])
    left_out = reasons_against(by.tenant_id, held, sao_paulo_day(database_now()))
    chosen = [charge for charge in held if charge.id not in left_out]
    if not chosen:
        return Issued(None, [], left_out)
    batch = IssueBatch.objects.create(tenant_id=by.tenant_id, created_by=by.user, size=len(chosen))
    slips = queue_slips(chosen, batch=batch, by=by.user)
    record_issuing(chosen, by)
    return Issued(batch, slips, left_out)


def issue_charge(charge: Charge, *, by: Membership) -> Slip:
    """As `issue_charges`, of one.

    Raises:
        InvalidState: (code `not_issuable`) it may not be issued, and why.
        NotAllowed: `by` does not work on charges.
    """
    issued = issue_charges([charge], by=by)
    if charge.id in issued.left_out:
        raise InvalidState(issued.left_out[charge.id], code="not_issuable")
    return issued.slips[0]


def issue_by_itself(charge: Charge) -> str:
    """Queue the slip of a charge that no person issues now. Why it may not be issued; empty when it
    is queued. The caller says it in the audit."""
    held = lock_charges(charge.tenant_id, [charge.id])
    left_out = reasons_against(charge.tenant_id, held, sao_paulo_day(database_now()))
    if charge.id not in left_out:
        queue_slips(held, batch=None, by=None)
    return left_out.get(charge.id, "")


def lock_charges(tenant_id: UUID, ids: Sequence[UUID]) -> list[Charge]:
    """In the order of their ids, as all who hold several take them. Many share few accounts."""
    rows = Charge.objects.of(tenant_id).filter(id__in=ids).order_by("id")
    locked = rows.select_for_update(of=("self",), no_key=True).select_related("payer")
    held = list(locked.prefetch_related("payer__emails"))
    banks = BankAccount.objects.of(tenant_id).select_related("connection")
    bank_accounts = banks.in_bulk({charge.bank_account_id for charge in held})
    revenues = Account.objects.of(tenant_id).select_related("group")
    revenue_accounts = revenues.in_bulk({charge.revenue_account_id for charge in held})
    for charge in held:
        charge.bank_account = bank_accounts[charge.bank_account_id]
        charge.revenue_account = revenue_accounts[charge.revenue_account_id]
    return held


def reasons_against(tenant_id: UUID, charges: Sequence[Charge], today: date) -> dict[UUID, str]:
    ids = [charge.id for charge in charges]
    live = set(
        Slip.objects.of(tenant_id)
        .filter(charge__in=ids, status__in=LIVE_SLIPS)
        .values_list("charge_id", flat=True)
    )
    accounts = BankAccount.objects.of(tenant_id).connected().in_plan()
    usable = set(accounts.values_list("id", flat=True))
    held = Settlement.objects.of(tenant_id).filter(charge__in=ids, entry=None)
    held_back = set(held.values_list("charge_id", flat=True))
    found = {}
    for charge in charges:
        if reason := reason_against(charge, live, usable, today):
            found[charge.id] = reason
        elif charge.id in held_back:
            found[charge.id] = "Diga antes o que fazer com o valor retido."
    return found


def reason_against(charge: Charge, live: set[UUID], usable: set[UUID], today: date) -> str:
    """Why a charge is not issued now; empty when it is."""
    if charge.status not in ISSUABLE or charge.id in live:
        words = charge.status_words(today).lower()
        return f"Esta cobrança consta como «{words}» e não pode ser emitida agora."
    if charge.replaced_by_id is not None:
        return "Esta cobrança está em renegociação: desfaça o acordo antes de emitir."
    if charge.next_due_date is not None:
        return "Uma mudança desta cobrança está em andamento: o novo boleto sai depois."
    if charge.bank_account_id not in usable:
        return f"A conexão com {charge.bank_account.said.the} precisa ser refeita antes de emitir."
    return next((problem.sentence for problem in problems(charge, today)), "")


def queue_slips(
    charges: Sequence[Charge], *, batch: IssueBatch | None, by: User | None
) -> list[Slip]:
    """The slip of each charge. The charges are held by the caller, and may be issued."""
    tenant_id = charges[0].tenant_id
    ids = [charge.id for charge in charges]
    earlier, now = ended_slips(tenant_id, ids), database_now()
    slips = [new_slip(charge, batch, earlier.get(charge.id, 0), now, by) for charge in charges]
    Slip.objects.bulk_create(slips)
    write_charge_statuses(Charge.objects.of(tenant_id).filter(id__in=ids), ChargeStatus.ISSUING)
    note_many(
        tenant_id,
        [
            (charge, IN_QUEUE, f"{capital(charge.bank_account.said.at)}.", Tone.INFO)
            for charge in charges
        ],
        by=by,
    )
    for account_id in {charge.bank_account_id for charge in charges}:
        enqueue("charges.tasks.issue_queued", str(tenant_id), str(account_id))
    return slips


def new_slip(
    charge: Charge, batch: IssueBatch | None, earlier: int, now: datetime, by: User | None
) -> Slip:
    content = describe(charge)
    key = slip_key(charge, content, earlier)
    return Slip(
        tenant_id=charge.tenant_id,
        charge=charge,
        bank_account=charge.bank_account,
        batch=batch,
        key=key,
        content=content | {"code": slip_code(key)},
        form=charge.form,
        amount=Decimal(content["amount"]),
        due_date=date.fromisoformat(content["due_date"]),
        created_by=by,
        created_at=now,
    )


def record_issuing(charges: Sequence[Charge], by: Membership) -> None:
    if len(charges) == 1:
        record(Act.CHARGES_ISSUED, on=charges[0], by=by.user, after=particulars(charges[0]))
        return
    total = sum((charge.rest for charge in charges), Decimal(0))
    said = {"Cobranças": str(len(charges)), "Total": reais(total)}
    record(Act.CHARGES_ISSUED, on=Tenant.objects.get(id=by.tenant_id), by=by.user, after=said)
