"""A person at the pages of a bank: Chromium, by label and button name."""

from playwright.sync_api import Page

from tests.e2e.browser import faults_of


def enter(page: Page, address: str) -> None:
    """Ana Souza at a bank's app, which lets her choose where she has several companies."""
    page.goto(f"{address}/app")
    look(page)
    sign_in(page)
    if page.get_by_role("button", name="OFICINA MODELO LTDA").count():
        look(page)
        press(page, "OFICINA MODELO LTDA")
    look(page)


def sign_in(page: Page) -> None:
    page.get_by_label("CPF").fill("529.982.247-25")
    page.get_by_label("Senha").fill("123456")
    press(page, "Entrar")


def press(page: Page, name: str) -> None:
    """Press a button and wait for the page that answers."""
    with page.expect_navigation():
        page.get_by_role("button", name=name, exact=True).first.click()


def visit(page: Page, link: str) -> None:
    """Follow the link, and look at the page when it is there."""
    with page.expect_navigation():
        page.get_by_role("link", name=link, exact=True).click()
    look(page)


def look(page: Page) -> None:
    """Nothing is wider than the phone, and axe finds nothing, light and dark."""
    faults = faults_of(page)
    assert faults == [], (page.url, faults)
