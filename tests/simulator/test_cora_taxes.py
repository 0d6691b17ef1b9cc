"""DARF and GPS (section 10.2 of our notes on the API)."""

import copy
from typing import Any

import httpx
import pytest

from tests.cora_simulator import CoraSimulator
from tests.simulator.calls import new_key, register
from tests.simulator.people import at_oficina

DARF: dict[str, Any] = {
    "code": "tx-1",
    "data": {
        "name": "OFICINA MODELO LTDA",
        "code": "2089",
        "identity": "11444777000161",
        "type": "DARF",
        "reference_date": "2026-10-31",
        "due_date": "2026-11-30",
        "scheduled_at": "2026-11-27",
        "amount": {"main": 120_000, "fine": 500, "interest": 75},
    },
}
GPS: dict[str, Any] = {
    "code": "tx-2",
    "data": {
        "name": "Ana Souza",
        "code": "1007",
        "identity": "12345678919",
        "identification_type": "NIT",
        "competence": "2026-10",
        "amount": {"other_entity": 0, "inss": 30_000, "charge": 0},
    },
}


def post(api: httpx.Client, kind: str, body: dict[str, Any]) -> httpx.Response:
    headers = {"Idempotency-Key": new_key()}
    return api.post(f"/payments/{kind}/initiate", json=body, headers=headers)


def without(body: dict[str, Any], name: str, value: Any = None) -> dict[str, Any]:
    """The body with a field of `data` changed, or taken out."""
    changed = copy.deepcopy(body)
    changed["data"].pop(name, None)
    if value is not None:
        changed["data"][name] = value
    return changed


@pytest.mark.parametrize(
    ("kind", "body", "amount"), [("darf", DARF, 120_575), ("gps", GPS, 30_000)]
)
def test_a_tax_waits_for_approval_like_a_boleto(
    api: httpx.Client, kind: str, body: dict[str, Any], amount: int
) -> None:
    answer = post(api, kind, body)

    assert answer.status_code == 201
    payment = answer.json()
    assert payment["id"].startswith("pay_")
    assert (payment["status"], payment["amount"]) == ("INITIATED", amount)
    assert payment["code"] == body["code"]
    listed = api.get("/payments/").json()["items"]
    assert [item["id"] for item in listed] == [payment["id"]]


@pytest.mark.parametrize(("kind", "body"), [("darf", without(DARF, "scheduled_at")), ("gps", GPS)])
def test_an_approved_tax_leaves_the_account(
    cora: CoraSimulator, api: httpx.Client, kind: str, body: dict[str, Any]
) -> None:
    register(api, "http://127.0.0.1:9/hook", "payment", "*")
    before = cora.account()["balance"]
    payment = post(api, kind, body).json()

    cora.approve(payment["id"])

    assert cora.account()["balance"] == before - payment["amount"]
    params = {"start": "2026-11-23", "end": "2026-11-23"}
    entry = api.get("/bank-statement/statement", params=params).json()["entries"][0]
    assert (entry["type"], entry["transaction"]["type"]) == ("DEBIT", "PAYMENT")
    assert entry["transaction"]["counterParty"]["identity"] == payment["creditor"]["document"]
    types = [delivery["headers"]["webhook-event-type"] for delivery in cora.webhooks()]
    assert types[0] == "payment.initiated"
    assert types[-1] == "payment.completed"


def test_a_scheduled_tax_goes_on_its_day(cora: CoraSimulator, api: httpx.Client) -> None:
    payment = post(api, "darf", DARF).json()
    cora.approve(payment["id"])
    assert cora.payments(id=payment["id"])[0]["status"] == "SCHEDULED"

    cora.set_clock("2026-11-27T08:00:01")

    assert cora.payments(id=payment["id"])[0]["status"] == "COMPLETED"


def test_a_tax_is_cancelled_before_it_is_approved(cora: CoraSimulator, api: httpx.Client) -> None:
    payment = post(api, "gps", GPS).json()

    assert api.delete(f"/payments/initiate/{payment['id']}").status_code == 204
    assert cora.payments(id=payment["id"])[0]["status"] == "CANCELED"


def test_a_darf_is_not_scheduled_after_its_due_date(api: httpx.Client) -> None:
    answer = post(api, "darf", without(DARF, "scheduled_at", "2026-12-01"))

    assert (answer.status_code, answer.json()["code"]) == (422, "PAY-0001")


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("darf", {}),
        ("darf", without(DARF, "name")),
        ("darf", without(DARF, "code", "208")),
        ("darf", without(DARF, "identity", "11444777000162")),
        ("darf", without(DARF, "type", "GPS")),
        ("darf", without(DARF, "reference_date")),
        ("darf", without(DARF, "due_date", "2026-11-31")),
        ("darf", without(DARF, "amount", {"fine": 5})),
        ("darf", without(DARF, "amount", {"main": 0})),
        ("darf", without(DARF, "amount", {"main": 10.5})),
        ("gps", without(GPS, "identification_type", "CPF")),
        ("gps", without(GPS, "competence", "2026-13")),
        ("gps", without(GPS, "amount", {"inss": 100, "charge": 0})),
        ("gps", without(GPS, "amount", {"inss": 0, "charge": 0, "other_entity": 0})),
    ],
)
def test_a_tax_not_well_written_is_400(
    cora: CoraSimulator, api: httpx.Client, kind: str, body: dict[str, Any]
) -> None:
    answer = post(api, kind, body)

    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_request")
    assert cora.payments() == []


def test_taxes_need_the_scope_of_payments(cora: CoraSimulator, api: httpx.Client) -> None:
    api.headers["Authorization"] = f"Bearer {cora.grant(scopes='invoice')['access_token']}"

    assert post(api, "gps", GPS).status_code == 403


def test_the_app_says_which_tax_it_is(cora: CoraSimulator, api: httpx.Client) -> None:
    post(api, "darf", DARF)
    with at_oficina(cora.base_url) as ana:
        page = ana.get("/app").text

    assert "DARF para RECEITA FEDERAL DO BRASIL" in page
