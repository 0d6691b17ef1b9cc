"""BS2's consent and its tokens, in each of the three modes, and the forms that begin them."""

import base64
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

import pytest
import time_machine
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from pytest_django import Settings

from banking.banks.bs2 import Bs2
from banking.banks.bs2.auth import Bs2Consent
from banking.banks.bs2.info import INFO
from banking.banks.contract.auth import Grant
from banking.banks.contract.errors import (
    BankAccessDenied,
    BankError,
    BankOutcomeUnknown,
    BankRejected,
    BankUnavailable,
    ConsentLost,
)
from banking.banks.contract.info import ConnectBy, FieldKind
from core.errors import InvalidInput
from tests.banking.banks.bs2_answers import TOKENS
from tests.banking.banks.conftest import LOST, Answer, TinyBank, make_grant
from tests.banking.banks.mangle import mangled

RETURN = "https://erp.example.com/bs2/callback"
NOON = datetime(2026, 11, 23, 15, tzinfo=UTC)
ACCOUNT = {"branch": "1", "account": "123456-7", "document": "11.444.777/0001-61"}
KEYS = {
    **ACCOUNT,
    "api_key": "l7ab12",
    "api_secret": "s3cr3t",
    "scope": " saldo  extrato ",
    "refresh_token": "5f0c9d52-7d0e-4a3e-9d3d-0a1b2c3d4e5f",
}
PASSWORD = {
    **ACCOUNT,
    "api_key": "l7ab12",
    "api_secret": "s3cr3t",
    "username": "integracao@oficina",
    "password": "senha com espaço",
}


@pytest.fixture
def consent(tiny_bank: TinyBank, settings: Settings) -> Iterator[Bs2Consent]:
    settings.BS2_BASE_URL = tiny_bank.base_url
    settings.BS2_CLIENT_ID = "l7partner"
    settings.BS2_CLIENT_SECRET = "partner-secret"
    settings.BS2_USER_AGENT = "KAMINO-7741"
    with Bs2().consent() as consent:
        yield consent


def answer_of(value: Any, status: int = 200) -> Answer:
    return Answer(status=status, body=json.dumps(value).encode())


def made(mode: str, **changes: Any) -> Grant:
    """A grant in use, whose refresh token is good for two days."""
    values = {
        "mode": mode,
        "scope": "saldo extrato",
        "secrets": {"api_key": "l7ab12", "api_secret": "s3cr3t"},
        "refresh_by": datetime.now(UTC) + timedelta(days=2),
    }
    if mode == "consentimento":
        values["secrets"] = {}
    if mode == "senha":
        values["secrets"] = Bs2().read_form("senha", PASSWORD).secrets
    return make_grant(**{**values, **changes})


def sent(tiny_bank: TinyBank) -> list[dict[str, list[str]]]:
    return [parse_qs(request.body.decode()) for request in tiny_bank.received]


# --- The consent ------------------------------------------------------------------------


def test_the_person_is_sent_to_the_documented_address(consent: Bs2Consent) -> None:
    url = consent.authorization_url(state="4f1c9a", redirect_uri=RETURN)

    assert "/api-banking/auth/oauth/v2/authorize?response_type=code&client_id=l7partner" in url
    assert "&scope=saldo%20extrato%20pagamento%20transferencia%20boleto" in url
    assert "&state=4f1c9a&redirect_uri=https%3A%2F%2Ferp.example.com%2Fbs2%2Fcallback" in url


@time_machine.travel(NOON, tick=False)
def test_a_code_is_traded_for_a_grant(consent: Bs2Consent, tiny_bank: TinyBank) -> None:
    tiny_bank.will_answer(answer_of(TOKENS))

    grant = consent.exchange_code(code="temporary", redirect_uri=RETURN)

    assert grant == Grant(
        access_token="a4e1f7a2-0c55-4d3a-9b1e-6f2f8f1d7c10",
        refresh_token="0b7e6c11-93fd-4b6a-8f52-1a2b3c4d5e6f",
        expires_at=NOON + timedelta(seconds=300),
        scope="saldo extrato pagamento transferencia boleto",
        mode="consentimento",
        refresh_by=NOON + timedelta(hours=48),
        keep_alive_at=NOON + timedelta(hours=12),
    )
    (request,) = tiny_bank.received
    assert (request.method, request.path) == ("POST", "/auth/oauth/v2/token")
    assert request.headers["content-type"] == "application/x-www-form-urlencoded"
    assert request.headers["authorization"] == (
        "Basic " + base64.b64encode(b"l7partner:partner-secret").decode()
    )
    assert request.headers["user-agent"] == "KAMINO-7741"
    assert sent(tiny_bank) == [
        {
            "grant_type": ["authorization_code"],
            "code": ["temporary"],
            "redirect_uri": [RETURN],
        }
    ]


