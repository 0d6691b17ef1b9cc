from datetime import date, timedelta
from typing import Any

import httpx
import pytest

from tests.cora_simulator import OFICINA, CoraSimulator
from tests.loopback import LOOPBACK

SMALL = "60316817000103"


@pytest.fixture
def small(cora: CoraSimulator) -> httpx.Client:
    """The API of a company with R$ 1.000,00 and four movements."""
    cora.create_company(SMALL, "PEQUENA LTDA", balance=100_000)
    entry = {"kind": "PIX", "name": "CLIENTE", "document": OFICINA, "description": "Pix recebido"}
    cora.add_entries(
        [
            entry | {"type": "CREDIT", "amount": 5_000, "at": "2026-11-03T23:30:00"},
            entry | {"type": "DEBIT", "amount": 700, "at": "2026-11-04T00:10:00"},
            {"type": "DEBIT", "amount": 200, "kind": "FEE", "day": "2026-11-05"},
            entry | {"type": "CREDIT", "amount": 9_000, "day": "2026-11-10"},
        ],
        SMALL,
    )
    headers = {"Authorization": f"Bearer {cora.grant(SMALL)['access_token']}"}
    return httpx.Client(base_url=cora.base_url, headers=headers, **LOOPBACK)


def statement(api: httpx.Client, **params: Any) -> dict[str, Any]:
    answer = api.get("/bank-statement/statement", params=params)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def amounts(answer: dict[str, Any]) -> list[int]:
    return [entry["amount"] for entry in answer["entries"]]


def test_the_balances_are_those_of_the_period(small: httpx.Client) -> None:
    answer = statement(small, start="2026-11-04", end="2026-11-05")

    assert answer["start"] == {"date": "2026-11-04", "balance": 105_000}
    assert answer["end"] == {"date": "2026-11-05", "balance": 104_100}
    assert answer["header"] == {"businessName": "PEQUENA LTDA", "businessDocument": SMALL}
    assert "aggregations" not in answer


def test_a_day_is_a_sao_paulo_day(small: httpx.Client) -> None:
    answer = statement(small, start="2026-11-03", end="2026-11-03")

    assert amounts(answer) == [5_000]
    assert answer["entries"][0]["createdAt"] == "2026-11-04T02:30:00.000000+00"


def test_the_short_offset_may_be_sao_paulos(cora: CoraSimulator, small: httpx.Client) -> None:
    cora.settings(statement_offset="-03")
    answer = statement(small, start="2026-11-03", end="2026-11-03")

    assert answer["entries"][0]["createdAt"] == "2026-11-03T23:30:00.000000-03"


def test_an_entry_has_the_documented_fields(small: httpx.Client) -> None:
    fee, pix = statement(small, start="2026-11-04", end="2026-11-05")["entries"]

    assert set(pix) == {"id", "type", "amount", "createdAt", "transaction"}
    assert pix["id"].startswith("ent_")
    assert pix["transaction"].pop("id").startswith("trx_")
    assert pix["transaction"] == {
        "type": "PIX",
        "description": "Pix recebido",
        "counterParty": {"name": "CLIENTE", "identity": OFICINA},
    }
    assert fee["transaction"]["counterParty"] is None


def test_aggregations_come_when_asked(small: httpx.Client) -> None:
    answer = statement(small, start="2026-11-03", end="2026-11-05", aggr="true")

    assert answer["aggregations"] == {"creditTotal": 5_000, "debitTotal": 900}


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({}, [9_000, 200, 700, 5_000]),
        ({"type": "DEBIT"}, [200, 700]),
        ({"type": "CREDIT"}, [9_000, 5_000]),
        ({"transaction_type": "FEE"}, [200]),
        ({"type": "CREDIT", "transaction_type": "FEE"}, []),
    ],
)
def test_filters_narrow_the_entries(
    small: httpx.Client, filters: dict[str, str], expected: list[int]
) -> None:
    assert amounts(statement(small, start="2026-11-01", end="2026-11-30", **filters)) == expected


def test_pages_show_every_entry_once_newest_first(cora: CoraSimulator, api: httpx.Client) -> None:
    period = {"start": "2026-08-01", "end": "2026-11-23"}
    pages: list[dict[str, Any]] = []
    while not pages or len(pages[-1]["entries"]) == 90:
        pages.append(statement(api, page=len(pages) + 1, perPage=90, **period))
    entries = [entry for page in pages for entry in page["entries"]]

    assert len(pages) > 3
    assert len({entry["id"] for entry in entries}) == len(entries)
    assert entries == sorted(entries, key=lambda entry: entry["createdAt"], reverse=True)
    moved = sum(e["amount"] if e["type"] == "CREDIT" else -e["amount"] for e in entries)
    assert pages[0]["start"]["balance"] + moved == pages[0]["end"]["balance"] == 10_318_742


