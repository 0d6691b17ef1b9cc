"""Integração Direta: token by certificate (sections 1 and 3 of our notes on the API)."""

import base64
import json
import re
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from simulator.core.certificates import Authority
from tests.cora_simulator import CLIENT_ID, CLIENT_SECRET, PADARIA, CoraSimulator
from tests.loopback import LOOPBACK
from tests.simulator.calls import new_key, register
from tests.simulator.charges import get, issue, post_invoice
from tests.simulator.people import at_company, at_oficina, visitor

Credential = dict[str, Any]


class Host:
    """The bank's host that asks for a certificate."""

    def __init__(self, cora: CoraSimulator, folder: Path) -> None:
        self._folder = folder
        self._at = cora.addresses

    def client(self, credential: Credential | None = None, token: str = "") -> httpx.Client:
        """With the certificate of a credential, or without any."""
        context = ssl.create_default_context(cafile=self._at["ca_file"])
        if credential is not None:
            certificate = self._folder / "certificate.pem"
            key = self._folder / "private-key.key"
            certificate.write_text(credential["certificate"])
            key.write_text(credential["key"])
            context.load_cert_chain(certificate, key)
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        address = self._at["cora_direta"]
        return httpx.Client(base_url=address, verify=context, headers=headers, trust_env=False)

    def token(self, credential: Credential) -> str:
        with self.client(credential) as client:
            return str(ask(client, credential["client_id"]).json()["access_token"])


def ask(client: httpx.Client, client_id: str, grant_type: str = "client_credentials") -> Any:
    return client.post("/token", data={"grant_type": grant_type, "client_id": client_id})


@pytest.fixture
def host(cora: CoraSimulator, tmp_path: Path) -> Host:
    return Host(cora, tmp_path)


@pytest.fixture
def credential(cora: CoraSimulator) -> Credential:
    return cora.direct_credential()


@pytest.fixture
def direct(host: Host, credential: Credential) -> Iterator[httpx.Client]:
    """The API as OFICINA MODELO LTDA itself calls it."""
    with host.client(credential, host.token(credential)) as client:
        yield client


def test_a_token_is_given_for_the_certificate(host: Host, credential: Credential) -> None:
    assert credential["client_id"].startswith("int-")
    with host.client(credential) as client:
        answer = ask(client, credential["client_id"])

    assert answer.status_code == 200
    body = answer.json()
    claims = json.loads(base64.urlsafe_b64decode(body.pop("access_token").split(".")[1] + "=="))
    assert body == {
        "expires_in": 86_400,
        "refresh_expires_in": 0,
        "token_type": "Bearer",
        "not-before-policy": 0,
        "scope": "offline_access",
    }
    documented = "exp iat jti iss sub typ azp acr scope clientId clientHost clientAddress"
    assert set(documented.split()) == set(claims)
    assert claims["exp"] - claims["iat"] == 86_400
    assert claims["sub"] == claims["azp"] == claims["clientId"] == credential["client_id"]


def test_the_token_reaches_everything_of_its_account(direct: httpx.Client) -> None:
    assert direct.get("/third-party/account/balance").json()["balance"] > 0
    assert direct.get("/bank-statement/statement").status_code == 200
    assert direct.get("/payments/").status_code == 200
    assert direct.get("/transfer/third-party/transfers/").status_code == 200
    invoice_id = issue(direct)["id"]
    assert get(direct, invoice_id)["status"] == "OPEN"


def test_another_company_sees_its_own(cora: CoraSimulator, host: Host) -> None:
    padaria = cora.direct_credential(PADARIA)

    with host.client(padaria, host.token(padaria)) as client:
        account = client.get("/third-party/account").json()

    assert account["accountNumber"] == cora.account(PADARIA)["number"]


def test_without_certificate_there_is_no_token(host: Host, credential: Credential) -> None:
    with host.client() as client:
        answer = ask(client, credential["client_id"])

    assert (answer.status_code, answer.json()) == (401, {"error": "access_denied"})


def test_the_certificate_must_be_that_of_the_client_id(
    cora: CoraSimulator, host: Host, credential: Credential
) -> None:
    other = cora.direct_credential(PADARIA)

    with host.client(other) as client:
        for client_id in (credential["client_id"], "int-unknown", CLIENT_ID):
            answer = ask(client, client_id)
            assert (answer.status_code, answer.json()) == (401, {"error": "access_denied"})


def test_a_token_is_worth_nothing_without_its_certificate(
    cora: CoraSimulator, host: Host, credential: Credential
) -> None:
    token, other = host.token(credential), cora.direct_credential(PADARIA)
    for presented in (None, other):
        with host.client(presented, token) as client:
            answer = client.get("/third-party/account/balance")
        assert (answer.status_code, answer.json()) == (401, {"error": "access_denied"})


