"""Transfers between the company's own accounts."""

from datetime import date
from decimal import Decimal

import pytest

from accounts.models import JournalEntry
from banking.models import BankAccount
from core.errors import InvalidInput, InvalidState
from reconciliation.matches.other_side import other_lines
from reconciliation.matches.transfer import complete_waiting, transfer
from reconciliation.matches.undo import undo
from reconciliation.models import Match, Transfer
from tenants.scope import tenant_scope
from tests.banking.factories import reread
from tests.payments.factories import make_bank_account
from tests.reconciliation.matched import (
    balance,
    line,
    make_entry,
    matched,
    open_of,
    purpose_balance,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]

D = Decimal
MONDAY = date(2026, 11, 16)
WEDNESDAY = date(2026, 11, 18)


@pytest.fixture
def other(tenant) -> BankAccount:
    return make_bank_account(tenant, preferred=False)


@pytest.fixture
def third(tenant) -> BankAccount:
    return make_bank_account(tenant, preferred=False)


def moved(row, by, **more) -> Transfer:
    with tenant_scope(by.tenant_id):
        return transfer(row.id, by=by, **more)


def under_way(tenant) -> list[Transfer]:
    with tenant_scope(tenant.id):
        return list(Transfer.objects.of(tenant).under_way())


def test_both_lines_are_explained_each_on_its_own_day(tenant, itau, other, ana):
    left, came = line(itau, "-100.00", MONDAY), line(other, "100.00", WEDNESDAY)

    moved(left, ana, other_line=came.id)

    assert (open_of(left), open_of(came)) == (0, 0)
    assert (balance(tenant, itau.ledger_account), balance(tenant, other.ledger_account)) == (
        D("-100.00"),
        D("100.00"),
    )
    assert purpose_balance(tenant, "in_transit") == 0
    with tenant_scope(tenant.id):
        days = JournalEntry.objects.of(tenant).order_by("date").values_list("date", flat=True)
        assert list(days) == [MONDAY, WEDNESDAY]


def test_one_side_that_is_explained_is_not_both(tenant, itau, other, ana):
    """R-TRF04."""
    left = line(itau, "-1000.00", MONDAY)

    made = moved(left, ana, other_account=other)

    assert open_of(left) == 0
    assert [each.id for each in under_way(tenant)] == [made.id]
    assert purpose_balance(tenant, "in_transit") == D("1000.00")
    assert balance(tenant, other.ledger_account) == 0


def test_the_late_line_completes_what_waits_for_it(tenant, itau, other, ana):
    made = moved(line(itau, "-1000.00", MONDAY), ana, other_account=other)
    came = line(other, "1000.00", WEDNESDAY)

    again = moved(came, ana, other_account=itau)

    assert again.id == made.id
    assert (open_of(came), under_way(tenant)) == (0, [])
    assert purpose_balance(tenant, "in_transit") == 0


def test_what_comes_in_another_amount_does_not_complete_it(tenant, itau, other, ana):
    """R-TRF04: the difference appears where it is."""
    moved(line(itau, "-1000.00", MONDAY), ana, other_account=other)

    moved(line(other, "990.00", WEDNESDAY), ana, other_account=itau)

    assert sorted(each.amount for each in under_way(tenant)) == [D("990.00"), D("1000.00")]
    assert purpose_balance(tenant, "in_transit") == D("10.00")


def test_the_fee_is_of_the_sender(tenant, itau, other, ana):
    left, came = line(itau, "-105.00", MONDAY), line(other, "100.00", WEDNESDAY)

    moved(left, ana, other_line=came.id, fee=D("5.00"))

    assert purpose_balance(tenant, "fees") == D("5.00")
    assert purpose_balance(tenant, "in_transit") == 0


def test_a_sender_that_is_read_late_brings_its_fee(tenant, itau, other, ana):
    moved(line(other, "100.00", MONDAY), ana, other_account=itau)

    moved(line(itau, "-105.00", WEDNESDAY), ana, other_account=other, fee=D("5.00"))

    assert (under_way(tenant), purpose_balance(tenant, "fees")) == ([], D("5.00"))


