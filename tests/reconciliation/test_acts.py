"""Create, ignore, give back, comment; and many acts at once."""

from datetime import date
from decimal import Decimal

import pytest

from banking.models import StatementLine
from banking.statements.allocation import NotFree, allocate
from charges.models import Refund
from charges.states import ChargeStatus
from core.errors import InvalidInput, InvalidState
from payments.models import Payable
from payments.states import OrderStatus, PayableStatus
from people.exceptional_acts import release
from people.models import ExceptionalAct
from reconciliation.matches.bulk import do_each
from reconciliation.matches.create import Slice, by_percent, create_entry
from reconciliation.matches.give_back import give_back
from reconciliation.matches.hold import versions_of
from reconciliation.matches.ignore import ignore
from reconciliation.matches.items import ItemKind, Wanted, search_items, sum_of
from reconciliation.matches.match import match_lines
from reconciliation.matches.notes import attach_file, comment, remove_file
from reconciliation.matches.pairing import Pairing
from reconciliation.matches.undo import StandsOn, undo
from reconciliation.models import Match, MatchLine
from tenants.models import Role
from tenants.scope import tenant_scope
from tests.banking.factories import reread
from tests.charges.factories import make_charge, make_payer, membership
from tests.charges.issued import opened
from tests.payments.factories import make_known, make_order
from tests.reconciliation.matched import (
    account_named,
    balance,
    choice,
    line,
    make_entry,
    matched,
    open_of,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]

D = Decimal
BEFORE, AFTER = date(2026, 11, 18), date(2026, 11, 20)


# --- Create ---


def created(row: StatementLine, by, *slices: Slice, **more) -> Match:
    with tenant_scope(by.tenant_id):
        return create_entry(row.id, slices, by=by, **more)


def sliced(tenant, code: str, **more) -> Slice:
    return Slice(account_named(tenant, code).id, **more)


def test_a_line_becomes_an_entry(tenant, itau, ana):
    row = line(itau, "-45.00", description="TARIFA PACOTE")

    created(row, ana, sliced(tenant, "5.5.01"))

    assert (open_of(row), balance(tenant, "5.5.01")) == (0, D("45.00"))


def test_it_is_split_by_value_and_one_part_takes_what_is_left(tenant, itau, ana):
    created(
        line(itau, "-100.00"), ana, sliced(tenant, "5.2.01", amount=D("70.01")),
        sliced(tenant, "5.2.02"),
    )  # fmt: skip

    assert (balance(tenant, "5.2.01"), balance(tenant, "5.2.02")) == (D("70.01"), D("29.99"))


def test_sales_net_of_the_fee_are_split_both_ways(tenant, itau, ana):
    created(
        line(itau, "970.00"), ana, sliced(tenant, "4.1.02", amount=D("1000.00")),
        sliced(tenant, "5.5.01", amount=D("-30.00")),
    )  # fmt: skip

    assert (balance(tenant, "4.1.02"), balance(tenant, "5.5.01")) == (D("-1000.00"), D("30.00"))


@pytest.mark.parametrize("whole", ["0.10", "100.00", "99.99", "1234.57"])
def test_percentages_close_to_the_centavo(whole):
    parts = by_percent([D("33.33"), D("33.33"), D("33.34")], D(whole))

    assert sum(parts) == D(whole)


@pytest.mark.parametrize(
    "slices",
    [
        [("5.2.01", {"percent": D(60)}), ("5.2.02", {"percent": D(39)})],
        [("5.2.01", {"amount": D("60.00")}), ("5.2.02", {"amount": D("39.99")})],
        [("5.2.01", {"amount": D("60.00")}), ("5.2.02", {"percent": D(40)})],
        [("5.2.01", {"amount": D("60.001")}), ("5.2.02", {})],
        [],
    ],
)
def test_parts_that_do_not_close_are_refused(tenant, itau, ana, slices):
    with pytest.raises(InvalidInput) as caught:
        created(line(itau, "-100.00"), ana, *(sliced(tenant, c, **more) for c, more in slices))

    assert caught.value.field == "slices"


def test_a_bank_account_is_no_classification(itau, ana):
    with pytest.raises(InvalidInput) as caught:
        created(line(itau, "-100.00"), ana, Slice(itau.ledger_account_id))

    assert caught.value.code == "no_account"


def test_only_what_is_open_of_a_line_becomes_an_entry(tenant, itau, ana):
    row = line(itau, "-100.00")
    matched(row, make_entry(itau, "-60.00"), by=ana, leaves_open=True)

    created(row, ana, sliced(tenant, "5.5.01"))

    assert (open_of(row), balance(tenant, "5.5.01")) == (0, D("40.00"))


def test_a_line_that_is_explained_is_created_by_nobody(tenant, itau, ana):
    row = line(itau, "-60.00")
    matched(row, make_entry(itau, "-60.00"), by=ana)

    with pytest.raises(InvalidState) as caught:
        created(row, ana, sliced(tenant, "5.5.01"))

    assert caught.value.code == "line_used"


