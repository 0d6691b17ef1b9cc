from datetime import date
from typing import Any

import httpx
import pytest

from tests.cora_simulator import OFICINA, CoraSimulator
from tests.loopback import LOOPBACK
from tests.simulator.calls import LINE, new_key, pay

BILL = "846900000007432100481006118097565733130015896363"  # telecom, R$ 43,21


def listing(api: httpx.Client, **params: Any) -> list[dict[str, Any]]:
    answer = api.get("/payments/", params=params)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


def test_a_registered_title_says_whom_and_how_much(cora: CoraSimulator, api: httpx.Client) -> None:
    title = cora.title(15_075, date(2026, 12, 10), fine=300, interest=25)

    answer = pay(api, title["digitable"], code="cp-000772", scheduled_at="2026-12-09")

    assert answer.status_code == 201
    body = answer.json()
    assert body.pop("id").startswith("pay_")
    assert body.pop("created_at").startswith("2026-11-23T09:00")
    assert body == {
        "status": "INITIATED",
        "amount": 15_400,
        "creditor": {
            "name": "Fornecedor Exemplo ME",
            "document": "60316817000103",
            "type": "CNPJ",
        },
        "bank_slip": {
            "barcode": title["barcode"],
            "digitable": title["digitable"],
            "registered": True,
            "fine": 300,
            "interest": 25,
        },
        "payment_terms": {"due_date": "2026-12-10"},
        "code": "cp-000772",
        "scheduled_at": "2026-12-09",
    }


def test_a_line_never_seen_is_registered_the_same_way_always(
    cora: CoraSimulator, api: httpx.Client
) -> None:
    first = pay(api, LINE).json()
    cora.reset(now="2026-11-23T09:00:00")
    headers = {"Authorization": f"Bearer {cora.grant()['access_token']}"}
    with httpx.Client(base_url=cora.base_url, headers=headers, **LOOPBACK) as client:
        second = pay(client, LINE).json()

    assert first["creditor"] == second["creditor"]
    assert first["amount"] == 123_456
    assert first["payment_terms"] == {"due_date": "2026-11-23"}


def test_utility_bills_are_paid_too(api: httpx.Client) -> None:
    body = pay(api, BILL).json()

    assert body["amount"] == 4_321
    assert body["payment_terms"] == {"due_date": None}


def test_a_line_without_amount_has_the_registered_one(api: httpx.Client) -> None:
    quantity = "859100000054555512345677890123456785901234567894"

    assert pay(api, quantity).json()["amount"] > 0


def test_registration_may_be_required(cora: CoraSimulator, api: httpx.Client) -> None:
    cora.settings(require_registered_boletos=True)
    answer = pay(api, LINE)
    assert (answer.status_code, answer.json()["code"]) == (422, "REC-0001")

    cora.title(100, line=LINE)

    assert pay(api, LINE).json()["amount"] == 100


@pytest.mark.parametrize(
    "line",
    [
        LINE[:-1] + "7",  # amount + 1 centavo: only the general digit tells
        LINE[:32] + "4" + LINE[33:],
        LINE[:9] + "1" + LINE[10:],
        LINE[:-1],
        LINE + "00",
        BILL[:-1] + "4",
        "9" + BILL[1:],
        "x" * 47,
        "",
    ],
)
def test_a_mistyped_line_is_422_in_portuguese(
    cora: CoraSimulator, api: httpx.Client, line: str
) -> None:
    answer = pay(api, line)

    assert answer.status_code == 422
    assert answer.json()["message"].endswith(".")
    assert "dígito" in answer.json()["message"]
    assert cora.payments() == []


@pytest.mark.parametrize("line", [None, 123, ["1"]])
def test_a_line_that_is_not_text_is_400(api: httpx.Client, line: object) -> None:
    assert pay(api, line).status_code == 400


def test_the_paying_company_cannot_pay_itself(cora: CoraSimulator, api: httpx.Client) -> None:
    title = cora.title(100, date(2026, 12, 10), document=OFICINA)

    assert pay(api, title["digitable"]).json()["code"] == "REC-0007"


@pytest.mark.parametrize("day", ["2026-11-22", "2026-11-24"])
def test_it_is_scheduled_from_today_to_the_due_date(api: httpx.Client, day: str) -> None:
    answer = pay(api, LINE, scheduled_at=day)  # due on 23/11/2026, today

    assert (answer.status_code, answer.json()["code"]) == (422, "PAY-0001")


def test_a_due_date_without_banks_leaves_the_next_banking_day(
    cora: CoraSimulator, api: httpx.Client
) -> None:
    title = cora.title(100, date(2026, 12, 5))  # a Saturday

    assert pay(api, title["digitable"], scheduled_at="2026-12-07").status_code == 201
    assert pay(api, title["digitable"], scheduled_at="2026-12-08").status_code == 422


