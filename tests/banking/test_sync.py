"""The statement of an account at the simulator, stored and proved."""

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from uuid import uuid4

import pytest
from django.conf import settings as product
from django.urls import reverse
from django.utils import timezone

from banking.gateway.connect import _tokens
from banking.models import BankAccount, Connection, DailyBalance, StatementLine
from banking.statements.sync import due_accounts, sync_account
from core import deadline
from tenants.models import Plan, Tenant
from tenants.scope import tenant_scope
from tests.banking.conftest import NOW
from tests.banking.factories import (
    change,
    connect_account,
    make_account,
    make_lines,
    nudged,
    reread,
    stored_lines,
)
from tests.cast import sign_in

calls_banks = pytest.mark.django_db(transaction=True)
STATEMENT = "/bank-statement/statement"


def sync(account):
    return sync_account(account.tenant_id, account.id)


def closings(account):
    with tenant_scope(account.tenant_id):
        rows = DailyBalance.objects.of(account.tenant_id).filter(bank_account=account)
        return dict(rows.values_list("day", "closing"))


# --- What is stored -----------------------------------------------------------------------


@calls_banks
def test_opening_and_movements_come_to_the_banks_closing(cora, account):
    result = sync(account)

    account = reread(account)
    assert result.difference == 0
    assert account.proof == BankAccount.Proof.PROVED
    assert account.balance == Decimal(cora.account()["balance"]).scaleb(-2)
    with tenant_scope(account.tenant_id):
        lines = StatementLine.objects.of(account.tenant_id)
        first, last = lines.earliest("booked_on"), lines.latest("booked_on")
    assert first.booked_on >= date(2026, 8, 25)  # 90 days before
    assert closings(account)[last.booked_on] == account.balance


@calls_banks
def test_a_days_balance_follows_from_its_movements(cora, account):
    sync(account)

    with tenant_scope(account.tenant_id):
        lines = list(StatementLine.objects.of(account.tenant_id).values_list("booked_on", "amount"))
    days = sorted(closings(account))
    for before, day in pairwise(days):
        moved = sum(amount for booked_on, amount in lines if booked_on == day)
        assert closings(account)[day] == closings(account)[before] + moved


@calls_banks
def test_a_second_sync_stores_nothing_new(cora, account):
    first = sync(account)
    lines = stored_lines(account)

    second = sync(account)

    assert first.new_lines == lines > 100
    assert second.new_lines == second.changed_lines == 0
    assert stored_lines(account) == lines


@calls_banks
def test_a_later_sync_reads_the_last_week_again(cora, account, monday):
    sync(account)
    late = datetime(2026, 11, 18, 18, tzinfo=UTC)
    cora.add_entries(
        [{"type": "CREDIT", "kind": "PIX", "amount": 9900, "at": late.isoformat()}],
        balance=cora.account()["balance"] + 9900,
    )
    cora.clear_requests()

    result = sync(account)

    (request,) = cora.requests(STATEMENT)
    assert "start=2026-11-16" in request["query"]
    assert "end=2026-11-23" in request["query"]
    assert (result.new_lines, result.difference) == (1, 0)


@calls_banks
def test_all_pages_are_read(cora, account):
    cora.generate_entries(450, date(2026, 11, 1), date(2026, 11, 20))
    cora.clear_requests()

    result = sync(account)

    assert result.difference == 0
    assert result.new_lines > 450
    assert cora.count_requests(STATEMENT) >= 3


@calls_banks
def test_new_money_arrives_with_its_sender(cora, account):
    sync(account)
    cora.credit(150075, name="Cliente Exemplo Ltda", document="11222333000181", kind="PIX")

    sync(account)

    with tenant_scope(account.tenant_id):
        line = StatementLine.objects.of(account.tenant_id).get(amount="1500.75")
    assert line.counterparty_name == "Cliente Exemplo Ltda"
    assert line.counterparty_document == "11222333000181"
    assert (line.kind, line.booked_on) == ("pix", date(2026, 11, 23))
    assert line.is_incoming


