"""What is told of an item is another now: the lines that may be it are looked at anew."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction

from banking.banks.contract.payments import PixKey, PixKeyType
from banking.models import BankAccount, OpenItem, StatementLine
from charges.models import Charge, Slip
from charges.states import ChargeStatus, SlipStatus
from core.clock import database_now
from parties.models import PayeeKey, Payer
from payments.models import Payable
from payments.states import OrderStatus
from reconciliation.engine.due import take_due
from reconciliation.engine.run import work
from reconciliation.models import Proposal
from tenants.models import Membership, Tenant
from tenants.scope import tenant_scope
from tests.banking.factories import change
from tests.charges.factories import make_charge
from tests.charges.issued import opened
from tests.payments.factories import confirm, make_bank_account, make_known, make_order
from tests.reconciliation.engine.lines import of_payer
from tests.reconciliation.matched import DAY, choice, line, make_entry, matched, open_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]


def due_of(row: StatementLine) -> list[Any]:
    with tenant_scope(row.tenant_id), transaction.atomic():
        return [each.line for each in take_due(row.tenant_id, 9)]


@pytest.fixture
def bill(tenant: Tenant) -> Payable:
    return make_known(tenant, "731.17")


@pytest.fixture
def charge(tenant: Tenant) -> Charge:
    return opened(make_charge(tenant, make_bank_account(tenant), "412.55"))


def test_a_bill_is_told_otherwise(tenant: Tenant, itau: BankAccount, bill: Payable) -> None:
    row = line(itau, "-731.17", bill.payment_date)
    work(tenant.id)
    change(bill, description="NF 4711")
    assert due_of(row) == [row.id]


@pytest.mark.parametrize("edited", [{"document_number": "4711"}, {"description": "Outra"}])
def test_a_charge_is_told_otherwise(tenant: Tenant, charge: Charge, edited: dict[str, Any]) -> None:
    row = line_of(charge)
    work(tenant.id)
    change(charge, **edited)
    assert due_of(row) == [row.id]


@pytest.mark.parametrize(
    "edited", [{"fine_percent": 2}, {"interest_percent": 1}, {"discount": 3, "discount_days": 2}]
)
def test_a_charge_whose_slip_is_over_has_other_terms(
    tenant: Tenant, charge: Charge, edited: dict[str, Any]
) -> None:
    change(charge, status=ChargeStatus.WRITTEN_OFF)
    row = line_of(charge)
    work(tenant.id)
    change(charge, **edited)
    assert due_of(row) == [row.id]


def line_of(charge: Charge) -> StatementLine:
    with tenant_scope(charge.tenant_id):
        account = charge.bank_account
    return line(account, "412.55", charge.due_date)


def slip_of(charge: Charge) -> Slip:
    with tenant_scope(charge.tenant_id):
        return Slip.objects.of(charge.tenant_id).get(charge=charge)


@pytest.mark.parametrize("learned", [{"our_number": "109/4711-3"}, {"reference": "inv_4711"}])
def test_a_banks_number_of_a_charge_is_learned_late(
    tenant: Tenant, charge: Charge, learned: dict[str, Any]
) -> None:
    row = line_of(charge)
    work(tenant.id)
    change(slip_of(charge), **learned)
    assert due_of(row) == [row.id]


def test_a_line_that_tells_a_number_is_matched_when_it_is_learned(
    tenant: Tenant, charge: Charge
) -> None:
    with tenant_scope(tenant.id):
        account = charge.bank_account
    row = line(account, "412.55", charge.due_date, description="LIQ COBRANCA 10947113")
    work(tenant.id)
    assert open_of(row) == row.amount
    change(slip_of(charge), our_number="10947113")
    work(tenant.id)
    assert open_of(row) == 0


def test_a_number_is_corrected(tenant: Tenant, charge: Charge) -> None:
    change(slip_of(charge), our_number="109/4711-3")
    row = line_of(charge)
    work(tenant.id)
    change(slip_of(charge), our_number="109/4711-4")
    assert due_of(row) == [row.id]


def test_a_slip_is_over(tenant: Tenant, charge: Charge) -> None:
    row = line_of(charge)
    work(tenant.id)
    change(slip_of(charge), status=SlipStatus.WRITTEN_OFF)
    assert due_of(row) == [row.id]


def test_a_slip_that_is_only_looked_at_makes_nothing_due(tenant: Tenant, charge: Charge) -> None:
    row = line_of(charge)
    work(tenant.id)
    change(slip_of(charge), read_at=database_now())
    assert due_of(row) == []


def test_a_payment_waits_for_a_person_no_more(tenant: Tenant, itau: BankAccount) -> None:
    bill = make_known(tenant, "731.17", approved=True)
    order = make_order(bill, OrderStatus.AT_BANK, needs_person=True)
    row = line(itau, "-731.17", bill.payment_date)
    work(tenant.id)
    change(order, needs_person=False)
    assert due_of(row) == [row.id]


def test_a_payee_is_called_otherwise(tenant: Tenant, itau: BankAccount, bill: Payable) -> None:
    told = {"counterparty_name": "POSTO ESTRELA LTDA"}
    row = line(itau, "-731.17", bill.payment_date, **told)
    work(tenant.id)
    with tenant_scope(tenant.id):
        payee = bill.payee
    change(payee, trade_name="Posto Estrela Ltda")
    work(tenant.id)
    with tenant_scope(tenant.id):
        first = Proposal.objects.of(tenant).get(line_id=row.id, rank=1)
    assert "name" in first.reasons


def test_lines_of_another_value_that_tell_of_a_payer_are_looked_at_too(
    tenant: Tenant, charge: Charge
) -> None:
    with tenant_scope(tenant.id):
        account, payer = charge.bank_account, Payer.objects.of(tenant).get(id=charge.payer_id)
    row = of_payer(charge, account, "77.10", charge.due_date)
    work(tenant.id)
    change(payer, document="52998224725")
    assert due_of(row) == [row.id]


def test_a_key_is_confirmed(tenant: Tenant, itau: BankAccount) -> None:
    bill = make_known(tenant, "731.17", destination=PixKey(PixKeyType.CPF, "52998224725"))
    told = {"counterparty_name": "PAULO DONO", "counterparty_document": "52998224725"}
    row = line(itau, "-731.17", bill.payment_date, **told)
    work(tenant.id)
    with tenant_scope(tenant.id):
        (key,) = PayeeKey.objects.of(tenant).filter(payee=bill.payee)
    confirm(key)
    work(tenant.id)
    with tenant_scope(tenant.id):
        first = Proposal.objects.of(tenant).get(line_id=row.id, rank=1)
    assert "key" in first.reasons


def test_nothing_is_due_where_no_line_tells_of_what_changed(
    tenant: Tenant, itau: BankAccount, bill: Payable
) -> None:
    row = line(itau, "-731.17", bill.payment_date)
    work(tenant.id)
    with tenant_scope(tenant.id):
        payee = bill.payee
    change(payee, former_name="Outro nome")
    assert due_of(row) == []


@pytest.mark.parametrize("of", ["bill", "charge", "entry"])
def test_lines_of_the_value_that_an_item_had_are_looked_at_too(
    tenant: Tenant, itau: BankAccount, ana: Membership, of: str
) -> None:
    """They may be another's alone now."""
    if of == "bill":
        bill = make_known(tenant, "731.17")
        row = line(itau, "-731.17", bill.payment_date)
        work(tenant.id)
        change(bill, amount=Decimal("88.00"))
    elif of == "charge":
        charge = opened(make_charge(tenant, itau, "412.55"))
        row = line_of(charge)
        work(tenant.id)
        matched(line(itau, "12.55", charge.due_date), choice(charge, "12.55"), by=ana)
    else:
        entry = make_entry(itau, "-731.17")
        row = line(itau, "-731.17", DAY)
        work(tenant.id)
        with tenant_scope(tenant.id):
            OpenItem.objects.of(tenant).filter(id=entry.id).update(rest=Decimal("-88.00"))
    with tenant_scope(tenant.id):
        Proposal.objects.of(tenant).delete()
    assert due_of(row) == [row.id]
