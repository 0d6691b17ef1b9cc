"""Charges become others: the old ones are ended first, never two alive, each real posted once."""

from datetime import date, timedelta
from decimal import Decimal
from uuid import uuid5

import pytest
from django.db import IntegrityError
from django.urls import reverse

from accounts.models import Account
from charges.issuing.issue import issue_queued
from charges.issuing.queue import issue_charges
from charges.models import Charge, Renegotiation, Slip
from charges.renegotiation.agree import Agreement
from charges.renegotiation.ask import ask_renegotiation
from charges.renegotiation.go_on import go_on_with_all
from charges.renegotiation.undo import undo_renegotiation
from charges.settlement.received import register_received
from charges.states import LIVE_SLIPS, ChargeStatus, SlipStatus
from charges.terms.instalments import monthly, split_amount
from charges.tracking.cancellation import cancel_charge
from core.errors import InvalidInput, InvalidState
from people.exceptional_acts import release
from people.models import ExceptionalAct
from tenants.models import Role
from tenants.scope import tenant_scope
from tests.banking.factories import change, reread
from tests.cast import make_member, sign_in
from tests.charges.factories import make_charge, make_payer, membership
from tests.charges.issued import follow, issued_charge, lines_of, settlements, slip_of, titles

pytestmark = pytest.mark.django_db(transaction=True)

D = Decimal
FIRST = date(2026, 12, 20)
Status = Renegotiation.Status


@pytest.fixture
def payer(tenant):
    return make_payer(tenant)


def olds_at(account, payer, later, *amounts: str) -> list[Charge]:
    """Open at the bank."""
    charges = [issued_charge(account, amount, payer=payer) for amount in amounts]
    later(timedelta(seconds=10))
    follow(account)
    return [reread(charge) for charge in charges]


def agreement(account, total: str, count: int = 1, **changes) -> Agreement:
    with tenant_scope(account.tenant_id):
        revenue = Account.objects.of(account.tenant_id).select_related("group").get(code="4.1.01")
    values = {
        "bank_account": account,
        "revenue_account": revenue,
        "description": "Acordo",
        "form": "boleto",
        "parts": list(zip(split_amount(D(total), count), monthly(FIRST, count), strict=True)),
    }
    return Agreement(**{**values, **changes})


def ask(charges, agreed, by=None) -> Renegotiation | None:
    tenant_id = charges[0].tenant_id
    with tenant_scope(tenant_id):
        held = list(Charge.objects.filter(id__in=[c.id for c in charges]).select_related("payer"))
        tenant = held[0].tenant
        return ask_renegotiation(held, agreed, by=by or membership(tenant))


def news_of(renegotiation) -> list[Charge]:
    with tenant_scope(renegotiation.tenant_id):
        rows = Charge.objects.of(renegotiation.tenant_id).filter(renegotiation=renegotiation)
        return list(rows.order_by("due_date"))


def alive(account) -> int:
    with tenant_scope(account.tenant_id):
        return Slip.objects.of(account.tenant_id).filter(status__in=LIVE_SLIPS).count()


def go_on(account) -> None:
    follow(account)
    go_on_with_all(account.tenant_id)


def test_the_new_ones_are_issued_when_the_old_ones_are_ended(at_cora, cora, payer, later):
    olds = olds_at(at_cora, payer, later, "100.00", "200.00")
    made = ask(olds, agreement(at_cora, "300.00", 3))
    go_on_with_all(at_cora.tenant_id)
    assert alive(at_cora) == 2
    assert news_of(made) == []

    go_on(at_cora)

    assert reread(made).status == Status.DONE
    for old in olds:
        assert reread(old).status == ChargeStatus.CANCELLED
        assert slip_of(old).status == SlipStatus.CANCELLED
    assert [charge.amount for charge in news_of(made)] == [D("100.00")] * 3
    assert [charge.instalment_number for charge in news_of(made)] == [1, 2, 3]
    for _ in range(2):  # and once
        go_on(at_cora)
    issue_queued(at_cora.tenant_id, at_cora.id)
    assert (alive(at_cora), len(cora.invoices())) == (3, 5)
    with tenant_scope(at_cora.tenant_id), pytest.raises(InvalidState) as refused:
        undo_renegotiation(made, by=membership(at_cora.tenant))
    assert refused.value.code == "not_under_way"


