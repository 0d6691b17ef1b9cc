from decimal import Decimal

import pytest
from django.utils import timezone

from accounts.journal.entries import post_entry
from accounts.models import Account, JournalEntry
from core.errors import InvalidInput, InvalidState
from tenants.scope import tenant_scope
from tests.accounts.books import DAY, account_of, make_entry


@pytest.fixture
def rent(tenant):
    return account_of(tenant, "5.2.01")


@pytest.fixture
def cash(tenant):
    return account_of(tenant, "1.1.1.01")


def test_an_entry_keeps_its_lines_in_order(tenant, operator, rent, cash):
    fees = account_of(tenant, "5.5.01")
    entry = post_entry(
        tenant,
        date=DAY,
        memo="  Aluguel e tarifa ",
        lines=[(rent, Decimal("100.00")), (fees, Decimal("2.5")), (cash, Decimal("-102.50"))],
        by=operator,
    )

    with tenant_scope(tenant.id):
        stored = JournalEntry.objects.of(tenant).get(id=entry.id)
        lines = [(line.position, line.account_id, line.amount) for line in stored.lines.all()]
    assert (stored.memo, stored.line_count, stored.total, stored.created_by_id) == (
        "Aluguel e tarifa",
        3,
        Decimal("102.50"),
        operator.id,
    )
    assert lines == [
        (1, rent.id, Decimal("100.00")),
        (2, fees.id, Decimal("2.50")),
        (3, cash.id, Decimal("-102.50")),
    ]


@pytest.mark.parametrize(
    ("amounts", "message"),
    [
        (["10.00", "-9.99"], "a diferença é de R$ 0,01"),
        (["10.00"], "pelo menos duas linhas"),
        ([], "pelo menos duas linhas"),
        (["0.00", "0.00"], "não pode ser zero"),
        (["10.001", "-10.001"], "duas casas decimais"),
        (["1000000000.00", "-1000000000.00"], "O maior valor"),
        (["NaN", "-1.00"], "O maior valor"),
        (["Infinity", "-Infinity"], "O maior valor"),
    ],
)
def test_amounts_that_make_no_entry_are_refused(tenant, rent, cash, amounts, message):
    lines = list(zip([rent, cash], map(Decimal, amounts), strict=False))

    with pytest.raises(InvalidInput, match=message.replace("$", r"\$")):
        post_entry(tenant, date=DAY, memo="Aluguel", lines=lines)

    with tenant_scope(tenant.id):
        assert not JournalEntry.objects.of(tenant).exists()


@pytest.mark.parametrize(("memo", "message"), [("  ", "Escreva"), ("x" * 301, "301 caracteres")])
def test_a_memo_is_a_short_text(tenant, memo, message):
    with pytest.raises(InvalidInput, match=message):
        make_entry(tenant, memo=memo)


def test_the_largest_amount_fits(tenant):
    assert make_entry(tenant, "999999999.99").total == Decimal("999999999.99")


def test_an_archived_account_takes_no_entry(tenant):
    with tenant_scope(tenant.id):
        Account.objects.of(tenant).filter(code="5.2.01").update(archived_at=timezone.now())

    with pytest.raises(InvalidState, match=r"5\.2\.01 Aluguel está arquivada"):
        make_entry(tenant)
