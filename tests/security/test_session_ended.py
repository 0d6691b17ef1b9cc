"""A session that ended: nothing is done, nothing typed is lost, and nobody else gets it."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser

from accounts.models import ClassificationGroup
from tenants.models import Role, Tenant, User
from tenants.scope import tenant_scope
from tests.cast import PASSWORD, make_member, sign_in
from tests.clock import travel
from tests.core.script_page import load

LOGIN = "/conta/login/"


@pytest.fixture
def form() -> str:
    return reverse("accounts:new_group")


@pytest.fixture
def away(client: Client, tenant: Tenant, admin: User) -> Client:
    """An admin who was signed in, and is away for an hour."""
    sign_in(client, admin, tenant)
    client.defaults["REMOTE_ADDR"] = "192.0.2.200"
    return client


def hour_later() -> travel:
    return travel(timezone.now() + timedelta(hours=1))


def come_back(client: Client, user: User, to: str) -> Any:
    return client.post(LOGIN, {"login": user.email, "password": PASSWORD, "next": to})


def kept_on(client: Client, page: str) -> dict[str, str] | None:
    """What comes back on a page, as its script reads it."""
    html = client.get(page).content.decode()
    if 'id="kept-form"' not in html:
        return None
    data = html.split('id="kept-form" type="application/json">')[1].split("</script>")[0]
    return dict(json.loads(data)["values"])


def groups(tenant: Tenant) -> set[str]:
    with tenant_scope(tenant.id):
        return set(ClassificationGroup.objects.of(tenant).values_list("name", flat=True))


def post(client: Client, form: str, **values: str) -> Any:
    return client.post(form, values, headers={"Referer": f"http://testserver{form}"})


@pytest.mark.django_db
def test_a_form_comes_back_after_the_sign_in_and_nothing_was_done(
    away: Client, tenant: Tenant, admin: User, form: str
) -> None:
    with hour_later():
        answer = post(away, form, name="Despesas novas", csrfmiddlewaretoken="x")
        assert answer.url == f"{LOGIN}?next={form.replace('/', '%2F')}"
        assert come_back(away, admin, form).url == form
        back = kept_on(away, form)

        assert back == {"name": "Despesas novas"}
        assert "Despesas novas" not in groups(tenant)
        assert kept_on(away, form) is None  # once


@pytest.mark.django_db
def test_it_comes_back_to_no_other_person(away: Client, tenant: Tenant, form: str) -> None:
    other = make_member(tenant, Role.ADMIN)

    with hour_later():
        post(away, form, name="Despesas novas")
        come_back(away, other, form)

        assert kept_on(away, form) is None


@pytest.mark.django_db
def test_it_comes_back_to_no_other_page_and_not_for_ever(
    away: Client, admin: User, form: str
) -> None:
    with hour_later():
        post(away, form, name="Despesas novas")
        come_back(away, admin, form)
        assert kept_on(away, reverse("accounts:groups")) is None
    with travel(timezone.now() + timedelta(hours=1, minutes=25)):
        away.get(reverse("accounts:groups"))
    with travel(timezone.now() + timedelta(hours=1, minutes=50)):
        away.get(reverse("accounts:groups"))
    with travel(timezone.now() + timedelta(hours=2, minutes=1)):
        assert kept_on(away, form) is None


@pytest.mark.django_db
def test_no_secret_is_kept_and_the_rest_is_sealed(away: Client, admin: User, form: str) -> None:
    with hour_later():
        post(
            away, form, name="Fulano de Tal", senha="a", client_secret="b", password1="c", code="d"
        )
        stored = json.dumps(dict(away.session.items()))
        come_back(away, admin, form)

        assert "Fulano" not in stored
        assert kept_on(away, form) == {"name": "Fulano de Tal"}


@pytest.mark.django_db
def test_of_a_form_with_a_banks_secrets_nothing_is_kept(away: Client) -> None:
    with hour_later():
        post(away, reverse("banking:mode", args=["bs2", "portal"]), api_key="k-1")

    assert "kept_form" not in away.session


@pytest.mark.django_db
def test_who_signed_out_in_another_tab_loses_nothing_either(
    away: Client, admin: User, form: str
) -> None:
    away.post("/conta/logout/")
    post(away, form, name="Despesas novas")
    come_back(away, admin, form)

    assert kept_on(away, form) == {"name": "Despesas novas"}


@pytest.mark.django_db
def test_a_stranger_leaves_nothing_with_us(client: Client, tenant: Tenant, form: str) -> None:
    answer = post(client, form, name="x" * 1000)

    assert answer.url.startswith(LOGIN)
    assert "kept_form" not in client.session


@pytest.mark.django_db
def test_htmx_is_answered_with_a_dialog_that_leads_back(
    away: Client, tenant: Tenant, form: str
) -> None:
    htmx = {"HX-Request": "true", "HX-Current-URL": "http://testserver/pagamentos/?dia=hoje"}
    with hour_later():
        for answer in (away.get(form, headers=htmx), away.post(form, headers=htmx)):
            assert (answer.status_code, answer["HX-Retarget"]) == (401, "#dialogs")
            assert f"{LOGIN}?next=%2Fpagamentos%2F%3Fdia%3Dhoje" in answer.content.decode()
            assert "<html" not in answer.content.decode()


@pytest.mark.django_db
def test_no_other_site_is_returned_to(away: Client, form: str) -> None:
    with hour_later():
        answer = away.post(form, {"name": "x"}, headers={"Referer": "https://mal.example/alvo"})

    assert answer.url == f"{LOGIN}?next=%2F"


@pytest.mark.django_db
def test_a_form_that_is_only_kept_is_never_an_act(
    client: Client, tenant: Tenant, admin: User, form: str
) -> None:
    sign_in(client, admin, tenant)

    answer = post(client, form, name="Despesas novas", _keep="1", _company=str(tenant.id))

    assert answer.url == form
    assert "Despesas novas" not in groups(tenant)
    assert kept_on(client, form) == {"name": "Despesas novas"}


FORM = (
    '<main><form method="post" action="/alvo/"><input name="nome" value="antes">'
    '<select name="tipo"><option>a</option><option>b</option></select>'
    '<input type="checkbox" name="sim" value="1"><input type="hidden" name="visto" value="v1">'
    "<button>Gravar</button></form></main>"
    '<a href="/entrar/" data-keep-form>Entrar</a>'
)


def test_the_script_fills_the_form_of_that_address_and_no_hidden_field(browser: Browser) -> None:
    page = browser.new_page()
    values = [["nome", "depois"], ["tipo", "b"], ["sim", "1"], ["visto", "falso"]]
    data = json.dumps({"action": "/alvo/", "values": values})
    island = f'<script id="kept-form" type="application/json">{data}</script>'
    load(page, FORM + FORM.replace("/alvo/", "/outro/") + island, "kept_form.js")

    first, second = page.locator("form").all()
    assert first.locator("[name=nome]").input_value() == "depois"
    assert first.locator("[name=tipo]").input_value() == "b"
    assert first.locator("[name=sim]").is_checked()
    assert first.locator("[name=visto]").input_value() == "v1"
    assert second.locator("[name=nome]").input_value() == "antes"


def test_the_script_hands_over_what_was_changed_before_it_leaves(browser: Browser) -> None:
    page = browser.new_page()
    posted = load(page, FORM, "kept_form.js")
    page.fill("[name=nome]", "digitado")

    with page.expect_response("**/alvo/"):
        page.click("a")

    assert posted == ["nome=digitado&tipo=a&visto=v1&_keep=1"]
