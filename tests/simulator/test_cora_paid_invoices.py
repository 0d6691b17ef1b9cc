"""Charges that are paid: money, fees, fine and interest, reminders, webhooks
(sections 11.1, 11.4, 11.5 and 12.2 of our notes on the API)."""

from typing import Any

import httpx
import pytest

from tests.cora_simulator import CLIENT_ID, PADARIA, CoraSimulator
from tests.loopback import LOOPBACK
from tests.simulator.calls import new_key, pay, register
from tests.simulator.charges import get, issue, plain

TERMS = {"due_date": "2026-11-25", "fine": {"rate": 2.0}, "interest": {"rate": 3.0}}


def pay_in_stage(api: httpx.Client, invoice_id: str) -> httpx.Response:
    headers = {"Idempotency-Key": new_key()}
    return api.post("/v2/invoices/pay", json={"id": invoice_id}, headers=headers)


def movements(api: httpx.Client) -> list[tuple[Any, ...]]:
    """Today's, oldest first: direction, kind, centavos, other party."""
    params = {"start": "2026-11-23", "end": "2026-11-23", "perPage": 100}
    entries = api.get("/bank-statement/statement", params=params).json()["entries"]
    return [
        (
            entry["type"],
            entry["transaction"]["type"],
            entry["amount"],
            (entry["transaction"]["counterParty"] or {}).get("name"),
        )
        for entry in reversed(entries)
    ]


def announced(cora: CoraSimulator, resource_id: str) -> list[str]:
    return [
        delivery["headers"]["webhook-event-type"]
        for delivery in cora.webhooks()
        if delivery["headers"]["webhook-resource-id"] == resource_id
    ]


def later(cora: CoraSimulator, now: str) -> httpx.Client:
    """The API some days later, when the first token has ended."""
    cora.set_clock(now)
    headers = {"Authorization": f"Bearer {cora.grant()['access_token']}"}
    return httpx.Client(base_url=cora.base_url, headers=headers, **LOOPBACK)


def test_a_payment_in_stage_settles_a_moment_later(cora: CoraSimulator, api: httpx.Client) -> None:
    cora.settings(invoice_pay_seconds=60)
    invoice_id = issue(api, **plain())["id"]

    answer = pay_in_stage(api, invoice_id)

    assert answer.status_code == 200
    assert answer.json()["totalPaid"] == 10_000
    waiting = get(api, invoice_id)
    assert (waiting["status"], waiting["total_paid"], waiting["payments"]) == ("OPEN", 0, [])
    assert waiting["occurrence_date"] is None
    assert movements(api) == []
    cora.advance(61)
    paid = get(api, invoice_id)
    assert (paid["status"], paid["total_paid"]) == ("PAID", 10_000)
    assert paid["occurrence_date"].startswith("2026-11-23T09:01")
    assert paid["payments"][0]["id"].startswith("pay_")
    assert paid["payments"][0]["method"] == "BANK_SLIP"


def test_the_notice_of_a_payment_comes_before_it_is_shown(
    cora: CoraSimulator, api: httpx.Client
) -> None:
    cora.settings(invoice_pay_seconds=60, invoice_paid_notice_seconds=30)
    register(api, "http://127.0.0.1:9/hook", "invoice", "paid")
    invoice_id = issue(api, **plain())["id"]

    pay_in_stage(api, invoice_id)
    assert announced(cora, invoice_id) == []
    cora.advance(31)

    assert announced(cora, invoice_id) == ["invoice.paid"]
    assert get(api, invoice_id)["status"] == "OPEN"
    assert [item["id"] for item in api.get("/v2/invoices?state=OPEN").json()["items"]] == [
        invoice_id
    ]
    assert movements(api) == []
    for again in (pay_in_stage(api, invoice_id), api.delete(f"/v2/invoices/{invoice_id}")):
        assert again.status_code == 422
    cora.advance(30)
    assert get(api, invoice_id)["status"] == "PAID"
    assert announced(cora, invoice_id) == ["invoice.paid"]


@pytest.mark.parametrize("lead", [0, 3, 600])
def test_however_long_before_there_is_one_notice(
    cora: CoraSimulator, api: httpx.Client, lead: int
) -> None:
    cora.settings(invoice_paid_notice_seconds=lead)
    register(api, "http://127.0.0.1:9/hook", "invoice", "paid")
    invoice_id = issue(api, **plain())["id"]

    pay_in_stage(api, invoice_id)
    cora.advance(600)

    assert announced(cora, invoice_id) == ["invoice.paid"]
    assert get(api, invoice_id)["status"] == "PAID"
    assert len(movements(api)) == 2


