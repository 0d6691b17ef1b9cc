"""One sale in N charges, to the centavo."""

from datetime import date
from decimal import Decimal

import pytest

from charges.drafts.enter import enter_instalments
from charges.models import Charge
from charges.terms.instalments import monthly, split_amount
from core.errors import InvalidInput
from tenants.scope import tenant_scope
from tests.charges.factories import make_draft, membership
from tests.payments.factories import make_bank_account

D = Decimal


@pytest.mark.parametrize(
    ("total", "count", "parts"),
    [
        ("1000.00", 7, ["142.86"] * 5 + ["142.85"] * 2),
        ("100.07", 3, ["33.36", "33.36", "33.35"]),
        ("0.05", 2, ["0.03", "0.02"]),
    ],
)
def test_parts_add_up_to_the_centavo(total, count, parts):
    split = split_amount(D(total), count)

    assert split == [D(part) for part in parts]
    assert sum(split) == D(total)


def test_the_day_is_kept_through_short_months():
    days = monthly(date(2026, 12, 31), 4)

    assert days == [date(2026, 12, 31), date(2027, 1, 31), date(2027, 2, 28), date(2027, 3, 31)]


def parts_of(total: str, count: int) -> list[tuple[Decimal, date]]:
    return list(zip(split_amount(D(total), count), monthly(date(2026, 12, 10), count), strict=True))


def test_a_part_below_what_the_bank_takes_is_refused_before_anything_is_entered(tenant):
    draft = make_draft(tenant, make_bank_account(tenant), "29.90")

    with pytest.raises(InvalidInput, match="o máximo são 5 parcelas"), tenant_scope(tenant.id):
        enter_instalments(tenant, draft, parts_of("29.90", 6), by=membership(tenant))

    with tenant_scope(tenant.id):
        assert not Charge.objects.of(tenant).exists()


def test_a_part_changed_by_hand_says_what_is_left_to_place(tenant):
    draft = make_draft(tenant, make_bank_account(tenant), "1000.00")
    parts = parts_of("1000.00", 7)
    parts[0] = (D("150.00"), parts[0][1])

    with pytest.raises(InvalidInput, match=r"sobram R\$ 7,14"), tenant_scope(tenant.id):
        enter_instalments(tenant, draft, parts, by=membership(tenant))


def test_instalments_are_charges_of_one_group(tenant):
    draft = make_draft(tenant, make_bank_account(tenant), "100.07")

    with tenant_scope(tenant.id):
        charges = enter_instalments(tenant, draft, parts_of("100.07", 3), by=membership(tenant))

    assert {charge.instalment_group for charge in charges} == {charges[0].instalment_group}
    assert [charge.instalment_number for charge in charges] == [1, 2, 3]
    assert sum(charge.amount for charge in charges) == D("100.07")