def test_a_first_grant_without_a_refresh_token_is_not_one(
    consent: Bs2Consent, tiny_bank: TinyBank
) -> None:
    tiny_bank.will_answer(answer_of({"access_token": "a1", "expires_in": 60}))

    with pytest.raises(BankOutcomeUnknown):
        consent.exchange_code(code="temporary", redirect_uri=RETURN)


# --- Refreshing -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mode", "basic"),
    [("consentimento", b"l7partner:partner-secret"), ("chaves", b"l7ab12:s3cr3t")],
)
def test_a_refresh_is_asked_for_in_the_name_of_the_application(
    consent: Bs2Consent, tiny_bank: TinyBank, mode: str, basic: bytes
) -> None:
    tiny_bank.will_answer(answer_of(TOKENS))

    fresh = consent.refresh(made(mode))

    assert sent(tiny_bank) == [
        {
            "grant_type": ["refresh_token"],
            "scope": ["saldo extrato"],
            "refresh_token": ["refresh-0"],
        }
    ]
    (request,) = tiny_bank.received
    assert request.headers["authorization"] == "Basic " + base64.b64encode(basic).decode()
    assert fresh.refresh_token == TOKENS["refresh_token"]
    assert (fresh.mode, fresh.secrets) == (mode, made(mode).secrets)


@pytest.mark.parametrize(("mode", "key"), [("consentimento", "l7partner"), ("chaves", "l7ab12")])
def test_token_requests_are_counted_by_the_key_of_the_application(
    consent: Bs2Consent, mode: str, key: str
) -> None:
    assert consent.client_id(made(mode)) == key


@pytest.mark.parametrize("seconds", [1, 420, 1680])
@time_machine.travel(NOON, tick=False)
def test_a_token_lives_as_long_as_its_answer_says(
    consent: Bs2Consent, tiny_bank: TinyBank, seconds: int
) -> None:
    tiny_bank.will_answer(answer_of({**TOKENS, "expires_in": seconds}))

    assert consent.refresh(made("chaves")).expires_at == NOON + timedelta(seconds=seconds)


@time_machine.travel(NOON, tick=False)
def test_a_legacy_application_needs_no_keeping_alive(
    consent: Bs2Consent, tiny_bank: TinyBank
) -> None:
    tiny_bank.will_answer(answer_of(TOKENS))

    fresh = consent.refresh(made("senha"))

    assert sent(tiny_bank)[0]["grant_type"] == ["refresh_token"]
    assert fresh.refresh_by == NOON + timedelta(minutes=10)
    assert fresh.keep_alive_at is None


@pytest.mark.parametrize(
    "changes",
    [{"refresh_token": ""}, {"refresh_by": NOON - timedelta(seconds=1)}],
    ids=["none yet", "dead"],
)
@time_machine.travel(NOON, tick=False)
def test_without_a_living_refresh_token_the_password_asks(
    consent: Bs2Consent, tiny_bank: TinyBank, changes: dict[str, Any]
) -> None:
    tiny_bank.will_answer(answer_of(TOKENS))

    consent.refresh(made("senha", scope="forintegration", **changes))

    assert sent(tiny_bank) == [
        {
            "grant_type": ["password"],
            "scope": ["forintegration"],
            "username": ["integracao@oficina"],
            "password": ["senha com espaço"],
        }
    ]


def test_a_refresh_token_that_turns_out_dead_is_followed_by_the_password(
    consent: Bs2Consent, tiny_bank: TinyBank
) -> None:
    tiny_bank.will_answer(answer_of({"error": "invalid_grant"}, 400), answer_of(TOKENS))

    consent.refresh(made("senha"))

    grants = [fields["grant_type"] for fields in sent(tiny_bank)]
    assert grants == [["refresh_token"], ["password"]]


def test_a_wrong_password_needs_a_person(consent: Bs2Consent, tiny_bank: TinyBank) -> None:
    body = {
        "error": "invalid_request",
        "error_description": "The resource owner could not be authenticated.",
    }
    tiny_bank.will_answer(answer_of(body, 401))

    with pytest.raises(ConsentLost) as caught:
        consent.refresh(made("senha", refresh_token=""))
    assert "usuário e a senha" in str(caught.value)


