"""A Pix code is no way around confirming where a payee receives money."""

import pytest

from banking.banks.contract.payments import PixCode, PixKey, PixKeyType
from brazil.br_code import CRC_HEADER, crc16, parse_br_code
from core.errors import InvalidInput
from payments.bills.warnings import cautions_of
from payments.models import Payable
from payments.rails.debit_account import preferred_account
from tenants.models import Tenant
from tenants.scope import tenant_scope
from tests.brazil.codes import RENT, WITH_INTEREST
from tests.cast import make_tenant
from tests.payments.factories import confirm, make_payable

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]

KEY = "financeiro@loja-teste.com.br"
ANOTHER = "0014br.gov.bcb.pix0116rapina@mal.local"


def codes_of(payable: Payable) -> set[str]:
    with tenant_scope(payable.tenant_id):
        bills = Payable.objects.of(payable.tenant_id).with_details().with_cautions()
        account = preferred_account(payable.tenant_id)
        return {caution.code for caution in cautions_of(bills.get(id=payable.id), account)}


def confirm_key(tenant: Tenant, key: str) -> None:
    bill = make_payable(tenant, destination=PixKey(PixKeyType.EMAIL, key))
    with tenant_scope(tenant.id):
        row = bill.payee.keys.get(key=key)
    confirm(row)


def test_a_code_that_pays_a_key_which_nobody_confirmed_is_told_of(tenant: Tenant) -> None:
    confirm_key(tenant, "outra@loja-teste.com.br")
    payable = make_payable(tenant, "2500.00", destination=PixCode(RENT))

    assert "code_of_new_key" in codes_of(payable)

    confirm_key(tenant, KEY)
    assert "code_of_new_key" not in codes_of(payable)


def test_a_key_that_is_confirmed_of_another_payee_or_company_does_not_count(
    tenant: Tenant,
) -> None:
    confirm_key(make_tenant("Padaria Aurora", "11222333000181"), KEY)
    bill = make_payable(
        tenant, destination=PixKey(PixKeyType.EMAIL, KEY), payee_document="11444777000161"
    )
    with tenant_scope(tenant.id):
        (row,) = bill.payee.keys.all()
    confirm(row)

    assert "code_of_new_key" in codes_of(make_payable(tenant, "2500.00", destination=PixCode(RENT)))


def test_a_code_whose_receiver_only_a_bank_learns_is_told_of(tenant: Tenant) -> None:
    payable = make_payable(tenant, "100.00", destination=PixCode(WITH_INTEREST))

    assert "code_of_unknown_receiver" in codes_of(payable)


def test_a_code_of_two_receivers_is_refused(tenant: Tenant) -> None:
    """Which of them is paid would be the choice of who reads it."""
    code = RENT[: -len(CRC_HEADER) - 4].replace("52040000", f"27{len(ANOTHER)}{ANOTHER}52040000")
    code += CRC_HEADER
    code += crc16(code)
    assert parse_br_code(code).names_others  # and nothing else is wrong with it

    with pytest.raises(InvalidInput):
        make_payable(tenant, "2500.00", destination=PixCode(code))
