"""Bank lines with what they are the money of, and their differences."""

from datetime import date
from decimal import Decimal

import pytest

from audit.models import Record
from banking.statements.allocation import allocate
from charges.models import Settlement
from charges.states import ChargeStatus
from core.errors import Changed, DomainError, InvalidInput, InvalidState, NotAllowed
from payments.models import OutsidePayment, Payable, PaymentOrder
from payments.states import OrderStatus, PayableStatus
from people.exceptional_acts import release
from people.models import ExceptionalAct
from reconciliation.matches.hold import versions_of
from reconciliation.models import Match, MatchEffect
from tenants.models import Role
from tenants.scope import tenant_scope
from tests.banking.factories import change, reread
from tests.charges.factories import make_charge, membership
from tests.charges.issued import late, opened
from tests.payments.factories import bill_of, make_bank_account, make_known, make_order, move, shown
from tests.payments.timelines import timeline
from tests.reconciliation.matched import (
    DAY,
    account_named,
    balance,
    choice,
    difference,
    entry_lines,
    line,
    make_entry,
    match,
    matched,
    open_of,
    purpose_balance,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]

D = Decimal


def settlement_of(charge) -> Settlement:
    with tenant_scope(charge.tenant_id):
        rows = Settlement.objects.of(charge.tenant_id).filter(charge=charge)
        return rows.select_related("entry").get()


def approved(tenant, amount: str) -> Payable:
    return make_known(tenant, amount, approved=True)


def effects(made: Match) -> list[str]:
    with tenant_scope(made.tenant_id):
        rows = MatchEffect.objects.of(made.tenant_id).filter(match=made)
        return list(rows.values_list("kind", flat=True))


# --- Entries ---


def test_a_line_stands_for_the_entry_that_it_is_matched_with(itau, ana):
    row, entry = line(itau, "-150.00"), make_entry(itau, "-150.00")

    made = matched(row, entry, by=ana)

    assert open_of(row) == 0
    assert (made.kind, made.degree, made.made_by) == ("match", "hand", ana.user)
    assert effects(made) == ["linked"]


def test_one_line_is_the_sum_of_two_entries(itau, ana):
    row = line(itau, "-150.00")

    matched(row, [make_entry(itau, "-100.00"), make_entry(itau, "-50.00")], by=ana)

    assert open_of(row) == 0


def test_two_lines_are_one_entry(itau, ana):
    rows = [line(itau, "-100.00"), line(itau, "-50.00")]

    matched(rows, make_entry(itau, "-150.00"), by=ana)

    assert [open_of(row) for row in rows] == [0, 0]


def test_two_lines_are_three_entries(itau, ana):
    rows = [line(itau, "-100.00"), line(itau, "-60.00")]

    matched(rows, [make_entry(itau, each) for each in ("-70.00", "-80.00", "-10.00")], by=ana)

    assert [open_of(row) for row in rows] == [0, 0]


def test_a_part_of_a_line_stays_open_where_the_person_says_so(itau, ana):
    row = line(itau, "-150.00")

    matched(row, make_entry(itau, "-100.00"), by=ana, leaves_open=True)

    assert open_of(row) == D("-50.00")


def test_a_part_of_an_entry_waits_for_its_other_line(itau, ana):
    entry, first, second = make_entry(itau, "-150.00"), line(itau, "-100.00"), line(itau, "-50.00")

    matched(first, choice(entry, "100.00"), by=ana)
    matched(second, entry, by=ana)

    assert (open_of(first), open_of(second)) == (0, 0)


def test_lines_of_two_accounts_are_not_one_act(tenant, itau, ana):
    other = make_bank_account(tenant, preferred=False)

    with pytest.raises(InvalidInput) as caught:
        match([line(itau, "-1.00"), line(other, "-1.00")], make_entry(itau, "-2.00"), by=ana)

    assert caught.value.code == "two_accounts"


def test_an_entry_of_the_other_side_is_refused(itau, ana):
    with pytest.raises(InvalidInput) as caught:
        match(line(itau, "-150.00"), make_entry(itau, "150.00"), by=ana)

    assert caught.value.code == "other_side"