# --- Ignore ---


def ignored(row, by, why="Teste do banco", **more):
    with tenant_scope(by.tenant_id):
        return ignore(row.id, by=by, why=why, **more)


def test_an_ignored_line_is_not_open_and_changes_no_balance(tenant, itau, ana):
    row = line(itau, "-10.00")

    done = ignored(row, ana)

    assert (open_of(row), balance(tenant, itau.ledger_account)) == (0, 0)
    assert done.match.kind == Match.Kind.IGNORE
    with tenant_scope(tenant.id):
        (part,) = MatchLine.objects.of(tenant).ignored()
    assert part.amount == D("-10.00")


def test_a_line_is_ignored_for_a_reason(itau, ana):
    with pytest.raises(InvalidInput) as caught:
        ignored(line(itau, "-10.00"), ana, why=" ")

    assert caught.value.field == "why"


def test_above_the_limit_ignoring_waits_for_a_second_person(tenant, itau, ana):
    row = line(itau, "-500.01")

    done = ignored(row, ana)

    assert done.waiting.is_waiting
    assert open_of(row) == D("-500.01")
    act = release(done.waiting, by=membership(tenant, role=Role.APPROVER))
    assert act.outcome == ExceptionalAct.Outcome.RELEASED
    assert open_of(row) == 0


def test_the_product_matches_no_line_that_is_ignored(itau, ana):
    row, entry = line(itau, "-10.00"), make_entry(itau, "-10.00")
    ignored(row, ana)

    with tenant_scope(itau.tenant_id), pytest.raises(NotFree) as caught:
        allocate(row, entry, amount=D("-10.00"))

    assert caught.value.code == "allocation_line_ignored"


def test_undone_it_is_open_again(tenant, itau, ana):
    row = line(itau, "-10.00")
    done = ignored(row, ana)

    with tenant_scope(tenant.id):
        undo([done.match.id], by=ana)

    assert open_of(row) == D("-10.00")
    matched(row, make_entry(itau, "-10.00"), by=ana)


# --- Give back ---


def given_back(row, other, by, **more):
    with tenant_scope(by.tenant_id):
        return give_back(row.id, other.id, by=by, **more).match


def test_a_line_and_its_reversal_are_set_against_each_other(tenant, itau, ana):
    left, back = line(itau, "-80.00", BEFORE), line(itau, "80.00", AFTER)

    given_back(back, left, ana)

    assert (open_of(left), open_of(back)) == (0, 0)
    with tenant_scope(tenant.id):
        assert sum(each.amount for each in MatchLine.objects.of(tenant).ignored()) == 0


def test_what_an_entry_was_comes_back_on_the_day_of_the_return(tenant, itau, ana):
    left, back = line(itau, "-80.00", BEFORE), line(itau, "80.00", AFTER)
    created(left, ana, sliced(tenant, "5.4.03"))

    made = given_back(back, left, ana)

    assert (open_of(back), balance(tenant, "5.4.03")) == (0, 0)
    with tenant_scope(tenant.id):
        assert made.effects.select_related("entry").get().entry.date == AFTER


def test_a_part_of_an_entry_comes_back(tenant, itau, ana):
    left, back = line(itau, "-80.00", BEFORE), line(itau, "30.00", AFTER)
    created(left, ana, sliced(tenant, "5.4.03"))

    given_back(back, left, ana)

    assert balance(tenant, "5.4.03") == D("50.00")


def test_what_came_back_is_undone_before_what_it_was(tenant, itau, ana):
    left, back = line(itau, "-80.00", BEFORE), line(itau, "80.00", AFTER)
    first = created(left, ana, sliced(tenant, "5.4.03"))
    second = given_back(back, left, ana)

    with tenant_scope(tenant.id), pytest.raises(StandsOn) as caught:
        undo([first.id], by=ana)
    assert [each.match for each in caught.value.blockers] == [second]

    with tenant_scope(tenant.id):
        undo([first.id, second.id], by=ana)
    assert (open_of(left), open_of(back)) == (D("-80.00"), D("80.00"))


def test_a_payment_that_came_back_leads_to_approval(tenant, itau, ana):
    bill = make_known(tenant, "100.00", approved=True)
    order = make_order(bill, OrderStatus.AT_BANK)
    with tenant_scope(tenant.id):
        payee = Payable.objects.of(tenant).select_related("payee").get(id=bill.id).payee
    day = date(2026, 11, 23)
    left = line(itau, "-100.00", day, kind="transfer", counterparty_document=payee.document)
    matched(left, reread(bill), by=ana)
    back = line(itau, "100.00", day, description="CREDITO")

    given_back(back, left, ana)

    assert (reread(order).status, reread(bill).status) == (
        OrderStatus.RETURNED,
        PayableStatus.PENDING,
    )
    assert (open_of(back), balance(tenant, itau.ledger_account)) == (0, 0)


