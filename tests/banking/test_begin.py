"""From the «+» to a connected account, against the bank over HTTP."""

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.models import ClassificationGroup
from banking.banks import registry
from banking.connections.complete import open_connection, unfinished_openings
from banking.models import BankAccount, Connection
from banking.statements.sync import sync_account
from kamino.local.services import free_port
from tenants.models import Plan, Role, Tenant
from tenants.scope import tenant_scope
from tenants.services import add_member
from tests.banking.consents import GO, RETURN, connections_of, go_and_consent
from tests.banking.factories import (
    change,
    granted,
    make_account,
    make_connection,
    nudged,
    reread,
    stored_lines,
)
from tests.cast import make_member, sign_in
from tests.cora_simulator import OFICINA, PADARIA

CHOOSE = reverse("banking:choose")
calls_banks = pytest.mark.django_db(transaction=True)


def words(response):
    return " ".join(response.content.decode().replace("\u00a0", " ").split())


# --- The choice ---------------------------------------------------------------------------


def test_the_choice_offers_every_bank_of_the_registry(operator_in):
    page = words(operator_in.get(CHOOSE))

    assert f'href="{GO}"' in page
    for bank in registry.banks().values():
        assert bank.info.pitch in page


@pytest.mark.parametrize("role", [Role.APPROVER, Role.READER])
@pytest.mark.parametrize("address", [CHOOSE, GO, RETURN])
def test_only_admins_and_finance_connect_banks(client, tenant, role, address):
    sign_in(client, make_member(tenant, role), tenant)

    assert client.get(address).status_code == 403


def test_a_plan_without_banks_shows_them_and_what_is_missing(operator_in, tenant):
    with tenant_scope(tenant.id):
        Tenant.objects.filter(id=tenant.id).update(plan=Plan.COMPASS)

    page = words(operator_in.get(CHOOSE))

    assert reverse("integrations:plans") in page
    assert f'href="{GO}"' not in page


def test_a_plan_without_banks_goes_to_none(operator_in, tenant):
    with tenant_scope(tenant.id):
        Tenant.objects.filter(id=tenant.id).update(plan=Plan.COMPASS)

    response = operator_in.get(GO)

    assert response.headers["Location"] == "/"


def test_an_unknown_bank_is_not_found(operator_in):
    for name in ("go", "consent_return"):
        assert operator_in.get(reverse(f"banking:{name}", args=["itau"])).status_code == 404


# --- The way that works -------------------------------------------------------------------


@calls_banks
def test_consent_ends_with_the_account_its_leaf_and_its_statement(cora, operator_in, tenant):
    with nudged() as sent:
        back = operator_in.get(RETURN, go_and_consent(operator_in))
    (connection,) = connections_of(tenant)
    opened = open_connection(tenant.id, connection.id)
    sync_account(tenant.id, opened.id)

    address = reverse("banking:connection", args=[connection.id])
    assert back.headers["Location"] == address
    assert ("banking.tasks.open_connection", [str(tenant.id), str(connection.id)]) in sent
    account = reread(opened)
    assert (account.bank_code, account.branch, account.number) == ("403", "0001", "1234567-8")
    assert account.holder_name == "OFICINA MODELO LTDA"
    assert account.holder_document == OFICINA
    assert account.is_preferred
    with tenant_scope(tenant.id):
        assert account.ledger_account.group.is_bank_home
    assert stored_lines(account) > 100
    page = words(operator_in.get(address))
    assert f'href="{reverse("reconciliation:reconcile")}?conta={account.id}"' in page


@calls_banks
def test_tokens_are_not_readable_in_the_row(cora, operator_in, tenant):
    operator_in.get(RETURN, go_and_consent(operator_in))

    (connection,) = connections_of(tenant)
    assert b"eyJ" not in bytes(connection.credentials)
    assert b"access_token" not in bytes(connection.credentials)


@calls_banks
def test_connecting_again_finds_the_account_and_repeats_no_line(cora, operator_in, tenant):
    accounts = []
    for _ in range(2):
        operator_in.get(RETURN, go_and_consent(operator_in))
        connection = connections_of(tenant)[-1]
        accounts.append(open_connection(tenant.id, connection.id))
        sync_account(tenant.id, accounts[-1].id)
        lines = stored_lines(accounts[0])

    assert accounts[0].id == accounts[1].id
    assert accounts[0].ledger_account_id == accounts[1].ledger_account_id
    assert stored_lines(accounts[0]) == lines
    old, new = connections_of(tenant)
    assert (old.status, bytes(old.credentials)) == (Connection.Status.LOST, b"")
    assert new.is_active


