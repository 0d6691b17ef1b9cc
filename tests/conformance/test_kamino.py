"""The Conta Kamino, section by section of its API file (GET /openapi.yaml).

Each test names its section first. Those with `place` run against the simulator, and against the
sandbox when its credentials are in the environment; those with `kamino` need a bank that can be
told what to do. Every answer is held against the file as it comes.
"""

import inspect
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import httpx
import pytest
import time_machine
from pytest_django import Settings

from banking.banks.contract.charges import Charge, RefundOrigin, RefundRequest, RefundState
from banking.banks.contract.errors import BankOutcomeUnknown, BankRejected, BankUnavailable
from banking.banks.contract.payments import OpenOrder, OrderState, PixKey, PixKeyType, Rail, Search
from banking.banks.kamino import ContaKamino
from banking.banks.kamino.adapter import KaminoAdapter
from banking.banks.kamino.info import INFO, TERMS
from banking.connections.begin import terms_version
from brazil.banking_days import sao_paulo_day
from tests.banking.banks.conftest import make_ted
from tests.banking.banks.kamino_requests import make_charge, make_pix
from tests.banking.banks.kamino_tokens import KaminoTokens, accepted
from tests.conformance.kamino_places import Place, sandbox, simulated
from tests.cora_simulator import BankProcess
from tests.kamino_contract import Contract
from tests.kamino_simulator import KaminoSimulator

NOW = datetime(2026, 11, 23, 13, tzinfo=UTC)  # Monday, 10:00 in São Paulo
KEY_OF_SOMEBODY = {"type": "email", "value": "maria@exemplo.com.br"}


@pytest.fixture
def kamino(bank_process: BankProcess, settings: Settings) -> Iterator[KaminoSimulator]:
    """The simulated bank as on its first start; the product's settings lead to it."""
    bank_process.reset(now=NOW)
    with time_machine.travel(NOW), KaminoSimulator(bank_process) as simulator:
        settings.KAMINO_BASE_URL = simulator.base_url
        yield simulator


@pytest.fixture(params=["simulator", "sandbox"])
def place(request: pytest.FixtureRequest, settings: Settings) -> Place:
    if request.param == "simulator":
        return simulated(request.getfixturevalue("kamino"))
    found = sandbox()
    if found is None:
        pytest.skip("KAMINO_SANDBOX_… is not in the environment")
    settings.KAMINO_BASE_URL = found.base_url
    settings.KAMINO_CLIENT_ID = found.client_id
    settings.KAMINO_CLIENT_SECRET = found.client_secret
    return found


@pytest.fixture
def contract(place: Place) -> Iterator[Contract]:
    with Contract.of(place.base_url) as contract:
        yield contract


@pytest.fixture
def api(place: Place, contract: Contract) -> Iterator[httpx.Client]:
    _, client = place.open(contract)
    with client:
        yield client


@pytest.fixture
def account(api: httpx.Client, place: Place, contract: Contract) -> dict[str, Any]:
    opened, client = place.open(contract)
    client.close()
    return opened


@pytest.fixture
def adapter(place: Place) -> Iterator[KaminoAdapter]:
    grant = accepted(place.cnpj, legal_name=place.legal_name)
    with ContaKamino().open_client() as http:
        yield ContaKamino().adapter(http, KaminoTokens(grant))


def key() -> dict[str, str]:
    return {"Idempotency-Key": str(uuid4())}


def pix(**changes: Any) -> dict[str, Any]:
    return {"type": "pix", "amount": "1.00", "pix": {"key": KEY_OF_SOMEBODY}, **changes}


def test_every_section_of_the_file_is_named_by_a_test(contract: Contract) -> None:
    """All sections."""
    headings = set(re.findall(r"^## (.+)$", contract.document["info"]["description"], re.M))
    headings |= {tag["name"].capitalize() for tag in contract.document["tags"]}
    module = sys.modules[__name__]
    tests = [f for name, f in inspect.getmembers(module) if name.startswith("test_")]

    named = {(inspect.getdoc(test) or "").split(".")[0] for test in tests}

    assert headings - named == set()


# --- The sections of the description ----------------------------------------------------


def test_a_client_gets_a_token_for_an_hour_and_all_its_scopes(
    place: Place, contract: Contract
) -> None:
    """Access."""
    with contract.client(auth=(place.client_id, place.client_secret)) as client:
        token = client.post("/oauth/token", data={"grant_type": "client_credentials"}).json()

    assert (token["expires_in"], token["scope"]) == (3600, "accounts.open")


