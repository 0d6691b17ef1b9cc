"""How slips and charges move from state to state. Nothing else writes their statuses.

Every move is asked of SLIP_MOVES and CHARGE_MOVES, and one that is not there raises. Whoever holds
both takes the charge first: so two that meet wait for each other in one order.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from django.db import connection

from banking.banks.contract.charges import Charge as Reading
from charges.models import Charge, Slip
from charges.states import (
    CHARGE_MOVES,
    LIVE_SLIPS,
    SLIP_MOVES,
    UNDO_MOVES,
    ChargeStatus,
    SlipStatus,
)
from charges.timeline import CANCEL_ASKED, NEEDS_CHECKING, Tone, note
from core.clock import database_now
from core.enqueue import enqueue
from core.errors import InvalidState
from core.text import shorten
from tenants.models import TenantQuerySet, User

# What a charge is while its newest slip is so, if nothing came yet.
BY_SLIP = {
    SlipStatus.QUEUED: ChargeStatus.ISSUING,
    SlipStatus.ISSUING: ChargeStatus.ISSUING,
    SlipStatus.UNKNOWN: ChargeStatus.UNKNOWN,
    SlipStatus.REGISTERING: ChargeStatus.REGISTERING,
    SlipStatus.OPEN: ChargeStatus.OPEN,
    SlipStatus.IN_PAYMENT: ChargeStatus.IN_PAYMENT,
    # The money is at the bank, and not in the books yet.
    SlipStatus.PAID: ChargeStatus.IN_PAYMENT,
    SlipStatus.CANCELLED: ChargeStatus.WRITTEN_OFF,
    SlipStatus.WRITTEN_OFF: ChargeStatus.WRITTEN_OFF,
    SlipStatus.REFUSED: ChargeStatus.REFUSED,
    SlipStatus.WITHDRAWN: ChargeStatus.DRAFT,
    SlipStatus.GIVEN_UP: ChargeStatus.UNKNOWN,
}
# Nothing of a slip changes these.
MONEY_SAYS = frozenset({ChargeStatus.PAID, ChargeStatus.PARTLY_PAID, ChargeStatus.CANCELLED})


def lock_charge(charge: Charge) -> Charge:
    """The charge as it is now, held until the transaction ends; payer and accounts come along."""
    held: Charge = to_lock(charge.tenant_id).get(id=charge.id)
    return held


def lock_charges(tenant_id: UUID, ids: Collection[UUID]) -> dict[UUID, Charge]:
    """Several as `lock_charge` does, in the order in which all take them."""
    rows = to_lock(tenant_id).filter(id__in=ids).order_by("id")
    return {charge.id: charge for charge in rows}


def to_lock(tenant_id: UUID) -> TenantQuerySet:
    rows: TenantQuerySet = Charge.objects.of(tenant_id).select_for_update(of=("self",), no_key=True)
    return rows.select_related(
        "tenant", "payer", "revenue_account__group", "bank_account__connection"
    )


def lock_slip(slip: Slip) -> Slip:
    """The slip as it is now, held after its charge; the charge comes along, held too."""
    charge = lock_charge(Charge(id=slip.charge_id, tenant_id=slip.tenant_id))
    slips = Slip.objects.of(slip.tenant_id).select_related("bank_account__connection")
    held: Slip = slips.select_for_update(of=("self",), no_key=True).get(id=slip.id)
    held.charge = charge
    return held


def live_slip(charge: Charge) -> Slip | None:
    """The slip that collects a charge now."""
    slips = Slip.objects.of(charge.tenant_id).filter(charge=charge, status__in=LIVE_SLIPS)
    found: Slip | None = slips.first()
    if found is not None:
        found.charge = charge
    return found


def move_slip(slip: Slip, status: SlipStatus, **changes: object) -> None:
    """Move a slip that the caller holds, write the changes that come with it, and let its charge
    follow.

    Raises:
        InvalidState: SLIP_MOVES does not have the move.
    """
    if status != slip.status and status not in SLIP_MOVES[slip.status]:
        raise InvalidState(
            f"O boleto consta como «{slip.get_status_display().lower()}» e não pode passar a "
            f"«{status.label.lower()}». Confira no aplicativo do banco.",
            code="move_refused",
        )
    slip.status = status
    for name, value in changes.items():
        setattr(slip, name, value)
    slip.save(update_fields=["status", *changes])
    follow_slip(slip.charge, slip)


def write_slip_statuses(slips: TenantQuerySet, status: SlipStatus, **changes: object) -> int:
    """Move those of the slips that may move so, in one statement; their charges stay as they are.
    Returns how many."""
    origins = [origin for origin, ends in SLIP_MOVES.items() if status in ends]
    return slips.filter(status__in=origins).update(status=status, **changes)


def write_charge_statuses(charges: TenantQuerySet, status: ChargeStatus) -> int:
    """Likewise, of charges; the money of one that is paid in part says what it is."""
    origins = [origin for origin, ends in CHARGE_MOVES.items() if status in ends]
    return charges.filter(status__in=origins).update(status=status)


# Only of those whose claim it is, in the order in which all hold them: their charges are held.
ISSUED = """
UPDATE charges_slip AS s
SET status = v.status, reference = v.reference, our_number = v.our_number,
    linha_digitavel = v.line, barcode = v.barcode, pix_code = v.pix_code, pdf_url = v.pdf_url,
    wait_until = %s, message = ''
