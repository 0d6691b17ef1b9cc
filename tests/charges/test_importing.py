"""Rows are checked, mended, imported once and undone, whoever is killed in between."""

from datetime import date, timedelta
from decimal import Decimal
from unicodedata import normalize

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audit.acts import Act
from audit.models import Record
from banking.models import BankAccount
from brazil.cnpj import cnpj_check_digits
from charges.drafts.edit import edit_charge
from charges.importing import apply
from charges.importing.check import Checker
from charges.importing.files import KnownFile, begin_import, begin_undo, discard_file
from charges.importing.mend import answer_doubt, leave_out, mend_row
from charges.importing.stages import MOST_ATTEMPTS, go_on, unfinished
from charges.importing.writer import write_errors, write_template
from charges.models import Charge, ImportFile, ImportRow
from charges.states import ChargeStatus
from core import deadline
from core.clock import database_now
from core.errors import InvalidInput, InvalidState, NotAllowed
from parties.models import Payer
from parties.payers import archive_payer
from tenants.models import Membership, Role, Tenant, User
from tenants.scope import tenant_scope
from tests.accounts.xlsx import book
from tests.banking.factories import reread
from tests.charges.contracts import make_recurrence
from tests.charges.factories import make_charge, make_draft, make_payer, membership
from tests.charges.issued import queue
from tests.charges.sheets import (
    CNPJ,
    CPF,
    DUE,
    PAYER_TITLES,
    TITLES,
    address,
    checked,
    imported,
    line,
    read_back,
    rows,
    send,
    states,
    undone,
    work,
)
from tests.clock import travel
from tests.payments.factories import make_bank_account

pytestmark = pytest.mark.django_db
D = Decimal
BARE = "11222333000181"


def cnpj(number):
    base = f"{10_000_000 + number:08d}0001"
    return base + cnpj_check_digits(base)


@pytest.fixture
def account(tenant: Tenant, monday: object) -> BankAccount:
    return make_bank_account(tenant)


@pytest.fixture
def by(tenant: Tenant) -> Membership:
    return membership(tenant)


def charges(tenant: Tenant) -> list[Charge]:
    with tenant_scope(tenant.id):
        found = Charge.objects.of(tenant).select_related("payer").order_by("due_date", "created_at")
        return list(found)


def mended(row: ImportRow, by: Membership, **texts: str) -> ImportRow:
    with tenant_scope(row.tenant_id):
        return mend_row(reread(row), texts, by=by)


# --- What a row says --------------------------------------------------------------------------


def test_a_cep_that_lost_its_zero_and_those_that_are_none(tenant, account, by):
    people = ["529.982.247-25", "111.444.777-35", "153.509.460-56", "862.883.667-57", CNPJ]
    zips = [1310100, "01310-100", "01.310-100", "06624310abcde", "99999-999"]
    lines = [
        address(document=person, name=f"Cliente {n}", zip=cep, state="RJ" if n == 1 else "SP")
        for n, (person, cep) in enumerate(zip(people, zips, strict=True))
    ]
    file = imported(tenant, *lines, by=by, kind="payers")

    found = rows(file)
    assert [row.state for row in found] == ["imported", "wrong", "imported", "wrong", "wrong"]
    zip_alone = {"zip_code"}
    assert [{*row.faults} for row in found] == [
        set(), {"zip_code", "state"}, set(), zip_alone, zip_alone
    ]  # fmt: skip
    assert "SP" in found[1].faults["zip_code"]
    assert list(found[0].marks) == ["zip_code"]
    with tenant_scope(tenant.id):
        made = list(Payer.objects.of(tenant).values_list("zip_code", flat=True))
    assert set(made) == {"01310100"}


def test_what_was_pasted_from_a_pdf_is_kept_whole_and_clean(tenant, account, by):
    name = "Associac\u0327a\u0303o dos Moradores e Amigos do\u00a0Conjunto\tHabitacional São José"
    imported(tenant, line(name=name), by=by)

    clean = " ".join(normalize("NFC", name).split())
    assert charges(tenant)[0].payer.name == clean


