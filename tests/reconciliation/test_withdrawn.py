"""What is said of lines ends with them, when their file is undone."""

from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from banking.models import BankAccount, StatementFile, StatementLine
from reconciliation.matches.create import Slice, create_entry
from reconciliation.matches.give_back import give_back
from reconciliation.matches.ignore import ignore
from reconciliation.matches.undo import undo
from reconciliation.models import Match, MatchLine
from tenants.models import Tenant, User
from tenants.scope import tenant_scope
from tests.banking.imports.making import applied, make_other, ofx, undone
from tests.cast import sign_in
from tests.people.factories import membership_of
from tests.reconciliation.matched import account_named, make_entry, match, open_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]
RENT, FEE = ("2026-11-12", "-150.00", "ALUGUEL"), ("2026-11-13", "-7.00", "TARIFA")


@pytest.fixture
def ignored(tenant: Tenant, operator: User):
    """A file, one of whose two lines a person ignores."""
    by = membership_of(tenant, operator)
    account: BankAccount = make_other(tenant, by)
    file = applied(account, ofx(RENT, FEE), by)
    with tenant_scope(tenant.id):
        line = StatementLine.objects.of(tenant).get(amount="-7.00")
        ignore(line.id, by=by, why="Fora da contabilidade")
    return file


def test_what_was_ignored_is_so_no_longer(ignored, tenant: Tenant, operator: User) -> None:
    undone(ignored, membership_of(tenant, operator))

    with tenant_scope(tenant.id):
        assert not MatchLine.objects.of(tenant).ignored().exists()
        (match,) = Match.objects.of(tenant)
    assert match.undone_by == operator


def test_that_it_goes_is_said_before(
    ignored, client: Client, tenant: Tenant, operator: User
) -> None:
    sign_in(client, operator, tenant)

    shown = client.get(reverse("reconciliation:import", args=[ignored.id]))

    assert "1 linha ignorada" in shown.context["effect_words"]


def test_one_conciliation_of_two_of_its_lines_is_undone_with_it(
    tenant: Tenant, operator: User
) -> None:
    by = membership_of(tenant, operator)
    account: BankAccount = make_other(tenant, by)
    file = applied(account, ofx(RENT, FEE), by)
    with tenant_scope(tenant.id):
        rows = list(StatementLine.objects.of(tenant))
    match(rows, make_entry(account, "-157.00"), by=by)

    assert undone(file, by).status == StatementFile.Status.UNDONE

    with tenant_scope(tenant.id):
        assert not Match.objects.of(tenant).standing().exists()


def test_what_came_back_later_goes_first(tenant: Tenant, operator: User) -> None:
    """By another file, which stays."""
    by = membership_of(tenant, operator)
    account: BankAccount = make_other(tenant, by)
    file = applied(account, ofx(FEE), by)
    applied(account, ofx(("2026-11-16", "7.00", "ESTORNO")), by)
    expense = account_named(tenant, "5.4.03")
    with tenant_scope(tenant.id):
        fee, back = StatementLine.objects.of(tenant).order_by("booked_on")
        create_entry(fee.id, [Slice(expense.id, percent=Decimal(100))], by=by)
        later = give_back(back.id, fee.id, by=by).match
    assert later is not None

    stopped = undone(file, by)

    assert (stopped.status, bool(stopped.fault)) == (StatementFile.Status.READY, True)
    with tenant_scope(tenant.id):
        undo([later.id], by=by)
    assert undone(file, by).status == StatementFile.Status.UNDONE
    assert open_of(back) == back.amount
