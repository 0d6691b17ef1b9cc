from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from tests.cora_simulator import OFICINA, CoraSimulator
from tests.loopback import LOOPBACK
from tests.simulator.calls import TRANSFER, new_key, transfer


def listing(api: httpx.Client, **params: Any) -> dict[str, Any]:
    answer = api.get("/transfer/third-party/transfers/", params=params)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def newest(api: httpx.Client, count: int) -> list[dict[str, Any]]:
    answer = api.get("/bank-statement/statement", params={"perPage": count}).json()
    return list(answer["entries"])


def test_it_waits_for_approval_and_moves_nothing(cora: CoraSimulator, api: httpx.Client) -> None:
    answer = transfer(api, scheduled="2026-12-05")

    assert answer.status_code == 200
    body = answer.json()
    assert body.pop("id").startswith("trn_")
    destination = TRANSFER["destination"] | {"account_number": "45678", "account_number_digit": "9"}
    assert body == {
        **TRANSFER,
        "status": "INITIATED",
        "created_at": body["created_at"],
        "scheduled": "2026-12-05",
        "destination": destination,
    }
    assert body["created_at"].startswith("2026-11-23T09:00")
    assert cora.account()["balance"] == 10_318_742


def test_an_approved_transfer_debits_the_amount_and_the_fee(
    cora: CoraSimulator, api: httpx.Client
) -> None:
    order = transfer(api).json()
    cora.approve(order["id"])
    fee, ted = newest(api, 2)

    assert cora.account()["balance"] == 10_318_742 - 125_000 - 200
    assert (ted["type"], ted["amount"], ted["transaction"]["type"]) == (
        "DEBIT",
        125_000,
        "TRANSFER",
    )
    assert ted["transaction"]["counterParty"] == {
        "name": "Fornecedor Exemplo ME",
        "identity": "11222333000181",
    }
    assert (fee["amount"], fee["transaction"]["description"]) == (200, "Tarifa TED")
    assert listing(api)["items"][0]["status"] == "COMPLETED"


def test_the_fee_is_a_setting(cora: CoraSimulator, api: httpx.Client) -> None:
    cora.settings(ted_fee_cents=0)
    cora.approve(transfer(api).json()["id"])

    assert cora.account()["balance"] == 10_318_742 - 125_000


def test_a_refused_or_expired_one_is_canceled(cora: CoraSimulator, api: httpx.Client) -> None:
    cora.refuse(transfer(api).json()["id"])
    cora.expire(transfer(api).json()["id"])

    assert [item["status"] for item in listing(api)["items"]] == ["CANCELED", "CANCELED"]
    assert cora.account()["balance"] == 10_318_742


def test_an_order_is_decided_once(cora: CoraSimulator, api: httpx.Client) -> None:
    order = transfer(api).json()
    cora.approve(order["id"])

    with pytest.raises(RuntimeError, match="COMPLETED"):
        cora.refuse(order["id"])


def test_without_balance_the_approval_cancels(cora: CoraSimulator, api: httpx.Client) -> None:
    order = transfer(api, amount=10_318_742).json()

    changed = cora.approve(order["id"])

    assert (changed["status"], changed["reason"]) == ("CANCELED", "Saldo insuficiente")
    assert cora.account()["balance"] == 10_318_742


def test_all_is_approved_at_once(cora: CoraSimulator, api: httpx.Client) -> None:
    for _ in range(3):
        transfer(api)

    assert cora.approve_all(OFICINA) == 3
    assert cora.approve_all() == 0
    assert {order["status"] for order in cora.transfers()} == {"COMPLETED"}


def test_a_scheduled_one_goes_at_eight_of_the_next_banking_day(
    cora: CoraSimulator, api: httpx.Client
) -> None:
    order = transfer(api, scheduled="2026-12-05").json()  # a Saturday
    cora.approve(order["id"])
    cora.set_clock("2026-12-07T07:59:00")
    assert cora.transfers()[0]["status"] == "SCHEDULED"
    cora.set_clock("2026-12-07T09:30:00")

    assert cora.transfers()[0]["status"] == "COMPLETED"
    again = httpx.Client(
        base_url=cora.base_url,
        headers={"Authorization": f"Bearer {cora.grant()['access_token']}"},
        **LOOPBACK,
    )
    assert newest(again, 2)[1]["createdAt"] == "2026-12-07T11:00:00.000000+00"