def test_late_in_the_evening_today_is_still_today(tenant, by):
    make_bank_account(tenant)
    with travel("2026-12-10T22:30:00-03:00"):
        file = checked(tenant, line(due="10/12/2026"), line(due="09/12/2026"), by=by)

    assert states(file) == ["good", "wrong"]
    assert list(rows(file)[1].faults) == ["due_date"]


@pytest.mark.parametrize(("total", "count"), [("1.000,00", "7"), ("100,07", "3")])
def test_instalments_add_up_to_the_centavo(tenant, account, by, total, count):
    titles = [*TITLES, "Parcelas"]
    imported(tenant, [*line(amount=total, due="31/12/2026"), count], by=by, titles=titles)

    made = charges(tenant)
    assert sum(charge.amount for charge in made) == D(total.replace(".", "").replace(",", "."))
    assert {charge.instalment_count for charge in made} == {int(count)} == {len(made)}
    assert [charge.due_date for charge in made][:3] == [
        date(2026, 12, 31), date(2027, 1, 31), date(2027, 2, 28)
    ]  # fmt: skip


def test_instalments_below_the_banks_minimum_are_refused_before_anything(tenant, account, by):
    titles = [*TITLES, "Parcelas"]
    file = checked(tenant, [*line(amount="29,90"), 6], by=by, titles=titles)

    assert list(rows(file)[0].faults) == ["instalments"]


def test_each_cell_that_is_wrong_is_told_at_once(tenant, account, by):
    titles = [*TITLES, "Classificação", "Conta que recebe", "Forma", "Multa", "E-mails"]
    bad = ["11.222.333/0001-82", "", "abc", "31/02/2026", "", "", "9.9", "Itaú", "TED", "200", "a@"]
    file = checked(tenant, bad, by=by, titles=titles)

    assert set(rows(file)[0].faults) == {
        "document", "name", "amount", "due_date", "description", "revenue_account",
        "bank_account", "form", "fine_percent", "emails",
    }  # fmt: skip


def test_a_bank_that_needs_the_address_asks_for_it_at_its_cell(tenant, monday, by):
    make_bank_account(tenant, provider="bs2")
    known = make_payer(tenant, document=CPF, **dict.fromkeys(("zip_code", "street", "number",
                       "district", "city", "state"), ""))  # fmt: skip
    file = checked(tenant, line(), line(document=CPF, name=known.name), by=by)

    assert [list(row.faults) for row in rows(file)] == [["zip_code"], ["document"]]


def test_terms_accounts_and_classification_are_taken_by_name_or_code(tenant, account, by):
    titles = [*TITLES, "Classificação", "Conta", "Forma", "Multa (%)", "Juros ao mês (%)"]
    cells = [*line(), 4.1, "cora", "boleto", "2", "1,5"]
    file = checked(tenant, cells, by=by, titles=titles)
    assert list(rows(file)[0].faults) == ["revenue_account"]  # 4.1 is a group

    mended(rows(file)[0], by, revenue_account="4.1.01")
    with tenant_scope(tenant.id):
        begin_import(reread(file), by=by)
    work(file)

    (charge,) = charges(tenant)
    assert (charge.form, charge.fine_percent, charge.interest_percent) == ("boleto", D(2), D("1.5"))
    assert rows(file)[0].marks.keys() == {"interest_percent"}


# --- Twice ------------------------------------------------------------------------------------


