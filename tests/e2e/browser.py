"""A person's session in the browser, and what every page is looked at for."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Page

DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 375, "height": 780}


@contextmanager
def new_page(browser: Browser, **options: Any) -> Iterator[Page]:
    """A page in a session of its own. It fails at the end when its console told of an error."""
    context = browser.new_context(locale="pt-BR", timezone_id="America/Sao_Paulo", **options)
    page = context.new_page()
    page.set_default_timeout(20_000)
    complaints: list[str] = []
    page.on("console", lambda m: complaints.append(m.text) if is_complaint(m) else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    try:
        yield page
    finally:
        context.close()
    assert complaints == []


def is_complaint(message: ConsoleMessage) -> bool:
    """A form that was refused is answered with 422, which the browser calls an error."""
    return message.type == "error" and "status of 422" not in message.text


def faults_of(page: Page) -> list[str]:
    """What axe finds wrong, and a page that is wider than its window."""
    result = Axe().run(page, options={"resultTypes": ["violations"]})
    faults = [
        f"{violation['id']}: {node['html'][:200]}"
        for violation in result.response["violations"]
        for node in violation["nodes"]
    ]
    width = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    if width > 0:
        faults.append(f"the page is {width} px wider than the window")
    return faults


def sign_in(page: Page, address: str, who: tuple[str, str]) -> None:
    page.goto(f"{address}/conta/login/")
    page.get_by_label("E-mail").fill(who[0])
    page.get_by_label("Senha", exact=True).fill(who[1])
    page.get_by_role("button", name="Entrar").click()
    page.wait_for_url(re.compile("/conciliar/"))
