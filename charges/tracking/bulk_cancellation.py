"""Take many charges back by one act: each with its own outcome, and what stayed out says why."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from charges.drafts.draft import require_enterer
from charges.models import Charge, Slip
from charges.states import LIVE_SLIPS, ChargeStatus, SlipStatus
from charges.tracking.cancellation import cancel_charge
from charges.transitions import live_slip, lock_charge
from core.errors import InvalidInput, InvalidState
from tenants.models import Membership

MOST = 200


@dataclass(frozen=True, slots=True)
class BulkCancelled:
    asked: Sequence[Charge]  # of their banks, which have yet to answer
    ended: Sequence[Charge]  # no bank had anything to end
    left_out: Mapping[UUID, str]  # by charge, a Portuguese sentence


def cancel_charges(
    charges: Iterable[Charge], *, by: Membership, still_owed: bool = False, why: str = ""
) -> BulkCancelled:
    """End each charge as `cancel_charge` does. One that may not be cancelled stays as it is.

    Runs inside the company's scope.

    Raises:
        InvalidInput: there are more than MOST.
        NotAllowed: `by` does not work on charges.
    """
    require_enterer(by)
    # In the order of their ids, as all who hold several take them.
    chosen = sorted(charges, key=lambda charge: charge.id)
    refuse_too_many(chosen)
    asked: list[Charge] = []
    ended: list[Charge] = []
    left_out: dict[UUID, str] = {}
    for charge in chosen:
        try:
            held, is_asked = cancel_one(charge, by=by, still_owed=still_owed, why=why)
        except InvalidState as error:
            left_out[charge.id] = str(error)
        else:
            (asked if is_asked else ended).append(held)
    return BulkCancelled(asked, ended, left_out)


@transaction.atomic
def cancel_one(
    charge: Charge, *, by: Membership, still_owed: bool, why: str
) -> tuple[Charge, bool]:
    """The charge, and whether its bank was asked.

    Raises:
        InvalidState: it may not be cancelled, and why. Nothing of it was changed.
    """
    held = lock_charge(charge)
    slip = live_slip(held)
    if reason := reason_against(held, slip, still_owed=still_owed):
        raise InvalidState(reason, code="left_out")
    is_asked = slip is not None and slip.status != SlipStatus.QUEUED
    return cancel_charge(held, by=by, still_owed=still_owed, why=why), is_asked


def reason_against(charge: Charge, slip: Slip | None, *, still_owed: bool) -> str:
    """Why a charge is not cancelled now, with the slip that collects it; empty when it is."""
    if charge.status in {ChargeStatus.PAID, ChargeStatus.PARTLY_PAID, ChargeStatus.CANCELLED}:
        return f"Consta como «{charge.get_status_display().lower()}»."
    if slip is None:
        return "Nenhum boleto em aberto para encerrar." if still_owed else ""
    if slip.status in {SlipStatus.ISSUING, SlipStatus.UNKNOWN}:
        return "Ainda não se sabe se o banco emitiu: cancele quando ele responder."
    if slip.cancel_asked_at is not None:
        return "O cancelamento já foi pedido ao banco."
    return ""


def live_slips(tenant_id: UUID, charges: Collection[UUID]) -> dict[UUID, Slip]:
    """By charge. One query."""
    found = Slip.objects.of(tenant_id).filter(charge__in=charges, status__in=LIVE_SLIPS)
    return {slip.charge_id: slip for slip in found}


def refuse_too_many(charges: Sequence[Charge]) -> None:
    if len(charges) > MOST:
        raise InvalidInput(f"Cancele até {MOST} cobranças por vez.", code="too_many")