def test_a_bank_that_does_not_rotate_leaves_the_refresh_token_and_its_end(
    consent: Bs2Consent, tiny_bank: TinyBank
) -> None:
    tiny_bank.will_answer(answer_of({"access_token": "a1", "expires_in": 60}))
    before = made("chaves")

    fresh = consent.refresh(before)

    assert (fresh.refresh_token, fresh.refresh_by) == ("refresh-0", before.refresh_by)


def test_a_refresh_whose_answer_is_lost_is_asked_once(
    consent: Bs2Consent, tiny_bank: TinyBank
) -> None:
    tiny_bank.will_answer(LOST)

    with pytest.raises(BankOutcomeUnknown):
        consent.refresh(made("chaves"))

    assert len(tiny_bank.received) == 1


# --- Refusals ---------------------------------------------------------------------------


@pytest.mark.parametrize("status", [400, 401])
@pytest.mark.parametrize(
    "body",
    [
        {"error": "invalid_grant", "error_description": "The given grant was not valid"},
        {"error": "invalid_request", "error_description": "Validation error"},
        {"error_description": "The refresh token has expired"},
        {"error": "unauthorized", "error_description": "Token expirado"},
    ],
    ids=str,
)
@pytest.mark.parametrize(
    ("mode", "what_now"), [("consentimento", "Conecte a conta"), ("chaves", "gere um novo token")]
)
def test_a_dead_refresh_token_says_what_to_do(
    consent: Bs2Consent,
    tiny_bank: TinyBank,
    mode: str,
    what_now: str,
    body: dict[str, str],
    status: int,
) -> None:
    tiny_bank.will_answer(answer_of(body, status))

    with pytest.raises(ConsentLost) as caught:
        consent.refresh(made(mode))
    assert what_now in str(caught.value)
    assert caught.value.reason == body["error_description"]


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (
            401,
            {"error": "invalid_client", "error_description": "The client was not valid"},
        ),
        (400, {"error": "invalid_client", "error_description": "Missing or duplicate parameters"}),
        (403, {}),
        (401, {}),
    ],
)
@pytest.mark.parametrize(("mode", "whose"), [("consentimento", "parceiro"), ("chaves", "API Key")])
def test_a_refused_application_does_not_end_the_grant(
    consent: Bs2Consent,
    tiny_bank: TinyBank,
    mode: str,
    whose: str,
    status: int,
    body: dict[str, str],
) -> None:
    tiny_bank.will_answer(answer_of(body, status))

    with pytest.raises(BankAccessDenied) as caught:
        consent.refresh(made(mode))
    assert not isinstance(caught.value, ConsentLost)
    assert whose in str(caught.value)


@pytest.mark.parametrize(
    ("answer", "seconds"),
    [
        (Answer(status=429), 60),
        (Answer(status=429, headers={"Retry-After": "12"}), 12),
        (Answer(status=400, body=b"Too many requests"), 60),
        (answer_of({"error": "rate_limit", "error_description": "slow down"}, 403), 60),
    ],
    ids=lambda value: str(value)[:30],
)
def test_more_than_ten_token_requests_a_minute_have_to_wait(
    consent: Bs2Consent, tiny_bank: TinyBank, answer: Answer, seconds: int
) -> None:
    tiny_bank.will_answer(answer)

    with pytest.raises(BankUnavailable) as caught:
        consent.refresh(made("chaves"))
    assert caught.value.retry_after == seconds
    assert INFO.token_requests_per_minute == 10


def test_any_other_refusal_stays_one(consent: Bs2Consent, tiny_bank: TinyBank) -> None:
    tiny_bank.will_answer(answer_of({"error": "unsupported_grant_type"}, 400))

    with pytest.raises(BankRejected):
        consent.refresh(made("chaves"))


@pytest.mark.parametrize(
    "changes",
    [
        {"access_token": ""},
        {"access_token": None},
        {"access_token": "a\r\nX: 1"},
        {"refresh_token": 7},
        {"expires_in": 0},
        {"expires_in": "300"},
        {"expires_in": True},
        {"expires_in": 10**15},
    ],
    ids=str,
)
def test_tokens_that_cannot_be_used_are_an_unknown_outcome(
    consent: Bs2Consent, tiny_bank: TinyBank, changes: dict[str, Any]
) -> None:
    tiny_bank.will_answer(answer_of({**TOKENS, **changes}))

    with pytest.raises(BankOutcomeUnknown):
        consent.refresh(made("chaves"))


