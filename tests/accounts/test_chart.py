import pytest

from accounts.chart import default_chart
from accounts.chart.archive import (
    archive_account,
)
from accounts.chart.setup import (
    move_group,
    open_bank_account_leaf,
    open_books,
)
from accounts.models import Account, ClassificationGroup, Nature
from core.errors import InvalidInput, InvalidState
from tenants.scope import tenant_scope
from tests.accounts.books import account_of, make_entry


def group_of(tenant, code):
    with tenant_scope(tenant.id):
        return ClassificationGroup.objects.of(tenant).get(code=code)


def test_a_new_company_has_the_default_chart(tenant):
    with tenant_scope(tenant.id):
        groups = {g.code: g for g in ClassificationGroup.objects.of(tenant)}
        accounts = set(Account.objects.of(tenant).values_list("code", "name"))
    assert {(code, group.name) for code, group in groups.items()} == set(default_chart.GROUPS)
    assert accounts == set(default_chart.ACCOUNTS)
    assert groups["1.1.1.1"].is_bank_home
    assert groups["1.1.1.1"].parent_id == groups["1.1.1"].id
    assert groups["5.2"].nature == Nature.EXPENSE


def test_opening_the_books_again_changes_nothing(tenant):
    with tenant_scope(tenant.id):
        ClassificationGroup.objects.of(tenant).filter(code="5.2").update(name="Sede")

    open_books(tenant)

    with tenant_scope(tenant.id):
        assert ClassificationGroup.objects.of(tenant).count() == len(default_chart.GROUPS)
        assert Account.objects.of(tenant).count() == len(default_chart.ACCOUNTS)
    assert group_of(tenant, "5.2").name == "Sede"


def test_bank_accounts_get_leaves_one_after_the_other(tenant):
    first = open_bank_account_leaf(tenant, name="Cora 1234567-8")
    second = open_bank_account_leaf(tenant, name="BS2 55-0")

    assert [(a.code, a.name) for a in (first, second)] == [
        ("1.1.1.1.01", "Cora 1234567-8"),
        ("1.1.1.1.02", "BS2 55-0"),
    ]
    assert first.nature == Nature.ASSET
    assert first.group_id == group_of(tenant, "1.1.1.1").id


def test_the_code_after_99_is_100(tenant):
    home = group_of(tenant, "1.1.1.1")
    with tenant_scope(tenant.id):
        Account.objects.create(tenant=tenant, group=home, code="1.1.1.1.99", name="Antiga")

    assert open_bank_account_leaf(tenant, name="Cora").code == "1.1.1.1.100"


def test_without_a_marked_group_a_bank_account_has_no_home(tenant):
    with tenant_scope(tenant.id):
        ClassificationGroup.objects.of(tenant).update(is_bank_home=False)

    with pytest.raises(InvalidState, match="Marque no plano de contas"):
        open_bank_account_leaf(tenant, name="Cora")


def test_a_bill_is_classified_as_an_open_expense_or_liability(tenant):
    archive_account(account_of(tenant, "5.2.02"))

    with tenant_scope(tenant.id):
        codes = [a.code for a in Account.objects.expense_accounts(tenant)]

    assert {"5.2.01", "2.1.1.01"} <= set(codes)
    assert "5.2.02" not in codes
    assert {code[0] for code in codes} == {"2", "5"}
    assert codes == sorted(codes)


def test_a_group_moves_under_another_of_its_nature(tenant):
    move_group(group_of(tenant, "5.2"), parent=group_of(tenant, "5.4"))

    assert group_of(tenant, "5.2").parent_id == group_of(tenant, "5.4").id


def test_a_group_does_not_move_into_what_it_contains(tenant):
    with pytest.raises(InvalidInput, match="dentro dele mesmo"):
        move_group(group_of(tenant, "1.1"), parent=group_of(tenant, "1.1.1.1"))


def test_a_group_does_not_move_to_another_nature(tenant):
    with pytest.raises(InvalidInput, match="mesma natureza"):
        move_group(group_of(tenant, "5.2"), parent=group_of(tenant, "4"))


def test_an_account_with_a_balance_is_not_archived(tenant):
    make_entry(tenant, "150.00")

    with pytest.raises(InvalidState, match=r"saldo de R\$ 150,00"):
        archive_account(account_of(tenant, "5.2.01"))


def test_an_account_is_archived_once(tenant):
    archive_account(account_of(tenant, "5.2.01"))
    first = account_of(tenant, "5.2.01").archived_at

    archive_account(account_of(tenant, "5.2.01"))

    assert first is not None
    assert account_of(tenant, "5.2.01").archived_at == first
