"""The control API: what is of all the banks, and what each bank has of its own part."""

from datetime import date

import httpx
import pytest

from tests.bank_controls import OFICINA, PADARIA
from tests.cora_simulator import CoraSimulator
from tests.simulator.calls import transfer
from tests.simulator.each_bank import EachBank

NEW = "60316817000103"
PIX = {"kind": "PIX", "day": "2026-11-20", "amount": 300}


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


def test_entries_move_the_balance(bank: EachBank) -> None:
    bank.simulator.add_entries([PIX | {"type": "CREDIT"}, PIX | {"type": "DEBIT", "amount": 100}])

    assert bank.balance() == 1_000_000 + 200


def test_the_balance_after_entries_may_be_said(bank: EachBank) -> None:
    bank.simulator.add_entries([PIX | {"type": "DEBIT"}], balance=42)
    assert bank.balance() == 42

    made = bank.simulator.generate_entries(1000, date(2026, 1, 1), date(2026, 3, 31), balance=77)

    assert made["count"] == 1000
    assert made["account"]["balance"] == bank.balance() == 77


@pytest.mark.parametrize(
    "wrong",
    [{"amount": -1}, {"type": "IN"}, {"day": "2026-02-30"}, {"day": None}, {"kind": "CASH"}],
)
def test_a_wrong_entry_writes_none(bank: EachBank, wrong: dict[str, object]) -> None:
    good = PIX | {"type": "CREDIT"}
    with pytest.raises(RuntimeError, match="400"):
        bank.simulator.add_entries([good, good | wrong])

    assert bank.balance() == 1_000_000


def test_money_comes_in(bank: EachBank) -> None:
    bank.simulator.credit(1_500, kind=bank.ted, name="CLIENTE NOVO", document=NEW)
    assert bank.balance() == 1_001_500

    for wrong in ({"amount": 0}, {"amount": 1, "kind": "CASH"}):
        with pytest.raises(RuntimeError, match="400"):
            bank.simulator.credit(**wrong)

    assert bank.balance() == 1_001_500


def test_money_comes_in_as_the_bank_shows_it(cora: CoraSimulator, api: httpx.Client) -> None:
    cora.credit(1_500, kind="TRANSFER", name="CLIENTE <NOVO>", document=NEW)

    entry = api.get("/bank-statement/statement?perPage=1").json()["entries"][0]
    assert (entry["type"], entry["amount"]) == ("CREDIT", 1_500)
    assert entry["transaction"]["type"] == "TRANSFER"
    assert entry["transaction"]["counterParty"] == {"name": "CLIENTE <NOVO>", "identity": NEW}
    assert cora.account(PADARIA)["balance"] == 2_845_190


@pytest.mark.parametrize(
    "wrong",
    [
        {"nothing": 1},
        {"access_token_seconds": "x"},
        {"access_token_seconds": -1},
        {"access_token_seconds": True},
    ],
)
def test_settings_are_checked_and_changed_together(
    bank: EachBank, wrong: dict[str, object]
) -> None:
    good, before = bank.setting, bank.simulator.settings()

    with pytest.raises(RuntimeError, match="400"):
        bank.simulator.settings(**({good: 9} | wrong))

    assert bank.simulator.settings() == before
    assert bank.simulator.settings(**{good: 9})[good] == 9


def test_everything_of_one_company_is_decided(bank: EachBank) -> None:
    own, other = bank.send(), bank.send(cnpj=PADARIA)

    assert bank.simulator.refuse_all(PADARIA) == 1
    assert bank.is_in("refused", other)
    assert bank.simulator.expire_all() == 1
    assert bank.is_in("expired", own)
    assert bank.simulator.approve_all() == 0


def test_one_order_is_decided_once(bank: EachBank) -> None:
    order_id = bank.send()
    bank.simulator.approve(order_id)
    assert bank.is_in("completed", order_id)

    for act in (bank.simulator.approve, bank.simulator.refuse, bank.simulator.expire):
        with pytest.raises(RuntimeError, match="400"):
            act(order_id)
    with pytest.raises(RuntimeError, match="400"):
        bank.simulator.approve("nothing")
    bank.simulator.refund(order_id)

    assert bank.balance() == 1_000_000


def test_orders_are_found_by_what_they_are(bank: EachBank) -> None:
    own, other = bank.send(), bank.send(1_000, cnpj=PADARIA)

    assert [order["id"] for order in bank.simulator.orders()] == [own, other]
    assert [order["id"] for order in bank.simulator.orders(cnpj=PADARIA)] == [other]
    assert [order["id"] for order in bank.simulator.orders(amount=125_000)] == [own]
    waiting = {bank.state: bank.words["waiting"]}
    assert len(bank.simulator.orders(**waiting)) == 2
    assert bank.simulator.orders(**waiting, id=own)[0]["wire"]


def test_people_and_companies_are_checked(bank: EachBank) -> None:
    with pytest.raises(RuntimeError, match="dígitos verificadores"):
        bank.simulator.create_company("60316817000104", "NOVA")
    with pytest.raises(RuntimeError, match="já tem conta"):
        bank.simulator.create_company(OFICINA, "OUTRA")
    with pytest.raises(RuntimeError, match="Não há empresa"):
        bank.simulator.create_person("12345678909", "Nova Pessoa", "111111", [NEW])
    with pytest.raises(RuntimeError, match="Não há conta"):
        bank.simulator.account(NEW)

    assert bank.simulator.create_company(NEW, "NOVA LTDA", balance=500)["balance"] == 500
    assert NEW in [held["cnpj"] for held in bank.simulator.accounts()]


def test_a_title_is_registered_with_the_line_given_or_a_new_one(bank: EachBank) -> None:
    made = bank.simulator.title(1_000, date(2026, 12, 10))
    line = str(made.get("line") or made["digitable"])

    again = bank.simulator.title(1_500, line=line)

    assert (made["amount"], made["due_date"]) == (1_000, "2026-12-10")
    assert (again["barcode"], again["amount"]) == (made["barcode"], 1_500)
    with pytest.raises(RuntimeError, match="400"):
        bank.simulator.title(1_000, line=line[:-1])