def test_what_repeats_is_asked_and_never_taken_silently(tenant, account, by):
    payer = make_payer(tenant, document=BARE)
    make_charge(tenant, account, "1250.00", payer=payer, document_number="NF 1")
    lines = [line(), line(number="NF 2"), line(number="NF 2"), line(number="NF 3")]
    file = imported(tenant, *lines, by=by)

    assert states(file) == ["doubtful", "imported", "doubtful", "imported"]
    asked = [row for row in rows(file) if row.state == "doubtful"]
    with tenant_scope(tenant.id):
        answer_doubt(asked[:1], takes=True, by=by)
        answer_doubt(asked[1:], takes=False, by=by)
        begin_import(reread(file), by=by)
    assert states(work(file)) == ["imported", "imported", "skipped", "imported"]
    assert len(charges(tenant)) == 4


def test_a_row_that_no_longer_repeats_another_is_not_asked_about(tenant, account, by):
    file = checked(tenant, line(), line(), by=by)
    assert states(file) == ["good", "doubtful"]

    mended(rows(file)[0], by, document_number="NF 2")
    assert states(file) == ["good", "good"]
    mended(rows(file)[0], by, document_number="NF 1")
    assert states(file) == ["good", "doubtful"]
    with tenant_scope(tenant.id):
        leave_out(reread(rows(file)[0]), by=by)
    assert states(file) == ["skipped", "good"]


def test_the_same_file_again_is_known_until_it_was_undone_or_discarded(tenant, account, by):
    content = book(line(), titles=TITLES)  # made once: a workbook holds when it was made
    first = checked(tenant, by=by, content=content)
    with pytest.raises(KnownFile) as known:
        send(tenant, [], by=by, content=content)
    assert known.value.file.id == first.id

    with tenant_scope(tenant.id):
        discard_file(first, by=by)
    assert rows(first) == []
    assert states(checked(tenant, by=by, content=content)) == ["good"]


def test_what_was_entered_by_hand_since_it_was_checked_is_not_entered_again(tenant, account, by):
    file = checked(tenant, line(), by=by)
    payer = make_payer(tenant, document=BARE)
    make_charge(tenant, account, "1250.00", payer=payer, document_number="NF 1")
    with tenant_scope(tenant.id):
        begin_import(file, by=by)

    assert states(work(file)) == ["doubtful"]
    assert len(charges(tenant)) == 1


# --- Killed, raced, without a role ------------------------------------------------------------


def test_a_worker_that_ends_after_each_batch_leaves_the_rest_to_the_next(tenant, account, by,
                                                                          monkeypatch):  # fmt: skip
    monkeypatch.setattr("charges.importing.stages.BATCH", 2)
    monkeypatch.setattr(apply, "BATCH", 2)
    file = send(tenant, [line(number=str(n)) for n in range(5)], by=by)
    seen = []
    with deadline.within(0):  # the time is up at once: a step a worker
        while go_on(tenant.id, file.id):
            seen.append(reread(file).status)
    assert seen == ["checking"] * 3
    assert reread(file).status == "ready"

    with tenant_scope(tenant.id):
        begin_import(reread(file), by=by)
    assert (tenant.id, file.id) in unfinished(database_now())
    assert states(work(file)) == ["imported"] * 5
    assert len(charges(tenant)) == 5


def test_a_row_is_imported_once_whoever_comes_second(tenant, account, by):
    file = checked(tenant, line(), by=by)
    with tenant_scope(tenant.id):
        (found,) = Checker(file, tenant, date(2026, 11, 23)).check(rows(file))
        found.row.file = file
        apply.import_row(found, by)
        apply.import_row(found, by)

    assert len(charges(tenant)) == 1


def test_a_batch_asks_the_database_as_often_for_many_rows_as_for_few(tenant, account, by):
    stage_queries(tenant, by, first=1, count=1)  # the company's first record asks more
    few = stage_queries(tenant, by, first=10, count=3)
    assert stage_queries(tenant, by, first=20, count=30) == few


def stage_queries(tenant, by, first, count):
    """Of checking, importing and undoing; each row has a payer of its own."""
    lines = [line(document=cnpj(first + n), name=f"P {n}", number=str(n)) for n in range(count)]
    file = send(tenant, lines, by=by)
    asked = [queries_of(file)]
    with tenant_scope(tenant.id):
        begin_import(reread(file), by=by)
    asked.append(queries_of(file))
    with tenant_scope(tenant.id):
        begin_undo(reread(file), by=by)
    asked.append(queries_of(file))
    assert states(file) == ["undone"] * count
    return asked


