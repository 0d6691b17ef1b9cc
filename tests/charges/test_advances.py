"""What a payer paid too much: used once for another charge, or given back by a bill."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.models import AccountPurpose, JournalLine
from audit.models import Record
from charges.drafts.edit import edit_charge
from charges.issuing.queue import issue_charges
from charges.models import AdvanceUse, Refund
from charges.refunds.advances import give_back_by_bill
from charges.refunds.record import Told, record_fact
from charges.refunds.register import register_refund
from charges.refunds.transitions import lock_payment
from charges.refunds.undo_use import UNDONE, undo_use
from charges.settlement.received import register_received
from charges.states import ChargeStatus, SlipStatus
from charges.transitions import lock_slip, move_slip
from core.errors import InvalidInput, InvalidState, NotAllowed
from payments.bills.edit import edit_payable, version_of
from payments.bills.enter import cancel_payable
from payments.models import Payable
from people.exceptional_acts import release
from people.models import ExceptionalAct
from tenants.models import Role
from tenants.scope import tenant_scope
from tests.banking.factories import reread
from tests.cast import make_member, sign_in
from tests.charges.advances import collected, overpaid, use
from tests.charges.factories import make_draft, make_payer, membership
from tests.charges.issued import lines_of, settlements, slip_of, titles
from tests.charges.returned import left, payment_of
from tests.payments.factories import make_bank_account, typed_as

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]

D = Decimal


@pytest.fixture
def account(tenant):
    return make_bank_account(tenant, preferred=False)


@pytest.fixture
def payer(tenant):
    return make_payer(tenant)


def went_back(source, amount):
    """As the bank tells it. Inside the company's scope."""
    payment = lock_payment(payment_of(source))
    return record_fact(
        payment,
        Told(
            kind=Refund.Kind.MED, amount=D(amount), day=payment.posted_on, reference="D1",
            source="O banco informou.",
        ),
    )  # fmt: skip


def test_an_advance_pays_another_charge_of_the_payer_and_ends_its_slip(account, payer):
    source, target = overpaid(account, payer, "300.00"), collected(account, payer)

    use(source, target, "150.00")

    (payment,) = settlements(target)
    assert lines_of(payment) == {"2.1.5.01": D("150.00"), "4.1.01": D("-150.00")}
    assert reread(target).status == ChargeStatus.PAID
    assert slip_of(target).cancel_asked_at is not None
    assert left(payment_of(source)).excess == 0
    assert left(payment).total == D("150.00")  # and no money of it came here to go back


def test_an_advance_is_used_once_and_the_database_holds_it(account, payer):
    source, target = overpaid(account, payer), collected(account, payer)
    use(source, target, "60.00")

    with pytest.raises(InvalidInput) as more:
        use(source, target, "40.01")
    assert more.value.code == "more_than_left"
    twice = pytest.raises(IntegrityError, match="used twice")
    with tenant_scope(account.tenant_id), twice, transaction.atomic():
        AdvanceUse.objects.create(
            tenant_id=account.tenant_id, settlement=payment_of(source), amount=D("40.01"),
            bill=source.id, by=source.created_by,
        )  # fmt: skip


def test_it_is_no_other_payers(account, payer, tenant):
    source, target = overpaid(account, payer), collected(account, make_payer(tenant))

    with pytest.raises(InvalidInput) as refused:
        use(source, target, "10.00")
    assert refused.value.field == "charge"


def test_above_the_limit_a_second_person_releases_it(account, payer, tenant):
    source = overpaid(account, payer, "900.00")
    target = collected(account, payer, "700.00")

    act = use(source, target, "700.00")
    assert act.is_waiting and reread(target).status == ChargeStatus.OPEN
    done = release(act, by=membership(tenant, role=Role.APPROVER))

    assert done.outcome == ExceptionalAct.Outcome.RELEASED
    assert reread(target).status == ChargeStatus.PAID


def test_given_back_by_a_bill_that_waits_and_cancelled_it_is_free_again(account, payer, tenant):
    source = overpaid(account, payer)
    by = membership(tenant)
    with tenant_scope(tenant.id):
        made = give_back_by_bill(
            payment_of(source), by=by, amount=D("100.00"), pix_key_type="email",
            pix_key="a@cliente.example",
        )  # fmt: skip
        bill = Payable.objects.of(tenant).get(id=made.bill)
        assert bill.is_pending and bill.amount == D("100.00")
        assert bill.expense_account.purpose == AccountPurpose.ADVANCES
        assert bill.payee.document == payer.document
        with pytest.raises(InvalidState) as kept:
            edit_payable(bill, by=by, seen=version_of(bill), **typed_as(bill, amount=D("999.00")))
        assert kept.value.code == "gives_back"
    assert left(payment_of(source)).excess == 0

    with tenant_scope(tenant.id):
        cancel_payable(bill, by=by.user)

    assert left(payment_of(source)).excess == D("100.00")