def test_a_charge_being_paid_may_be_shown_so(cora: CoraSimulator, api: httpx.Client) -> None:
    cora.settings(invoice_pay_seconds=60, invoice_shows_in_payment=True)
    invoice_id = issue(api, **plain())["id"]

    pay_in_stage(api, invoice_id)
    assert get(api, invoice_id)["status"] == "IN_PAYMENT"
    cora.advance(61)

    assert get(api, invoice_id)["status"] == "PAID"


def test_a_boleto_brings_its_money_and_costs_its_fee(
    cora: CoraSimulator, api: httpx.Client
) -> None:
    cora.pay_invoice(issue(api, **plain())["id"])

    assert movements(api) == [
        ("CREDIT", "PAYMENT", 10_000, "Cliente Exemplo LTDA"),
        ("DEBIT", "FEE", 170, None),
    ]


@pytest.mark.parametrize(("amount", "fee"), [(500, 5), (4_999, 50), (5_000, 50), (90_000, 50)])
def test_a_pix_costs_50_centavos_and_less_when_it_is_small(
    cora: CoraSimulator, api: httpx.Client, amount: int, fee: int
) -> None:
    cora.pay_invoice(issue(api, **plain(amount))["id"], "pix")

    assert movements(api)[0][:3] == ("CREDIT", "PIX", amount)
    assert movements(api)[1][:3] == ("DEBIT", "FEE", fee)


def test_fees_can_be_turned_off(cora: CoraSimulator, api: httpx.Client) -> None:
    cora.settings(boleto_fee_cents=0)

    cora.pay_invoice(issue(api, **plain())["id"])

    assert len(movements(api)) == 1


def test_somebody_else_may_pay(cora: CoraSimulator, api: httpx.Client) -> None:
    invoice_id = issue(api, **plain())["id"]

    cora.pay_invoice(invoice_id, "pix", name="Carla Mendes", document="52998224725", amount=9_000)

    assert movements(api)[0] == ("CREDIT", "PIX", 9_000, "Carla Mendes")
    assert get(api, invoice_id)["total_paid"] == 9_000


def test_a_paid_charge_is_neither_cancelled_nor_paid_again(
    cora: CoraSimulator, api: httpx.Client
) -> None:
    invoice_id = issue(api)["id"]
    cora.pay_invoice(invoice_id)

    for answer in (api.delete(f"/v2/invoices/{invoice_id}"), pay_in_stage(api, invoice_id)):
        assert (answer.status_code, answer.json()["code"]) == (422, "REC-0006")
        assert answer.json()["errors"][0]["code"] == "REC-0006"
    assert len(movements(api)) == 2


def test_a_pix_ends_the_bar_code(cora: CoraSimulator, api: httpx.Client) -> None:
    invoice = issue(api, **plain())
    cora.pay_invoice(invoice["id"], "pix")

    line = invoice["payment_options"]["bank_slip"]["digitable"]
    token = cora.grant(PADARIA)["access_token"]
    with httpx.Client(
        base_url=cora.base_url, headers={"Authorization": f"Bearer {token}"}, **LOOPBACK
    ) as padaria:
        assert pay(padaria, line).status_code == 422
    body = get(api, invoice["id"])
    assert body["payment_options"]["bank_slip"]["registered"] is False
    assert body["payments"][0]["method"] == "PIX"


def test_a_late_boleto_costs_more_where_it_is_paid(cora: CoraSimulator, api: httpx.Client) -> None:
    invoice = issue(api, **plain(payment_terms=TERMS))
    cora.set_clock("2026-12-05T10:00:00")
    token = cora.grant(PADARIA)["access_token"]
    with httpx.Client(
        base_url=cora.base_url, headers={"Authorization": f"Bearer {token}"}, **LOOPBACK
    ) as padaria:
        payment = pay(padaria, invoice["payment_options"]["bank_slip"]["digitable"]).json()

    assert payment["amount"] == 10_300
    assert (payment["bank_slip"]["fine"], payment["bank_slip"]["interest"]) == (200, 100)


@pytest.mark.parametrize("state", ["DRAFT", "CANCELLED"])
def test_a_boleto_not_registered_cannot_be_paid(
    cora: CoraSimulator, api: httpx.Client, state: str
) -> None:
    cora.settings(invoice_draft_seconds=30 if state == "DRAFT" else 0)
    invoice = issue(api, **plain())
    if state == "CANCELLED":
        api.delete(f"/v2/invoices/{invoice['id']}")
    api.headers["Authorization"] = f"Bearer {cora.grant(PADARIA)['access_token']}"

    answer = pay(api, invoice["payment_options"]["bank_slip"]["digitable"])

    assert (answer.status_code, answer.json()["code"]) == (422, "REC-0001")