def test_an_entry_of_another_account_is_no_item(tenant, itau, ana):
    other = make_bank_account(tenant, preferred=False)

    with pytest.raises(InvalidState) as caught:
        match(line(itau, "-150.00"), make_entry(other, "-150.00"), by=ana)

    assert caught.value.code == "item_closed"


def test_who_only_reads_matches_nothing(tenant, itau):
    reader = membership(tenant, role=Role.READER)

    with pytest.raises(NotAllowed):
        match(line(itau, "-150.00"), make_entry(itau, "-150.00"), by=reader)


# --- To the centavo (R-DIF04) ---


@pytest.mark.parametrize(
    ("row", "bills"), [("-0.80", ("0.10", "0.20", "0.50")), ("-3.30", ("1.10", "2.20"))]
)
def test_bills_whose_sum_is_the_line_leave_no_difference(tenant, itau, ana, row, bills):
    row = line(itau, row)

    matched(row, [approved(tenant, each) for each in bills], by=ana)

    assert open_of(row) == 0


def test_a_centavo_that_nobody_explains_is_not_accepted(tenant, itau, ana):
    bills = [approved(tenant, each) for each in ("1.10", "2.20")]

    with pytest.raises(InvalidInput) as caught:
        match(line(itau, "-3.31"), bills, by=ana)

    assert caught.value.code == "does_not_close"
    assert [reread(each).status for each in bills] == [PayableStatus.APPROVED] * 2


def test_a_centavo_has_an_account_of_its_own(tenant, itau, ana):
    bills = [approved(tenant, each) for each in ("1.10", "2.20")]

    matched(line(itau, "-3.31"), bills, difference("cents", "-0.01"), by=ana)

    assert purpose_balance(tenant, "rounding") == D("0.01")


def test_a_fraction_of_a_centavo_is_refused(itau, ana):
    with pytest.raises(InvalidInput):
        match(line(itau, "-2.20"), choice(make_entry(itau, "-2.21"), "2.204"), by=ana)


# --- Differences ---


def test_the_net_of_a_gateway_settles_the_charge_in_full(tenant, itau, ana):
    """R-DIF01."""
    charge = opened(make_charge(tenant, itau, "3537.64"))

    matched(line(itau, "3460.52"), charge, difference("fee", "-77.12"), by=ana)

    assert reread(charge).status == ChargeStatus.PAID
    came = settlement_of(charge)
    assert (came.received, came.fee, came.principal) == (D("3460.52"), D("77.12"), D("3537.64"))
    assert purpose_balance(tenant, "fees") == D("77.12")
    assert balance(tenant, "4.1.01") == D("-3537.64")


def test_three_taxes_are_withheld_each_to_its_account(tenant, itau, ana):
    """R-DIF02."""
    charge = opened(make_charge(tenant, itau, "10000.00"))
    codes = {"1.1.2.03": "-150.00", "1.1.2.04": "-465.00", "1.1.2.02": "-500.00"}
    taxes = [
        difference("withheld", amount, account_named(tenant, code))
        for code, amount in codes.items()
    ]
    row = line(itau, "8885.00")

    matched(row, charge, *taxes, by=ana)

    assert open_of(row) == 0
    assert (reread(charge).status, reread(charge).rest) == (ChargeStatus.PAID, 0)
    posted = entry_lines(settlement_of(charge).entry)
    assert {code: posted[code] for code in codes} == {
        code: -D(amount) for code, amount in codes.items()
    }


def test_interest_and_fine_of_a_bill_are_no_part_of_its_expense(tenant, itau, ana):
    bill = approved(tenant, "100.00")
    row = line(itau, "-103.50")

    matched(row, bill, difference("interest", "-1.50"), difference("fine", "-2.00"), by=ana)

    assert reread(bill).status == PayableStatus.PAID
    assert balance(tenant, "5.3.02") == D("100.00")
    assert balance(tenant, "5.5.02") == D("3.50")
    assert balance(tenant, itau.ledger_account) == D("-103.50")


