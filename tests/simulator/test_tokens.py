import httpx
import pytest

from tests.cora_simulator import CLIENT_ID, CLIENT_SECRET, CoraSimulator
from tests.loopback import LOOPBACK
from tests.simulator.calls import register
from tests.simulator.consenting import at_cora

DAY = 86_400


def refresh(cora: CoraSimulator, value: str) -> httpx.Response:
    return httpx.post(
        f"{cora.base_url}/oauth/token",
        data={"grant_type": "refresh_token", "refresh_token": value},
        auth=(CLIENT_ID, CLIENT_SECRET),
        **LOOPBACK,
    )


def get(cora: CoraSimulator, token: str, path: str = "/third-party/account/") -> httpx.Response:
    headers = {"Authorization": f"Bearer {token}"}
    return httpx.get(cora.base_url + path, headers=headers, **LOOPBACK)


def partner_token(cora: CoraSimulator) -> str:
    answer = httpx.post(
        f"{cora.base_url}/oauth/token",
        data={"grant_type": "client_credentials"},
        auth=(CLIENT_ID, CLIENT_SECRET),
        **LOOPBACK,
    ).json()
    assert "refresh_token" not in answer
    return str(answer["access_token"])


def test_an_access_token_lives_a_day(cora: CoraSimulator) -> None:
    token = cora.grant()["access_token"]
    cora.advance(DAY - 5)
    assert get(cora, token).status_code == 200
    cora.advance(6)

    answer = get(cora, token)

    assert answer.status_code == 401
    assert answer.json() == {"error": "access_denied"}


def test_its_life_is_a_setting(cora: CoraSimulator) -> None:
    cora.settings(access_token_seconds=10)
    given = cora.grant()
    cora.advance(11)

    assert given["expires_in"] == 10
    assert get(cora, given["access_token"]).status_code == 401


@pytest.mark.parametrize("token", ["x", "a.b.c"])
def test_an_unknown_token_is_401(cora: CoraSimulator, token: str) -> None:
    assert get(cora, token).status_code == 401


def test_a_refresh_gives_other_tokens(cora: CoraSimulator) -> None:
    first = cora.grant()
    second = refresh(cora, first["refresh_token"]).json()

    assert second["refresh_token"] != first["refresh_token"]
    assert get(cora, second["access_token"]).status_code == 200


def test_a_refresh_token_dies_after_its_third_use(cora: CoraSimulator) -> None:
    value = cora.grant()["refresh_token"]
    used = [refresh(cora, value).status_code for _ in range(4)]

    assert used == [200, 200, 200, 400]
    assert refresh(cora, value).json()["error"] == "invalid_grant"


def test_each_new_refresh_token_has_its_own_uses(cora: CoraSimulator) -> None:
    value = cora.grant()["refresh_token"]
    for _ in range(5):
        value = refresh(cora, value).json()["refresh_token"]

    assert refresh(cora, value).status_code == 200


def test_without_rotation_the_consent_has_three_refreshes(cora: CoraSimulator) -> None:
    cora.settings(refresh_rotates=False)
    value = cora.grant()["refresh_token"]
    answers = [refresh(cora, value) for _ in range(4)]

    assert [answer.status_code for answer in answers] == [200, 200, 200, 400]
    assert answers[0].json()["refresh_token"] == value


def test_sixty_idle_days_end_the_consent(cora: CoraSimulator) -> None:
    cora.settings(access_token_seconds=100 * DAY)
    given = cora.grant()
    cora.advance(60 * DAY + 60)

    assert get(cora, given["access_token"]).status_code == 401
    assert refresh(cora, given["refresh_token"]).json()["error"] == "invalid_grant"
    assert cora.grants()[0]["ended_at"] is not None


def test_use_keeps_the_consent_alive(cora: CoraSimulator) -> None:
    cora.settings(access_token_seconds=200 * DAY)
    given, other = cora.grant(), None
    for _ in range(3):
        cora.advance(50 * DAY)
        assert get(cora, given["access_token"]).status_code == 200
    other = refresh(cora, given["refresh_token"])

    assert other.status_code == 200


def test_the_use_of_one_token_keeps_the_others_of_its_consent(cora: CoraSimulator) -> None:
    cora.settings(access_token_seconds=200 * DAY)
    given = cora.grant()
    assert get(cora, given["access_token"]).status_code == 200
    cora.advance(40 * DAY)
    newer = refresh(cora, given["refresh_token"]).json()["access_token"]
    assert get(cora, newer).status_code == 200
    cora.advance(40 * DAY)

    assert get(cora, given["access_token"]).status_code == 200


def test_a_revoked_consent_is_worth_nothing(cora: CoraSimulator) -> None:
    given = cora.grant()
    assert get(cora, given["access_token"]).status_code == 200

    cora.revoke(given["grant_id"])

    assert get(cora, given["access_token"]).status_code == 401
    assert refresh(cora, given["refresh_token"]).status_code == 400


@pytest.mark.parametrize(
    ("path", "scope"),
    [
        ("/third-party/account", "account"),
        ("/third-party/account/balance", "account"),
        ("/bank-statement/statement", "account"),
        ("/transfer/third-party/transfers", "transfer"),
        ("/banks", "transfer"),
        ("/payments", "payment"),
    ],
)
def test_each_resource_wants_its_scope(cora: CoraSimulator, path: str, scope: str) -> None:
    others = " ".join({"account", "transfer", "payment", "invoice"} - {scope})
    denied = get(cora, cora.grant(scopes=others)["access_token"], path)

    assert denied.status_code == 403
    assert denied.json() == {
        "code": "access_denied",
        "message": "insufficient scope",
        "errors": [],
    }
    assert get(cora, cora.grant(scopes=scope)["access_token"], path).status_code == 200


def test_a_partners_own_token_reaches_webhooks_alone(cora: CoraSimulator) -> None:
    token = partner_token(cora)

    assert get(cora, token, "/endpoints/").json() == []
    assert get(cora, token).status_code == 403


def test_webhooks_of_the_partner_and_of_a_customer_are_apart(cora: CoraSimulator) -> None:
    customer, partner = cora.grant()["access_token"], partner_token(cora)
    with httpx.Client(base_url=cora.base_url, **LOOPBACK) as client:
        ours = register(client, "http://127.0.0.1:9/a", "payment", "*", customer).json()
        theirs = register(client, "http://127.0.0.1:9/b", "transfer", "*", partner).json()

    assert get(cora, customer, "/endpoints").json() == [ours]
    assert get(cora, partner, "/endpoints").json() == [theirs]


def test_an_unknown_grant_type_is_refused(cora: CoraSimulator) -> None:
    answer = httpx.post(
        f"{cora.base_url}/oauth/token",
        data={"grant_type": "password"},
        auth=(CLIENT_ID, CLIENT_SECRET),
        **LOOPBACK,
    )

    assert answer.json()["error"] == "unsupported_grant_type"


def test_a_code_gives_a_token_of_a_day(cora: CoraSimulator) -> None:
    at = at_cora(cora)

    given = at.exchange(at.code()).json()

    assert (given["expires_in"], given["token_type"]) == (DAY, "Bearer")
    assert given["access_token"].count(".") == 2