def test_two_payments_of_one_boleto_bring_the_money_once(
    cora: CoraSimulator, api: httpx.Client
) -> None:
    invoice = issue(api, **plain())
    cora.advance(5)  # until it is registered
    api.headers["Authorization"] = f"Bearer {cora.grant(PADARIA)['access_token']}"
    line = invoice["payment_options"]["bank_slip"]["digitable"]
    payments = [pay(api, line).json()["id"] for _ in range(2)]

    for payment in payments:
        cora.approve(payment)

    assert [cora.payments(id=one)[0]["status"] for one in payments] == ["COMPLETED", "ERROR"]
    assert cora.invoices(id=invoice["id"])[0]["status"] == "PAID"


def test_a_pix_charge_is_paid_in_stage_too(cora: CoraSimulator, api: httpx.Client) -> None:
    invoice_id = issue(api, **plain(payment_forms=["PIX"]))["id"]

    pay_in_stage(api, invoice_id)
    cora.advance(10)

    assert movements(api)[0][1] == "PIX"


def test_the_issuer_may_be_kept_from_paying_itself(cora: CoraSimulator, api: httpx.Client) -> None:
    cora.settings(invoice_pay_own=False)
    invoice_id = issue(api)["id"]
    token = cora.grant(PADARIA)["access_token"]

    assert pay_in_stage(api, invoice_id).json()["code"] == "REC-0007"
    api.headers["Authorization"] = f"Bearer {token}"
    assert pay_in_stage(api, invoice_id).status_code == 200


def test_an_unknown_charge_is_not_paid(api: httpx.Client) -> None:
    assert pay_in_stage(api, "inv_0").status_code == 404


def test_a_draft_cannot_be_paid(cora: CoraSimulator, api: httpx.Client) -> None:
    cora.settings(invoice_draft_seconds=30)

    assert pay_in_stage(api, issue(api)["id"]).json()["code"] == "REC-0001"


@pytest.mark.parametrize(
    ("now", "fine", "interest"),
    [
        ("2026-11-25T10:00:00", 0, 0),
        ("2026-11-26T10:00:00", 200, 10),
        ("2026-12-05T10:00:00", 200, 100),
    ],
)
def test_who_pays_late_pays_fine_and_interest_by_day(
    cora: CoraSimulator, api: httpx.Client, now: str, fine: int, interest: int
) -> None:
    invoice_id = issue(api, **plain(payment_terms=TERMS))["id"]

    with later(cora, now) as client:
        cora.pay_invoice(invoice_id)
        paid = get(client, invoice_id)

    assert (paid["fine_paid"], paid["interest_paid"], paid["discount_paid"]) == (fine, interest, 0)
    assert paid["total_paid"] == 10_000 + fine + interest
    assert (paid["payments"][0]["fine"], paid["payments"][0]["interest"]) == (fine, interest)


def test_due_on_a_sunday_costs_nothing_more_on_monday(
    cora: CoraSimulator, api: httpx.Client
) -> None:
    invoice_id = issue(api, **plain(payment_terms=TERMS | {"due_date": "2026-11-29"}))["id"]

    with later(cora, "2026-11-30T10:00:00") as client:
        assert get(client, invoice_id)["status"] == "LATE"
        cora.pay_invoice(invoice_id)
        assert get(client, invoice_id)["total_paid"] == 10_000


def test_the_amount_of_a_fine_beats_its_rate_and_its_date_counts(
    cora: CoraSimulator, api: httpx.Client
) -> None:
    fine = {"amount": 700, "rate": 2.0, "date": "2026-11-27"}
    terms = {"due_date": "2026-11-25", "fine": fine}
    first, second = (issue(api, **plain(payment_terms=terms))["id"] for _ in range(2))

    with later(cora, "2026-11-26T10:00:00") as client:
        cora.pay_invoice(first)
        assert get(client, first)["fine_paid"] == 0
        cora.set_clock("2026-11-27T08:00:00")
        cora.pay_invoice(second)
        assert get(client, second)["fine_paid"] == 700


@pytest.mark.parametrize(
    ("discount", "now", "paid"),
    [
        ({"type": "PERCENT", "value": 1.5}, "2026-11-24T23:59:00", 9_850),
        ({"type": "FIXED", "value": 300}, "2026-11-24T10:00:00", 9_700),
        ({"type": "FIXED", "value": 300}, "2026-11-25T10:00:00", 10_000),
    ],
)
def test_the_discount_ends_the_day_before(
    cora: CoraSimulator, api: httpx.Client, discount: dict[str, Any], now: str, paid: int
) -> None:
    terms = {"due_date": "2026-11-25", "discount": discount}
    invoice_id = issue(api, **plain(payment_terms=terms))["id"]

    with later(cora, now) as client:
        cora.pay_invoice(invoice_id)
        body = get(client, invoice_id)

    assert (body["total_paid"], body["discount_paid"]) == (paid, 10_000 - paid)


