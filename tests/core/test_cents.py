"""An amount is found by an index, though rows of other companies stand beside it."""

import re
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.db.models import QuerySet

from accounts.journal.listing import entries_of
from accounts.models import JournalEntry
from banking.models import StatementLine
from tenants.scope import tenant_scope
from tests.accounts.books import make_entry
from tests.banking.factories import make_account, make_line

pytestmark = pytest.mark.django_db


def read_by(rows: "QuerySet[Any]") -> str:
    """What the plan looks up in indexes, where it may. It does not sort: so of two indexes that
    seem to cost the same it takes the one that has the order."""
    with connection.cursor() as cursor:
        for other in ("seqscan", "bitmapscan", "sort"):
            cursor.execute(f"SET LOCAL enable_{other} = off")
    return " ".join(re.findall(r"Index Cond: (.*)", rows.explain()))


def test_a_bank_line_is_looked_up_by_its_amount(tenant, operator):
    account = make_account(tenant, operator)
    with tenant_scope(tenant.id):
        rows = StatementLine.objects.of(tenant).filter(bank_account=account, withdrawn_at=None)
        found = rows.filter(cents=-1234).order_by("booked_on")

        assert "cents = " in read_by(found)


def test_an_entry_is_looked_up_by_its_total(tenant):
    with tenant_scope(tenant.id):
        rows = entries_of(tenant, {"valor_de": Decimal("12.34")})

        assert "total_cents >= 1234" in read_by(rows.order_by("-total_cents", "-id"))


def test_cents_are_those_of_the_amount(tenant, operator):
    line = make_line(make_account(tenant, operator), "-0.29")
    entry = make_entry(tenant, "999999999.99")

    with tenant_scope(tenant.id):
        assert StatementLine.objects.of(tenant).get(id=line.id).cents == -29
        assert JournalEntry.objects.of(tenant).get(id=entry.id).total_cents == 99_999_999_999