def test_a_bill_that_was_paid_outside_and_came_back_waits_for_approval(tenant, itau, ana):
    bill = make_known(tenant, "100.00", approved=True)
    left, back = line(itau, "-100.00", BEFORE), line(itau, "100.00", AFTER)
    matched(left, bill, by=ana)

    given_back(back, left, ana)

    assert reread(bill).status == PayableStatus.PENDING
    assert (open_of(left), open_of(back)) == (0, 0)
    assert balance(tenant, "5.3.02") == 0


def test_what_a_charge_gives_back_is_a_refund_of_it(tenant, itau, ana):
    payer = make_payer(tenant)
    charge = opened(make_charge(tenant, itau, "100.00", payer=payer))
    came = line(itau, "100.00", BEFORE)
    matched(came, charge, by=ana)
    back = line(itau, "-100.00", AFTER, counterparty_document=payer.document)

    given_back(back, came, ana, debt="owed", why="Pagou duas vezes")

    assert open_of(back) == 0
    assert reread(charge).status == ChargeStatus.RETURNED
    with tenant_scope(tenant.id):
        assert Refund.objects.of(tenant).get().amount == D("100.00")


def test_a_return_is_of_the_other_side_and_no_larger(itau, ana):
    left = line(itau, "-80.00", BEFORE)

    with pytest.raises(InvalidInput):
        given_back(line(itau, "80.01", AFTER), left, ana)
    with pytest.raises(InvalidInput):
        given_back(line(itau, "-80.00", AFTER), left, ana)


# --- Comments and files ---


def test_a_file_that_is_no_paper_is_refused_whatever_its_name(itau, ana):
    row = line(itau, "-80.00")

    with tenant_scope(itau.tenant_id), pytest.raises(InvalidInput) as caught:
        attach_file(row, "recibo.pdf", b"MZ\x90", by=ana)

    assert caught.value.code == "other_kind"


def test_a_file_that_was_removed_keeps_its_name(itau, ana):
    row = line(itau, "-80.00")
    with tenant_scope(itau.tenant_id):
        comment(row, "Recibo em anexo", by=ana)
        kept = attach_file(row, "recibo.pdf", b"%PDF-1.7 x", by=ana)

        remove_file(kept.id, by=ana)

    assert (reread(kept).content, reread(kept).name) == (None, "recibo.pdf")


# --- Search ---


def test_items_of_every_party_are_found_by_value_and_text(tenant, itau):
    payer = make_payer(tenant, "Padaria Pão Quente Ltda")
    charge = opened(make_charge(tenant, itau, "100.00", payer=payer))
    opened(make_charge(tenant, itau, "100.00"))
    entry = make_entry(itau, "90.00", code="4.1.01")

    with tenant_scope(tenant.id):
        by_text = search_items(itau, Wanted(is_incoming=True, text="pao quente"))
        by_value = search_items(itau, Wanted(is_incoming=True, least=D(90), most=D(95)))

    assert [(each.kind, each.id) for each in by_text] == [(ItemKind.CHARGE, charge.id)]
    assert [(each.kind, each.id) for each in by_value] == [(ItemKind.ENTRY, entry.id)]
    assert sum_of([*by_text, *by_value]) == D("190.00")


def test_what_left_is_looked_for_among_bills_and_entries(tenant, itau):
    bill = make_known(tenant, "100.00", approved=True)
    make_order(bill, OrderStatus.AT_BANK)
    entry = make_entry(itau, "-100.00")
    make_entry(itau, "100.00")

    with tenant_scope(tenant.id):
        found = search_items(itau, Wanted(is_incoming=False))

    assert {each.id for each in found} == {bill.id, entry.id}
    assert [bool(each.why_not) for each in found if each.id == bill.id] == [True]


# --- Many at once ---


def test_of_ten_acts_of_which_two_are_refused_eight_are_done(tenant, itau, ana):
    """R-BLK02."""
    bia = membership(tenant)
    rows = [line(itau, f"-{number}.00") for number in range(1, 11)]
    entries = [make_entry(itau, f"-{number}.00") for number in range(1, 11)]
    with tenant_scope(tenant.id):
        seen = versions_of(tenant.id, [row.id for row in rows])
    matched(rows[3], make_entry(itau, "-4.00"), by=bia)
    matched(line(itau, "-7.00"), entries[6], by=bia)

    def act(row, entry):
        pairing = Pairing(lines=[row.id], items=[choice(entry)], seen={row.id: seen[row.id]})
        return lambda: match_lines(pairing, by=ana)

    acts = {row.id: act(row, entry) for row, entry in zip(rows, entries, strict=True)}
    with tenant_scope(tenant.id):
        outcomes = do_each(acts)

    assert len(outcomes.done) == 8
    assert list(outcomes.refused) == [rows[3].id, rows[6].id]
    assert outcomes.refused[rows[3].id].code == "line_changed"
