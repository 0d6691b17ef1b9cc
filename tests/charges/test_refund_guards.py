"""What keeps money that goes back from going twice, by one alone, elsewhere, or in excess of what
came: each guard by itself, without a bank."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from banking.banks.contract.errors import BankRejected
from banking.models import BankAccount, Connection
from charges.models import AdvanceUse, Charge, Refund, Settlement, Slip
from charges.refunds.advances import give_back_by_bill
from charges.refunds.ask import ask_refund, why_not_by_bank, withdraw_refund
from charges.refunds.bank_lines import match_refunds
from charges.refunds.record import Told, record_fact
from charges.refunds.register import debits_for, register_refund
from charges.refunds.send import requeue, store
from charges.refunds.transitions import lock_payment, lock_refund, move_refund
from charges.settlement.settle import Money, settle
from charges.states import ChargeStatus, RefundStatus
from charges.transitions import lock_charge
from core.errors import InvalidInput, InvalidState, NotAllowed
from payments.models import Payable
from tenants.models import Role
from tenants.scope import tenant_scope
from tests.banking.factories import change, make_line, make_lines, reread
from tests.charges.advances import collected, overpaid, use
from tests.charges.factories import make_charge, make_payer, membership
from tests.charges.issued import lines_of
from tests.charges.readings import DAY
from tests.charges.returned import ask, of_company, payment_of, refunds, release
from tests.payments.factories import approve, make_bank_account, set_tiers

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]

D = Decimal
REFERENCE, NUMBER = "ch_0123456789", "80999000111"


@pytest.fixture
def account(tenant) -> BankAccount:
    """A Conta Kamino, which gives Pix back."""
    return make_bank_account(tenant, preferred=False, provider="kamino")


def paid_charge(account: BankAccount, amount: str = "150.00", **changes: object) -> Charge:
    """Its slip was paid by Pix, unless told; by `came` where that is not the amount."""
    came = D(str(changes.pop("came", amount)))
    charge = make_charge(account.tenant, account, amount, payer=changes.pop("payer", None))
    slip = Slip(
        tenant=account.tenant, charge=charge, bank_account=account, key=charge.id,
        content={"code": "x"}, form="boleto_pix", amount=D(amount), due_date=charge.due_date,
        status="open", reference=f"{REFERENCE}{charge.id.hex[-8:]}",
        our_number=f"{NUMBER}{charge.id.int % 1000:03}",
    )  # fmt: skip
    money = {"way": Settlement.Way.PIX, "slip": slip, "paid_on": DAY, "posted_on": DAY, **changes}
    with tenant_scope(account.tenant_id):
        slip.save(force_insert=True)
        by = None if money["slip"] else charge.created_by
        told = {"bank_account": account, "by": by, **money}
        got = Money(evidence=f"p:{charge.id}", received=came, source="", **told)
        settle(lock_charge(charge), got)
    return of_company(reread(charge), account)


def why_not(charge: Charge, today: date = DAY) -> str:
    with tenant_scope(charge.tenant_id):
        return why_not_by_bank(lock_payment(payment_of(charge)), today)


# --- Asked by one, released by another --------------------------------------------------------


def test_who_does_not_work_on_charges_asks_for_none_and_registers_none(account):
    charge = paid_charge(account, way=Settlement.Way.TRANSFER, slip=None)
    by = membership(charge.tenant, role=Role.APPROVER)
    with tenant_scope(charge.tenant_id):
        payment = payment_of(charge)
        with pytest.raises(NotAllowed):
            ask_refund(payment, by=by, amount=D("10.00"), debt="owed", why="Acordo")
        with pytest.raises(NotAllowed):
            register_refund(payment, by=by, amount=D("10.00"), day=DAY, debt="owed", why="Acordo")
        with pytest.raises(NotAllowed):
            give_back_by_bill(payment, by=by, amount=D("1.00"), pix_key_type="email", pix_key="a@b")
    assert refunds(charge) == []


def test_who_only_reads_withdraws_none_and_what_has_left_is_not_withdrawn(account):
    charge = paid_charge(account)
    refund = ask(charge, "50.00")
    with tenant_scope(charge.tenant_id):
        reader = membership(charge.tenant, role=Role.READER)
        with pytest.raises(NotAllowed):
            withdraw_refund(refund, by=reader, why="Engano")
    release(refund)
    leave(refund)

    with tenant_scope(charge.tenant_id), pytest.raises(InvalidState) as refused:
        withdraw_refund(refund, by=membership(charge.tenant), why="Engano")
    assert refused.value.code == "not_here"


def leave(refund: Refund) -> Refund:
    """As the sender claims it."""
    with tenant_scope(refund.tenant_id):
        held = lock_refund(refund)
        move_refund(held, RefundStatus.SENDING, claim=refund.id, claimed_at=refund.created_at)
    return held


def test_what_is_released_already_is_not_released_again(account):
    refund = ask(paid_charge(account), "50.00")
    release(refund)

    with pytest.raises(InvalidState) as refused:
        release(refund)
    assert refused.value.code == "not_waiting"


def test_small_steps_to_one_payer_count_together(account):
    tenant, payer = account.tenant, make_payer(account.tenant)
    set_tiers(tenant, {Role.APPROVER: "100.00", Role.ADMIN: "1000.00"})
    first, second = (paid_charge(account, payer=payer) for _ in range(2))
    other = paid_charge(account)

    assert release(ask(first, "60.00")).status == RefundStatus.QUEUED
    assert release(ask(second, "40.01")).status == RefundStatus.WAITING
    assert release(ask(other, "60.00")).status == RefundStatus.QUEUED


def test_one_that_the_bank_cannot_give_back_any_more_is_not_released(account):
    charge = paid_charge(account)
    refund = ask(charge, "50.00")
    change(account.connection, status=Connection.Status.LOST)

    with pytest.raises(InvalidState) as refused:
        release(refund)
    assert (refused.value.code, reread(refund).status) == ("not_by_bank", RefundStatus.WAITING)


# --- Only to where it came from ---------------------------------------------------------------


def test_only_what_came_by_pix_of_the_charge_lately_goes_back_by_its_bank(account):
    assert not why_not(paid_charge(account))
    assert not why_not(paid_charge(account), DAY + timedelta(days=90))
    assert why_not(paid_charge(account), DAY + timedelta(days=91))
    assert why_not(paid_charge(account, way=Settlement.Way.BOLETO))
    assert why_not(paid_charge(account, way=Settlement.Way.TRANSFER, slip=None))
    assert why_not(paid_charge(account, way=Settlement.Way.CASH, bank_account=None, slip=None))
    charge = paid_charge(account)
    change(account.connection, status=Connection.Status.LOST)
    assert why_not(charge)


def test_what_was_paid_by_an_advance_goes_nowhere(tenant):
    account, payer = make_bank_account(tenant, preferred=False), make_payer(tenant)
    target = of_company(collected(account, payer), account)
    use(overpaid(account, payer, "300.00"), target, "150.00")

    assert "adiantamento" in why_not(target)
    with tenant_scope(tenant.id), pytest.raises(InvalidState):
        register_refund(
            payment_of(target), by=membership(tenant), amount=D("10.00"), day=DAY, debt="owed",
            why="Acordo",
        )  # fmt: skip


def test_what_is_held_back_goes_nowhere(account):
    charge = paid_charge(account)
    with tenant_scope(charge.tenant_id):
        payment = lock_payment(payment_of(charge))
        payment.entry_id = None
        assert why_not_by_bank(payment, DAY)


# --- At most once -----------------------------------------------------------------------------


def test_an_answer_is_stored_by_the_holder_of_the_claim_alone(account):
    refund = ask(paid_charge(account), "50.00")
    release(refund)
    late = leave(refund)
    late.claim = late.charge_id  # another worker's, of before

    store(late, BankRejected("Não."))

    assert reread(refund).status == RefundStatus.SENDING


def test_one_that_did_not_arrive_does_not_leave_again_when_its_money_went_another_way(account):
    charge = paid_charge(account)
    refund = ask(charge, "100.00")
    release(refund)
    leave(refund)
    tell(charge, "80.00")

    with tenant_scope(charge.tenant_id):
        requeue(lock_refund(refund), "O banco não a tem.", None)

    assert reread(refund).status == RefundStatus.FAILED


def tell(charge: Charge, amount: str, reference: str = "rf_1") -> Refund:
    """Its bank says that so much went back without us."""
    with tenant_scope(charge.tenant_id), transaction.atomic():
        told = Told(
            kind=Refund.Kind.MED, amount=D(amount), day=DAY, reference=reference, source="O banco."
        )
        return record_fact(lock_payment(payment_of(charge)), told)


def test_more_than_came_does_not_go_back_whoever_says_so(account):
    charge = paid_charge(account)
    tell(charge, "100.00")

    with pytest.raises(InvalidInput) as refused:
        tell(charge, "50.01", "rf_2")
    assert refused.value.code == "more_than_came"


def test_a_refund_that_waits_makes_room_for_one_that_is_done(account):
    charge = paid_charge(account)
    waiting, small = ask(charge, "90.00"), ask(charge, "10.00")

    tell(charge, "50.00")
    assert reread(small).status == RefundStatus.WAITING
    tell(charge, "60.00", "rf_2")

    assert {reread(each).status for each in (waiting, small)} == {RefundStatus.WITHDRAWN}


@pytest.mark.parametrize("is_approved", [False, True])
def test_a_bill_that_gives_an_advance_back_stops_when_it_went_another_way(account, is_approved):
    charge = paid_charge(account, came="250.00")
    with tenant_scope(charge.tenant_id):
        use = give_back_by_bill(
            payment_of(charge), by=membership(charge.tenant), amount=D("100.00"),
            pix_key_type="email", pix_key="a@cliente.example",
        )  # fmt: skip

        bill = Payable.objects.of(charge.tenant_id).get(id=use.bill)
    if is_approved:
        approve(bill)

    refund = tell(charge, "250.00")

    assert refund.overdrawn == D("100.00")
    stopped = reread(bill)
    assert stopped.is_rejected and stopped.approval_id is None


# --- Registered by hand -----------------------------------------------------------------------


def register(charge: Charge, **said: object) -> Refund | None:
    by = said.pop("by", None) or membership(charge.tenant)
    with tenant_scope(charge.tenant_id):
        return register_refund(payment_of(charge), by=by, **{"debt": "owed", "why": "Ok", **said})


def test_what_its_bank_tells_by_itself_is_not_registered_too(account):
    with pytest.raises(InvalidState) as refused:
        register(paid_charge(account), amount=D("10.00"), day=DAY)
    assert refused.value.code == "told_by_bank"


@pytest.mark.parametrize("day", [DAY - timedelta(days=1), DAY + timedelta(days=1)])
def test_money_goes_back_between_its_coming_and_today(account, day):
    charge = paid_charge(account, way=Settlement.Way.TRANSFER, slip=None)

    with pytest.raises(InvalidInput) as refused:
        register(charge, amount=D("10.00"), day=day)
    assert refused.value.field == "day"


@pytest.mark.parametrize("amount", ["0.00", "150.01"])
def test_nothing_and_more_than_is_left_are_not_registered(account, amount):
    charge = paid_charge(account, way=Settlement.Way.TRANSFER, slip=None)

    with pytest.raises(InvalidInput) as refused:
        register(charge, amount=D(amount), day=DAY)
    assert refused.value.field == "amount"


def test_a_debit_is_one_refund_and_a_fee_is_none(account):
    payer = make_payer(account.tenant)
    first, second = (
        paid_charge(account, payer=payer, way=Settlement.Way.TRANSFER, slip=None) for _ in range(2)
    )
    line = make_line(account, "-40.00", day=DAY, counterparty_document=payer.document)
    fee = make_line(account, "-3.00", day=DAY, kind="fee")
    assert register(first, line=line) is not None

    for taken in (line, fee):
        with pytest.raises(InvalidInput) as refused:
            register(second, line=taken)
        assert refused.value.field == "line"


def test_a_debit_to_somebody_else_is_believed_on_a_persons_word(account):
    """Above the limit it waits for another one."""
    charge = paid_charge(account, "900.00", way=Settlement.Way.TRANSFER, slip=None)
    line = make_line(account, "-900.00", day=DAY, counterparty_document="11222333000181")

    assert register(charge, line=line) is None
    assert refunds(charge) == []


# --- Found by debits --------------------------------------------------------------------------


@pytest.fixture
def at_bs2(tenant) -> BankAccount:
    """It lists no refunds."""
    return make_bank_account(tenant, preferred=False, provider="bs2")


def match(account: BankAccount) -> None:
    with tenant_scope(account.tenant_id):
        match_refunds(account)


def number_of(charge: Charge) -> str:
    with tenant_scope(charge.tenant_id):
        return str(Slip.objects.of(charge.tenant_id).get(charge=charge).our_number)


def test_at_bs2_a_debit_with_the_number_of_a_boleto_is_its_refund_once(at_bs2):
    charge = paid_charge(at_bs2, way=Settlement.Way.BOLETO)
    text = f"Devolução boleto {number_of(charge)}"
    make_line(at_bs2, "-60.00", day=DAY, description=text, kind="transfer")

    for _ in range(2):
        match(at_bs2)

    (refund,) = refunds(charge)
    assert (refund.kind, refund.amount) == (Refund.Kind.FOUND, D("60.00"))
    assert lines_of(refund) == {"banco": D("-60.00"), "4.1.01": D("60.00")}
    owed = reread(charge)
    assert (owed.status, owed.rest) == (ChargeStatus.PARTLY_PAID, D("60.00"))
    assert owed.needs_person
    with tenant_scope(charge.tenant_id):
        assert not debits_for(payment_of(charge)).exists()  # the line stands for it


def test_at_bs2_two_debits_are_two_refunds_and_never_more_than_came(at_bs2):
    charge = paid_charge(at_bs2, way=Settlement.Way.BOLETO)
    for _ in range(3):
        make_line(at_bs2, "-60.00", day=DAY, description=number_of(charge), kind="transfer")

    match(at_bs2)

    assert [refund.amount for refund in refunds(charge)] == [D("60.00")] * 2


def test_at_bs2_many_debits_are_looked_at_by_as_many_queries_as_one(at_bs2):
    make_line(at_bs2, "-60.00", day=DAY, description="Aluguel 80999000111", kind="transfer")
    with CaptureQueriesContext(connection) as of_one:
        match(at_bs2)
    make_lines(
        at_bs2, *["-60.00"] * 20, day=DAY, description="Aluguel 80999000112", kind="transfer"
    )

    with CaptureQueriesContext(connection) as of_many:
        match(at_bs2)

    assert len(of_many) == len(of_one)


@pytest.mark.parametrize(
    ("day", "amount", "kind"),
    [
        (DAY - timedelta(days=1), "-60.00", "transfer"),
        (DAY, "-150.01", "transfer"),
        (DAY, "-60.00", "fee"),
        (DAY, "-60.00", "boleto"),
    ],
)
def test_at_bs2_what_cannot_be_a_refund_is_none(at_bs2, day, amount, kind):
    charge = paid_charge(at_bs2, way=Settlement.Way.BOLETO)
    make_line(at_bs2, amount, day=day, description=number_of(charge), kind=kind)

    match(at_bs2)

    assert refunds(charge) == []


# --- Advances ---------------------------------------------------------------------------------


def test_an_advance_does_not_pay_its_own_charge_nor_one_that_is_not_owed(tenant):
    account, payer = make_bank_account(tenant, preferred=False), make_payer(tenant)
    source, done = overpaid(account, payer), overpaid(account, payer)

    for target in (source, done):
        with pytest.raises(InvalidInput) as refused:
            use(source, target, "10.00")
        assert refused.value.field == "charge"


def test_an_advance_pays_no_more_than_is_owed(tenant):
    account, payer = make_bank_account(tenant, preferred=False), make_payer(tenant)
    source, target = overpaid(account, payer, "400.00"), collected(account, payer)

    with pytest.raises(InvalidInput) as refused:
        use(source, target, "150.01")
    assert refused.value.field == "amount"


def test_a_part_by_an_advance_ends_the_slip_which_would_collect_it_again(tenant):
    account, payer = make_bank_account(tenant, preferred=False), make_payer(tenant)
    source, target = overpaid(account, payer), collected(account, payer)

    use(source, target, "50.00")

    with tenant_scope(tenant.id):
        assert Slip.objects.of(tenant).get(charge=target).cancel_asked_at is not None
    assert reread(target).status == ChargeStatus.PARTLY_PAID


def test_who_does_not_work_on_charges_uses_no_advance(tenant):
    account, payer = make_bank_account(tenant, preferred=False), make_payer(tenant)
    source, target = overpaid(account, payer), collected(account, payer)

    with pytest.raises(NotAllowed):
        use(source, target, "10.00", by=membership(tenant, role=Role.APPROVER))
    with tenant_scope(tenant.id):
        assert not AdvanceUse.objects.of(tenant).exists()
