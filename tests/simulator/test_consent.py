import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from tests.cora_simulator import CLIENT_ID, CLIENT_SECRET, CoraSimulator

CALLBACK = "http://127.0.0.1:9/cora/callback?tenant=7"
ASK = {
    "client_id": CLIENT_ID,
    "response_type": "code",
    "redirect_uri": CALLBACK,
    "scopes": "account transfer payment",
    "state": "4f1c9a",
}


class Browser:
    """A person at the consent page."""

    def __init__(self, cora: CoraSimulator, **changes: str) -> None:
        self.http = httpx.Client(base_url=cora.base_url, trust_env=False)
        self.params = {name: value for name, value in (ASK | changes).items() if value}
        self.page = self.http.get("/oauth/authorize", params=self.params)

    def submit(self, **form: str) -> httpx.Response:
        self.page = self.http.post("/oauth/authorize", params=self.params, data=form)
        return self.page

    def sign_in(self, cpf: str = "529.982.247-25", password: str = "123456") -> httpx.Response:
        return self.submit(act="sign_in", cpf=cpf, password=password)

    def allow(self, company: str) -> httpx.Response:
        session = re.findall(r'name="session" value="([^"]+)"', self.page.text)[0]
        account = re.findall(rf'name="account" value="(\d+)"[^>]*><span>{company}', self.page.text)
        return self.submit(act="allow", session=session, account=account[0] if account else "")


def answer_of(response: httpx.Response) -> dict[str, str]:
    """The parameters of the way back."""
    assert response.status_code == 303, response.text
    parts = urlsplit(response.headers["location"])
    assert parts._replace(query="").geturl() == "http://127.0.0.1:9/cora/callback"
    return {name: values[0] for name, values in parse_qs(parts.query).items()}


def exchange(
    cora: CoraSimulator, auth: tuple[str, str] = (CLIENT_ID, CLIENT_SECRET), **form: Any
) -> httpx.Response:
    return httpx.post(f"{cora.base_url}/oauth/token", data=form, auth=auth, trust_env=False)


def exchange_code(cora: CoraSimulator, code: str, redirect_uri: str = CALLBACK) -> httpx.Response:
    fields = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri}
    return exchange(cora, auth=(CLIENT_ID, CLIENT_SECRET), **fields)


def consent(cora: CoraSimulator, company: str = "OFICINA MODELO LTDA") -> str:
    """The code of a consent given."""
    browser = Browser(cora)
    browser.sign_in()
    return answer_of(browser.allow(company))["code"]


def balance(cora: CoraSimulator, token: str) -> httpx.Response:
    headers = {"Authorization": f"Bearer {token}"}
    url = f"{cora.base_url}/third-party/account/balance"
    return httpx.get(url, headers=headers, trust_env=False)


def test_a_consent_gives_a_code_and_the_code_gives_tokens(cora: CoraSimulator) -> None:
    browser = Browser(cora)
    assert "Kamino" in browser.sign_in().text
    back = answer_of(browser.allow("OFICINA MODELO LTDA"))

    assert back.pop("code")
    assert back == {"state": "4f1c9a", "tenant": "7"}
    given = exchange_code(cora, consent(cora)).json()
    assert given["expires_in"] == 86_400
    assert given["token_type"] == "Bearer"
    assert given["access_token"].count(".") == 2
    assert balance(cora, given["access_token"]).json() == {"balance": 10_318_742}


def test_the_company_chosen_is_the_account_reached(cora: CoraSimulator) -> None:
    token = exchange_code(cora, consent(cora, "PADARIA AURORA LTDA")).json()["access_token"]

    assert balance(cora, token).json() == {"balance": 2_845_190}


def test_a_person_sees_only_their_own_companies(cora: CoraSimulator) -> None:
    page = Browser(cora).sign_in("111.444.777-35", "654321").text

    assert "TRANSPORTES VALE NORTE LTDA" in page
    assert "OFICINA" not in page


