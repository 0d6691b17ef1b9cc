"""Cora's charges: the documented bodies, and any mangled one."""

import contextlib
import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from banking.banks.charges import (
    Address,
    CarneRequest,
    ChargeForm,
    ChargeItem,
    ChargePayer,
    ChargeRequest,
    ChargeState,
    ChargeTerms,
    Discount,
    Fine,
    NotifyWhen,
)
from banking.banks.cora import charges, documents, taxes
from banking.banks.cora.fields import UnreadableAnswer
from banking.banks.exact_json import read_json, write_json
from banking.errors import BankError, BankOutcomeUnknown, BankRejected, BankUnavailable
from tests.banking.banks.cora_answers import EMV, INVOICE, INVOICE_REQUEST
from tests.banking.banks.mangle import mangled

PAYER = ChargePayer(
    name="Cliente Exemplo LTDA",
    document="11222333000181",
    email="financeiro@example.com",
    phone="+5511999990000",
    address=Address("Rua das Flores", "100", "Centro", "São Paulo", "SP", "01310100"),
)
REQUEST = ChargeRequest(
    key=UUID("01936a4e-6f1c-7000-8000-000000010045"),
    code="cr-10045",
    payer=PAYER,
    items=[ChargeItem("Manutenção", Decimal("150.75"), "OS 5521")],
    due_date=date(2026, 12, 10),
    forms=frozenset({ChargeForm.BOLETO, ChargeForm.PIX}),
    terms=ChargeTerms(
        fine=Fine(percent=Decimal("2.0")),
        interest_percent=Decimal("1.0"),
        discount=Discount(percent=Decimal("1.5")),
    ),
    notify=[NotifyWhen.TWO_DAYS_BEFORE, NotifyWhen.WHEN_PAID],
)
CARNE = CarneRequest(
    key=REQUEST.key,
    code="cr-10046",
    payer=PAYER,
    item=ChargeItem("Manutenção", Decimal("450.00")),
    due_dates=[date(2026, 12, 10), date(2027, 1, 10), date(2027, 2, 10)],
)


def test_a_charge_is_asked_for_as_the_documentation_shows() -> None:
    body = json.loads(write_json(charges.charge_to_wire(REQUEST)))

    assert body == INVOICE_REQUEST


def test_the_phone_is_not_sent_because_cora_refuses_it_with_an_empty_answer() -> None:
    assert "999990000" not in write_json(charges.charge_to_wire(REQUEST))


def test_the_documented_charge_is_read() -> None:
    charge = charges.charge_from_wire(INVOICE)

    assert charge.reference == "inv_2Zx9CvBnM7aSdFgH5jKlQw"
    assert charge.state is ChargeState.OPEN
    assert charge.amount == Decimal("150.75")
    assert charge.due_date == date(2026, 12, 10)
    assert charge.linha_digitavel == "40390000077100000001923450000999416560000015075"
    assert charge.barcode == "40394165600000150750000071000000012345000099"
    assert charge.pix_code == EMV
    assert charge.paid_on is None


def test_a_paid_charge_tells_when_by_the_payment_that_ended_last() -> None:
    payments = [
        {"finalized_at": "2026-12-08T10:00:00"},
        {"finalized_at": "2026-12-09T23:59:00"},
    ]
    paid = {**INVOICE, "status": "PAID", "total_paid": 15075, "payments": payments}

    charge = charges.charge_from_wire(paid)

    assert (charge.state, charge.paid_amount) == (ChargeState.PAID, Decimal("150.75"))
    assert charge.paid_on == date(2026, 12, 9)


def test_a_status_that_is_not_documented_is_never_paid() -> None:
    assert charges.charge_from_wire({**INVOICE, "status": "SPLIT"}).state is ChargeState.DRAFT


@pytest.mark.parametrize(
    ("request_", "sentence"),
    [
        (replace(REQUEST, items=[ChargeItem("Café", Decimal("4.99"))]), "R$ 5,00"),
        (replace(REQUEST, forms=frozenset()), "boleto, Pix"),
        (replace(REQUEST, payer=replace(PAYER, email="")), "e-mail"),
        (replace(REQUEST, payer=replace(PAYER, name="x" * 61)), "60 letras"),
        (replace(REQUEST, terms=ChargeTerms(interest_percent=Decimal("100.01"))), "porcentagem"),
        (replace(REQUEST, items=[ChargeItem("x", Decimal("9"), "d" * 101)]), "100 letras"),
    ],
)
def test_what_cora_would_refuse_without_a_word_is_refused_here(
    request_: ChargeRequest, sentence: str
) -> None:
    with pytest.raises(BankRejected, match=sentence.replace("$", r"\$")):
        charges.charge_to_wire(request_)