@calls_banks
def test_the_banks_balances_that_do_not_add_up_mark_the_account(cora, account):
    make_lines(account, "-320.00", day=date(2026, 11, 17))  # the bank does not know this one

    result = sync(account)

    account = reread(account)
    assert result.difference == Decimal("320.00")
    assert account.proof == BankAccount.Proof.BROKEN
    assert account.proof_difference == Decimal("320.00")
    assert account.proof_broken_on == date(2026, 11, 17)


@calls_banks
def test_sums_that_differ_once_are_read_again_and_agree(cora, account):
    """A movement may have arrived between two pages, or between the sums and the list."""
    torn = {"start": {"balance": 0}, "end": {"balance": 32_000}, "entries": []}
    cora.fault("replace_answer", STATEMENT, status=200, body=json.dumps(torn))

    result = sync(account)

    assert result.difference == 0
    assert (reread(account).proof, reread(account).proof_difference) == (
        BankAccount.Proof.PROVED,
        0,
    )
    assert stored_lines(account) > 0


@calls_banks
def test_a_line_that_the_bank_tells_otherwise_stays_and_marks_the_account(cora, account):
    sync(account)
    with tenant_scope(account.tenant_id):
        line = StatementLine.objects.of(account.tenant_id).latest("booked_on")
    entry = {
        "id": line.bank_id,
        "type": "CREDIT",
        "amount": 1,
        "createdAt": f"{line.booked_on}T12:00:00Z",
    }
    page = {"start": {"balance": 0}, "end": {"balance": 0}, "entries": [entry]}
    cora.fault("replace_answer", STATEMENT, status=200, body=json.dumps(page))

    result = sync(account)

    assert result.changed_lines == 1
    assert reread(line).amount == line.amount
    assert reread(account).proof == BankAccount.Proof.BROKEN


# --- What a bank may answer instead -------------------------------------------------------


@calls_banks
@pytest.mark.parametrize(
    ("kind", "more"),
    [
        ("drop", {}),
        ("status", {"status": 500}),
        ("status", {"status": 429}),
        ("replace_answer", {"status": 200, "body": "empty"}),
        ("replace_answer", {"status": 200, "body": "html"}),
        ("replace_answer", {"status": 200, "body": "truncated"}),
        ("replace_answer", {"status": 200, "body": "[]"}),
        ("missing_field", {"field": "start"}),
        ("missing_field", {"field": "balance"}),
    ],
)
def test_an_answer_that_cannot_be_read_stores_nothing_and_loses_nothing(cora, account, kind, more):
    cora.fault(kind, STATEMENT, **more)

    assert sync(account) is None

    failed = reread(account)
    assert "Cora" in failed.sync_error
    assert failed.synced_at is None
    assert stored_lines(account) == 0
    assert sync(account).difference == 0
    assert reread(account).sync_error == ""


@calls_banks
def test_a_failure_in_the_middle_keeps_what_came_and_the_next_sync_brings_the_rest(cora, account):
    cora.fault("status", "/third-party/account/balance", status=503)

    assert sync(account) is None

    read = stored_lines(account)
    assert read > 100
    assert sync(account).new_lines == 0
    assert reread(account).proof == BankAccount.Proof.PROVED


@calls_banks
def test_a_task_whose_time_is_up_reads_no_other_page_and_the_next_sync_reads_all(cora, account):
    cora.clear_requests()
    with deadline.within(0):
        assert sync(account) is None

    late = reread(account)
    assert late.sync_error
    assert late.sync_leased_until is None
    assert cora.count_requests(STATEMENT) == 0
    assert sync(account).difference == 0


@calls_banks
def test_fields_and_kinds_that_are_new_do_no_harm(cora, account):
    cora.fault("unknown_field", STATEMENT, times=None)

    assert sync(account).difference == 0


@calls_banks
def test_a_bank_that_says_how_long_to_wait_is_left_alone_so_long(cora, account, monday):
    cora.fault("status", STATEMENT, status=429, retry_after=1800)
    sync(account)
    cora.clear_requests()
    monday.shift(timedelta(minutes=16))

    assert due_accounts(timezone.now()) == []
    assert sync(account) is None
    assert cora.count_requests(STATEMENT) == 0
    monday.shift(timedelta(minutes=15))
    assert sync(account).difference == 0


