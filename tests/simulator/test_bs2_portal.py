"""API Banking in BS2 Empresas: the account's own applications, and the partners it allows."""

import re
from collections.abc import Iterator

import httpx
import pytest

from tests.bs2_simulator import OFICINA, PADARIA, Bs2Simulator
from tests.loopback import LOOPBACK
from tests.simulator.bs2_calls import balance, refresh, token
from tests.simulator.people import at_oficina


@pytest.fixture
def portal(bs2: Bs2Simulator) -> Iterator[httpx.Client]:
    """Ana at BS2 Empresas, with OFICINA chosen."""
    with at_oficina(bs2.base_url) as client:
        yield client


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


def test_without_signing_in_only_the_door_is_seen(bs2: Bs2Simulator) -> None:
    page = httpx.get(f"{bs2.base_url}/app/aplicacoes", **LOOPBACK)

    assert "API Banking" not in page.text
    assert 'action="/app/entrar"' in page.text
