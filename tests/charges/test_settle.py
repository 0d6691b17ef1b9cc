"""What money makes of a charge and of the books."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from accounts.journal.entries import post_entry
from accounts.models import Account
from banking.banks.contract.charges import ChargeState
from banking.models import BankAccount
from banking.statements.allocation import allocate, line_on
from charges.issuing.queue import issue_charges
from charges.models import Charge, Settlement, Slip
from charges.settlement.looks import close_look, keep_explanation, replace_explanation
from charges.settlement.undo import undo_received
from charges.states import LIVE_SLIPS, ChargeStatus, SlipStatus
from charges.tracking.bank_lines import record_proof
from charges.tracking.reissue import go_on_with_changes
from charges.transitions import ask_end, lock_slip
from core.errors import InvalidState
from tenants.scope import tenant_scope
from tests.banking.factories import change, make_line, reread
from tests.charges.factories import make_charge, make_payer, membership
from tests.charges.issued import entries, lines_of, settlements
from tests.charges.readings import DAY, paid, shown, take
from tests.payments.factories import make_bank_account

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]

D = Decimal


@pytest.fixture
def account(tenant) -> BankAccount:
    return make_bank_account(tenant)


def at_bank(charge: Charge) -> Slip:
    """Its slip, open."""
    with tenant_scope(charge.tenant_id):
        slip = issue_charges([charge], by=membership(charge.tenant)).slips[0]
    change(slip, status=SlipStatus.ISSUING)
    take(slip, shown(slip))
    return slip


def live_slips(charge: Charge) -> int:
    with tenant_scope(charge.tenant_id):
        slips = Slip.objects.of(charge.tenant_id).filter(charge=charge)
        return slips.filter(status__in=LIVE_SLIPS).count()


@pytest.fixture
def charge(tenant, account) -> Charge:
    return make_charge(tenant, account, "150.00")


@pytest.fixture
def slip(charge) -> Slip:
    return at_bank(charge)


def end(slip: Slip, *, ends_debt: bool) -> None:
    with tenant_scope(slip.tenant_id):
        ask_end(lock_slip(slip), by=None, ends_debt=ends_debt)
    take(slip, shown(slip, ChargeState.CANCELLED))


def test_each_payment_is_posted_once_however_often_it_is_told(charge, slip, account):
    for _ in range(3):
        take(slip, paid(slip, "150.00"))

    assert len(settlements(charge)) == entries(account) == 1


def test_a_second_payment_is_an_advance_of_the_payer_and_is_asked_about(charge, slip):
    take(slip, paid(slip, "150.00"))
    take(slip, paid(slip, "150.00", "150.00"))

    first, second = settlements(charge)
    assert lines_of(first) == {"banco": D("150.00"), "4.1.01": D("-150.00")}
    assert lines_of(second) == {"banco": D("150.00"), "2.1.5.01": D("-150.00")}
    paid_charge = reread(charge)
    assert (paid_charge.status, paid_charge.needs_person) == (ChargeStatus.PAID, True)


def test_the_discount_is_what_the_books_have_beside_the_revenue(tenant, account):
    charge = make_charge(tenant, account, "300.00", discount=D("20.00"))
    slip = at_bank(charge)

    take(slip, paid(slip, "280.00"))

    assert lines_of(settlements(charge)[0]) == {
        "banco": D("280.00"),
        "4.1.03": D("20.00"),
        "4.1.01": D("-300.00"),
    }


def test_what_the_bank_told_in_all_is_not_counted_again_by_payment(charge, slip):
    in_all = paid(slip, "150.00")
    take(slip, replace(in_all, payments=()))

    take(slip, in_all)

    assert [each.received for each in settlements(charge)] == [D("150.00")]


def test_a_second_payment_is_counted_though_the_first_was_told_in_all(charge, slip):
    take(slip, replace(paid(slip, "150.00"), payments=()))

    take(slip, paid(slip, "150.00", "150.00"))
    take(slip, replace(paid(slip, "150.00", "150.00"), payments=()))

    assert [each.received for each in settlements(charge)] == [D("150.00"), D("150.00")]


def test_lines_of_the_statement_that_were_counted_stand_for_the_payments(charge, account, slip):
    for number in range(2):
        line = make_line(account, "150.00", day=DAY, description=f"Boleto {slip.code}")
        with tenant_scope(slip.tenant_id):
            record_proof(slip, line, line.bank_id if number else "")

    take(slip, paid(slip, "150.00", "150.00"))

    assert [each.received for each in settlements(charge)] == [D("150.00"), D("150.00")]


def test_payments_that_cannot_be_read_are_not_counted_in_all(charge, slip):
    take(slip, replace(paid(slip, "150.00"), payments=None))

    assert settlements(charge) == []
    assert reread(charge).status == ChargeStatus.IN_PAYMENT
    assert reread(charge).needs_person


def test_paid_without_a_sum_is_asked_about_again(charge, slip):
    take(slip, shown(slip, ChargeState.PAID, payments=(), paid_amount=D(0)))
    assert (reread(slip).status, reread(charge).status) == (
        SlipStatus.IN_PAYMENT, ChargeStatus.IN_PAYMENT,
    )  # fmt: skip

    take(slip, paid(slip, "150.00"))
    assert (reread(slip).status, reread(charge).status) == (SlipStatus.PAID, ChargeStatus.PAID)


def test_paid_after_a_write_off_is_paid_and_says_so(charge, slip):
    end(slip, ends_debt=False)
    assert reread(charge).status == ChargeStatus.WRITTEN_OFF

    take(slip, paid(slip, "150.00"))

    done = reread(charge)
    assert (done.status, done.paid_after) == (ChargeStatus.PAID, "write_off")
    assert lines_of(settlements(charge)[0]) == {"banco": D("150.00"), "4.1.01": D("-150.00")}


def test_what_comes_after_cancellation_is_an_advance_of_the_payer(charge, slip):
    end(slip, ends_debt=True)
    assert reread(charge).status == ChargeStatus.CANCELLED

    take(slip, paid(slip, "150.00"))

    done = reread(charge)
    assert (done.status, done.paid_after) == (ChargeStatus.PAID, "cancellation")
    assert done.needs_person
    assert lines_of(settlements(charge)[0]) == {"banco": D("150.00"), "2.1.5.01": D("-150.00")}


def test_more_that_comes_after_cancellation_owes_nothing_either(charge, slip):
    end(slip, ends_debt=True)
    take(slip, paid(slip, "150.00"))

    take(slip, paid(slip, "150.00", "40.00"))

    done = reread(charge)
    assert (done.status, done.paid_after, done.settled) == (
        ChargeStatus.PAID,
        "cancellation",
        D("0.00"),
    )
    assert lines_of(settlements(charge)[1]) == {"banco": D("40.00"), "2.1.5.01": D("-40.00")}


@pytest.mark.parametrize("late", [ChargeState.OPEN, ChargeState.LATE, ChargeState.DRAFT])
def test_an_older_state_that_is_told_late_changes_nothing(charge, slip, late):
    take(slip, paid(slip, "150.00"))

    take(slip, shown(slip, late))

    assert reread(charge).status == ChargeStatus.PAID
    assert reread(slip).status == SlipStatus.PAID


@pytest.mark.parametrize(
    ("wrong", "fault"),
    [
        ({"amount": D("15.00")}, "outro valor"),
        ({"due_date": date(2026, 12, 11)}, "outro vencimento"),
        ({"linha_digitavel": "1" * 47}, "não vale"),
        ({"barcode": "1" * 44}, "boletos diferentes"),
        ({"pix_code": "000201"}, "código Pix"),
    ],
)
def test_a_slip_that_does_not_say_what_was_asked_for_is_kept_from_the_payer(
    charge, account, wrong, fault
):
    with tenant_scope(charge.tenant_id):
        slip = issue_charges([charge], by=membership(charge.tenant)).slips[0]
    change(slip, status=SlipStatus.ISSUING)

    take(slip, shown(slip, **wrong))

    kept = reread(slip)
    assert fault in kept.fault
    assert not kept.can_be_shown
    assert reread(charge).needs_person


@pytest.fixture
def explained(tenant, account):
    """The money is in the books already, by hand."""
    payer = make_payer(tenant, "Padaria Aurora Ltda")
    charge = make_charge(tenant, account, "150.00", payer=payer)
    slip = at_bank(charge)
    line = make_line(
        account, "150.00", day=DAY, counterparty_document=payer.document, description="Pix"
    )
    with tenant_scope(tenant.id):
        other = Account.objects.of(tenant).get(code="4.1.02")
        leaf = BankAccount.objects.of(tenant).select_related("ledger_account").get(id=account.id)
        lines = [(leaf.ledger_account, D("150.00")), (other, D("-150.00"))]
        entry = post_entry(tenant, date=DAY, memo="Venda no balcão", lines=lines)
        allocate(line, line_on(account, entry))
    take(slip, paid(slip, "150.00"))
    return charge


def test_income_that_is_in_the_books_already_is_not_posted_again(explained, account):
    (settlement,) = settlements(explained)

    assert settlement.entry_id is None
    assert entries(account) == 1
    assert "Venda no balcão" in reread(explained).question
    assert reread(explained).status == ChargeStatus.IN_PAYMENT


def test_income_held_back_is_not_closed_without_saying_what_it_is(explained, tenant):
    with tenant_scope(tenant.id), pytest.raises(InvalidState, match="retido"):
        close_look(explained, by=membership(tenant), why="Tudo certo")


def test_what_was_to_be_issued_anew_waits_while_its_money_is_held_back(explained, tenant, account):
    change(
        explained,
        next_due_date=date(2026, 12, 20),
        next_amount=D("160.00"),
        next_by=explained.created_by,
    )
    with tenant_scope(tenant.id):
        go_on_with_changes(account)

    assert live_slips(explained) == 0
    with tenant_scope(tenant.id):
        held = Settlement.objects.of(tenant).select_related("charge").get()
        keep_explanation(held, by=membership(tenant), why="Já estava certo")
        go_on_with_changes(account)
    done = reread(explained)
    assert (done.status, done.amount, done.next_due_date) == (ChargeStatus.PAID, D("150.00"), None)
    assert live_slips(explained) == 0


def test_nor_is_it_issued_anew_when_its_slip_was_ended(explained, tenant, account):
    """Held back from before: what the charge is does not say it."""
    change(explained, status=ChargeStatus.WRITTEN_OFF)
    change(
        explained,
        next_due_date=date(2026, 12, 20),
        next_amount=D("160.00"),
        next_by=explained.created_by,
    )

    go_on_with_changes(account)

    assert live_slips(explained) == 0
    assert reread(explained).next_due_date == date(2026, 12, 20)


def test_a_person_has_the_entry_replaced(explained, tenant, account):
    with tenant_scope(tenant.id):
        held = Settlement.objects.of(tenant).select_related("charge").get()
        replace_explanation(held, by=membership(tenant), why="É a cobrança")

    (settlement,) = settlements(explained)
    done = reread(explained)
    assert (done.status, done.needs_person) == (ChargeStatus.PAID, False)
    assert lines_of(settlement) == {"banco": D("150.00"), "4.1.01": D("-150.00")}
    assert entries(account) == 3  # by hand, its reversal, and the charge's


def test_a_person_lets_the_entry_stand_for_it(explained, tenant, account):
    with tenant_scope(tenant.id):
        held = Settlement.objects.of(tenant).select_related("charge").get()
        keep_explanation(held, by=membership(tenant), why="Já estava certo")

    assert reread(explained).status == ChargeStatus.PAID
    assert entries(account) == 1


def test_what_a_bank_told_is_not_undone(tenant, account, charge, slip):
    take(slip, paid(slip, "150.00", day=DAY))

    with tenant_scope(tenant.id), pytest.raises(InvalidState) as caught:
        undo_received(settlements(charge)[0], by=membership(tenant), why="Engano")

    assert caught.value.code == "stands"


def test_of_instalments_those_that_are_not_registered_are_not_shown_and_one_refused_is_told(
    tenant, account
):
    """Part 1 is registered at once, the others are accepted; the clearing house refuses part 4."""
    parts = [make_charge(tenant, account, "150.00") for _ in range(6)]
    with tenant_scope(tenant.id):
        slips = issue_charges(parts, by=membership(tenant)).slips
    by_charge = {slip.charge_id: slip for slip in slips}
    slips = [by_charge[part.id] for part in parts]
    for number, slip in enumerate(slips, start=1):
        change(slip, status=SlipStatus.ISSUING)
        take(slip, shown(slip, is_registered=number == 1))
    assert [reread(slip).can_be_shown for slip in slips] == [True] + [False] * 5
    states = [reread(part).status for part in parts]
    assert states == [ChargeStatus.OPEN] + [ChargeStatus.REGISTERING] * 5

    for number, slip in enumerate(slips, start=1):
        take(slip, shown(slip, ChargeState.FAILED if number == 4 else ChargeState.OPEN))

    assert [reread(slip).can_be_shown for slip in slips] == [True] * 3 + [False] + [True] * 2
    refused = reread(parts[3])
    assert (refused.status, refused.needs_person) == (ChargeStatus.REFUSED, True)
    with tenant_scope(tenant.id):
        assert list(Charge.objects.of(tenant).to_look_at()) == [refused]
