"""Cora's consent and its tokens."""

import base64
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
import time_machine
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from pytest_django import Settings

from banking.banks.contract.auth import Grant
from banking.banks.contract.errors import (
    BankAccessDenied,
    BankError,
    BankOutcomeUnknown,
    BankRejected,
    ConsentLost,
)
from banking.banks.cora import Cora
from banking.banks.cora.auth import CoraConsent
from tests.banking.banks.conftest import LOST, Answer, HeldTokens, TinyBank, make_grant
from tests.banking.banks.cora_answers import TOKENS
from tests.banking.banks.mangle import mangled
from tests.cora_simulator import CoraSimulator
from tests.loopback import LOOPBACK

RETURN = "https://erp.example.com/cora/callback"
NOON = datetime(2026, 11, 23, 15, tzinfo=UTC)


@pytest.fixture
def consent(tiny_bank: TinyBank, settings: Settings) -> Iterator[CoraConsent]:
    settings.CORA_BASE_URL = tiny_bank.base_url
    settings.CORA_CLIENT_ID = "app-a1B2c3D4e5F6"
    settings.CORA_CLIENT_SECRET = "s3cret"
    with Cora().consent() as consent:
        yield consent


def answer_of(value: Any, status: int = 200) -> Answer:
    return Answer(status=status, body=json.dumps(value).encode())


def test_the_person_is_sent_to_the_documented_address(consent: CoraConsent) -> None:
    url = consent.authorization_url(state="4f1c9a", redirect_uri=RETURN)

    assert url.endswith(
        "/oauth/authorize?client_id=app-a1B2c3D4e5F6&response_type=code"
        "&redirect_uri=https%3A%2F%2Ferp.example.com%2Fcora%2Fcallback"
        "&scopes=invoice%20account%20payment%20transfer&state=4f1c9a"
    )


@time_machine.travel(NOON, tick=False)
def test_a_code_is_traded_for_a_grant(consent: CoraConsent, tiny_bank: TinyBank) -> None:
    tiny_bank.will_answer(answer_of(TOKENS))

    grant = consent.exchange_code(code="temporary", redirect_uri=RETURN)

    assert grant == Grant(
        access_token="eyJhbGciOiJSUzI1NiJ9.access",
        refresh_token="eyJhbGciOiJSUzI1NiJ9.refresh",
        expires_at=datetime(2026, 11, 24, 15, tzinfo=UTC),
        scope="offline_access",
        mode="parceria",
        refresh_by=NOON + timedelta(days=60),
        keep_alive_at=NOON + timedelta(days=20),
    )
    (request,) = tiny_bank.received
    assert (request.method, request.path) == ("POST", "/oauth/token")
    assert request.headers["content-type"] == "application/x-www-form-urlencoded"
    assert request.headers["authorization"] == (
        "Basic " + base64.b64encode(b"app-a1B2c3D4e5F6:s3cret").decode()
    )
    assert parse_qs(request.body.decode()) == {
        "grant_type": ["authorization_code"],
        "code": ["temporary"],
        "redirect_uri": [RETURN],
    }


def test_a_refresh_sends_the_refresh_token(consent: CoraConsent, tiny_bank: TinyBank) -> None:
    tiny_bank.will_answer(answer_of(TOKENS))

    fresh = consent.refresh(make_grant())

    assert fresh.refresh_token == "eyJhbGciOiJSUzI1NiJ9.refresh"
    assert parse_qs(tiny_bank.received[0].body.decode()) == {
        "grant_type": ["refresh_token"],
        "refresh_token": ["refresh-0"],
    }


def test_a_bank_that_does_not_rotate_leaves_the_refresh_token_as_it_was(
    consent: CoraConsent, tiny_bank: TinyBank
) -> None:
    tiny_bank.will_answer(answer_of({"access_token": "a1", "expires_in": 60}))

    assert consent.refresh(make_grant()).refresh_token == "refresh-0"


def test_a_first_grant_without_a_refresh_token_is_not_one(
    consent: CoraConsent, tiny_bank: TinyBank
) -> None:
    tiny_bank.will_answer(answer_of({"access_token": "a1", "expires_in": 60}))

    with pytest.raises(BankOutcomeUnknown):
        consent.exchange_code(code="temporary", redirect_uri=RETURN)


def test_a_refresh_whose_answer_is_lost_spends_one_use_only(
    consent: CoraConsent, tiny_bank: TinyBank
) -> None:
    tiny_bank.will_answer(LOST)

    with pytest.raises(BankOutcomeUnknown):
        consent.refresh(make_grant())

    assert len(tiny_bank.received) == 1


@pytest.mark.parametrize("status", [400, 401])
def test_a_dead_grant_needs_a_new_consent(
    consent: CoraConsent, tiny_bank: TinyBank, status: int
) -> None:
    body = {"error": "invalid_grant", "error_description": "Session not active"}
    tiny_bank.will_answer(answer_of(body, status))

    with pytest.raises(ConsentLost) as caught:
        consent.refresh(make_grant())
    assert (caught.value.code, caught.value.reason) == ("invalid_grant", "Session not active")