def test_other_grants_than_client_credentials_are_refused(place: Place, contract: Contract) -> None:
    """Access."""
    with contract.client(auth=(place.client_id, place.client_secret)) as client:
        answer = client.post("/oauth/token", data={"grant_type": "password"})

    assert (answer.status_code, answer.json()["error"]) == (400, "unsupported_grant_type")


def test_a_wrong_secret_is_not_told_from_an_unknown_client(
    place: Place, contract: Contract
) -> None:
    """Access."""
    answers = []
    for pair in ((place.client_id, "wrong"), ("nobody", "wrong")):
        with contract.client(auth=pair) as client:
            answers.append(client.post("/oauth/token", data={"grant_type": "client_credentials"}))

    assert [a.status_code for a in answers] == [401, 401]
    assert answers[0].json() == answers[1].json()


def test_a_revoked_token_reaches_nothing(place: Place, contract: Contract) -> None:
    """Access."""
    token = place.token(contract)
    with contract.client(auth=(place.client_id, place.client_secret)) as client:
        assert client.post("/oauth/revoke", data={"token": token}).status_code == 200

    with contract.client(token) as partner:
        body = place.opening(contract)
        assert partner.post("/v1/accounts", json=body, headers=key()).status_code == 401


def test_the_same_key_and_content_is_answered_again_and_other_content_refused(
    api: httpx.Client,
) -> None:
    """Doing things once."""
    headers = key()
    first = api.post("/v1/payments", json=pix(), headers=headers)

    again = api.post("/v1/payments", json=pix(), headers=headers)
    other = api.post("/v1/payments", json=pix(amount="2.00"), headers=headers)

    assert (first.status_code, again.status_code) == (201, 201)
    assert "Idempotent-Replayed" not in first.headers
    assert again.headers["Idempotent-Replayed"] == "true"
    assert again.json() == first.json()
    assert other.json()["code"] == "idempotency_key_reused"


@pytest.mark.parametrize("wrong", ["", "1", "01936a4e6f1c70008000000000000771"])
def test_a_key_has_to_be_a_uuid(api: httpx.Client, wrong: str) -> None:
    """Doing things once."""
    answer = api.post("/v1/payments", json=pix(), headers={"Idempotency-Key": wrong})

    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_request")


def test_a_payment_is_found_by_its_key_from_when_it_exists(api: httpx.Client) -> None:
    """What was sent and not answered."""
    headers = key()
    made = api.post("/v1/payments", json=pix(), headers=headers).json()

    query = {"idempotency_key": headers["Idempotency-Key"]}
    found = api.get("/v1/payments", params=query).json()
    nothing = api.get("/v1/payments", params={"idempotency_key": str(uuid4())}).json()

    assert [payment["id"] for payment in found["payments"]] == [made["id"]]
    assert (nothing["payments"], nothing["in_progress"]) == ([], False)


def test_the_adapter_says_what_became_of_a_lost_answer(kamino: KaminoSimulator) -> None:
    """What was sent and not answered."""
    with ContaKamino().open_client() as http:
        adapter = ContaKamino().adapter(http, KaminoTokens(accepted()))
        kamino.fault("lose_answer", "/v1/payments")
        with pytest.raises(BankOutcomeUnknown):
            adapter.send_ted(make_ted())
        now = datetime.now(UTC)
        later = now + timedelta(minutes=5)

        there = adapter.find_order(make_ted(), sent_at=now, now=now)
        not_there = adapter.find_order(make_ted(key=uuid4()), sent_at=now, now=later)

    assert (there.search, not_there.search) == (Search.FOUND, Search.ABSENT)


def test_every_payment_waits_for_a_person(api: httpx.Client) -> None:
    """Approval."""
    payment = api.post("/v1/payments", json=pix(), headers=key()).json()

    assert payment["status"] == "awaiting_approval"
    assert datetime.fromisoformat(payment["approve_until"]) > datetime.fromisoformat(
        payment["created_at"]
    )


