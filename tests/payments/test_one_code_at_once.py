"""One Pix code, entered by several people at the same moment."""

import pytest

from banking.banks.contract.payments import PixCode
from payments.bills.duplicates import AlreadyEntered
from payments.models import Payable
from tenants.models import Tenant
from tests.payments.at_most_once.side_by_side import at_once
from tests.payments.factories import DYNAMIC_CODE, OPEN_CODE, PIX_CODE, make_payable

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("monday")]

PEOPLE = 4


def enter_at_once(tenant: Tenant, code: PixCode) -> list[object]:
    return list(at_once(lambda: make_payable(tenant, "1234.56", destination=code), PEOPLE))


@pytest.mark.parametrize("code", [PIX_CODE, OPEN_CODE])
def test_each_but_the_first_says_that_it_repeats_another(tenant: Tenant, code: PixCode) -> None:
    bills = [bill for bill in enter_at_once(tenant, code) if isinstance(bill, Payable)]

    assert len(bills) == PEOPLE
    repeated = {bill.repeats_id for bill in bills}
    assert len(repeated) == PEOPLE and None in repeated  # one after the other, like a chain


def test_a_code_for_one_payment_is_one_bill(tenant: Tenant) -> None:
    ended = enter_at_once(tenant, DYNAMIC_CODE)

    assert [type(one) for one in ended].count(Payable) == 1
    assert [type(one) for one in ended].count(AlreadyEntered) == PEOPLE - 1
