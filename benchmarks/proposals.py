"""Proposals for lines that came, and matches that are made by themselves.

Half of the lines are of an item: a bill or a charge of a party whom the bank names. What is held
against a COPY is what it takes to look at the lines once they are stored.
"""

import os
import random
import statistics
import time
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import psycopg
from django.db import connection, models, transaction

from accounts.models import Account, JournalEntry, JournalLine
from audit.models import Record
from audit.services import lock_head
from banking.banks.contract.statement import Movement
from banking.models import Allocation, BankAccount
from banking.statements.store import store_movements
from benchmarks import world
from benchmarks.report import Result, at_least, at_most, plain
from benchmarks.statements import COLUMNS
from charges.models import Charge, ChargeEvent, Settlement, late_from
from kamino.local.throwaway import in_database
from parties.models import Payer
from payments.models import OutsidePayment, Payable, PayableEvent
from reconciliation.engine.due import take_due
from reconciliation.engine.gather import gather
from reconciliation.engine.run import Guards, Looking, accounts_of, work
from reconciliation.engine.write import write_all
from reconciliation.models import Automation, Match, MatchEffect, MatchLine, MatchPart, Proposal
from tenants.models import User
from tenants.scope import tenant_scope

FEW, MANY = 10_000, 100_000
ITEMS = 50_000
PARTIES = 4_000  # of each side
LONG_AGO = 1_000_000
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
        self.tenant, self.by, approver = world.make_company()
        self.account = world.make_account(self.tenant, self.by, "1-0")
        self.bills = self.make_bills(items // 2, approver)
        self.charges = self.make_charges(items - items // 2)
        self.number = 0
        analyze()

    def amount(self) -> Decimal:
        return Decimal(self.rng.randrange(5_000, 5_000_000)) / 100

    def day(self) -> date:
        return DAY + timedelta(days=self.rng.randrange(DAYS))

    def make_bills(self, count: int, approver: User) -> list[Payable]:
        made: list[Payable] = []
        each = min(PARTIES, count)
        parties = world.make_approved_bills(self.tenant, self.account, self.by, approver, each)
        with tenant_scope(self.tenant.id):
            others = [
                Payable(
                    tenant=self.tenant, payee=parties[n % each].payee,
                    payee_account=parties[n % each].payee_account, method="ted",
                    amount=self.amount(), due_date=DAY, payment_date=self.day(),
                    expense_account=parties[0].expense_account, bank_account=self.account,
                    created_by=self.by,
                )
                for n in range(count)
            ]  # fmt: skip
            for first in range(0, len(others), 2_000):
                batch = Payable.objects.bulk_create(others[first : first + 2_000])
                world.approve_many(batch, self.account, approver)
                made += batch
        return made

    def make_charges(self, count: int) -> list[Charge]:
        """As if issued elsewhere: none has a slip."""
        with tenant_scope(self.tenant.id):
            revenue = Account.objects.of(self.tenant).get(code="4.1.01")
            known = 10_000_000
            payers = Payer.objects.bulk_create(
                Payer(
                    tenant=self.tenant, document=world.cnpj(known + n), name=f"Cliente {n:05d} SA"
                )
                for n in range(min(PARTIES, count))
            )
            rows = []
            for n in range(count):
                day = self.day()
                rows.append(
                    Charge(
                        tenant=self.tenant, payer=payers[n % len(payers)],
                        bank_account=self.account, amount=self.amount(), due_date=day,
                        late_from=late_from(day), description="Manutenção", form="boleto",
                        revenue_account=revenue, competence_date=day, created_by=self.by,
                        status="draft",
                    )
                )  # fmt: skip
            charges = Charge.objects.bulk_create(rows, batch_size=2_000)
            mine = Charge.objects.of(self.tenant).filter(status="draft")
            for status in ("issuing", "open"):
                mine.update(status=status)
                mine = Charge.objects.of(self.tenant).filter(status="issuing")
        return charges

    def movements(self, count: int) -> list[Movement]:
        """Half of them of an item."""
        bills = self.rng.sample(self.bills, min(count // 4, len(self.bills)))
        charges = self.rng.sample(self.charges, min(count // 4, len(self.charges)))
        found = [self.movement(-b.amount, b.payment_date, b.payee) for b in bills]
        found += [self.movement(c.amount, c.due_date, c.payer) for c in charges]
        sides = (-1, 1)
        while len(found) < count:
            party = world.cnpj(30_000_000 + self.rng.randrange(3_000))
            amount = self.amount() * self.rng.choice(sides)
            found.append(self.movement(amount, self.day(), None, party))
        self.rng.shuffle(found)
        return found

    def movement(self, amount: Decimal, day: date, party: object, document: str = "") -> Movement:
        self.number += 1
        at = datetime(day.year, day.month, day.day, 13, tzinfo=UTC)
        return Movement(
            f"mov-{self.number:09d}", at, day, amount, "transfer", f"TED {self.number}",
            getattr(party, "name", f"Outro {document[-6:]}"),
            getattr(party, "document", document), "{}",
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


def admin() -> psycopg.Connection:
    name = os.environ["DATABASE_URL"].rpartition("/")[2]
    address = in_database(os.environ["DATABASE_ADMIN_URL"], name)
    return psycopg.connect(address, autocommit=True)


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

# Lines of former years, all of them explained.
OLD = """
INSERT INTO banking_statementline (id, tenant_id, bank_account_id, bank_id, booked_on,
    occurred_at, amount, kind, description, counterparty_name, counterparty_document, raw)
SELECT gen_random_uuid(), %(tenant)s, %(account)s, 'old-' || n, day, day + time '12:00',
    (5000 + n %% 4995000) / 100.0 * CASE WHEN n %% 2 = 0 THEN 1 ELSE -1 END, 'transfer',
    'TED ' || n, 'Antigo ' || n %% 5000, '', '{}'
FROM (SELECT n, date '2026-09-30' - (n %% 700)::int AS day
      FROM generate_series(1, %(count)s) AS n) AS made
"""
EXPLAINED = (
    "DELETE FROM banking_openline WHERE tenant_id = %(tenant)s",
    "DELETE FROM reconciliation_newlines WHERE tenant_id = %(tenant)s",
    "DELETE FROM reconciliation_itemchange WHERE tenant_id = %(tenant)s",
)


def young_and_old() -> tuple[float, float]:
    """Median seconds for a line that comes to each of two companies, in turns."""
    companies = [Company(1_000, seed=2), Company(1_000, seed=2)]
    for company, count in zip(companies, (FEW, LONG_AGO), strict=True):
        work(company.tenant.id)
        values = {"tenant": company.tenant.id, "account": company.account.id, "count": count}
        with admin() as database:
            database.execute(OLD, values)
            for statement in EXPLAINED:
                database.execute(statement, values)
    with admin() as database:
        database.execute("VACUUM ANALYZE")
    taken: list[list[float]] = [[], []]
    for _ in range(ONE_BY_ONE):
        for company, seconds in zip(companies, taken, strict=True):
            company.store(company.movements(4)[:1])
            began = time.perf_counter()
            assert work(company.tenant.id).lines >= 1
            seconds.append(time.perf_counter() - began)
    young, old = map(statistics.median, taken)
    return young, old


# --- Matches by themselves ---

WRITTEN: tuple[type[models.Model], ...] = (
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
    found = [company.movement(-b.amount, b.payment_date, b.payee) for b in company.bills]
    found += [company.movement(c.amount, c.due_date, c.payer) for c in company.charges]
    company.store(found)
    rows: dict[type[models.Model], list[models.Model]] = {}
    try:
        with tenant_scope(company.tenant.id), transaction.atomic():
            ours = write_ours(company, rows)
            raise Undone
    except Undone:
        pass
    with tenant_scope(company.tenant.id), transaction.atomic():
        bare = write_bare(company, rows)
    return ours, bare


def write_ours(company: Company, rows: dict[type[models.Model], list[models.Model]]) -> float:
    tenant = company.tenant
    ids = take_due(tenant.id, MATCHES * 2)
    before = {
        model: set(model.objects.of(tenant).values_list("pk", flat=True)) for model in WRITTEN
    }  # type: ignore[attr-defined]
    gathered = gather(tenant, ids)
    chosen = Looking(gathered, Guards.of(tenant.id, gathered)).run().chosen
    assert len(chosen) > MATCHES * 0.9, len(chosen)
    began = time.perf_counter()
    refused = write_all(gathered, chosen, accounts_of(tenant.id))
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    seconds = time.perf_counter() - began
    assert not refused
    for model in WRITTEN:
        found = model.objects.of(tenant).exclude(pk__in=before[model])  # type: ignore[attr-defined]
        rows[model] = list(found.order_by("pk"))
    return seconds


def write_bare(company: Company, rows: dict[type[models.Model], list[models.Model]]) -> float:
    bills = [row.payable_id for row in rows[OutsidePayment]]  # type: ignore[attr-defined]
    charges = [row.charge_id for row in rows[Settlement]]  # type: ignore[attr-defined]
    records = sorted(rows[Record], key=lambda row: row.number)  # type: ignore[attr-defined]
    rows = {**rows, Record: records}
    lock_head(company.tenant.id)
    began = time.perf_counter()
    for first in range(0, len(rows[Match]), BATCH):
        for model in WRITTEN:
            share = len(rows[model]) / len(rows[Match])
            part = rows[model][round(first * share) : round((first + BATCH) * share)]
            model.objects.bulk_create(part)  # type: ignore[attr-defined]
        of_bills = bills[first * len(bills) // MATCHES : (first + BATCH) * len(bills) // MATCHES]
        Payable.objects.of(company.tenant).filter(id__in=of_bills).update(status="paid")
        taken = charges[first * len(charges) // MATCHES : (first + BATCH) * len(charges) // MATCHES]
        Charge.objects.of(company.tenant).filter(id__in=taken).update(
            status="paid", settled=models.F("amount"), paid_on=DAY
        )
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    return time.perf_counter() - began