def test_a_company_of_somebody_else_cannot_be_chosen(cora: CoraSimulator) -> None:
    browser = Browser(cora)
    page = browser.sign_in("111.444.777-35", "654321").text
    session = re.findall(r'name="session" value="([^"]+)"', page)[0]

    refused = browser.submit(act="allow", session=session, account="1")

    assert refused.status_code == 200
    assert "Escolha a empresa." in refused.text


def test_a_wrong_password_stays_on_the_page(cora: CoraSimulator) -> None:
    page = Browser(cora).sign_in(password="000000")

    assert page.status_code == 401
    assert "CPF ou senha não conferem." in page.text


@pytest.mark.parametrize("signed_in", [True, False])
def test_a_refusal_goes_back_with_access_denied(cora: CoraSimulator, signed_in: bool) -> None:
    browser = Browser(cora)
    if signed_in:
        browser.sign_in()

    back = answer_of(browser.submit(act="deny"))

    assert back == {"error": "access_denied", "state": "4f1c9a", "tenant": "7"}


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"scopes": ""}, "invalid_scope"),
        ({"scopes": "account everything"}, "invalid_scope"),
        ({"scopes": "", "scope": "account"}, "invalid_scope"),
    ],
)
def test_a_wrong_request_goes_back_with_its_error(
    cora: CoraSimulator, wrong: dict[str, str], error: str
) -> None:
    assert answer_of(Browser(cora, **wrong).page)["error"] == error


@pytest.mark.parametrize(
    "wrong",
    [
        {"client_id": "app-unknown"},
        {"client_id": ""},
        {"redirect_uri": ""},
        {"redirect_uri": "https://evil.example.com/"},
        {"redirect_uri": "http://127.0.0.1.evil.example.com/"},
        {"redirect_uri": "http://127.0.0.1@evil.example.com/"},
        {"redirect_uri": "javascript:alert(1)"},
    ],
)
def test_an_unknown_partner_or_address_is_never_redirected(
    cora: CoraSimulator, wrong: dict[str, str]
) -> None:
    page = Browser(cora, **wrong).page

    assert page.status_code == 400
    assert "location" not in page.headers
    assert "Não foi possível continuar" in page.text


def test_another_partner_returns_only_to_its_registered_address(cora: CoraSimulator) -> None:
    partner = cora.create_partner("ERP <Exemplo>", ["http://127.0.0.1:9/here"])
    known = Browser(cora, client_id=partner["client_id"], redirect_uri="http://127.0.0.1:9/here")
    other = Browser(cora, client_id=partner["client_id"], redirect_uri="http://127.0.0.1:9/there")

    assert "ERP &lt;Exemplo&gt;" in known.page.text
    assert other.page.status_code == 400


def test_a_code_is_good_once(cora: CoraSimulator) -> None:
    code = consent(cora)
    assert exchange_code(cora, code).status_code == 200

    again = exchange_code(cora, code)

    assert again.status_code == 400
    assert again.json()["error"] == "invalid_grant"


def test_a_code_dies_after_a_minute(cora: CoraSimulator) -> None:
    code = consent(cora)
    cora.advance(61)

    assert exchange_code(cora, code).json()["error"] == "invalid_grant"


def test_a_code_wants_the_same_redirect_uri(cora: CoraSimulator) -> None:
    code = consent(cora)

    assert exchange_code(cora, code, CALLBACK + "&x=1").json()["error"] == "invalid_grant"
    assert exchange_code(cora, code).status_code == 200


def test_a_code_of_another_partner_is_refused(cora: CoraSimulator) -> None:
    other = cora.create_partner("Outro", ["http://127.0.0.1:9/"])
    fields = {"grant_type": "authorization_code", "code": consent(cora), "redirect_uri": CALLBACK}

    answer = exchange(cora, (other["client_id"], other["secret"]), **fields)

    assert answer.json()["error"] == "invalid_grant"


def test_a_wrong_secret_is_401(cora: CoraSimulator) -> None:
    answer = exchange(cora, (CLIENT_ID, "wrong"), grant_type="client_credentials")

    assert answer.status_code == 401
    assert answer.json()["error"] == "invalid_client"


def test_an_unknown_grant_type_is_refused(cora: CoraSimulator) -> None:
    assert exchange(cora, grant_type="password").json()["error"] == "unsupported_grant_type"
