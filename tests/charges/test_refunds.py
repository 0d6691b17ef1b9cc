"""Money that goes back: asked by one and released by another, sent once, found where a bank tells
it, an entry of its own."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError

from banking.models import Allocation
from banking.statements.sync import sync_account
from charges.dunning.reasons import against_charge
from charges.models import Refund
from charges.refunds.ask import refund_key, withdraw_refund
from charges.refunds.register import debits_for, register_refund
from charges.refunds.transitions import lock_refund
from charges.settlement.looks import close_look
from charges.states import ChargeStatus, RefundStatus
from core.errors import DomainError, InvalidInput, InvalidState, NotAllowed
from payments.orders.sending_lock import lock_sending
from people.exceptional_acts import release as release_act
from people.models import ExceptionalAct
from tenants.models import Role
from tenants.scope import tenant_scope
from tests.banking.factories import reread
from tests.charges.factories import membership
from tests.charges.issued import follow, issued_charge, lines_of, slip_of
from tests.charges.returned import (
    ask,
    left,
    of_company,
    paid_by_pix,
    payment_of,
    refunds,
    release,
    released,
    send,
)
from tests.payments.factories import make_delegation, set_limit, set_tiers

pytestmark = pytest.mark.django_db(transaction=True)

D = Decimal
REFUND = "/v1/charges/*/refunds"


def test_one_asks_another_releases_and_it_leaves_once(at_kamino, kamino):
    charge = paid_by_pix(at_kamino, kamino)
    before = payment_of(charge)

    refund = released(charge, "150.00")
    send(at_kamino)
    send(at_kamino)
    follow(at_kamino)
    sync_account(at_kamino.tenant_id, at_kamino.id)

    (refund,) = refunds(charge)
    (at_bank,) = kamino.refunds()
    assert (refund.status, refund.reference) == (RefundStatus.DONE, at_bank["id"])
    assert str(refund.key) == at_bank["idempotency_key"]
    assert lines_of(refund) == {"banco": D("-150.00"), "4.1.01": D("150.00")}
    assert reread(charge).status == ChargeStatus.RETURNED
    assert (reread(charge).rest, payment_of(charge)) == (D("150.00"), before)
    with tenant_scope(at_kamino.tenant_id):
        joined = Allocation.objects.of(at_kamino.tenant_id).standing()
        amounts = {part.amount: part.journal_line.entry_id for part in joined}
    assert amounts == {D("150.00"): before.entry_id, D("-150.00"): refund.entry_id}


def test_a_sale_that_is_undone_is_owed_no_more_in_whole_or_in_part(at_kamino, kamino):
    whole, part = (paid_by_pix(at_kamino, kamino) for _ in range(2))

    released(whole, "150.00", debt="undone")
    released(part, "50.00", debt="undone")
    send(at_kamino)

    assert reread(whole).status == ChargeStatus.CANCELLED
    kept = reread(part)
    assert (kept.status, kept.rest, kept.waived) == (ChargeStatus.PAID, D("0.00"), D("50.00"))


@pytest.mark.parametrize("fault", ["lose_answer", "drop"])
def test_an_answer_that_is_lost_is_one_refund(at_kamino, kamino, later, fault):
    charge = paid_by_pix(at_kamino, kamino)
    released(charge, "100.00")
    kamino.fault(fault, REFUND)

    send(at_kamino)
    assert refunds(charge)[0].status == RefundStatus.UNKNOWN
    for _ in range(3):  # absent twice, a minute apart, before it is sent again
        later(timedelta(minutes=1, seconds=1))
        send(at_kamino)

    assert len(kamino.refunds()) == 1
    assert [refund.status for refund in refunds(charge)] == [RefundStatus.DONE]
    assert reread(charge).status == ChargeStatus.PARTLY_PAID


def test_what_a_database_has_forgotten_leaves_under_the_same_key_and_the_next_under_another(
    at_kamino, kamino
):
    charge = paid_by_pix(at_kamino, kamino)
    first = released(charge, "50.00")
    send(at_kamino)
    with tenant_scope(at_kamino.tenant_id):
        forgotten = refund_key(lock_refund(first))  # it does not count itself
    second = released(charge, "50.00")

    assert str(forgotten) == kamino.refunds()[0]["idempotency_key"]
    assert second.key != forgotten


def test_one_alone_or_one_and_a_stand_in_release_nothing(at_kamino, kamino, admin, approver):
    charge = paid_by_pix(at_kamino, kamino)
    tenant = charge.tenant
    asker, other = membership(tenant, admin), membership(tenant, approver)
    refund = ask(charge, "150.00", by=asker)
    make_delegation(tenant, admin, approver)

    for by, code in (
        (membership(tenant), "wrong_role"),
        (asker, "own_refund"),
        (other, "one_person"),
    ):
        with pytest.raises(NotAllowed) as refused:
            release(refund, by)
        assert refused.value.code == code
    with tenant_scope(tenant.id), pytest.raises(IntegrityError, match="refund_by_two"):
        Refund.objects.of(tenant).filter(id=refund.id).update(
            status=RefundStatus.QUEUED, released_by=admin, key=refund.id
        )
    send(at_kamino)
    assert kamino.refunds() == []


def test_above_a_tier_two_release_and_a_limit_of_the_account_holds(at_kamino, kamino):
    charge = paid_by_pix(at_kamino, kamino)
    tenant = charge.tenant
    set_tiers(tenant, {Role.APPROVER: "100.00", Role.ADMIN: "1000.00"})
    one, two = (membership(tenant, role=Role.APPROVER) for _ in range(2))
    refund = ask(charge, "100.01")

    assert release(refund, one).status == RefundStatus.WAITING
    with pytest.raises(InvalidState) as again:
        release(refund, one)
    assert again.value.code == "given_already"
    assert release(refund, two).status == RefundStatus.QUEUED

    set_limit(at_kamino, per_day="120.00", rail="pix")
    with pytest.raises(InvalidState) as over:
        release(ask(charge, "40.00"), membership(tenant, role=Role.ADMIN))
    assert over.value.code == "over_limit"


def test_never_more_than_is_left_and_the_database_holds_it(at_kamino, kamino):
    charge = paid_by_pix(at_kamino, kamino)
    first = ask(charge, "100.00")

    with pytest.raises(InvalidInput) as more:
        ask(charge, "50.01")
    assert more.value.code == "more_than_left"
    with tenant_scope(charge.tenant_id), pytest.raises(IntegrityError, match="would go back"):
        Refund.objects.create(
            tenant_id=charge.tenant_id, charge=charge, settlement=payment_of(charge), kind="ours",
            debt="owed", status="waiting", amount=D("50.01"), principal=D("50.01"),
            asked_by=first.asked_by,
        )  # fmt: skip
    with tenant_scope(charge.tenant_id):
        withdraw_refund(first, by=membership(charge.tenant), why="Engano")
    assert ask(charge, "150.00").status == RefundStatus.WAITING


def test_a_special_return_is_one_however_often_it_is_told(at_kamino, kamino):
    charge = paid_by_pix(at_kamino, kamino, "900.00")
    before = payment_of(charge)
    ours = ask(charge, "700.00")
    told = kamino.refund_charge(slip_of(charge).reference, amount=30_000, reason="Fraude")

    for _ in range(3):
        follow(at_kamino)
    sync_account(at_kamino.tenant_id, at_kamino.id)
    follow(at_kamino)

    by_med = next(refund for refund in refunds(charge) if refund.kind == Refund.Kind.MED)
    assert len(refunds(charge)) == 2
    assert (by_med.reference, by_med.end_to_end) == (told["id"], told["end_to_end_id"])
    assert by_med.answer_until is not None and by_med.reason == "Fraude"
    assert lines_of(by_med) == {"banco": D("-300.00"), "4.1.01": D("300.00")}
    owed = reread(charge)
    assert (owed.status, owed.rest) == (ChargeStatus.PARTLY_PAID, D("300.00"))
    assert owed.needs_person and not slip_of(charge).is_live
    with tenant_scope(at_kamino.tenant_id):  # nobody is reminded before a person has looked
        assert against_charge(owed, owed.due_date)
        close_look(owed, by=membership(owed.tenant), why="Golpe confirmado")
        assert not against_charge(reread(owed), owed.due_date)
    assert payment_of(charge) == before
    assert reread(ours).status == RefundStatus.WITHDRAWN  # its money went the other way
    with tenant_scope(at_kamino.tenant_id):
        lines = Allocation.objects.of(at_kamino.tenant_id).standing().filter(amount=D("-300.00"))
        assert [part.journal_line.entry_id for part in lines] == [by_med.entry_id]


def test_one_that_cannot_be_taken_in_hides_no_other(at_kamino, kamino):
    first, second = (paid_by_pix(at_kamino, kamino) for _ in range(2))
    told = [kamino.refund_charge(slip_of(each).reference, amount=1_000) for each in (first, second)]
    with tenant_scope(at_kamino.tenant_id):  # its Pix is that of another one already
        Refund.objects.create(
            tenant_id=at_kamino.tenant_id, charge=first, settlement=payment_of(first), kind="ours",
            debt="owed", status=RefundStatus.WAITING, amount=D("20.00"), principal=D("20.00"),
            end_to_end=told[0]["end_to_end_id"], asked_by=first.created_by,
        )  # fmt: skip

    follow(at_kamino)

    assert [each.reference for each in refunds(second)] == [told[1]["id"]]


def test_an_excess_goes_back_and_reopens_nothing(at_kamino, kamino):
    charge = paid_by_pix(at_kamino, kamino, came=17_000)

    released(charge, "20.00")
    send(at_kamino)

    (refund,) = refunds(charge)
    assert lines_of(refund) == {"banco": D("-20.00"), "2.1.5.01": D("20.00")}
    assert reread(charge).status == ChargeStatus.PAID
    assert left(payment_of(charge)).excess == 0


def test_one_that_the_bank_does_not_do_after_all_is_not_posted(at_kamino, kamino):
    kamino.settings(holds_refunds=True)
    charge = paid_by_pix(at_kamino, kamino)
    released(charge, "150.00")
    send(at_kamino)
    assert refunds(charge)[0].status == RefundStatus.AT_BANK

    kamino.end_refund(kamino.refunds()[0]["id"], done=False)
    follow(at_kamino)

    (refund,) = refunds(charge)
    assert (refund.status, refund.entry) == (RefundStatus.FAILED, None)
    assert reread(charge).status == ChargeStatus.PAID
    kamino.settings(holds_refunds=False)
    released(charge, "150.00")
    send(at_kamino)
    assert [each.status for each in refunds(charge)] == [RefundStatus.FAILED, RefundStatus.DONE]


def test_the_money_of_one_that_failed_is_no_second_payment(at_kamino, kamino):
    kamino.settings(holds_refunds=True)
    charge = paid_by_pix(at_kamino, kamino)
    sync_account(at_kamino.tenant_id, at_kamino.id)
    released(charge, "50.00")
    send(at_kamino)
    kamino.end_refund(kamino.refunds()[0]["id"], done=False)

    for _ in range(2):
        sync_account(at_kamino.tenant_id, at_kamino.id)
        follow(at_kamino)

    assert left(payment_of(charge)).total == D("150.00")  # and it is the only payment


def test_after_a_restore_nothing_leaves(at_kamino, kamino):
    charge = paid_by_pix(at_kamino, kamino)
    released(charge, "100.00")
    waiting = ask(charge, "50.00")

    lock_sending(charge.tenant)
    send(at_kamino)

    assert kamino.refunds() == []
    with pytest.raises(DomainError) as locked:
        release(waiting)
    assert locked.value.code == "sending_locked"


def test_at_a_bank_that_gives_nothing_back_a_person_says_which_debit_it_is(at_cora, cora, later):
    charge = of_company(issued_charge(at_cora, form="boleto_pix"), at_cora)
    later(timedelta(seconds=10))
    follow(at_cora)
    cora.pay_invoice(slip_of(charge).reference, "pix")
    follow(at_cora)
    with pytest.raises(InvalidState) as refused:
        ask(charge, "150.00")
    assert refused.value.code == "not_by_bank"
    entry = {"type": "DEBIT", "amount": 15_000, "at": cora.now().isoformat()}
    cora.add_entries([{**entry, "description": "Pix enviado"}])
    sync_account(at_cora.tenant_id, at_cora.id)

    with tenant_scope(charge.tenant_id):
        (line,) = debits_for(payment_of(charge))
        by = membership(charge.tenant)
        refund = register_refund(payment_of(charge), by=by, debt="owed", why="Desistiu", line=line)

    assert lines_of(refund) == {"banco": D("-150.00"), "4.1.01": D("150.00")}
    assert reread(charge).status == ChargeStatus.RETURNED
    with tenant_scope(charge.tenant_id):
        part = Allocation.objects.of(charge.tenant_id).standing().get(statement_line=line)
        assert part.journal_line.entry_id == reread(refund).entry_id
        assert not debits_for(payment_of(charge)).exists()


def test_what_one_person_registers_above_the_limit_waits_for_another(at_cora, cora, later):
    charge = of_company(issued_charge(at_cora, "900.00", form="boleto_pix"), at_cora)
    later(timedelta(seconds=10))
    follow(at_cora)
    cora.pay_invoice(slip_of(charge).reference, "pix")
    follow(at_cora)
    payment = payment_of(charge)
    with tenant_scope(charge.tenant_id):
        said = {"debt": "owed", "why": "Desistiu", "amount": D("900.00"), "day": payment.posted_on}
        assert register_refund(payment, by=membership(charge.tenant), **said) is None
        assert (refunds(charge), reread(charge).status) == ([], ChargeStatus.PAID)
        (act,) = ExceptionalAct.objects.of(charge.tenant_id).select_related("tenant")
        done = release_act(act, by=membership(charge.tenant, role=Role.APPROVER))

    assert done.outcome == ExceptionalAct.Outcome.RELEASED
    assert [each.amount for each in refunds(charge)] == [D("900.00")]
    assert reread(charge).status == ChargeStatus.RETURNED


def test_a_debit_of_a_refund_that_is_here_is_no_other_one(at_cora, cora, later):
    charge = of_company(issued_charge(at_cora, form="boleto_pix"), at_cora)
    later(timedelta(seconds=10))
    follow(at_cora)
    cora.pay_invoice(slip_of(charge).reference, "pix")
    follow(at_cora)
    payment = payment_of(charge)
    with tenant_scope(charge.tenant_id):
        said = {"debt": "owed", "why": "Desistiu", "amount": D("40.00"), "day": payment.posted_on}
        register_refund(payment, by=membership(charge.tenant), **said)
    text = f"Devolução de Pix {slip_of(charge).code}"
    entry = {"type": "DEBIT", "amount": 4_000, "at": cora.now().isoformat(), "description": text}
    cora.add_entries([entry])

    for _ in range(2):
        sync_account(at_cora.tenant_id, at_cora.id)
        follow(at_cora)

    assert [each.amount for each in refunds(charge)] == [D("40.00")]


def test_a_debit_with_the_number_of_a_charge_is_its_refund(at_cora, cora, later):
    charge = of_company(issued_charge(at_cora, form="boleto_pix"), at_cora)
    later(timedelta(seconds=10))
    follow(at_cora)
    cora.pay_invoice(slip_of(charge).reference, "pix")
    follow(at_cora)
    text = f"Devolução especial de Pix {slip_of(charge).code}"
    entry = {"type": "DEBIT", "amount": 4_000, "at": cora.now().isoformat(), "description": text}
    cora.add_entries([entry])

    for _ in range(2):
        sync_account(at_cora.tenant_id, at_cora.id)
        follow(at_cora)

    (refund,) = refunds(charge)
    assert (refund.kind, refund.amount) == (Refund.Kind.MED, D("40.00"))
    owed = reread(charge)
    assert (owed.status, owed.rest) == (ChargeStatus.PARTLY_PAID, D("40.00"))
    assert owed.needs_person