def test_a_discount_that_was_got_is_income(tenant, itau, ana):
    bill = approved(tenant, "100.00")

    matched(line(itau, "-95.00"), bill, difference("discount", "5.00"), by=ana)

    assert purpose_balance(tenant, "discount_got") == D("-5.00")
    assert balance(tenant, "5.3.02") == D("100.00")


def test_what_is_less_than_an_entry_is_written_into_it(tenant, itau, ana):
    entry, row = make_entry(itau, "100.00", code="4.1.01"), line(itau, "97.00")

    made = matched(row, entry, difference("fee", "-3.00"), by=ana)

    assert effects(made) == ["rewritten"]
    assert balance(tenant, itau.ledger_account) == D("97.00")
    assert balance(tenant, "4.1.01") == D("-100.00")
    assert purpose_balance(tenant, "fees") == D("3.00")


def test_what_is_more_than_an_entry_gets_one_of_its_own(tenant, itau, ana):
    row = line(itau, "-103.00")

    made = matched(row, make_entry(itau, "-100.00"), difference("interest", "-3.00"), by=ana)

    assert effects(made) == ["linked", "created"]
    assert balance(tenant, "5.5.02") == D("3.00")


@pytest.mark.parametrize(
    ("kind", "amount"), [("interest", "-3.00"), ("discount", "3.00"), ("withheld", "3.00")]
)
def test_a_difference_of_the_wrong_sign_is_refused(tenant, itau, ana, kind, amount):
    charge = opened(make_charge(tenant, itau, "100.00"))

    with pytest.raises(InvalidInput) as caught:
        match(line(itau, str(100 + D(amount))), charge, difference(kind, amount), by=ana)

    assert caught.value.field == "differences"


def test_a_difference_of_several_items_says_whose_it_is(tenant, itau, ana):
    charges = [opened(make_charge(tenant, itau, each)) for each in ("60.00", "40.00")]
    row = line(itau, "97.00")

    with pytest.raises(InvalidInput):
        match(row, charges, difference("fee", "-3.00"), by=ana)
    matched(row, charges, difference("fee", "-3.00", of=charges[1]), by=ana)

    assert settlement_of(charges[1]).fee == D("3.00")
    assert settlement_of(charges[0]).fee == 0


# --- Bills ---


def test_a_part_of_a_bill_leaves_the_rest_to_be_approved(tenant, itau, ana):
    bill = approved(tenant, "100.00")

    matched(line(itau, "-40.00"), choice(bill, "40.00"), by=ana)

    with tenant_scope(tenant.id):
        payment = OutsidePayment.objects.of(tenant).select_related("rest").get(payable=bill)
    assert payment.rest is not None
    assert (payment.amount, payment.rest.amount) == (D("40.00"), D("60.00"))
    assert payment.rest.status == PayableStatus.PENDING
    assert payment.rest.payee_id == bill.payee_id


def test_a_bill_that_nobody_approved_is_not_paid_by_who_entered_it(tenant, itau, ana):
    bill = make_known(tenant, "100.00", by=ana.user)

    with pytest.raises(DomainError):
        match(line(itau, "-100.00"), choice(bill, shown=shown(bill)), by=ana)

    assert reread(bill).status == PayableStatus.PENDING


def test_an_approver_settles_a_bill_that_waits_for_approval(tenant, itau):
    bill, admin = make_known(tenant, "100.00"), membership(tenant, role=Role.ADMIN)

    matched(line(itau, "-100.00"), choice(bill, shown=shown(bill)), by=admin)

    assert reread(bill).status == PayableStatus.PAID


def test_settling_takes_back_what_could_still_send_the_bill(tenant, itau, ana):
    bill = approved(tenant, "100.00")
    order = make_order(bill)

    matched(line(itau, "-100.00"), reread(bill), by=ana)

    assert reread(order).status == OrderStatus.CANCELLED
    assert reread(bill).status == PayableStatus.PAID


