"""Files come and are taken back while two people at once match, edit and undo, and the engine looks
at the same lines: what holds on every day after each round, and what undoing everything gives back.
"""

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.db.models import Exists, OuterRef, Q, Sum

from accounts.journal.entries import redate_entry, reverse_by_hand
from accounts.models import JournalEntry, JournalLine
from banking.models import (
    Allocation,
    BankAccount,
    OpenItem,
    StatementFile,
    StatementLine,
)
from core.errors import DomainError
from payments.bills.enter import cancel_payable
from payments.models import Payable
from reconciliation.engine.run import work
from reconciliation.matches.amounts import open_parts, with_open_entries
from reconciliation.matches.hold import hold_accounts
from reconciliation.matches.undo import undo
from reconciliation.models import Match, OpeningBalance
from reconciliation.position.lists import base_day
from reconciliation.position.opening import effect_of_opening, post_opening, waiting_before
from reconciliation.position.position import position_of
from tenants.models import Membership, TenantQuerySet
from tenants.scope import tenant_scope
from tests.banking.imports.making import applied, csv, make_other, ofx, undone
from tests.charges.factories import make_charge, membership
from tests.charges.issued import opened
from tests.examples import examples
from tests.payments.factories import make_bank_account, make_known
from tests.reconciliation.engine.lines import of_payee, switch_on
from tests.reconciliation.matched import account_named, line, make_entry
from tests.reconciliation.random_acts import ACTS, FIRST, ZERO, Company, require_true_proposals

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("monday")]

STEPS = 14
DAYS = [FIRST + timedelta(days=number) for number in range(-2, 14)]
Row = tuple[date, Decimal, str]  # its id at the bank


@dataclass
class Files:
    """An account whose statement comes by file, as its bank has it, beside one that is synced."""

    company: Company
    account: BankAccount
    told: list[Row]
    opening: Decimal = Decimal(1000)
    done: dict[str, int] = field(default_factory=dict)

    def statement(self, chance: random.Random) -> bytes:
        """Of some days in a row; now and then without ids and balance."""
        days = sorted({day for day, _, _ in self.told})
        first, last = sorted(chance.choices(days, k=2))
        rows = [row for row in self.told if first <= row[0] <= last]
        closing = self.opening + sum((amount for day, amount, _ in self.told if day <= last), ZERO)
        written = [(day.isoformat(), str(amount), f"LANC {key}") for day, amount, key in rows]
        if chance.random() < 0.2:
            return csv(*written)
        ids = [key for _, _, key in rows]
        return ofx(*written, ids=ids, closing=str(closing), on=f"{last:%Y%m%d}")


@pytest.fixture(params=range(examples(2)))
def files(request, tenant) -> Files:
    chance = random.Random(request.param)
    people = [membership(tenant), membership(tenant)]
    synced, by_file = make_bank_account(tenant), make_other(tenant, people[0])
    company = Company(tenant, [synced, by_file], people, account_named(tenant, "5.4.03"), chance)
    for account in company.accounts:
        switch_on(account, people[0])
    for sign in (1, -1) * 4:
        line(synced, str(company.amount() * sign), company.day())
    for account in company.accounts:
        for sign in (1, -1) * 2:
            make_entry(account, str(company.amount() * sign), code="5.4.03", day=company.day())
    for _ in range(2):
        make_known(tenant, str(company.amount()), approved=True)
        opened(make_charge(tenant, synced, str(company.amount())))
    told = [
        (company.day(), company.amount() * chance.choice([1, -1]), f"N{number:03d}")
        for number in range(16)
    ]
    return Files(company, by_file, sorted(told))


# --- Acts: of a person, with chance of their own ---


def act_on_lines(files: Files, by: Membership, chance: random.Random) -> None:
    company = files.company
    mine = Company(company.tenant, company.accounts, company.people, company.expense, chance)
    with tenant_scope(company.tenant.id):
        ACTS[chance.choice([*ACTS, "match"])](mine, by)


def act_import(files: Files, by: Membership, chance: random.Random) -> None:
    applied(files.account, files.statement(chance), by)


def act_undo_import(files: Files, by: Membership, chance: random.Random) -> None:
    undone(chance.choice(standing_files(files)), by)


