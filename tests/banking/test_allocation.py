"""A part of a bank line stands for one thing only, and the database holds both sides."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.journal.entries import redate_entry, reverse_entry
from accounts.models import JournalEntry, JournalLine
from audit.acts import Act
from banking.bank_accounts.ledger_account import Entries, tie_account
from banking.models import Allocation, BankAccount, StatementLine
from banking.statements.allocation import (
    NotFree,
    allocate,
    line_on,
    unallocated,
    undo_allocation,
)
from core.errors import InvalidState, NotAllowed
from tenants.models import Membership, Role, Tenant, User
from tenants.scope import tenant_scope
from tests.accounts.books import account_of, make_entry
from tests.audit.reading import audit_of
from tests.banking.factories import DAY, make_account, make_line
from tests.cast import make_member

pytestmark = pytest.mark.django_db

LATER = date(2026, 11, 27)


@pytest.fixture
def account(tenant: Tenant, admin: User) -> BankAccount:
    return make_account(tenant, admin)


@pytest.fixture
def line(account: BankAccount) -> StatementLine:
    return make_line(account, "-150.00")


@pytest.fixture
def entry(tenant: Tenant, account: BankAccount) -> JournalEntry:
    return paid_from(account)


def paid_from(account: BankAccount, amount: str = "150.00") -> JournalEntry:
    """Rent, from the account's Conta do Ativo."""
    return make_entry(account.tenant, amount, credit=account.ledger_account.code)


def posted(account: BankAccount, entry: JournalEntry) -> JournalLine:
    with tenant_scope(account.tenant_id):
        found = line_on(account, entry)
    assert found is not None
    return found


def join(account: BankAccount, line: StatementLine, entry: JournalEntry, **more: Any) -> Allocation:
    with tenant_scope(account.tenant_id):
        return allocate(line, posted(account, entry), **more)


def standing(tenant: Tenant) -> set[tuple[object, object, Decimal]]:
    """(bank line, entry, amount) of all that stand."""
    with tenant_scope(tenant.id):
        parts = Allocation.objects.of(tenant).standing()
        return set(parts.values_list("statement_line", "journal_line__entry", "amount"))


def member(tenant: Tenant, role: Role) -> Membership:
    user = make_member(tenant, role)
    with tenant_scope(tenant.id):
        found: Membership = Membership.objects.of(tenant).select_related("user").get(user=user)
    return found


def refusal(tenant: Tenant, act: Callable[[], object]) -> str:
    """The name of what refuses it in the database; empty when nothing does."""
    try:
        with tenant_scope(tenant.id), transaction.atomic():
            act()
    except IntegrityError as error:
        return str(error.__cause__.diag.constraint_name)
    return ""


def insert(line: StatementLine, journal_line: JournalLine, amount: str, **more: Any) -> None:
    """As anybody may, past the service."""
    Allocation.objects.create(
        tenant_id=more.pop("tenant_id", line.tenant_id),
        statement_line=line,
        journal_line=journal_line,
        amount=Decimal(amount),
        **more,
    )


# --- What it holds ---


def test_as_much_as_both_have_is_joined(
    tenant: Tenant, account: BankAccount, line: StatementLine
) -> None:
    first, second = paid_from(account, "100.00"), paid_from(account, "70.00")

    join(account, line, first)
    join(account, line, second)

    assert standing(tenant) == {
        (line.id, first.id, Decimal("-100.00")),
        (line.id, second.id, Decimal("-50.00")),
    }


def test_a_bank_line_is_not_used_beyond_its_amount(
    tenant: Tenant, account: BankAccount, line: StatementLine
) -> None:
    join(account, line, paid_from(account, "100.00"))
    other = posted(account, paid_from(account, "100.00"))

    assert refusal(tenant, lambda: insert(line, other, "-50.01")) == "allocation_line_used"
    assert refusal(tenant, lambda: insert(line, other, "-50.00")) == ""
    with pytest.raises(NotFree) as error:
        join(account, line, paid_from(account))
    assert error.value.code == "allocation_line_used"


def test_an_entry_is_not_used_beyond_its_amount(
    tenant: Tenant, account: BankAccount, line: StatementLine, entry: JournalEntry
) -> None:
    join(account, line, entry)
    another = make_line(account, "-150.00")

    used = refusal(tenant, lambda: insert(another, posted(account, entry), "-0.01"))
    assert used == "allocation_entry_used"


