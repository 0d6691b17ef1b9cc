"""Bank less books is what the differences say, on every day, to the centavo."""

import contextlib
import datetime as dt
import random
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from django.db import connection
from django.db.models import Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.chart.setup import open_bank_account_leaf
from accounts.journal.entries import redate_entry, reverse_entry
from accounts.models import JournalEntry
from banking.bank_accounts.ledger_account import Entries, tie_account
from banking.models import Allocation, BalanceStep, BankAccount
from banking.statements.allocation import NotFree, undo_allocation
from core.errors import InvalidInput, InvalidState
from reconciliation.matches.ignore import ignore
from reconciliation.position.bar import Stretch, bar_of
from reconciliation.position.lists import lines_page
from reconciliation.position.opening import effect_of_opening, post_opening, waiting_before
from reconciliation.position.position import Part
from tenants.models import Membership, Role, Tenant, User
from tenants.scope import tenant_scope
from tests.banking.factories import change, make_account, make_daily_balance, make_line, make_lines
from tests.cast import make_member, make_tenant
from tests.examples import examples
from tests.reconciliation.books import BEFORE, FIRST, join, member, position, post

pytestmark = pytest.mark.django_db
ONE_DAY = dt.timedelta(days=1)


@pytest.fixture
def account(tenant: Tenant, admin: User) -> BankAccount:
    account = make_account(tenant, admin)
    make_daily_balance(account, BEFORE, "1000.00")
    return account


@pytest.fixture
def opened(account: BankAccount) -> BankAccount:
    with tenant_scope(account.tenant_id):
        post_opening(account, by=None)
    return account


def test_an_account_that_agrees_is_zero(opened: BankAccount) -> None:
    found = position(opened, FIRST)

    assert (found.bank, found.books) == (Decimal(1000), Decimal(1000))
    assert found.is_zero


def test_what_is_ignored_stands_in_a_column_of_its_own(opened: BankAccount) -> None:
    """A line whole, and what is left of another."""
    whole, part = make_line(opened, "-10.00", FIRST), make_line(opened, "150.00", FIRST)
    make_line(opened, "7.00", FIRST)
    join(opened, part, post(opened, "100.00"))
    by = member(opened.tenant)
    with tenant_scope(opened.tenant_id):
        for line in (whole, part):
            ignore(line.id, by=by, why="Fora da contabilidade")

    found = position(opened, FIRST)

    assert (found.ignored, found.to_reconcile) == (Part(Decimal(40), 2), Part(Decimal(7), 1))
    assert found.explained == found.difference
    with tenant_scope(opened.tenant_id):
        assert [row.amount for row in lines_page(found, "").rows] == [Decimal(7)]


def test_what_was_withdrawn_counts_in_no_day(opened: BankAccount) -> None:
    before = position(opened, FIRST)
    line = make_line(opened, "150.00", FIRST, is_from_file=True)

    change(line, withdrawn_at=dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC))

    after = position(opened, FIRST)
    assert (after.bank, after.to_reconcile) == (before.bank, before.to_reconcile)
    assert after.is_zero


def test_a_line_of_which_a_part_stands_for_nothing_is_to_reconcile(opened: BankAccount) -> None:
    line = make_line(opened, "150.00", FIRST)
    join(opened, line, post(opened, "100.00"))

    assert position(opened, FIRST).to_reconcile == Part(Decimal(50), 1)


def test_an_entry_for_which_no_line_stands_waits_for_one(opened: BankAccount) -> None:
    post(opened, "-70.00")

    found = position(opened, FIRST)

    assert found.without_line == Part(Decimal(-70), 1)
    assert found.difference == found.explained == Decimal(70)


def test_what_was_reversed_waits_until_its_reversal(opened: BankAccount) -> None:
    entry = post(opened, "-70.00")
    reverse_entry(entry, by=None, date=FIRST + 2 * ONE_DAY, why="engano")

    assert position(opened, FIRST + ONE_DAY).without_line == Part(Decimal(-70), 1)
    assert position(opened, FIRST + 2 * ONE_DAY).without_line == Part()


def test_a_line_of_another_day_than_its_entry_differs_in_between(opened: BankAccount) -> None:
    line = make_line(opened, "80.00", FIRST)
    join(opened, line, post(opened, "80.00", FIRST + 3 * ONE_DAY))

    assert position(opened, FIRST + 2 * ONE_DAY).days_apart == Part(Decimal(80), 1)
    assert position(opened, FIRST + 3 * ONE_DAY).is_zero


def test_an_entry_of_an_earlier_day_than_its_line_differs_the_other_way(
    opened: BankAccount,
) -> None:
    line = make_line(opened, "80.00", FIRST + ONE_DAY)
    join(opened, line, post(opened, "80.00", FIRST))

    assert position(opened, FIRST).days_apart == Part(Decimal(-80), 1)
    assert position(opened, FIRST + ONE_DAY).is_zero


