"""The days that are read join those that are stored, or the account says from which day not."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from banking.banks import registry
from banking.connections.begin import connect_by_terms, terms_version
from banking.connections.complete import open_connection
from banking.models import BankAccount, DailyBalance, StatementLine
from banking.statements.continuity import OVERLAP, SyncResult, stretches
from banking.statements.sync import sync_account
from integrations.diagnosis import proved_days
from tenants.models import Tenant, User
from tenants.scope import tenant_scope
from tests.banking.conftest import NOW
from tests.banking.factories import make_bs2_connection, reread, stored_lines
from tests.bs2_simulator import Bs2Simulator
from tests.clock import Traveller
from tests.cora_simulator import CoraSimulator
from tests.kamino_simulator import KaminoSimulator

pytestmark = pytest.mark.django_db(transaction=True)

TODAY = NOW.date()
STATEMENT = "/bank-statement/statement"
BROKEN, PROVED = BankAccount.Proof.BROKEN, BankAccount.Proof.PROVED


def days_ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def sync(account: BankAccount) -> SyncResult:
    result = sync_account(account.tenant_id, account.id)
    assert result is not None
    return result


def line(amount: int, day: date, **told: Any) -> dict[str, Any]:
    way = "CREDIT" if amount > 0 else "DEBIT"
    return {"type": way, "amount": abs(amount), "day": day.isoformat(), **told}


def proof(account: BankAccount) -> tuple[str, Decimal, date | None]:
    read = reread(account)
    return read.proof, read.proof_difference, read.proof_broken_on


def asked(cora: CoraSimulator) -> list[tuple[str, str]]:
    """The first and the last day of each request for the statement."""
    queries = [request["query"] for request in cora.requests(STATEMENT)]
    return [(query[6:16], query[21:31]) for query in queries]


def test_a_line_that_the_bank_adds_twelve_days_late_is_found(
    cora: CoraSimulator, account: BankAccount
) -> None:
    """Case S03."""
    sync(account)
    before = stored_lines(account)
    cora.add_entries([line(-7700, days_ago(12))])

    result = sync(account)

    assert (result.new_lines, stored_lines(account)) == (1, before + 1)
    assert proof(account) == (PROVED, Decimal(0), None)
    with tenant_scope(account.tenant_id):
        late = StatementLine.objects.of(account.tenant_id).get(amount="-77.00")
        days = proved_days(account)
    assert late.booked_on == days_ago(12)
    assert all(day.is_proved for day in days)


def test_where_the_days_join_nothing_more_is_asked_for(
    cora: CoraSimulator, account: BankAccount
) -> None:
    sync(account)
    cora.clear_requests()

    sync(account)

    assert asked(cora) == [(str(TODAY - OVERLAP), str(TODAY))]


def test_the_window_goes_back_by_twice_as_many_days_until_they_join(
    cora: CoraSimulator, account: BankAccount
) -> None:
    sync(account)
    cora.add_entries([line(-7700, days_ago(30))])
    cora.clear_requests()

    sync(account)

    assert asked(cora) == [
        (str(days_ago(7)), str(TODAY)),
        (str(days_ago(21)), str(days_ago(8))),
        (str(days_ago(49)), str(days_ago(22))),
    ]
    assert proof(account)[0] == PROVED


def test_a_movement_that_the_bank_has_and_does_not_list_is_named_by_its_day(
    cora: CoraSimulator, account: BankAccount
) -> None:
    sync(account)
    cora.add_entries([line(-7700, days_ago(12), hidden=True)])

    result = sync(account)

    assert result.new_lines == 0
    assert proof(account) == (BROKEN, Decimal("-77.00"), days_ago(12))
    with tenant_scope(account.tenant_id):
        (gap,) = [day for day in proved_days(account) if not day.is_proved]
    assert (gap.day, gap.difference) == (days_ago(12), Decimal("-77.00"))


def test_the_first_of_two_days_is_named(cora: CoraSimulator, account: BankAccount) -> None:
    cora.add_entries([line(100, days_ago(days), hidden=True) for days in (3, 40)])

    sync(account)

    assert proof(account)[0::2] == (BROKEN, days_ago(40))


def test_a_day_that_does_not_agree_stays_so_when_the_window_has_moved_on(
    cora: CoraSimulator, account: BankAccount, monday: Traveller
) -> None:
    sync(account)
    (hidden,) = cora.add_entries([line(-7700, days_ago(3), hidden=True)])["ids"]
    sync(account)
    monday.shift(timedelta(days=20))
    cora.advance(timedelta(days=20).total_seconds())
    sync(account)  # from 10 days before the day: it is read
    cora.clear_requests()

    sync(account)

    assert proof(account) == (BROKEN, Decimal("-77.00"), days_ago(3))
    assert set(asked(cora)[1:]) == {(str(days_ago(3)), str(days_ago(3)))}  # besides the usual days
    cora.tell_entry(hidden)
    assert sync(account).new_lines == 1
    assert proof(account) == (PROVED, Decimal(0), None)


def test_what_came_before_the_first_day_is_told_and_not_searched_for_ever(
    cora: CoraSimulator, account: BankAccount
) -> None:
    sync(account)
    cora.add_entries([line(-7700, days_ago(200))])

    sync(account)

    assert proof(account) == (BROKEN, Decimal("-77.00"), days_ago(90))
    cora.clear_requests()
    sync(account)
    assert proof(account) == (BROKEN, Decimal("-77.00"), days_ago(90))
    assert asked(cora)[1:] == [(str(days_ago(90)), str(days_ago(90)))]


def test_what_the_first_days_opened_with_is_kept(cora: CoraSimulator, account: BankAccount) -> None:
    sync(account)

    with tenant_scope(account.tenant_id):
        balances = DailyBalance.objects.of(account.tenant_id).filter(bank_account=account)
        first, second = balances.order_by("day")[:2]
        lines = StatementLine.objects.of(account.tenant_id).filter(booked_on=second.day)
        moved = sum(lines.values_list("amount", flat=True))
    assert first.day == days_ago(91)
    assert second.closing == first.closing + moved


def at_bs2(tenant: Tenant, admin: User, bs2: Bs2Simulator) -> BankAccount | None:
    return open_connection(tenant.id, make_bs2_connection(tenant, admin, bs2).id)


def at_kamino(tenant: Tenant, admin: User, kamino: KaminoSimulator) -> BankAccount | None:
    mode = registry.info("kamino").modes[0]
    with tenant_scope(tenant.id):
        connection = connect_by_terms(tenant, "kamino", mode, version=terms_version(mode), by=admin)
    return open_connection(tenant.id, connection.id)


@pytest.mark.parametrize("late", [8, 33, 89])
@pytest.mark.parametrize(("bank", "connect"), [("bs2", at_bs2), ("kamino", at_kamino)])
def test_a_late_line_is_found_at_every_bank(
    bank: str,
    connect: Callable[..., BankAccount | None],
    late: int,
    request: pytest.FixtureRequest,
    tenant: Tenant,
    admin: User,
) -> None:
    simulator = request.getfixturevalue(bank)
    account = connect(tenant, admin, simulator)
    assert account is not None
    sync(account)
    simulator.add_entries([line(-7700, days_ago(late), kind="FEE")])

    assert sync(account).new_lines == 1
    assert proof(account)[0] == PROVED


def test_stretches_that_do_not_touch_are_none() -> None:
    assert stretches(days_ago(1), days_ago(2)) == []