FROM unnest(%s::uuid[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[],
    %s::text[]) AS v (id, status, reference, our_number, line, barcode, pix_code, pdf_url)
WHERE s.tenant_id = %s AND s.id = v.id AND s.claim = %s AND s.status = 'issuing'
    AND s.cancel_asked_at IS NULL
RETURNING s.id
"""
# What money says of a charge stays.
FOLLOWED = """
UPDATE charges_charge AS c SET status = v.status
FROM unnest(%s::uuid[], %s::text[]) AS v (id, status)
WHERE c.tenant_id = %s AND c.id = v.id AND c.status = 'issuing'
"""


def write_issued(
    tenant_id: UUID,
    claim: UUID | None,
    issued: Sequence[tuple[Slip, Reading, SlipStatus]],
    wait_until: datetime,
) -> set[UUID]:
    """Store what a bank gave for slips of one claim, and let their charges follow; the ids of the
    slips that were still of that claim. The caller holds the charges."""
    with connection.cursor() as cursor:
        cursor.execute(
            ISSUED,
            [
                wait_until,
                [slip.id for slip, _, _ in issued],
                [status.value for _, _, status in issued],
                [reading.reference for _, reading, _ in issued],
                [reading.our_number for _, reading, _ in issued],
                [reading.linha_digitavel for _, reading, _ in issued],
                [reading.barcode for _, reading, _ in issued],
                [reading.pix_code for _, reading, _ in issued],
                [reading.pdf_url for _, reading, _ in issued],
                tenant_id,
                claim,
            ],
        )
        stored = {row[0] for row in cursor.fetchall()}
        followed = [(slip, status) for slip, _, status in issued if slip.id in stored]
        charges = [slip.charge_id for slip, _ in followed]
        statuses = [BY_SLIP[status].value for _, status in followed]
        cursor.execute(FOLLOWED, [charges, statuses, tenant_id])
    return stored


# Each was open, and its only slip has paid it.
PAID = """
UPDATE charges_charge AS c SET status = 'paid', settled = c.amount, paid_on = v.day
FROM unnest(%s::uuid[], %s::date[]) AS v (id, day)
WHERE c.tenant_id = %s AND c.id = v.id
"""


def write_paid(
    tenant_id: UUID, paid: Mapping[Slip, date], *, read_at: datetime, wait_until: datetime
) -> None:
    """Store that slips paid the whole of their charges, each with the day of its money. The caller
    holds both."""
    Slip.objects.of(tenant_id).filter(id__in=[slip.id for slip in paid]).update(
        status=SlipStatus.PAID, absent_since=None, message="", read_at=read_at,
        wait_until=wait_until,
    )  # fmt: skip
    with connection.cursor() as cursor:
        charges = [slip.charge_id for slip in paid]
        cursor.execute(PAID, [charges, [*paid.values()], tenant_id])


def write_paid_by_lines(tenant_id: UUID, days: Mapping[UUID, date]) -> None:
    """Store that lines of the statement paid the whole of charges, each on its day; of their slips
    their banks tell. The caller holds the charges, of which nothing is kept open."""
    with connection.cursor() as cursor:
        cursor.execute(PAID, [[*days], [*days.values()], tenant_id])


def follow_slip(charge: Charge, slip: Slip) -> None:
    """Let a charge be what its newest slip says, unless money does. A former slip moves nothing."""
    slips = Slip.objects.of(charge.tenant_id).filter(charge=charge).order_by("-created_at", "-id")
    if slips.values_list("id", flat=True).first() != slip.id:
        return
    if charge.status in MONEY_SAYS:
        return
    is_over = slip.ends_debt and slip.status in {SlipStatus.CANCELLED, SlipStatus.WITHDRAWN}
    if charge.status == ChargeStatus.RETURNED and not is_over:
        return  # of a slip for what was left when it went back
    if slip.status == SlipStatus.WITHDRAWN:  # it is again what it was before
        slip = slips.exclude(status=SlipStatus.WITHDRAWN).first() or slip
        # What it paid went back; or two people gave it up, and another may be issued.
        if slip.status in {SlipStatus.PAID, SlipStatus.GIVEN_UP} and not is_over:
            move_charge(charge, ChargeStatus.WRITTEN_OFF)
            return
    status = ChargeStatus.CANCELLED if is_over else BY_SLIP[SlipStatus(slip.status)]
    if slip.status == SlipStatus.PAID and status not in CHARGE_MOVES[charge.status]:
        return  # written off before: its money says it
    move_charge(charge, status)


def move_charge(charge: Charge, status: ChargeStatus, **changes: object) -> None:
    """Move a charge that the caller holds, and write the changes that come with it.

    Raises:
        InvalidState: CHARGE_MOVES does not have the move.
    """
    if status != charge.status and status not in CHARGE_MOVES[charge.status]:
        raise InvalidState(
            f"Esta cobrança consta como «{charge.get_status_display().lower()}» e não pode passar "
            f"a «{status.label.lower()}».",
            code="move_refused",
        )
    charge.status = status
    for name, value in changes.items():
        setattr(charge, name, value)
    charge.save(update_fields=["status", *changes])


def reopen_charge(charge: Charge, status: ChargeStatus, **changes: object) -> None:
    """As `move_charge`, of one whose last payment a person undid.

    Raises:
        InvalidState: neither CHARGE_MOVES nor UNDO_MOVES has the move.
    """
    if status in UNDO_MOVES.get(charge.status, ()):
        charge.status = status
        for name, value in changes.items():
            setattr(charge, name, value)
        charge.save(update_fields=["status", *changes])
    else:
        move_charge(charge, status, **changes)


def require_look(charge: Charge, why: str) -> None:
    """A person has to look at a charge that the caller holds. Said once for each reason."""
    why = shorten(why, 300)
    if charge.needs_person and charge.question == why:
        return
    charge.needs_person, charge.question = True, why
    charge.save(update_fields=["needs_person", "question"])
    note(charge, NEEDS_CHECKING, why, tone=Tone.BAD)


def ask_end(slip: Slip, *, by: User | None, ends_debt: bool = False) -> None:
    """Ask for the end of a live slip of a charge that the caller holds; the account's next round
    does it. One that did not leave yet does not leave any more."""
    rows = Slip.objects.of(slip.tenant_id).select_for_update(no_key=True)
    slip.refresh_from_db(fields=["status"], from_queryset=rows)  # it may leave at this moment
    if slip.status == SlipStatus.QUEUED:
        move_slip(slip, SlipStatus.WITHDRAWN, ends_debt=ends_debt)
        return
    if slip.cancel_asked_at is None or (ends_debt and not slip.ends_debt):
        slip.cancel_asked_at = slip.cancel_asked_at or database_now()
        slip.cancel_asked_by = by
        slip.ends_debt = ends_debt
        slip.wait_until = None
        slip.save(update_fields=["cancel_asked_at", "cancel_asked_by", "ends_debt", "wait_until"])
    enqueue("charges.tasks.follow_account", str(slip.tenant_id), str(slip.bank_account_id))


def end_other_slips(charge: Charge, *, but: Slip | None) -> None:
    """The charge is paid: whatever else collects it has to stop. The charge is held."""
    others = Slip.objects.of(charge.tenant_id).filter(charge=charge, status__in=LIVE_SLIPS)
    for slip in others.select_for_update(no_key=True):
        if but is not None and slip.id == but.id:
            continue
        slip.charge = charge
        ask_end(slip, by=None)
        if slip.status == SlipStatus.WITHDRAWN:
            continue
        note(charge, CANCEL_ASKED, "A cobrança foi paga de outro modo.", tone=Tone.INFO)