def test_pix_goes_on_a_holiday_and_a_ted_on_the_next_banking_day(kamino: KaminoSimulator) -> None:
    """Approval."""
    kamino.settings(approval_days=60, access_token_seconds=10**7)
    given = kamino.open_account(balance=1_000_000)["credentials"]
    token = kamino.token(**given)
    with Contract.of(kamino.base_url) as contract, contract.client(token) as api:
        ted = {
            "type": "ted",
            "amount": "1.00",
            "ted": {
                "bank_compe": "341",
                "branch": "0123",
                "account": "456789",
                "account_type": "checking",
                "holder": {"name": "Fornecedor", "document": "11222333000181"},
            },
        }
        sent = [api.post("/v1/payments", json=b, headers=key()).json() for b in (pix(), ted)]
        kamino.process.set_clock("2026-12-25T11:00:00")
        kamino.approve_all()
        on_christmas = [api.get(f"/v1/payments/{p['id']}").json()["status"] for p in sent]
        kamino.process.set_clock("2026-12-28T06:30:00")
        on_monday = api.get(f"/v1/payments/{sent[1]['id']}").json()["status"]

    assert on_christmas == ["completed", "scheduled"]
    assert on_monday == "completed"


def test_pages_of_one_are_the_whole_list_once(api: httpx.Client) -> None:
    """Pages."""
    for _ in range(3):
        assert api.post("/v1/payments", json=pix(), headers=key()).status_code == 201
    today = str(sao_paulo_day(datetime.now(UTC)))
    query: dict[str, Any] = {"limit": 1, "since": today}

    ids: list[str] = []
    while "cursor" not in query or query["cursor"]:
        page = api.get("/v1/payments", params=query).json()
        ids += [payment["id"] for payment in page["payments"]]
        query["cursor"] = page["next_cursor"]

    whole = api.get("/v1/payments", params={"limit": 500, "since": today}).json()["payments"]
    assert ids == [payment["id"] for payment in whole]
    assert len(ids) >= 3


@pytest.mark.parametrize("limit", ["0", "501", "x", "-1"])
def test_a_page_has_one_to_500_rows(api: httpx.Client, limit: str) -> None:
    """Pages."""
    answer = api.get("/v1/payments", params={"limit": limit})

    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "limit")


def test_each_answer_says_how_many_requests_are_left(api: httpx.Client) -> None:
    """Limits."""
    first, second = (api.get("/v1/payments") for _ in range(2))

    assert first.headers["RateLimit-Limit"] == "6000"
    assert 0 < int(first.headers["RateLimit-Reset"]) <= 60
    assert int(second.headers["RateLimit-Remaining"]) < 6000


def test_the_adapter_waits_as_long_as_the_bank_says(kamino: KaminoSimulator) -> None:
    """Limits."""
    tokens = KaminoTokens(accepted())
    with ContaKamino().open_client() as http:
        adapter = ContaKamino().adapter(http, tokens)
        adapter.fetch_balance()
        kamino.settings(requests_per_minute=1)

        with pytest.raises(BankUnavailable) as told:
            adapter.fetch_balance()

    assert told.value.retry_after is not None
    assert 0 < told.value.retry_after <= 60


def test_a_problem_says_what_to_programs_and_why_to_people(api: httpx.Client) -> None:
    """Errors."""
    answer = api.post("/v1/payments", json=pix(amount="0.00"), headers=key())

    problem = answer.json()
    assert answer.headers["content-type"] == "application/problem+json"
    assert (answer.status_code, problem["code"]) == (422, "invalid_amount")
    assert problem["detail"].endswith(".")
    assert problem["request_id"] == answer.headers["X-Request-Id"]


def test_a_field_that_is_not_in_the_file_is_refused_by_name(api: httpx.Client) -> None:
    """Errors."""
    answer = api.post("/v1/payments", json=pix(surprise=1), headers=key())

    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "surprise")


def test_what_is_of_nobody_is_not_found(api: httpx.Client) -> None:
    """Errors."""
    for path in ("payments/pay_AAAAAAAAAAAAAAAAAAAAAA", "charges/chg_AAAAAAAAAAAAAAAAAAAAAA"):
        assert api.get(f"/v1/{path}").json()["code"] == "not_found"


def test_an_address_is_one_endpoint_and_its_secret_is_shown_once(api: httpx.Client) -> None:
    """Webhooks."""
    body = {"url": "http://127.0.0.1:9/conformidade", "events": ["payment.*"]}
    made = api.post("/v1/webhook-endpoints", json=body, headers=key()).json()
    changed = api.post("/v1/webhook-endpoints", json=body, headers=key()).json()
    listed = api.get("/v1/webhook-endpoints").json()["endpoints"]
    ours = [endpoint for endpoint in listed if endpoint["url"] == body["url"]]
    api.delete(f"/v1/webhook-endpoints/{made['id']}")

    assert made["secret"].startswith("whsec_")
    assert changed["id"] == made["id"]
    assert [("secret" in endpoint, endpoint["id"]) for endpoint in ours] == [(False, made["id"])]


