"""A line at which the engine fails takes no other along."""

from datetime import date

import pytest

from banking.models import BankAccount, StatementLine
from payments.states import PayableStatus
from reconciliation.engine.due import companies, take_due
from reconciliation.engine.run import work
from reconciliation.models import Proposal
from tenants.models import Membership, Tenant
from tenants.scope import tenant_scope
from tests.banking.factories import reread
from tests.payments.factories import make_known
from tests.reconciliation.engine.lines import of_payee, switch_on
from tests.reconciliation.matched import DAY, line, make_entry, matched, open_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]

LAST = date(9999, 12, 31)  # no day comes after it: the days about it cannot be asked for


def kept_of(row: StatementLine) -> int:
    with tenant_scope(row.tenant_id):
        return int(Proposal.objects.of(row.tenant_id).filter(line_id=row.id).count())


def test_a_line_at_which_the_engine_fails_is_set_apart_alone(
    tenant: Tenant, itau: BankAccount
) -> None:
    amounts = [f"-{number}8.37" for number in range(1, 6)]
    for amount in amounts:
        make_entry(itau, amount)
    rows = [line(itau, amount, LAST if amount == "-38.37" else DAY) for amount in amounts]

    work(tenant.id)

    assert [kept_of(row) for row in rows] == [1, 1, 0, 1, 1]
    assert companies() == []


def test_and_is_looked_at_again_when_an_item_of_it_comes(tenant: Tenant, itau: BankAccount) -> None:
    row = line(itau, "-88.37", LAST)
    work(tenant.id)
    make_entry(itau, "-88.37")
    with tenant_scope(tenant.id):
        assert [each.line for each in take_due(tenant.id, 9)] == [row.id]


def test_and_what_is_certain_of_the_others_is_matched_by_itself(
    tenant: Tenant, itau: BankAccount, ana: Membership
) -> None:
    switch_on(itau, ana)
    bill = make_known(tenant, "731.17", approved=True)
    of_payee(bill, itau, "-731.17")
    line(itau, "-38.37", LAST)

    work(tenant.id)

    assert reread(bill).status == PayableStatus.PAID
    assert companies() == []


def test_it_stays_open_to_people(tenant: Tenant, itau: BankAccount, ana: Membership) -> None:
    entry, row = make_entry(itau, "-38.37"), line(itau, "-38.37", LAST)
    work(tenant.id)

    matched(row, entry, by=ana)

    assert open_of(row) == 0