@calls_banks
def test_opening_twice_makes_one_account(cora, tenant, admin):
    connection = make_connection(
        tenant, admin, grant=granted(cora), status=Connection.Status.OPENING
    )

    assert open_connection(tenant.id, connection.id) is not None
    assert open_connection(tenant.id, connection.id) is None
    with tenant_scope(tenant.id):
        assert BankAccount.objects.of(tenant).count() == 1


# --- What can go wrong --------------------------------------------------------------------


@calls_banks
def test_a_refused_consent_says_so(cora, operator_in, tenant):
    response = operator_in.get(RETURN, {"error": "access_denied", "state": "qualquer"})

    assert response.status_code == 200
    assert response.context["problem"].code == "refused"
    assert f'href="{GO}"' in words(response)


@calls_banks
@pytest.mark.parametrize("query", [{}, {"code": "c"}, {"state": "s", "code": "c"}])
def test_a_return_with_a_wrong_state_is_refused(cora, operator_in, tenant, query):
    response = operator_in.get(RETURN, query)

    assert response.status_code == 400
    assert response.context["problem"].code == "not_usable"
    assert connections_of(tenant) == []
    assert cora.count_requests("/oauth/token") == 0


@calls_banks
def test_a_return_works_once(cora, operator_in, tenant):
    answer = go_and_consent(operator_in)
    operator_in.get(RETURN, answer)

    response = operator_in.get(RETURN, answer)

    assert response.status_code == 400
    assert len(connections_of(tenant)) == 1
    assert cora.count_requests("/oauth/token") == 1


@calls_banks
def test_a_return_does_not_work_for_another_person(cora, operator_in, client, tenant, admin):
    answer = go_and_consent(operator_in)
    sign_in(client, admin, tenant)

    response = client.get(RETURN, answer)

    assert response.status_code == 400
    assert connections_of(tenant) == []


@calls_banks
def test_a_return_does_not_work_in_another_company(
    cora, operator_in, client, operator, other_tenant
):
    answer = go_and_consent(operator_in)
    add_member(other_tenant, operator, Role.ADMIN)
    sign_in(client, operator, other_tenant)

    response = client.get(RETURN, answer)

    assert response.status_code == 400
    assert connections_of(other_tenant) == []


@calls_banks
def test_a_return_after_half_an_hour_is_too_late(cora, operator_in, monday, tenant):
    answer = go_and_consent(operator_in)
    monday.shift(timedelta(minutes=16))
    operator_in.get(reverse("integrations:list"))  # who does nothing is signed out by then
    monday.shift(timedelta(minutes=15))

    response = operator_in.get(RETURN, answer)

    assert response.status_code == 400
    assert response.context["problem"].code == "not_usable"


@calls_banks
def test_a_code_that_expired_says_what_to_do(cora, operator_in, tenant):
    answer = go_and_consent(operator_in)
    cora.advance(61)

    response = operator_in.get(RETURN, answer)

    assert response.status_code == 400
    assert response.context["problem"].code == "expired"
    assert connections_of(tenant) == []


@calls_banks
@pytest.mark.parametrize(
    ("kind", "more"),
    [
        ("drop", {}),
        ("lose_answer", {}),
        ("status", {"status": 503}),
        ("replace_answer", {"status": 200, "body": "empty"}),
        ("replace_answer", {"status": 200, "body": "html"}),
        ("missing_field", {"field": "access_token"}),
    ],
)
def test_a_bank_that_fails_at_the_exchange_says_what_to_do(cora, operator_in, tenant, kind, more):
    answer = go_and_consent(operator_in)
    cora.fault(kind, "/oauth/token", **more)

    response = operator_in.get(RETURN, answer)

    assert response.status_code == 400
    assert response.context["problem"].code == "no_answer"
    assert connections_of(tenant) == []


@calls_banks
def test_a_bank_that_is_down_says_what_to_do(cora, operator_in, settings, tenant):
    answer = go_and_consent(operator_in)
    settings.CORA_BASE_URL = f"http://127.0.0.1:{free_port()}"

    response = operator_in.get(RETURN, answer)

    assert response.status_code == 400
    assert response.context["problem"].code == "no_answer"


