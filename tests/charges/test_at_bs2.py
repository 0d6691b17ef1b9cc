"""Charges through BS2, which has no key and no list."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from banking.banks.contract.info import Capability
from banking.gateway.connect import connect
from banking.models import Connection
from charges.issuing.issue import issue_queued
from charges.issuing.missing import issue_again, say_found, say_missing
from charges.issuing.neighbours import LOOKED_FOR, MOST, in_order, is_ours
from charges.issuing.queue import issue_charges
from charges.states import ChargeStatus, SlipStatus
from charges.tracking.cancellation import cancel_charge
from charges.transitions import lock_slip, move_slip
from core.errors import InvalidState, NotAllowed
from tenants.models import Role
from tenants.scope import tenant_scope
from tests.banking.factories import change, make_line, reread
from tests.cast import make_member, sign_in
from tests.charges.factories import make_charge, make_payer, membership
from tests.charges.issued import (
    follow,
    issue,
    issued_charge,
    lines_of,
    queue,
    settlements,
    slip_of,
    titles,
)
from tests.charges.readings import shown, take

pytestmark = pytest.mark.django_db(transaction=True)

ISSUE = "*/boletos/simplificado"
READ = "*/v1/boletos/*"
D = Decimal


def test_money_that_was_only_seen_is_no_payment_and_its_entry_has_the_day_of_the_credit(
    at_bs2, bs2, later
):
    charge = issued_charge(at_bs2, "1250.00")
    follow(at_bs2)
    bs2.pay_boleto(slip_of(charge).reference)

    follow(at_bs2)
    assert reread(charge).status == ChargeStatus.IN_PAYMENT
    assert settlements(charge) == []

    later(timedelta(days=1))
    follow(at_bs2)

    (settlement,) = settlements(charge)
    assert reread(charge).status == ChargeStatus.PAID
    assert (settlement.paid_on, settlement.posted_on) == (date(2026, 11, 23), date(2026, 11, 24))
    assert lines_of(settlement) == {"banco": D("1250.00"), "4.1.01": D("-1250.00")}


def test_money_that_is_here_before_the_bank_admits_it_is_settled_once(at_bs2, bs2, later):
    charge = issued_charge(at_bs2, "1250.00")
    follow(at_bs2)
    slip = slip_of(charge)
    make_line(at_bs2, "1250.00", day=date(2026, 11, 23), description=f"Boleto {slip.code}")

    follow(at_bs2)
    assert reread(charge).status == ChargeStatus.PAID
    assert reread(slip).status == SlipStatus.OPEN

    bs2.pay_boleto(slip.reference)
    later(timedelta(days=1))
    follow(at_bs2)

    (settlement,) = settlements(charge)
    assert settlement.posted_on == date(2026, 11, 23)
    assert reread(slip).status == SlipStatus.PAID


def test_one_that_cannot_be_taken_in_hides_no_other(at_bs2, bs2):
    first, second = (issued_charge(at_bs2) for _ in range(2))
    follow(at_bs2)
    change(first, status=ChargeStatus.WRITTEN_OFF)  # which no slip in payment makes of it
    for each in (first, second):
        bs2.pay_boleto(slip_of(each).reference)

    follow(at_bs2)

    assert slip_of(first).status == SlipStatus.OPEN
    assert reread(second).status == ChargeStatus.IN_PAYMENT


@pytest.fixture
def unknown(at_bs2, bs2):
    """BS2 has it, and its answer was lost."""
    charge = make_charge(at_bs2.tenant, at_bs2)
    bs2.lose_next_answer(ISSUE)
    issue(charge)
    return reread(charge)


def test_a_lost_answer_is_never_issued_again_by_itself(unknown, at_bs2, bs2, later):
    assert unknown.status == ChargeStatus.UNKNOWN
    later(timedelta(hours=2))

    follow(at_bs2)
    with tenant_scope(at_bs2.tenant_id):
        issued = issue_charges([unknown], by=membership(at_bs2.tenant))

    charge = reread(unknown)
    assert (charge.status, charge.needs_person) == (ChargeStatus.UNKNOWN, True)
    assert issued.batch is None
    assert len(bs2.boletos()) == 1


def test_a_slip_beside_a_number_that_the_bank_gave_is_the_one_of_the_lost_answer(at_bs2, bs2):
    payer = make_payer(at_bs2.tenant)
    before = issued_charge(at_bs2, "150.00", payer=payer)
    lost = make_charge(at_bs2.tenant, at_bs2, "150.00", payer=payer)
    bs2.lose_next_answer(ISSUE)
    assert issue(lost).status == SlipStatus.UNKNOWN

    follow(at_bs2)

    assert reread(lost).status == ChargeStatus.OPEN
    numbers = {str(each["nossoNumero"]) for each in bs2.boletos()}
    assert {slip_of(before).our_number, slip_of(lost).our_number} == numbers
    assert bs2.count_requests(ISSUE) == 2


@pytest.mark.parametrize(
    "changes",
    [
        {"code": "kc-another"},
        {"amount": D("150.01")},
        {"due_date": date(2026, 12, 11)},
        {"payer_document": "52998224725"},
    ],
    ids=["code", "value", "due date", "payer"],
)
def test_a_slip_beside_it_that_differs_from_what_was_sent_is_not_ours(at_bs2, bs2, changes):
    slip = slip_of(issued_charge(at_bs2, "150.00"))
    with connect(at_bs2.connection, needing=Capability.FETCH_CHARGE) as bank:
        reading = bank.fetch_charge(slip.our_number)

    assert is_ours(reading, slip)
    assert not is_ours(replace(reading, **changes), slip)


def test_that_no_number_beside_it_is_ours_says_nothing_and_costs_a_handful_of_calls(
    at_bs2, bs2, later
):
    issued_charge(at_bs2, "150.00")
    bs2.fault("drop", ISSUE)
    lost = make_charge(at_bs2.tenant, at_bs2, "150.00")
    issue(lost)
    before = bs2.count_requests(READ)

    follow(at_bs2)

    assert reread(lost).status == ChargeStatus.UNKNOWN
    assert slip_of(lost).absent_since is None
    assert 0 < bs2.count_requests(READ) - before <= MOST + 2  # two follow the other slip
    later(LOOKED_FOR + timedelta(seconds=1))
    before = bs2.count_requests(READ)
    follow(at_bs2)
    assert bs2.count_requests(READ) - before <= 2
    assert bs2.count_requests(ISSUE) == 2


@pytest.mark.parametrize(
    ("known", "wanted"),
    [
        ({10}, [11, 12, 9, 8]),
        ({10, 12}, [11, 13, 14, 9, 8]),
        ({1}, [2, 3]),
    ],
)
def test_gaps_are_looked_at_first_then_what_follows(known, wanted):
    assert in_order(known, 2) == wanted


def test_a_boleto_that_the_bank_has_already_is_no_refusal(at_bs2, bs2):
    """The answer to an issue before a restore: our number is there."""
    bs2.fault(
        "replace_answer",
        ISSUE,
        status=400,
        body='[{"tag": "Boleto", "descricao": "TITULO JA CADASTRADO"}]',
    )
    slip = issue(make_charge(at_bs2.tenant, at_bs2))

    assert (slip.status, len(bs2.boletos())) == (SlipStatus.UNKNOWN, 1)


def test_of_many_one_whose_answer_is_an_error_holds_up_no_other_and_is_not_repeated(
    at_bs2, bs2, later
):
    charges = [make_charge(at_bs2.tenant, at_bs2) for _ in range(20)]
    for charge in charges:
        queue(charge)
    bs2.fault("replace_answer", ISSUE, status=500, body="SERVICO TEMPORARIAMENTE NAO DISPONIVEL")

    issue_queued(at_bs2.tenant_id, at_bs2.id)
    states = [slip_of(charge).status for charge in charges]
    assert states.count(SlipStatus.UNKNOWN) == 1
    later(timedelta(minutes=2))
    follow(at_bs2)

    states = [reread(charge).status for charge in charges]
    assert states.count(ChargeStatus.OPEN) == 20  # found beside the others
    assert (len(bs2.boletos()), bs2.count_requests(ISSUE)) == (20, 20)


def test_a_credit_with_our_number_proves_that_it_exists_and_settles_it_once(unknown, at_bs2, bs2):
    make_line(at_bs2, "150.00", day=date(2026, 11, 23), description=slip_of(unknown).code)

    follow(at_bs2)
    follow(at_bs2)

    assert reread(unknown).status == ChargeStatus.PAID
    assert slip_of(unknown).status == SlipStatus.PAID
    assert len(settlements(unknown)) == 1


def test_what_a_person_found_is_believed_when_the_bank_shows_that_it_is_ours(unknown, at_bs2, bs2):
    number = str(bs2.boletos()[0]["nossoNumero"])
    with tenant_scope(at_bs2.tenant_id):
        say_found(unknown, number, by=membership(at_bs2.tenant))

    follow(at_bs2)

    assert slip_of(unknown).our_number == number
    assert reread(unknown).status == ChargeStatus.OPEN


def test_a_number_that_the_bank_does_not_have_is_not_believed(unknown, at_bs2, bs2):
    with tenant_scope(at_bs2.tenant_id):
        say_found(unknown, "99999999999", by=membership(at_bs2.tenant))

    follow(at_bs2)

    assert (slip_of(unknown).status, slip_of(unknown).our_number) == (SlipStatus.UNKNOWN, "")
    assert "Número não confere" in titles(unknown)


def test_the_number_of_another_boleto_is_not_believed(unknown, at_bs2, bs2):
    other = issued_charge(at_bs2, "150.00")
    number = slip_of(other).our_number
    with tenant_scope(at_bs2.tenant_id), pytest.raises(Exception, match="outra cobrança"):
        say_found(unknown, number, by=membership(at_bs2.tenant))

    assert reread(unknown).status == ChargeStatus.UNKNOWN


def test_issuing_again_takes_a_second_person(unknown, at_bs2, bs2):
    person = membership(at_bs2.tenant)
    with tenant_scope(at_bs2.tenant_id):
        with pytest.raises(InvalidState, match="conferir no banco"):
            issue_again(unknown, by=person)
        say_missing(unknown, by=person)
        with pytest.raises(NotAllowed, match="outra pessoa"):
            issue_again(unknown, by=person)

        issue_again(unknown, by=membership(at_bs2.tenant, role=Role.ADMIN))

    assert slip_of(unknown).status == SlipStatus.QUEUED
    assert reread(unknown).status == ChargeStatus.ISSUING


def test_nor_is_it_queued_at_a_bank_that_is_not_connected_any_more(unknown, at_bs2):
    with tenant_scope(at_bs2.tenant_id):
        say_missing(unknown, by=membership(at_bs2.tenant))
        Connection.objects.of(at_bs2.tenant_id).update(status=Connection.Status.LOST)
        assert issue_again(unknown, by=membership(at_bs2.tenant)) is None

    assert reread(unknown).status == ChargeStatus.WRITTEN_OFF


def test_that_one_that_was_given_up_exists_after_all_is_said(unknown, at_bs2):
    first = slip_of(unknown)
    with tenant_scope(at_bs2.tenant_id):
        say_missing(unknown, by=membership(at_bs2.tenant))
        issue_again(unknown, by=membership(at_bs2.tenant))
    assert not reread(unknown).needs_person

    take(first, shown(first, linha_digitavel="", barcode=""))

    assert reread(unknown).needs_person
    assert reread(first).our_number in reread(unknown).question


def test_when_its_due_date_has_passed_it_may_be_changed_then(unknown, at_bs2, later):
    later(timedelta(days=20))
    with tenant_scope(at_bs2.tenant_id):
        say_missing(unknown, by=membership(at_bs2.tenant))
        assert issue_again(unknown, by=membership(at_bs2.tenant)) is None

    given_up = reread(unknown)
    assert slip_of(unknown).status == SlipStatus.GIVEN_UP
    assert (given_up.status, given_up.needs_person) == (ChargeStatus.WRITTEN_OFF, True)


def test_one_that_is_issued_again_and_taken_from_the_queue_may_be_issued_another_time(
    unknown, at_bs2
):
    person, other = membership(at_bs2.tenant), membership(at_bs2.tenant)
    with tenant_scope(at_bs2.tenant_id):
        say_missing(unknown, by=person)
        move_slip(lock_slip(issue_again(unknown, by=other)), SlipStatus.WITHDRAWN)

    assert reread(unknown).status == ChargeStatus.WRITTEN_OFF
    assert queue(unknown, person).status == SlipStatus.QUEUED


def test_money_on_a_slip_that_was_given_up_settles_the_charge_once_and_stops_the_other(
    unknown, at_bs2, bs2, later
):
    first = slip_of(unknown)
    with tenant_scope(at_bs2.tenant_id):
        say_missing(unknown, by=membership(at_bs2.tenant))
        issue_again(unknown, by=membership(at_bs2.tenant))
    make_line(at_bs2, "150.00", day=date(2026, 11, 23), description=first.code)

    follow(at_bs2)

    assert reread(unknown).status == ChargeStatus.PAID
    assert slip_of(unknown).status == SlipStatus.WITHDRAWN
    assert len(settlements(unknown)) == 1


def test_a_write_off_is_believed_when_the_bank_has_done_it(at_bs2, bs2, later):
    charge = issued_charge(at_bs2)
    follow(at_bs2)
    with tenant_scope(at_bs2.tenant_id):
        cancel_charge(charge, by=membership(at_bs2.tenant))

    follow(at_bs2)
    assert reread(charge).status == ChargeStatus.OPEN
    assert "Cancelamento pedido ao banco" in titles(charge)

    later(timedelta(seconds=30))
    follow(at_bs2)
    assert reread(charge).status == ChargeStatus.CANCELLED


def test_a_payer_without_an_address_is_said_before_anything_leaves(at_bs2, bs2):
    nobody = dict.fromkeys(("zip_code", "street", "number", "district", "city", "state"), "")
    charge = make_charge(at_bs2.tenant, at_bs2, payer=make_payer(at_bs2.tenant, **nobody))

    with tenant_scope(at_bs2.tenant_id):
        issued = issue_charges([charge], by=membership(at_bs2.tenant))

    assert "endereço" in issued.left_out[charge.id]
    assert bs2.count_requests(ISSUE) == 0


def test_a_discount_that_holds_until_the_due_date_settles_in_full(at_bs2, bs2, later):
    """BS2 takes the day of its own: what is paid on it is dated by the bank, and owes nothing."""
    extras = {"discount": D("20.00"), "discount_days": 0, "due_date": date(2026, 11, 23)}
    charge = issued_charge(at_bs2, "300.00", **extras)
    follow(at_bs2)

    seen = bs2.pay_boleto(slip_of(charge).reference)
    later(timedelta(days=1))
    follow(at_bs2)

    (settlement,) = settlements(charge)
    assert D(str(seen["valorPago"])) == settlement.received == D("280.00")
    assert (settlement.discount, settlement.principal) == (D("20.00"), D("300.00"))
    assert reread(charge).status == ChargeStatus.PAID


def test_after_its_limit_a_boleto_is_owed_and_shown_as_one_that_is_paid_no_more(
    client, at_bs2, bs2, later
):
    """Due on a Friday that is no banking day: the limit of 0 days leaves the one day that the law
    keeps open."""
    charge = issued_charge(at_bs2, "300.00", due_date=date(2026, 12, 25), pay_days=0)
    follow(at_bs2)
    slip = slip_of(charge)
    (shown,) = bs2.boletos(id=slip.reference)
    assert shown["dataLimitePagamento"].startswith("2026-12-28")
    finance = make_member(at_bs2.tenant, Role.FINANCE)
    page = f"/cobrancas/{charge.id}/"

    later(timedelta(days=35))  # Monday, 28/12
    sign_in(client, finance, at_bs2.tenant)
    assert client.get(page).context["page"].is_shown

    later(timedelta(days=1))
    sign_in(client, finance, at_bs2.tenant)
    answer = client.get(page)
    told = answer.context["page"]
    assert not told.is_shown
    assert told.row.is_slip_past
    assert "data-past" in answer.content.decode()
    assert told.row.can_change  # to a new due date, by another slip