# --- The tags: what there is ------------------------------------------------------------


def test_the_terms_that_the_product_shows_are_those_of_the_bank(
    place: Place, contract: Contract
) -> None:
    """Accounts."""
    with contract.client() as client:
        terms = client.get("/v1/terms").json()

    assert terms["text"] == TERMS
    assert terms["version"] == terms_version(INFO.modes[0])


def test_an_account_opened_twice_is_one(
    place: Place, contract: Contract, account: dict[str, Any]
) -> None:
    """Accounts."""
    again, client = place.open(contract)
    client.close()

    assert again == account
    assert account["holder"]["document"] == place.cnpj


def test_the_adapter_reads_whose_the_account_is_and_what_it_holds(
    adapter: KaminoAdapter, place: Place
) -> None:
    """Accounts."""
    identity = adapter.fetch_identity()

    assert (identity.bank_code, identity.holder_document) == ("998", place.cnpj)
    assert adapter.fetch_balance() == adapter.fetch_balance().quantize(Decimal("0.01"))


def test_opening_and_movements_make_the_closing_balance(adapter: KaminoAdapter) -> None:
    """Statement."""
    today = sao_paulo_day(datetime.now(UTC))

    pages = list(adapter.fetch_statement(today - timedelta(days=30), today))

    moved = sum(movement.amount for page in pages for movement in page.movements)
    assert pages[0].opening + moved == pages[-1].closing


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"since": "2026-11-01"},
        {"since": "2026-13-01", "until": "2026-11-02"},
        {"since": "2026-11-02", "until": "2026-11-01"},
        {"since": "2024-01-01", "until": "2026-11-01"},
        {"since": "2026-11-01", "until": "2026-11-02", "cursor": "WyJhIl0"},
    ],
)
def test_a_period_that_is_none_is_refused(
    api: httpx.Client, account: dict[str, Any], query: dict[str, str]
) -> None:
    """Statement."""
    answer = api.get(f"/v1/accounts/{account['id']}/entries", params=query)

    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_request")


def test_the_adapter_sends_finds_follows_and_takes_back(adapter: KaminoAdapter) -> None:
    """Payments."""
    payment = make_ted(key=uuid4(), amount=Decimal("1.00"))
    today, now = sao_paulo_day(datetime.now(UTC)), datetime.now(UTC)

    receipt = adapter.send_ted(payment)
    assert adapter.send_ted(payment) == receipt
    assert adapter.find_order(payment, sent_at=now, now=now).receipt == receipt
    order = OpenOrder(receipt.reference, Rail.TED, today)
    waiting = adapter.order_statuses([order])[receipt.reference]
    adapter.cancel_order(order, key=uuid4())
    taken_back = adapter.order_statuses([order])[receipt.reference]

    assert waiting.state is OrderState.AWAITING_APPROVAL
    assert taken_back.state is OrderState.CANCELLED


def test_a_payment_that_was_not_made_has_no_receipt(api: httpx.Client) -> None:
    """Payments."""
    payment = api.post("/v1/payments", json=pix(), headers=key()).json()

    answer = api.get(f"/v1/payments/{payment['id']}/receipt")

    assert (answer.status_code, answer.json()["code"]) == (422, "receipt_not_ready")


@pytest.mark.parametrize("day", ["2020-01-01", "2999-01-01"])
def test_a_payment_is_for_a_day_of_the_coming_year(api: httpx.Client, day: str) -> None:
    """Payments."""
    answer = api.post("/v1/payments", json=pix(scheduled_for=day), headers=key())

    assert answer.json()["code"] == "invalid_date"


def test_the_holder_of_a_key_is_told_with_a_cpf_masked(api: httpx.Client) -> None:
    """Pix."""
    holder = api.get("/v1/pix/keys/52998224725").json()["holder"]

    assert holder["document_masked"] == "***.982.247-**"


def test_the_adapter_sends_a_pix(adapter: KaminoAdapter) -> None:
    """Pix."""
    own = PixKey(PixKeyType.CPF, "52998224725")

    receipt = adapter.send_pix(make_pix(key=uuid4(), destination=own, amount=Decimal("1.00")))

    assert receipt.state is OrderState.AWAITING_APPROVAL


