"""BS2, authentication: POST /auth/oauth/v2/token and the tokens that it gives."""

import ssl
import uuid

import httpx
import pytest

from tests.bs2_simulator import CLIENT_ID, CLIENT_SECRET, Bs2Simulator
from tests.loopback import LOOPBACK
from tests.simulator.bs2_calls import BANKING, PIX, as_bearer, balance, refresh, token
from tests.simulator.consenting import at_bs2

HOURS = 3600
PARTNER = (CLIENT_ID, CLIENT_SECRET)
GUID_FIELDS = ("access_token", "refresh_token")


def test_a_refresh_gives_guids_their_life_and_the_scopes_asked(bs2: Bs2Simulator) -> None:
    app = bs2.portal_application(scopes="saldo extrato boleto")
    keys = app["api_key"], app["api_secret"]
    given = token(
        bs2,
        keys,
        grant_type="refresh_token",
        refresh_token=app["refresh_token"],
        scope="extrato saldo",
    )

    assert given.status_code == 200
    value = given.json()
    for name in GUID_FIELDS:
        assert str(uuid.UUID(value.pop(name)))
    assert value == {"token_type": "Bearer", "expires_in": 300, "scope": "extrato saldo"}


def test_the_keys_may_come_in_the_body(bs2: Bs2Simulator) -> None:
    app = bs2.portal_application()
    form = {"grant_type": "refresh_token", "refresh_token": app["refresh_token"]}
    form |= {"client_id": app["api_key"], "client_secret": app["api_secret"]}

    assert token(bs2, None, **form).status_code == 200


def test_a_refresh_ends_the_access_token_before_it_at_once(bs2: Bs2Simulator) -> None:
    app = bs2.portal_application()
    first = refresh(bs2, app).json()
    assert balance(bs2, first["access_token"]).status_code == 200

    second = refresh(bs2, app, first["refresh_token"]).json()

    assert balance(bs2, first["access_token"]).status_code == 401
    assert balance(bs2, second["access_token"]).status_code == 200


def test_a_refresh_token_is_good_once(bs2: Bs2Simulator) -> None:
    app = bs2.portal_application()
    newer = refresh(bs2, app).json()["refresh_token"]

    again = refresh(bs2, app)

    assert again.status_code == 400
    assert set(again.json()) == {"error", "error_description"}
    assert refresh(bs2, app, newer).status_code == 200


def test_a_refresh_token_used_again_can_end_all_by_setting(bs2: Bs2Simulator) -> None:
    bs2.settings(refresh_reuse_ends_grant=True)
    app = bs2.portal_application()
    newer = refresh(bs2, app).json()

    refresh(bs2, app)

    assert refresh(bs2, app, newer["refresh_token"]).status_code == 400
    assert balance(bs2, newer["access_token"]).status_code == 401


def test_an_access_token_lives_300_seconds(bs2: Bs2Simulator) -> None:
    value = refresh(bs2, bs2.portal_application()).json()["access_token"]
    bs2.advance(298)
    assert balance(bs2, value).status_code == 200

    bs2.advance(3)

    refused = balance(bs2, value)
    assert refused.status_code == 401
    assert refused.text == "Invalid token"
    assert refused.headers["content-type"].startswith("text/plain")


def test_a_refresh_outlives_the_access_token_and_dies_after_48_hours(bs2: Bs2Simulator) -> None:
    app = bs2.portal_application()
    bs2.advance(48 * HOURS - 5)
    newer = refresh(bs2, app).json()["refresh_token"]

    bs2.advance(48 * HOURS + 1)

    assert refresh(bs2, app, newer).status_code == 400


def test_a_legacy_application_begins_with_a_password(bs2: Bs2Simulator) -> None:
    app = bs2.portal_application(legacy=True)
    keys = app["api_key"], app["api_secret"]
    form = {"grant_type": "password", "scope": "forintegration"}

    given = token(bs2, keys, **form, username=app["username"], password=app["password"])

    assert given.status_code == 200
    assert given.json()["scope"] == "forintegration"
    with as_bearer(bs2, given.json()["access_token"]) as api:
        url = "/pj/forintegration/banking/v1/contascorrentes/principal/saldo"
        assert api.get(url).json()["valor"] == bs2.account()["balance"] / 100