@pytest.mark.parametrize("amount", ["150.00", "-150.01", "0.00"])
def test_a_part_has_the_sign_of_its_line_and_is_no_more_than_it(
    tenant: Tenant, account: BankAccount, line: StatementLine, entry: JournalEntry, amount: str
) -> None:
    other_side = posted(account, entry)

    assert refusal(tenant, lambda: insert(line, other_side, amount)).startswith("allocation_")
    assert standing(tenant) == set()


def test_money_out_does_not_stand_for_money_in(
    tenant: Tenant, account: BankAccount, entry: JournalEntry
) -> None:
    came_in = make_line(account, "150.00")

    why = refusal(tenant, lambda: insert(came_in, posted(account, entry), "150.00"))
    assert why == "allocation_same_sign"


def test_an_entry_of_another_account_is_not_joined(
    tenant: Tenant, admin: User, account: BankAccount, line: StatementLine, entry: JournalEntry
) -> None:
    other = make_account(tenant, admin)
    of_other = posted(other, paid_from(other))
    expense = JournalLine.objects.none()
    with tenant_scope(tenant.id):
        expense = entry.lines.exclude(account=account.ledger_account).get()

    assert refusal(tenant, lambda: insert(line, of_other, "-150.00")) == "allocation_same_account"
    assert refusal(tenant, lambda: insert(line, expense, "-150.00")) == "allocation_same_account"


def test_the_same_two_are_joined_once(
    tenant: Tenant, account: BankAccount, line: StatementLine, entry: JournalEntry
) -> None:
    join(account, line, entry, amount=Decimal("-50.00"))

    again = refusal(tenant, lambda: insert(line, posted(account, entry), "-50.00"))
    assert again == "allocation_once"


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE banking_allocation SET amount = -1",
        "UPDATE banking_allocation SET statement_line_id = gen_random_uuid()",
        "UPDATE banking_allocation SET ended_at = now(), amount = -1",
        "UPDATE banking_allocation SET created_at = now()",
        "DELETE FROM banking_allocation",
    ],
)
def test_it_may_only_end(
    tenant: Tenant, account: BankAccount, line: StatementLine, entry: JournalEntry, sql: str
) -> None:
    join(account, line, entry)

    def rewrite() -> None:
        with connection.cursor() as cursor:
            cursor.execute(sql)

    assert refusal(tenant, rewrite) == "allocation_kept"


def test_what_has_ended_does_not_stand_again(
    tenant: Tenant, account: BankAccount, line: StatementLine, entry: JournalEntry
) -> None:
    allocation = join(account, line, entry)
    with tenant_scope(tenant.id):
        undo_allocation(allocation, by=member(tenant, Role.FINANCE))

    rows = Allocation.objects.filter(id=allocation.id)
    assert refusal(tenant, lambda: rows.update(ended_at=None)) == "allocation_kept"


# --- With its entry ---


def test_a_reversal_frees_the_bank_line(
    tenant: Tenant, account: BankAccount, line: StatementLine, entry: JournalEntry
) -> None:
    join(account, line, entry)

    reverse_entry(entry, by=None, date=LATER, why="Engano")

    assert standing(tenant) == set()
    again = paid_from(account)
    join(account, line, again)
    assert standing(tenant) == {(line.id, again.id, Decimal("-150.00"))}


def test_a_reversal_in_raw_sql_frees_it_too(
    tenant: Tenant, account: BankAccount, line: StatementLine, entry: JournalEntry
) -> None:
    join(account, line, entry)
    reversal = uuid4()

    with tenant_scope(tenant.id), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO accounts_journalentry (id, tenant_id, date, memo, reverses_id, line_count,"
            " total, created_at) VALUES (%s, %s, now(), 'x', %s, 2, 150, now())",
            [reversal, tenant.id, entry.id],
        )
        cursor.execute(
            "INSERT INTO accounts_journalline (id, tenant_id, entry_id, position, account_id,"
            " amount) SELECT gen_random_uuid(), tenant_id, %s, position, account_id, -amount"
            " FROM accounts_journalline WHERE entry_id = %s",
            [reversal, entry.id],
        )

    assert standing(tenant) == set()


