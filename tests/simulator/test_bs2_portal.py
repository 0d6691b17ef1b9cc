"""BS2, consent page and BS2 Empresas."""

import re
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from tests.bs2_simulator import CLIENT_ID, CLIENT_SECRET, OFICINA, PADARIA, Bs2Simulator
from tests.simulator.bs2_calls import as_bearer, balance, refresh, send, token

AUTHORIZE = "/api-banking/auth/oauth/v2/authorize"
CALLBACK = "http://127.0.0.1:9/bs2/callback?tenant=7"
ASK = {
    "response_type": "code",
    "client_id": CLIENT_ID,
    "scope": "saldo extrato",
    "state": "4f1c9a",
    "redirect_uri": CALLBACK,
}


class Browser:
    """A person at the consent page."""

    def __init__(self, bs2: Bs2Simulator, **changes: str) -> None:
        self.http = httpx.Client(base_url=bs2.base_url, trust_env=False)
        self.params = {name: value for name, value in (ASK | changes).items() if value}
        self.page = self.http.get(AUTHORIZE, params=self.params)

    def submit(self, **form: str) -> httpx.Response:
        self.page = self.http.post(AUTHORIZE, params=self.params, data=form)
        return self.page

    def allow(self, company: str = "OFICINA MODELO LTDA") -> httpx.Response:
        self.submit(act="sign_in", cpf="529.982.247-25", password="123456")
        session = re.findall(r'name="session" value="([^"]+)"', self.page.text)[0]
        account = re.findall(rf'name="account" value="(\d+)"[^>]*><span>{company}', self.page.text)
        return self.submit(act="allow", session=session, account=account[0])


def answer_of(response: httpx.Response) -> dict[str, str]:
    """The parameters of the way back."""
    assert response.status_code == 303, response.text
    parts = urlsplit(response.headers["location"])
    assert parts._replace(query="").geturl() == "http://127.0.0.1:9/bs2/callback"
    return {name: values[0] for name, values in parse_qs(parts.query).items()}


def exchange(bs2: Bs2Simulator, code: str, redirect_uri: str = CALLBACK) -> httpx.Response:
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri}
    return token(bs2, (CLIENT_ID, CLIENT_SECRET), **form)


def test_a_consent_gives_a_code_and_the_code_gives_tokens(bs2: Bs2Simulator) -> None:
    browser = Browser(bs2)
    back = answer_of(browser.allow("PADARIA AURORA LTDA"))
    code = back.pop("code")
    assert back == {"state": "4f1c9a", "tenant": "7"}

    given = exchange(bs2, code).json()

    assert (given["scope"], given["expires_in"]) == ("saldo extrato", 300)
    held = balance(bs2, given["access_token"]).json()["valor"]
    assert held == bs2.account(PADARIA)["balance"] / 100
    partner = {"api_key": CLIENT_ID, "api_secret": CLIENT_SECRET}
    assert refresh(bs2, partner, given["refresh_token"]).status_code == 200


def test_the_page_says_who_asks_and_what_for(bs2: Bs2Simulator) -> None:
    browser = Browser(bs2)
    page = browser.submit(act="sign_in", cpf="52998224725", password="123456").text

    assert "Permitir o acesso de Kamino?" in page
    assert "Ver o saldo da conta" in page
    assert "Emitir, consultar e baixar boletos" not in page


def test_a_code_is_good_once_for_300_seconds_and_its_own_address(bs2: Bs2Simulator) -> None:
    first = answer_of(Browser(bs2).allow())["code"]
    assert exchange(bs2, first, "http://127.0.0.1:9/other").status_code == 400
    assert exchange(bs2, first).status_code == 200
    assert exchange(bs2, first).status_code == 400
    second = answer_of(Browser(bs2).allow())["code"]
    bs2.advance(301)

    assert exchange(bs2, second).status_code == 400


def test_two_companies_of_a_partner_have_tokens_of_their_own(bs2: Bs2Simulator) -> None:
    oficina = exchange(bs2, answer_of(Browser(bs2).allow())["code"]).json()
    padaria = answer_of(Browser(bs2).allow("PADARIA AURORA LTDA"))["code"]
    exchange(bs2, padaria)

    assert balance(bs2, oficina["access_token"]).status_code == 200


def test_a_refusal_goes_back_with_the_state(bs2: Bs2Simulator) -> None:
    back = answer_of(Browser(bs2).submit(act="deny"))

    assert back == {"error": "access_denied", "state": "4f1c9a", "tenant": "7"}


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"scope": "saldo tudo"}, "invalid_scope"),
        ({"scope": ""}, "invalid_scope"),
        ({"response_type": "token"}, "unsupported_response_type"),
    ],
)
def test_what_cannot_be_allowed_goes_back(
    bs2: Bs2Simulator, changes: dict[str, str], error: str
) -> None:
    assert answer_of(Browser(bs2, **changes).page)["error"] == error


@pytest.mark.parametrize(
    "changes", [{"client_id": "another"}, {"redirect_uri": "https://example.com/x"}]
)
def test_who_is_not_registered_is_sent_nowhere(bs2: Bs2Simulator, changes: dict[str, str]) -> None:
    assert Browser(bs2, **changes).page.status_code == 400


def test_a_wrong_password_signs_nobody_in(bs2: Bs2Simulator) -> None:
    page = Browser(bs2).submit(act="sign_in", cpf="52998224725", password="1")

    assert page.status_code == 401
    assert "não conferem" in page.text


