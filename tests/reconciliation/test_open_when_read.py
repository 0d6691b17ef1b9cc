"""The opening balance that the product writes by itself, at the first statement of an account."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from pytest_django import Settings

from accounts.chart.setup import open_bank_account_leaf
from accounts.journal.entries import balances, reverse_by_hand
from accounts.models import Account, AccountPurpose, ClassificationGroup
from audit.acts import Act
from banking.bank_accounts.ledger_account import Entries, tie_account
from banking.connections.complete import open_connection
from banking.connections.disconnect import undo_connection
from banking.models import BankAccount, Connection
from banking.statements.sync import sync_account
from reconciliation.models import OpeningBalance, OpeningByPerson
from reconciliation.position.open_when_read import may_take_opening_back, open_when_read
from reconciliation.position.opening import post_opening, put_off_opening, standing_opening
from tenants.models import Membership, Tenant, User
from tenants.scope import tenant_scope
from tests.audit.reading import audit_of
from tests.banking.conftest import NOW
from tests.banking.factories import (
    change,
    granted,
    make_account,
    make_connection,
    make_daily_balance,
    reread,
)
from tests.banking.imports.making import applied, csv, make_other, ofx, undone
from tests.cora_simulator import CoraSimulator
from tests.payments.at_most_once.side_by_side import at_once
from tests.people.factories import membership_of
from tests.reconciliation.books import BEFORE, FIRST, member, position, post

calls_banks = pytest.mark.django_db(transaction=True)
PROVED, BROKEN = BankAccount.Proof.PROVED, BankAccount.Proof.BROKEN
TODAY = NOW.date()
READ_BACK = timedelta(days=90)


@pytest.fixture
def read(tenant: Tenant, admin: User) -> BankAccount:
    """An account of which a proved statement is here, and nothing was done about it."""
    account = make_account(tenant, admin, proof=PROVED)
    make_daily_balance(account, BEFORE, "1000.00")
    return account


@pytest.fixture
def by(tenant: Tenant, operator: User) -> Membership:
    return membership_of(tenant, operator)


@pytest.fixture
def other(tenant: Tenant, by: Membership) -> BankAccount:
    """At a bank without an integration."""
    return make_other(tenant, by)


def tell(account: BankAccount) -> None:
    with tenant_scope(account.tenant_id):
        open_when_read(BankAccount.objects.of(account.tenant_id).get(id=account.id))


def openings(account: BankAccount) -> list[OpeningBalance]:
    """All that were written, whether they stand or not."""
    with tenant_scope(account.tenant_id):
        rows = OpeningBalance.objects.of(account.tenant_id).filter(bank_account=account)
        return list(rows.select_related("entry").order_by("created_at", "id"))


def in_force(account: BankAccount) -> OpeningBalance | None:
    with tenant_scope(account.tenant_id):
        return standing_opening(account)


def booked(account: BankAccount) -> Decimal:
    with tenant_scope(account.tenant_id):
        leaf = reread(account).ledger_account
        return balances(account.tenant_id, [leaf])[leaf.id]


def sync(account: BankAccount) -> None:
    assert sync_account(account.tenant_id, account.id) is not None


# --- The first statement -------------------------------------------------------------------


@calls_banks
def test_the_first_sync_opens_the_books_with_the_banks_opening(
    account: BankAccount, cora: CoraSimulator
) -> None:
    sync(account)

    (opening,) = openings(account)
    assert opening.day < TODAY - READ_BACK + timedelta(days=1)
    assert opening.created_by is None
    found = position(account, TODAY)
    assert (found.unopened, found.unproved.amount) == (0, 0)
    assert found.bank == reread(account).balance
    assert found.difference == found.to_reconcile.amount
    assert booked(account) == opening.amount


@calls_banks
def test_later_syncs_write_no_other(account: BankAccount, cora: CoraSimulator, monday) -> None:
    sync(account)
    monday.shift(timedelta(days=1))
    cora.advance(timedelta(days=1).total_seconds())
    cora.credit(12_345)

    sync(account)

    assert len(openings(account)) == 1


@calls_banks
def test_a_worker_that_died_before_it_leaves_it_to_the_next_sync(
    account: BankAccount, settings: Settings
) -> None:
    told, settings.ON_STATEMENT_READ = settings.ON_STATEMENT_READ, ()
    sync(account)
    assert openings(account) == []
    settings.ON_STATEMENT_READ = told

    sync(account)

    assert len(openings(account)) == 1


@calls_banks
def test_of_workers_at_the_same_moment_one_writes_it(tenant: Tenant, admin: User) -> None:
    account = make_account(tenant, admin, proof=PROVED)
    make_daily_balance(account, BEFORE, "1000.00")

    assert at_once(lambda: tell(account), people=4) == [None] * 4

    assert len(openings(account)) == 1
    assert booked(account) == Decimal(1000)


@calls_banks
def test_a_vinculo_that_is_redone_opens_nothing_again(
    account: BankAccount, tenant: Tenant, admin: User, cora: CoraSimulator
) -> None:
    sync(account)
    with tenant_scope(tenant.id):
        undo_connection(account, tenant, by=admin, typed=tenant.name)
    redone = make_connection(tenant, admin, grant=granted(cora), status=Connection.Status.OPENING)
    assert open_connection(tenant.id, redone.id) == account

    sync(account)

    assert len(openings(account)) == 1


@calls_banks
def test_a_statement_that_is_not_proved_waits_until_it_is(
    account: BankAccount, cora: CoraSimulator
) -> None:
    odd = {"type": "DEBIT", "kind": "FEE", "amount": 990, "day": "2026-11-20"}
    (unread,) = cora.add_entries([{**odd, "odd": {"type": "BLOCK"}}])["ids"]
    sync(account)
    assert reread(account).proof == BROKEN
    assert openings(account) == []
    cora.tell_entry(unread)

    sync(account)

    assert reread(account).proof == PROVED
    assert len(openings(account)) == 1


# --- Whom it is left to --------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("proof", [BROKEN, BankAccount.Proof.UNKNOWN])
def test_what_no_bank_proved_is_not_opened(read: BankAccount, proof: str) -> None:
    change(read, proof=proof)

    tell(read)

    assert openings(read) == []


@pytest.mark.django_db
def test_an_account_that_was_read_before_is_only_offered_it(
    read: BankAccount, tenant: Tenant
) -> None:
    with tenant_scope(tenant.id):
        OpeningByPerson.objects.create(tenant=tenant, bank_account=read)

    tell(read)

    assert openings(read) == []


@pytest.mark.django_db
def test_who_said_not_now_is_believed(read: BankAccount, tenant: Tenant) -> None:
    put_off_opening(read, by=member(tenant))

    tell(read)

    assert openings(read) == []


@pytest.mark.django_db
@pytest.mark.parametrize("amounts", [("10.00",), ("10.00", "-10.00")])
def test_entries_of_before_are_a_persons_question(
    read: BankAccount, amounts: tuple[str, ...]
) -> None:
    for amount in amounts:
        post(read, amount, BEFORE)

    tell(read)

    assert openings(read) == []


@pytest.mark.django_db
def test_one_that_a_person_reversed_does_not_come_back(read: BankAccount, operator: User) -> None:
    tell(read)
    (opening,) = openings(read)
    reverse_by_hand(opening.entry, by=operator, date=FIRST, why="valor errado")

    tell(read)

    assert in_force(read) is None


@pytest.mark.django_db
def test_entries_that_stay_on_a_former_conta_do_ativo_are_a_persons_question(
    read: BankAccount, tenant: Tenant, admin: User
) -> None:
    tell(read)
    with tenant_scope(tenant.id):
        leaf = open_bank_account_leaf(tenant, name="Outra")
        type(leaf).objects.of(tenant).filter(id=leaf.id).update(is_bank_leaf=False)
        leaf.refresh_from_db()
        tie_account(read, leaf, entries=Entries.STAY, seen=read.ledger_account_id, by=admin)

    tell(read)

    assert len(openings(read)) == 1


@pytest.mark.django_db
def test_a_zero_balance_makes_no_entry(tenant: Tenant, admin: User) -> None:
    empty = make_account(tenant, admin, proof=PROVED)
    make_daily_balance(empty, BEFORE, "0.00")

    tell(empty)

    (opening,) = openings(empty)
    assert opening.entry is None


@pytest.mark.django_db
def test_a_chart_that_has_no_place_for_it_leaves_it_to_be_offered(
    read: BankAccount, tenant: Tenant
) -> None:
    with tenant_scope(tenant.id):
        now = {"archived_at": NOW}
        opening = Account.objects.of(tenant).filter(purpose=AccountPurpose.OPENING)
        nature = opening.get().group.nature
        opening.update(purpose="", **now)
        ClassificationGroup.objects.of(tenant).filter(nature=nature).update(**now)

    tell(read)

    assert openings(read) == []


# --- Files ---------------------------------------------------------------------------------


def november(*rows: tuple[str, str, str], closing: str) -> bytes:
    return ofx(*rows, closing=closing, on=rows[-1][0].replace("-", ""))


ROWS = (("2026-11-10", "-100.00", "TARIFA"), ("2026-11-12", "50.00", "PIX"))
ONE = november(*ROWS, closing="950.00")
LATER = november(("2026-11-16", "30.00", "PIX"), closing="980.00")


@calls_banks
def test_a_file_with_a_balance_opens_the_books(other: BankAccount, by, monday) -> None:
    applied(other, ONE, by)

    (opening,) = openings(other)
    assert (opening.day, opening.amount) == (date(2026, 11, 9), Decimal(1000))


@calls_banks
def test_without_any_balance_it_is_asked(other: BankAccount, by, monday) -> None:
    applied(other, csv(("2026-11-10", "-100.00", "TARIFA")), by)

    assert openings(other) == []


@calls_banks
def test_days_without_a_balance_before_the_files_are_a_persons_question(
    other: BankAccount, by, monday
) -> None:
    applied(other, csv(("2026-11-03", "-9.00", "TARIFA")), by)

    applied(other, ONE, by)

    assert openings(other) == []


@calls_banks
def test_the_same_days_told_with_a_balance_open_the_books(other: BankAccount, by, monday) -> None:
    applied(other, csv(("2026-11-10", "-100.00", "TARIFA")), by)

    applied(other, ONE, by)

    (opening,) = openings(other)
    assert opening.amount == Decimal(1000)


@calls_banks
def test_undoing_the_file_takes_it_back(other: BankAccount, by, monday) -> None:
    file = applied(other, ONE, by)

    undone(file, by)

    assert in_force(other) is None
    assert booked(other) == 0
    assert [bool(each.before) for each in audit_of(other.tenant, Act.OPENING_POSTED)] == [
        False, True,
    ]  # fmt: skip


@calls_banks
def test_a_balance_that_nothing_tells_any_more_opens_nothing(
    other: BankAccount, by, monday
) -> None:
    """Its line stays, for another file tells it too."""
    file = applied(other, ONE, by)
    applied(other, csv(*ROWS), by)

    undone(file, by)

    assert in_force(other) is None


@calls_banks
def test_that_undoing_takes_it_back_is_said_before(other: BankAccount, by, monday) -> None:
    first, later = applied(other, ONE, by), applied(other, LATER, by)

    with tenant_scope(other.tenant_id):
        assert may_take_opening_back(first)
        assert not may_take_opening_back(later)


@calls_banks
def test_the_right_file_after_a_wrong_one_opens_the_books_again(
    other: BankAccount, by, monday
) -> None:
    wrong = november(("2026-11-10", "-7.00", "TARIFA"), closing="93.00")
    undone(applied(other, wrong, by), by)

    applied(other, ONE, by)

    opening = in_force(other)
    assert opening is not None
    assert booked(other) == opening.amount == Decimal(1000)


@calls_banks
def test_undoing_one_of_two_opens_the_books_before_the_other(
    other: BankAccount, by, monday
) -> None:
    first = applied(other, ONE, by)
    applied(other, LATER, by)

    undone(first, by)

    opening = in_force(other)
    assert opening is not None
    assert (opening.day, opening.amount) == (date(2026, 11, 15), Decimal(950))
    assert position(other, TODAY).unproved.amount == 0


@calls_banks
def test_undoing_the_later_of_two_changes_nothing(other: BankAccount, by, monday) -> None:
    applied(other, ONE, by)
    second = applied(other, LATER, by)

    undone(second, by)

    assert len(openings(other)) == 1


@calls_banks
def test_what_a_person_wrote_stays_when_the_file_is_undone(
    other: BankAccount, by, monday, settings: Settings
) -> None:
    settings.ON_STATEMENT_READ = ()
    file = applied(other, ONE, by)
    with tenant_scope(other.tenant_id):
        written = post_opening(other, by=by)

    undone(file, by)

    assert in_force(other) == written