def act_edit(files: Files, by: Membership, chance: random.Random) -> None:
    """An entry by hand of which no line knows gets another day."""
    tenant = files.company.tenant
    with tenant_scope(tenant.id):
        account = chance.choice(files.company.accounts)
        hold_accounts(tenant.id, [account.id])
        parts = Allocation.objects.of(tenant).standing().values("journal_line__entry")
        entries = JournalEntry.objects.of(tenant).filter(
            memo="Lançamento de teste", reversals=None, lines__account=account.ledger_account_id
        )
        entry = chance.choice(list(entries.exclude(id__in=parts).order_by("id")))
        redate_entry(entry, date=chance.choice(DAYS), why="outro dia", by=by.user)


def act_open(files: Files, by: Membership, chance: random.Random) -> None:
    """As who was offered it: what waits goes on waiting."""
    with tenant_scope(by.tenant_id):
        account = BankAccount.objects.of(by.tenant_id).get(id=files.account.id)
        marked = waiting_before(account)
        effect = effect_of_opening(account, amount=files.opening, marked=marked)
        post_opening(account, by=by, amount=files.opening, marked=marked, seen=effect.entry_amount)


def act_debit(files: Files, by: Membership, chance: random.Random) -> None:
    """A bill is approved, and its money leaves: the engine's own."""
    company = files.company
    amount = f"{chance.randrange(100, 999)}.{chance.randrange(10, 99)}"
    bill = make_known(company.tenant, amount, approved=True)
    of_payee(bill, company.accounts[0], f"-{amount}", DAYS[-1])


def act_cancel_bill(files: Files, by: Membership, chance: random.Random) -> None:
    with tenant_scope(by.tenant_id):
        bills = Payable.objects.of(by.tenant_id).order_by("id")
        cancel_payable(chance.choice(list(bills)), by=by.user)


FILE_ACTS: list[Callable[[Files, Membership, random.Random], None]] = [
    act_on_lines, act_on_lines, act_on_lines, act_on_lines, act_import, act_import, act_import,
    act_undo_import, act_edit, act_open, act_debit, act_debit, act_cancel_bill,
]  # fmt: skip


def standing_files(files: Files) -> list[StatementFile]:
    with tenant_scope(files.company.tenant.id):
        rows = StatementFile.objects.of(files.company.tenant).filter(bank_account=files.account)
        return list(rows.exclude(applied_at=None).filter(undone_at=None).order_by("id"))


def do(files: Files, by: Membership, seed: int) -> str:
    """The name of what was done; empty when it was refused."""
    chance = random.Random(seed)
    act = chance.choice(FILE_ACTS)
    try:
        with suppress(DomainError, IndexError):
            act(files, by, chance)
            return act.__name__
        return ""
    finally:
        connection.close()


def look(files: Files) -> None:
    """The engine, at the same time as the people."""
    try:
        work(files.company.tenant.id)
    finally:
        connection.close()


# --- What holds ---


def require_laws(files: Files) -> None:
    tenant = files.company.tenant
    with tenant_scope(tenant.id):
        for entry in JournalEntry.objects.of(tenant).prefetch_related("lines"):
            assert sum(each.amount for each in entry.lines.all()) == 0
        for account in files.company.accounts:
            require_parts_within(account)
            for day in DAYS:
                require_equation(account, day)


def require_parts_within(account: BankAccount) -> None:
    """No line and no entry is used beyond itself."""
    parts = Allocation.objects.of(account.tenant_id).standing()
    lines = StatementLine.objects.of(account.tenant_id).filter(bank_account=account)
    items = JournalLine.objects.of(account.tenant_id).filter(account=account.ledger_account_id)
    for rows, name in ((lines, "statement_line"), (items, "journal_line")):
        used = dict(parts.values_list(name).annotate(Sum("amount")))
        for row in rows:
            mine = used.get(row.id, ZERO)
            assert abs(mine) <= abs(row.amount)
            assert mine * row.amount >= 0


