"""By which rail a bill goes, on which days, and what is said where there is none."""

from dataclasses import replace
from datetime import date, time
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from banking.banks import registry
from banking.banks.contract.info import Capability
from banking.banks.contract.payments import PixPayment, Rail
from core.errors import InvalidState
from payments.dispatch.plan import plan_run
from payments.dispatch.send_now import send_now
from payments.models import PaymentOrder
from payments.orders.payload import describe, payment_of
from payments.rails.destinations import Destination
from payments.rails.pix_policy import OUTSIDE
from payments.rails.rails import open_rails, rails_of
from tenants.models import Tenant
from tenants.scope import tenant_scope
from tests.payments.factories import (
    DYNAMIC_CODE,
    PIX_ACCOUNT,
    PIX_KEY,
    SUPPLIER,
    TODAY,
    make_bank_account,
    make_payable,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]

CORA = registry.info("cora")
WITH_PIX = replace(
    CORA,
    capabilities=CORA.capabilities | {Capability.SEND_PIX},
    cut_off={**CORA.cut_off, Rail.PIX: time(23, 59, 59)},
)


@pytest.mark.parametrize(
    ("day", "rails"),
    [
        (TODAY, set(Rail)),
        (date(2026, 11, 28), {Rail.PIX}),  # Saturday
        (date(2026, 11, 20), {Rail.PIX}),  # a holiday
        (date(2026, 12, 31), {Rail.PIX}),  # banks do not settle
    ],
)
def test_on_a_day_without_settlement_only_pix_is_open(day: date, rails: set[Rail]) -> None:
    assert open_rails(WITH_PIX, day) == rails


def test_a_bank_without_pix_is_closed_on_a_day_without_settlement() -> None:
    assert open_rails(CORA, date(2026, 11, 28)) == frozenset()


def test_a_rail_needs_both_its_hours_and_its_capability() -> None:
    assert Rail.PIX not in rails_of(replace(WITH_PIX, capabilities=CORA.capabilities))
    assert Rail.PIX not in rails_of(replace(WITH_PIX, cut_off=CORA.cut_off))


def test_a_pix_stays_out_of_the_run_of_a_bank_without_pix(tenant: Tenant) -> None:
    account = make_bank_account(tenant)
    make_payable(tenant, approved=True, destination=PIX_KEY)

    with tenant_scope(tenant.id):
        plan = plan_run(account, TODAY, until=time(7))

    assert plan.send == []
    assert [item.reason.split(":")[0] for item in plan.left_out] == [OUTSIDE]


def test_a_person_is_told_why_a_pix_is_not_sent(tenant: Tenant) -> None:
    make_bank_account(tenant)
    payable = make_payable(tenant, approved=True, destination=PIX_KEY)

    with tenant_scope(tenant.id), pytest.raises(InvalidState, match=OUTSIDE):
        send_now([payable], by=payable.created_by)


def test_the_list_says_that_the_pix_is_paid_outside(as_operator: Client, tenant: Tenant) -> None:
    make_bank_account(tenant)
    make_payable(tenant, approved=True, destination=PIX_KEY)

    page = as_operator.get(reverse("payments:list")).content.decode()

    assert 'data-situation="outside"' in page
    assert "Enviar agora" not in page


@pytest.mark.parametrize("destination", [PIX_KEY, PIX_ACCOUNT, DYNAMIC_CODE])
def test_what_a_pix_sends_comes_back_from_its_content(
    tenant: Tenant, destination: Destination
) -> None:
    payable = make_payable(
        tenant, "150.00", destination=destination, description="NF 8841", approved=True
    )
    key = uuid4()
    with tenant_scope(tenant.id):
        content = describe(payable, Rail.PIX) | {"code": "kp-1"}

    payment = payment_of(PaymentOrder(key=key, rail=Rail.PIX, content=content))

    assert isinstance(payment, PixPayment)
    assert payment.destination == destination
    assert (payment.holder_name, payment.holder_document) == ("Fornecedor Exemplo ME", SUPPLIER)
    assert (str(payment.amount), payment.description) == ("150.00", "NF 8841")