def test_when_its_money_goes_back_by_another_way_the_bill_does_not_leave(account, payer, tenant):
    source = overpaid(account, payer)
    with tenant_scope(tenant.id):
        made = give_back_by_bill(
            payment_of(source), by=membership(tenant), amount=D("100.00"), pix_key_type="email",
            pix_key="a@cliente.example",
        )  # fmt: skip
        went_back(source, "250.00")
        bill = Payable.objects.of(tenant).get(id=made.bill)

    assert bill.hold == Payable.Hold.REJECTED


def test_of_an_advance_that_was_taken_while_in_use_nothing_more_is_used(account, payer, tenant):
    source, target = overpaid(account, payer), collected(account, payer)
    by = membership(tenant)
    with tenant_scope(tenant.id):
        made = give_back_by_bill(
            payment_of(source), by=by, amount=D("100.00"), pix_key_type="email",
            pix_key="a@cliente.example",
        )  # fmt: skip
        assert went_back(source, "250.00").overdrawn == D("100.00")
        cancel_payable(Payable.objects.of(tenant).get(id=made.bill), by=by.user)

    assert left(payment_of(source)).excess == 0
    with pytest.raises(InvalidInput):
        use(source, target, "10.00")
    twice = pytest.raises(IntegrityError, match="used twice")
    with tenant_scope(tenant.id), twice, transaction.atomic():
        AdvanceUse.objects.create(
            tenant_id=tenant.id, settlement=payment_of(source), amount=D("10.00"),
            bill=target.id, by=source.created_by,
        )  # fmt: skip


def test_a_charge_that_went_back_whole_is_edited_and_issued_again_for_its_payer(account, payer):
    charge = overpaid(account, payer)
    tenant, by = account.tenant, membership(account.tenant)
    with tenant_scope(tenant.id):
        back = {"amount": D("250.00"), "day": payment_of(charge).posted_on, "debt": "owed"}
        register_refund(payment_of(charge), by=by, why="Desistiu", **back)
    assert reread(charge).status == ChargeStatus.RETURNED

    with pytest.raises(InvalidInput) as other, tenant_scope(tenant.id):
        edit_charge(charge, make_draft(tenant, account), by=by)
    assert other.value.field == "payer"
    with tenant_scope(tenant.id):
        edit_charge(charge, make_draft(tenant, account, payer=payer), by=by)
        (slip,) = issue_charges([charge], by=by).slips
        move_slip(lock_slip(slip), SlipStatus.WITHDRAWN)  # and taken from the queue again
    assert reread(charge).status == ChargeStatus.WRITTEN_OFF


def test_a_slip_for_the_rest_of_what_went_back_says_nothing_of_it_but_its_end(account, payer):
    charge = overpaid(account, payer, "90.00")
    tenant, by = account.tenant, membership(account.tenant)
    with tenant_scope(tenant.id):
        issue_charges([charge], by=by)
        slip = lock_slip(slip_of(charge))
        move_slip(slip, SlipStatus.ISSUING)
        move_slip(slip, SlipStatus.OPEN)
        back = {"amount": D("90.00"), "day": payment_of(charge).posted_on, "debt": "owed"}
        register_refund(payment_of(charge), by=by, why="Desistiu", **back)
        slip = lock_slip(slip)
        move_slip(slip, SlipStatus.IN_PAYMENT)
        assert reread(charge).status == ChargeStatus.RETURNED
        move_slip(slip, SlipStatus.CANCELLED, ends_debt=True)

    assert reread(charge).status == ChargeStatus.CANCELLED


# --- Undone -----------------------------------------------------------------------------------


def use_of(source):
    with tenant_scope(source.tenant_id):
        rows = AdvanceUse.objects.of(source.tenant_id).filter(settlement__charge=source)
        return rows.latest("created_at")


def undo(source, by=None):
    by = by or membership(source.tenant)
    with tenant_scope(source.tenant_id):
        return undo_use(use_of(source), by=by, why="Era de outra cobrança")


def balance_of(tenant, code):
    with tenant_scope(tenant.id):
        lines = JournalLine.objects.of(tenant).filter(account__code=code)
        return sum((line.amount for line in lines), D("0.00"))


@pytest.mark.parametrize(("amount", "status"), [("150.00", "returned"), ("60.00", "returned")])
def test_a_use_that_is_undone_is_owed_again_and_the_advance_is_the_payers(
    account, payer, tenant, amount, status
):
    source, target = overpaid(account, payer, "300.00"), collected(account, payer)
    books = [balance_of(tenant, code) for code in ("2.1.5.01", "4.1.01")]
    use(source, target, amount)

    undo(source)

    assert [balance_of(tenant, code) for code in ("2.1.5.01", "4.1.01")] == books
    target = reread(target)
    assert (target.status, target.settled, target.rest) == (status, 0, D("150.00"))
    assert left(payment_of(source)).excess == D("150.00")
    assert UNDONE in titles(source) and UNDONE in titles(target)
    with tenant_scope(tenant.id):
        acts = Record.objects.of(tenant).values_list("act", flat=True)
        assert "advance_undone" in acts
        (listed,) = ExceptionalAct.objects.of(tenant).filter(kind="advance_undone")
    assert listed.outcome == ExceptionalAct.Outcome.ALONE


