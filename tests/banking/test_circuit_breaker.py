"""The circuit of a bank: opened by failures in a row, tried by one, closed by an answer."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from banking.banks.contract.errors import BankError, BankRejected, BankUnavailable
from banking.banks.contract.info import Capability
from banking.banks.http.call import Call
from banking.connections.complete import open_connection
from banking.gateway import circuit_breaker
from banking.gateway.circuit_breaker import BankCircuitOpen
from banking.gateway.connect import connect
from banking.models import BankHealth, Connection
from banking.statements.sync import due_accounts, sync_account
from tests.banking.factories import change, granted, make_account, make_connection, reread
from tests.cast import sign_in

calls_banks = pytest.mark.django_db(transaction=True)
BALANCE = "/third-party/account/balance"


def ask(account):
    """One call for the balance."""
    with connect(account.connection, needing=Capability.FETCH_BALANCE) as bank:
        return bank.fetch_balance()


def ask_in_vain(account, times, error=BankUnavailable):
    for _ in range(times):
        with pytest.raises(error):
            ask(account)


def break_down(cora):
    cora.fault("status", BALANCE, status=503, times=None)


def row():
    return BankHealth.objects.filter(provider="cora").first()


# --- At the bank --------------------------------------------------------------------------


@calls_banks
def test_after_five_failures_in_a_row_nobody_calls_the_bank(cora, account):
    break_down(cora)
    ask_in_vain(account, 5)
    cora.clear_requests()

    ask_in_vain(account, 3, BankCircuitOpen)

    assert cora.count_requests() == 0


@calls_banks
def test_an_answer_between_failures_starts_the_count_anew(cora, account):
    break_down(cora)
    ask_in_vain(account, 4)
    cora.clear_faults()
    ask(account)
    break_down(cora)

    ask_in_vain(account, 4)

    assert row().open_until is None


@calls_banks
def test_a_refusal_is_no_failure_of_the_bank(cora, account):
    cora.fault("status", BALANCE, status=422, times=None)

    ask_in_vain(account, 6, BankRejected)

    assert row() is None


@calls_banks
def test_failures_of_threads_side_by_side_are_all_counted(cora, account):
    break_down(cora)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: ask_in_vain(account, 1), range(4)))

    assert row().failures == 4


@calls_banks
def test_when_the_pause_is_over_one_caller_tries_and_the_others_wait(cora, account, monday):
    break_down(cora)
    ask_in_vain(account, 5)
    monday.shift(61)

    with connect(account.connection, needing=Capability.FETCH_BALANCE):
        ask_in_vain(account, 2, BankCircuitOpen)


@calls_banks
def test_a_try_that_fails_begins_another_pause(cora, account, monday):
    break_down(cora)
    ask_in_vain(account, 5)
    monday.shift(61)
    ask_in_vain(account, 1)
    cora.clear_requests()

    ask_in_vain(account, 1, BankCircuitOpen)

    assert cora.count_requests() == 0


@calls_banks
def test_a_try_that_is_answered_opens_the_way_for_all(cora, account, monday):
    break_down(cora)
    ask_in_vain(account, 5)
    cora.clear_faults()
    monday.shift(61)

    ask(account)

    assert row().failures == 0
    assert ask(account) > 0


@calls_banks
def test_who_tries_and_dies_keeps_the_others_for_two_minutes_only(cora, account, monday):
    break_down(cora)
    ask_in_vain(account, 5)
    cora.clear_faults()
    monday.shift(61)
    with connect(account.connection, needing=Capability.FETCH_BALANCE):
        pass  # it never called

    monday.shift(121)

    assert ask(account) > 0


@calls_banks
def test_token_requests_that_fail_count_too(cora, tenant, admin):
    cora.fault("drop", "/oauth/token", times=None)
    for _ in range(5):
        expired = granted(cora, expires_at=timezone.now())
        account = make_account(
            tenant, admin, connection=make_connection(tenant, admin, grant=expired)
        )
        ask_in_vain(account, 1)

    ask_in_vain(account, 1, BankCircuitOpen)


@calls_banks
def test_an_answer_writes_nothing_of_the_bank_while_it_is_well(cora, account):
    ask(account)

    with CaptureQueriesContext(database) as queries:
        ask(account)

    # The read of the bank's health at `connect`; the call itself asks for none.
    (asked,) = [query["sql"] for query in queries if "banking_bankhealth" in query["sql"]]
    assert asked.startswith("SELECT")


@pytest.mark.django_db
def test_a_late_failure_from_before_the_pause_does_not_make_it_longer(monday):
    late = Call("cora", "send_ted", "ReadTimeout", 45_000.0, is_failure_of_bank=True)
    for _ in range(5):
        circuit_breaker.note_call(late)
    until = row().open_until
    monday.shift(30)

    circuit_breaker.note_call(late)

    assert row().open_until == until


# --- What waits for it --------------------------------------------------------------------


@calls_banks
def test_a_sync_is_not_tried_and_keeps_its_turn(cora, account, monday):
    break_down(cora)
    sync_account(account.tenant_id, account.id)
    ask_in_vain(account, 4)
    before = reread(account).sync_started_at

    assert sync_account(account.tenant_id, account.id) is None

    kept = reread(account)
    assert kept.sync_started_at == before
    assert "09:01" in kept.sync_error
    monday.shift(timedelta(minutes=16))
    assert (account.tenant_id, account.id) in due_accounts(timezone.now())


@calls_banks
def test_accounts_of_a_bank_that_is_away_are_not_due(cora, account):
    break_down(cora)
    ask_in_vain(account, 5)

    assert due_accounts(timezone.now()) == []


@calls_banks
def test_an_opening_waits_for_the_bank(cora, account, tenant, admin):
    connection = make_connection(
        tenant, admin, grant=granted(cora), status=Connection.Status.OPENING
    )
    break_down(cora)
    ask_in_vain(account, 5)

    assert open_connection(tenant.id, connection.id) is None

    assert reread(connection).status == Connection.Status.OPENING


def test_the_error_says_when_and_is_one_of_those_after_which_nothing_happened(monday, db):
    error = BankCircuitOpen("cora", timezone.now() + timedelta(seconds=60))

    assert isinstance(error, BankError)
    assert error.retry_after == pytest.approx(60, abs=5)
    assert "09:01" in str(error)


# --- On the screens -----------------------------------------------------------------------


@pytest.fixture
def away(monday, db):
    """Cora is away until 09:01."""
    BankHealth.objects.create(
        provider="cora", failures=5, open_until=timezone.now() + timedelta(seconds=60)
    )


@pytest.mark.parametrize(
    "page", ["banking:choose", "integrations:list", "reconciliation:reconcile"]
)
def test_the_screens_say_that_a_bank_is_away_and_until_when(
    client, tenant, admin, operator, away, page
):
    make_account(tenant, admin)
    sign_in(client, operator, tenant)

    shown = client.get(reverse(page)).content.decode()

    assert "09:01" in shown


def test_the_sync_status_says_it_and_stops_asking(client, tenant, admin, operator, away):
    account = make_account(tenant, admin)
    sign_in(client, operator, tenant)

    shown = client.get(
        reverse("reconciliation:sync_status", args=[account.id]), headers={"HX-Request": "true"}
    ).content.decode()

    assert "sync--unavailable" in shown
    assert "09:01" in shown
    assert "load delay" not in shown


def test_another_bank_is_shown_as_ever(client, tenant, admin, operator, away):
    change(make_account(tenant, admin, provider="bs2"), synced_at=timezone.now())
    sign_in(client, operator, tenant)

    assert "09:01" not in client.get(reverse("integrations:list")).content.decode()