def test_a_legacy_refresh_token_lives_10_minutes(bs2: Bs2Simulator) -> None:
    app = bs2.portal_application(legacy=True)
    keys = app["api_key"], app["api_secret"]
    form = {"grant_type": "password", "username": app["username"], "password": app["password"]}
    first = token(bs2, keys, **form).json()["refresh_token"]
    bs2.advance(590)
    second = refresh(bs2, app, first).json()["refresh_token"]

    bs2.advance(601)

    assert refresh(bs2, app, second).status_code == 400


def test_a_legacy_token_reaches_the_newer_api_by_setting(bs2: Bs2Simulator) -> None:
    app = bs2.portal_application(legacy=True)
    form = {"grant_type": "password", "username": app["username"], "password": app["password"]}
    value = token(bs2, (app["api_key"], app["api_secret"]), **form).json()["access_token"]
    assert balance(bs2, value).status_code == 200

    bs2.settings(legacy_reaches_apibanking=False)

    assert balance(bs2, value).status_code == 403


def test_a_wrong_password_is_401(bs2: Bs2Simulator) -> None:
    app = bs2.portal_application(legacy=True)
    keys = app["api_key"], app["api_secret"]
    form = {"grant_type": "password", "username": app["username"], "password": "x"}

    refused = token(bs2, keys, **form)

    assert refused.status_code == 401
    assert refused.json() == {
        "error": "invalid_request",
        "error_description": "The resource owner could not be authenticated.",
    }


def test_client_credentials_serve_pix_and_not_the_account(bs2: Bs2Simulator) -> None:
    app = bs2.portal_application()
    keys = app["api_key"], app["api_secret"]

    given = token(bs2, keys, grant_type="client_credentials", scope="pix.read dict.read saldo")

    assert "refresh_token" not in given.json()
    with as_bearer(bs2, given.json()["access_token"]) as api:
        assert api.get(f"{PIX}/chaves").status_code == 200
        refused = api.get(f"{BANKING}/v1/contascorrentes/saldo")
    assert (refused.status_code, refused.content) == (403, b"")


def test_client_credentials_reach_the_account_by_setting(bs2: Bs2Simulator) -> None:
    bs2.settings(client_credentials_reach_account=True)
    app = bs2.portal_application()
    keys = app["api_key"], app["api_secret"]

    given = token(bs2, keys, grant_type="client_credentials", scope="saldo").json()

    assert balance(bs2, given["access_token"]).status_code == 200


def test_the_two_flows_of_an_application_do_not_end_each_other(bs2: Bs2Simulator) -> None:
    app = bs2.portal_application()
    account = refresh(bs2, app).json()["access_token"]
    token(bs2, (app["api_key"], app["api_secret"]), grant_type="client_credentials")

    assert balance(bs2, account).status_code == 200


def test_the_two_flows_end_each_other_by_setting(bs2: Bs2Simulator) -> None:
    bs2.settings(one_token_per_application=True)
    app = bs2.portal_application()
    account = refresh(bs2, app).json()["access_token"]
    token(bs2, (app["api_key"], app["api_secret"]), grant_type="client_credentials")

    assert balance(bs2, account).status_code == 401


def test_wrong_keys_are_told_by_body_and_headers(bs2: Bs2Simulator) -> None:
    refused = token(bs2, (CLIENT_ID, "wrong"), grant_type="client_credentials")

    assert refused.status_code == 401
    assert refused.json() == {
        "error": "invalid_client",
        "error_description": "The given client credentials were not valid",
    }
    expected = 'Basic error="Invalid or missing credentials"'
    assert refused.headers["www-authenticate"] == expected
    assert refused.headers["x-ca-err"] == "3003201"


