"""Withdraw what an import made, where nothing was done with it since."""

from collections.abc import Sequence

from charges.importing.files import rows_of
from charges.models import (
    Charge,
    ChargeEvent,
    ImportedCharge,
    ImportFile,
    ImportRow,
    Recurrence,
    Slip,
)
from charges.states import ChargeStatus
from charges.tracking.cancellation import cancel_charge
from core import deadline
from core.text import shorten
from parties.models import Payer
from parties.payers import archive_payer
from tenants.models import Membership
from tenants.scope import tenant_scope

State, Fate = ImportRow.State, ImportRow.PayerFate
BATCH = 50
WHY = "Importação desfeita."


def undo_batch(file: ImportFile, by: Membership) -> int:
    """Withdraw the next rows, then the payers that no charge is left of; how many were tried. To be
    called outside of scopes."""
    with tenant_scope(file.tenant_id):
        waiting = rows_of(file).filter(state=State.IMPORTED, stays="")
        rows = list(waiting.order_by("line")[:BATCH])
        made = rows_of(file).filter(payer_fate=Fate.MADE).exclude(id__in=waiting.values("id"))
        payers = [] if rows else list(made.order_by("line")[:BATCH])
    for row in [*rows, *payers]:
        row.file = file
        if deadline.is_over():
            break
        with tenant_scope(file.tenant_id):
            (undo_row if rows else undo_payer)(row, by)
    return len(rows) + len(payers)


def undo_row(row: ImportRow, by: Membership) -> None:
    """Once: who comes second finds it undone."""
    held: ImportRow = rows_of(row.file).select_for_update(no_key=True).get(id=row.id)
    if held.state != State.IMPORTED or held.stays:
        return
    charges = charges_of(held)
    held.stays = shorten(next(filter(None, map(why_stays, charges)), ""), 300)
    if not held.stays and row.file.kind == ImportFile.Kind.PAYERS:
        held.stays = withdraw_payer(held, by)
    if not held.stays:
        for charge in charges:
            cancel_charge(charge, by=by, why=WHY)
        held.state = State.UNDONE
    held.save(update_fields=["state", "stays", "payer_fate"])


def charges_of(row: ImportRow) -> Sequence[Charge]:
    """Held until the transaction ends. Of instalments all or none are withdrawn."""
    ids = ImportedCharge.objects.of(row.tenant_id).filter(row=row).values("charge_id")
    charges = Charge.objects.of(row.tenant_id).filter(id__in=ids).order_by("id")
    return list(charges.select_for_update(no_key=True))


def why_stays(charge: Charge) -> str:
    """What was done with a draft since it was entered; empty when nothing was."""
    if charge.status != ChargeStatus.DRAFT:
        return f"A cobrança «{charge}» consta como «{charge.get_status_display().lower()}»."
    if Slip.objects.of(charge.tenant_id).filter(charge=charge).exists():
        return f"A cobrança «{charge}» já esteve na fila de emissão."
    if ChargeEvent.objects.of(charge.tenant_id).filter(charge=charge).count() > 1:
        return f"A cobrança «{charge}» foi alterada depois de importada."
    return ""


def undo_payer(row: ImportRow, by: Membership) -> None:
    """Of a row that had charges too, once no row of the file waits."""
    held: ImportRow = rows_of(row.file).select_for_update(no_key=True).get(id=row.id)
    if held.payer_fate == Fate.MADE:
        withdraw_payer(held, by)
        held.save(update_fields=["payer_fate"])


def withdraw_payer(held: ImportRow, by: Membership) -> str:
    """Archive who was put on the register by a row, unless they owe or paid something: why not."""
    if held.payer_fate != Fate.MADE:
        return ""
    payers = Payer.objects.of(held.tenant_id).select_for_update(no_key=True)
    payer: Payer = payers.get(id=held.payer_id)
    charges = Charge.objects.of(held.tenant_id).filter(payer=payer)
    if charges.exclude(status=ChargeStatus.CANCELLED).exists():
        held.payer_fate = Fate.KEPT
        return f"«{payer}» tem cobranças."
    if Recurrence.objects.of(held.tenant_id).filter(payer=payer, ended_at=None).exists():
        held.payer_fate = Fate.KEPT
        return f"«{payer}» tem uma recorrência."
    held.payer_fate = Fate.WITHDRAWN
    if payer.archived_at is None:
        archive_payer(payer, by=by)
    return ""