@pytest.mark.parametrize("status", [OrderStatus.UNKNOWN, OrderStatus.AT_BANK])
def test_a_bill_that_a_bank_may_be_paying_is_settled_by_no_other_line(tenant, itau, ana, status):
    bill = approved(tenant, "100.00")
    order = make_order(bill, status)
    row = line(itau, "-100.00", date(2026, 11, 23), counterparty_document="52998224725")

    with pytest.raises(InvalidState) as caught:
        match(row, reread(bill), by=ana)

    assert caught.value.code == "at_bank"
    assert (reread(order).status, open_of(row)) == (status, D("-100.00"))


@pytest.mark.parametrize("status", [OrderStatus.UNKNOWN, OrderStatus.AT_BANK])
def test_the_line_of_its_own_order_settles_such_a_bill(tenant, itau, ana, status):
    bill = approved(tenant, "100.00")
    order = make_order(bill, status)
    with tenant_scope(tenant.id):
        document = Payable.objects.of(tenant).select_related("payee").get(id=bill.id).payee.document
    row = line(itau, "-100.00", date(2026, 11, 23), kind="transfer", counterparty_document=document)

    made = matched(row, reread(bill), by=ana)

    assert (reread(order).status, reread(bill).status) == (OrderStatus.PAID, PayableStatus.PAID)
    assert (open_of(row), effects(made)) == (0, ["order_proved"])


def test_a_line_that_names_nobody_may_be_that_of_a_payment_at_the_bank(tenant, itau, ana):
    bill = approved(tenant, "100.00")
    order = make_order(bill, OrderStatus.AT_BANK)

    matched(line(itau, "-100.00", date(2026, 11, 23), kind="transfer"), reread(bill), by=ana)

    assert reread(order).status == OrderStatus.PAID


def test_a_payment_that_its_line_proves_asks_nothing_of_a_person_any_more(tenant, itau, ana):
    bill = approved(tenant, "100.00")
    order = make_order(bill, OrderStatus.UNKNOWN, needs_person=True)

    matched(line(itau, "-100.00", date(2026, 11, 23), kind="transfer"), reread(bill), by=ana)

    held = reread(order)
    assert (held.status, held.needs_person) == (OrderStatus.PAID, False)


def test_a_payment_that_came_back_is_proved_by_no_line(tenant, itau, ana):
    bill = approved(tenant, "100.00")
    order = make_order(bill, OrderStatus.AT_BANK)
    change(order, status=OrderStatus.RETURNED, needs_person=True)
    move(bill, PayableStatus.PENDING)
    row = line(itau, "-100.00", date(2026, 11, 23), kind="transfer")

    with pytest.raises(InvalidState) as caught:
        match(row, reread(bill), by=ana)

    assert caught.value.code == "move_refused"
    assert (reread(order).status, open_of(row)) == (OrderStatus.RETURNED, D("-100.00"))


def test_who_proves_a_payment_is_named_in_its_story(tenant, itau, ana):
    bill = approved(tenant, "100.00")
    order = make_order(bill, OrderStatus.AT_BANK)

    matched(line(itau, "-100.00", date(2026, 11, 23), kind="transfer"), reread(bill), by=ana)

    assert f"conciliado por {ana.user.display_name}" in timeline(order)


@pytest.fixture
def of_lot(tenant) -> PaymentOrder:
    """A payment of a lot, which its bank calls LOTE77."""
    order = make_order(approved(tenant, "100.00"), OrderStatus.AT_BANK)
    change(order, reference="LOTE77")
    return reread(order)


def test_the_debit_of_a_lot_proves_the_payments_that_it_names(tenant, itau, ana, of_lot):
    posted = make_entry(itau, "-50.00")
    row = line(itau, "-150.00", date(2026, 11, 23), description="PAGTOS LOTE77")

    matched(row, [bill_of(of_lot), posted], by=ana)

    assert (reread(of_lot).status, open_of(row)) == (OrderStatus.PAID, 0)


