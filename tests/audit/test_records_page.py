"""«Auditoria»: admins read and export what was done; nobody else does."""

import csv
import re
from datetime import UTC, date, datetime, timedelta
from io import StringIO

import pytest
from django.test import Client
from django.urls import reverse

from audit.acts import Act
from audit.models import Record
from audit.services import record
from banking.models import BankAccount
from tenants.models import Role, Tenant, User
from tests.audit.reading import audit_of
from tests.cast import make_member, sign_in
from tests.clock import travel
from tests.payments.factories import make_bank_account
from tests.reading import codes

pytestmark = pytest.mark.django_db

PAGE = reverse("audit:records")
EXPORT = reverse("audit:export")


@pytest.fixture
def account(tenant: Tenant) -> BankAccount:
    return make_bank_account(tenant)


@pytest.fixture
def as_admin(client: Client, admin: User, tenant: Tenant) -> Client:
    sign_in(client, admin, tenant)
    return client


def write(account: BankAccount, by: User | None = None, **values) -> Record:
    act = values.pop("act", Act.SETTINGS_CHANGED)
    return record(act, on=account, by=by, **values)


def words(response) -> str:
    return " ".join(response.content.decode().replace("\u00a0", " ").split())


def exported(client: Client, address: str = EXPORT) -> list[dict[str, str]]:
    text = b"".join(client.get(address).streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(StringIO(text), delimiter=";"))


def test_a_record_tells_who_when_from_where_and_what_changed(
    as_admin: Client, admin: User, account: BankAccount
) -> None:
    with travel(datetime(2026, 11, 23, 13, 5, 9, tzinfo=UTC)):
        write(
            account, admin, before={"Modo Banking": "desligado"}, after={"Modo Banking": "ligado"}
        )

    page = words(as_admin.get(PAGE))

    assert "Configuração da conta" in page
    assert str(account) in page
    assert f"23/11/2026 10:05:09</time> · {admin.display_name} · o próprio Kamino" in page
    assert "<dt>Modo Banking</dt>" in page
    assert "desligado" in page and "ligado" in page


@pytest.mark.parametrize("role", [Role.FINANCE, Role.APPROVER, Role.READER])
@pytest.mark.parametrize("address", [PAGE, EXPORT])
def test_only_admins_read_it(client: Client, tenant: Tenant, role: Role, address: str) -> None:
    sign_in(client, make_member(tenant, role), tenant)

    assert client.get(address).status_code == 403


@pytest.mark.parametrize(("role", "shown"), [(Role.ADMIN, True), (Role.FINANCE, False)])
def test_the_menu_offers_it_to_admins(
    client: Client, tenant: Tenant, role: Role, shown: bool
) -> None:
    sign_in(client, make_member(tenant, role), tenant)

    page = words(client.get(reverse("integrations:list")))

    assert (f'href="{PAGE}"' in page) == shown


def test_another_company_sees_none_of_it(
    client: Client, account: BankAccount, outsider: User, other_tenant: Tenant
) -> None:
    write(account, why="segredo da Oficina")
    sign_in(client, outsider, other_tenant)

    assert "Nenhum registro ainda" in words(client.get(PAGE))
    assert "segredo da Oficina" not in words(client.get(PAGE, {"on": str(account.id)}))
    assert exported(client) == []


def test_what_was_typed_is_not_taken_for_markup(as_admin: Client, account: BankAccount) -> None:
    write(account, why="<script>alert(1)</script>")

    assert "<script>alert" not in words(as_admin.get(PAGE))


# --- Filters ------------------------------------------------------------------------------


def test_the_filters_keep_what_they_name(
    as_admin: Client, tenant: Tenant, admin: User, account: BankAccount
) -> None:
    other = make_bank_account(tenant, preferred=False)
    write(account, admin, why="um")
    write(account, act=Act.PREFERRED_CHANGED, why="dois")
    write(other, why="tres")

    def whys(**filters: object) -> list[str]:
        return [r.why for r in as_admin.get(PAGE, filters).context["page"].records]

    assert whys() == ["tres", "dois", "um"]
    assert whys(act="preferred_changed") == ["dois"]
    assert whys(by=admin.id) == ["um"]
    assert whys(on=account.id) == ["dois", "um"]


def test_the_days_of_the_period_are_sao_paulos_and_included(
    as_admin: Client, account: BankAccount
) -> None:
    for hour in (2, 3, 26, 27):  # 23:00 before, then 00:00, 23:00 and again 00:00
        with travel(datetime(2026, 11, 23, tzinfo=UTC) + timedelta(hours=hour)):
            write(account, why=str(hour))

    page = as_admin.get(PAGE, {"since": "23/11/2026", "until": "23/11/2026"})

    assert [record.why for record in page.context["page"].records] == ["26", "3"]


