"""An import makes what is new and changes what differs, all of it or nothing, and loses nothing."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.chart.archive import archive_account
from accounts.chart.edit import as_seen, change_group
from accounts.chart.setup import move_group
from accounts.importing.apply import apply_import, rows_of
from accounts.importing.plan import Plan, plan_import
from accounts.importing.reader import read_chart
from accounts.importing.writer import write_chart
from accounts.models import Account, ClassificationGroup
from audit.acts import Act
from core.errors import InvalidState
from tenants.models import Role, Tenant, User
from tenants.scope import tenant_scope
from tests.accounts.books import account_of, make_entry
from tests.accounts.groups import details_of, group_of
from tests.accounts.xlsx import book
from tests.audit.reading import audit_of
from tests.cast import make_member, sign_in
from tests.reading import codes

pytestmark = pytest.mark.django_db

FLEET = (["5.7", "Frota", 2, "Sintética"], ["5.7.01", "Combustível", 3, "Analítica", "", "", "F1"])


def rows(*lines: list):
    sheet = read_chart(book(*lines))
    assert sheet.problems == []
    return sheet.rows


def plan(tenant: Tenant, *lines: list) -> Plan:
    with tenant_scope(tenant.id):
        return plan_import(tenant, rows(*lines))


def bring(tenant: Tenant, by: User, *lines: list) -> Plan:
    with tenant_scope(tenant.id):
        shown = plan_import(tenant, rows(*lines))
        return apply_import(tenant, rows(*lines), shown=shown.fingerprint, by=by)


def chart(tenant: Tenant) -> list:
    with tenant_scope(tenant.id):
        return list(rows_of(tenant))


# --- What it does -------------------------------------------------------------------------


def test_what_is_new_is_made_under_its_group_with_its_nature(tenant: Tenant, admin: User) -> None:
    done = bring(tenant, admin, *FLEET)

    assert (len(done.groups), len(done.accounts), len(done.changes)) == (1, 1, 0)
    account = account_of(tenant, "5.7.01")
    assert (account.group.code, account.nature, account.external_code) == ("5.7", "despesa", "F1")
    (record,) = audit_of(tenant)
    assert (record.act, record.by) == (Act.CHART_IMPORTED, admin)
    assert record.after["Contas novas"] == "1"


def test_an_account_may_stand_above_its_group_in_the_file(tenant: Tenant, admin: User) -> None:
    bring(tenant, admin, *reversed(FLEET))

    assert account_of(tenant, "5.7.01").group.code == "5.7"


def test_what_differs_is_renamed_or_moved_and_keeps_its_entries(
    tenant: Tenant, admin: User
) -> None:
    make_entry(tenant)
    done = bring(tenant, admin, ["5.2.01", "Locação", 3, "Analítica", "Despesa", "5.4"])

    (change,) = done.changes
    assert change.words == {"Nome": ("Aluguel", "Locação"), "Grupo acima": ("5.2", "5.4")}
    account = account_of(tenant, "5.2.01")
    assert (account.name, account.group.code) == ("Locação", "5.4")
    with tenant_scope(tenant.id):
        assert account.lines.count() == 1


def test_what_the_file_lacks_stays_and_is_told(tenant: Tenant, admin: User) -> None:
    before = len(chart(tenant))
    done = bring(tenant, admin, *FLEET)

    assert len(done.absent) == before
    assert len(chart(tenant)) == before + 2


def test_the_exported_chart_changes_nothing_when_it_comes_back(tenant: Tenant, admin: User) -> None:
    with tenant_scope(tenant.id):
        move_group(group_of(tenant, "5.2"), parent=group_of(tenant, "5.4"))
    before = chart(tenant)
    read = read_chart(write_chart(before))
    with tenant_scope(tenant.id):
        back = plan_import(tenant, read.rows)

    assert (read.problems, back.problems, back.is_empty, back.absent) == ([], [], True, [])
    assert back.same == len(before)


def test_codes_without_points_find_their_group_by_the_level_above(
    tenant: Tenant, admin: User
) -> None:
    bring(
        tenant,
        admin,
        ["6", "Resultado", 1, "S", "Receita"],
        ["61", "Vendas", 2, "S"],
        ["6101", "Balcão", 3, "A"],
        ["62", "Outras", 2, "S"],
        ["6201", "Sucata", 3, "A"],
    )

    assert account_of(tenant, "6101").group.code == "61"
    assert account_of(tenant, "6201").group.code == "62"


# --- What is refused ----------------------------------------------------------------------


def test_what_is_out_of_use_is_not_brought_back(tenant: Tenant) -> None:
    archive_account(account_of(tenant, "5.2.02"))

    (problem,) = plan(tenant, ["5.2.02", "Luz", 3, "A"]).problems
    assert problem.line == 2
    assert "5.2.02 Energia elétrica" in str(problem)


def test_a_chart_that_changed_since_it_was_shown_is_not_touched(
    tenant: Tenant, admin: User
) -> None:
    lines = (["5.2", "Imóveis", 2, "S"],)
    with tenant_scope(tenant.id):
        shown = plan_import(tenant, rows(*lines)).fingerprint
        group = group_of(tenant, "5.2")
        change_group(group, details_of(group, name="Prédios"), seen=as_seen(group), by=None)
        with pytest.raises(InvalidState) as refused:
            apply_import(tenant, rows(*lines), shown=shown, by=admin)

    assert refused.value.code == "changed_by_another"

    assert group_of(tenant, "5.2").name == "Prédios"


def test_ten_thousand_rows_take_a_bounded_number_of_queries(tenant: Tenant, admin: User) -> None:
    lines = [["6", "Centros", 1, "S", "Despesa"]]
    lines += [[f"6.{g}", f"Centro {g}", 2, "S"] for g in range(1, 100)]
    lines += [[f"6.{g}.{n:03d}", f"Conta {n}", 3, "A"] for g in range(1, 100) for n in range(100)]

    with CaptureQueriesContext(connection) as queries:
        done = bring(tenant, admin, *lines)

    assert (len(done.groups), len(done.accounts)) == (100, 9_900)
    assert len(queries) < 60


# --- The page -----------------------------------------------------------------------------

UPLOAD, EXPORT = reverse("accounts:import"), reverse("accounts:export")
CONFIRM = reverse("accounts:import_confirm")


@pytest.fixture
def as_admin(client: Client, admin: User, tenant: Tenant) -> Client:
    sign_in(client, admin, tenant)
    return client


def words(response) -> str:
    text = re.sub(r"<[^>]*>", " ", response.content.decode().replace("\u00a0", " "))
    return " ".join(text.split())


def send(client: Client, *lines: list, content: bytes | None = None):
    content = book(*lines) if content is None else content
    return client.post(UPLOAD, {"file": SimpleUploadedFile("plano.xlsx", content)})


def test_the_file_is_shown_before_anything_is_done_and_then_done(
    as_admin: Client, tenant: Tenant
) -> None:
    shown = send(as_admin, *FLEET, ["5.2.01", "Locação", 3, "A"])
    text = words(shown)
    for effect in ("Grupos novos: 1", "5.7 Frota", "Contas novas: 1", "5.7.01 Combustível"):
        assert effect in text
    assert re.search("Nome: Aluguel → [^:]+ Locação", text)
    assert account_of(tenant, "5.2.01").name == "Aluguel"

    done = as_admin.post(CONFIRM, {"kept": shown.context["kept"]}, follow=True)

    assert [message.level_tag for message in done.context["messages"]] == ["success"]
    assert account_of(tenant, "5.2.01").name == "Locação"


def test_problems_are_told_where_the_file_was_chosen_and_nothing_is_done(
    as_admin: Client, tenant: Tenant
) -> None:
    before = chart(tenant)
    answer = send(as_admin, ["5.8.1.01", "Óleo", 4, "A"], ["5.9", "Outro", 2, "S"])

    assert answer.status_code == 422
    assert "Linha 2:" in words(answer)
    assert "«5.8.1»" in words(answer)
    assert chart(tenant) == before


def test_cells_that_are_wrong_are_told(as_admin: Client) -> None:
    answer = send(as_admin, ["=1+1", "Óleo", 4, "A"])

    assert answer.status_code == 422
    assert "Linha 2, célula A2:" in words(answer)


@pytest.mark.parametrize("content", [b"nada", b""], ids=["text", "empty"])
def test_a_file_that_is_no_spreadsheet_is_told_at_the_field(
    as_admin: Client, content: bytes
) -> None:
    answer = send(as_admin, content=content)

    assert answer.status_code == 422
    assert answer.context["form"].errors["file"]


def test_a_file_that_was_not_chosen_is_told(as_admin: Client) -> None:
    assert codes(as_admin.post(UPLOAD).context["form"]) == {"file": ["required"]}


def test_ten_thousand_rows_go_through_the_page(as_admin: Client, tenant: Tenant) -> None:
    lines = [["6", "Centros de custo", 1, "S", "Despesa"]]
    lines += [[f"6.{g}", f"Centro de custo número {g} da filial", 2, "S"] for g in range(1, 100)]
    lines += [
        [f"6.{g}.{n:03d}", f"Conta {n} do centro {g}", 3, "A", "", "", f"EXT-{g}-{n}"]
        for g in range(1, 100)
        for n in range(100)
    ]

    shown = send(as_admin, *lines)
    as_admin.post(CONFIRM, {"kept": shown.context["kept"]})

    with tenant_scope(tenant.id):
        assert Account.objects.of(tenant).filter(code__startswith="6.").count() == 9_900


def test_a_file_that_is_too_large_is_told_at_the_field(as_admin: Client) -> None:
    answer = send(as_admin, content=b"PK" + b"x" * (7 * 1024 * 1024))

    assert answer.status_code == 422
    assert codes(answer.context["form"]) == {"file": ["required"]}  # it was not kept


def test_a_chart_that_changed_meanwhile_is_shown_anew(as_admin: Client, tenant: Tenant) -> None:
    kept = send(as_admin, ["5.2", "Imóveis", 2, "S"]).context["kept"]
    with tenant_scope(tenant.id):
        group = group_of(tenant, "5.2")
        change_group(group, details_of(group, name="Prédios"), seen=as_seen(group), by=None)

    answer = as_admin.post(CONFIRM, {"kept": kept})

    assert [message.level_tag for message in answer.context["messages"]] == ["error"]
    assert re.search("Nome: Prédios → [^:]+ Imóveis", words(answer))
    as_admin.post(CONFIRM, {"kept": answer.context["kept"]})
    assert group_of(tenant, "5.2").name == "Imóveis"


@pytest.mark.parametrize("kept", ["", "x", "eyJ0ZW5hbnQiOiAiMSJ9:1vx:abc"])
def test_what_was_not_shown_by_us_is_not_done(as_admin: Client, tenant: Tenant, kept: str) -> None:
    before = chart(tenant)
    answer = as_admin.post(CONFIRM, {"kept": kept}, follow=True)

    assert [message.level_tag for message in answer.context["messages"]] == ["error"]
    assert chart(tenant) == before


def test_what_was_shown_for_another_company_is_not_done(
    as_admin: Client, outsider: User, other_tenant: Tenant
) -> None:
    kept = send(as_admin, *FLEET).context["kept"]
    theirs = Client()
    sign_in(theirs, outsider, other_tenant)

    theirs.post(CONFIRM, {"kept": kept})

    with tenant_scope(other_tenant.id):
        assert not ClassificationGroup.objects.of(other_tenant).filter(code="5.7").exists()


def test_the_same_file_twice_changes_nothing_the_second_time(
    as_admin: Client, tenant: Tenant
) -> None:
    kept = send(as_admin, *FLEET).context["kept"]
    as_admin.post(CONFIRM, {"kept": kept})

    again = send(as_admin, *FLEET)

    assert again.context["plan"].is_empty
    assert CONFIRM not in again.content.decode()


def test_the_export_is_the_chart_in_use(as_admin: Client, tenant: Tenant) -> None:
    archive_account(account_of(tenant, "5.2.02"))
    answer = as_admin.get(EXPORT)

    sheet = read_chart(answer.content)
    codes = [row.code for row in sheet.rows]
    assert codes[:3] == ["1", "1.1", "1.1.1"]
    assert "5.2.01" in codes and "5.2.02" not in codes
    assert f"plano-de-contas-{tenant.cnpj}-" in answer.headers["Content-Disposition"]


@pytest.mark.parametrize("role", [Role.FINANCE, Role.APPROVER, Role.READER])
def test_only_admins_import_and_export(client: Client, tenant: Tenant, role: Role) -> None:
    sign_in(client, make_member(tenant, role), tenant)

    assert client.get(UPLOAD).status_code == 403
    assert client.get(EXPORT).status_code == 403
    assert client.post(CONFIRM).status_code == 403
    with tenant_scope(tenant.id):
        assert Account.objects.of(tenant).exists()
