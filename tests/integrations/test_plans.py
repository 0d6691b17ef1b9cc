"""What a plan has: the comparison, what a smaller plan stops, and what a larger one resumes."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from audit.acts import Act
from banking.banks import registry
from banking.connections import begin, consent
from banking.connections.catalog import Option, charges_of
from banking.connections.token_renewal import due_connections
from banking.statements import sync
from core.errors import NotAllowed
from integrations.plans import compare
from tenants.models import Plan, Role
from tenants.scope import tenant_scope
from tenants.services import change_plan
from tests.audit.reading import audit_of
from tests.banking.conftest import NOW
from tests.banking.factories import change, make_account, make_connection, reread, stored_lines
from tests.cast import make_member, sign_in

PAGE = reverse("integrations:plans")
CHOOSE = reverse("banking:choose")
calls_banks = pytest.mark.django_db(transaction=True)


def words(response):
    return " ".join(response.content.decode().replace("\u00a0", " ").split())


@pytest.fixture
def compass(tenant):
    change_plan(tenant, Plan.COMPASS)
    return tenant


# --- The comparison -----------------------------------------------------------------------


def rows_of(tenant):
    with tenant_scope(tenant.id):
        sections = dict(compare(tenant).sections)
    return {row.name: row.cells for rows in sections.values() for row in rows}


@pytest.mark.parametrize("slug", registry.banks())
def test_a_bank_that_issues_charges_is_said_to(tenant, slug):
    bank = registry.info(slug)
    with tenant_scope(tenant.id):
        (detail,) = [
            row.detail
            for rows in dict(compare(tenant).sections).values()
            for row in rows
            if row.name == bank.name
        ]

    charges = charges_of(bank)
    assert bool(charges) is (bank.charges is not None)
    assert charges in detail
    assert any(charges in ability for ability in Option(bank, True, None).abilities)


@pytest.mark.parametrize("slug", registry.banks())
def test_the_row_of_a_bank_says_what_the_service_lets_through(tenant, slug):
    bank = registry.info(slug)
    row = rows_of(tenant)[bank.name]

    for plan, has in zip(Plan, row, strict=True):
        tenant.plan = plan
        if has:
            begin.check_plan(tenant, bank)
        else:
            with pytest.raises(NotAllowed):
                begin.check_plan(tenant, bank)


def test_cora_and_bs2_need_north_or_track(tenant):
    rows = rows_of(tenant)

    assert rows["Cora"] == rows["BS2"] == [False, True, True]
    assert rows["Conta Kamino"] == [True, True, True]


@pytest.mark.parametrize("role", Role)
def test_everyone_of_the_company_may_compare(client, compass, role):
    sign_in(client, make_member(compass, role), compass)

    response = client.get(PAGE)

    assert response.context["comparison"].missing == ["Cora", "BS2"]
    assert "Compass <small" in words(response)  # marked as the company's


def test_a_stranger_has_to_sign_in(client, db):
    assert client.get(PAGE).headers["Location"].startswith("/conta/login/")


def test_an_account_left_out_is_told_to_its_company_only(
    client, compass, admin, other_tenant, outsider
):
    account = make_account(compass, admin)
    sign_in(client, admin, compass)
    assert f"<strong>{account}</strong>" in words(client.get(PAGE))

    sign_in(client, outsider, other_tenant)
    assert account.number not in words(client.get(PAGE))


# --- A link, typed or not -----------------------------------------------------------------


def test_the_choice_of_bank_leads_a_smaller_plan_to_the_comparison(client, compass, operator):
    sign_in(client, operator, compass)

    page = words(client.get(CHOOSE))

    assert f'href="{PAGE}"' in page
    assert reverse("banking:ways", args=["cora"]) not in page


@pytest.mark.parametrize("plan", Plan)
@pytest.mark.parametrize("slug", registry.banks())
def test_the_choice_tells_how_to_come_to_an_account_in_every_plan(
    client, tenant, operator, plan, slug
):
    change_plan(tenant, plan)
    sign_in(client, operator, tenant)

    page = words(client.get(CHOOSE))

    steps = registry.info(slug).opening_steps
    assert "".join(f"<li>{step}</li>" for step in steps) in page


@pytest.mark.parametrize("slug", ["cora", "bs2"])
@pytest.mark.parametrize("position", range(2))
def test_the_service_itself_refuses_a_bank_that_the_plan_lacks(compass, admin, slug, position):
    mode = registry.info(slug).modes[position]

    with tenant_scope(compass.id):
        for connect in (
            lambda: consent.start_consent(compass, slug, mode, by=admin, browser="x", typed={}),
            lambda: begin.connect_by_form(compass, slug, mode, typed={}, by=admin),
        ):
            with pytest.raises(NotAllowed) as refused:
                connect()
            assert refused.value.code == "not_in_plan"


# --- Downgrade and upgrade ----------------------------------------------------------------


def test_after_a_downgrade_the_account_is_not_read_and_says_why(client, tenant, admin):
    account = make_account(tenant, admin)
    assert (tenant.id, account.id) in sync.due_accounts(timezone.now())

    change_plan(tenant, Plan.COMPASS)

    assert sync.due_accounts(timezone.now()) == []
    assert sync.sync_account(tenant.id, account.id) is None
    with tenant_scope(tenant.id), pytest.raises(NotAllowed):
        sync.check_can_sync(account, tenant)
    sign_in(client, admin, tenant)
    page = words(client.get(reverse("integrations:list")))
    assert "fora do plano" in page
    assert f'href="{PAGE}"' in page


def test_a_downgrade_leaves_connection_settings_and_preference(tenant, admin):
    account = make_account(tenant, admin, is_preferred=True, modo_banking_from=NOW.date())
    before = reread(account)

    change_plan(tenant, Plan.COMPASS)

    after = reread(account)
    with tenant_scope(tenant.id):
        assert after.is_connected
    for name in ("connection_id", "ledger_account_id", "is_preferred", "modo_banking_from"):
        assert getattr(after, name) == getattr(before, name)


@pytest.mark.usefixtures("monday")
def test_a_grant_is_kept_alive_through_a_downgrade_so_that_an_upgrade_needs_no_consent(
    tenant, admin
):
    connection = make_connection(tenant, admin)
    change(connection, keep_alive_at=NOW - timedelta(minutes=1))

    change_plan(tenant, Plan.COMPASS)

    assert due_connections(NOW) == [(tenant.id, connection.id)]


@calls_banks
def test_an_upgrade_resumes_with_the_days_between_and_no_line_twice(account, tenant, cora, monday):
    sync.sync_account(tenant.id, account.id)
    lines = stored_lines(account)
    change_plan(tenant, Plan.COMPASS)
    monday.shift(timedelta(days=20))
    cora.advance(timedelta(days=20).total_seconds())
    assert sync.sync_account(tenant.id, account.id) is None

    change_plan(tenant, Plan.TRACK)
    result = sync.sync_account(tenant.id, account.id)

    assert result is not None
    assert result.difference == 0
    assert stored_lines(account) == lines + result.new_lines


# --- The attendants' command --------------------------------------------------------------


def test_the_command_moves_one_company_and_tells(tenant, other_tenant, capsys):
    call_command("change_plan", "11.444.777/0001-61", "track")

    told = capsys.readouterr().out
    assert told.index("North") < told.index("Track")
    with tenant_scope(tenant.id):
        tenant.refresh_from_db()
    with tenant_scope(other_tenant.id):
        other_tenant.refresh_from_db()
    assert (tenant.plan, other_tenant.plan) == (Plan.TRACK, Plan.NORTH)


def test_the_command_is_in_the_audit_when_it_changes_something(tenant):
    for _ in range(2):
        call_command("change_plan", tenant.cnpj, "track")

    (change,) = audit_of(tenant)
    assert (change.act, change.whence) == (Act.PLAN_CHANGED, "linha de comando")
    assert (change.before, change.after) == ({"Plano": "North"}, {"Plano": "Track"})


@pytest.mark.parametrize("cnpj", ["11.444.777/0001-62", "00.000.000/0001-91"])
def test_the_command_changes_nothing_for_a_cnpj_that_is_nobodys(tenant, cnpj):
    with pytest.raises(CommandError):
        call_command("change_plan", cnpj, "track")