def test_a_wrong_period_is_told_at_its_field(as_admin: Client, account: BankAccount) -> None:
    write(account)

    unreal = as_admin.get(PAGE, {"since": "31/02/2026", "until": ""})
    turned = as_admin.get(PAGE, {"since": "10/11/2026", "until": "09/11/2026"})

    assert 'value="31/02/2026"' in words(unreal)
    assert codes(unreal.context["form"]) == {"since": ["invalid"]}
    assert codes(turned.context["form"]) == {"until": ["ends_before_it_begins"]}


@pytest.mark.parametrize(
    "query",
    [{"act": "nada"}, {"by": "999999"}, {"by": "x"}, {"on": "x"}, {"before": "0"}],
    ids=str,
)
def test_what_is_no_filter_is_not_found(as_admin: Client, query: dict) -> None:
    assert as_admin.get(PAGE, query).status_code == 404
    assert as_admin.get(EXPORT, query).status_code == 404


def test_more_records_follow_with_the_same_filters(as_admin: Client, account: BankAccount) -> None:
    for number in range(60):
        write(account, why=f"registro {number}")
    write(account, act=Act.PREFERRED_CHANGED)

    first = as_admin.get(PAGE, {"act": "settings_changed"})
    query = first.context["page"].more_query
    rest = as_admin.get(f"{PAGE}?{query}", headers={"HX-Request": "true"})

    assert [r.why for r in rest.context["records"]] == [
        f"registro {number}" for number in range(9, -1, -1)
    ]
    assert "<html" not in rest.content.decode()


# --- The file -----------------------------------------------------------------------------


def test_the_file_holds_the_chain(as_admin: Client, account: BankAccount, tenant: Tenant) -> None:
    for number in range(3):
        write(account, before={"A": "1"}, after={"A": str(number), "B": "x"})

    rows = exported(as_admin)

    *chain, told = audit_of(tenant)
    chain.reverse()
    assert told.act == Act.EXPORTED  # by this very act, which is not in the file
    assert [row["Número"] for row in rows] == ["3", "2", "1"]
    assert [row["Código do registro"] for row in rows] == [record.hash for record in chain]
    assert rows[0]["Código do registro anterior"] == rows[1]["Código do registro"]
    assert (rows[0]["Antes"], rows[0]["Depois"]) == ("A: 1", "A: 2; B: x")


def test_the_file_keeps_the_filters(as_admin: Client, account: BankAccount) -> None:
    write(account)
    write(account, act=Act.PREFERRED_CHANGED)

    rows = exported(as_admin, f"{EXPORT}?act=preferred_changed")

    assert [row["Ação"] for row in rows] == ["Conta preferencial"]


def test_the_file_has_a_name_that_tells_what_it_is(
    as_admin: Client, account: BankAccount, tenant: Tenant
) -> None:
    with travel(date(2026, 11, 23)):
        name = as_admin.get(EXPORT).headers["Content-Disposition"]

    assert name == f'attachment; filename="auditoria-{tenant.cnpj}-2026-11-22.csv"'


def test_a_record_of_many_things_folds_them_and_exports_them_on_one_line(
    as_admin: Client, account: BankAccount
) -> None:
    listed = [f"Fornecedor {number} · R$ 1,00" for number in range(200)]
    write(account, after={"Na fila": "\n".join(listed), "Total": "R$ 200,00"})

    page = as_admin.get(PAGE).content.decode()

    folded = page.partition("<details>")[2].partition("</details>")[0]
    assert re.findall(r"<li>(.*?)</li>", folded) == listed
    assert page.count("<details>") == 1
    (row,) = exported(as_admin)
    assert f"Na fila: {' | '.join(listed)}" in row["Depois"]
    assert "\n" not in row["Depois"]


@pytest.mark.parametrize("text", ["=1+1", "+55", "-1", "@SUM(A1)", "\t=1"])
def test_no_cell_is_a_formula(as_admin: Client, account: BankAccount, text: str) -> None:
    write(account, why=text)

    assert exported(as_admin)[0]["Motivo"] == f"'{text}"


def test_the_file_goes_on_past_one_batch(
    as_admin: Client, account: BankAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("audit.record_list.BATCH", 2)
    for _ in range(5):
        write(account)

    assert [row["Número"] for row in exported(as_admin)] == ["5", "4", "3", "2", "1"]