def test_a_refused_scheduled_one_never_goes(cora: CoraSimulator, api: httpx.Client) -> None:
    cora.refuse(transfer(api, scheduled="2026-11-25").json()["id"])
    cora.set_clock("2026-11-26T09:00:00")

    assert cora.account()["balance"] == 10_318_742


@pytest.mark.parametrize(
    ("scheduled", "alive", "dead"),
    [
        (None, "2026-11-30T08:59:00", "2026-11-30T09:01:00"),
        ("2026-11-25", "2026-11-25T23:59:00", "2026-11-26T00:00:01"),
    ],
)
def test_what_nobody_approves_expires(
    cora: CoraSimulator, api: httpx.Client, scheduled: str | None, alive: str, dead: str
) -> None:
    transfer(api, scheduled=scheduled)
    cora.set_clock(alive)
    assert cora.transfers()[0]["status"] == "INITIATED"
    cora.set_clock(dead)

    assert cora.transfers()[0]["status"] == "CANCELED"


def test_the_clock_expires_it_without_being_asked(cora: CoraSimulator, api: httpx.Client) -> None:
    transfer(api, scheduled="2026-11-25")
    cora.settings(transfer_expiry_days=1)
    transfer(api)
    cora.set_clock("2026-11-27T00:00:00")

    assert {order["status"] for order in cora.orders()} == {"CANCELED"}


def test_a_refund_brings_the_amount_back(cora: CoraSimulator, api: httpx.Client) -> None:
    order = transfer(api).json()
    cora.approve(order["id"])

    cora.refund(order["id"])

    back = newest(api, 1)[0]
    assert (back["type"], back["amount"]) == ("CREDIT", 125_000)
    assert cora.account()["balance"] == 10_318_742 - 200
    assert listing(api)["items"][0]["status"] == "REFUNDED"


def test_the_list_filters_and_pages(cora: CoraSimulator, api: httpx.Client) -> None:
    for number in range(5):
        transfer(api, code=f"cp-{number}")
    cora.approve(cora.transfers(code="cp-1")[0]["id"])

    def codes(**params: Any) -> list[str]:
        return [item["code"] for item in listing(api, **params)["items"]]

    assert codes() == ["cp-4", "cp-3", "cp-2", "cp-1", "cp-0"]
    assert codes(page=1, size=2) == ["cp-2", "cp-1"]
    assert codes(status="COMPLETED") == ["cp-1"]
    assert codes(status="NEW_AND_UNKNOWN") == []
    assert codes(start="2026-11-23", end="2026-11-23", size=1) == ["cp-4"]
    assert codes(start="2026-11-24") == codes(end="2026-11-22") == []
    assert listing(api, size=1)["totalItems"] == 5
    assert api.get("/transfer/third-party/transfers?size=201").status_code == 400


def test_the_name_of_the_total_is_a_setting(cora: CoraSimulator, api: httpx.Client) -> None:
    cora.settings(list_total_field="total_items")

    assert listing(api) == {"items": [], "total_items": 0}


def test_another_companys_orders_are_not_seen(cora: CoraSimulator, api: httpx.Client) -> None:
    transfer(api)
    other = {"Authorization": f"Bearer {cora.grant('11222333000181')['access_token']}"}

    assert api.get("/transfer/third-party/transfers", headers=other).json()["items"] == []


def test_the_same_key_and_body_is_one_transfer(cora: CoraSimulator, api: httpx.Client) -> None:
    key = new_key()
    first, again = transfer(api, key=key), transfer(api, key=key)

    assert (again.status_code, again.json()) == (first.status_code, first.json())
    assert len(cora.transfers()) == 1
    seen = cora.requests("/transfers/initiate")
    assert [(one["effect"], one["replay"]) for one in seen] == [(True, False), (False, True)]
    assert cora.count_requests("/transfers/*", effect=True) == 1


def test_the_same_key_with_another_body_is_422(cora: CoraSimulator, api: httpx.Client) -> None:
    key = new_key()
    transfer(api, key=key)

    answer = transfer(api, key=key, amount=1)

    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")
    assert len(cora.transfers()) == 1


