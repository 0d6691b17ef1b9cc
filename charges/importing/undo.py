"""Withdraw what an import made, where nothing was done with it since: a batch a transaction."""

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from django.db.models import Count

from charges.importing.rows import rows_of, write_rows
from charges.models import (
    Charge,
    ChargeEvent,
    ImportedCharge,
    ImportFile,
    ImportRow,
    Recurrence,
    Settlement,
    Slip,
)
from charges.states import ChargeStatus
from charges.tracking.cancellation import cancel_drafts
from core.text import shorten
from parties.models import Payer
from parties.payers import archive_payers
from tenants.models import Membership, TenantQuerySet
from tenants.scope import tenant_scope

State, Fate = ImportRow.State, ImportRow.PayerFate
BATCH = 250
WHY = "Importação desfeita."


def undo_batch(file: ImportFile, by: Membership) -> int:
    """Withdraw the next rows, then the payers that no charge is left of; how many were tried. To be
    called outside of scopes. The number of queries does not depend on that of the rows.

    Rows are held until the batch ends: who comes second finds them undone.
    """
    with tenant_scope(file.tenant_id):
        waiting = rows_of(file).filter(state=State.IMPORTED, stays="")
        if rows := next_of(waiting):
            undo_rows(file, rows, by)
        elif rows := next_of(rows_of(file).filter(payer_fate=Fate.MADE)):
            withdraw_payers(rows, by)
            write_rows(rows, ["payer_fate"])
    return len(rows)


def next_of(rows: TenantQuerySet) -> list[ImportRow]:
    return list(rows.order_by("line").select_for_update(no_key=True)[:BATCH])


def undo_rows(file: ImportFile, rows: Sequence[ImportRow], by: Membership) -> None:
    charges = charges_of(rows)
    reasons = reasons_to_stay([charge for made in charges.values() for charge in made])
    for row in rows:
        why = (reasons[charge.id] for charge in charges[row.id] if charge.id in reasons)
        row.stays = shorten(next(why, ""), 300)
    if file.kind == ImportFile.Kind.PAYERS:
        kept = withdraw_payers(rows, by)
        for row in rows:
            row.stays = shorten(kept.get(row.id, ""), 300)
    gone = [row for row in rows if not row.stays]
    cancel_drafts([charge for row in gone for charge in charges[row.id]], by=by, why=WHY)
    for row in gone:
        row.state = State.UNDONE
    write_rows(rows, ["state", "stays", "payer_fate"])


def charges_of(rows: Sequence[ImportRow]) -> Mapping[UUID, Sequence[Charge]]:
    """By row, held until the transaction ends. Of instalments all or none are withdrawn."""
    tenant_id = rows[0].tenant_id
    made = ImportedCharge.objects.of(tenant_id).filter(row__in=rows)
    row_of = dict(made.values_list("charge_id", "row_id"))
    charges = Charge.objects.of(tenant_id).filter(id__in=row_of).order_by("id")
    found: dict[UUID, list[Charge]] = {row.id: [] for row in rows}
    held = charges.select_for_update(of=("self",), no_key=True)
    for charge in held.select_related("payer", "revenue_account__group", "bank_account"):
        found[row_of[charge.id]].append(charge)
    return found


def reasons_to_stay(charges: Sequence[Charge]) -> Mapping[UUID, str]:
    """By charge: what was done with the draft since it was entered. Three queries."""
    if not charges:
        return {}
    tenant_id, ids = charges[0].tenant_id, [charge.id for charge in charges]
    slips = Slip.objects.of(tenant_id).filter(charge__in=ids)
    money = Settlement.objects.of(tenant_id).filter(charge__in=ids)
    events = ChargeEvent.objects.of(tenant_id).filter(charge__in=ids).values("charge_id")
    changed = events.annotate(count=Count("id")).filter(count__gt=1).order_by()
    issued = {*slips.values_list("charge_id", flat=True)}
    touched = {
        *changed.values_list("charge_id", flat=True),
        *money.values_list("charge_id", flat=True),
    }
    reasons = ((charge.id, why_stays(charge, issued, touched)) for charge in charges)
    return {charge_id: reason for charge_id, reason in reasons if reason}


def why_stays(charge: Charge, issued: Collection[UUID], touched: Collection[UUID]) -> str:
    if charge.status != ChargeStatus.DRAFT:
        return f"A cobrança «{charge}» consta como «{charge.get_status_display().lower()}»."
    if charge.id in issued:
        return f"A cobrança «{charge}» já esteve na fila de emissão."
    if charge.id in touched:
        return f"A cobrança «{charge}» foi alterada depois de importada."
    return ""


def withdraw_payers(rows: Sequence[ImportRow], by: Membership) -> Mapping[UUID, str]:
    """Archive whom the rows put on the register, unless they owe or paid something: by row, why
    not. Their fates are in the rows, which are not saved here."""
    made = [row for row in rows if row.payer_fate == Fate.MADE]
    if not made:
        return {}
    payers = Payer.objects.of(by.tenant_id).filter(id__in=[row.payer_id for row in made])
    held = {payer.id: payer for payer in payers.order_by("id").select_for_update(no_key=True)}
    reasons = reasons_to_keep(held)
    kept: dict[UUID, str] = {}
    for row in made:
        assert row.payer_id is not None  # whom it put on the register
        row.payer_fate = Fate.WITHDRAWN
        if row.payer_id in reasons:
            row.payer_fate, kept[row.id] = Fate.KEPT, reasons[row.payer_id]
    archive_payers(
        [payer for payer in held.values() if payer.id not in reasons and payer.archived_at is None],
        by=by,
    )
    return kept


def reasons_to_keep(payers: Mapping[UUID, Payer]) -> Mapping[UUID, str]:
    """By payer. Two queries."""
    tenant_id = next(iter(payers.values())).tenant_id
    contracts = Recurrence.objects.of(tenant_id).filter(payer__in=payers, ended_at=None)
    charges = Charge.objects.of(tenant_id).filter(payer__in=payers)
    owing = charges.exclude(status=ChargeStatus.CANCELLED)
    reasons = {
        payer_id: f"«{payers[payer_id]}» tem uma recorrência."
        for payer_id in contracts.values_list("payer_id", flat=True)
    }
    return reasons | {
        payer_id: f"«{payers[payer_id]}» tem cobranças."
        for payer_id in owing.values_list("payer_id", flat=True)
    }
