import datetime as dt
from decimal import Decimal

import pytest
from django.utils import timezone

from accounts.journal.entries import MEMO_LENGTH, balances, reverse_entry
from accounts.models import Account
from core.errors import InvalidInput, InvalidState
from tenants.scope import tenant_scope
from tests.accounts.books import DAY, account_of, make_entry


def test_a_reversal_takes_back_what_the_entry_did(tenant, operator):
    entry = make_entry(tenant, "150.00")
    rent, cash = account_of(tenant, "5.2.01"), account_of(tenant, "1.1.1.01")

    reversal = reverse_entry(entry, by=operator, date=DAY, why="Valor errado")

    with tenant_scope(tenant.id):
        assert balances(tenant, [rent, cash]) == {rent.id: Decimal(0), cash.id: Decimal(0)}
        assert (reversal.memo, reversal.reverses_id, reversal.created_by_id) == (
            f"Estorno: {entry.memo} · Valor errado",
            entry.id,
            operator.id,
        )
        assert [line.amount for line in reversal.lines.all()] == [Decimal(-150), Decimal(150)]


def test_a_long_memo_leaves_room_for_the_reason(tenant, operator):
    entry = make_entry(tenant, memo="Compra de peças " * 18)

    reversal = reverse_entry(entry, by=operator, date=DAY, why="Valor errado")

    assert reversal.memo.startswith("Estorno: Compra de peças")
    assert reversal.memo.endswith("… · Valor errado")
    assert len(reversal.memo) <= MEMO_LENGTH


def test_an_entry_is_reversed_once(tenant, operator):
    entry = make_entry(tenant)
    reverse_entry(entry, by=operator, date=DAY, why="Valor errado")

    with pytest.raises(InvalidState) as refused:
        reverse_entry(entry, by=operator, date=DAY, why="Outra vez")
    assert refused.value.code == "already_reversed"


def test_a_reversal_is_not_reversed(tenant, operator):
    reversal = reverse_entry(make_entry(tenant), by=operator, date=DAY, why="Valor errado")

    with pytest.raises(InvalidState) as refused:
        reverse_entry(reversal, by=operator, date=DAY, why="Desistimos")
    assert refused.value.code == "is_reversal"


def test_a_reversal_says_why(tenant, operator):
    with pytest.raises(InvalidInput) as refused:
        reverse_entry(make_entry(tenant), by=operator, date=DAY, why=" ")
    assert refused.value.field == "why"


def test_a_reversal_does_not_come_before_its_entry(tenant, operator):
    entry = make_entry(tenant, date=DAY)
    the_day_before = DAY - dt.timedelta(days=1)

    with pytest.raises(InvalidInput) as refused:
        reverse_entry(entry, by=operator, date=the_day_before, why="Valor errado")
    assert refused.value.field == "date"


def test_an_entry_on_an_archived_account_is_not_reversed(tenant, operator):
    entry = make_entry(tenant)
    with tenant_scope(tenant.id):
        Account.objects.of(tenant).filter(code="5.2.01").update(archived_at=timezone.now())

    with pytest.raises(InvalidState) as refused:
        reverse_entry(entry, by=operator, date=DAY, why="Valor errado")
    assert refused.value.code == "archived"
