"""The opening balance of an account: one, whatever is done at once or again."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.chart.setup import open_bank_account_leaf
from accounts.journal.entries import reverse_by_hand, reverse_entry
from accounts.models import Account, AccountPurpose, JournalEntry, JournalLine
from audit.acts import Act
from banking.bank_accounts.ledger_account import Entries, tie_account
from banking.models import BankAccount
from banking.statements.allocation import NotFree
from core.clock import database_now
from core.errors import Changed, InvalidInput, InvalidState, NotAllowed
from reconciliation.models import OpeningBalance
from reconciliation.position.opening import (
    Effect,
    effect_of_opening,
    post_opening,
    put_off_opening,
    standing_opening,
    waiting_before,
)
from tenants.models import Membership, Role, Tenant, User
from tenants.scope import tenant_scope
from tests.audit.reading import audit_of
from tests.banking.factories import (
    change,
    make_account,
    make_daily_balance,
    make_line,
    reread,
)
from tests.reconciliation.books import BEFORE, FIRST, join, member, position, post, posted

pytestmark = pytest.mark.django_db
ONE_DAY = dt.timedelta(days=1)


@pytest.fixture
def account(tenant: Tenant, admin: User) -> BankAccount:
    account = make_account(tenant, admin)
    make_daily_balance(account, BEFORE, "1000.00")
    return account


@pytest.fixture
def by(tenant: Tenant) -> Membership:
    return member(tenant)


def open_books(account: BankAccount, by: Membership | None = None, **more) -> OpeningBalance:
    with tenant_scope(account.tenant_id):
        return post_opening(account, by=by, **more)


def lines_of(entry: JournalEntry) -> dict[str, Decimal]:
    """Amount by the purpose of the account; that of a Conta do Ativo is «»."""
    with tenant_scope(entry.tenant_id):
        rows = JournalLine.objects.of(entry.tenant_id).filter(entry=entry)
        return dict(rows.values_list("account__purpose", "amount"))


def in_force(account: BankAccount) -> OpeningBalance | None:
    with tenant_scope(account.tenant_id):
        return standing_opening(account)


def tie(account: BankAccount, leaf: Account, by: Membership) -> None:
    """To another Conta do Ativo; what the former one holds stays there."""
    with tenant_scope(account.tenant_id):
        Account.objects.of(account.tenant_id).filter(id=leaf.id).update(is_bank_leaf=False)
        leaf.refresh_from_db()
        account.refresh_from_db()
        seen = account.ledger_account_id
        tie_account(account, leaf, entries=Entries.STAY, seen=seen, by=by.user)
        account.refresh_from_db()


def new_leaf(tenant: Tenant) -> Account:
    with tenant_scope(tenant.id):
        return open_bank_account_leaf(tenant, name="Outra")


def test_it_is_of_the_day_before_the_first_that_was_read(account, by) -> None:
    opening = open_books(account, by)

    assert (opening.day, opening.amount) == (BEFORE, Decimal(1000))
    assert opening.entry.date == BEFORE
    assert lines_of(opening.entry) == {"": Decimal(1000), AccountPurpose.OPENING: Decimal(-1000)}


def test_a_negative_balance_is_opened_too(tenant, admin, by) -> None:
    overdrawn = make_account(tenant, admin)
    make_daily_balance(overdrawn, BEFORE, "-30.00")

    assert lines_of(open_books(overdrawn, by).entry)[""] == Decimal(-30)


def test_what_the_conta_do_ativo_holds_is_taken_in(account, by) -> None:
    post(account, "400.00", BEFORE)

    opening = open_books(account, by)

    assert lines_of(opening.entry)[""] == Decimal(600)
    assert position(account, FIRST).is_zero


def test_there_is_no_entry_when_the_books_hold_what_the_bank_does(account, by) -> None:
    post(account, "1000.00", BEFORE)

    assert open_books(account, by).entry is None
    assert position(account, FIRST).is_zero


def test_a_marked_entry_waits_for_its_line(account, by) -> None:
    entry = post(account, "-400.00", BEFORE)

    opening = open_books(account, by, marked=[posted(account, entry).id])

    assert lines_of(opening.entry)[""] == Decimal(1000)
    assert position(account, FIRST).without_line.amount == Decimal(-400)
    join(account, make_line(account, "-400.00", FIRST), entry)
    assert position(account, FIRST).is_zero


def test_no_line_stands_for_what_was_taken_in(account, by) -> None:
    entry = post(account, "-400.00", BEFORE)
    open_books(account, by)
    line = make_line(account, "-400.00", FIRST)

    with pytest.raises(NotFree) as refused:
        join(account, line, entry)

    assert refused.value.code == "allocation_absorbed"


def test_an_entry_of_those_days_that_comes_later_waits_for_a_line(account, by) -> None:
    open_books(account, by)

    post(account, "25.00", BEFORE)

    assert position(account, FIRST).without_line.amount == Decimal(25)


def test_without_a_stated_opening_it_is_the_closing_less_what_moved(tenant, admin, by) -> None:
    other = make_account(tenant, admin)
    make_line(other, "50.00", FIRST)
    make_daily_balance(other, FIRST + ONE_DAY, "300.00")

    opening = open_books(other, by)

    assert (opening.day, opening.amount) == (BEFORE, Decimal(250))


def test_without_any_balance_it_is_asked(tenant, admin, by) -> None:
    other = make_account(tenant, admin)
    make_line(other, "50.00", FIRST)

    with pytest.raises(InvalidInput) as refused:
        open_books(other, by)
    assert refused.value.field == "amount"

    assert open_books(other, by, amount=Decimal(70)).amount == Decimal(70)


def test_what_the_bank_states_counts_whatever_was_typed(account, by) -> None:
    assert open_books(account, by, amount=Decimal(5)).amount == Decimal(1000)


def test_what_is_shown_is_what_is_written_whatever_the_books_hold(
    account, by, tenant, admin
) -> None:
    post(account, "400.00", BEFORE)
    post(make_account(tenant, admin), "5.00", BEFORE)
    post(account, "9.00", FIRST)
    waits = posted(account, post(account, "-7.00", BEFORE)).id
    in_part = post(account, "-30.00", BEFORE)
    join(account, make_line(account, "-10.00", FIRST), in_part)
    for day in (BEFORE, FIRST):
        gone = post(account, "60.00", BEFORE)
        with tenant_scope(tenant.id):
            reverse_entry(gone, by=by.user, date=day, why="Engano")
    with tenant_scope(tenant.id):
        shown = effect_of_opening(account, marked=[waits])

    opening = open_books(account, by, marked=[waits], seen=shown.entry_amount)

    assert (shown.held, shown.marked) == (Decimal(400), Decimal(-7))
    assert lines_of(opening.entry)[""] == Decimal(600)
    found = position(account, FIRST)
    assert found.difference == found.explained
    assert found.without_line.amount == Decimal(-7 - 20 + 9)


def test_nothing_is_opened_before_something_was_read(tenant, admin, by) -> None:
    with pytest.raises(InvalidState):
        open_books(make_account(tenant, admin), by)


def test_older_days_move_it_back(account, by) -> None:
    former = open_books(account, by)
    make_line(account, "100.00", FIRST - 5 * ONE_DAY)
    with tenant_scope(account.tenant_id):
        effect = effect_of_opening(account)

    again = open_books(account, by)

    assert (effect.day, effect.entry_amount) == (FIRST - 6 * ONE_DAY, Decimal(900))
    assert (again.day, again.amount) == (FIRST - 6 * ONE_DAY, Decimal(900))
    assert reread(former).ended_at is not None
    found = position(account, FIRST)
    assert (found.to_reconcile.amount, found.without_line.number) == (Decimal(100), 0)
    assert found.difference == found.explained


def test_one_without_an_entry_is_moved_back_too(account, by) -> None:
    """What the books held waits for the lines of the days that came."""
    post(account, "1000.00", BEFORE)
    former = open_books(account, by)
    make_line(account, "100.00", FIRST - 5 * ONE_DAY)

    again = open_books(account, by)

    assert (reread(former).ended_at is not None, in_force(account)) == (True, again)
    found = position(account, FIRST)
    assert (found.to_reconcile.amount, found.without_line.amount) == (Decimal(100), Decimal(1000))
    assert found.difference == found.explained


def test_on_another_conta_do_ativo_it_is_written_again(account, by, tenant) -> None:
    former = open_books(account, by)
    tie(account, new_leaf(tenant), by)

    again = open_books(account, by)

    assert reread(former).ended_at is not None
    assert again.ledger_account_id == reread(account).ledger_account_id
    assert position(account, FIRST).is_zero


def effect(account: BankAccount) -> Effect:
    with tenant_scope(account.tenant_id):
        return effect_of_opening(account)


def test_days_without_a_balance_are_told_before_it_follows_from_them(account, by) -> None:
    open_books(account, by)
    make_line(account, "100.00", FIRST - 5 * ONE_DAY)
    make_line(account, "-30.00", FIRST - 3 * ONE_DAY)
    make_line(account, "7.00", FIRST)

    told = effect(account).unproved

    assert (told.number, told.amount) == (2, Decimal(70))
    assert (told.since, told.until) == (FIRST - 5 * ONE_DAY, FIRST - 3 * ONE_DAY)
    open_books(account, by)
    kept = audit_of(account.tenant, Act.OPENING_POSTED)[-1]
    assert told.words in kept.after.values()
    assert kept.before


def test_what_came_on_the_day_of_the_former_one_is_told_too(account, by) -> None:
    open_books(account, by)
    make_line(account, "-30.00", BEFORE)

    assert effect(account).unproved.number == 1


def test_where_no_balance_is_known_at_all_they_are_told_too(tenant, admin, by) -> None:
    other = make_account(tenant, admin)
    make_line(other, "50.00", FIRST)
    assert effect(other).unproved.number == 0  # the balance is asked
    open_books(other, by, amount=Decimal(70))
    make_line(other, "30.00", FIRST - 5 * ONE_DAY)
    make_line(other, "5.00", BEFORE)
    make_line(make_account(tenant, admin), "11.00", BEFORE)

    again = effect(other)

    assert (again.amount, again.unproved.number) == (Decimal(35), 2)
    assert open_books(other, by, amount=Decimal(33)).amount == Decimal(33)


def test_days_of_which_the_bank_tells_the_balance_are_proved(tenant, admin) -> None:
    other = make_account(tenant, admin)
    make_line(other, "50.00", FIRST)
    make_daily_balance(other, FIRST, "300.00")
    make_line(other, "20.00", FIRST + ONE_DAY)

    assert effect(other).unproved.number == 0


def test_older_days_of_which_the_bank_tells_the_balance_are_proved_too(tenant, admin, by) -> None:
    other = make_account(tenant, admin)
    make_line(other, "50.00", FIRST)
    open_books(other, by, amount=Decimal(70))
    make_line(other, "30.00", FIRST - 5 * ONE_DAY)
    make_daily_balance(other, FIRST - 5 * ONE_DAY, "70.00")

    assert effect(other).unproved.number == 0


def test_what_waited_goes_on_waiting_when_it_is_moved_back(account, by) -> None:
    post(account, "25.00", FIRST - 9 * ONE_DAY)
    entry = post(account, "-400.00", FIRST - 9 * ONE_DAY)
    open_books(account, by, marked=[posted(account, entry).id])
    make_line(account, "100.00", FIRST - 5 * ONE_DAY)
    with tenant_scope(account.tenant_id):
        marked = waiting_before(account)

    assert marked == {posted(account, entry).id}
    open_books(account, by, marked=marked)

    assert position(account, FIRST).without_line.amount == Decimal(-400)


def test_what_is_shown_is_what_is_written_when_it_is_moved_back(account, by, tenant) -> None:
    """What it had taken in was reversed since."""
    entry = post(account, "40.00", FIRST - 9 * ONE_DAY)
    open_books(account, by)
    with tenant_scope(tenant.id):
        reverse_entry(entry, by=by.user, date=FIRST - 8 * ONE_DAY, why="Engano")
    make_line(account, "100.00", FIRST - 5 * ONE_DAY)
    shown = effect(account).entry_amount

    open_books(account, by, seen=shown)

    assert shown == Decimal(900)
    found = position(account, FIRST)
    assert found.difference == found.explained


def test_it_stays_where_its_first_days_are_gone(tenant, admin, by) -> None:
    other = make_account(tenant, admin)
    gone = make_line(other, "30.00", FIRST - 5 * ONE_DAY, is_from_file=True)
    make_line(other, "50.00", FIRST)
    opening = open_books(other, by, amount=Decimal(70))
    change(gone, withdrawn_at=database_now())

    assert open_books(other, by) == opening


def test_that_of_another_account_stays(account, by, tenant, admin) -> None:
    other = make_account(tenant, admin)
    make_daily_balance(other, BEFORE, "300.00")
    theirs = open_books(other, by)

    mine = open_books(account, by)

    assert (in_force(other), in_force(account)) == (theirs, mine)


def test_the_same_again_changes_nothing(account, by) -> None:
    first = open_books(account, by)

    assert open_books(account, by) == first


def test_reversed_by_hand_it_is_gone_and_offered_again(account, by) -> None:
    entry = post(account, "-400.00", BEFORE)
    opening = open_books(account, by)
    reverse_by_hand(opening.entry, by=by.user, date=FIRST, why="valor errado")

    assert in_force(account) is None
    join(account, make_line(account, "-400.00", FIRST), entry)
    again = open_books(account, by)
    assert again.entry != opening.entry
    found = position(account, FIRST)
    assert found.without_line.number == 0
    assert found.difference == found.explained == 0


def test_another_amount_than_was_seen_is_not_written(account, by) -> None:
    with tenant_scope(account.tenant_id):
        seen = effect_of_opening(account).entry_amount
    post(account, "10.00", BEFORE)

    with pytest.raises(Changed):
        open_books(account, by, seen=seen)

    assert in_force(account) is None


def test_it_is_on_record(account, by) -> None:
    opening = open_books(account, by)

    (kept,) = audit_of(account.tenant, Act.OPENING_POSTED)
    assert (kept.on_id, kept.by) == (opening.id, by.user)


@pytest.mark.parametrize("role", [Role.APPROVER, Role.READER])
def test_who_does_not_work_on_the_statement_writes_none(account, tenant, role) -> None:
    person = member(tenant, role)

    with pytest.raises(NotAllowed):
        open_books(account, person)
    with pytest.raises(NotAllowed):
        put_off_opening(account, by=person)


def test_not_now_is_remembered(account, by) -> None:
    put_off_opening(account, by=by)
    put_off_opening(account, by=by)

    assert position(account, FIRST).is_put_off
    open_books(account, by)
    assert not position(account, FIRST).is_put_off


def test_the_database_keeps_one(account, by) -> None:
    opening = open_books(account, by)

    with pytest.raises(IntegrityError), tenant_scope(account.tenant_id), transaction.atomic():
        OpeningBalance.objects.create(
            tenant_id=account.tenant_id,
            bank_account=account,
            ledger_account_id=account.ledger_account_id,
            day=opening.day,
            amount=opening.amount,
        )


@pytest.mark.parametrize("held", ["0.00", "1000.00"])
def test_what_another_account_has_taken_in_since_stays_so(tenant, admin, account, by, held) -> None:
    """Its Conta do Ativo is another account's by now, and its own is written on a new one."""
    if Decimal(held):  # no entry is needed
        post(account, held, BEFORE)
    open_books(account, by)
    with tenant_scope(tenant.id):
        former = account.ledger_account
    tie(account, new_leaf(tenant), by)
    other = make_account(tenant, admin)
    make_daily_balance(other, BEFORE, "300.00")
    tie(other, former, by)
    open_books(other, by)

    open_books(account, by)

    for each in (account, other):
        at = position(each, FIRST)
        assert at.difference == at.explained


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_is_written(account, by) -> None:
    def write(_: int) -> str:
        try:
            with tenant_scope(account.tenant_id):
                mine = BankAccount.objects.of(account.tenant_id).get(id=account.id)
            return str(open_books(mine, by).id)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as people:
        written = set(people.map(write, range(2)))

    assert len(written) == 1
