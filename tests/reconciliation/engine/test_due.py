"""Which lines the engine is to look at."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext

from banking.models import BankAccount, StatementLine
from reconciliation.engine.due import take_due
from reconciliation.engine.run import work
from reconciliation.matches.undo import undo
from reconciliation.models import LineReading, Proposal
from tenants.models import Membership, Tenant
from tenants.scope import tenant_scope
from tests.banking.factories import change, make_lines
from tests.payments.factories import TODAY, make_known
from tests.reconciliation.engine.lines import of_payee
from tests.reconciliation.matched import DAY, line, make_entry, matched

AROUND = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "SET CONSTRAINTS")
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]


def test_a_line_that_opens_again_among_those_that_came_is_looked_at_once(
    tenant: Tenant, itau: BankAccount, ana: Membership
) -> None:
    make_lines(itau, "-1.00", "-2.00", "-3.00", day=DAY, kind="other")
    with tenant_scope(tenant.id):
        lines = list(StatementLine.objects.of(tenant).order_by("id"))
    made = matched(lines[1], make_entry(itau, str(lines[1].amount)), by=ana)
    with tenant_scope(tenant.id):
        undo([made.id], by=ana, why="Era outra")

    work(tenant.id)

    with tenant_scope(tenant.id):
        read = LineReading.objects.of(tenant).exclude(read_at=None).order_by("id")
        assert list(read.values_list("id", flat=True)) == [row.id for row in lines]


def test_the_last_day_of_a_batch_is_whole(tenant: Tenant, itau: BankAccount) -> None:
    first = [line(itau, amount) for amount in ("-1.01", "-1.02", "-1.03")]
    line(itau, "-1.04", DAY + timedelta(days=1))

    with tenant_scope(tenant.id):
        assert {each.line for each in take_due(tenant.id, 2)} == {row.id for row in first}


def test_a_batch_is_twice_its_size_at_the_most(tenant: Tenant, itau: BankAccount) -> None:
    for number in range(5):
        line(itau, f"-1.0{number + 1}")

    with tenant_scope(tenant.id):
        assert len(take_due(tenant.id, 2)) == 4


@pytest.mark.parametrize(("early", "is_due"), [(45, True), (46, False)])
def test_a_value_alone_tells_of_what_is_due_within_45_days(
    tenant: Tenant, itau: BankAccount, early: int, is_due: bool
) -> None:
    row = line(itau, "-731.17")
    work(tenant.id)

    make_entry(itau, "-731.17", day=DAY + timedelta(days=early))

    assert due_of(tenant) == [row.id] * is_due
    work(tenant.id)
    with tenant_scope(tenant.id):
        assert Proposal.objects.of(tenant).filter(line_id=row.id).exists() == is_due


def test_a_line_that_tells_of_the_party_is_looked_at_whenever_its_bill_is_due(
    tenant: Tenant, itau: BankAccount
) -> None:
    due = DAY + timedelta(days=300)
    first, bill = make_known(tenant, "9.00"), make_known(tenant, "731.17", due_date=due)
    told, _ = of_payee(first, itau, "-731.17", DAY), of_payee(bill, itau, "-88.37", DAY)
    work(tenant.id)

    change(first, payment_date=due)
    assert due_of(tenant) == [told.id]


def test_a_bill_that_is_put_off_is_looked_for_from_its_former_day(
    tenant: Tenant, itau: BankAccount
) -> None:
    row = line(itau, "-731.17")
    bill = make_known(tenant, "731.17", due_date=DAY + timedelta(days=6))
    work(tenant.id)
    with tenant_scope(tenant.id):
        Proposal.objects.of(tenant).delete()  # as of a line whose rival the bill was

    change(bill, payment_date=DAY + timedelta(days=300))

    assert due_of(tenant) == [row.id]


def test_what_is_due_about_the_day_of_a_line_that_tells_of_nobody_may_be_its_lot(
    tenant: Tenant, itau: BankAccount
) -> None:
    lot = line(itau, "-300.07", TODAY, description="SISPAG")
    line(itau, "-300.09", TODAY - timedelta(days=10), description="SISPAG")
    work(tenant.id)

    bills = [make_known(tenant, amount, due_date=TODAY) for amount in ("100.02", "200.05")]

    assert due_of(tenant) == [lot.id]
    work(tenant.id)
    with tenant_scope(tenant.id):
        found = Proposal.objects.of(tenant).get()
    assert (found.line_id, set(found.items)) == (lot.id, {bill.id for bill in bills})
    change(bills[0], payment_date=TODAY + timedelta(days=40))
    work(tenant.id)
    change(bills[0], payment_date=TODAY + timedelta(days=1))
    assert due_of(tenant) == [lot.id]


def due_of(tenant: Tenant) -> list[UUID]:
    with tenant_scope(tenant.id):
        return [each.line for each in take_due(tenant.id, 9)]


def test_a_look_at_nothing_takes_no_more_than_three_queries(
    tenant: Tenant, itau: BankAccount
) -> None:
    """Scope, lock, and what there is to do."""
    make_lines(itau, "-1.00", day=DAY, kind="other")
    work(tenant.id)

    with CaptureQueriesContext(database) as told:
        work(tenant.id)

    asked = [each["sql"] for each in told if not each["sql"].startswith(AROUND)]
    assert len(asked) <= 3, asked