@pytest.mark.parametrize(
    ("status", "code"), [(401, "access_denied"), (401, "invalid_client"), (400, "invalid_client")]
)
def test_refused_credentials_of_ours_do_not_end_the_customers_consent(
    consent: CoraConsent, tiny_bank: TinyBank, status: int, code: str
) -> None:
    tiny_bank.will_answer(answer_of({"error": code}, status))

    with pytest.raises(BankAccessDenied) as caught:
        consent.refresh(make_grant())
    assert not isinstance(caught.value, ConsentLost)


def test_any_other_refusal_stays_one(consent: CoraConsent, tiny_bank: TinyBank) -> None:
    tiny_bank.will_answer(answer_of({"error": "unsupported_grant_type"}, 400))

    with pytest.raises(BankRejected):
        consent.refresh(make_grant())


@pytest.mark.parametrize(
    "changes",
    [
        {"access_token": ""},
        {"access_token": None},
        {"access_token": "a\r\nX: 1"},
        {"access_token": "á"},
        {"refresh_token": 7},
        {"expires_in": 0},
        {"expires_in": -1},
        {"expires_in": "86400"},
        {"expires_in": True},
        {"expires_in": 10**15},
    ],
    ids=str,
)
def test_tokens_that_cannot_be_used_are_an_unknown_outcome(
    consent: CoraConsent, tiny_bank: TinyBank, changes: dict[str, Any]
) -> None:
    tiny_bank.will_answer(answer_of({**TOKENS, **changes}))

    with pytest.raises(BankOutcomeUnknown):
        consent.refresh(make_grant())


@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(body=mangled([TOKENS]))
def test_a_mangled_token_answer_is_a_bank_error_and_nothing_else(
    consent: CoraConsent, tiny_bank: TinyBank, body: Any
) -> None:
    tiny_bank.will_answer(answer_of(body))
    try:
        grant = consent.refresh(make_grant())
    except BankError:
        return
    assert grant.access_token.isascii()


def test_no_token_shows_when_a_grant_is_printed() -> None:
    assert "access-0" not in repr(make_grant())
    assert "refresh-0" not in repr(make_grant())


# --- Against the simulator --------------------------------------------------------------


def test_each_refresh_gives_tokens_that_the_next_one_accepts(held_tokens: HeldTokens) -> None:
    seen = {held_tokens.access_token()}
    for _ in range(5):
        seen.add(held_tokens.renew(held_tokens.access_token()))

    assert len(seen) == 6


def test_after_a_lost_answer_the_old_refresh_token_still_works(
    cora: CoraSimulator, held_tokens: HeldTokens
) -> None:
    cora.lose_next_answer("/oauth/token")
    with pytest.raises(BankOutcomeUnknown):
        held_tokens.renew(held_tokens.access_token())

    assert held_tokens.renew(held_tokens.access_token()) != ""


def test_the_third_use_of_a_refresh_token_is_its_last(
    cora: CoraSimulator, held_tokens: HeldTokens
) -> None:
    first = held_tokens.grant
    with Cora().consent() as consent:
        for _ in range(3):
            consent.refresh(first)
        with pytest.raises(ConsentLost):
            consent.refresh(first)


def test_a_consent_that_the_customer_took_back_is_lost(
    cora: CoraSimulator, held_tokens: HeldTokens
) -> None:
    cora.revoke(cora.grants()[0]["id"])

    with pytest.raises(ConsentLost):
        held_tokens.renew(held_tokens.access_token())


def test_an_unknown_code_is_refused(cora: CoraSimulator) -> None:
    with Cora().consent() as consent, pytest.raises(ConsentLost):
        consent.exchange_code(code="never-given", redirect_uri="http://127.0.0.1/volta")


def test_a_wrong_secret_of_ours_is_access_denied(
    cora: CoraSimulator, settings: Settings, held_tokens: HeldTokens
) -> None:
    settings.CORA_CLIENT_SECRET = "wrong"

    with Cora().consent() as consent, pytest.raises(BankAccessDenied) as caught:
        consent.refresh(held_tokens.grant)
    assert not isinstance(caught.value, ConsentLost)


def allow_at_the_bank(url: str) -> dict[str, list[str]]:
    """Sign in as Ana Souza and allow Oficina Modelo; the query of the way back."""
    with httpx.Client(**LOOPBACK) as browser:
        signed_in = browser.post(
            url, data={"act": "sign_in", "cpf": "529.982.247-25", "password": "123456"}
        )
        session = re.search(r'name="session" value="([^"]+)"', signed_in.text)
        account = re.search(r'name="account" value="([0-9]+)"', signed_in.text)
        assert session is not None
        assert account is not None
        form = {"act": "allow", "session": session[1], "account": account[1]}
        back = browser.post(url, data=form)
    return parse_qs(urlsplit(back.headers["location"]).query)


def test_a_consent_given_at_the_bank_becomes_a_grant_once(cora: CoraSimulator) -> None:
    back_to = "http://127.0.0.1:9/volta"
    with Cora().consent() as consent:
        url = consent.authorization_url(state="4f1c9a", redirect_uri=back_to)
        query = allow_at_the_bank(url)
        grant = consent.exchange_code(code=query["code"][0], redirect_uri=back_to)
        with pytest.raises(ConsentLost):
            consent.exchange_code(code=query["code"][0], redirect_uri=back_to)

    assert query["state"] == ["4f1c9a"]
    with Cora().open_client() as http:
        identity = Cora().adapter(http, HeldTokens(grant)).fetch_identity()
    assert identity.holder_document == "11444777000161"
