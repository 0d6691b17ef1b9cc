"""Boletos in instalments (section 11.2 of our notes on the API)."""

from typing import Any

import httpx
import pytest

from tests.cora_simulator import CoraSimulator
from tests.loopback import LOOPBACK
from tests.simulator.calls import new_key
from tests.simulator.charges import INVOICE, get

CARNE: dict[str, Any] = {
    "code": "cn-1",
    "customer": INVOICE["customer"],
    "service": {"name": "Curso", "description": "Turma 12", "amount": 100_000},
    "payment_terms": {"fine": {"rate": 2.0}, "interest": {"rate": 1.0}},
    "installment": {"number_of": 3, "due_date": {"day_of_month": 31}},
    "payment_forms": ["BANK_SLIP"],
}
FIELDS = {
    *("id", "status", "created_at", "amount_total", "services", "payment_terms", "payment_forms"),
    *("payments", "pix", "seller", "buyer", "bank_slip", "document_url", "authentication_id"),
    "additional_information",
}


def post(api: httpx.Client, key: str | None = None, **changes: Any) -> httpx.Response:
    headers = {"Idempotency-Key": key or new_key()}
    return api.post("/v2/invoices/installments", json=CARNE | changes, headers=headers)


def due(count: int, **due_date: Any) -> dict[str, Any]:
    return {"number_of": count, "due_date": due_date}


def test_the_total_is_split_over_the_parts(api: httpx.Client) -> None:
    answer = post(api)

    assert answer.status_code == 200
    parts = answer.json()["result"]
    assert [part["amount_total"] for part in parts] == [33_334, 33_333, 33_333]
    assert [part["payment_terms"]["due_date"] for part in parts] == [
        *("2026-11-30", "2026-12-31", "2027-01-31")
    ]
    assert all(set(part) == FIELDS for part in parts)
    assert all(len(part["bank_slip"]["digitable"]) == 47 for part in parts)


def test_a_day_that_has_passed_begins_next_month(api: httpx.Client) -> None:
    parts = post(api, installment=due(2, day_of_month=10)).json()["result"]

    days = [part["payment_terms"]["due_date"] for part in parts]
    assert days == ["2026-12-10", "2027-01-10"]


def test_the_days_may_be_given(api: httpx.Client) -> None:
    days = ["2026-12-01", "2026-12-24"]

    parts = post(api, installment=due(2, dates=days)).json()["result"]

    assert [part["payment_terms"]["due_date"] for part in parts] == days


def test_only_the_first_is_registered_at_once(cora: CoraSimulator, api: httpx.Client) -> None:
    parts = post(api).json()["result"]
    assert [part["status"] for part in parts] == ["OPEN", "DRAFT", "DRAFT"]
    assert [part["bank_slip"]["registered"] for part in parts] == [True, False, False]

    cora.advance(60)

    assert {get(api, part["id"])["status"] for part in parts} == {"OPEN"}


def test_the_parts_are_charges_like_others(cora: CoraSimulator, api: httpx.Client) -> None:
    parts = post(api).json()["result"]

    cora.pay_invoice(parts[0]["id"])

    assert api.get("/v2/invoices").json()["totalItems"] == 3
    assert get(api, parts[0]["id"])["status"] == "PAID"
    assert api.delete(f"/v2/invoices/{parts[1]['id']}").status_code == 204


def test_one_pdf_holds_the_whole(api: httpx.Client) -> None:
    url = post(api).json()["document_url"]

    content = httpx.get(url, **LOOPBACK).content

    assert content.count(b"/Type /Page ") == 3


def test_the_same_key_is_one_carne(cora: CoraSimulator, api: httpx.Client) -> None:
    key = new_key()

    assert post(api, key).json() == post(api, key).json()
    assert len(cora.invoices()) == 3


def test_a_carne_takes_no_pix(cora: CoraSimulator, api: httpx.Client) -> None:
    answer = post(api, payment_forms=["BANK_SLIP", "PIX"])

    assert (answer.status_code, answer.json()["code"]) == (422, "INS-0001")
    assert cora.invoices() == []


@pytest.mark.parametrize(
    "installment",
    [
        due(2),
        due(2, day_of_month=10, dates=["2026-12-01", "2026-12-24"]),
        due(2, dates=["2026-12-01"]),
    ],
)
def test_days_are_told_in_one_way(api: httpx.Client, installment: dict[str, Any]) -> None:
    assert post(api, installment=installment).status_code == 422


@pytest.mark.parametrize(
    "changes",
    [
        {"customer": {"name": "Sem e-mail", "document": {"identity": "52998224725"}}},
        {"installment": due(1, day_of_month=10)},
        {"installment": due(25, day_of_month=10)},
        {"installment": due(2, day_of_month=32)},
        {"installment": due(2, dates=["2026-11-01", "2026-12-01"])},
        {"installment": None},
        {"service": {"name": "Curso", "amount": 499}},
        {"service": [CARNE["service"]]},
    ],
)
def test_a_malformed_carne_is_400_without_a_word(
    api: httpx.Client, changes: dict[str, Any]
) -> None:
    answer = post(api, **changes)

    assert (answer.status_code, answer.content) == (400, b"")


def test_the_status_of_the_answer_is_a_choice(cora: CoraSimulator, api: httpx.Client) -> None:
    cora.settings(carne_status=201)

    assert post(api).status_code == 201
