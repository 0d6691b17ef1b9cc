"""The Conta Kamino: opening, access, doing things once, limits."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import httpx
import pytest

from tests.cora_simulator import OFICINA, PADARIA
from tests.kamino_contract import Contract
from tests.kamino_simulator import CLIENT_ID, CLIENT_SECRET, TRANSPORTES, KaminoSimulator
from tests.loopback import LOOPBACK
from tests.simulator.kamino_calls import key, pay, refusal, ted

STRANGER = "60316817000103"


@pytest.fixture
def partner(kamino: KaminoSimulator, contract: Contract) -> httpx.Client:
    return contract.client(kamino.token(CLIENT_ID, CLIENT_SECRET))


def opening(api: httpx.Client, cnpj: str = OFICINA, **terms: str) -> dict[str, Any]:
    accepted = {
        "version": api.get("/v1/terms").json()["version"],
        "accepted_at": "2026-11-23T09:00:00-03:00",
        "accepted_by": "ana@oficina.example",
    }
    holder = {"document": cnpj, "legal_name": "Empresa Exemplo LTDA"}
    return {"holder": holder, "terms": {**accepted, **terms}}


def balance(kamino: KaminoSimulator, contract: Contract, opened: dict[str, Any]) -> httpx.Response:
    given = opened["credentials"]
    with contract.client(kamino.token(given["client_id"], given["client_secret"])) as client:
        return client.get(f"/v1/accounts/{opened['account']['id']}/balance")


# --- Opening ----------------------------------------------------------------------------


def test_an_account_is_opened_empty_and_its_own_client_reaches_it(
    kamino: KaminoSimulator, contract: Contract, partner: httpx.Client
) -> None:
    response = partner.post("/v1/accounts", json=opening(partner), headers=key())

    assert response.status_code == 201
    assert response.json()["account"]["bank"]["compe"] == "998"
    assert response.json()["account"]["holder"]["document"] == OFICINA
    assert balance(kamino, contract, response.json()).json()["balance"] == "0.00"


def test_the_same_key_opens_one_account_with_one_client(
    kamino: KaminoSimulator, partner: httpx.Client
) -> None:
    headers, body = key(), opening(partner)
    first = partner.post("/v1/accounts", json=body, headers=headers)

    again = partner.post("/v1/accounts", json=body, headers=headers)

    assert again.json() == first.json()
    assert again.headers["Idempotent-Replayed"] == "true"
    assert len([c for c in kamino.clients() if c["account_id"]]) == 1


def test_a_company_opened_before_gets_a_new_client_of_the_same_account(
    kamino: KaminoSimulator, contract: Contract, partner: httpx.Client
) -> None:
    first = partner.post("/v1/accounts", json=opening(partner), headers=key()).json()

    again = partner.post("/v1/accounts", json=opening(partner), headers=key())

    assert again.status_code == 200
    assert again.json()["account"] == first["account"]
    assert again.json()["credentials"] != first["credentials"]
    assert balance(kamino, contract, first).status_code == 200


def test_terms_that_are_not_those_in_force_open_nothing(
    kamino: KaminoSimulator, partner: httpx.Client
) -> None:
    body = opening(partner)
    kamino.settings(terms_suffix="8. Outra cláusula.\n")

    response = partner.post("/v1/accounts", json=body, headers=key())

    assert refusal(response) == (422, "terms_outdated")
    assert [account["cnpj"] for account in kamino.accounts()] == [TRANSPORTES]


def test_an_account_of_another_partner_is_not_given_away(
    kamino: KaminoSimulator, partner: httpx.Client
) -> None:
    kamino.create_company(PADARIA, "PADARIA AURORA LTDA", partner="somebody-else")

    response = partner.post("/v1/accounts", json=opening(partner, PADARIA), headers=key())

    assert refusal(response) == (422, "account_not_available")


def test_a_cnpj_with_wrong_digits_is_refused(partner: httpx.Client) -> None:
    response = partner.post("/v1/accounts", json=opening(partner, "11444777000162"), headers=key())

    assert refusal(response) == (422, "invalid_document")


def test_an_alphanumeric_cnpj_can_open_an_account(partner: httpx.Client) -> None:
    response = partner.post("/v1/accounts", json=opening(partner, "12ABC34501DE35"), headers=key())

    assert response.status_code == 201


def test_a_company_that_nobody_directs_gets_ana_as_director(
    kamino: KaminoSimulator, partner: httpx.Client
) -> None:
    partner.post("/v1/accounts", json=opening(partner, STRANGER), headers=key())

    with httpx.Client(base_url=kamino.base_url, **LOOPBACK, follow_redirects=True) as browser:
        browser.post("/app/entrar", data={"cpf": "52998224725", "password": "123456"})
        assert "Empresa Exemplo LTDA" in browser.get("/app").text


def test_the_account_that_was_there_has_a_month_behind_it(
    kamino: KaminoSimulator, contract: Contract
) -> None:
    given = kamino.credentials(TRANSPORTES)
    today = kamino.now().date()
    period = {"since": str(today - timedelta(days=31)), "until": str(today), "limit": 500}
    with contract.client(kamino.token(given["client_id"], given["client_secret"])) as client:
        page = client.get(f"/v1/accounts/{given['account_id']}/entries", params=period).json()

    kinds = {entry["kind"] for entry in page["entries"]}
    equal = [e for e in page["entries"] if e["amount"] == "1480.90"]
    assert kinds >= {"pix", "boleto", "fee", "ted"}
    assert len({(e["booked_on"], e["amount"]) for e in equal}) < len(equal)
    assert float(page["opening_balance"]) > 0


# --- Access -----------------------------------------------------------------------------


def test_a_token_ends_after_its_hour(kamino: KaminoSimulator, contract: Contract) -> None:
    given = kamino.open_account()
    token = kamino.token(given["credentials"]["client_id"], given["credentials"]["client_secret"])
    kamino.process.advance(3600)

    with contract.client(token) as client:
        response = client.get(f"/v1/accounts/{given['account']['id']}")

    assert refusal(response) == (401, "invalid_token")


def test_a_revoked_token_is_worth_nothing(kamino: KaminoSimulator, contract: Contract) -> None:
    given = kamino.open_account()["credentials"]
    pair = given["client_id"], given["client_secret"]
    token = kamino.token(*pair)
    with contract.client(auth=pair) as client:
        assert client.post("/oauth/revoke", data={"token": token}).status_code == 200
        assert client.post("/oauth/revoke", data={"token": "of nobody"}).status_code == 200

    with contract.client(token) as client:
        assert client.get("/v1/payments").status_code == 401


def test_an_ended_client_gets_no_token_and_its_tokens_are_worth_nothing(
    kamino: KaminoSimulator, contract: Contract
) -> None:
    given = kamino.open_account()["credentials"]
    pair = given["client_id"], given["client_secret"]
    with contract.client(kamino.token(*pair)) as client:
        assert client.delete(f"/v1/credentials/{given['client_id']}").status_code == 204
        assert client.get("/v1/payments").status_code == 401

    with contract.client(auth=pair) as client:
        answer = client.post("/oauth/token", data={"grant_type": "client_credentials"})
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


@pytest.mark.parametrize(
    ("fields", "error"),
    [({}, "invalid_request"), ({"grant_type": "password"}, "unsupported_grant_type")],
)
def test_a_token_is_asked_for_by_client_credentials(
    contract: Contract, fields: dict[str, str], error: str
) -> None:
    with contract.client(auth=(CLIENT_ID, CLIENT_SECRET)) as client:
        answer = client.post("/oauth/token", data=fields)

    assert (answer.status_code, answer.json()["error"]) == (400, error)


def test_a_client_cannot_end_that_of_another_account(
    kamino: KaminoSimulator, kamino_api: httpx.Client
) -> None:
    other = kamino.credentials(TRANSPORTES)["client_id"]

    assert kamino_api.delete(f"/v1/credentials/{other}").status_code == 404


def test_another_account_is_not_there_for_a_client(
    kamino: KaminoSimulator, kamino_api: httpx.Client
) -> None:
    other = kamino.account(TRANSPORTES)["account_id"]

    assert kamino_api.get(f"/v1/accounts/{other}").status_code == 404


def test_a_partner_reads_no_account_and_an_account_opens_none(
    partner: httpx.Client, kamino_api: httpx.Client
) -> None:
    assert refusal(partner.get("/v1/payments")) == (403, "insufficient_scope")
    opened = kamino_api.post("/v1/accounts", json=opening(partner), headers=key())
    assert refusal(opened) == (403, "insufficient_scope")


def test_a_token_with_fewer_scopes_does_less(kamino: KaminoSimulator, contract: Contract) -> None:
    given = kamino.open_account()["credentials"]
    with contract.client(auth=(given["client_id"], given["client_secret"])) as client:
        fields = {"grant_type": "client_credentials", "scope": "account.read"}
        token = client.post("/oauth/token", data=fields).json()["access_token"]
        fields["scope"] = "accounts.open"
        assert client.post("/oauth/token", data=fields).json()["error"] == "invalid_scope"

    with contract.client(token) as client:
        assert refusal(client.get("/v1/payments")) == (403, "insufficient_scope")


def test_a_blocked_account_says_so(kamino: KaminoSimulator, kamino_api: httpx.Client) -> None:
    kamino.set_account(status="blocked")

    assert refusal(kamino_api.get("/v1/payments")) == (403, "account_blocked")


# --- Once -------------------------------------------------------------------------------


def test_a_post_without_a_key_is_refused(kamino_api: httpx.Client) -> None:
    response = kamino_api.post("/v1/payments", json=ted())

    assert refusal(response) == (400, "invalid_request")
    assert response.json()["errors"][0]["field"] == "Idempotency-Key"


def test_the_same_key_with_other_content_is_refused(kamino_api: httpx.Client) -> None:
    headers = key()
    kamino_api.post("/v1/payments", json=ted(), headers=headers)

    other = kamino_api.post("/v1/payments", json=ted(amount="1.00"), headers=headers)

    assert refusal(other) == (422, "idempotency_key_reused")


def test_a_key_is_kept_for_72_hours(kamino: KaminoSimulator, kamino_api: httpx.Client) -> None:
    headers = key()
    kamino_api.post("/v1/payments", json=ted(), headers=headers)

    kamino.process.advance(72 * 3600 - 60)
    within = kamino_api.post("/v1/payments", json=ted(), headers=headers)
    kamino.process.advance(120)
    past = kamino_api.post("/v1/payments", json=ted(), headers=headers)

    assert within.headers["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in past.headers
    assert len(kamino.payments()) == 2


def test_a_request_that_was_refused_leaves_its_key_free(kamino_api: httpx.Client) -> None:
    headers = key()
    assert kamino_api.post("/v1/payments", json=ted(amount="0.00"), headers=headers).is_error

    assert kamino_api.post("/v1/payments", json=ted(), headers=headers).status_code == 201


def test_while_the_first_request_is_being_done_a_second_is_told_so(
    kamino: KaminoSimulator, kamino_api: httpx.Client
) -> None:
    kamino.settings(processing_ms=1500)
    headers = key()

    with ThreadPoolExecutor() as pool:
        both = [
            pool.submit(kamino_api.post, "/v1/payments", json=ted(), headers=headers)
            for _ in range(2)
        ]
        answers = sorted(future.result().status_code for future in both)

    assert answers == [201, 409]
    assert len(kamino.payments()) == 1


def test_a_payment_being_done_is_said_to_be_in_progress(
    kamino: KaminoSimulator, kamino_api: httpx.Client
) -> None:
    kamino.settings(processing_ms=2000)
    headers = key()
    query = {"idempotency_key": headers["Idempotency-Key"]}

    with ThreadPoolExecutor() as pool:
        sent = pool.submit(kamino_api.post, "/v1/payments", json=ted(), headers=headers)
        seen = []
        while not sent.done():
            seen.append(kamino_api.get("/v1/payments", params=query).json()["in_progress"])
    after = kamino_api.get("/v1/payments", params=query).json()

    assert True in seen
    assert (after["in_progress"], len(after["payments"])) == (False, 1)


# --- Limits and shapes ------------------------------------------------------------------


def test_past_the_limit_the_client_is_told_how_long_to_wait(
    kamino: KaminoSimulator, kamino_api: httpx.Client
) -> None:
    kamino.settings(requests_per_minute=2)

    answers = [kamino_api.get("/v1/payments") for _ in range(3)]

    assert refusal(answers[-1]) == (429, "rate_limited")
    assert 0 < int(answers[-1].headers["Retry-After"]) <= 60


def test_the_limit_begins_anew_each_minute(
    kamino: KaminoSimulator, kamino_api: httpx.Client
) -> None:
    kamino.settings(requests_per_minute=1)
    while kamino_api.get("/v1/payments").status_code != 429:
        continue

    kamino.process.advance(60)

    assert kamino_api.get("/v1/payments").status_code == 200


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (ted(amount=1250), "amount"),
        (ted(amount="12,50"), "amount"),
        (ted(surprise=1), "surprise"),
        (ted(ted={"bank_compe": "341"}), "ted.branch"),
        ({"type": "ted", "amount": "1.00"}, "ted"),
        (ted(description="linha\noutra"), "body"),
    ],
)
def test_a_body_that_is_not_as_the_file_says_is_refused_by_its_field(
    kamino_api: httpx.Client, body: dict[str, Any], field: str
) -> None:
    response = kamino_api.post("/v1/payments", json=body, headers=key())

    assert refusal(response) == (400, "invalid_request")
    assert field in [error["field"] for error in response.json()["errors"]]


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"NaN", b'"\xff"', b'{"type": "\\ud800"}'])
def test_what_is_no_json_object_is_refused(kamino_api: httpx.Client, content: bytes) -> None:
    response = kamino_api.post("/v1/payments", content=content, headers=key())

    assert response.status_code == 400


# --- Pages ------------------------------------------------------------------------------


def test_pages_of_the_statement_are_the_whole_period_once(
    kamino: KaminoSimulator, kamino_api: httpx.Client
) -> None:
    today = kamino.now().date()
    kamino.generate_entries(250, today - timedelta(days=20), today)
    path = f"/v1/accounts/{kamino.account()['account_id']}/entries"
    query = {"since": str(today - timedelta(days=20)), "until": str(today), "limit": "100"}

    pages, cursor = [], None
    while not pages or cursor:
        more = {"cursor": cursor} if cursor else {}
        pages.append(kamino_api.get(path, params={**query, **more}).json())
        cursor = pages[-1]["next_cursor"]

    entries = [entry for page in pages for entry in page["entries"]]
    signs = {"credit": 1, "debit": -1}
    moved = sum(round(float(e["amount"]) * 100) * signs[e["direction"]] for e in entries)
    opening, closing = (
        round(float(pages[0][f"{end}_balance"]) * 100) for end in ("opening", "closing")
    )
    assert [len(page["entries"]) for page in pages] == [100, 100, 50]
    assert len({entry["id"] for entry in entries}) == 250
    assert opening + moved == closing


def test_entries_that_come_while_pages_are_read_move_nothing(
    kamino: KaminoSimulator, kamino_api: httpx.Client
) -> None:
    today = kamino.now().date()
    kamino.generate_entries(30, today - timedelta(days=3), today - timedelta(days=1))
    path = f"/v1/accounts/{kamino.account()['account_id']}/entries"
    query = {"since": str(today - timedelta(days=3)), "until": str(today), "limit": "20"}
    first = kamino_api.get(path, params=query).json()

    kamino.credit(5_000)
    second = kamino_api.get(path, params={**query, "cursor": first["next_cursor"]}).json()

    ids = [entry["id"] for page in (first, second) for entry in page["entries"]]
    assert len(ids) == len(set(ids)) == 31


def test_a_payment_made_while_pages_are_read_moves_nothing(kamino_api: httpx.Client) -> None:
    made = [pay(kamino_api, ted(code=f"cp-{number}"))["id"] for number in range(3)]
    first = kamino_api.get("/v1/payments", params={"limit": 2}).json()
    pay(kamino_api, ted(code="cp-late"))

    query = {"limit": 2, "cursor": first["next_cursor"]}
    second = kamino_api.get("/v1/payments", params=query).json()

    listed = [payment["id"] for page in (first, second) for payment in page["payments"]]
    assert listed == made[::-1]


@pytest.mark.parametrize("cursor", ["x", "%", "eyJ9", "WyJhIiwxLDFd", "W10"])
def test_a_cursor_that_was_not_given_is_refused(kamino_api: httpx.Client, cursor: str) -> None:
    assert kamino_api.get("/v1/payments", params={"cursor": cursor}).status_code == 400


@pytest.mark.parametrize("other", [{"type": "pix"}, {"code": "cp-1"}, {"since": "2026-11-01"}])
def test_a_cursor_is_refused_with_other_filters_than_its_own(
    kamino_api: httpx.Client, other: dict[str, str]
) -> None:
    for _ in range(2):
        pay(kamino_api, ted())
    page = kamino_api.get("/v1/payments", params={"limit": 1}).json()

    query = {"limit": 1, "cursor": page["next_cursor"], **other}

    assert kamino_api.get("/v1/payments", params=query).status_code == 400


def test_a_cursor_of_one_list_is_refused_by_another(kamino_api: httpx.Client) -> None:
    for _ in range(2):
        pay(kamino_api, ted())
    page = kamino_api.get("/v1/payments", params={"limit": 1}).json()

    other = kamino_api.get("/v1/charges", params={"limit": 1, "cursor": page["next_cursor"]})

    assert other.status_code == 400