def queries_of(file):
    with CaptureQueriesContext(connection) as captured:
        work(file)
    return len(captured)


def test_two_workers_are_not_at_one_file(tenant, account, by, monday):
    file = send(tenant, [line()], by=by)
    with tenant_scope(tenant.id):
        until = database_now() + timedelta(seconds=30)
        ImportFile.objects.of(tenant).filter(id=file.id).update(leased_until=until, lease=file.id)

    assert not go_on(tenant.id, file.id)
    assert (tenant.id, file.id) not in unfinished(database_now())
    monday.shift(timedelta(seconds=60))
    assert states(work(file)) == ["good"]


def test_a_file_that_ends_its_readers_is_not_read_for_ever(tenant, account, by):
    file = send(tenant, [line()], by=by)
    with tenant_scope(tenant.id):
        ImportFile.objects.of(tenant).filter(id=file.id).update(attempts=MOST_ATTEMPTS)

    assert work(file).status == "refused"


@pytest.mark.parametrize("has", ["another role", "left"])
def test_who_may_no_longer_enter_charges_imports_none(tenant, account, by, has):
    file = checked(tenant, line(), by=by)
    with tenant_scope(tenant.id):
        begin_import(file, by=by)
        if has == "left":
            User.objects.filter(id=by.user_id).update(is_active=False)
        else:
            Membership.objects.of(tenant).filter(id=by.id).update(role=Role.READER)

    file = work(file)
    assert (file.status, bool(file.fault), states(file)) == ("ready", True, ["good"])


@pytest.mark.parametrize("role", [Role.READER, Role.APPROVER])
def test_who_does_not_work_on_charges_may_do_nothing_here(tenant, account, by, role):
    other = membership(tenant, role=role)
    file = checked(tenant, line(), by=by)
    with pytest.raises(NotAllowed):
        send(tenant, [line(number="2")], by=other)
    with tenant_scope(tenant.id), pytest.raises(NotAllowed):
        begin_import(file, by=other)


def test_while_a_worker_is_at_it_nobody_mends(tenant, account, by):
    file = checked(tenant, line(), by=by)
    with tenant_scope(tenant.id):
        begin_import(file, by=by)
    with pytest.raises(InvalidState) as refused:
        mended(rows(file)[0], by, amount="1")
    assert refused.value.code == "not_ready"


def test_a_file_that_is_no_spreadsheet_is_refused_at_its_field(tenant, account, by):
    with pytest.raises(InvalidInput) as refused:
        send(tenant, [], by=by, content=b"%PDF-1.7")
    assert refused.value.field == "file"

    broken = work(send(tenant, [], by=by, content=b"PK\x03\x04 nada"))
    assert (broken.status, broken.content, bool(broken.fault)) == ("refused", None, True)


# --- Mended, given back, undone ---------------------------------------------------------------


def test_a_mended_cell_is_read_as_one_of_the_file(tenant, account, by):
    file = checked(tenant, line(amount="=A1", document=112223330001), by=by)
    row = rows(file)[0]
    assert set(row.faults) == {"amount", "document"}

    row = mended(row, by, amount="R$ 80,00")
    assert (row.state, set(row.faults)) == ("wrong", {"document"})
    row = mended(row, by, document=CNPJ)
    assert (row.state, row.amount, row.faults) == ("good", D("80.00"), {})


