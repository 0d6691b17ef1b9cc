"""Make payers and drafts of good rows: a batch at once; one by one where one of it does not go."""

from collections.abc import Sequence
from dataclasses import replace

from django.db import transaction

from brazil.banking_days import sao_paulo_day
from charges.drafts.enter import Sale, enter_sales
from charges.importing.check import Checked, Checker, cell_of, store_all
from charges.importing.rows import rows_of, write_rows
from charges.models import ImportedCharge, ImportFile, ImportRow
from core import deadline
from core.clock import database_now
from core.errors import InvalidInput, InvalidState
from parties.models import Payer
from parties.payers import enter_payers, restore_payers
from tenants.models import Membership
from tenants.scope import tenant_scope

State, Fate = ImportRow.State, ImportRow.PayerFate
BATCH = 250
REFUSED = (InvalidInput, InvalidState)


def import_batch(file: ImportFile, by: Membership) -> int:
    """Import the next good rows; how many were tried. To be called outside of scopes.

    They are checked again before: days pass, payers are archived, and the same charge may have been
    entered by hand. A batch is one transaction.
    """
    try:
        with tenant_scope(file.tenant_id):
            checked = check_next(file, by)
            make_all([each for each in checked if each.state == State.GOOD], by)
            store_all([each for each in checked if each.state != State.GOOD])
    except REFUSED:  # since they were checked, somebody entered or archived a payer
        return import_one_by_one(file, by)
    return len(checked)


def check_next(file: ImportFile, by: Membership) -> list[Checked]:
    """The next good rows, held until the transaction ends: who comes second finds them imported."""
    good = rows_of(file).filter(state=State.GOOD).order_by("line")
    rows = list(good.select_for_update(no_key=True)[:BATCH])
    return Checker(file, by.tenant, sao_paulo_day(database_now())).check(rows)


def import_one_by_one(file: ImportFile, by: Membership) -> int:
    with tenant_scope(file.tenant_id):
        checked = check_next(file, by)
    for each in checked:
        if deadline.is_over():
            break
        each.row.file = file
        with tenant_scope(file.tenant_id):
            import_row(each, by)
    return len(checked)


def import_row(each: Checked, by: Membership) -> None:
    """Once: who comes second finds the row imported."""
    held = rows_of(each.row.file).select_for_update(no_key=True).filter(id=each.row.id).first()
    if held is None or held.state != State.GOOD:
        return
    if each.state == State.GOOD:
        try:
            with transaction.atomic():
                make_all([each], by)
            return
        except REFUSED as error:
            each.cells.wrong(cell_of(getattr(error, "field", None)), str(error))
            each.state, each.key = State.WRONG, ""
    store_all([each])


def make_all(good: Sequence[Checked], by: Membership) -> None:
    """Payers, drafts, and in the rows what became of them. The number of queries does not depend
    on theirs.

    Raises:
        InvalidInput, InvalidState: one of them is not as it was when it was checked.
    """
    settle_payers(good, by)
    sold = [each for each in good if each.draft is not None]
    entered = enter_sales(by.tenant, [sale_of(each) for each in sold], by=by)
    ImportedCharge.objects.bulk_create(
        ImportedCharge(tenant_id=by.tenant_id, row=each.row, charge=charge)
        for each, charges in zip(sold, entered, strict=True)
        for charge in charges
    )
    rows = [each.row for each in good]
    for row in rows:
        row.state = State.IMPORTED
    write_rows(rows, ["state", "payer_id", "payer_fate"])


def sale_of(each: Checked) -> Sale:
    assert each.draft is not None and each.row.payer is not None
    return Sale(replace(each.draft, payer=each.row.payer), each.parts)


def settle_payers(good: Sequence[Checked], by: Membership) -> None:
    """Into each row who pays, and whether it put them on the register. An earlier one may have."""
    documents = {each.document for each in good}
    payers = Payer.objects.of(by.tenant_id).filter(document__in=documents)
    known = {payer.document: payer for payer in payers}
    made = enter_new(good, known, by) | restore_withdrawn(good, known, by)
    for each in good:
        each.row.payer = known[each.document]
        each.row.payer_fate = Fate.MADE if each.row.id in made else Fate.NOT_MADE


def enter_new(good: Sequence[Checked], known: dict[str, Payer], by: Membership) -> set[object]:
    """Put on the register who is not; the rows, each the first one that names them."""
    firsts: dict[str, Checked] = {}
    for each in good:
        if each.document not in known:
            firsts.setdefault(each.document, each)
    data = [each.data for each in firsts.values() if each.data is not None]
    for payer in enter_payers(by.tenant, data, by=by):
        known[payer.document] = payer
    return {each.row.id for each in firsts.values()}


def restore_withdrawn(
    good: Sequence[Checked], known: dict[str, Payer], by: Membership
) -> set[object]:
    """Bring back whom an import that was undone archived; the rows, each the first one."""
    firsts: dict[str, Checked] = {}
    for each in good:
        if each.is_restored and known[each.document].archived_at is not None:
            firsts.setdefault(each.document, each)
    payers = [known[document] for document in firsts]
    if not payers:
        return set()
    restore_payers(payers, by=by)
    for payer in payers:
        payer.archived_at = None
    before = ImportRow.objects.of(by.tenant_id).filter(payer__in=payers)
    before.filter(payer_fate=Fate.WITHDRAWN).update(payer_fate=Fate.KEPT)
    return {each.row.id for each in firsts.values()}