@pytest.mark.parametrize(
    ("description", "day"), [("PAGTOS LOTE78", 23), ("PAGTOS", 23), ("PAGTOS LOTE77", 20)]
)
def test_the_debit_of_another_lot_or_of_before_it_left_proves_none(
    tenant, itau, ana, of_lot, description, day
):
    posted = make_entry(itau, "-50.00")
    row = line(itau, "-150.00", date(2026, 11, day), description=description)

    with pytest.raises(InvalidState) as caught:
        match(row, [bill_of(of_lot), posted], by=ana)

    assert caught.value.code == "at_bank"
    assert reread(of_lot).status == OrderStatus.AT_BANK


def test_the_debit_of_a_lot_proves_no_payment_of_another_value(tenant, itau, ana, of_lot):
    posted = make_entry(itau, "-60.00")
    row = line(itau, "-150.00", date(2026, 11, 23), description="PAGTOS LOTE77")

    with pytest.raises(InvalidState) as caught:
        match(row, [choice(bill_of(of_lot), "90.00"), posted], by=ana)

    assert caught.value.code == "at_bank"
    assert (reread(of_lot).status, open_of(row)) == (OrderStatus.AT_BANK, row.amount)


def test_a_fee_of_the_same_value_is_no_debit_of_a_payment(tenant, itau, ana, of_lot):
    row = line(itau, "-100.00", date(2026, 11, 23), kind="fee")

    with pytest.raises(InvalidState) as caught:
        match(row, bill_of(of_lot), by=ana)

    assert caught.value.code == "at_bank"
    assert (reread(of_lot).status, open_of(row)) == (OrderStatus.AT_BANK, row.amount)


def test_the_debit_of_a_lot_is_of_the_account_that_it_left(tenant, ana, itau, of_lot):
    there = make_bank_account(tenant, preferred=False)
    posted = make_entry(there, "-50.00")
    row = line(there, "-150.00", date(2026, 11, 23), description="PAGTOS LOTE77")

    with pytest.raises(InvalidState) as caught:
        match(row, [bill_of(of_lot), posted], by=ana)

    assert caught.value.code == "at_bank"
    assert reread(of_lot).status == OrderStatus.AT_BANK


def test_what_the_bank_took_more_for_a_payment_is_no_difference(tenant, itau, ana):
    bill = approved(tenant, "100.00")
    order = make_order(bill, OrderStatus.AT_BANK, bank_amount=D("105.00"))
    row = line(itau, "-105.00", date(2026, 11, 23), kind="transfer")

    with pytest.raises(InvalidState) as caught:
        match(row, reread(bill), difference("interest", "-5.00"), by=ana)

    assert caught.value.code == "at_bank"
    assert (reread(order).status, open_of(row)) == (OrderStatus.AT_BANK, D("-105.00"))


# --- Charges ---


def test_a_part_payment_leaves_the_charge_open_by_the_rest(tenant, itau, ana):
    """R-SET02."""
    charge = opened(make_charge(tenant, itau, "900.00"))

    matched(line(itau, "300.00"), choice(charge, "300.00"), by=ana)

    assert (reread(charge).status, reread(charge).rest) == (ChargeStatus.PARTLY_PAID, D("600.00"))


def test_one_credit_pays_two_charges(tenant, itau, ana):
    charges = [opened(make_charge(tenant, itau, each)) for each in ("60.00", "40.00")]

    matched(line(itau, "100.00"), charges, by=ana)

    assert [reread(each).status for each in charges] == [ChargeStatus.PAID] * 2


def test_it_has_to_be_said_what_becomes_of_fine_and_interest(tenant, itau, ana):
    charge = late(tenant, itau, "100.00", fine_percent=D(2))
    row = line(itau, "100.00")

    with pytest.raises(InvalidInput) as caught:
        match(row, charge, by=ana)
    matched(row, choice(charge, late="keep"), by=ana)

    assert caught.value.field == "late"
    assert (reread(charge).status, reread(charge).late_rest) == (
        ChargeStatus.PARTLY_PAID,
        D("2.00"),
    )