def test_its_page_asks_by_itself_and_a_person_who_opens_it_sees_it(client, at_cora, payer, later):
    made = ask(olds_at(at_cora, payer, later, "100.00"), agreement(at_cora, "100.00"))
    sign_in(client, make_member(at_cora.tenant, Role.FINANCE), at_cora.tenant)
    address = reverse("charges:renegotiation", args=[made.id])
    mark = {"visto": client.get(address).context["page"].state_mark}

    assert client.get(address, mark, headers={"X-Poll": "yes"}).status_code == 204
    assert client.get(address, {"visto": "x"}, headers={"X-Poll": "yes"}).status_code == 200
    assert client.get(address, mark).status_code == 200


def test_a_payer_who_was_quicker_stops_it(at_cora, cora, payer, later):
    olds = olds_at(at_cora, payer, later, "100.00", "200.00")
    made = ask(olds, agreement(at_cora, "300.00"))
    cora.pay_invoice(slip_of(olds[0]).reference)
    for _ in range(3):
        go_on(at_cora)

    assert reread(made).status == Status.STOPPED
    assert news_of(made) == []
    paid, owed = (reread(old) for old in olds)
    assert (paid.status, owed.status) == (ChargeStatus.PAID, ChargeStatus.WRITTEN_OFF)
    assert owed.needs_person
    assert owed.replaced_by_id is None
    assert len(settlements(paid)) == 1
    assert alive(at_cora) == 0


def test_money_by_hand_stops_it_too(at_cora, payer, later):
    (old,) = olds_at(at_cora, payer, later, "100.00")
    made = ask([old], agreement(at_cora, "100.00"))
    with tenant_scope(at_cora.tenant_id):
        by = membership(at_cora.tenant)
        register_received(old, by=by, amount=D("40.00"), day=date(2026, 11, 23), way="cash")

    go_on(at_cora)

    assert reread(made).status == Status.STOPPED
    assert reread(old).rest == D("60.00")


def test_until_then_nothing_else_is_done_to_the_old_ones(at_cora, payer, later):
    (old,) = olds_at(at_cora, payer, later, "100.00")
    made = ask([old], agreement(at_cora, "100.00"))
    by = membership(at_cora.tenant)
    with pytest.raises(InvalidState), tenant_scope(at_cora.tenant_id):
        cancel_charge(old, by=by)
    with pytest.raises(InvalidState):
        ask([old], agreement(at_cora, "100.00"))
    follow(at_cora)  # ended at the bank, and not replaced yet
    with tenant_scope(at_cora.tenant_id):
        assert issue_charges([old], by=by).left_out
    with tenant_scope(at_cora.tenant_id):
        undo_renegotiation(made, by=by)
        assert issue_charges([old], by=by).slips
    go_on(at_cora)
    assert reread(made).status == Status.UNDONE


def test_undone_before_the_bank_was_asked_the_slip_lives_on(at_cora, payer, later):
    (old,) = olds_at(at_cora, payer, later, "100.00")
    made = ask([old], agreement(at_cora, "100.00"))
    with tenant_scope(at_cora.tenant_id):
        undo_renegotiation(made, by=membership(at_cora.tenant))
    go_on(at_cora)

    assert reread(old).status == ChargeStatus.OPEN
    assert slip_of(old).cancel_asked_at is None


def test_new_ones_that_the_bank_does_not_take_end_nothing(at_cora, payer, later):
    (old,) = olds_at(at_cora, payer, later, "100.00")
    for wrong in (
        agreement(at_cora, "100.00", 60),
        agreement(at_cora, "99.00"),
        agreement(at_cora, "100.00", parts=[(D("100.00"), date(2026, 11, 1))]),
    ):
        with pytest.raises(InvalidInput):
            ask([old], wrong)

    assert slip_of(old).cancel_asked_at is None


def late(account, payer, later, monday) -> list[Charge]:
    """Two, of R$ 100,00 and R$ 200,00, due on 10 December and twelve days late: R$ 307,20."""
    terms = {"fine_percent": D(2), "interest_percent": D(1)}
    charges = [
        issued_charge(account, amount, payer=payer, **terms) for amount in ("100.00", "200.00")
    ]
    later(timedelta(days=29))
    follow(account)
    return [reread(charge) for charge in charges]


