"""Slips that were issued in the bank's own app."""

from datetime import timedelta
from decimal import Decimal

import httpx
import pytest

from accounts.models import Account
from charges.models import Charge, ChargeDefaults
from charges.states import ChargeStatus
from charges.tracking.rounds import follow_account, unfinished
from core.clock import database_now
from tenants.scope import tenant_scope
from tests.banking.factories import reread
from tests.charges.factories import make_charge
from tests.charges.issued import follow, issue, settlements, slip_of
from tests.loopback import LOOPBACK

pytestmark = pytest.mark.django_db(transaction=True)

D = Decimal


def issue_in_the_app(cora, code: str = "venda-17") -> None:
    """By another program of the company, at the bank."""
    grant = cora.grant("11444777000161")
    body = {
        "code": code,
        "customer": {
            "name": "Padaria Aurora Ltda",
            "document": {"identity": "11222333000181", "type": "CNPJ"},
        },
        "services": [{"name": "Conserto", "description": "", "amount": 32000}],
        "payment_terms": {"due_date": "2026-12-10"},
        "payment_forms": ["BANK_SLIP"],
    }
    headers = {
        "Authorization": f"Bearer {grant['access_token']}",
        "Idempotency-Key": "6f2d5f3e-7c1b-4d0e-9a57-0f5f5c7b2a11",
    }
    with httpx.Client(base_url=cora.base_url, **LOOPBACK) as http:
        http.post("/v2/invoices/", json=body, headers=headers).raise_for_status()


def classify(account) -> None:
    with tenant_scope(account.tenant_id):
        revenue = Account.objects.of(account.tenant_id).get(code="4.1.02")
        ChargeDefaults.objects.create(
            tenant_id=account.tenant_id, bank_account=account, revenue_account=revenue
        )


def charges_of(account) -> list[Charge]:
    with tenant_scope(account.tenant_id):
        return list(Charge.objects.of(account.tenant_id).order_by("created_at"))


def test_a_slip_of_the_banks_app_is_taken_in_once_and_settled(at_cora, cora, later):
    classify(at_cora)
    issue_in_the_app(cora)
    later(timedelta(seconds=10))

    follow(at_cora)
    later(timedelta(days=2))
    follow(at_cora)

    (charge,) = charges_of(at_cora)
    assert (charge.status, charge.amount, charge.document_number) == (
        ChargeStatus.OPEN,
        D("320.00"),
        "venda-17",
    )
    cora.pay_invoice(slip_of(charge).reference)
    follow(at_cora)
    assert reread(charge).status == ChargeStatus.PAID
    assert len(settlements(charge)) == 1


def test_an_account_that_was_just_connected_is_looked_through_without_being_asked(at_cora, cora):
    pair = (at_cora.tenant_id, at_cora.id)
    assert pair not in unfinished(database_now())

    classify(at_cora)
    assert pair in unfinished(database_now())

    follow(at_cora)
    assert pair not in unfinished(database_now())


def test_without_a_classification_none_is_taken_in(at_cora, cora):
    issue_in_the_app(cora)

    follow(at_cora)

    assert charges_of(at_cora) == []


def test_one_of_ours_whose_answer_was_lost_is_not_taken_for_another(at_cora, cora, later):
    classify(at_cora)
    charge = make_charge(at_cora.tenant, at_cora)
    cora.lose_next_answer("/v2/invoices/")
    issue(charge)

    follow_account(at_cora.tenant_id, at_cora.id)  # before its turn to be asked about
    assert slip_of(charge).reference == ""
    later(timedelta(minutes=1))
    follow(at_cora)

    assert charges_of(at_cora) == [charge]
    assert slip_of(charge).reference != ""
