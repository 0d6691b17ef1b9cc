"""Proposals for lines that came, and matches that are made by themselves.

Half of the lines are of an item: a bill or a charge of a party whom the bank names. What is held
against a COPY is what it takes to look at the lines once they are stored.
"""

import random
import statistics
import time
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

from django.db import connection, models, transaction

from accounts.models import Account, JournalEntry, JournalLine
from audit.models import Record
from audit.services import lock_head
from banking.banks.contract.payments import AccountType
from banking.banks.contract.statement import Movement
from banking.models import Allocation, BankAccount
from banking.statements.store import store_movements
from benchmarks import world
from benchmarks.open_items import (
    Known,
    admin,
    copy_bills,
    copy_charges,
    items_of,
    make_old_lines,
)
from benchmarks.report import Result, at_least, at_most, plain
from benchmarks.statements import COLUMNS
from charges.models import Charge, ChargeEvent, Settlement, late_from
from parties.models import Payee, PayeeAccount, Payer
from payments.models import OutsidePayment, Payable, PayableEvent
from reconciliation.engine.due import take_due
from reconciliation.engine.gather import gather
from reconciliation.engine.guards import Guards
from reconciliation.engine.run import Looking, accounts_of, work
from reconciliation.engine.write import write_all
from reconciliation.models import Automation, Match, MatchEffect, MatchLine, MatchPart, Proposal
from tenants.scope import tenant_scope

FEW, MANY = 10_000, 100_000
ITEMS = 50_000
AMONG = 1_000  # items of those of whose lines one comes at a time
PARTIES = 4_000  # of each side
LONG_AGO = 1_000_000
PAST = (FEW, LONG_AGO)
MATCHES = 2_000
ONE_BY_ONE = 25
DAY = date(2026, 10, 1)
DAYS = 60


def measure() -> list[Result]:
    company = Company(ITEMS)
    quick, slow = company.seconds_for(FEW), company.seconds_for(MANY)
    copy = company.seconds_of_copy(FEW)
    young, old = young_and_old()
    ours, bare = seconds_of_matches()
    return [
        plain("proposals_lines", FEW / quick, "lines/s"),
        plain("proposals_copy", FEW / copy, "lines/s"),
        at_least("proposals_vs_copy", copy / quick, 1 / 40),
        at_most("proposals_100000_vs_10000_lines", slow / quick, 12),
        plain("proposals_one_line_among_10000", young * 1000, "ms"),
        plain("proposals_one_line_among_1000000", old * 1000, "ms"),
        at_most("proposals_one_line_1000000_vs_10000", old / young, 1.5),
        plain("matches_by_themselves", MATCHES / ours, "matches/s"),
        at_least("matches_by_themselves_vs_bare_loop", bare / ours, 0.3),
    ]