def test_a_reset_brings_back_the_movements_that_end_the_day_before(cora: CoraSimulator) -> None:
    def history(day: str) -> list[tuple[str, int]]:
        cora.reset(now=f"{day}T09:00:00")
        cora.credit(100)  # which the next reset forgets
        headers = {"Authorization": f"Bearer {cora.grant()['access_token']}"}
        with httpx.Client(base_url=cora.base_url, headers=headers, **LOOPBACK) as api:
            answer = statement(api, start="2026-11-09", end=day, perPage=500)
        return [(entry["createdAt"], entry["amount"]) for entry in answer["entries"][1:]]

    first = history("2026-11-24")

    assert first[0][0].startswith("2026-11-23T")
    assert history("2026-11-24") == first
    assert history("2026-11-26")[0][0].startswith("2026-11-25T")


def test_a_page_deep_in_many_entries_is_right(cora: CoraSimulator, api: httpx.Client) -> None:
    cora.reset(seed=False)
    cora.create_company(OFICINA, "OFICINA")
    cora.generate_entries(3_000, date(2026, 9, 1), date(2026, 9, 30))
    headers = {"Authorization": f"Bearer {cora.grant()['access_token']}"}
    period = {"start": "2026-09-01", "end": "2026-09-30"}

    def ids(**params: Any) -> list[str]:
        answer = api.get("/bank-statement/statement", params=period | params, headers=headers)
        return [entry["id"] for entry in answer.json()["entries"]]

    whole = [entry_id for page in range(1, 7) for entry_id in ids(page=page, perPage=500)]
    assert len(set(whole)) == 3_000
    assert ids(page=41, perPage=70) == whole[2_800:2_870]
    assert ids(page=44, perPage=70) == []


def test_without_days_it_is_the_last_thirty(cora: CoraSimulator, api: httpx.Client) -> None:
    answer = statement(api)

    assert answer["start"]["date"] == "2026-10-24"
    assert answer["end"]["date"] == "2026-11-23"
    assert len(answer["entries"]) == 10


@pytest.mark.parametrize(
    ("params", "status"),
    [
        ({"start": "2023-04-31"}, 500),
        ({"start": "01/04/2023"}, 500),
        ({"end": "9999-12-31"}, 500),
        ({"perPage": "501"}, 503),
        ({"perPage": "0"}, 400),
        ({"page": "0"}, 400),
        ({"page": "x"}, 400),
        ({"type": "BLOCK"}, 400),
        ({"transaction_type": "TED"}, 400),
        ({"start": "2026-11-02", "end": "2026-11-01"}, 400),
    ],
)
def test_wrong_parameters_fail_as_the_bank_does(
    api: httpx.Client, params: dict[str, str], status: int
) -> None:
    answer = api.get("/bank-statement/statement", params=params)

    assert answer.status_code == status
    assert {"code", "message", "errors"} == set(answer.json())


def test_the_limit_of_a_page_is_a_setting(cora: CoraSimulator, api: httpx.Client) -> None:
    cora.settings(statement_max_per_page=50, statement_too_large_status=504)

    assert api.get("/bank-statement/statement?perPage=51").status_code == 504
    assert api.get("/bank-statement/statement?perPage=50").status_code == 200


@pytest.mark.parametrize("slash", ["", "/"])
def test_account_data_and_balance(api: httpx.Client, slash: str) -> None:
    assert api.get(f"/third-party/account{slash}").json() == {
        "agency": "0001",
        "accountNumber": "1234567",
        "accountDigit": "8",
        "bankCode": "403",
        "bankName": "Cora SCD",
    }
    assert api.get(f"/third-party/account/balance{slash}").json() == {"balance": 10_318_742}


def test_the_first_start_has_a_hundred_plausible_days(
    cora: CoraSimulator, api: httpx.Client
) -> None:
    """Balance never below zero, all kinds of movement, and two payments alike on one day."""
    entries: list[dict[str, Any]] = []
    page = 0
    while len(entries) == page * 500:
        page += 1
        entries += statement(api, start="2026-01-01", page=page, perPage=500)["entries"]
    held, lowest, by_look = 10_318_742, 10_318_742, set()
    twins = 0
    for entry in entries:
        held -= entry["amount"] if entry["type"] == "CREDIT" else -entry["amount"]
        lowest = min(lowest, held)
        party = (entry["transaction"]["counterParty"] or {}).get("name")
        look = (entry["createdAt"][:10], entry["type"], entry["amount"], party)
        twins += look in by_look and entry["transaction"]["type"] == "PAYMENT"
        by_look.add(look)
    kinds = {(entry["type"], entry["transaction"]["type"]) for entry in entries}

    assert lowest > 0
    assert twins == 1
    assert kinds >= {
        ("CREDIT", "PIX"),
        ("DEBIT", "PIX"),
        ("CREDIT", "TRANSFER"),
        ("DEBIT", "TRANSFER"),
        ("DEBIT", "PAYMENT"),
        ("DEBIT", "FEE"),
    }
    first, last = entries[-1]["createdAt"][:10], entries[0]["createdAt"][:10]
    assert date.fromisoformat(first) >= date(2026, 11, 23) - timedelta(days=100)
    assert last < "2026-11-23"