def test_the_bar_gives_each_difference_as_much_as_it_is_of_them_all(opened: BankAccount) -> None:
    assert bar_of(position(opened, FIRST)) == []

    make_line(opened, "-30.00", FIRST)
    post(opened, "10.00")

    assert bar_of(position(opened, FIRST)) == [
        Stretch("linhas", "0.00%", "75.00%"),
        Stretch("lancamentos", "75.00%", "25.00%"),
    ]


def test_parts_that_sum_to_zero_are_not_zero(opened: BankAccount) -> None:
    make_lines(opened, "10.00", "-10.00", day=FIRST)

    found = position(opened, FIRST)

    assert found.difference == 0
    assert not found.is_zero


def test_what_the_bank_has_beyond_its_lines_is_not_proved(opened: BankAccount) -> None:
    change(
        opened, balance=Decimal("1012.00"), balance_at=dt.datetime(2026, 11, 2, 15, tzinfo=dt.UTC)
    )

    assert position(opened, FIRST).unproved == Part(Decimal(12), 0)


def test_a_day_without_a_balance_of_its_own_is_held_against_the_last_one(
    opened: BankAccount,
) -> None:
    make_line(opened, "5.00", FIRST)
    make_daily_balance(opened, FIRST, "1006.00")
    make_line(opened, "7.00", FIRST + ONE_DAY)

    found = position(opened, FIRST + ONE_DAY)

    assert (found.bank, found.unproved.amount) == (Decimal(1013), Decimal(1))


def test_without_an_opening_balance_its_amount_is_named(account: BankAccount) -> None:
    found = position(account, FIRST)

    assert found.unopened == found.difference == found.explained == Decimal(1000)


def test_of_an_account_without_any_balance_the_parts_are_known(tenant, admin) -> None:
    bare = make_account(tenant, admin)
    make_line(bare, "5.00", FIRST)

    found = position(bare, FIRST)

    assert (found.bank, found.to_reconcile) == (None, Part(Decimal(5), 1))


def test_entries_that_stay_on_a_former_leaf_are_part_of_the_difference(
    opened: BankAccount, tenant: Tenant, admin: User
) -> None:
    join(opened, make_line(opened, "80.00", FIRST), post(opened, "80.00"))
    with tenant_scope(tenant.id):
        leaf = open_bank_account_leaf(tenant, name="Outra")
        type(leaf).objects.of(tenant).filter(id=leaf.id).update(is_bank_leaf=False)
        leaf.refresh_from_db()
        seen = opened.ledger_account_id
        tie_account(opened, leaf, entries=Entries.STAY, seen=seen, by=admin)

    found = position(opened, FIRST)

    assert (found.bank, found.books) == (Decimal(1080), Decimal(0))
    assert (found.unopened, found.days_apart) == (Decimal(1000), Part(Decimal(80), 1))


def test_entries_that_move_to_another_leaf_keep_their_lines(
    opened: BankAccount, tenant: Tenant, admin: User
) -> None:
    join(opened, make_line(opened, "80.00", FIRST), post(opened, "80.00"))
    with tenant_scope(tenant.id):
        leaf = open_bank_account_leaf(tenant, name="Outra")
        type(leaf).objects.of(tenant).filter(id=leaf.id).update(is_bank_leaf=False)
        leaf.refresh_from_db()
        seen = opened.ledger_account_id
        tie_account(opened, leaf, entries=Entries.MOVE, seen=seen, by=admin)

    found = position(opened, FIRST)

    assert found.books == Decimal(1080)
    assert found.days_apart == found.to_reconcile == Part()
    assert found.difference == found.explained == 0


# --- Sums ---


def steps(account: BankAccount) -> int:
    with tenant_scope(account.tenant_id):
        return BalanceStep.objects.of(account.tenant_id).filter(owner_id=account.id).count()


def test_many_changes_of_a_day_become_one(opened: BankAccount) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT setseed(0.5)")  # when they do is left to chance

    for _ in range(150):
        make_lines(opened, "1.00", day=FIRST)

    assert steps(opened) < 150
    assert position(opened, FIRST).to_reconcile == Part(Decimal(150), 150)


