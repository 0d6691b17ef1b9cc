"""What a person does on a phone at a bank's pages, and what each page is looked at for."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page


def sign_in(page: Page) -> None:
    page.get_by_label("CPF").fill("529.982.247-25")
    page.get_by_label("Senha").fill("123456")
    press(page, "Entrar")


def press(page: Page, name: str) -> None:
    """Press a button and wait for the page that answers."""
    with page.expect_navigation():
        page.get_by_role("button", name=name, exact=True).first.click()


def look(page: Page) -> None:
    """Nothing is wider than the phone, and axe finds nothing."""
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url
    found = Axe().run(page)
    assert found.violations_count == 0, f"{page.url}\n{found.generate_report()}"