def test_a_key_is_forgotten_after_a_day(cora: CoraSimulator, api: httpx.Client) -> None:
    cora.settings(access_token_seconds=3 * 86_400)
    headers = {"Authorization": f"Bearer {cora.grant()['access_token']}"}
    with httpx.Client(base_url=cora.base_url, headers=headers, **LOOPBACK) as client:
        key = new_key()
        transfer(client, key=key)
        cora.advance(86_390)
        transfer(client, key=key)
        assert len(cora.transfers()) == 1
        cora.advance(20)
        transfer(client, key=key)

    assert len(cora.transfers()) == 2


def test_two_companies_may_use_the_same_key(cora: CoraSimulator, api: httpx.Client) -> None:
    key = new_key()
    transfer(api, key=key)
    other = {"Authorization": f"Bearer {cora.grant('11222333000181')['access_token']}"}
    with httpx.Client(base_url=cora.base_url, headers=other, **LOOPBACK) as client:
        assert transfer(client, key=key, amount=1).status_code == 200

    assert len(cora.transfers(key=key)) == 2


@pytest.mark.parametrize("key", [None, "", "not-a-uuid"])
def test_without_a_key_it_is_400(cora: CoraSimulator, api: httpx.Client, key: str | None) -> None:
    headers = {} if key is None else {"Idempotency-Key": key}

    answer = api.post("/transfers/initiate", json=TRANSFER, headers=headers)

    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_request")
    assert cora.transfers() == []


def test_duplicates_that_arrive_together_are_one_transfer(
    cora: CoraSimulator, api: httpx.Client
) -> None:
    cora.settings(latency_ms=50)
    key = new_key()
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: transfer(api, key=key), range(8)))

    assert {answer.text for answer in answers} == {answers[0].text}
    assert {answer.status_code for answer in answers} == {200}
    assert len(cora.transfers()) == 1


def test_a_refused_body_leaves_the_key_free(cora: CoraSimulator, api: httpx.Client) -> None:
    key = new_key()
    assert transfer(api, key=key, amount=0).status_code == 400

    assert transfer(api, key=key).status_code == 200


def destination(**changes: Any) -> dict[str, Any]:
    return {"destination": TRANSFER["destination"] | changes}


def holder(**changes: Any) -> dict[str, Any]:
    return destination(holder=TRANSFER["destination"]["holder"] | changes)


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"amount": 0}, 400),
        ({"amount": -1}, 400),
        ({"amount": 12.5}, 400),
        ({"amount": "100"}, 400),
        ({"amount": True}, 400),
        ({"without": "amount"}, 400),
        ({"without": "destination"}, 400),
        ({"category": "OTHER"}, 400),
        ({"scheduled": "2026-02-30"}, 400),
        ({"scheduled": "2026-11-22"}, 422),
        ({"code": 7}, 400),
        (destination(bank_code="999"), 500),
        (destination(bank_code=None), 400),
        (destination(branch_number="01234"), 400),
        (destination(branch_number="012-3"), 400),
        (destination(account_number="12345678901234"), 400),
        (destination(account_number="45678-9"), 400),
        (destination(account_type="CURRENT"), 400),
        (holder(name=""), 400),
        (holder(document={"identity": "11222333000180"}), 400),
        (holder(document={"identity": "11.222.333/0001-81"}), 400),
        (holder(document={"identity": "11222333000181", "type": "CPF"}), 400),
    ],
)
def test_a_wrong_field_is_refused(
    cora: CoraSimulator, api: httpx.Client, changes: dict[str, Any], status: int
) -> None:
    answer = transfer(api, **changes)

    assert answer.status_code == status
    assert set(answer.json()) == {"code", "message", "errors"}
    assert cora.transfers() == []


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"x"', b"\xff", b'{"code":"\\ud800"}'])
def test_a_body_that_is_not_an_object_is_400(api: httpx.Client, body: bytes) -> None:
    headers = {"Idempotency-Key": new_key()}

    assert api.post("/transfers/initiate", content=body, headers=headers).status_code == 400


def test_the_banks_that_it_reaches(api: httpx.Client) -> None:
    banks = {bank["code"]: bank for bank in api.get("/banks").json()}

    assert set(banks["403"]) == {"name", "ispb", "code", "short_name"}
    assert banks["403"]["ispb"] == "37880206"
    assert {"001", "033", "104", "237", "260", "341", "748", "756"} <= set(banks)