def test_what_was_undone_is_used_again_and_undone_once(account, payer):
    source, target = overpaid(account, payer, "300.00"), collected(account, payer)
    use(source, target, "150.00")
    first = use_of(source)
    undo(source)
    with tenant_scope(account.tenant_id), pytest.raises(InvalidState) as twice:
        undo_use(first, by=membership(account.tenant), why="De novo")
    assert twice.value.code == "stands_on_it"

    use(source, target, "150.00")

    assert reread(target).status == ChargeStatus.PAID
    assert left(payment_of(source)).excess == 0


def test_a_use_that_follows_one_that_was_undone_is_undone_too(account, payer):
    source, target = overpaid(account, payer, "300.00"), collected(account, payer)
    use(source, target, "150.00")
    undo(source)
    use(source, target, "150.00")

    undo(source)

    target = reread(target)
    assert (target.status, target.rest) == (ChargeStatus.RETURNED, D("150.00"))
    assert left(payment_of(source)).excess == D("150.00")


def test_what_went_back_before_a_use_does_not_stand_on_it(account, payer, tenant):
    source, target = overpaid(account, payer, "300.00"), collected(account, payer)
    with tenant_scope(tenant.id):
        by, day = membership(tenant), date(2026, 11, 23)
        register_received(target, by=by, amount=D("150.00"), day=day, way="cash")
        back = {"amount": D("150.00"), "day": day, "debt": "owed"}
        register_refund(payment_of(target), by=by, why="Desistiu", **back)
    use(source, target, "150.00")

    undo(source)

    target = reread(target)
    assert (target.status, target.rest) == (ChargeStatus.RETURNED, D("150.00"))


def test_a_part_that_was_paid_before_stays_paid(account, payer, tenant):
    source, target = overpaid(account, payer, "300.00"), collected(account, payer)
    with tenant_scope(tenant.id):
        register_received(
            target, by=membership(tenant), amount=D("50.00"), day=date(2026, 11, 23), way="cash"
        )
    use(source, target, "100.00")
    assert reread(target).status == ChargeStatus.PAID

    undo(source)

    target = reread(target)
    assert (target.status, target.rest) == (ChargeStatus.PARTLY_PAID, D("100.00"))


def test_what_later_stands_on_a_use_is_told_and_nothing_changes(account, payer, tenant):
    source, target = overpaid(account, payer, "300.00"), collected(account, payer)
    use(source, target, "100.00")
    with tenant_scope(tenant.id):
        register_received(
            target, by=membership(tenant), amount=D("50.00"), day=date(2026, 11, 23), way="cash"
        )

    with pytest.raises(InvalidState) as refused:
        undo(source)
    assert refused.value.code == "stands_on_it"
    assert reread(target).status == ChargeStatus.PAID
    assert use_of(source).ended_at is None


def test_undoing_above_the_limit_waits_for_a_second_person(account, payer, tenant):
    source = overpaid(account, payer, "900.00")
    target = collected(account, payer, "700.00")
    release(use(source, target, "700.00"), by=membership(tenant, role=Role.APPROVER))

    act = undo(source)
    assert act.is_waiting and reread(target).status == ChargeStatus.PAID
    release(act, by=membership(tenant, role=Role.APPROVER))

    assert reread(target).status == ChargeStatus.RETURNED
    assert left(payment_of(source)).excess == D("750.00")


@pytest.mark.parametrize("role", [Role.READER, Role.APPROVER])
def test_who_does_not_work_on_charges_undoes_nothing(account, payer, tenant, role):
    source, target = overpaid(account, payer, "300.00"), collected(account, payer)
    use(source, target, "100.00")

    with pytest.raises(NotAllowed):
        undo(source, by=membership(tenant, role=role))


def test_it_is_undone_from_the_page_of_the_charge_that_was_overpaid(client, account, payer, tenant):
    source, target = overpaid(account, payer, "300.00"), collected(account, payer)
    use(source, target, "100.00")
    sign_in(client, make_member(tenant, Role.FINANCE), tenant)
    address = reverse("charges:undo_advance_use", args=[use_of(source).id])
    page = reverse("charges:detail", args=[source.id])
    assert address in client.get(page).text

    assert client.get(address, headers={"HX-Request": "true"}).status_code == 200
    assert client.post(address, {"why": ""}).status_code == 422
    assert client.post(address, {"why": "Era de outra"}).headers["Location"] == page
    assert reread(target).rest == D("150.00")