def test_fine_and_interest_of_the_old_ones_go_to_their_account(at_cora, payer, later, monday):
    olds = late(at_cora, payer, later, monday)
    parts = [(D("153.60"), date(2027, 1, 10)), (D("153.60"), date(2027, 2, 10))]
    made = ask(olds, agreement(at_cora, "0.00", parts=parts))
    assert (made.principal, made.additions) == (D("300.00"), D("7.20"))
    go_on(at_cora)
    first, second = news_of(made)
    assert (first.additions, second.additions) == (D("3.60"), D("3.60"))

    with tenant_scope(at_cora.tenant_id):
        day = date(2026, 12, 22)
        by = membership(at_cora.tenant)
        for amount in ("50.00", "103.60"):
            register_received(first, by=by, amount=D(amount), day=day, way="cash")
    lines = [lines_of(each) for each in settlements(first)]

    revenue = sum(each["4.1.01"] for each in lines)
    others = sum(sum(each.values()) - each["4.1.01"] for each in lines)
    assert (revenue, others) == (D("-150.00"), D("150.00"))
    with pytest.raises(IntegrityError), tenant_scope(at_cora.tenant_id):
        Charge.objects.filter(id=second.id).update(additions=D("0.00"))


def test_a_discount_above_the_limit_waits_for_a_second_person(at_cora, payer, later):
    olds = olds_at(at_cora, payer, later, "2000.00")
    agreed = agreement(at_cora, "1200.00", discount=D("800.00"), why="Acordo")
    with pytest.raises(InvalidInput):
        ask(olds, agreement(at_cora, "1200.00", discount=D("800.00")))
    assert ask(olds, agreed) is None
    assert reread(olds[0]).replaced_by_id is None

    approver = membership(at_cora.tenant, role=Role.APPROVER)
    with tenant_scope(at_cora.tenant_id):
        act = ExceptionalAct.objects.get(kind="renegotiation")
    release(act, by=approver)

    assert reread(act).outcome == ExceptionalAct.Outcome.RELEASED
    go_on(at_cora)
    with tenant_scope(at_cora.tenant_id):
        made = Renegotiation.objects.get()
    assert [charge.amount for charge in news_of(made)] == [D("1200.00")]


def test_a_small_discount_is_one_person_s_and_on_record(at_cora, payer, later):
    olds = olds_at(at_cora, payer, later, "100.00")
    made = ask(olds, agreement(at_cora, "90.00", discount=D("10.00"), why="Acordo"))

    go_on(at_cora)

    assert [charge.amount for charge in news_of(made)] == [D("90.00")]
    assert "Cancelada (renegociada)" in titles(olds[0])
    with tenant_scope(at_cora.tenant_id):
        assert ExceptionalAct.objects.get().outcome == ExceptionalAct.Outcome.ALONE


def test_new_ones_that_cannot_be_issued_have_the_old_ones_looked_at(at_cora, payer, later):
    (old,) = olds_at(at_cora, payer, later, "100.00")
    made = ask([old], agreement(at_cora, "100.00"))
    change(payer, archived_at=made.created_at)
    for _ in range(3):
        go_on(at_cora)

    assert reread(made).status == Status.STOPPED
    assert (reread(old).status, reread(old).needs_person) == (ChargeStatus.WRITTEN_OFF, True)


def test_while_money_of_an_old_one_is_on_its_way_the_agreement_waits(at_cora, payer, later):
    (old,) = olds_at(at_cora, payer, later, "100.00")
    made = ask([old], agreement(at_cora, "100.00"))
    with tenant_scope(at_cora.tenant_id):  # paid, and its bank does not say how much yet
        Slip.objects.of(at_cora.tenant_id).filter(charge=old).update(status=SlipStatus.PAID)
    change(old, status=ChargeStatus.IN_PAYMENT)

    go_on_with_all(at_cora.tenant_id)

    assert reread(made).status == Status.ENDING
    assert news_of(made) == []


def test_an_agreement_that_cannot_go_on_hides_no_other(at_cora, payer, later):
    first, second = olds_at(at_cora, payer, later, "100.00", "200.00")
    stuck, good = (ask([old], agreement(at_cora, f"{old.amount}")) for old in (first, second))
    follow(at_cora)
    other = make_charge(at_cora.tenant, at_cora)
    other.id = uuid5(stuck.id, "1")  # its new charge is there already
    with tenant_scope(at_cora.tenant_id):
        other.save(force_insert=True)

    go_on_with_all(at_cora.tenant_id)

    assert (reread(stuck).status, reread(good).status) == (Status.ENDING, Status.DONE)
