"""The page where a person lets a partner act on an account, at the banks that have one."""

import httpx
import pytest

from tests.bank_controls import OFICINA, PADARIA
from tests.bs2_simulator import Bs2Simulator
from tests.cora_simulator import CoraSimulator
from tests.loopback import LOOPBACK
from tests.simulator.consenting import CALLBACK, ConsentAt, Person, answer_of, at_bs2, at_cora
from tests.simulator.people import BRUNO


@pytest.fixture(params=["cora", "bs2"])
def at(request: pytest.FixtureRequest, cora: CoraSimulator, bs2: Bs2Simulator) -> ConsentAt:
    return at_cora(cora) if request.param == "cora" else at_bs2(bs2)


def test_a_consent_gives_a_code_and_the_code_gives_tokens(at: ConsentAt) -> None:
    person = Person(at)
    person.sign_in()
    back = answer_of(person.allow())
    code = back.pop("code")

    given = at.exchange(code).json()

    assert back == {"state": "4f1c9a", "tenant": "7"}
    assert given["refresh_token"]
    held = at.simulator.account(OFICINA)["balance"]
    assert at.cents(at.balance(given["access_token"])) == held


def test_the_page_says_who_asks_and_what_for(at: ConsentAt) -> None:
    page = Person(at, **{at.parameter: at.scopes.split()[0]}).sign_in().text

    assert "Permitir o acesso de Kamino?" in page
    assert page.count("<li>") == 1
    assert f"<li>{at.words}</li>" in page


def test_the_company_chosen_is_the_account_reached(at: ConsentAt) -> None:
    token = at.exchange(at.code("PADARIA AURORA LTDA")).json()["access_token"]

    assert at.cents(at.balance(token)) == at.simulator.account(PADARIA)["balance"]


def test_two_companies_of_a_partner_have_tokens_of_their_own(at: ConsentAt) -> None:
    oficina = at.exchange(at.code()).json()
    at.exchange(at.code("PADARIA AURORA LTDA"))

    assert at.balance(oficina["access_token"]).status_code == 200


def test_a_person_sees_only_their_own_companies(at: ConsentAt) -> None:
    page = Person(at).sign_in(**BRUNO).text

    assert "TRANSPORTES VALE NORTE LTDA" in page
    assert "OFICINA" not in page


def test_a_company_of_somebody_else_cannot_be_chosen(at: ConsentAt) -> None:
    person = Person(at)
    person.sign_in(**BRUNO)

    refused = person.allow(account=str(at.simulator.account(OFICINA)["id"]))

    assert refused.status_code == 200
    assert "location" not in refused.headers
    assert 'role="alert"' in refused.text


def test_a_wrong_password_stays_on_the_page(at: ConsentAt) -> None:
    page = Person(at).sign_in(password="000000")

    assert page.status_code == 401
    assert 'role="alert"' in page.text
    assert 'name="session"' not in page.text


def test_a_session_that_ended_has_to_sign_in_again(at: ConsentAt) -> None:
    person = Person(at)
    person.sign_in()
    at.simulator.advance(9 * 3600)

    assert person.allow().status_code == 401


@pytest.mark.parametrize("signed_in", [True, False])
def test_a_refusal_goes_back_with_access_denied(at: ConsentAt, signed_in: bool) -> None:
    person = Person(at)
    if signed_in:
        person.sign_in()

    back = answer_of(person.submit(act="deny"))

    assert back == {"error": "access_denied", "state": "4f1c9a", "tenant": "7"}


@pytest.mark.parametrize(
    ("response_type", "scopes", "error"),
    [
        ("token", None, "unsupported_response_type"),
        ("code", "", "invalid_scope"),
        ("code", "everything", "invalid_scope"),
        ("code", "{known} everything", "invalid_scope"),
    ],
)
def test_a_wrong_request_goes_back_with_its_error(
    at: ConsentAt, response_type: str, scopes: str | None, error: str
) -> None:
    asked = at.scopes if scopes is None else scopes.format(known=at.scopes)
    wrong = {"response_type": response_type, at.parameter: asked}

    assert answer_of(Person(at, **wrong).page)["error"] == error


def test_scopes_have_the_parameter_of_their_bank(at: ConsentAt) -> None:
    other = {"scope": "scopes", "scopes": "scope"}[at.parameter]
    wrong = {at.parameter: "", other: at.scopes}

    assert answer_of(Person(at, **wrong).page)["error"] == "invalid_scope"


@pytest.mark.parametrize(
    "wrong",
    [
        {"client_id": "app-unknown"},
        {"client_id": ""},
        {"redirect_uri": ""},
        {"redirect_uri": "https://evil.example.com/"},
        {"redirect_uri": "http://127.0.0.1.evil.example.com/"},
        {"redirect_uri": "http://127.0.0.1@evil.example.com/"},
        {"redirect_uri": "http://127.0.0.1:9/#fragment"},
        {"redirect_uri": "javascript:alert(1)"},
    ],
)
def test_an_unknown_partner_or_address_is_never_redirected(
    at: ConsentAt, wrong: dict[str, str]
) -> None:
    page = Person(at, **wrong).page

    assert page.status_code == 400
    assert "location" not in page.headers


def test_a_code_is_good_once(at: ConsentAt) -> None:
    code = at.code()
    assert at.exchange(code).status_code == 200

    again = at.exchange(code)

    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")


def test_a_code_dies(at: ConsentAt) -> None:
    code = at.code()
    at.simulator.advance(at.code_seconds + 1)

    assert at.exchange(code).json()["error"] == "invalid_grant"


def test_a_code_lives_until_then(at: ConsentAt) -> None:
    code = at.code()
    at.simulator.advance(at.code_seconds - 10)

    assert at.exchange(code).status_code == 200


def test_a_code_wants_the_same_redirect_uri(at: ConsentAt) -> None:
    code = at.code()

    assert at.exchange(code, CALLBACK + "&x=1").json()["error"] == "invalid_grant"
    assert at.exchange(code).status_code == 200


def test_a_wrong_secret_is_401(at: ConsentAt) -> None:
    answer = httpx.post(
        at.simulator.base_url + at.token,
        data={"grant_type": "client_credentials"},
        auth=(at.keys[0], "wrong"),
        **LOOPBACK,
    )

    assert answer.status_code == 401
    assert answer.json()["error"] == "invalid_client"


def test_another_partner_returns_only_to_its_registered_address(cora: CoraSimulator) -> None:
    at, partner = at_cora(cora), cora.create_partner("ERP <Exemplo>", ["http://127.0.0.1:9/here"])
    known = Person(at, client_id=partner["client_id"], redirect_uri="http://127.0.0.1:9/here")
    other = Person(at, client_id=partner["client_id"], redirect_uri="http://127.0.0.1:9/there")

    assert "ERP &lt;Exemplo&gt;" in known.page.text
    assert other.page.status_code == 400


def test_a_code_of_another_partner_is_refused(cora: CoraSimulator) -> None:
    at, other = at_cora(cora), cora.create_partner("Outro", ["http://127.0.0.1:9/"])
    form = {"grant_type": "authorization_code", "code": at.code(), "redirect_uri": CALLBACK}

    answer = httpx.post(
        f"{cora.base_url}/oauth/token",
        data=form,
        auth=(other["client_id"], other["secret"]),
        **LOOPBACK,
    )

    assert answer.json()["error"] == "invalid_grant"