@calls_banks
def test_a_bank_that_does_not_say_how_long_is_asked_at_the_next_turn(cora, account, monday):
    cora.fault("status", STATEMENT, status=429)
    sync(account)
    monday.shift(timedelta(minutes=16))

    assert due_accounts(timezone.now()) == [(account.tenant_id, account.id)]


@calls_banks
def test_a_revoked_consent_marks_the_connection(cora, account):
    for grant in cora.grants():
        cora.revoke(grant["id"])

    assert sync(account) is None

    assert reread(account).connection_id == account.connection_id
    assert "refaça o vínculo" in reread(account).sync_error
    assert reread(account.connection).status == Connection.Status.LOST


# --- Who syncs when -----------------------------------------------------------------------


@calls_banks
def test_two_workers_do_not_read_one_account_at_once(cora, account):
    change(account, sync_leased_until=NOW + timedelta(minutes=5))
    cora.clear_requests()

    assert sync(account) is None
    assert cora.count_requests() == 0


@calls_banks
def test_a_worker_that_died_frees_the_account_in_time(cora, account, monday):
    change(account, sync_leased_until=NOW + timedelta(minutes=5))
    monday.shift(timedelta(minutes=6))

    assert sync(account) is not None


@calls_banks
def test_a_plan_without_banks_stops_the_sync(cora, account, tenant):
    with tenant_scope(tenant.id):
        Tenant.objects.filter(id=tenant.id).update(plan=Plan.COMPASS)

    assert sync(account) is None
    assert due_accounts(NOW) == []


def test_an_account_is_due_when_an_interval_has_passed(tenant, admin):
    interval = timedelta(minutes=product.SYNC_INTERVAL_MINUTES)
    due = make_account(tenant, admin, sync_started_at=NOW - interval)
    make_account(tenant, admin, sync_started_at=NOW - interval + timedelta(seconds=1))
    lost = make_account(tenant, admin)
    change(lost.connection, status=Connection.Status.LOST)

    assert due_accounts(NOW) == [(tenant.id, due.id)]


def test_who_never_synced_comes_first_then_the_longest_waiting(tenant, admin):
    hours = [make_account(tenant, admin, sync_started_at=NOW - timedelta(hours=h)) for h in (2, 3)]
    new = make_account(tenant, admin)

    assert [account for _, account in due_accounts(NOW)] == [new.id, hours[1].id, hours[0].id]


def test_after_a_pause_a_tick_takes_its_share_only(tenant, admin, settings):
    settings.TICK_SECONDS, settings.SYNC_INTERVAL_MINUTES = 60, 15
    waiting = [
        make_account(tenant, admin, sync_started_at=NOW - timedelta(hours=1, minutes=m))
        for m in range(10)
    ]

    taken = [account for _, account in due_accounts(NOW)]

    assert taken == [account.id for account in reversed(waiting)][:8]
    settings.TICK_SECONDS = 15 * 60
    assert len(due_accounts(NOW)) == 10


# --- «Sincronizar agora» ------------------------------------------------------------------


@pytest.fixture
def ours(tenant, admin, monday):
    return make_account(tenant, admin)


def press(client, account, **headers):
    return client.post(reverse("reconciliation:sync", args=[account.id]), headers=headers)


def watch(client, account, since="", **headers):
    address = reverse("reconciliation:sync_status", args=[account.id])
    page = client.get(address, {"desde": since}, headers={"HX-Request": "true", **headers})
    return page.content.decode()


@pytest.mark.django_db(transaction=True)
def test_the_button_nudges_a_worker_and_watches(client, tenant, operator, ours):
    sign_in(client, operator, tenant)

    with nudged() as sent:
        response = press(client, ours, **{"HX-Request": "true"})

    assert ("banking.tasks.sync_account", [str(tenant.id), str(ours.id)]) in sent
    assert "sync--waiting" in response.content.decode()
    assert f"desde={int(NOW.timestamp())}" in response.content.decode()


