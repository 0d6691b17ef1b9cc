"""A new due date or value: never two slips alive, and a payer who was quicker has paid."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from charges.issuing.issue import issue_queued
from charges.models import Charge, Slip
from charges.states import LIVE_SLIPS, ChargeStatus, SlipStatus
from charges.tracking.reissue import change_terms, check_terms
from core.errors import InvalidInput
from tenants.scope import tenant_scope
from tests.banking.factories import reread
from tests.charges.factories import membership
from tests.charges.issued import MINUTE, follow, issued_charge, settlements, slip_of, titles
from tests.charges.three_banks import AtBs2, open_charge

pytestmark = pytest.mark.django_db(transaction=True)

D = Decimal
NEXT = date(2026, 12, 20)


def ask(charge, amount="160.00", due_date=NEXT):
    with tenant_scope(charge.tenant_id):
        change_terms(
            charge, by=membership(charge.tenant), due_date=due_date, amount=D(amount), why="Acordo"
        )


def alive(charge):
    with tenant_scope(charge.tenant_id):
        slips = Slip.objects.of(charge.tenant_id).filter(charge=charge)
        return slips.filter(status__in=LIVE_SLIPS).count()


def go_on(bank, later, *, times=3, pause=MINUTE):
    """Rounds, with a look at what the payer may pay meanwhile."""
    for _ in range(times):
        follow(bank.account)
        issue_queued(bank.account.tenant_id, bank.account.id)
        assert len(bank.alive()) <= 1
        later(pause)


@pytest.mark.parametrize("fault", ["", "lose_answer"])
def test_the_old_slip_is_ended_before_the_new_one_is_issued(at_bank, later, fault):
    charge = open_charge(at_bank, later)
    old = slip_of(charge)
    if fault:
        at_bank.fault(fault)
    ask(charge)
    assert alive(charge) == 1

    go_on(at_bank, later, times=5)

    new, done = slip_of(charge), reread(charge)
    assert reread(old).status == SlipStatus.CANCELLED
    assert (new.amount, new.due_date) == (done.amount, done.due_date) == (D("160.00"), NEXT)
    assert (done.status, done.needs_person) == (ChargeStatus.OPEN, False)
    assert at_bank.alive() == [new.reference]
    assert len(at_bank.slips()) == 2


@pytest.mark.parametrize("fault", ["", "lose_answer"])
def test_a_payer_who_was_quicker_has_paid_and_no_other_slip_is_issued(at_bank, later, fault):
    charge = open_charge(at_bank, later)
    at_bank.pay(slip_of(charge).reference)
    if fault:
        at_bank.fault(fault)
    ask(charge)

    go_on(at_bank, later, times=4)
    go_on(at_bank, later, pause=timedelta(days=1))

    done = reread(charge)
    assert (done.status, done.amount, done.next_due_date) == (ChargeStatus.PAID, D("150.00"), None)
    assert not done.needs_person
    assert len(settlements(charge)) == 1
    assert len(at_bank.slips()) == 1
    assert "O pagador foi mais rápido" in titles(charge)


def test_at_bs2_the_new_slip_waits_for_the_write_off(at_bs2, bs2, later):
    charge = issued_charge(at_bs2)
    follow(at_bs2)
    ask(charge)

    follow(at_bs2)
    follow(at_bs2)
    assert (alive(charge), len(bs2.boletos())) == (1, 1)

    later(timedelta(seconds=30))
    follow(at_bs2)
    issue_queued(at_bs2.tenant_id, at_bs2.id)
    assert (alive(charge), len(bs2.boletos())) == (1, 2)
    assert slip_of(charge).due_date == NEXT


def test_one_that_cannot_be_issued_anew_hides_no_other(at_cora, later):
    first, second = (issued_charge(at_cora, discount=D("1.00")) for _ in range(2))
    later(timedelta(seconds=10))
    follow(at_cora)
    ask(first)
    ask(second)
    with tenant_scope(at_cora.tenant_id):  # less than its discount: the database takes none such
        Charge.objects.filter(id=min(first.id, second.id)).update(next_amount=D("0.50"))

    follow(at_cora)

    told = sorted((reread(each) for each in (first, second)), key=lambda each: each.id)
    assert [each.status for each in told] == [ChargeStatus.WRITTEN_OFF, ChargeStatus.ISSUING]
    assert [each.next_due_date for each in told] == [None, None]
    assert [each.needs_person for each in told] == [True, False]


def test_it_does_not_fall_below_the_fine_and_interest_of_an_agreement(at_cora):
    charge = issued_charge(at_cora, "150.00")
    charge.additions = D("20.00")

    with pytest.raises(InvalidInput) as refused:
        check_terms(charge, NEXT, D("19.99"))
    assert refused.value.field == "amount"


def test_terms_that_the_bank_does_not_take_are_refused_before_anything_ends(at_cora, cora):
    charge = issued_charge(at_cora)

    with pytest.raises(InvalidInput):
        ask(charge, "1.00")

    assert slip_of(charge).cancel_asked_at is None


def test_at_bs2_a_repeat_that_is_refused_leaves_no_slip_and_issues_none(at_bs2, bs2, later):
    """The bank took the first request, whose answer was lost, and takes no second one."""
    bank = AtBs2(at_bs2, bs2)
    charge = open_charge(bank, later)
    bs2.settings(write_off_seconds=90)
    bank.fault("lose_answer")
    ask(charge)
    follow(at_bs2)
    bank.fault("replace_answer", status=400, body='[{"descricao": "BAIXA JA SOLICITADA"}]')

    go_on(bank, later, times=4)

    done = reread(charge)
    assert (done.status, done.needs_person) == (ChargeStatus.WRITTEN_OFF, True)
    assert (done.amount, done.next_due_date) == (D("150.00"), None)
    assert (bank.alive(), len(bank.slips())) == ([], 1)