@pytest.fixture
def portal(bs2: Bs2Simulator) -> httpx.Client:
    """Ana at BS2 Empresas, with OFICINA chosen."""
    client = httpx.Client(base_url=bs2.base_url, follow_redirects=True, trust_env=False)
    page = client.post("/app/entrar", data={"cpf": "52998224725", "password": "123456"})
    account = re.findall(r'name="account" value="(\d+)"><button class="wide">OFICINA', page.text)
    client.post("/app/empresa", data={"account": account[0]})
    return client


def shown(page: httpx.Response, label: str) -> str:
    return re.findall(rf'<code id="{label}">([^<]+)</code>', page.text)[0]


def new_application(portal: httpx.Client, **changes: str | list[str]) -> dict[str, str]:
    form = {"name": "ERP", "kind": "portal", "scope": ["saldo", "extrato"], **changes}
    page = portal.post("/app/aplicacoes/novo", data=form)
    assert page.status_code == 200, page.text
    names = {"api_key": "api-key", "api_secret": "api-secret", "scope": "scope"}
    return {name: shown(page, label) for name, label in names.items()} | {"page": page.text}


def test_a_new_application_shows_its_four_values(bs2: Bs2Simulator, portal: httpx.Client) -> None:
    app = new_application(portal)
    value = re.findall(r'id="refresh_token">([^<]+)<', app["page"])[0]

    given = refresh(bs2, app, value).json()

    assert app["scope"] == given["scope"] == "saldo extrato"
    held = balance(bs2, given["access_token"]).json()["valor"]
    assert held == bs2.account(OFICINA)["balance"] / 100
    assert app["api_secret"] not in portal.get("/app/aplicacoes").text


def test_a_new_token_ends_what_was_given_out(bs2: Bs2Simulator, portal: httpx.Client) -> None:
    app = new_application(portal)
    old = re.findall(r'id="refresh_token">([^<]+)<', app["page"])[0]

    page = portal.post(f"/app/aplicacoes/{app['api_key']}/token")

    assert refresh(bs2, app, shown(page, "refresh_token")).status_code == 200
    assert refresh(bs2, app, old).status_code == 400


def test_a_legacy_application_shows_user_and_password(
    bs2: Bs2Simulator, portal: httpx.Client
) -> None:
    app = new_application(portal, kind="legacy")
    user, password = (
        re.findall(rf'id="{n}">([^<]+)<', app["page"])[0] for n in ("usuário", "senha")
    )

    given = token(
        bs2,
        (app["api_key"], app["api_secret"]),
        grant_type="password",
        scope="forintegration",
        username=user,
        password=password,
    )

    assert given.status_code == 200


def test_an_application_without_functions_is_not_made(portal: httpx.Client) -> None:
    page = portal.post("/app/aplicacoes/novo", data={"name": "ERP", "kind": "portal"})

    assert page.status_code == 422
    assert "Escolha pelo menos uma" in page.text


def test_a_removed_application_is_worth_nothing(bs2: Bs2Simulator, portal: httpx.Client) -> None:
    app = new_application(portal)
    value = re.findall(r'id="refresh_token">([^<]+)<', app["page"])[0]

    portal.post(f"/app/aplicacoes/{app['api_key']}/excluir")

    assert refresh(bs2, app, value).status_code == 401


def test_another_company_s_application_is_left_alone(
    bs2: Bs2Simulator, portal: httpx.Client
) -> None:
    app = bs2.portal_application(PADARIA)

    for act in ("token", "excluir"):
        portal.post(f"/app/aplicacoes/{app['api_key']}/{act}")

    assert refresh(bs2, app).status_code == 200


def test_a_partner_is_shown_and_its_access_ended(bs2: Bs2Simulator, portal: httpx.Client) -> None:
    given = bs2.grant()
    assert "Kamino" in portal.get("/app/aplicacoes").text

    portal.post(f"/app/aplicacoes/consentimentos/{given['grant_id']}/revogar")

    assert balance(bs2, given["access_token"]).status_code == 401
    assert "Nenhum parceiro" in portal.get("/app/aplicacoes").text


def test_what_waits_is_approved_and_refused_in_the_app(
    bs2: Bs2Simulator, portal: httpx.Client
) -> None:
    with as_bearer(bs2, bs2.grant()["access_token"]) as api:
        first, second = (send(api).json()["solicitacaoId"] for _ in range(2))
    assert "Aguardando sua aprovação (2)" in portal.get("/app").text

    page = portal.post(f"/app/itens/{first}/aprovar")
    assert "Efetivado: Fornecedor Exemplo ME, R$ 2.350,00." in page.text
    portal.post(f"/app/itens/{second}/recusar")

    assert [order["state"] for order in bs2.orders()] == ["completed", "refused"]


def test_nobody_decides_for_another_company(bs2: Bs2Simulator, portal: httpx.Client) -> None:
    with as_bearer(bs2, bs2.grant(PADARIA)["access_token"]) as api:
        order_id = send(api).json()["solicitacaoId"]

    portal.post(f"/app/itens/{order_id}/aprovar")

    assert bs2.orders()[0]["state"] == "waiting"


def test_money_comes_in_from_the_app(bs2: Bs2Simulator, portal: httpx.Client) -> None:
    before = bs2.account()["balance"]
    form = {"name": "Cliente", "document": "60316817000103", "amount": "1.500,75", "kind": "PIX"}

    page = portal.post("/app/receber", data=form)

    assert "R$ 1.500,75 recebidos de Cliente." in page.text
    assert bs2.account()["balance"] == before + 150_075
    assert "Cliente" in portal.get("/app/extrato").text


def test_without_signing_in_only_the_door_is_seen(bs2: Bs2Simulator) -> None:
    page = httpx.get(f"{bs2.base_url}/app/aplicacoes", trust_env=False)

    assert "API Banking" not in page.text
    assert 'action="/app/entrar"' in page.text
