"""Money that crosses what is known: twice, late, elsewhere, before the bank admits it."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from accounts.journal.entries import post_entry
from accounts.models import Account
from banking.banks.contract.errors import BankUnavailable
from banking.models import BankAccount, BankEvent, StatementLine
from banking.statements.allocation import allocate, line_on
from banking.statements.sync import sync_account
from charges.issuing.claim import claim_queued, store_surely
from charges.models import Charge, Refund
from charges.refunds.evidence import post_waiting
from charges.refunds.record import Told, record_fact
from charges.refunds.transitions import lock_payment
from charges.settlement.looks import replace_explanation
from charges.settlement.received import register_received
from charges.states import ChargeStatus, SlipStatus
from charges.tracking.bank_lines import match_statement
from charges.tracking.cancellation import cancel_charge
from charges.tracking.reissue import change_terms
from core.errors import InvalidState
from tenants.scope import tenant_scope
from tests.banking.factories import change, make_line, reread
from tests.charges.factories import make_charge, make_payer, membership
from tests.charges.issued import (
    entries,
    follow,
    issued_charge,
    lines_of,
    queue,
    settlements,
    slip_of,
    titles,
)
from tests.charges.readings import DAY, paid, take

pytestmark = pytest.mark.django_db(transaction=True)

D = Decimal


def read_statement(account: BankAccount) -> None:
    sync_account(account.tenant_id, account.id)


def match(account: BankAccount) -> None:
    with tenant_scope(account.tenant_id):
        match_statement(account)


def open_at_cora(account, later, amount="150.00", **changes) -> Charge:
    charge = issued_charge(account, amount, **changes)
    later(timedelta(seconds=10))
    follow(account)
    return reread(charge)


def check_paid_twice(charge: Charge, amount: str) -> None:
    first, second = settlements(charge)
    assert lines_of(first) == {"banco": D(amount), "4.1.01": -D(amount)}
    assert lines_of(second) == {"banco": D(amount), "2.1.5.01": -D(amount)}
    done = reread(charge)
    assert (done.status, done.needs_person) == (ChargeStatus.PAID, True)


def test_paid_by_qr_and_by_bar_code_at_cora(at_cora, cora, later):
    charge = open_at_cora(at_cora, later, "1150.00", form="boleto_pix")
    name = slip_of(charge).reference
    cora.pay_invoice(name, "pix")
    follow(at_cora)
    later(timedelta(days=1))
    cora.pay_invoice(name, "boleto", again=True)

    for _ in range(2):
        follow(at_cora)
        read_statement(at_cora)

    check_paid_twice(charge, "1150.00")
    assert titles(charge).count("Outro pagamento") == 1


def test_a_second_payment_at_the_conta_kamino_shows_in_its_statement_alone(
    at_kamino, kamino, later
):
    charge = issued_charge(at_kamino, "1150.00", form="boleto_pix")
    name = slip_of(charge).reference
    kamino.pay_charge(name, "pix")
    follow(at_kamino)
    later(timedelta(days=1))
    kamino.pay_charge(name, "boleto", again=True)

    for _ in range(2):
        read_statement(at_kamino)
        follow(at_kamino)

    check_paid_twice(charge, "1150.00")


def test_a_second_credit_with_our_number_at_bs2_is_a_second_payment(at_bs2, bs2, later):
    charge = issued_charge(at_bs2, "1150.00")
    follow(at_bs2)
    slip = slip_of(charge)
    bs2.pay_boleto(slip.our_number)
    later(timedelta(days=1))
    follow(at_bs2)
    bs2.pay_boleto(slip.our_number, bank="001", again=True)
    for _ in range(2):
        make_line(at_bs2, "1150.00", day=date(2026, 11, 24), description=f"Boleto {slip.code}")

    for _ in range(2):
        match(at_bs2)
        follow(at_bs2)

    check_paid_twice(charge, "1150.00")


@pytest.fixture
def credited(at_cora, later) -> Charge:
    """The money is in the account, and the bank does not say yet that the slip is paid."""
    payer = make_payer(at_cora.tenant)
    charge = open_at_cora(at_cora, later, "1250.00", payer=payer)
    make_line(at_cora, "1250.00", day=DAY, counterparty_document=payer.document)
    match(at_cora)
    return reread(charge)


def test_a_credit_before_the_bank_admits_it_is_a_payment_under_way(credited, at_cora, cora, later):
    assert credited.status == ChargeStatus.IN_PAYMENT
    assert entries(at_cora) == 0

    later(timedelta(days=2))
    follow(at_cora)  # the bank says that it is open, still
    assert reread(credited).status == ChargeStatus.IN_PAYMENT

    later(timedelta(days=2))
    cora.pay_invoice(slip_of(credited).reference)
    follow(at_cora)
    follow(at_cora)

    (settlement,) = settlements(credited)
    assert reread(credited).status == ChargeStatus.PAID
    assert settlement.posted_on == DAY
    assert entries(at_cora) == 1


def test_a_credit_that_turns_out_to_be_something_else_is_none(credited, at_cora, tenant):
    with tenant_scope(tenant.id):
        line = StatementLine.objects.of(tenant).get(amount=D("1250.00"))
        other = Account.objects.of(tenant).get(code="4.1.02")
        leaf = BankAccount.objects.of(tenant).select_related("ledger_account").get(id=at_cora.id)
        lines = [(leaf.ledger_account, D("1250.00")), (other, D("-1250.00"))]
        entry = post_entry(tenant, date=DAY, memo="Venda no balcão", lines=lines)
        allocate(line, line_on(at_cora, entry))

    match(at_cora)

    assert reread(credited).status == ChargeStatus.OPEN


def test_a_credit_that_cannot_be_taken_in_hides_no_other(at_cora, tenant):
    charges = []
    for _ in range(2):
        payer = make_payer(tenant)
        charges.append(issued_charge(at_cora, payer=payer))
        make_line(at_cora, "150.00", day=DAY, counterparty_document=payer.document)
    for each in charges:
        change(slip_of(each), status=SlipStatus.OPEN)
        change(each, status=ChargeStatus.OPEN)
    change(charges[0], status=ChargeStatus.WRITTEN_OFF)  # which no slip in payment makes of it

    with tenant_scope(tenant.id):
        match_statement(at_cora)

    assert [reread(each).status for each in charges] == [
        ChargeStatus.WRITTEN_OFF, ChargeStatus.IN_PAYMENT,
    ]  # fmt: skip


@pytest.mark.parametrize("what", ["two slips", "two credits", "of another", "before", "settled"])
def test_a_credit_that_may_be_of_another_says_nothing(at_cora, cora, later, what):
    payer = make_payer(at_cora.tenant)
    charge = open_at_cora(at_cora, later, "90.00", payer=payer)
    day, document = DAY, payer.document
    if what == "two slips":
        open_at_cora(at_cora, later, "90.00", payer=payer, due_date=date(2027, 1, 10))
    if what == "two credits":
        make_line(at_cora, "90.00", day=DAY, counterparty_document=document)
    if what == "of another":
        document = "11222333000181"
    if what == "before":
        day = DAY - timedelta(days=1)
    if what == "settled":
        cora.pay_invoice(slip_of(charge).reference)
        follow(at_cora)
        charge = open_at_cora(at_cora, later, "90.00", payer=payer)
    make_line(at_cora, "90.00", day=day, counterparty_document=document)

    match(at_cora)

    assert reread(charge).status == ChargeStatus.OPEN


@pytest.mark.parametrize("is_ours", [False, True])
def test_written_off_is_not_paid_and_paid_after_it_is_paid(at_bs2, bs2, later, is_ours):
    charge = issued_charge(at_bs2, "90.00")
    follow(at_bs2)
    number = slip_of(charge).our_number
    with tenant_scope(at_bs2.tenant_id):
        cancel_charge(charge, by=membership(at_bs2.tenant), still_owed=is_ours)
    follow(at_bs2)
    later(timedelta(seconds=30))
    follow(at_bs2)
    ended = reread(charge)
    assert ended.status == (ChargeStatus.WRITTEN_OFF if is_ours else ChargeStatus.CANCELLED)
    assert entries(at_bs2) == 0

    bs2.pay_boleto(number, bank="001", again=True)
    with tenant_scope(at_bs2.tenant_id):
        BankEvent.objects.create(
            tenant_id=at_bs2.tenant_id,
            connection_id=at_bs2.connection_id,
            event_id="evt_1",
            kind="boleto",
            reference=number,
        )
    follow(at_bs2)

    done = reread(charge)
    (settlement,) = settlements(charge)
    assert done.status == ChargeStatus.PAID
    assert done.paid_after == ("write_off" if is_ours else "cancellation")
    assert lines_of(settlement)["4.1.01" if is_ours else "2.1.5.01"] == D("-90.00")


def test_a_payer_who_crossed_a_reissue_has_the_new_slip_stopped(at_cora, cora, later):
    charge = open_at_cora(at_cora, later, "700.00", form="boleto_pix")
    old = slip_of(charge)
    with tenant_scope(at_cora.tenant_id):
        by = membership(at_cora.tenant)
        change_terms(charge, by=by, due_date=date(2026, 12, 20), amount=D("700.00"), why="Acordo")
    follow(at_cora)
    assert slip_of(charge).status == SlipStatus.QUEUED
    cora.pay_invoice(old.reference, "pix", again=True)

    follow(at_cora)

    assert reread(charge).status == ChargeStatus.PAID
    assert slip_of(charge).status == SlipStatus.WITHDRAWN
    assert len(settlements(charge)) == 1
    assert len(cora.invoices()) == 1


def test_the_rest_of_a_part_ends_the_charge(at_cora, cora, later):
    charge = open_at_cora(at_cora, later, "480.00")
    cora.pay_invoice(slip_of(charge).reference, amount=40000)
    follow(at_cora)
    later(timedelta(days=4))
    with tenant_scope(charge.tenant_id):
        register_received(
            charge,
            by=membership(charge.tenant),
            amount=D("80.00"),
            day=date(2026, 11, 27),
            way="transfer",
            bank_account=at_cora,
        )

    done = reread(charge)
    assert (done.status, done.rest) == (ChargeStatus.PAID, D("0.00"))
    assert sum(each.received for each in settlements(charge)) == D("480.00")


def test_a_slip_whose_end_was_asked_for_leaves_no_more(at_cora, cora, later):
    """Its issue was under way when it was cancelled, and came back."""
    charge = make_charge(at_cora.tenant, at_cora)
    slip = queue(charge)
    (claimed,) = claim_queued(at_cora)
    with tenant_scope(at_cora.tenant_id):
        cancel_charge(charge, by=membership(at_cora.tenant))
    store_surely(claimed, BankUnavailable("O banco está fora do ar."))

    assert reread(slip).status == SlipStatus.WITHDRAWN
    assert reread(charge).status == ChargeStatus.CANCELLED


def test_money_by_hand_takes_a_slip_from_the_queue(at_cora):
    charge = make_charge(at_cora.tenant, at_cora)
    slip = queue(charge)
    with tenant_scope(charge.tenant_id):
        register_received(
            charge,
            by=membership(charge.tenant),
            amount=D("50.00"),
            day=DAY,
            way="cash",
            ends_slip=True,
        )

    assert reread(slip).status == SlipStatus.WITHDRAWN
    assert reread(charge).status == ChargeStatus.PARTLY_PAID


@pytest.fixture
def held_back(at_cora, tenant) -> Charge:
    """Its money is in the books already, by hand."""
    payer = make_payer(tenant)
    charge = issued_charge(at_cora, "150.00", payer=payer)
    line = make_line(at_cora, "150.00", day=DAY, counterparty_document=payer.document)
    with tenant_scope(tenant.id):
        other = Account.objects.of(tenant).get(code="4.1.02")
        leaf = BankAccount.objects.of(tenant).select_related("ledger_account").get(id=at_cora.id)
        lines = [(leaf.ledger_account, D("150.00")), (other, D("-150.00"))]
        entry = post_entry(tenant, date=DAY, memo="Venda no balcão", lines=lines)
        allocate(line, line_on(at_cora, entry))
    take(slip_of(charge), paid(slip_of(charge), "150.00"))
    return charge


def test_money_that_was_held_back_is_split_by_what_is_owed_when_it_is_posted(held_back, tenant):
    with tenant_scope(tenant.id):
        by = membership(tenant)
        register_received(held_back, by=by, amount=D("150.00"), day=DAY, way="cash")
        held = next(each for each in settlements(held_back) if each.entry_id is None)
        replace_explanation(held, by=by, why="É a cobrança")

    done = reread(held_back)
    assert (done.status, done.settled) == (ChargeStatus.PAID, D("150.00"))
    assert lines_of(reread(held)) == {"banco": D("150.00"), "2.1.5.01": D("-150.00")}


def test_and_so_is_what_went_back_of_it(held_back, tenant, at_cora):
    (held,) = settlements(held_back)
    with tenant_scope(tenant.id):
        payment = lock_payment(held)
        told = Told(
            kind=Refund.Kind.FOUND, amount=D("150.00"), day=DAY, reference="D1", source="O banco."
        )
        refund = record_fact(payment, told)
        assert (refund.principal, refund.entry) == (D("150.00"), None)
        by = membership(tenant)
        register_received(held_back, by=by, amount=D("150.00"), day=DAY, way="cash")
        replace_explanation(held, by=by, why="É a cobrança")
        post_waiting(at_cora)

    assert lines_of(reread(refund)) == {"banco": D("-150.00"), "2.1.5.01": D("150.00")}
    assert reread(held_back).status == ChargeStatus.PAID  # by the money that came in cash


def test_what_lacked_of_it_too(held_back, tenant):
    held = settlements(held_back)[0]
    with tenant_scope(tenant.id):  # as it is when a late payer paid the face value
        held.lacking = D("3.00")
        held.save(update_fields=["lacking"])
        replace_explanation(held, by=membership(tenant), why="É a cobrança")

    assert (reread(held).lacking, reread(held_back).status) == (D(0), ChargeStatus.PAID)


def test_money_that_the_books_do_not_take_is_held_back_and_hides_no_other(
    at_cora, cora, later, tenant
):
    with tenant_scope(tenant.id):
        gone = Account.objects.of(tenant).select_related("group").get(code="4.1.02")
    odd = open_at_cora(at_cora, later, revenue_account=gone)
    good = open_at_cora(at_cora, later)
    change(gone, archived_at=odd.created_at)
    for charge in (odd, good):
        cora.pay_invoice(slip_of(charge).reference)

    follow(at_cora)

    assert reread(good).status == ChargeStatus.PAID
    held = reread(odd)
    assert (held.status, held.needs_person) == (ChargeStatus.IN_PAYMENT, True)
    change(gone, archived_at=None)
    with tenant_scope(tenant.id):
        replace_explanation(settlements(odd)[0], by=membership(tenant), why="Reativada")
    assert reread(odd).status == ChargeStatus.PAID


def test_a_charge_whose_money_is_held_back_is_not_cancelled(held_back, tenant):
    with tenant_scope(tenant.id), pytest.raises(InvalidState) as refused:
        cancel_charge(held_back, by=membership(tenant))

    assert refused.value.code == "held_back"
