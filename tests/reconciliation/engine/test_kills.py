"""A worker dies by SIGKILL while the engine is at work; another one finishes what it had begun."""

import random
from collections import Counter
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db.models import Sum

from accounts.models import JournalLine
from audit.models import Record
from audit.verification import verify
from banking.models import Allocation, StatementLine
from core.clock import database_now
from payments.states import OrderStatus
from reconciliation.engine.due import companies
from reconciliation.engine.run import work
from reconciliation.matches.amounts import with_open
from reconciliation.models import EngineTurn, Match, MatchLine, Proposal
from tenants.models import Tenant
from tenants.scope import tenant_scope
from tests.cast import make_tenant
from tests.charges.factories import membership
from tests.payments.at_most_once.conftest import workers
from tests.payments.at_most_once.database import locked, wait_until_stuck
from tests.payments.at_most_once.worker_pool import WorkerPool, wait_for
from tests.payments.clock import at
from tests.payments.factories import make_bank_account, make_known, make_order
from tests.reconciliation.engine.lines import of_payee, switch_on
from tests.reconciliation.matched import DAY, line, make_entry

__all__ = ["workers"]

pytestmark = pytest.mark.django_db(transaction=True)

WORK = "tests.reconciliation.engine.work_process"
# Where a worker is pinned before it dies; the others die as soon as so many matches are there.
TABLES = ("reconciliation_linereading", "accounts_journalentry", "audit_record")
LINES = 60


def make_books(tenant: Tenant) -> None:
    """Lines of bills, payments of ours, transfers, entries by hand, and some that nothing explains.
    No two amounts are the same."""
    by = membership(tenant)
    here, there = make_bank_account(tenant), make_bank_account(tenant, preferred=False)
    for account in (here, there):
        switch_on(account, by)
    amounts = (f"{100 + 7 * number}.{number % 90 + 10}" for number in range(LINES))
    for _ in range(18):
        amount = next(amounts)
        of_payee(make_known(tenant, amount, approved=True), here, f"-{amount}")
    for _ in range(8):
        amount = next(amounts)
        bill = make_known(tenant, amount, approved=True)
        make_order(bill, OrderStatus.AT_BANK, first_sent_at=at("23 10:00"))
        of_payee(bill, here, f"-{amount}", kind="transfer")
    own = {"counterparty_name": tenant.legal_name, "counterparty_document": tenant.cnpj}
    for _ in range(10):
        amount = next(amounts)
        line(here, f"-{amount}", DAY, **own)
        line(there, amount, DAY + timedelta(days=1), **own)
    for _ in range(8):
        amount = next(amounts)
        make_entry(there, amount)
        line(there, amount)
    for _ in range(6):
        line(there, f"-{next(amounts)}")


def matches(tenant: Tenant) -> int:
    with tenant_scope(tenant.id):
        return int(Match.objects.of(tenant).count())


def kill_when(tenant: Tenant, workers: WorkerPool, many: int) -> None:
    """As soon as so many matches are there, or it has ended."""
    victim = workers.run(WORK, tenant.id)
    wait_for(
        lambda: matches(tenant) >= many or not victim.is_alive(), "it has come so far", pause=0
    )
    victim.end()
    let_the_turn_end(tenant)


def kill_at(table: str, tenant: Tenant, workers: WorkerPool) -> None:
    with locked(table):
        victim = workers.run(WORK, tenant.id)
        wait_until_stuck(table)
        victim.kill()
    let_the_turn_end(tenant)


def let_the_turn_end(tenant: Tenant) -> None:
    with tenant_scope(tenant.id):
        EngineTurn.objects.of(tenant).update(leased_until=database_now())


def books(tenant: Tenant) -> dict[str, Decimal]:
    with tenant_scope(tenant.id):
        sums = JournalLine.objects.of(tenant).order_by().values("account__code")
        return dict(sums.annotate(total=Sum("amount")).values_list("account__code", "total"))


def told(tenant: Tenant) -> dict[str, Any]:
    """What the engine has written, by amounts: ids and names are each company's own."""
    with tenant_scope(tenant.id):
        found = {
            "matches": sorted(
                (each.kind, each.degree, *sorted(row.amount for row in each.lines.all()),
                 *each.effects.values_list("kind", flat=True))
                for each in Match.objects.of(tenant).prefetch_related("lines")
            ),
            "proposals": sorted(
                (str(StatementLine.objects.of(tenant).get(id=each.line_id).amount), each.rank,
                 each.kind, each.degree, each.score)
                for each in Proposal.objects.of(tenant)
            ),
            "open": sorted(
                with_open(StatementLine.objects.of(tenant)).exclude(open=0)
                .values_list("open", flat=True)
            ),
            "allocations": sorted(Allocation.objects.of(tenant).values_list("amount", flat=True)),
            "acts": Counter(Record.objects.of(tenant).values_list("act", flat=True)),
        }  # fmt: skip
    return found | {"books": books(tenant)}


def test_killed_again_and_again_it_matches_each_line_once(
    tenant: Tenant, workers: WorkerPool
) -> None:
    make_books(tenant)
    undisturbed = make_tenant()
    make_books(undisturbed)
    work(undisturbed.id)
    chance = random.Random(13)

    for table in TABLES:
        kill_at(table, tenant, workers)
    for many in sorted(chance.sample(range(1, 44), 3)):
        kill_when(tenant, workers, many)
    workers.run(WORK, tenant.id).wait()

    assert tenant.id not in companies()
    assert told(tenant) == told(undisturbed)
    with tenant_scope(tenant.id):
        said = MatchLine.objects.of(tenant).values_list("statement_line", flat=True)
        assert len(said) == len(set(said)) == LINES - 6
        records = Record.objects.of(tenant).filter(on_kind="reconciliation.match")
        assert len(set(records.values_list("on_id", flat=True))) == matches(tenant)
    assert verify(tenant.id).broken == ""