def test_an_approved_payment_debits_and_leaves_the_list(
    cora: CoraSimulator, api: httpx.Client
) -> None:
    order = pay(api, LINE).json()
    assert [item["id"] for item in listing(api)] == [order["id"]]
    assert api.get(f"/payments/{order['id']}").json()["status"] == "INITIATED"

    cora.approve(order["id"])

    assert listing(api) == listing(api, status="COMPLETED") == []
    assert api.get(f"/payments/{order['id']}").status_code == 404
    entry = api.get("/bank-statement/statement?perPage=1").json()["entries"][0]
    assert (entry["type"], entry["amount"]) == ("DEBIT", 123_456)
    assert entry["transaction"]["type"] == "PAYMENT"
    assert entry["transaction"]["counterParty"]["name"] == order["creditor"]["name"]
    assert cora.account()["balance"] == 10_318_742 - 123_456


def test_a_refused_one_leaves_the_list_without_a_debit(
    cora: CoraSimulator, api: httpx.Client
) -> None:
    changed = cora.refuse(pay(api, LINE).json()["id"])

    assert changed["status"] == "REPROVED"
    assert listing(api) == []
    assert cora.account()["balance"] == 10_318_742


def test_without_balance_it_is_an_error(cora: CoraSimulator, api: httpx.Client) -> None:
    title = cora.title(10_318_743, date(2026, 12, 10))

    changed = cora.approve(pay(api, title["digitable"]).json()["id"])

    assert (changed["status"], changed["reason"]) == ("ERROR", "Saldo insuficiente")


def test_a_title_is_paid_once(cora: CoraSimulator, api: httpx.Client) -> None:
    first, second = pay(api, LINE).json(), pay(api, LINE).json()
    cora.approve(first["id"])

    assert cora.approve(second["id"])["status"] == "ERROR"
    assert pay(api, LINE).json()["code"] == "REC-0006"
    assert cora.account()["balance"] == 10_318_742 - 123_456


@pytest.mark.parametrize(
    ("due", "alive", "dead"),
    [
        (date(2026, 12, 10), "2026-12-10T23:59:00", "2026-12-11T00:00:01"),
        (date(2026, 11, 21), "2026-11-23T23:59:00", "2026-11-24T00:00:01"),
        (None, "2026-11-30T08:59:00", "2026-11-30T09:01:00"),
    ],
)
def test_it_may_be_approved_until_the_due_date(
    cora: CoraSimulator, api: httpx.Client, due: date | None, alive: str, dead: str
) -> None:
    pay(api, cora.title(100, due)["digitable"])
    cora.set_clock(alive)
    assert cora.payments()[0]["status"] == "INITIATED"
    cora.set_clock(dead)

    assert cora.payments()[0]["status"] == "REPROVED"


def test_a_scheduled_payment_goes_at_eight(cora: CoraSimulator, api: httpx.Client) -> None:
    title = cora.title(100, date(2026, 12, 10))
    cora.approve(pay(api, title["digitable"], scheduled_at="2026-12-09").json()["id"])
    cora.set_clock("2026-12-09T07:59:00")
    assert cora.account()["balance"] == 10_318_742
    cora.set_clock("2026-12-09T08:00:01")

    assert cora.account()["balance"] == 10_318_742 - 100


def test_a_payment_is_canceled_before_the_approval_only(
    cora: CoraSimulator, api: httpx.Client
) -> None:
    order = pay(api, LINE).json()
    url, key = f"/payments/initiate/{order['id']}", {"Idempotency-Key": new_key()}

    first, replay = api.delete(url, headers=key), api.delete(url, headers=key)

    assert (first.status_code, first.content, replay.status_code) == (204, b"", 204)
    assert cora.count_requests("/payments/initiate/*", method="DELETE", effect=True) == 1
    assert listing(api) == []
    again = api.delete(url)
    assert (again.status_code, again.json()["code"]) == (422, "PAY-0006")


def test_an_unknown_or_foreign_payment_is_500(cora: CoraSimulator, api: httpx.Client) -> None:
    order = pay(api, LINE).json()
    other = {"Authorization": f"Bearer {cora.grant('11222333000181')['access_token']}"}

    assert api.delete("/payments/initiate/pay_unknown").status_code == 500
    assert api.delete(f"/payments/initiate/{order['id']}", headers=other).status_code == 500
    assert api.get(f"/payments/{order['id']}", headers=other).status_code == 404


def test_the_same_key_and_line_is_one_payment(cora: CoraSimulator, api: httpx.Client) -> None:
    key = new_key()
    first, again = pay(api, LINE, key=key), pay(api, LINE, key=key)

    assert (again.status_code, again.text) == (201, first.text)
    assert len(cora.payments()) == 1
    assert pay(api, LINE, key=key, code="x").status_code == 422
