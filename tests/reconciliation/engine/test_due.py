"""Which lines the engine is to look at."""

import pytest

from banking.models import BankAccount, StatementLine
from reconciliation.engine.run import work
from reconciliation.matches.undo import undo
from reconciliation.models import LineReading
from tenants.models import Membership, Tenant
from tenants.scope import tenant_scope
from tests.banking.factories import make_lines
from tests.reconciliation.matched import DAY, make_entry, matched

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
        assert list(read.values_list("id", flat=True)) == [line.id for line in lines]