class Company:
    """With open items, half bills and half charges, of values that few share."""

    def __init__(self, items: int, *, seed: int = 1) -> None:
        self.rng = random.Random(seed)
        self.tenant, self.by, self.approver = world.make_company()
        self.account = world.make_account(self.tenant, self.by, "1-0")
        made = min(PARTIES, items // 2)
        self.make_bills(made)
        self.make_charges(made)
        copy_bills(self.tenant.id, items // 2 - made, self.draw)
        copy_charges(self.tenant.id, items - items // 2 - made, self.draw)
        self.items = items_of(self.tenant.id)
        self.number = 0

    def draw(self) -> tuple[Decimal, date]:
        amount = Decimal(self.rng.randrange(5_000, 5_000_000)) / 100
        return amount, DAY + timedelta(days=self.rng.randrange(DAYS))

    def make_bills(self, count: int) -> None:
        """Each of a payee of its own."""
        draw = self.draw
        with tenant_scope(self.tenant.id):
            expense = Account.objects.expense_accounts(self.tenant).first()
            payees = Payee.objects.bulk_create(
                Payee(tenant=self.tenant, document=world.cnpj(n), name=f"Fornecedor {n:05d}")
                for n in range(count)
            )
            accounts = PayeeAccount.objects.bulk_create(
                PayeeAccount(
                    tenant=self.tenant, payee=payee, bank_code="341", branch="0123",
                    account="456789", account_type=AccountType.CHECKING,
                )
                for payee in payees
            )  # fmt: skip
            rows = []
            for where in accounts:
                amount, day = draw()
                rows.append(
                    Payable(
                        tenant=self.tenant, payee=where.payee, payee_account=where, method="ted",
                        amount=amount, due_date=day, payment_date=day, expense_account=expense,
                        bank_account=self.account, created_by=self.by,
                    )
                )  # fmt: skip
            bills = Payable.objects.bulk_create(rows)
            world.approve_many(bills, self.account, self.approver)

    def make_charges(self, count: int) -> None:
        """As if issued elsewhere: none has a slip. Each of a payer of its own."""
        with tenant_scope(self.tenant.id):
            revenue = Account.objects.of(self.tenant).get(code="4.1.01")
            payers = Payer.objects.bulk_create(
                Payer(
                    tenant=self.tenant, document=world.cnpj(10_000_000 + n),
                    name=f"Cliente {n:05d} SA",
                )
                for n in range(count)
            )  # fmt: skip
            rows = []
            for payer in payers:
                amount, day = self.draw()
                rows.append(
                    Charge(
                        tenant=self.tenant, payer=payer, bank_account=self.account, amount=amount,
                        due_date=day, late_from=late_from(day), description="Manutenção",
                        form="boleto", revenue_account=revenue, competence_date=day,
                        created_by=self.by, status="draft",
                    )
                )  # fmt: skip
            Charge.objects.bulk_create(rows)
            for before, status in (("draft", "issuing"), ("issuing", "open")):
                Charge.objects.of(self.tenant).filter(status=before).update(status=status)

    def movements(self, count: int) -> list[Movement]:
        """Half of them of an item."""
        of_items = self.rng.sample(self.items, min(count // 2, len(self.items)))
        found = [self.movement(item) for item in of_items]
        while len(found) < count:
            amount, day = self.draw()
            document = world.cnpj(30_000_000 + self.rng.randrange(3_000))
            name = f"Outro {document[-6:]}"
            found.append(
                self.movement(Known(self.rng.choice((-1, 1)) * amount, day, name, document))
            )
        self.rng.shuffle(found)
        return found

    def movement(self, item: Known) -> Movement:
        self.number += 1
        at = datetime(item.day.year, item.day.month, item.day.day, 13, tzinfo=UTC)
        return Movement(
            f"mov-{self.number:09d}", at, item.day, item.amount, "transfer", f"TED {self.number}",
            item.name, item.document, "{}",
        )  # fmt: skip

    def store(self, movements: Sequence[Movement]) -> None:
        for first in range(0, len(movements), 2_000):
            with tenant_scope(self.tenant.id):
                store_movements(self.account, movements[first : first + 2_000])

    def seconds_for(self, lines: int) -> float:
        work(self.tenant.id)  # what its items made due
        self.store(self.movements(lines))
        analyze()
        began = time.perf_counter()
        done = work(self.tenant.id)
        seconds = time.perf_counter() - began
        assert done.lines >= lines
        with tenant_scope(self.tenant.id):
            assert Proposal.objects.of(self.tenant).count() > lines * 0.4
        return seconds

    def seconds_of_copy(self, lines: int) -> float:
        target = world.make_account(self.tenant, self.by, "2-0")
        return copy_lines(self.account, target, lines)


def analyze() -> None:
    with admin() as database:
        database.execute("ANALYZE")


def copy_lines(source: BankAccount, target: BankAccount, lines: int) -> float:
    """The same rows by COPY into the same table."""
    with admin() as database, database.transaction():
        with database.cursor().copy(
            f"COPY (SELECT gen_random_uuid(), tenant_id, '{target.id}'::uuid, "
            f"{COLUMNS.split(', ', 3)[3]} FROM banking_statementline "
            f"WHERE bank_account_id = '{source.id}' LIMIT {lines}) TO STDOUT"
        ) as copy:
            rows = b"".join(bytes(block) for block in copy)
        began = time.perf_counter()
        with database.cursor().copy(f"COPY banking_statementline ({COLUMNS}) FROM STDIN") as copy:
            copy.write(rows)
        return time.perf_counter() - began


# --- One line among many ---


@cache
def companies_with_past() -> list[Company]:
    """Alike but for how many lines of former years they have."""
    companies = [Company(AMONG, seed=2) for _ in PAST]
    for company, count in zip(companies, PAST, strict=True):
        work(company.tenant.id)  # what its items made due
        make_old_lines(company.account, count)
    with admin() as database:
        database.execute("VACUUM ANALYZE")
    return companies


def young_and_old() -> tuple[float, float]:
    """Median seconds for a line that comes to each of two companies, in turns."""
    companies = companies_with_past()
    taken: list[list[float]] = [[], []]
    for _ in range(ONE_BY_ONE):
        for company, seconds in zip(companies, taken, strict=True):
            company.store(company.movements(2)[:1])
            began = time.perf_counter()
            assert work(company.tenant.id).lines >= 1
            seconds.append(time.perf_counter() - began)
    young, old = map(statistics.median, taken)
    return young, old


# --- Matches by themselves ---

WRITTEN: tuple[Any, ...] = (
    JournalEntry, JournalLine, OutsidePayment, Settlement, PayableEvent, ChargeEvent, Match,
    Allocation, MatchLine, MatchPart, MatchEffect, Record,
)  # fmt: skip
BATCH = 100


class Undone(Exception):
    pass


def seconds_of_matches() -> tuple[float, float]:
    """Ours, and those of a loop that inserts the same rows in the same batches."""
    company = Company(MATCHES, seed=3)
    with tenant_scope(company.tenant.id):
        Automation.objects.create(
            tenant=company.tenant, bank_account=company.account, by_evidence=True,
            changed_by=company.by,
        )  # fmt: skip
    company.store([company.movement(item) for item in company.items])
    rows: dict[Any, list[Any]] = {}
    try:
        with tenant_scope(company.tenant.id), transaction.atomic():
            ours = write_ours(company, rows)
            raise Undone
    except Undone:
        pass
    with tenant_scope(company.tenant.id), transaction.atomic():
        bare = write_bare(company, rows)
    return ours, bare


def write_ours(company: Company, rows: dict[Any, list[Any]]) -> float:
    tenant = company.tenant
    ids = [each.line for each in take_due(tenant.id, MATCHES * 2)]
    before = {
        model: set(model.objects.of(tenant).values_list("pk", flat=True)) for model in WRITTEN
    }
    gathered = gather(tenant, ids)
    chosen = Looking(gathered, Guards.of(tenant.id, ids)).run().chosen
    assert len(chosen) > MATCHES * 0.9, len(chosen)
    began = time.perf_counter()
    refused = write_all(tenant.id, gathered, chosen, accounts_of(tenant.id))
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    seconds = time.perf_counter() - began
    assert not refused
    for model in WRITTEN:
        found = model.objects.of(tenant).exclude(pk__in=before[model])
        rows[model] = list(found.order_by("pk"))
    return seconds


def write_bare(company: Company, rows: dict[Any, list[Any]]) -> float:
    bills = [row.payable_id for row in rows[OutsidePayment]]
    charges = [row.charge_id for row in rows[Settlement]]
    records = sorted(rows[Record], key=lambda row: row.number)
    rows = {**rows, Record: records}
    lock_head(company.tenant.id)
    began = time.perf_counter()
    for first in range(0, len(rows[Match]), BATCH):
        for model in WRITTEN:
            share = len(rows[model]) / len(rows[Match])
            part = rows[model][round(first * share) : round((first + BATCH) * share)]
            model.objects.bulk_create(part)
        of_bills = bills[first * len(bills) // MATCHES : (first + BATCH) * len(bills) // MATCHES]
        Payable.objects.of(company.tenant).filter(id__in=of_bills).update(status="paid")
        taken = charges[first * len(charges) // MATCHES : (first + BATCH) * len(charges) // MATCHES]
        Charge.objects.of(company.tenant).filter(id__in=taken).update(
            status="paid", settled=models.F("amount"), paid_on=DAY
        )
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    return time.perf_counter() - began