def test_the_adapter_tells_whose_a_key_is(adapter: KaminoAdapter) -> None:
    """Pix."""
    person = adapter.look_up_key(PixKey(PixKeyType.CPF, "52998224725"))
    company = adapter.look_up_key(PixKey(PixKeyType.CNPJ, "11222333000181"))

    assert person.name and person.document == "***.982.247-**"
    assert company.name and company.document == "11.222.333/0001-81"


def test_the_adapter_refuses_a_key_that_nobody_has(kamino: KaminoSimulator) -> None:
    """Pix."""
    kamino.settings(require_registered_keys=True)
    kamino.pix_key("+5511987654321", "Ana Souza", "52998224725")
    with ContaKamino().open_client() as http:
        adapter = ContaKamino().adapter(http, KaminoTokens(accepted()))

        found = adapter.look_up_key(PixKey(PixKeyType.PHONE, "+5511987654321"))
        with pytest.raises(BankRejected) as told:
            adapter.look_up_key(PixKey(PixKeyType.EMAIL, "ninguem@exemplo.com.br"))

    assert (found.name, found.document) == ("Ana Souza", "***.982.247-**")
    assert told.value.code == "key_not_found"


def test_a_code_that_is_not_of_pix_is_refused(api: httpx.Client) -> None:
    """Pix."""
    answer = api.post("/v1/payments", json=pix(pix={"br_code": "0" * 40}), headers=key())

    assert answer.json()["code"] == "invalid_br_code"


def test_the_adapter_looks_up_a_boleto_of_the_bank_itself(adapter: KaminoAdapter) -> None:
    """Titles."""
    due = sao_paulo_day(datetime.now(UTC)) + timedelta(days=10)
    charge = adapter.issue_charge(make_charge(key=uuid4(), due_date=due))

    title = adapter.look_up_title(charge.linha_digitavel)

    assert (title.bank_code, title.amount, title.is_paid) == ("998", Decimal("300.00"), False)
    assert title.due_date == due


def test_a_line_of_wrong_digits_is_refused(api: httpx.Client) -> None:
    """Titles."""
    answer = api.get(f"/v1/titles/{'1' * 47}")

    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_line")


def test_the_adapter_issues_reads_lists_prints_and_cancels_a_charge(adapter: KaminoAdapter) -> None:
    """Charges."""
    due = sao_paulo_day(datetime.now(UTC)) + timedelta(days=10)
    request = make_charge(key=uuid4(), due_date=due, code=f"conf-{uuid4()}")

    charge = adapter.issue_charge(request)
    on_the_day = adapter.list_charges(due, due)
    listed = [c for c in on_the_day if isinstance(c, Charge) and c.code == request.code]
    pdf = adapter.charge_pdf(charge)
    adapter.cancel_charge(charge.reference, key=uuid4())

    assert listed == [charge] == [adapter.issue_charge(request)]
    assert pdf.startswith(b"%PDF-")
    assert adapter.fetch_charge(charge.reference).state == "cancelled"


def test_the_adapter_gives_a_payment_back_once_finds_it_and_lists_what_others_gave_back(
    kamino: KaminoSimulator,
) -> None:
    """Charges."""
    kamino.open_account(balance=100_000)
    adapter = ContaKamino().adapter(ContaKamino().open_client(), KaminoTokens(accepted()))
    today = sao_paulo_day(NOW)
    charge = adapter.issue_charge(make_charge(key=uuid4(), due_date=today))
    kamino.pay_charge(charge.reference)
    request = RefundRequest(uuid4(), charge.reference, Decimal("1.50"), "Acordo")
    kamino.fault("lose_answer", "/v1/charges/*/refunds")

    with pytest.raises(BankOutcomeUnknown):
        adapter.refund_charge(request)
    found = adapter.find_refund(request.key)
    kamino.refund_charge(charge.reference, amount=200, reason="Fraude")

    assert found is not None and found == adapter.refund_charge(request)
    assert (found.state, found.origin) == (RefundState.DONE, RefundOrigin.API)
    assert adapter.find_refund(uuid4()) is None
    by_med, ours = adapter.list_refunds(today, today)
    assert ours == found
    assert (by_med.origin, by_med.key) == (RefundOrigin.MED, None)
    assert by_med.answer_until == today + timedelta(days=7)
    with pytest.raises(BankRejected):
        adapter.refund_charge(RefundRequest(uuid4(), charge.reference, Decimal("999.00")))
