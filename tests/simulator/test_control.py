from datetime import date

import httpx
import pytest

from tests.cora_simulator import OFICINA, PADARIA, CoraSimulator
from tests.simulator.calls import transfer

NEW = "60316817000103"


def test_a_reset_forgets_everything(cora: CoraSimulator, api: httpx.Client) -> None:
    transfer(api)
    cora.fault("drop", times=None)
    cora.settings(latency_ms=1, ted_fee_cents=7)
    cora.create_company(NEW, "NOVA LTDA")
    cora.credit(100)

    cora.reset(now="2026-11-23T09:00:00")

    assert cora.orders() == cora.faults() == cora.requests() == cora.grants() == []
    assert cora.settings()["ted_fee_cents"] == 200
    assert cora.settings()["latency_ms"] == 0
    assert cora.account()["balance"] == 10_318_742
    assert api.get("/third-party/account").status_code == 401
    with pytest.raises(RuntimeError, match="Não há conta"):
        cora.account(NEW)


def test_an_empty_reset_has_nobody(cora: CoraSimulator) -> None:
    cora.reset(seed=False)

    with pytest.raises(RuntimeError, match="Não há conta"):
        cora.account(OFICINA)
    assert cora.create_company(OFICINA, "OFICINA", balance=500)["balance"] == 500


def test_the_clock_goes_on_from_where_it_is_set(cora: CoraSimulator) -> None:
    cora.set_clock("2027-01-04T07:00:00")
    assert cora.now().isoformat().startswith("2027-01-04T10:00:0")
    cora.advance(3600)

    assert cora.now().isoformat().startswith("2027-01-04T11:00:0")


def test_without_a_time_a_reset_is_now(cora: CoraSimulator) -> None:
    cora.reset()
    first = cora.now()
    cora.advance(86_400)

    assert 86_399 < (cora.now() - first).total_seconds() < 86_460


def test_entries_move_the_balance(cora: CoraSimulator) -> None:
    entry = {"kind": "PIX", "day": "2026-11-20", "amount": 300}
    cora.add_entries([entry | {"type": "CREDIT"}, entry | {"type": "DEBIT", "amount": 100}])

    assert cora.account()["balance"] == 10_318_742 + 200


def test_the_balance_after_entries_may_be_said(cora: CoraSimulator) -> None:
    cora.add_entries([{"type": "DEBIT", "day": "2026-11-20", "amount": 300}], balance=42)
    generated = cora.generate_entries(1000, date(2026, 1, 1), date(2026, 3, 31), balance=77)

    assert generated["count"] == 1000
    assert cora.account()["balance"] == 77


def test_a_wrong_entry_writes_none(cora: CoraSimulator) -> None:
    good = {"type": "CREDIT", "day": "2026-11-20", "amount": 300}
    for bad in ({"amount": 0}, {"type": "IN"}, {"day": "2026-02-30"}, {"kind": "TED"}):
        with pytest.raises(RuntimeError, match="400"):
            cora.add_entries([good, good | bad])

    assert cora.account()["balance"] == 10_318_742


def test_money_comes_in(cora: CoraSimulator, api: httpx.Client) -> None:
    cora.credit(1_500, kind="TRANSFER", name="CLIENTE <NOVO>", document=NEW)

    entry = api.get("/bank-statement/statement?perPage=1").json()["entries"][0]
    assert (entry["type"], entry["amount"]) == ("CREDIT", 1_500)
    assert entry["transaction"]["type"] == "TRANSFER"
    assert entry["transaction"]["counterParty"] == {"name": "CLIENTE <NOVO>", "identity": NEW}
    assert cora.account(PADARIA)["balance"] == 2_845_190


def test_settings_are_checked_and_changed_together(cora: CoraSimulator) -> None:
    for wrong in ({"nothing": 1}, {"latency_ms": "x"}, {"latency_ms": -1}, {"idle_days": True}):
        with pytest.raises(RuntimeError, match="400"):
            cora.settings(**({"ted_fee_cents": 9} | wrong))

    assert cora.settings()["ted_fee_cents"] == 200


def test_requests_are_found_by_method_path_and_time(cora: CoraSimulator, api: httpx.Client) -> None:
    api.get("/third-party/account/")
    last = cora.requests()[-1]["seq"]
    transfer(api, code="só este")

    (found,) = cora.requests(since=last)
    assert (found["method"], found["path"]) == ("POST", "/transfers/initiate")
    assert "só este" in found["body"]
    assert found["headers"]["idempotency-key"]
    assert "authorization" not in found["headers"]
    assert cora.count_requests(method="GET") == 1
    cora.clear_requests()
    assert cora.count_requests() == 0


def test_orders_are_found_by_code_and_key(cora: CoraSimulator, api: httpx.Client) -> None:
    transfer(api, code="a", key="5f0c2a1e-7a51-4c55-9a43-5b9d3c7e4f10")
    transfer(api, code="b")

    assert [order["code"] for order in cora.orders()] == ["a", "b"]
    assert [order["code"] for order in cora.orders(code="b")] == ["b"]
    found = cora.transfers(key="5f0c2a1e-7a51-4c55-9a43-5b9d3c7e4f10", cnpj=OFICINA)
    assert [order["code"] for order in found] == ["a"]
    assert cora.payments() == cora.orders(cnpj=PADARIA) == []


def test_everything_of_one_company_is_decided(cora: CoraSimulator, api: httpx.Client) -> None:
    transfer(api)
    headers = {"Authorization": f"Bearer {cora.grant(PADARIA)['access_token']}"}
    with httpx.Client(base_url=cora.base_url, headers=headers, trust_env=False) as padaria:
        transfer(padaria)

    assert cora.refuse_all(PADARIA) == 1
    assert cora.expire_all() == 1
    assert {order["status"] for order in cora.orders()} == {"CANCELED"}


def test_people_and_companies_are_checked(cora: CoraSimulator) -> None:
    with pytest.raises(RuntimeError, match="dígitos verificadores"):
        cora.create_company("60316817000104", "NOVA")
    with pytest.raises(RuntimeError, match="já tem conta"):
        cora.create_company(OFICINA, "OUTRA")
    with pytest.raises(RuntimeError, match="Não há empresa"):
        cora.create_person("12345678909", "Nova Pessoa", "111111", [NEW])
