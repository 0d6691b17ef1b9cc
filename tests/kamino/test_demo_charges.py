"""The demonstration's month of charges, at the simulated bank."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from io import StringIO

import pytest
from django.core import mail
from django.core.management import CommandError, call_command

from banking.models import BankAccount
from brazil.banking_days import sao_paulo_day
from charges.models import Charge, Dunning, Reminder
from charges.reads.numbers import numbers_of
from charges.states import ChargeStatus
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
    later(timedelta(minutes=1))  # the bank registers them
    follow(at_cora)

    with tenant_scope(tenant.id):
        charges = list(Charge.objects.of(tenant))
        today = sao_paulo_day(database_now())
        assert Payer.objects.of(tenant).count() == 5
    states = Counter("overdue" if each.is_overdue(today) else each.status for each in charges)
    assert states == {"overdue": 6, "open": 9, "paid": 17, "partly_paid": 1, "draft": 1}
    assert sum(each.settled for each in charges) == Decimal(450 + 1190 + 3415 + 560 + 400 + 20730)
    with tenant_scope(tenant.id):
        numbers = numbers_of(tenant, today)
    assert all(bar.amount for bar in numbers.ages)
    assert len(numbers.days_received) > 5
    assert numbers.compared
    assert not any(each.needs_person for each in charges)

    with pytest.raises(CommandError):
        make()


def test_its_payers_were_thanked_and_nothing_left_to_do_so(
    tenant: Tenant, admin: User, operator: User, at_cora: BankAccount
) -> None:
    make()

    with tenant_scope(tenant.id):
        thanked = list(Reminder.objects.of(tenant).filter(status="sent").select_related("charge"))
        assert Dunning.objects.of(tenant).get().is_on
    assert len(thanked) == 14
    assert all(row.subject and row.charge.status == ChargeStatus.PAID for row in thanked)
    payers = {row.email for row in thanked}
    assert not [message for message in mail.outbox if payers & set(message.to)]


def test_without_a_connected_account_it_makes_nothing(tenant: Tenant, cora: object) -> None:
    with pytest.raises(CommandError):
        make()