def test_the_file_of_errors_holds_them_with_the_reasons_and_comes_back(tenant, account, by):
    lines = [line(amount="abc"), line(number="2"), line(number="2"), line(name="=1+1", due="x")]
    file = imported(tenant, *lines, by=by)
    with tenant_scope(tenant.id):
        titles, *wrong = read_back(write_errors(file))

    assert titles[0] == "Motivo"
    assert [cells[3] for cells in wrong] == ["abc", "1.250,00", "1.250,00"]
    assert all(cells[0] for cells in wrong)
    wrong[0][3] = "10,00"
    wrong[2][4] = DUE
    again = checked(tenant, *wrong, by=by, titles=titles)
    assert states(again) == ["good", "doubtful", "good"]


def test_the_template_is_read_back_with_its_examples(tenant, account, by):
    for kind in ImportFile.Kind.values:
        file = checked(tenant, by=by, kind=kind, content=write_template(kind))
        assert (states(file), file.ignored) == (["good", "good"], [])


def test_undoing_withdraws_what_nothing_was_done_with(tenant, account, by):
    lines = [line(document=CPF, name="Joana", number="1"), line(number="2"), line(number="3"),
             line(document="111.444.777-35", name="Rui", number="4")]  # fmt: skip
    file = imported(tenant, *lines, by=by)
    first, issued, edited, last = charges(tenant)
    queue(issued, by)
    draft = make_draft(tenant, account, "99.00", payer=edited.payer)
    with tenant_scope(tenant.id):
        edit_charge(edited, draft, by=by)
    file = undone(file, by)

    assert file.status == "undone"
    assert states(file) == ["undone", "imported", "imported", "undone"]
    assert [bool(row.stays) for row in rows(file)] == [False, True, True, False]
    assert [reread(c).status for c in (first, issued, edited, last)] == [
        ChargeStatus.CANCELLED, ChargeStatus.ISSUING, ChargeStatus.DRAFT, ChargeStatus.CANCELLED
    ]  # fmt: skip
    archived = [reread(charge.payer).archived_at is not None for charge in (first, issued, last)]
    assert archived == [True, False, True]
    with tenant_scope(tenant.id):
        acts = Record.objects.of(tenant).values_list("act", flat=True)
        assert {Act.CHARGES_IMPORTED, Act.IMPORT_UNDONE} <= {*acts}


def test_a_payer_with_a_contract_stays_on_the_register(tenant, account, by):
    file = imported(tenant, address(), by=by, kind="payers", titles=PAYER_TITLES)
    with tenant_scope(tenant.id):
        payer = Payer.objects.of(tenant).get()
    make_recurrence(account, payer=payer, by=by)

    undone(file, by)

    assert reread(payer).archived_at is None


def test_what_was_undone_may_be_imported_again_with_its_payers(tenant, account, by):
    undone(imported(tenant, line(), by=by), by)
    file = imported(tenant, line(), by=by)

    assert (states(file), "document" in rows(file)[0].marks) == (["imported"], True)
    payer = charges(tenant)[0].payer
    assert reread(payer).archived_at is None
    with tenant_scope(tenant.id):
        archive_payer(payer, by=by)  # by a person: no import brings it back
    assert states(checked(tenant, line(number="2"), by=by)) == ["wrong"]


def test_payers_alone_are_registered_once_and_archived_by_undoing(tenant, account, by):
    known = make_payer(tenant, document=CPF)
    lines = [address(), address(name="Outra"), address(document=CPF), address(document=1164082)]
    file = imported(tenant, *lines, by=by, kind="payers", titles=PAYER_TITLES)

    assert states(file) == ["imported", "known", "known", "imported"]
    undone(file, by)
    with tenant_scope(tenant.id):
        left = Payer.objects.of(tenant).filter(archived_at=None)
        assert list(left) == [known]


def test_a_row_never_goes_back_to_be_imported_again(tenant, account, by):
    """Not even by a statement that forgot what it may do."""
    from django.db import IntegrityError, transaction

    file = imported(tenant, line(), by=by)
    with tenant_scope(tenant.id), pytest.raises(IntegrityError), transaction.atomic():
        ImportRow.objects.of(tenant).filter(file=file).update(state="good")