def test_without_scripts_the_button_leads_back_to_the_page(client, tenant, operator, ours):
    sign_in(client, operator, tenant)
    page = f"http://testserver{reverse('reconciliation:reconcile')}?q=aluguel"

    assert press(client, ours, Referer=page).headers["Location"] == page


@pytest.mark.parametrize("person", ["approver", "reader"])
def test_only_admins_and_finance_press_it(client, tenant, ours, person, request):
    sign_in(client, request.getfixturevalue(person), tenant)

    assert press(client, ours).status_code == 403


def test_another_companys_account_is_not_found(client, other_tenant, outsider, ours):
    sign_in(client, outsider, other_tenant)

    assert press(client, ours).status_code == 404
    assert "linhas" not in watch(client, ours)
    for account_id in (ours.id, uuid4()):
        address = reverse("reconciliation:sync_status", args=[account_id])
        assert client.get(address).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_an_account_without_connection_cannot_be_synced(client, tenant, operator, ours):
    change(ours.connection, status=Connection.Status.LOST)
    sign_in(client, operator, tenant)

    with nudged() as sent:
        response = press(client, ours, **{"HX-Request": "true"})

    assert response.status_code == 422
    assert str(ours.id) not in str(sent)


def test_a_bank_that_asked_to_wait_is_not_asked_by_the_button(client, tenant, operator, ours):
    change(ours, sync_wait_until=timezone.now() + timedelta(minutes=30))
    sign_in(client, operator, tenant)

    with nudged() as sent:
        response = client.post(
            reverse("reconciliation:sync", args=[ours.id]), headers={"HX-Request": "true"}
        )

    assert response.status_code == 422
    assert "09:30" in response.content.decode()
    assert sent == []


def test_progress_ends_by_taking_the_page_in_anew(client, tenant, operator, ours):
    sign_in(client, operator, tenant)
    asked = str(int(NOW.timestamp()))
    here = {"HX-Current-URL": f"http://testserver{reverse('reconciliation:reconcile')}?q=x"}
    change(ours, synced_at=NOW - timedelta(hours=1), sync_started_at=NOW - timedelta(hours=1))

    waiting = watch(client, ours, asked, **here)
    change(ours, sync_started_at=NOW, sync_leased_until=NOW + timedelta(minutes=1), sync_lines=240)
    reading = watch(client, ours, asked, **here)
    change(ours, sync_leased_until=None, synced_at=NOW)
    done = watch(client, ours, asked, **here)

    assert "sync--waiting" in waiting
    assert "sync--reading" in reading
    assert " 240 " in reading
    assert 'hx-trigger="load delay:2s"' in waiting
    assert 'hx-trigger="load delay:2s"' in reading
    assert "sync--done" in done
    assert 'hx-trigger="load delay:2s"' not in done
    assert 'hx-get="/conciliar/?q=x"' in done


def test_a_request_that_waits_too_long_is_told(client, tenant, operator, ours, monday):
    sign_in(client, operator, tenant)
    change(ours, synced_at=NOW, sync_started_at=NOW - timedelta(hours=1))
    monday.shift(timedelta(seconds=70))

    fragment = watch(client, ours, str(int(NOW.timestamp())))

    assert "sync--late" in fragment
    assert 'hx-trigger="load delay:2s"' not in fragment


@pytest.mark.parametrize("since", ["", "abc", "-1", "9" * 30, "²"])
def test_a_time_that_cannot_be_read_is_no_time(client, tenant, operator, ours, since):
    sign_in(client, operator, tenant)
    change(ours, synced_at=NOW, sync_started_at=NOW)

    assert "sync--done" in watch(client, ours, since)


@calls_banks
def test_credentials_that_no_key_opens_are_told_on_the_account(cora, tenant, admin):
    account = connect_account(tenant, admin, cora)
    change(account.connection, credentials=b"gAAAA-not-ours")
    # Another process: this one still holds the token in memory.
    _tokens.cache_clear()

    assert sync(account) is None

    assert "Refaça o vínculo" in reread(account).sync_error