@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(body=mangled([TOKENS]))
def test_a_mangled_token_answer_is_a_bank_error_and_nothing_else(
    consent: Bs2Consent, tiny_bank: TinyBank, body: Any
) -> None:
    tiny_bank.will_answer(answer_of(body))
    try:
        grant = consent.refresh(made("chaves"))
    except BankError:
        return
    assert grant.access_token.isascii()


# --- The forms --------------------------------------------------------------------------


@time_machine.travel(NOON, tick=False)
def test_pasted_keys_make_a_grant_that_has_asked_for_no_token_yet() -> None:
    assert Bs2().read_form("chaves", KEYS) == Grant(
        access_token="",
        refresh_token="5f0c9d52-7d0e-4a3e-9d3d-0a1b2c3d4e5f",
        expires_at=NOON,
        scope="saldo extrato",
        mode="chaves",
        secrets={
            "api_key": "l7ab12",
            "api_secret": "s3cr3t",
            "branch": "0001",
            "account": "123456-7",
            "document": "11444777000161",
        },
        refresh_by=NOON + timedelta(hours=48),
        keep_alive_at=NOON + timedelta(hours=12),
    )


def test_a_password_makes_a_grant_of_the_old_scope() -> None:
    grant = Bs2().read_form("senha", PASSWORD)

    assert (grant.scope, grant.refresh_token, grant.keep_alive_at) == ("forintegration", "", None)
    assert grant.secrets["password"] == "senha com espaço"


def test_the_consent_asks_for_the_account_only() -> None:
    grant = Bs2().read_form("consentimento", ACCOUNT)

    assert set(grant.secrets) == {"branch", "account", "document"}
    assert (grant.mode, grant.refresh_token) == ("consentimento", "")


@pytest.mark.parametrize(
    "account", ["1234567", "123.456-7", " 123456 7", "0123456-7", "\u200b123456\u20137"]
)
def test_an_account_is_the_same_however_it_is_typed(account: str) -> None:
    grant = Bs2().read_form("consentimento", {**ACCOUNT, "account": account})

    assert grant.secrets["account"] == "123456-7"


@pytest.mark.parametrize(
    ("mode", "changes"),
    [
        ("consentimento", {"branch": ""}),
        ("consentimento", {"branch": "12345"}),
        ("consentimento", {"branch": "００１"}),
        ("consentimento", {"account": "7"}),
        ("consentimento", {"account": "conta 123"}),
        ("consentimento", {"document": "11.444.777/0001-62"}),
        ("consentimento", {"document": ""}),
        ("chaves", {"api_key": ""}),
        ("chaves", {"api_key": "l7ab12\nl7ab13"}),
        ("chaves", {"api_secret": "dois segredos"}),
        ("chaves", {"scope": ""}),
        ("chaves", {"scope": "saldo; extrato"}),
        ("chaves", {"refresh_token": " "}),
        ("chaves", {"refresh_token": "x" * 4001}),
        ("senha", {"username": ""}),
        ("senha", {"password": ""}),
    ],
    ids=str,
)
def test_what_bs2_does_not_give_out_is_refused_by_the_name_of_its_field(
    mode: str, changes: dict[str, str]
) -> None:
    values = {**KEYS, **PASSWORD, **changes}

    with pytest.raises(InvalidInput) as caught:
        Bs2().read_form(mode, values)
    assert caught.value.field == next(iter(changes))
    assert all(secret not in str(caught.value) for secret in ("s3cr3t", "dois segredos"))


def test_the_fields_of_a_mode_are_what_its_form_reads() -> None:
    for mode in INFO.modes:
        values = {**KEYS, **PASSWORD}
        known = {field.name for field in mode.fields}
        grant = Bs2().read_form(mode.slug, {k: v for k, v in values.items() if k in known})
        assert grant.mode == mode.slug
        assert (mode.by is ConnectBy.CONSENT) == (mode.slug == "consentimento")


def test_secrets_are_hidden_in_the_form() -> None:
    hidden = {
        field.name for mode in INFO.modes for field in mode.fields if field.kind is FieldKind.HIDDEN
    }

    assert hidden == {"api_secret", "refresh_token", "password"}