def test_fine_and_interest_that_came_are_told_apart_from_the_charge(tenant, itau, ana):
    charge = late(tenant, itau, "100.00", fine_percent=D(2))

    matched(line(itau, "102.00"), charge, difference("fine", "2.00"), by=ana)

    came = settlement_of(charge)
    assert (came.principal, came.fine) == (D("100.00"), D("2.00"))
    assert reread(charge).status == ChargeStatus.PAID


def test_what_came_beyond_a_charge_is_an_advance(tenant, itau, ana):
    charge = opened(make_charge(tenant, itau, "100.00"))

    matched(line(itau, "130.00"), charge, difference("advance", "30.00"), by=ana)

    assert settlement_of(charge).excess == D("30.00")
    assert purpose_balance(tenant, "advances") == D("-30.00")


def test_more_than_is_owed_is_refused(tenant, itau, ana):
    charge = opened(make_charge(tenant, itau, "100.00"))

    with pytest.raises(InvalidInput):
        match(line(itau, "130.00"), choice(charge, "130.00"), by=ana)


# --- Two people ---


def test_who_saw_the_line_before_another_matched_it_is_told_who_it_was(tenant, itau, ana):
    """R-ONE04."""
    bia, row = membership(tenant), line(itau, "-150.00")
    with tenant_scope(tenant.id):
        seen = versions_of(tenant.id, [row.id])
    matched(row, make_entry(itau, "-150.00"), by=bia, seen=seen)

    with pytest.raises(Changed) as caught:
        match(row, make_entry(itau, "-150.00"), by=ana, seen=seen)

    assert caught.value.code == "line_changed"
    assert bia.user.display_name in str(caught.value)


def test_what_the_product_matched_meanwhile_is_seen_too(itau, ana):
    row, entry = line(itau, "-150.00"), make_entry(itau, "-150.00")
    with tenant_scope(itau.tenant_id):
        seen = versions_of(itau.tenant_id, [row.id])
        allocate(row, entry)

    with pytest.raises(Changed):
        match(row, make_entry(itau, "-150.00"), by=ana, seen=seen)


def test_a_difference_above_the_limit_waits_for_a_second_person(tenant, itau, ana):
    charge = opened(make_charge(tenant, itau, "10000.00"))
    row = line(itau, "9400.00")

    done = match(row, charge, difference("discount", "-600.00"), by=ana)

    assert done.match is None
    assert done.waiting is not None and done.waiting.is_waiting
    assert (open_of(row), reread(charge).status) == (D("9400.00"), ChargeStatus.OPEN)


def test_what_a_second_person_released_is_matched_as_it_was_asked(tenant, itau, ana):
    charge = opened(make_charge(tenant, itau, "10000.00"))
    row = line(itau, "9400.00")
    waiting = match(row, charge, difference("discount", "-600.00"), by=ana).waiting

    act = release(waiting, by=membership(tenant, role=Role.APPROVER))

    assert act.outcome == ExceptionalAct.Outcome.RELEASED
    assert (open_of(row), reread(charge).status) == (0, ChargeStatus.PAID)
    with tenant_scope(tenant.id):
        made = Match.objects.of(tenant).get(exception=act)
    assert made.made_by == ana.user


def test_a_difference_below_the_limit_is_listed_by_person(tenant, itau, ana):
    charge = opened(make_charge(tenant, itau, "100.00"))

    matched(line(itau, "90.00"), charge, difference("discount", "-10.00"), by=ana)

    with tenant_scope(tenant.id):
        act = ExceptionalAct.objects.of(tenant).get()
    assert (act.kind, act.amount, act.outcome) == ("match_difference", D("10.00"), "alone")


def test_a_match_is_on_record_once(itau, ana):
    row = line(itau, "-150.00")

    made = matched(row, make_entry(itau, "-150.00"), by=ana)

    with tenant_scope(itau.tenant_id):
        records = Record.objects.of(itau.tenant_id).filter(on_id=made.id)
        assert [each.act for each in records] == ["lines_matched"]
    assert DAY.strftime("%d/%m/%Y") in records[0].after["Extrato"]
