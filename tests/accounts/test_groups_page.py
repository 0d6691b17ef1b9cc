"""«Grupos de classificação»: admins shape the chart on the screen; nobody else does."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.chart.archive import (
    archive_group,
)
from accounts.chart.edit import (
    GroupDetails,
    make_group,
)
from accounts.chart.setup import (
    open_bank_account_leaf,
)
from accounts.models import Account, ClassificationGroup
from tenants.models import Role, Tenant, User
from tenants.scope import tenant_scope
from tests.accounts.books import account_of, make_entry
from tests.accounts.groups import group_of, made
from tests.audit.reading import audit_of
from tests.cast import make_member, sign_in

pytestmark = pytest.mark.django_db

PAGE = reverse("accounts:groups")
NEW_GROUP, NEW_ACCOUNT = reverse("accounts:new_group"), reverse("accounts:new_account")
HOME = reverse("accounts:mark_home")


@pytest.fixture
def as_admin(client: Client, admin: User, tenant: Tenant) -> Client:
    sign_in(client, admin, tenant)
    return client


def words(response) -> str:
    text = re.sub(r"<[^>]*>", " ", response.content.decode().replace("\u00a0", " "))
    return " ".join(text.split())


def at(name: str, row: ClassificationGroup | Account) -> str:
    return reverse(f"accounts:{name}", args=[row.id])


def typed_on(client: Client, address: str) -> dict[str, str]:
    """What the form holds when the page is opened."""
    form = client.get(address).context["form"]
    return {name: form[name].value() or "" for name in form.fields}


def test_the_page_shows_groups_and_accounts_and_the_home(as_admin: Client, tenant: Tenant) -> None:
    open_bank_account_leaf(tenant, name="Cora 0001 / 1")

    text = words(as_admin.get(PAGE))

    assert "1.1.1.1 Contas Correntes casa das contas correntes" in text
    assert "1.1.1.1.01 Cora 0001 / 1 conta bancária" in text
    assert "5.2.01 Aluguel" in text


@pytest.mark.parametrize("role", [Role.FINANCE, Role.APPROVER, Role.READER])
def test_only_admins_see_or_change_it(client: Client, tenant: Tenant, role: Role) -> None:
    sign_in(client, make_member(tenant, role), tenant)
    group, account = group_of(tenant, "5.2"), account_of(tenant, "5.2.01")

    for address in (PAGE, NEW_GROUP, NEW_ACCOUNT, at("group", group), at("account", account)):
        assert client.get(address).status_code == 403
    for address in (HOME, at("archive_group", group), at("delete_account", account)):
        assert client.post(address).status_code == 403
    assert f'href="{PAGE}"' not in client.get(reverse("accounts:chart")).content.decode()


def test_the_number_of_queries_does_not_grow_with_the_chart(
    as_admin: Client, tenant: Tenant
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            as_admin.get(PAGE)
        return len(captured)

    before = queries()
    with tenant_scope(tenant.id):
        group = group_of(tenant, "5.2")
        Account.objects.bulk_create(
            Account(tenant=tenant, group=group, code=f"5.2.{n}", name="Conta")
            for n in range(100, 400)
        )

    assert queries() == before


def test_a_group_and_an_account_are_made_with_the_next_free_code(
    as_admin: Client, tenant: Tenant
) -> None:
    parent = group_of(tenant, "5.2")
    typed = typed_on(as_admin, f"{NEW_GROUP}?grupo={parent.id}")
    assert (str(typed["parent"]), typed["code"]) == (str(parent.id), "5.2.5")

    as_admin.post(NEW_GROUP, typed | {"name": "Imóveis"})
    group = group_of(tenant, "5.2.5")
    typed = typed_on(as_admin, f"{NEW_ACCOUNT}?grupo={group.id}")
    answer = as_admin.post(NEW_ACCOUNT, typed | {"name": "Sede"}, follow=True)

    assert "Conta 5.2.5.01 Sede criada." in words(answer)
    assert account_of(tenant, "5.2.5.01").group == group


@pytest.mark.parametrize("named", ["x", "01a211b9-9a37-7cfe-a0ab-58528516d90c"])
def test_a_group_that_is_none_is_not_proposed(as_admin: Client, named: str) -> None:
    page = as_admin.get(f"{NEW_ACCOUNT}?grupo={named}")

    assert page.status_code == 200
    assert not page.context["form"].initial


def test_bad_input_is_told_at_its_field_and_kept(as_admin: Client, tenant: Tenant) -> None:
    typed = {"group": group_of(tenant, "5.2").id, "code": "5.2.01", "name": "Outro aluguel"}
    answer = as_admin.post(NEW_ACCOUNT, typed)
    page = answer.content.decode()

    assert answer.status_code == 422
    assert "Este código já é de «5.2.01 Aluguel»." in answer.context["form"].errors["code"]
    assert 'value="Outro aluguel"' in page
    assert 'value="5.2.01"' in page


def test_another_companys_group_is_no_choice(
    as_admin: Client, tenant: Tenant, other_tenant: Tenant
) -> None:
    theirs = group_of(other_tenant, "5.2")
    answer = as_admin.post(NEW_ACCOUNT, {"group": theirs.id, "code": "5.2.90", "name": "Nossa"})

    assert answer.status_code == 422
    assert "group" in answer.context["form"].errors


def test_a_group_is_renamed_and_moved(as_admin: Client, tenant: Tenant, admin: User) -> None:
    group = group_of(tenant, "5.2")
    typed = typed_on(as_admin, at("group", group))
    target = group_of(tenant, "5.4")

    as_admin.post(at("group", group), typed | {"name": "Imóveis", "parent": target.id})

    moved = group_of(tenant, "5.2")
    assert (moved.name, moved.parent) == ("Imóveis", target)
    (told,) = audit_of(tenant)
    assert (told.by, told.after) == (
        admin,
        {"Nome": "Imóveis", "Grupo acima": "5.4 Operação e vendas"},
    )


def test_a_group_is_not_offered_what_lies_inside_it(as_admin: Client, tenant: Tenant) -> None:
    form = as_admin.get(at("group", group_of(tenant, "1.1"))).context["form"]

    offered = {label for _, label in form.fields["parent"].choices}
    assert "1.2 Ativo não circulante" in offered
    assert offered.isdisjoint({"1.1 Ativo circulante", "1.1.1 Disponível", "5 Despesas"})


def test_the_second_of_two_admins_is_told_and_then_saves(as_admin: Client, tenant: Tenant) -> None:
    address = at("account", account_of(tenant, "5.2.01"))
    typed = typed_on(as_admin, address)
    as_admin.post(address, typed | {"name": "Locação"})

    told = as_admin.post(address, typed | {"name": "Arrendamento"})
    again = typed_on_again(told)

    assert told.status_code == 422
    assert "Nome agora é «Locação»." in words(told)
    assert again["name"] == "Arrendamento"
    as_admin.post(address, again)
    assert account_of(tenant, "5.2.01").name == "Arrendamento"


def typed_on_again(response) -> dict[str, str]:
    form = response.context["form"]
    return {name: form[name].value() or "" for name in form.fields}


def test_what_cannot_be_archived_is_told_and_stays(as_admin: Client, tenant: Tenant) -> None:
    make_entry(tenant)
    account = account_of(tenant, "5.2.01")
    answer = as_admin.post(at("archive_account", account), follow=True)

    assert "ainda tem saldo de R$ 150,00" in words(answer)
    assert not account_of(tenant, "5.2.01").is_archived


def test_an_account_is_archived_and_comes_back(as_admin: Client, tenant: Tenant) -> None:
    account = account_of(tenant, "5.2.02")
    as_admin.post(at("archive_account", account))
    assert account_of(tenant, "5.2.02").is_archived
    assert "Fora de uso desde" in words(as_admin.get(at("account", account)))

    as_admin.post(at("restore_account", account))
    assert not account_of(tenant, "5.2.02").is_archived


def test_what_was_never_used_is_deleted(as_admin: Client, tenant: Tenant) -> None:
    group = made(tenant)
    answer = as_admin.post(at("delete_group", group), follow=True)

    assert "Grupo 5.7 Frota excluído." in words(answer)
    assert as_admin.get(at("group", group)).status_code == 404


def test_an_archived_group_under_an_archived_one_can_still_be_renamed(
    as_admin: Client, tenant: Tenant
) -> None:
    outer = made(tenant)
    with tenant_scope(tenant.id):
        inner = make_group(tenant, GroupDetails("5.7.1", "Motos", parent=outer), by=None)
        for group in (inner, outer):
            archive_group(group)
    typed = typed_on(as_admin, at("group", inner))

    as_admin.post(at("group", inner), typed | {"name": "Motocicletas"})

    assert group_of(tenant, "5.7.1").name == "Motocicletas"


def test_the_home_is_moved_and_said(as_admin: Client, tenant: Tenant) -> None:
    group = group_of(tenant, "1.1.2")
    answer = as_admin.post(HOME, {"home": group.id}, follow=True)

    assert "As próximas contas correntes nascem em 1.1.2 Créditos." in words(answer)
    assert group_of(tenant, "1.1.2").is_bank_home


@pytest.mark.parametrize("home", ["", "x"])
def test_a_home_that_is_none_is_told(as_admin: Client, tenant: Tenant, home: str) -> None:
    answer = as_admin.post(HOME, {"home": home})

    assert answer.status_code == 422
    assert answer.context["form"].errors["home"]


def test_an_expense_group_is_not_offered_as_home(as_admin: Client, tenant: Tenant) -> None:
    answer = as_admin.post(HOME, {"home": group_of(tenant, "5.2").id})

    assert answer.status_code == 422
    assert group_of(tenant, "1.1.1.1").is_bank_home
