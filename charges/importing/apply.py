"""Make payers and drafts of good rows, each in a transaction of its own."""

from dataclasses import replace

from django.db import transaction

from brazil.banking_days import sao_paulo_day
from charges.drafts.enter import enter_charge, enter_instalments
from charges.importing.check import STORED, Checked, Checker, cell_of
from charges.importing.files import rows_of
from charges.models import Charge, ImportedCharge, ImportFile, ImportRow
from core import deadline
from core.clock import database_now
from core.errors import InvalidInput, InvalidState
from parties.models import Payer
from parties.payers import enter_payer, restore_payer
from tenants.models import Membership
from tenants.scope import tenant_scope

State, Fate = ImportRow.State, ImportRow.PayerFate
BATCH = 50


def import_batch(file: ImportFile, by: Membership) -> int:
    """Import the next good rows; how many were tried. To be called outside of scopes.

    They are checked again before: days pass, payers are archived, and the same charge may have been
    entered by hand.
    """
    with tenant_scope(file.tenant_id):
        rows = list(rows_of(file).filter(state=State.GOOD).order_by("line")[:BATCH])
        checker = Checker(file, by.tenant, sao_paulo_day(database_now()))
        checked = checker.check(rows)
    for each in checked:
        each.row.file = file
        if deadline.is_over():
            break
        with tenant_scope(file.tenant_id):
            import_row(each, by)
    return len(rows)


def import_row(each: Checked, by: Membership) -> None:
    """Once: who comes second finds the row imported."""
    held = rows_of(each.row.file).select_for_update(no_key=True).filter(id=each.row.id).first()
    if held is None or held.state != State.GOOD:
        return
    if each.state != State.GOOD:
        each.store().save(update_fields=STORED)
        return
    try:
        with transaction.atomic():
            make(each, by)
    except (InvalidInput, InvalidState) as error:
        each.cells.wrong(cell_of(getattr(error, "field", None)), str(error))
        each.state, each.key = State.WRONG, ""
        each.store().save(update_fields=STORED)


def make(each: Checked, by: Membership) -> None:
    row = each.row
    row.payer, row.payer_fate = payer_of(each, by)
    charges: list[Charge] = []
    if each.draft is not None:
        draft = replace(each.draft, payer=row.payer)
        if each.parts:
            charges = enter_instalments(by.tenant, draft, each.parts, by=by)
        else:
            charges = [enter_charge(by.tenant, draft, by=by)]
    ImportedCharge.objects.bulk_create(
        ImportedCharge(tenant_id=row.tenant_id, row=row, charge=charge) for charge in charges
    )
    row.state = State.IMPORTED
    row.save(update_fields=["state", "payer", "payer_fate"])


def payer_of(each: Checked, by: Membership) -> tuple[Payer, str]:
    """Who pays, and whether this row put them on the register. An earlier row may have."""
    if each.data is None and not each.is_restored and each.payer is not None:
        return each.payer, Fate.NOT_MADE
    known = Payer.objects.of(by.tenant_id).filter(document=each.document).first()
    if known is None:
        assert each.data is not None
        return enter_payer(by.tenant, each.data, by=by), Fate.MADE
    if known.archived_at is not None and each.is_restored:
        restore_payer(known, by=by)
        known.archived_at = None
        before = ImportRow.objects.of(by.tenant_id).filter(payer=known)
        before.filter(payer_fate=Fate.WITHDRAWN).update(payer_fate=Fate.KEPT)
        return known, Fate.MADE
    return known, Fate.NOT_MADE