def test_a_token_of_one_mode_is_worth_nothing_in_the_other(
    cora: CoraSimulator, host: Host, credential: Credential, api: httpx.Client
) -> None:
    with host.client(credential, cora.grant()["access_token"]) as client:
        assert client.get("/third-party/account/balance").status_code == 401
    api.headers["Authorization"] = f"Bearer {host.token(credential)}"
    assert api.get("/third-party/account/balance").status_code == 401
    cora.settings(direct_token_anywhere=True)
    assert api.get("/third-party/account/balance").status_code == 200


def test_credentials_of_one_mode_are_denied_in_the_other(
    cora: CoraSimulator, host: Host, credential: Credential
) -> None:
    form = {"grant_type": "client_credentials"}
    denied = (401, {"error": "access_denied"})
    with httpx.Client(base_url=cora.base_url, **LOOPBACK) as plain:
        answer = plain.post("/oauth/token", data=form, auth=(credential["client_id"], "x"))
        assert (answer.status_code, answer.json()) == denied
        answer = ask(plain, credential["client_id"])
        assert (answer.status_code, answer.json()) == denied
    with host.client(credential) as client:
        answer = client.post("/oauth/token", data=form, auth=(CLIENT_ID, CLIENT_SECRET))
        assert (answer.status_code, answer.json()) == denied


def test_only_client_credentials_are_granted(host: Host, credential: Credential) -> None:
    with host.client(credential) as client:
        answer = ask(client, credential["client_id"], "password")

    assert (answer.status_code, answer.json()["error"]) == (400, "unsupported_grant_type")


def test_a_token_lives_24_hours(cora: CoraSimulator, direct: httpx.Client) -> None:
    cora.advance(86_399)
    assert direct.get("/third-party/account/balance").status_code == 200
    cora.advance(2)
    assert direct.get("/third-party/account/balance").status_code == 401


def test_ended_credentials_are_worth_nothing(
    cora: CoraSimulator, host: Host, credential: Credential, direct: httpx.Client
) -> None:
    cora.end_direct_credential(credential["client_id"])

    assert direct.get("/third-party/account/balance").status_code == 401
    with host.client(credential) as client:
        assert ask(client, credential["client_id"]).status_code == 401


def test_a_certificate_ends_by_the_banks_clock(
    cora: CoraSimulator, host: Host, credential: Credential
) -> None:
    cora.advance(366 * 86_400)

    with host.client(credential) as client:
        assert ask(client, credential["client_id"]).status_code == 401


def test_a_certificate_of_another_authority_does_not_get_in(
    host: Host, credential: Credential, tmp_path: Path
) -> None:
    certificate, key = Authority.open(tmp_path).issue_client(credential["client_id"], 1)
    made = {"certificate": certificate, "key": key}

    with host.client(made) as client, pytest.raises(httpx.TransportError):
        ask(client, credential["client_id"])


def test_webhooks_of_a_company_hear_of_its_own_charges(
    cora: CoraSimulator, direct: httpx.Client
) -> None:
    assert register(direct, "http://127.0.0.1:9/hook", "invoice", "*").status_code == 201

    issue(direct)

    assert [hook["headers"]["webhook-event-type"] for hook in cora.webhooks()] == [
        "invoice.created"
    ]


def test_the_same_key_is_one_effect_in_this_mode_too(
    cora: CoraSimulator, direct: httpx.Client
) -> None:
    key = new_key()

    first, second = (post_invoice(direct, key=key).json() for _ in range(2))

    assert first == second
    assert len(cora.invoices()) == 1


def test_the_owner_makes_credentials_in_the_app(cora: CoraSimulator, host: Host) -> None:
    with at_oficina(cora.base_url) as ana:
        page = ana.post("/app/integracoes/direta", data={"name": "Kamino"}).text
        found = re.search(r"/app/integracoes/direta/(int-\w+)/certificate\.pem", page)
        assert found is not None
        path = f"/app/integracoes/direta/{found[1]}"
        certificate = ana.get(f"{path}/certificate.pem")
        key = ana.get(f"{path}/private-key.key")
        made = {"client_id": found[1], "certificate": certificate.text, "key": key.text}
        assert 'filename="certificate.pem"' in certificate.headers["content-disposition"]

        with host.client(made, host.token(made)) as client:
            assert client.get("/third-party/account/balance").status_code == 200
            assert "revogadas" in ana.post(f"{path}/revogar").text
            assert client.get("/third-party/account/balance").status_code == 401
        assert ana.get(f"{path}/private-key.key").status_code == 404


def test_nobody_downloads_the_credentials_of_another_company(
    cora: CoraSimulator, credential: Credential
) -> None:
    path = f"/app/integracoes/direta/{credential['client_id']}/private-key.key"
    with visitor(cora.base_url) as nobody:
        assert "PRIVATE KEY" not in nobody.get(path).text
    with at_company(cora.base_url, "PADARIA AURORA LTDA") as ana:
        assert ana.get(path).status_code == 404