@pytest.mark.parametrize(
    ("keys", "form"),
    [
        (None, {"grant_type": "client_credentials"}),
        (PARTNER, {}),
        (PARTNER, {"grant_type": "refresh_token"}),
        (PARTNER, {"grant_type": "authorization_code", "code": "x"}),
    ],
)
def test_missing_parameters_are_400(
    bs2: Bs2Simulator, keys: tuple[str, str] | None, form: dict[str, str]
) -> None:
    refused = token(bs2, keys, **form)

    assert refused.status_code == 400
    assert refused.json() == {
        "error": "invalid_client",
        "error_description": "Missing or duplicate parameters",
    }


def test_a_body_that_is_not_a_form_lacks_its_parameters(bs2: Bs2Simulator) -> None:
    url = f"{bs2.base_url}/auth/oauth/v2/token"
    form = {"grant_type": "client_credentials"}

    refused = httpx.post(url, json=form, auth=PARTNER, **LOOPBACK)

    assert refused.status_code == 400


def test_the_eleventh_token_request_in_a_minute_is_429(bs2: Bs2Simulator) -> None:
    form = {"grant_type": "client_credentials", "scope": "pix.read"}
    answers = [token(bs2, PARTNER, **form).status_code for _ in range(11)]
    assert answers == [200] * 10 + [429]

    bs2.advance(61)

    assert token(bs2, PARTNER, **form).status_code == 200


def test_each_application_has_its_own_limit(bs2: Bs2Simulator) -> None:
    bs2.settings(token_requests_per_minute=1)
    app = bs2.portal_application()
    token(bs2, PARTNER, grant_type="client_credentials")

    assert refresh(bs2, app).status_code == 200
    assert token(bs2, PARTNER, grant_type="client_credentials").status_code == 429


def test_a_call_without_the_scope_is_403_with_nothing_in_it(bs2: Bs2Simulator) -> None:
    value = bs2.grant(scopes="extrato")["access_token"]

    refused = balance(bs2, value)

    assert (refused.status_code, refused.content) == (403, b"")


def test_a_call_without_a_token_is_invalid(bs2: Bs2Simulator) -> None:
    url = f"{bs2.base_url}{BANKING}/v1/contascorrentes/saldo"
    refused = httpx.get(url, **LOOPBACK)

    assert (refused.status_code, refused.text) == (401, "Invalid token")


def test_the_user_agent_must_carry_the_code_by_setting(bs2: Bs2Simulator) -> None:
    value = bs2.grant()["access_token"]
    bs2.settings(required_user_agent="kmn-7781")
    with as_bearer(bs2, value) as api:
        url = f"{BANKING}/v1/contascorrentes/saldo"
        assert api.get(url).status_code == 403
        assert api.get(url, headers={"User-Agent": "kmn-7781"}).status_code == 200


def test_the_test_s_own_control_ends_access_tokens(bs2: Bs2Simulator) -> None:
    app = bs2.portal_application()
    given = refresh(bs2, app).json()

    assert bs2.expire_tokens() == 1

    assert balance(bs2, given["access_token"]).status_code == 401
    assert refresh(bs2, app, given["refresh_token"]).status_code == 200


def test_the_api_answers_over_tls_and_with_a_last_slash(bs2: Bs2Simulator) -> None:
    value = bs2.grant()["access_token"]
    context = ssl.create_default_context(cafile=bs2.addresses["ca_file"])
    url = f"{bs2.tls_url}{BANKING}/v1/contascorrentes/saldo/"
    with httpx.Client(verify=context, trust_env=False) as client:
        answer = client.get(url, headers={"Authorization": f"Bearer {value}"})

    assert answer.status_code == 200


def test_a_code_gives_tokens_of_its_scopes(bs2: Bs2Simulator) -> None:
    at = at_bs2(bs2)

    given = at.exchange(at.code()).json()

    assert (given["scope"], given["expires_in"]) == ("saldo extrato", 300)
    partner = {"api_key": CLIENT_ID, "api_secret": CLIENT_SECRET}
    assert refresh(bs2, partner, given["refresh_token"]).status_code == 200
