"""Lines that a file told first and the bank's API tells then."""

import pytest

from banking.models import LineSource, StatementLine
from tenants.scope import tenant_scope
from tests.banking.factories import make_account
from tests.banking.imports.making import (
    applied,
    csv,
    lines,
    movement,
    ofx,
    store_told,
    tell_by_api,
    undone,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]
PIX = "E71027866202611101314aaaaaaaaaaa"
OTHER_PIX = "E71027866202611101314bbbbbbbbbbb"
RENT = ("2026-11-12", "-2300.00", "ALUGUEL")


@pytest.fixture
def account(tenant, admin):
    return make_account(tenant, admin)


def told_by_api(account):
    """Texts of the lines of files that the API told too."""
    with tenant_scope(account.tenant_id):
        sources = LineSource.objects.of(account.tenant_id).filter(bank_account=account, file=None)
        return sorted(sources.values_list("line__description", flat=True))


def test_the_same_pix_joins_its_line_though_it_is_booked_on_another_day(account, by):
    applied(account, ofx(("2026-11-13", "500.00", f"PIX {PIX}")), by)
    store_told(account, movement("2026-11-16", "500.00", "pix", pix=PIX))

    assert lines(account) == [("11-13", "500.00")]


def test_two_pix_of_one_day_and_value_are_two_lines(account, by):
    applied(account, ofx(("2026-11-13", "500.00", f"PIX {PIX}")), by)
    store_told(account, movement("2026-11-13", "500.00", "pix", pix=OTHER_PIX))

    assert lines(account) == [("11-13", "500.00")] * 2


def test_the_pix_with_an_id_joins_its_own_line_and_the_other_what_is_left(account, by):
    rows = [("2026-11-13", "500.00", "PIX"), ("2026-11-13", "500.00", f"PIX {PIX}")]
    applied(account, ofx(*rows), by)
    store_told(
        account,
        movement("2026-11-13", "500.00", "first", pix=PIX),
        movement("2026-11-13", "500.00", "second"),
        movement("2026-11-13", "500.00", "third", pix=OTHER_PIX),
    )

    assert lines(account) == [("11-13", "500.00")] * 3
    assert told_by_api(account) == ["PIX", f"PIX {PIX}"]


def test_the_text_decides_which_line_of_a_day_and_value_it_is(account, by):
    day, amount, _ = RENT
    applied(account, csv((day, amount, "Banco: luz"), (day, amount, "Banco: aluguel")), by)
    store_told(account, movement(*RENT))

    assert told_by_api(account) == ["Banco: aluguel"]


def test_another_day_without_an_id_is_a_line_of_its_own(account, by):
    applied(account, csv(RENT), by)
    store_told(account, movement("2026-11-13", "-2300.00", "ALUGUEL"))

    assert lines(account) == [("11-12", "-2300.00"), ("11-13", "-2300.00")]


def test_a_line_that_was_withdrawn_is_joined_by_nothing(account, by):
    undone(applied(account, csv(RENT), by), by)
    tell_by_api(account, [RENT])

    assert lines(account) == [("11-12", "-2300.00")]
    with tenant_scope(account.tenant_id):
        assert not StatementLine.objects.of(account.tenant_id).get().is_from_file


def test_what_joined_once_adds_nothing_when_it_is_told_again(account, by):
    applied(account, csv(RENT, RENT), by)
    for _ in range(2):
        tell_by_api(account, [RENT, RENT, RENT])

    assert lines(account) == [("11-12", "-2300.00")] * 3