def test_two_that_left_on_one_day_wait_each_for_its_own_account(tenant, itau, other, third, ana):
    """R-TRF01."""
    to_other = line(itau, "-100.00", MONDAY, description="TRANSF PARA CORRETORA B")
    to_third = line(itau, "-100.00", MONDAY, description="TRANSF PARA CONTA C")
    came = line(third, "100.00", WEDNESDAY, description="TRANSF RECEBIDA DE A")

    waits = moved(to_other, ana, other_account=other)
    moved(to_third, ana, other_line=came.id)

    assert [each.id for each in under_way(tenant)] == [waits.id]
    assert open_of(came) == 0


def test_a_line_of_a_third_person_is_taken_by_nobody_but_a_person(tenant, itau, other, ana):
    """R-TRF02: equal and near, and nothing says that it is ours."""
    came = line(
        other, "250.00", WEDNESDAY, counterparty_name="Maria Exemplo",
        counterparty_document="52998224725",
    )  # fmt: skip

    moved(line(itau, "-250.00", MONDAY), ana, other_account=other)

    assert open_of(came) == D("250.00")
    assert len(under_way(tenant)) == 1


def test_the_only_line_that_the_bank_says_is_ours_is_found(tenant, itau, other, ana):
    came = line(other, "250.00", WEDNESDAY, counterparty_document=tenant.cnpj)

    moved(line(itau, "-250.00", MONDAY), ana, other_account=other)

    assert (open_of(came), under_way(tenant)) == (0, [])


def test_the_other_line_is_at_most_five_banking_days_away(itau, other):
    left = line(itau, "-100.00", date(2026, 11, 9))
    near = line(other, "100.00", date(2026, 11, 16))
    line(other, "100.00", date(2026, 11, 17))

    with tenant_scope(itau.tenant_id):
        assert [each.id for each in other_lines(left)] == [near.id]


def test_a_late_line_that_the_bank_calls_ours_completes_it_by_itself(tenant, itau, other, ana):
    made = moved(line(itau, "-100.00", MONDAY), ana, other_account=other)
    came = line(other, "100.00", WEDNESDAY, counterparty_document=tenant.cnpj)

    with tenant_scope(tenant.id):
        complete_waiting(other)

    assert (open_of(came), reread(made).completed_at is not None) == (0, True)


@pytest.mark.parametrize("rivals", ["lines", "transfers"])
def test_with_a_rival_on_either_side_a_late_line_waits_for_a_person(
    tenant, itau, other, ana, rivals
):
    for _ in range(2 if rivals == "transfers" else 1):
        moved(line(itau, "-100.00", MONDAY), ana, other_account=other)
    for _ in range(2 if rivals == "lines" else 1):
        came = line(other, "100.00", WEDNESDAY, counterparty_document=tenant.cnpj)

    with tenant_scope(tenant.id):
        complete_waiting(other)

    assert open_of(came) == D("100.00")


def test_a_transfer_is_between_two_accounts(itau, ana):
    with pytest.raises(InvalidInput) as caught:
        moved(line(itau, "-100.00"), ana, other_account=itau)

    assert caught.value.code == "same_account"


def test_amounts_that_differ_by_more_than_the_fee_are_no_transfer(itau, other, ana):
    left, came = line(itau, "-105.00", MONDAY), line(other, "100.00", WEDNESDAY)

    with pytest.raises(InvalidInput) as caught:
        moved(left, ana, other_line=came.id)

    assert caught.value.code == "not_equal"


def test_a_line_that_is_explained_is_no_side_of_a_transfer(itau, other, ana):
    left, came = line(itau, "-100.00", MONDAY), line(other, "100.00", WEDNESDAY)
    matched(came, make_entry(other, "100.00", code="4.1.01"), by=ana)

    with pytest.raises(InvalidState) as caught:
        moved(left, ana, other_line=came.id)

    assert caught.value.code == "line_used"


def test_undoing_a_transfer_opens_both_sides(tenant, itau, other, ana):
    left, came = line(itau, "-100.00", MONDAY), line(other, "100.00", WEDNESDAY)
    made = moved(left, ana, other_account=other)
    moved(came, ana, other_account=itau)

    with tenant_scope(tenant.id):
        undo([made.match_id], by=ana)

    assert (open_of(left), open_of(came)) == (D("-100.00"), D("100.00"))
    assert [balance(tenant, each.ledger_account) for each in (itau, other)] == [0, 0]
    with tenant_scope(tenant.id):
        match: Match = Match.objects.of(tenant).get()
    assert match.ended_at is not None
    assert reread(made).ended_at is not None