@calls_banks
def test_a_partner_that_the_bank_does_not_know_is_told(cora, operator_in, settings, tenant):
    answer = go_and_consent(operator_in)
    settings.CORA_CLIENT_SECRET = "errado"

    response = operator_in.get(RETURN, answer)

    assert response.status_code == 400
    assert response.context["problem"].code == "not_accepted"


@calls_banks
def test_a_plan_that_ended_meanwhile_is_told(cora, operator_in, tenant):
    answer = go_and_consent(operator_in)
    with tenant_scope(tenant.id):
        Tenant.objects.filter(id=tenant.id).update(plan=Plan.COMPASS)

    response = operator_in.get(RETURN, answer)

    assert response.status_code == 400
    assert response.context["problem"].code == "not_in_plan"


@calls_banks
def test_an_account_of_another_company_is_refused_with_both_names(
    cora, operator_in, operator, tenant
):
    connection = make_connection(
        tenant,
        operator,
        grant=granted(cora, PADARIA),
        status=Connection.Status.OPENING,
    )

    assert open_connection(tenant.id, connection.id) is None

    page = words(operator_in.get(reverse("banking:connection", args=[connection.id])))
    assert "PADARIA AURORA LTDA (11.222.333/0001-81)" in page
    assert "Oficina Modelo (11.444.777/0001-61)" in page
    assert f'href="{GO}"' in page
    failed = reread(connection)
    assert (failed.status, bytes(failed.credentials)) == (Connection.Status.FAILED, b"")
    with tenant_scope(tenant.id):
        assert not BankAccount.objects.of(tenant).exists()


@calls_banks
def test_an_opening_waits_for_a_bank_that_does_not_answer(cora, operator_in, operator, tenant):
    connection = make_connection(
        tenant, operator, grant=granted(cora), status=Connection.Status.OPENING
    )
    address = reverse("banking:connection", args=[connection.id])
    cora.fault("status", "/third-party/account", status=503)

    assert open_connection(tenant.id, connection.id) is None

    assert reread(connection).status_reason in words(operator_in.get(address))
    assert (tenant.id, connection.id) in unfinished_openings()
    assert open_connection(tenant.id, connection.id) is not None


@calls_banks
def test_an_opening_is_given_up_after_an_hour(cora, operator, monday, tenant):
    connection = make_connection(
        tenant,
        operator,
        grant=granted(cora),
        status=Connection.Status.OPENING,
    )
    cora.fault("status", "/third-party/account", status=503)
    monday.shift(timedelta(minutes=61))

    open_connection(tenant.id, connection.id)

    assert reread(connection).status == Connection.Status.FAILED


@calls_banks
def test_a_chart_without_a_home_for_bank_accounts_is_told(cora, tenant, admin):
    with tenant_scope(tenant.id):
        ClassificationGroup.objects.of(tenant).update(is_bank_home=False)
    connection = make_connection(
        tenant, admin, grant=granted(cora), status=Connection.Status.OPENING
    )

    open_connection(tenant.id, connection.id)

    failed = reread(connection)
    assert failed.status == Connection.Status.FAILED


# --- The page of progress -----------------------------------------------------------------


def progress_of(client, connection, **headers):
    address = reverse("banking:connection", args=[connection.id])
    return words(client.get(address, headers=headers))


def test_progress_is_asked_again_until_it_ends(operator_in, tenant, admin):
    connection = make_connection(tenant, admin, status=Connection.Status.OPENING)

    fragment = progress_of(operator_in, connection, **{"HX-Request": "true"})
    assert "hx-get" in fragment
    assert "<html" not in fragment

    change(connection, status=Connection.Status.FAILED, status_reason="Não deu.")
    assert "hx-get" not in progress_of(operator_in, connection, **{"HX-Request": "true"})


def test_progress_says_that_the_first_statement_did_not_come(operator_in, tenant, admin):
    account = make_account(tenant, admin, sync_error="Sem resposta.")

    page = progress_of(operator_in, account.connection)

    assert "Sem resposta." in page
    assert f'href="{reverse("reconciliation:reconcile")}?conta={account.id}"' in page


def test_another_companys_connection_is_not_found(client, tenant, admin, other_tenant, outsider):
    connection = make_connection(tenant, admin)
    sign_in(client, outsider, other_tenant)

    address = reverse("banking:connection", args=[connection.id])
    assert client.get(address).status_code == 404
