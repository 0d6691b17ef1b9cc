"""The demonstration's month of charges, at the simulated bank."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from banking.models import BankAccount
from brazil.banking_days import sao_paulo_day
from charges.models import Charge
from core.clock import database_now
from parties.models import Payer
from tenants.models import Tenant, User
from tenants.scope import tenant_scope
from tests.charges.conftest import at_cora, bs2, cora, kamino, later, monday
from tests.charges.issued import follow

__all__ = ["at_cora", "bs2", "cora", "kamino", "later", "monday"]

pytestmark = pytest.mark.django_db(transaction=True)


def make() -> None:
    call_command("demo_charges", stdout=StringIO())


def test_it_has_charges_of_every_kind(
    tenant: Tenant,
    admin: User,
    operator: User,
    at_cora: BankAccount,
    later: Callable[[timedelta], None],
) -> None:
    make()
    later(timedelta(seconds=10))  # the bank registers them
    follow(at_cora)

    with tenant_scope(tenant.id):
        charges = list(Charge.objects.of(tenant))
        today = sao_paulo_day(database_now())
        assert Payer.objects.of(tenant).count() == 5
    states = Counter("overdue" if each.is_overdue(today) else each.status for each in charges)
    assert states == {"overdue": 4, "open": 8, "paid": 3, "partly_paid": 1, "draft": 1}
    assert sum(each.settled for each in charges) == Decimal(450 + 1190 + 3415 + 560)
    assert not any(each.needs_person for each in charges)

    with pytest.raises(CommandError):
        make()


def test_without_a_connected_account_it_makes_nothing(tenant: Tenant, cora: object) -> None:
    with pytest.raises(CommandError):
        make()
