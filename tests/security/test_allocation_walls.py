"""What stands for what is never told, nor made, across companies."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import JournalLine
from banking.models import Allocation, BankAccount, StatementLine
from banking.statements.allocation import allocate, line_on, undo_allocation
from tenants.models import Membership, Tenant, User
from tenants.scope import tenant_scope
from tests.accounts.books import make_entry
from tests.banking.factories import make_account, make_line, reread
from tests.cast import sign_in

pytestmark = pytest.mark.django_db


def debit(account: BankAccount) -> tuple[StatementLine, JournalLine]:
    """A bank line, and the journal line that it would stand for."""
    line = make_line(account, "-150.00")
    entry = make_entry(account.tenant, "150.00", credit=account.ledger_account.code)
    with tenant_scope(account.tenant_id):
        posted = line_on(account, entry)
    assert posted is not None
    return line, posted


@pytest.fixture
def ours(tenant: Tenant, admin: User) -> tuple[StatementLine, JournalLine]:
    return debit(make_account(tenant, admin))


@pytest.fixture
def theirs(other_tenant: Tenant, outsider: User) -> tuple[StatementLine, JournalLine]:
    return debit(make_account(other_tenant, outsider))


@pytest.mark.parametrize("foreign", ["line", "entry", "both"])
def test_neither_side_is_another_companys(
    tenant: Tenant,
    ours: tuple[StatementLine, JournalLine],
    theirs: tuple[StatementLine, JournalLine],
    foreign: str,
) -> None:
    line = ours[0] if foreign == "entry" else theirs[0]
    posted = ours[1] if foreign == "line" else theirs[1]

    with (
        tenant_scope(tenant.id),
        pytest.raises(IntegrityError, match="in the company"),
        transaction.atomic(),
    ):
        Allocation.objects.create(
            tenant=tenant, statement_line=line, journal_line=posted, amount=Decimal("-150.00")
        )


def test_an_outsider_does_not_undo_it(
    client: Client,
    tenant: Tenant,
    other_tenant: Tenant,
    outsider: User,
    ours: tuple[StatementLine, JournalLine],
) -> None:
    with tenant_scope(tenant.id):
        allocation = allocate(*ours)
    sign_in(client, outsider, other_tenant)
    address = reverse("banking:undo_allocation", args=[allocation.id])

    assert {client.get(address).status_code, client.post(address).status_code} == {404}
    with tenant_scope(other_tenant.id):
        by = Membership.objects.of(other_tenant).get(user=outsider)
        with pytest.raises(Allocation.DoesNotExist):
            undo_allocation(allocation, by=by)
    assert reread(allocation).ended_at is None