def test_a_reversed_entry_stands_for_nothing_nor_does_its_reversal(
    tenant: Tenant, account: BankAccount, line: StatementLine, entry: JournalEntry
) -> None:
    reversal = reverse_entry(entry, by=None, date=LATER, why="Engano")
    came_in = make_line(account, "150.00")

    former, back = posted(account, entry), posted(account, reversal)
    assert refusal(tenant, lambda: insert(line, former, "-150.00")) == "allocation_entry_stands"
    assert refusal(tenant, lambda: insert(came_in, back, "150.00")) == "allocation_entry_stands"


def test_an_entry_that_is_dated_again_takes_its_bank_line_along(
    tenant: Tenant, account: BankAccount, line: StatementLine, entry: JournalEntry
) -> None:
    join(account, line, entry, amount=Decimal("-100.00"))

    with tenant_scope(tenant.id):
        again = redate_entry(entry, date=LATER, why="o extrato mostra outro dia")

    assert standing(tenant) == {(line.id, again.id, Decimal("-100.00"))}


def test_entries_that_move_to_another_leaf_take_their_bank_lines_along(
    tenant: Tenant, account: BankAccount, line: StatementLine, admin: User
) -> None:
    entry = paid_from(account)
    join(account, line, entry)
    old, new = account.ledger_account, account_of(tenant, "1.1.1.01")

    with tenant_scope(tenant.id):
        tie_account(account, new, entries=Entries.MOVE, seen=old.id, by=admin)
        moved = JournalEntry.objects.of(tenant).get(replaces=entry)

    assert standing(tenant) == {(line.id, moved.id, Decimal("-150.00"))}


def test_entries_that_stay_on_a_former_leaf_keep_their_bank_lines(
    tenant: Tenant, account: BankAccount, line: StatementLine, entry: JournalEntry, admin: User
) -> None:
    join(account, line, entry)
    old, new = account.ledger_account, account_of(tenant, "1.1.1.01")

    with tenant_scope(tenant.id):
        tie_account(account, new, entries=Entries.STAY, seen=old.id, by=admin)

    assert standing(tenant) == {(line.id, entry.id, Decimal("-150.00"))}


# --- By a person ---


def test_a_person_takes_the_two_apart_and_the_audit_has_it(
    tenant: Tenant, account: BankAccount, line: StatementLine, entry: JournalEntry
) -> None:
    allocation, by = join(account, line, entry), member(tenant, Role.FINANCE)

    with tenant_scope(tenant.id):
        undo_allocation(allocation, by=by)
        free = set(unallocated(StatementLine.objects.of(tenant)))

    assert (standing(tenant), free) == (set(), {line})
    *_, undone = audit_of(tenant)
    assert (undone.act, undone.by, undone.on_id) == (
        Act.ALLOCATION_UNDONE, by.user, allocation.id,
    )  # fmt: skip


@pytest.mark.parametrize("role", [Role.APPROVER, Role.READER])
def test_only_who_works_on_the_statement_joins_and_undoes(
    tenant: Tenant, account: BankAccount, line: StatementLine, entry: JournalEntry, role: Role
) -> None:
    by = member(tenant, role)
    with pytest.raises(NotAllowed):
        join(account, line, entry, by=by)
    allocation = join(account, line, entry)

    with pytest.raises(NotAllowed), tenant_scope(tenant.id):
        undo_allocation(allocation, by=by)

    assert len(standing(tenant)) == 1


def test_what_is_undone_is_not_undone_again(
    tenant: Tenant, account: BankAccount, line: StatementLine, entry: JournalEntry
) -> None:
    allocation, by = join(account, line, entry), member(tenant, Role.ADMIN)
    with tenant_scope(tenant.id):
        undo_allocation(allocation, by=by)

    with tenant_scope(tenant.id), pytest.raises(InvalidState) as error:
        undo_allocation(allocation, by=by)
    assert error.value.code == "already_undone"


def test_what_a_person_undid_is_remembered_for_the_entry_that_takes_the_place(
    tenant: Tenant, account: BankAccount, line: StatementLine, entry: JournalEntry
) -> None:
    allocation, by = join(account, line, entry), member(tenant, Role.ADMIN)
    with tenant_scope(tenant.id):
        undo_allocation(allocation, by=by)
        again = redate_entry(entry, date=DAY, why="outro dia")
        undone = Allocation.objects.of(tenant).undone()
        remembered = set(undone.values_list("statement_line", "journal_line__entry"))

    assert remembered == {(line.id, entry.id), (line.id, again.id)}
    assert standing(tenant) == set()
