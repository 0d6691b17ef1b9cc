"""The apps of BS2 and of the Conta Kamino on a phone, as a person uses them."""

from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Browser, Page

from tests.bs2_simulator import Bs2Simulator
from tests.kamino_simulator import KaminoSimulator
from tests.simulator.bs2_calls import issue, send
from tests.simulator.kamino_calls import charge, key, pay, ted
from tests.simulator.phone import look, press, sign_in


@pytest.fixture(params=["light", "dark"])
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A phone."""
    context = browser.new_context(
        color_scheme=request.param, viewport={"width": 375, "height": 740}
    )
    yield context.new_page()
    context.close()


def enter(page: Page, address: str) -> None:
    page.goto(f"{address}/app")
    look(page)
    sign_in(page)


def visit(page: Page, link: str) -> None:
    """Follow the link, and look at the page when it is there."""
    with page.expect_navigation():
        page.get_by_role("link", name=link, exact=True).click()
    look(page)


def test_at_bs2_a_person_decides_receives_and_makes_an_application(
    bs2: Bs2Simulator, bs2_api: httpx.Client, page: Page
) -> None:
    for amount in (10, 20, 30):
        send(bs2_api, valor=amount)
    issue(bs2_api)
    enter(page, bs2.base_url)
    press(page, "OFICINA MODELO LTDA")
    page.get_by_text("Aguardando sua aprovação (3)").wait_for()
    look(page)
    for decision in ("Aprovar", "Recusar", "Deixar vencer"):
        press(page, decision)
    page.get_by_text("Nada espera a sua aprovação agora.").wait_for()
    visit(page, "Extrato")
    visit(page, "Receber")
    visit(page, "Cobranças")
    press(page, "Pagar o boleto")
    page.get_by_text("pago, o dinheiro chega em").wait_for()
    visit(page, "API Banking")
    visit(page, "Novo")
    page.get_by_label("Nome").fill("Kamino")
    press(page, "Criar")
    page.get_by_text("Refresh_Token", exact=True).wait_for()
    look(page)

    assert [order["state"] for order in bs2.orders()] == ["completed", "refused", "expired"]
    assert bs2.boletos()[0]["valorPago"] == 1500.75


def test_at_the_conta_kamino_a_person_decides_and_pays_a_charge(
    kamino: KaminoSimulator, kamino_api: httpx.Client, page: Page
) -> None:
    for number in (1, 2, 3):
        pay(kamino_api, ted(code=f"cp-{number}"))
    issued = kamino_api.post("/v1/charges", json=charge(), headers=key()).json()
    enter(page, kamino.base_url)
    page.get_by_text("Aguardando sua aprovação (3)").wait_for()
    look(page)
    for decision in ("Aprovar", "Recusar", "Deixar vencer"):
        press(page, decision)
    page.get_by_text("Nada espera a sua aprovação agora.").wait_for()
    visit(page, "Extrato")
    visit(page, "Receber")
    visit(page, "Cobranças")
    press(page, "Pagar com Pix")
    page.get_by_text("Cobrança paga.").wait_for()
    visit(page, "Integrações")

    states = [payment["state"] for payment in kamino.payments()]
    assert sorted(states) == ["completed", "expired", "refused"]
    assert kamino_api.get(f"/v1/charges/{issued['id']}").json()["status"] == "paid"
