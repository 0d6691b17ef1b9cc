"""A bank account is tied to another Conta do Ativo; what was written stays true in both leaves."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from threading import Event

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from accounts.chart.archive import (
    archive_account,
)
from accounts.journal.entries import (
    balances,
    post_entry,
    reverse_entry,
)
from accounts.models import Account, JournalEntry
from audit.acts import Act
from banking.bank_accounts.ledger_account import Entries, effect_of_tying, hold_leaf, tie_account
from banking.models import BankAccount
from core.errors import InvalidInput
from tenants.models import Tenant, User
from tenants.scope import tenant_scope
from tests.accounts.books import account_of
from tests.audit.reading import audit_of
from tests.banking.made import reread
from tests.cast import sign_in
from tests.payments.make import make_bank_account

pytestmark = pytest.mark.django_db

DAYS = (date(2026, 11, 3), date(2026, 11, 10), date(2026, 11, 20))
CASH = "1.1.1.01"


@pytest.fixture
def account(tenant: Tenant) -> BankAccount:
    return make_bank_account(tenant)


@pytest.fixture
def old(account: BankAccount) -> Account:
    return account.ledger_account


@pytest.fixture
def written(tenant: Tenant, old: Account) -> list[JournalEntry]:
    """Three payments from the account, of 100, 200 and 300 reais."""
    rent = account_of(tenant, "5.2.01")
    return [
        post_entry(
            tenant,
            date=day,
            memo=f"Aluguel {n}",
            lines=[(rent, n * Decimal(100)), (old, n * Decimal(-100))],
        )
        for n, day in enumerate(DAYS, 1)
    ]


def tie(account: BankAccount, code: str, entries: Entries, by: User, seen=None) -> int:
    with tenant_scope(account.tenant_id):
        leaf = Account.objects.of(account.tenant_id).select_related("group").get(code=code)
        was = seen or account.ledger_account_id
        return tie_account(account, leaf, entries=entries, seen=was, by=by)


def sums(tenant: Tenant, *leaves: Account, until: date | None = None) -> list[Decimal]:
    with tenant_scope(tenant.id):
        found = balances(tenant, leaves, until=until)
    return [found[leaf.id] for leaf in leaves]


# --- What becomes of the entries ----------------------------------------------------------


def test_entries_that_stay_are_where_they_were_and_new_ones_go_to_the_new_leaf(
    tenant: Tenant, admin: User, account: BankAccount, old: Account, written
) -> None:
    assert tie(account, CASH, Entries.STAY, admin) == 0

    new = account_of(tenant, CASH)
    assert sums(tenant, old, new) == [Decimal(-600), Decimal(0)]
    with tenant_scope(tenant.id):
        assert hold_leaf(reread(account)) == new
    assert reread(account).ledger_account_id == new.id
    assert account_of(tenant, CASH).is_bank_leaf
    assert not account_of(tenant, old.code).is_bank_leaf


def test_entries_that_move_are_reversed_and_stand_on_the_new_leaf_on_their_own_days(
    tenant: Tenant, admin: User, account: BankAccount, old: Account, written
) -> None:
    assert tie(account, CASH, Entries.MOVE, admin) == 3

    new, rent = account_of(tenant, CASH), account_of(tenant, "5.2.01")
    for day, total in zip(DAYS, (100, 300, 600), strict=True):
        assert sums(tenant, old, new, rent, until=day) == [0, -total, total]
    with tenant_scope(tenant.id):
        for entry in written:
            (reversal,) = entry.reversals.all()
            assert (reversal.date, reversal.created_by) == (entry.date, admin)
            assert reversal.memo == f"Estorno: Conta do Ativo de {account} trocada"
            assert entry.replacement.memo == entry.memo
        assert JournalEntry.objects.of(tenant).count() == 9


def test_what_was_reversed_before_is_not_moved(
    tenant: Tenant, admin: User, account: BankAccount, old: Account, written
) -> None:
    reverse_entry(written[0], by=admin, date=DAYS[2], why="em dobro")

    assert tie(account, CASH, Entries.MOVE, admin) == 2
    assert sums(tenant, old, account_of(tenant, CASH)) == [0, -500]


def test_moved_entries_move_on_with_the_account(
    tenant: Tenant, admin: User, account: BankAccount, old: Account, written
) -> None:
    tie(account, CASH, Entries.MOVE, admin)
    assert tie(account, "1.1.1.02", Entries.MOVE, admin) == 3

    assert sums(tenant, old, account_of(tenant, CASH), account_of(tenant, "1.1.1.02")) == [
        0,
        0,
        -600,
    ]


def test_an_entry_between_both_leaves_is_moved_too(
    tenant: Tenant, admin: User, account: BankAccount, old: Account
) -> None:
    cash = account_of(tenant, CASH)
    lines = [(cash, Decimal(50)), (old, Decimal(-50))]
    post_entry(tenant, date=DAYS[0], memo="Saque", lines=lines)

    tie(account, CASH, Entries.MOVE, admin)

    assert sums(tenant, old, cash) == [0, 0]


def test_the_old_leaf_is_like_any_other_afterwards(
    tenant: Tenant, admin: User, account: BankAccount, old: Account, written
) -> None:
    tie(account, CASH, Entries.MOVE, admin)

    archive_account(old)
    assert account_of(tenant, old.code).is_archived


def test_the_tie_is_in_the_audit(
    tenant: Tenant, admin: User, account: BankAccount, old: Account, written
) -> None:
    tie(account, CASH, Entries.STAY, admin)

    (told,) = audit_of(tenant)
    assert (told.act, told.by, told.on_id) == (Act.LEAF_TIED, admin, account.id)
    assert told.before == {"Conta do Ativo": str(old)}
    assert told.after == {
        "Conta do Ativo": "1.1.1.01 Caixa",
        "Lançamentos": "3 ficaram na anterior, com saldo de R$ −600,00",
    }


def test_many_entries_take_a_bounded_number_of_queries(
    tenant: Tenant, admin: User, account: BankAccount, old: Account, django_assert_max_num_queries
) -> None:
    rent = account_of(tenant, "5.2.01")
    for _ in range(60):
        lines = [(rent, Decimal(1)), (old, Decimal(-1))]
        post_entry(tenant, date=DAYS[0], memo="Aluguel", lines=lines)

    with django_assert_max_num_queries(30):
        assert tie(account, CASH, Entries.MOVE, admin) == 60


# --- What is refused ----------------------------------------------------------------------


def test_a_leaf_that_already_has_a_bank_account_is_refused(
    tenant: Tenant, admin: User, account: BankAccount
) -> None:
    other = make_bank_account(tenant, preferred=False)

    with pytest.raises(InvalidInput, match="já é a Conta do Ativo"):
        tie(account, other.ledger_account.code, Entries.STAY, admin)


@pytest.mark.parametrize("code", ["5.2.01", "2.1.1.01"])
def test_a_leaf_that_is_no_asset_is_refused(admin: User, account: BankAccount, code: str) -> None:
    with pytest.raises(InvalidInput, match="não é do ativo"):
        tie(account, code, Entries.STAY, admin)


def test_an_archived_leaf_is_refused(tenant: Tenant, admin: User, account: BankAccount) -> None:
    archive_account(account_of(tenant, CASH))

    with pytest.raises(InvalidInput, match="arquivada"):
        tie(account, CASH, Entries.STAY, admin)


def test_a_tie_that_changed_since_it_was_seen_is_told(
    tenant: Tenant, admin: User, account: BankAccount, old: Account
) -> None:
    tie(account, CASH, Entries.STAY, admin)

    with pytest.raises(InvalidInput, match=r"agora é «1\.1\.1\.01 Caixa»"):
        tie(account, "1.1.1.02", Entries.STAY, admin, seen=old.id)
    assert reread(account).ledger_account_id == account_of(tenant, CASH).id


def test_entries_with_an_archived_account_are_not_moved_and_nothing_changes(
    tenant: Tenant, admin: User, account: BankAccount, old: Account, written
) -> None:
    rent = account_of(tenant, "5.2.01")
    lines = [(account_of(tenant, "5.2.02"), Decimal(600)), (rent, Decimal(-600))]
    post_entry(tenant, date=DAYS[2], memo="Era energia", lines=lines)
    archive_account(rent)

    with pytest.raises(InvalidInput, match="Reative-a") as refused:
        tie(account, CASH, Entries.MOVE, admin)

    assert refused.value.field == "entries"
    assert reread(account).ledger_account_id == old.id
    assert sums(tenant, old) == [-600]


# --- At the same time ---------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_an_entry_that_is_being_written_is_moved_too(
    tenant: Tenant, admin: User, account: BankAccount, old: Account
) -> None:
    written, go_on = Event(), Event()

    def pay() -> None:
        with tenant_scope(tenant.id):
            leaf = hold_leaf(account)
            lines = [(account_of(tenant, "5.2.01"), Decimal(70)), (leaf, Decimal(-70))]
            post_entry(tenant, date=DAYS[0], memo="Aluguel", lines=lines)
            written.set()
            assert go_on.wait(10)
        connection.close()

    def move() -> int:
        assert written.wait(10)
        moved = tie(account, CASH, Entries.MOVE, admin)
        connection.close()
        return moved

    with ThreadPoolExecutor(2) as pool:
        paying, moving = pool.submit(pay), pool.submit(move)
        assert written.wait(10)
        go_on.set()
        paying.result()
        assert moving.result() == 1
    assert sums(tenant, old, account_of(tenant, CASH)) == [0, -70]


@pytest.mark.django_db(transaction=True)
def test_two_accounts_wanting_one_leaf_at_once_share_it_not(tenant: Tenant, admin: User) -> None:
    accounts = [make_bank_account(tenant), make_bank_account(tenant, preferred=False)]

    def one(account: BankAccount) -> str:
        try:
            tie(account, CASH, Entries.STAY, admin)
        except InvalidInput as error:
            return str(error)
        finally:
            connection.close()
        return ""

    with ThreadPoolExecutor(2) as pool:
        told = sorted(pool.map(one, accounts))

    assert told == ["", "«1.1.1.01 Caixa» já é a Conta do Ativo de uma conta bancária."]


# --- The page -----------------------------------------------------------------------------


@pytest.fixture
def as_admin(client: Client, admin: User, tenant: Tenant) -> Client:
    sign_in(client, admin, tenant)
    return client


def address(account: BankAccount) -> str:
    return reverse("integrations:ledger_account", args=[account.id])


def words(response) -> str:
    return " ".join(response.content.decode().replace("\u00a0", " ").split())


def test_the_page_says_what_each_choice_does_in_numbers(
    as_admin: Client, account: BankAccount, written
) -> None:
    page = words(as_admin.get(address(account)))

    leaf = account.ledger_account
    assert f"3 lançamentos e o saldo de −R$ 600,00 ficam em {leaf}" in page
    assert "3 lançamentos são estornados e lançados de novo na conta nova" in page
    assert "1.1.1.01 Caixa · saldo R$ 0,00" in page
    assert "5.2.01" not in page


def test_the_admin_ties_it_and_is_told(
    as_admin: Client, tenant: Tenant, account: BankAccount, written
) -> None:
    cash = account_of(tenant, CASH)
    typed = {"leaf": cash.id, "entries": "move", "seen": account.ledger_account_id}
    answer = as_admin.post(address(account), typed, follow=True)

    assert f"A Conta do Ativo de {account} agora é 1.1.1.01 Caixa." in words(answer)
    assert "3 lançamentos mudaram junto." in words(answer)


@pytest.mark.parametrize("person", ["operator", "approver", "reader"])
def test_only_admins_tie(
    client: Client,
    tenant: Tenant,
    account: BankAccount,
    person: str,
    request: pytest.FixtureRequest,
) -> None:
    sign_in(client, request.getfixturevalue(person), tenant)

    assert client.get(address(account)).status_code == 403
    page = client.get(reverse("integrations:account", args=[account.id]))
    assert address(account) not in page.content.decode()


def test_a_leaf_of_another_company_or_a_group_is_no_choice(
    as_admin: Client, tenant: Tenant, other_tenant: Tenant, account: BankAccount
) -> None:
    group = account.ledger_account.group_id
    for leaf in (account_of(other_tenant, CASH).id, group, account.ledger_account_id):
        typed = {"leaf": leaf, "entries": "stay", "seen": account.ledger_account_id}
        answer = as_admin.post(address(account), typed)
        assert answer.status_code == 422
        assert answer.context["form"].errors["leaf"] == [
            "Escolha uma conta do ativo desta empresa, em uso e sem banco."
        ]


def test_what_is_missing_is_told_at_its_place_and_the_rest_kept(
    as_admin: Client, tenant: Tenant, account: BankAccount
) -> None:
    cash = account_of(tenant, CASH)
    answer = as_admin.post(address(account), {"leaf": cash.id})

    assert answer.status_code == 422
    assert "Escolha o que acontece com os lançamentos." in words(answer)
    assert f'<option value="{cash.id}" selected>' in words(answer)


def test_the_effect_counts_what_stands(tenant: Tenant, account: BankAccount, written) -> None:
    reverse_entry(written[0], by=None, date=DAYS[2], why="em dobro")

    with tenant_scope(tenant.id):
        effect = effect_of_tying(account)
    assert (effect.entries, effect.balance) == (2, Decimal(-500))
