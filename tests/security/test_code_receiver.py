"""A Pix code is no way around confirming where a payee receives money."""

from decimal import Decimal

import pytest

from banking.banks.contract.payments import PixCode, PixKey, PixKeyType
from banking.models import BankAccount
from brazil.br_code import CRC_HEADER, crc16, parse_br_code
from core.clock import database_now
from core.errors import InvalidInput, InvalidState
from payments.bills.key_lookup import accounts_with_unread_keys, ask_for_keys
from payments.bills.warnings import cautions_of
from payments.models import Payable
from payments.rails.debit_account import preferred_account
from payments.states import PayableStatus
from tenants.models import Tenant, User
from tenants.scope import tenant_scope
from tests.banking.factories import change, reread
from tests.brazil.codes import RENT, WITH_INTEREST
from tests.cast import make_tenant
from tests.payments.factories import (
    DYNAMIC_CODE,
    PIX_CODE,
    approve,
    confirm,
    make_bank_account,
    make_payable,
)
from tests.payments.key_holders import ANOTHERS, OWN
from tests.payments.scripted_bank import ScriptedBank
from tests.security.seals import edit

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


@pytest.fixture
def kamino(tenant: Tenant) -> BankAccount:
    """Its bank can tell whose a key is."""
    return make_bank_account(tenant, provider="kamino")


def test_the_bank_is_asked_whose_the_key_in_a_code_is(
    tenant: Tenant, kamino: BankAccount, approver: User
) -> None:
    payable = make_payable(tenant, "2500.00", destination=PixCode(RENT))
    assert accounts_with_unread_keys(database_now()) == [(tenant.id, kamino.id)]
    with pytest.raises(InvalidState):
        approve(payable, approver)

    bank = ScriptedBank(holder=ANOTHERS)
    ask_for_keys(kamino, bank)

    assert bank.looked_up == [KEY]
    assert "key_of_another" in codes_of(payable)
    assert accounts_with_unread_keys(database_now()) == []


def test_what_is_found_after_the_approval_puts_the_bill_back(
    tenant: Tenant, kamino: BankAccount
) -> None:
    payable = make_payable(tenant, "2500.00", destination=PixCode(RENT), approved=True)
    change(payable, key_read_at=None)

    ask_for_keys(kamino, ScriptedBank(holder=ANOTHERS))

    assert reread(payable).is_pending


def test_another_code_is_asked_for_anew(
    tenant: Tenant, operator: User, kamino: BankAccount
) -> None:
    payable = make_payable(tenant, "2500.00", destination=PixCode(RENT), by=operator)
    ask_for_keys(kamino, ScriptedBank(holder=OWN))
    edit(payable, operator, destination=PIX_CODE, amount=Decimal("1234.56"))

    bank = ScriptedBank(holder=OWN)
    ask_for_keys(kamino, bank)

    assert bank.looked_up == ["financeiro@exemplo.com.br"]


def test_of_a_code_without_a_key_nothing_is_asked(
    tenant: Tenant, kamino: BankAccount, approver: User
) -> None:
    payable = make_payable(tenant, destination=DYNAMIC_CODE)

    bank = ScriptedBank(holder=OWN)
    ask_for_keys(kamino, bank)

    assert bank.looked_up == []
    assert accounts_with_unread_keys(database_now()) == []
    assert "key_unread" not in codes_of(payable)
    assert approve(payable, approver).status == PayableStatus.APPROVED
