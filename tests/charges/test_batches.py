"""Many charges issued by one act: within the bank's rate, what falls due first in front, paused."""

from datetime import date, timedelta

import pytest

from banking.banks.cora.info import CHARGES
from charges.issuing.batches import pause_batch, progress, resume_batch
from charges.issuing.claim import claim_queued
from charges.issuing.issue import accounts_with_queue, issue_queued
from charges.issuing.queue import issue_charges
from charges.models import Slip
from charges.states import ChargeStatus, SlipStatus
from charges.tracking.disconnect import hand_back
from charges.tracking.polling import MANY
from core.clock import database_now
from tenants.models import Tenant
from tenants.scope import tenant_scope
from tests.banking.factories import reread
from tests.charges.factories import make_charge, make_payer, membership
from tests.charges.issued import follow, issued_charge, slip_of, titles
from tests.payments.factories import make_bank_account

DAYS = [date(2026, 12, 20), date(2026, 12, 10), date(2026, 12, 15)]


def batch_of(account, days=DAYS):
    payer = make_payer(account.tenant)
    by = membership(account.tenant)
    charges = [make_charge(account.tenant, account, due_date=day, payer=payer) for day in days]
    with tenant_scope(account.tenant_id):
        return issue_charges(charges, by=by)


@pytest.mark.django_db
@pytest.mark.usefixtures("monday")
def test_what_falls_due_first_leaves_first(tenant):
    account = make_bank_account(tenant)
    batch_of(account)

    claimed = claim_queued(account)

    assert [slip.due_date for slip in claimed] == sorted(DAYS)


@pytest.mark.django_db
def test_no_more_leave_than_the_bank_takes_in_its_period(tenant, monday):
    account = make_bank_account(tenant)
    first = batch_of(account).slips[0]
    now = database_now()
    with tenant_scope(tenant.id):
        Slip.objects.bulk_create(
            Slip(
                tenant=tenant,
                charge_id=first.charge_id,
                bank_account=account,
                key=f"{number:032x}",
                content={},
                form="boleto",
                amount=5,
                due_date=first.due_date,
                status=SlipStatus.REFUSED,
                first_sent_at=now - timedelta(minutes=1),
            )
            for number in range(CHARGES.issue_rate - 2)
        )

    assert len(claim_queued(account)) == 2
    assert claim_queued(account) == []

    monday.shift(CHARGES.issue_period)
    assert len(claim_queued(account)) == 1


@pytest.mark.django_db
def test_a_paused_batch_waits_and_says_when_the_rest_is_done(tenant, monday):
    account = make_bank_account(tenant)
    batch = batch_of(account).batch
    with tenant_scope(tenant.id):
        by = membership(tenant)
        running = progress(batch, database_now())
        pause_batch(batch, by=by)
    assert (running.size, running.waiting, running.done) == (3, 3, 0)
    assert running.ends_at is not None

    assert claim_queued(account) == []
    assert accounts_with_queue(database_now()) == []

    with tenant_scope(tenant.id):
        assert progress(reread(batch), database_now()).ends_at is None
        resume_batch(batch, by=by)
    assert len(claim_queued(account)) == 3


@pytest.mark.django_db
def test_after_a_restore_nothing_is_issued_until_an_admin_says_so(tenant, monday):
    account = make_bank_account(tenant)
    batch_of(account)
    with tenant_scope(tenant.id):
        Tenant.objects.filter(id=tenant.id).update(sending_locked_at=database_now())

    assert claim_queued(account) == []


@pytest.mark.django_db
def test_of_two_workers_each_slip_has_one(tenant, monday):
    account = make_bank_account(tenant)
    batch_of(account)

    first, second = claim_queued(account), claim_queued(account)

    assert (len(first), len(second)) == (3, 0)


@pytest.mark.django_db(transaction=True)
def test_a_bank_that_is_away_is_no_refusal(at_cora, cora, later):
    slips = batch_of(at_cora).slips
    cora.fault("status", "/v2/invoices/", status=503, times=None)

    issue_queued(at_cora.tenant_id, at_cora.id)
    states = {reread(slip).status for slip in slips}
    cora.clear_faults()
    later(timedelta(minutes=3))

    assert states <= {SlipStatus.QUEUED, SlipStatus.UNKNOWN}
    assert SlipStatus.REFUSED not in states


@pytest.mark.django_db(transaction=True)
def test_one_that_the_bank_may_have_taken_holds_up_no_others(at_cora, cora):
    slips = batch_of(at_cora).slips
    cora.lose_next_answer("/v2/invoices/")

    issue_queued(at_cora.tenant_id, at_cora.id)

    states = sorted(reread(slip).status for slip in slips)
    assert states == [SlipStatus.REGISTERING, SlipStatus.REGISTERING, SlipStatus.UNKNOWN]


@pytest.mark.django_db(transaction=True)
def test_when_the_connection_is_undone_what_never_left_is_a_draft_and_the_rest_lives_on(
    at_cora, cora, admin
):
    issued = issued_charge(at_cora)
    waiting = batch_of(at_cora, DAYS[:1]).slips[0].charge

    with tenant_scope(at_cora.tenant_id):
        hand_back(at_cora, by=admin)

    assert reread(waiting).status == ChargeStatus.DRAFT
    assert slip_of(waiting).status == SlipStatus.WITHDRAWN
    assert slip_of(issued).is_live
    assert "No banco, sem acompanhamento" in titles(issued)


@pytest.mark.django_db(transaction=True)
def test_many_slips_of_one_day_are_followed_by_their_list(at_cora, cora, later):
    batch = batch_of(at_cora, [DAYS[0]] * MANY)
    issue_queued(at_cora.tenant_id, at_cora.id)
    later(timedelta(seconds=10))
    cora.clear_requests()

    follow(at_cora)

    assert {reread(slip).status for slip in batch.slips} == {SlipStatus.OPEN}
    assert cora.count_requests("/v2/invoices/inv_*") == 0