def test_a_fixed_fine_and_discount_go_in_centavos() -> None:
    terms = ChargeTerms(fine=Fine(Decimal("10.00")), discount=Discount(Decimal("1.23")))

    body = charges.charge_to_wire(replace(REQUEST, terms=terms))

    assert body["payment_terms"]["fine"] == {"amount": 1000}
    assert body["payment_terms"]["discount"] == {"type": "FIXED", "value": 123}


def test_a_carne_has_the_whole_amount_and_its_days() -> None:
    body = charges.carne_to_wire(CARNE)

    assert body["service"]["amount"] == 45000
    assert body["installment"] == {
        "number_of": 3,
        "due_date": {"dates": ["2026-12-10", "2027-01-10", "2027-02-10"]},
    }
    assert body["payment_forms"] == ["BANK_SLIP"]


@pytest.mark.parametrize(
    "carne",
    [
        replace(CARNE, due_dates=[date(2026, 12, 10)]),
        replace(CARNE, due_dates=[date(2026, 12, 10)] * 25),
        replace(CARNE, item=ChargeItem("x", Decimal("14.99"))),
        replace(CARNE, payer=replace(PAYER, email="")),
    ],
)
def test_a_carne_that_cora_does_not_take_is_not_sent(carne: CarneRequest) -> None:
    with pytest.raises(BankRejected):
        charges.carne_to_wire(carne)


@given(
    cents=st.integers(min_value=500, max_value=10**11 - 1),
    name=st.text(min_size=1, max_size=60),
    due=st.dates(date(2026, 1, 1), date(2099, 12, 31)),
)
def test_any_amount_name_and_day_survives_the_way_there_and_back(
    cents: int, name: str, due: date
) -> None:
    amount = Decimal(cents).scaleb(-2)
    asked = replace(
        REQUEST,
        payer=replace(PAYER, name=name),
        items=[ChargeItem("Serviço", amount)],
        due_date=due,
    )

    body = read_json(write_json(charges.charge_to_wire(asked)))

    assert body["customer"]["name"] == name
    echoed = {**INVOICE, "payment_terms": body["payment_terms"]}
    echoed["total_amount"] = body["services"][0]["amount"]
    charge = charges.charge_from_wire(echoed)
    assert (charge.amount, charge.due_date) == (amount, due)


PAID = {**INVOICE, "status": "PAID", "payments": [{"finalized_at": "2026-12-08T10:00:00"}]}
SCHEDULES = {"id": "x", "schedules": [{"rule": "NOTIFY_WHEN_PAID", "status": "SCHEDULED"}]}


@given(answer=mangled([INVOICE, PAID]))
def test_a_mangled_charge_is_an_error_of_the_bank_and_nothing_else(answer: Any) -> None:
    with contextlib.suppress(UnreadableAnswer):
        charges.charge_from_wire(answer)
    with contextlib.suppress(BankOutcomeUnknown):
        charges.issued_from_wire(answer)
    with contextlib.suppress(BankError):
        charges.charges_from_wire({"items": [answer]})


@given(answer=mangled([SCHEDULES, {"result": [INVOICE], "document_url": "x"}]))
def test_mangled_schedules_and_parts_are_errors_of_the_bank_and_nothing_else(answer: Any) -> None:
    for read in (charges.notifications_from_wire, charges.carne_from_wire):
        with contextlib.suppress(BankError):
            read(answer)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "http://files.example.com/x.pdf",
        "https://files.example.com/x.pdf",
        "http://api.cora.com.br/x.pdf",
        "https://cora.com.br.example.com/x.pdf",
        "file:///etc/passwd",
    ],
)
def test_an_answer_does_not_choose_a_host(url: str, settings: Settings) -> None:
    with pytest.raises(BankUnavailable):
        documents.fetch_pdf(url)


def test_taxes_are_of_a_form_that_cora_takes() -> None:
    from tests.conformance.test_cora import DARF, GPS

    assert taxes.darf_to_wire(DARF)["data"]["amount"] == {"main": 100000, "fine": 2000}
    assert taxes.gps_to_wire(GPS)["data"]["competence"] == "2026-10"
    with pytest.raises(BankRejected):
        taxes.darf_to_wire(replace(DARF, revenue_code="12"))
    with pytest.raises(BankRejected):
        taxes.gps_to_wire(replace(GPS, inss=Decimal(0)))
