"""The last calls to a bank, kept with the connection that made them."""

import contextlib
import re
from datetime import timedelta

import pytest
from django.db import transaction
from django.urls import reverse

from banking.banks.contract.errors import BankError
from banking.banks.contract.info import Capability
from banking.banks.http.call import Call
from banking.gateway.call_log import KEPT, CallLog, last_calls, operation_words, store
from banking.gateway.connect import connect
from banking.models import BankCall
from tenants.scope import tenant_scope
from tests.banking.conftest import NOW
from tests.banking.factories import granted, make_account, make_connection
from tests.cast import sign_in

calls_banks = pytest.mark.django_db(transaction=True)


def calls_of(connection):
    with tenant_scope(connection.tenant_id):
        return last_calls(connection.tenant_id, connection)


def keep(connection, *operations, at=NOW, result="200", failed=False):
    calls = [(at, Call("cora", name, result, 12.4, failed)) for name in operations]
    store(connection.tenant_id, connection.id, calls)


def ask(connection):
    with connect(connection, needing=Capability.FETCH_BALANCE) as bank:
        return bank.fetch_balance()


@calls_banks
def test_a_call_is_kept_with_what_it_was_how_long_and_its_outcome(cora, tenant, admin):
    connection = make_connection(tenant, admin, grant=granted(cora))

    ask(connection)

    (call,) = calls_of(connection)
    assert (call.operation, call.result, call.is_failure_of_bank) == ("balance", "200", False)
    assert call.milliseconds >= 0


@calls_banks
def test_a_call_that_failed_is_kept_too(cora, tenant, admin):
    connection = make_connection(tenant, admin, grant=granted(cora))
    cora.fault("status", "*", status=503)

    with pytest.raises(BankError):
        ask(connection)

    (call, *_) = calls_of(connection)
    assert (call.result, call.is_failure_of_bank) == ("503", True)


@calls_banks
def test_each_connection_keeps_its_own(cora, tenant, admin):
    used = make_connection(tenant, admin, grant=granted(cora))
    idle = make_connection(tenant, admin, grant=granted(cora))

    ask(used)

    assert len(calls_of(used)) == 1
    assert calls_of(idle) == []


@pytest.mark.django_db
def test_only_the_last_are_kept_the_newest_first(tenant, admin):
    connection, other = make_connection(tenant, admin), make_connection(tenant, admin)
    keep(other, "old")
    keep(connection, "old")
    for minute in range(1, KEPT + 1):
        keep(connection, f"n{minute}", at=NOW + timedelta(minutes=minute))

    kept = [call.operation for call in calls_of(connection)]

    assert kept == [f"n{minute}" for minute in range(KEPT, 0, -1)]
    assert [call.operation for call in calls_of(other)] == ["old"]
    with tenant_scope(tenant.id):
        assert BankCall.objects.of(tenant).filter(connection=connection).count() == KEPT


@pytest.mark.django_db
def test_what_was_taken_to_be_kept_is_not_kept_twice():
    log = CallLog()
    log(Call("cora", "fetch_balance", "200", 5.0, is_failure_of_bank=False))

    assert len(log.take()) == 1
    assert log.take() == []


@pytest.mark.usefixtures("monday")
def test_the_page_shows_the_calls_and_the_text_tells_them(client, tenant, operator, admin):
    account = make_account(tenant, admin)
    keep(account.connection, "statement", result="ReadTimeout", failed=True)
    sign_in(client, operator, tenant)

    page = " ".join(
        client.get(reverse("integrations:diagnosis", args=[account.id])).content.decode().split()
    )

    assert 'id="chamadas"' in page
    assert re.search(r"23/11 09:00:00 Extrato: [^<]+ em 12 ms", page)


@calls_banks
def test_a_renewal_of_the_access_is_kept_too(cora, tenant, admin):
    expired = granted(cora, expires_at=NOW - timedelta(days=1))
    connection = make_connection(tenant, admin, grant=expired)

    ask(connection)

    assert {call.operation for call in calls_of(connection)} == {"token", "balance"}


@calls_banks
def test_nothing_secret_or_personal_is_kept(cora, tenant, admin):
    grant = granted(cora)
    connection = make_connection(tenant, admin, grant=grant)
    for kind in ("lose_answer", "reset", "drop", "reset_answer"):
        cora.fault(kind, "*", times=1)
        with contextlib.suppress(BankError):
            ask(connection)
    ask(connection)

    for call in calls_of(connection):
        assert re.fullmatch(r"[a-z_]+", call.operation)
        assert re.fullmatch(r"[0-9]{3}|[A-Za-z]+", call.result)


@pytest.mark.django_db
def test_calls_that_cannot_be_kept_stop_nobody(tenant, admin, caplog):
    connection = make_connection(tenant, admin)
    call = Call("cora", "balance", "200", 10.0**12, is_failure_of_bank=False)

    with transaction.atomic():
        store(connection.tenant_id, connection.id, [(NOW, call)])

    assert "bank_calls_not_kept" in caplog.text


def test_a_call_that_has_no_name_is_told_as_another_one():
    assert operation_words("send_ted") == "Envio de TED"
    assert operation_words("novidade") == "Outra chamada"