@pytest.mark.django_db(transaction=True)
def test_of_what_several_do_at_once_nothing_is_lost(tenant: Tenant, admin: User) -> None:
    account = make_account(tenant, admin)
    make_daily_balance(account, BEFORE, "1000.00")
    with tenant_scope(tenant.id):
        post_opening(account, by=None)
    by = member(tenant)
    entries = [post(account, "30.00", FIRST + number * ONE_DAY) for number in range(3)]
    lines = [make_line(account, "30.00", FIRST + number * ONE_DAY) for number in range(3)]

    def work(seed: int) -> None:
        dice = random.Random(seed)
        try:
            for _ in range(15):
                with contextlib.suppress(NotFree, InvalidState):
                    join(account, dice.choice(lines), dice.choice(entries), "10.00")
                with contextlib.suppress(InvalidState), tenant_scope(tenant.id):
                    rows = list(Allocation.objects.of(tenant).standing().order_by("id"))
                    if rows:
                        undo_allocation(dice.choice(rows), by=by)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as people:
        list(people.map(work, range(4)))

    with tenant_scope(tenant.id):
        parts = Allocation.objects.of(tenant).standing()
        used: Decimal = parts.aggregate(sum=Sum("amount"))["sum"] or Decimal(0)
    for number in range(4):
        found = position(account, FIRST + number * ONE_DAY)
        assert found.difference == found.explained
    assert found.to_reconcile.amount == found.without_line.amount == 90 - used


# --- Every day, whatever was done ---

DAYS = [BEFORE + number * ONE_DAY for number in range(-2, 6)]


class Books:
    """Random acts on one account."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        tenant = make_tenant()
        self.by: Membership = member(tenant)
        self.account = make_account(tenant, make_member(tenant, Role.ADMIN))
        self.entries: list[JournalEntry] = []
        self.lines = []
        if self.dice.random() < 0.8:
            make_daily_balance(self.account, BEFORE, self.amount())

    def amount(self) -> str:
        return f"{self.dice.choice([-1, 1]) * self.dice.choice([10, 20, 30, 50, 75.25]):.2f}"

    def act(self) -> None:
        acts = [self.line] * 4 + [self.entry] * 4 + [self.allocate] * 8
        acts += [self.undo, self.reverse, self.redate, self.open, self.open, self.close_day]
        self.dice.choice(acts)()

    def line(self) -> None:
        days = DAYS if self.dice.random() < 0.1 else DAYS[3:]
        self.lines.append(make_line(self.account, self.amount(), self.dice.choice(days)))

    def entry(self) -> None:
        self.entries.append(post(self.account, self.amount(), self.dice.choice(DAYS)))

    def allocate(self) -> None:
        if not (self.lines and self.entries):
            return
        line, entry = self.dice.choice(self.lines), self.dice.choice(self.entries)
        sign = self.sign_of(entry)
        if (line.amount > 0) != (sign > 0):
            return
        part = self.dice.choice([None, None, f"{sign * 5}.00"])
        with contextlib.suppress(NotFree):
            join(self.account, line, entry, part)

    def sign_of(self, entry: JournalEntry) -> int:
        with tenant_scope(self.account.tenant_id):
            return 1 if entry.lines.get(position=1).amount > 0 else -1

    def undo(self) -> None:
        with tenant_scope(self.account.tenant_id):
            rows = Allocation.objects.of(self.account.tenant_id).standing()
            found = list(rows.order_by("id"))
            if found:
                undo_allocation(self.dice.choice(found), by=self.by)

    def reverse(self) -> None:
        if self.entries:
            entry = self.dice.choice(self.entries)
            day = entry.date + self.dice.choice([0, 1, 3]) * ONE_DAY
            with contextlib.suppress(InvalidState):
                reverse_entry(entry, by=None, date=day, why="engano")

    def redate(self) -> None:
        if self.entries:
            entry = self.dice.choice(self.entries)
            try:
                again = redate_entry(entry, date=self.dice.choice(DAYS), why="outro dia")
            except InvalidState:
                return
            self.entries.append(again)

    def open(self) -> None:
        with tenant_scope(self.account.tenant_id):
            try:
                marked = waiting_before(self.account)
                effect = effect_of_opening(self.account, amount=Decimal(40), marked=marked)
                opening = post_opening(
                    self.account,
                    by=self.by,
                    amount=Decimal(40),
                    marked=marked,
                    seen=effect.entry_amount,
                )
            except (InvalidState, InvalidInput):
                return
            if opening.entry and opening.entry not in self.entries:
                self.entries.append(opening.entry)  # may be reversed by hand

    def close_day(self) -> None:
        day = self.dice.choice(DAYS[3:])
        with tenant_scope(self.account.tenant_id):
            rows = self.account.daily_balances.filter(day=day)
            if rows.exists():
                return
        make_daily_balance(self.account, day, self.amount())


@settings(max_examples=examples(20), suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 10**9))
def test_the_differences_are_the_difference_on_every_day(seed: int, db: None) -> None:
    books = Books(seed)
    for _ in range(40):
        books.act()

    for day in DAYS[2:]:
        found = position(books.account, day)
        if found.opening is not None and day < found.opening.day:
            continue
        if found.bank is not None:
            assert found.difference == found.explained, (seed, day, found)
