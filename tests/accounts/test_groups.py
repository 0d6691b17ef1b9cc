"""The chart is made, renamed, moved and archived; nothing that has entries is lost by it."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import IntegrityError, connection

from accounts.chart.archive import (
    archive_account,
    archive_group,
    delete_unused,
    mark_bank_home,
    restore,
)
from accounts.chart.edit import (
    AccountDetails,
    GroupDetails,
    as_seen,
    change_account,
    change_group,
    make_account,
    make_group,
    words_of,
)
from accounts.chart.setup import (
    move_group,
    open_bank_account_leaf,
)
from accounts.models import Account, ClassificationGroup, Nature
from audit.acts import Act
from core.errors import InvalidInput, InvalidState
from tenants.models import Tenant, User
from tenants.scope import tenant_scope
from tests.accounts.books import account_of, make_entry
from tests.accounts.groups import details_of, group_of, made
from tests.audit.reading import audit_of

pytestmark = pytest.mark.django_db


def leaf_details(account: Account, **changes) -> AccountDetails:
    values = {"code": account.code, "name": account.name, "group": account.group}
    return AccountDetails(**values | changes)


def test_a_group_takes_the_nature_of_the_one_above_it(tenant: Tenant, admin: User) -> None:
    group = made(tenant)

    assert group.nature == Nature.EXPENSE
    (told,) = audit_of(tenant)
    assert (told.act, told.why, told.after["Grupo acima"]) == (
        Act.CHART_CHANGED,
        "Grupo criado.",
        "5 Despesas",
    )


def test_a_group_at_the_top_needs_a_nature(tenant: Tenant) -> None:
    with pytest.raises(InvalidInput, match="natureza") as refused:
        made(tenant, "6", parent="")

    assert refused.value.field == "nature"
    assert made(tenant, "6", parent="", nature=Nature.REVENUE).nature == Nature.REVENUE


@pytest.mark.parametrize("code", ["5.1", "5.2.01", "5..1", ".5", "5.", "5 1", "5/1", "é"])
def test_a_code_that_is_taken_or_malformed_is_refused(tenant: Tenant, code: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        made(tenant, code)

    assert refused.value.field == "code"


def test_an_account_is_made_in_a_group(tenant: Tenant, admin: User) -> None:
    with tenant_scope(tenant.id):
        group = group_of(tenant, "5.2")
        account = make_account(
            tenant, AccountDetails("5.2.90", "Jardinagem", group, "J-1"), by=admin
        )

    assert (account.group, account.external_code, account.nature) == (group, "J-1", "despesa")
    assert [told.by for told in audit_of(tenant)] == [admin]


def test_nothing_is_made_in_a_group_out_of_use(tenant: Tenant) -> None:
    group = made(tenant)
    with tenant_scope(tenant.id):
        archive_group(group)
        with pytest.raises(InvalidInput, match="fora de uso"):
            make_account(tenant, AccountDetails("5.7.01", "Óleo", group), by=None)
        with pytest.raises(InvalidInput, match="fora de uso"):
            make_group(tenant, GroupDetails("5.7.1", "Motos", parent=group), by=None)


def test_a_renamed_account_keeps_its_entries(tenant: Tenant) -> None:
    entry = make_entry(tenant)
    with tenant_scope(tenant.id):
        rent = account_of(tenant, "5.2.01")
        change_account(
            rent, leaf_details(rent, name="Locação", code="5.2.99"), seen=as_seen(rent), by=None
        )
        lines = list(entry.lines.values_list("account__name", "amount"))

    assert ("Locação", 150) in lines
    (told,) = audit_of(tenant)
    assert told.before == {"Código": "5.2.01", "Nome": "Aluguel"}
    assert told.after == {"Código": "5.2.99", "Nome": "Locação"}


def test_an_account_moves_only_within_its_nature(tenant: Tenant) -> None:
    with tenant_scope(tenant.id):
        rent = account_of(tenant, "5.2.01")
        with pytest.raises(InvalidInput, match="mesma natureza"):
            change_account(
                rent,
                leaf_details(rent, group=group_of(tenant, "4.1")),
                seen=as_seen(rent),
                by=None,
            )
        rent = account_of(tenant, "5.2.01")
        moved = leaf_details(rent, group=group_of(tenant, "5.4"))
        change_account(rent, moved, seen=as_seen(rent), by=None)

    with tenant_scope(tenant.id):
        assert account_of(tenant, "5.2.01").group.code == "5.4"


def test_a_group_does_not_go_under_itself(tenant: Tenant) -> None:
    with tenant_scope(tenant.id):
        group = group_of(tenant, "1.1")
        below = details_of(group, parent=group_of(tenant, "1.1.1.1"))
        with pytest.raises(InvalidInput, match="dentro dele mesmo") as refused:
            change_group(group, below, seen=as_seen(group), by=None)

    assert refused.value.field == "parent"


def test_what_another_person_changed_meanwhile_is_told_and_kept(tenant: Tenant) -> None:
    with tenant_scope(tenant.id):
        group = group_of(tenant, "5.2")
        seen = as_seen(group)
        change_group(group, details_of(group, name="Imóveis"), seen=seen, by=None)
        with pytest.raises(InvalidInput, match="Nome agora é «Imóveis»"):
            change_group(group, details_of(group, name="Prédios"), seen=seen, by=None)

    assert group_of(tenant, "5.2").name == "Imóveis"


@pytest.mark.parametrize("seen", ["", "[]", "3", '"x"', "{"])
def test_a_garbled_form_changes_nothing(tenant: Tenant, seen: str) -> None:
    with tenant_scope(tenant.id):
        group = group_of(tenant, "5.2")
        with pytest.raises(InvalidInput, match="Outra pessoa"):
            change_group(group, details_of(group, name="Prédios"), seen=seen, by=None)


# --- Out of use ---------------------------------------------------------------------------


def test_a_group_in_which_something_is_in_use_stays(tenant: Tenant) -> None:
    with tenant_scope(tenant.id), pytest.raises(InvalidState, match="em uso"):
        archive_group(group_of(tenant, "5.2"))


def test_the_home_of_bank_accounts_stays(tenant: Tenant) -> None:
    with tenant_scope(tenant.id), pytest.raises(InvalidState, match="nascem"):
        archive_group(group_of(tenant, "1.1.1.1"))


def test_the_conta_do_ativo_of_a_bank_account_stays(tenant: Tenant) -> None:
    leaf = open_bank_account_leaf(tenant, name="Cora 0001 / 1")

    with pytest.raises(InvalidState, match="Conta do Ativo"):
        archive_account(leaf)


def test_the_database_keeps_the_conta_do_ativo_open(tenant: Tenant) -> None:
    leaf = open_bank_account_leaf(tenant, name="Cora 0001 / 1")

    with pytest.raises(IntegrityError, match="bank_leaf_is_open"), tenant_scope(tenant.id):
        Account.objects.of(tenant).filter(id=leaf.id).update(archived_at="2026-11-25T00:00:00Z")


def test_an_archived_group_comes_back_with_what_is_above_it_in_use(tenant: Tenant) -> None:
    outer = made(tenant)
    with tenant_scope(tenant.id):
        inner = make_group(tenant, GroupDetails("5.7.1", "Motos", parent=outer), by=None)
        for group in (inner, outer):
            archive_group(group)
        with pytest.raises(InvalidState, match="reative-o antes"):
            restore(inner)
        restore(outer)
        restore(inner)

    assert not group_of(tenant, "5.7.1").is_archived


def test_what_has_entries_is_not_deleted(tenant: Tenant) -> None:
    make_entry(tenant)

    with tenant_scope(tenant.id), pytest.raises(InvalidState, match="Arquive-o"):
        delete_unused(account_of(tenant, "5.2.01"))
    assert account_of(tenant, "5.2.01")


@pytest.mark.parametrize("code", ["5.2", "1.1.1.1"])
def test_a_group_that_holds_something_is_not_deleted(tenant: Tenant, code: str) -> None:
    with tenant_scope(tenant.id), pytest.raises(InvalidState):
        delete_unused(group_of(tenant, code))


def test_what_was_never_used_is_deleted_and_told(tenant: Tenant, admin: User) -> None:
    group = made(tenant)
    with tenant_scope(tenant.id):
        delete_unused(group, by=admin)
        assert not ClassificationGroup.objects.of(tenant).filter(code="5.7").exists()

    *_, told = audit_of(tenant)
    assert (told.by, told.on_label, told.before["Nome"]) == (admin, "5.7 Frota", "Frota")


# --- Where bank accounts are born ---------------------------------------------------------


def test_new_bank_accounts_are_born_in_the_marked_group_and_old_ones_stay(tenant: Tenant) -> None:
    old = open_bank_account_leaf(tenant, name="Cora 0001 / 1")
    with tenant_scope(tenant.id):
        mark_bank_home(group_of(tenant, "1.1.2"))

    new = open_bank_account_leaf(tenant, name="BS2 0001 / 2")

    with tenant_scope(tenant.id):
        homes = ClassificationGroup.objects.of(tenant).filter(is_bank_home=True)
        assert [home.code for home in homes] == ["1.1.2"]
        assert account_of(tenant, old.code).group.code == "1.1.1.1"
        assert account_of(tenant, new.code).group.code == "1.1.2"
    *_, told = audit_of(tenant)
    assert (told.act, told.before, told.after) == (
        Act.BANK_HOME_CHANGED,
        {"Grupo": "1.1.1.1 Contas Correntes"},
        {"Grupo": "1.1.2 Créditos"},
    )


def test_only_an_asset_group_in_use_is_marked(tenant: Tenant) -> None:
    with tenant_scope(tenant.id):
        with pytest.raises(InvalidInput, match="do ativo"):
            mark_bank_home(group_of(tenant, "5.2"))
        group = make_group(
            tenant, GroupDetails("1.9", "Velho", parent=group_of(tenant, "1")), by=None
        )
        archive_group(group)
        with pytest.raises(InvalidInput, match="em uso"):
            mark_bank_home(group)

    assert group_of(tenant, "1.1.1.1").is_bank_home


def test_a_code_that_a_group_has_is_not_given_to_an_account(tenant: Tenant) -> None:
    made(tenant, "1.1.1.1.07", parent="1.1.1.1")

    assert open_bank_account_leaf(tenant, name="Cora").code == "1.1.1.1.08"


# --- At the same time ---------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_two_moves_at_once_close_no_loop(tenant: Tenant) -> None:
    first, second = made(tenant, "5.7"), made(tenant, "5.8")

    def move(pair: tuple[str, str]) -> str:
        try:
            with tenant_scope(tenant.id):
                move_group(group_of(tenant, pair[0]), parent=group_of(tenant, pair[1]))
        except InvalidInput as error:
            return str(error)
        finally:
            connection.close()
        return ""

    with ThreadPoolExecutor(2) as pool:
        told = list(pool.map(move, [(first.code, second.code), (second.code, first.code)]))

    assert sorted(told) == ["", "Um grupo não pode ficar dentro dele mesmo."]


@pytest.mark.django_db(transaction=True)
def test_two_people_giving_one_code_at_once_make_one_account(tenant: Tenant) -> None:
    def make(name: str) -> str:
        try:
            with tenant_scope(tenant.id):
                group = group_of(tenant, "5.2")
                make_account(tenant, AccountDetails("5.2.77", name, group), by=None)
        except InvalidInput as error:
            return str(error)
        finally:
            connection.close()
        return ""

    with ThreadPoolExecutor(4) as pool:
        told = list(pool.map(make, ["a", "b", "c", "d"]))

    assert told.count("") == 1
    assert all("já é de" in text for text in told if text)


def test_what_a_person_reads_of_a_row_is_what_is_compared(tenant: Tenant) -> None:
    assert words_of(group_of(tenant, "5.2")) == {
        "Código": "5.2",
        "Nome": "Ocupação",
        "Código externo": "nenhum",
        "Grupo acima": "5 Despesas",
        "Situação": "em uso",
    }
