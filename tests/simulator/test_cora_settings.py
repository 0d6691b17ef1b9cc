"""What Cora leaves open is a setting (section 16 of our notes on the API)."""

import httpx

from tests.cora_simulator import CoraSimulator
from tests.simulator.calls import LINE, new_key, pay, register
from tests.simulator.charges import INVOICE, plain, post_invoice


def test_a_key_may_be_left_out(cora: CoraSimulator, api: httpx.Client) -> None:
    cora.settings(idempotency_key_required=False)

    for _ in range(2):
        assert api.post("/v2/invoices", json=INVOICE).status_code == 200

    assert len(cora.invoices()) == 2


def test_a_key_used_for_something_else_has_its_status(
    cora: CoraSimulator, api: httpx.Client
) -> None:
    cora.settings(idempotency_conflict_status=409)
    key = new_key()
    post_invoice(api, key=key)

    assert post_invoice(api, plain(), key=key).status_code == 409


def test_a_missing_scope_has_its_status(cora: CoraSimulator, api: httpx.Client) -> None:
    cora.settings(missing_scope_status=401)
    api.headers["Authorization"] = f"Bearer {cora.grant(scopes='account')['access_token']}"

    assert post_invoice(api).status_code == 401


def test_codes_of_business_rules_have_their_status_and_rec_0006_its_own(
    cora: CoraSimulator, api: httpx.Client
) -> None:
    cora.settings(business_status=400, require_registered_boletos=True)
    invoice_id = post_invoice(api).json()["id"]
    cora.pay_invoice(invoice_id)

    answer = pay(api, LINE)

    assert (answer.status_code, answer.json()["code"]) == (400, "REC-0001")
    assert api.delete(f"/v2/invoices/{invoice_id}").status_code == 422


def test_the_banks_may_come_in_an_envelope(cora: CoraSimulator, api: httpx.Client) -> None:
    bare = api.get("/banks").json()
    cora.settings(banks_field="items")

    assert api.get("/banks").json() == {"items": bare}


def test_an_endpoint_may_be_deleted_with_200(cora: CoraSimulator, api: httpx.Client) -> None:
    endpoint = register(api, "http://127.0.0.1:9/hook", "invoice", "*").json()["id"]
    cora.settings(endpoint_delete_status=200)

    assert api.delete(f"/endpoints/{endpoint}").status_code == 200
    assert api.get("/endpoints/").json() == []


def test_scheduled_payments_go_at_their_hour(cora: CoraSimulator, api: httpx.Client) -> None:
    cora.settings(scheduled_hour=6)
    title = cora.title(1_000)
    payment = pay(api, title["digitable"], scheduled_at="2026-11-24").json()["id"]
    cora.approve(payment)

    cora.set_clock("2026-11-24T06:00:01")

    assert cora.payments(id=payment)[0]["status"] == "COMPLETED"


def test_too_many_charges_in_six_minutes_may_be_429(cora: CoraSimulator, api: httpx.Client) -> None:
    cora.settings(invoices_per_six_minutes=2)
    statuses = [post_invoice(api).status_code for _ in range(3)]
    cora.advance(361)

    assert [*statuses, post_invoice(api).status_code] == [200, 200, 429, 200]