def test_paid_charges_are_found_by_the_day_of_payment(
    cora: CoraSimulator, api: httpx.Client
) -> None:
    invoice_id = issue(api, **plain(due_date="2026-12-10"))["id"]
    cora.pay_invoice(invoice_id)

    def found(**params: str) -> list[str]:
        return [item["id"] for item in api.get("/v2/invoices", params=params).json()["items"]]

    assert found(state="PAID", start="2026-11-23", end="2026-11-23") == [invoice_id]
    assert found(state="PAID", start="2026-12-10", end="2026-12-10") == []
    assert found(start="2026-12-10", end="2026-12-10") == [invoice_id]


def test_each_step_is_announced(cora: CoraSimulator, api: httpx.Client) -> None:
    register(api, "http://127.0.0.1:9/hook", "invoice", "*")
    cora.settings(invoice_draft_seconds=30)

    paid, cancelled = issue(api, **plain(due_date="2026-11-23"))["id"], issue(api)["id"]
    cora.advance(31)
    cora.set_clock("2026-11-24T00:00:01")
    cora.pay_invoice(paid)
    api.delete(f"/v2/invoices/{cancelled}")

    assert announced(cora, paid) == [
        *("invoice.drafted", "invoice.created", "invoice.overdue", "invoice.paid")
    ]
    assert announced(cora, cancelled) == ["invoice.drafted", "invoice.created", "invoice.canceled"]


def test_only_the_trigger_asked_for_is_announced(cora: CoraSimulator, api: httpx.Client) -> None:
    register(api, "http://127.0.0.1:9/hook", "invoice", "paid")

    invoice_id = issue(api)["id"]
    cora.pay_invoice(invoice_id, "pix")

    assert announced(cora, invoice_id) == ["invoice.paid"]


def test_a_partner_hears_of_a_customer_registered_beforehand(cora: CoraSimulator) -> None:
    auth = (CLIENT_ID, "5f0c2a1e-7a51-4c55-9a43-5b9d3c7e4f10")
    with httpx.Client(base_url=cora.base_url, **LOOPBACK) as client:
        form = {"grant_type": "client_credentials"}
        token = client.post("/oauth/token", data=form, auth=auth).json()["access_token"]
        url = "http://127.0.0.1:9/hook"
        assert register(client, url, "register", "completed", token).status_code == 201

    assert announced(cora, cora.registered()) == ["register.completed"]


def test_reminders_have_their_days(cora: CoraSimulator, api: httpx.Client) -> None:
    invoice_id = issue(api)["id"]

    body = api.get(f"/v2/invoices/{invoice_id}/notifications").json()

    assert [tuple(schedule.values()) for schedule in body["schedules"]] == [
        ("NOTIFY_TWO_DAYS_BEFORE_DUE_DATE", "SCHEDULED", True, "2026-12-08T08:00:00"),
        ("NOTIFY_WHEN_PAID", "SCHEDULED", True, None),
    ]
    assert list(body["schedules"][0]) == ["rule", "status", "active", "scheduled_to"]
    assert get(api, invoice_id)["notification"]["schedules"] == body["schedules"]


def test_a_reminder_goes_when_its_time_comes(cora: CoraSimulator, api: httpx.Client) -> None:
    invoice_id = issue(api)["id"]

    with later(cora, "2026-12-08T08:00:05") as client:
        path = f"/v2/invoices/{invoice_id}/notifications"
        assert client.get(path).json()["schedules"][0]["status"] == "TRIGGERED"
        cora.advance(60)
        assert client.get(path).json()["schedules"][0]["status"] == "SUCCESS"


def test_nobody_is_reminded_of_what_is_paid(cora: CoraSimulator, api: httpx.Client) -> None:
    invoice_id = issue(api)["id"]

    cora.pay_invoice(invoice_id)

    before, when_paid = get(api, invoice_id)["notification"]["schedules"]
    assert before["active"] is False
    assert (when_paid["active"], when_paid["status"]) == (True, "TRIGGERED")


def test_reminders_are_cancelled(cora: CoraSimulator, api: httpx.Client) -> None:
    invoice_id = issue(api)["id"]
    path = f"/v2/invoices/{invoice_id}/notifications"

    assert api.delete(path, headers={"Idempotency-Key": new_key()}).status_code == 204

    schedules = api.get(path).json()["schedules"]
    assert [schedule["active"] for schedule in schedules] == [False, False]


def test_a_charge_without_reminders_has_no_schedules(api: httpx.Client) -> None:
    invoice = issue(api, **plain(notification=None))

    assert invoice["notification"] is None
    body = api.get(f"/v2/invoices/{invoice['id']}/notifications").json()
    assert body == {"schedules": []}