def require_equation(account: BankAccount, day: date) -> None:
    """Each part is what its rows come to, and their sum is what bank and books differ by."""
    now = BankAccount.objects.of(account.tenant_id).get(id=account.id)
    found = position_of(now, day)
    if found.opening is not None and day < found.opening.day:
        return
    base = base_day(found) or day
    lines = StatementLine.objects.of(account.tenant_id).filter(
        bank_account=account, booked_on__gt=base, booked_on__lte=day
    )
    posted = JournalLine.objects.of(account.tenant_id).filter(
        account=now.ledger_account_id, entry__date__lte=day
    )
    waiting = with_open_entries(waiting_lines(posted, day))
    moved = sum((row.amount for row in lines), ZERO)
    left = sum(open_parts(account.tenant_id, [row.id for row in lines]).values(), ZERO)
    assert found.to_reconcile.amount == left
    assert found.books == sum((row.amount for row in posted), ZERO)
    assert found.without_line.amount == sum((row.open for row in waiting), ZERO)
    if found.bank is not None:
        at_base = found.opening.amount if found.opening else found.beginning.amount
        assert found.bank == at_base + moved + found.unproved.amount
        assert found.difference == found.explained


def waiting_lines(posted: TenantQuerySet, day: date) -> TenantQuerySet:
    """Those that may wait for a bank line: neither taken in by the opening balance nor reversed by
    that day. Of reversals, those of what was taken in."""
    absorbed = OpenItem.objects.filter(tenant=OuterRef("tenant"), is_absorbed=True)
    taken_in = JournalLine.objects.filter(
        Exists(absorbed.filter(id=OuterRef("id"))), tenant=OuterRef("tenant")
    )
    of_taken_in = Exists(taken_in.filter(entry=OuterRef("entry__reverses")))
    reversed_by = JournalEntry.objects.filter(
        tenant=OuterRef("tenant"), reverses=OuterRef("entry"), date__lte=day
    )
    return posted.filter(Q(entry__reverses=None) | of_taken_in).exclude(
        Exists(reversed_by) | Exists(absorbed.filter(id=OuterRef("id")))
    )


def books(files: Files) -> dict[str, Decimal]:
    with tenant_scope(files.company.tenant.id):
        rows = JournalLine.objects.of(files.company.tenant).values_list("account__code")
        sums = rows.annotate(sum=Sum("amount")).order_by()
        return {code: amount for code, amount in sums if amount}


def undo_everything(files: Files) -> None:
    tenant, by = files.company.tenant, files.company.people[0]
    with tenant_scope(tenant.id):
        matches = set(Match.objects.of(tenant).standing().values_list("id", flat=True))
        if matches:
            undo(matches, by=by)
    for file in standing_files(files):
        undone(file, by)
    with tenant_scope(tenant.id):
        standing = OpeningBalance.objects.of(tenant).standing().exclude(entry=None)
        for opening in standing.select_related("entry"):  # what a person wrote
            assert opening.created_by is not None
            reverse_by_hand(
                opening.entry, by=by.user, date=opening.entry.date, why="do começo outra vez"
            )


def test_files_come_and_go_under_acts_of_two_people_at_once(files: Files) -> None:
    chance = files.company.chance
    before = books(files)
    for _ in range(STEPS):
        seeds = [chance.randrange(10**9) for _ in files.company.people]
        with ThreadPoolExecutor(3) as pool:
            engine = pool.submit(look, files)
            names = list(pool.map(do, [files] * 2, files.company.people, seeds))
            engine.result()
        for name in filter(None, names):
            files.done[name] = files.done.get(name, 0) + 1
        require_laws(files)
    assert {"act_on_lines", "act_import", "act_debit"} <= set(files.done), files.done
    with tenant_scope(files.company.tenant.id):
        assert Match.objects.of(files.company.tenant).filter(made_by=None).exists()
    look(files)
    with tenant_scope(files.company.tenant.id):
        require_true_proposals(files.company.tenant)

    undo_everything(files)

    require_laws(files)
    assert books(files) == before
    with tenant_scope(files.company.tenant.id):
        rows = list(StatementLine.objects.of(files.company.tenant))
        left = open_parts(files.company.tenant.id, [row.id for row in rows])
    assert all(row.bank_account_id != files.account.id for row in rows)
    assert left == {row.id: row.amount for row in rows}
