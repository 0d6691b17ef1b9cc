"""A person's session in the browser, and what every page is looked at for."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Literal

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Page, ViewportSize

DESKTOP = ViewportSize(width=1280, height=900)
PHONE = ViewportSize(width=375, height=780)

Scheme = Literal["light", "dark"]
# The rules of axe that look at colours. For all others light and dark are the same page.
OF_COLOURS = ("color-contrast", "link-in-text-block")
# Another scheme would come by transitions; so it is there at once.
WITHOUT_TRANSITIONS = """() => {
    const sheet = new CSSStyleSheet()
    sheet.replaceSync("*, ::before, ::after { transition: none !important }")
    document.adoptedStyleSheets.push(sheet)
}"""


# A form that was refused is answered so, which the browser calls an error.
REFUSED = "422"

# What can be pressed or filled in, and is cut off at a side by something around it: of a dialog
# that is open, else of the page. Filters in one line are pushed along with a finger.
OUT_OF_SIGHT = """() => {
    const place = document.querySelector("dialog[open]") ?? document.body
    const isCut = element => {
        const box = element.getBoundingClientRect()
        for (let around = element; (around = around.parentElement);) {
            const { left, right } = around.getBoundingClientRect()
            const isOpen = getComputedStyle(around).overflowX === "visible"
            if (!isOpen && (box.left < left - 1 || box.right > right + 1)) return true
        }
        return box.width > 1 && (box.left < -1 || box.right > innerWidth + 1)
    }
    return [...place.querySelectorAll("a, button, input, select, textarea, summary")]
        .filter(element => element.checkVisibility() && !element.closest(".chips--scroll, .skip"))
        .filter(isCut)
        .map(element => element.outerHTML.slice(0, 200))
}"""


@contextmanager
def new_page(browser: Browser, *, answers: str = REFUSED, **options: Any) -> Iterator[Page]:
    """A page in a session of its own. It fails at the end when its console told of an error,
    other than of an answer whose status matches the pattern `answers`."""
    context = browser.new_context(locale="pt-BR", timezone_id="America/Sao_Paulo", **options)
    page = context.new_page()
    page.set_default_timeout(20_000)
    complaints: list[str] = []
    page.on("console", lambda m: complaints.append(m.text) if is_complaint(m, answers) else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    try:
        yield page
    finally:
        context.close()
    assert complaints == [], complaints


def is_complaint(message: ConsoleMessage, answers: str) -> bool:
    return message.type == "error" and not re.search(f"status of ({answers}) ", message.text)


def look_at(page: Page, *addresses: str) -> None:
    """axe finds nothing and nothing is cut off: wide and narrow, light and dark."""
    faults = {}
    for address in addresses:
        page.goto(address)
        if found := faults_when(page, DESKTOP, PHONE):
            faults[address] = found
    assert not faults


def faults_when(page: Page, *windows: ViewportSize) -> list[str]:
    """What `faults_of` finds in windows of these sizes. The page stays loaded: no script of ours
    asks how wide the window is when it starts."""
    faults = []
    for window in windows:
        page.set_viewport_size(window)
        faults += [f"{window['width']} px wide: {fault}" for fault in faults_of(page)]
    return faults


def faults_of(page: Page) -> list[str]:
    """What axe finds wrong, light and dark, and a page that is wider than its window."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(Axe().axe_script)
        page.evaluate(WITHOUT_TRANSITIONS)
    return [
        f"{scheme}: {fault}"
        for scheme, rules in (("light", None), ("dark", OF_COLOURS))
        for fault in faults_in(page, scheme, rules)
    ]


def faults_in(page: Page, scheme: Scheme, rules: Sequence[str] | None) -> list[str]:
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    options = {"resultTypes": ["violations"]} | ({"runOnly": rules} if rules else {})
    faults = [
        f"{violation['id']}: {node['html'][:200]}"
        for violation in page.evaluate("options => axe.run(options)", options)["violations"]
        for node in violation["nodes"]
    ]
    width = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    if width > 0:
        faults.append(f"the page is {width} px wider than the window")
    return faults + [f"out of sight: {html}" for html in page.evaluate(OUT_OF_SIGHT)]


def sign_in(page: Page, address: str, who: tuple[str, str]) -> None:
    page.goto(f"{address}/conta/login/")
    page.get_by_label("E-mail").fill(who[0])
    page.get_by_label("Senha", exact=True).fill(who[1])
    page.get_by_role("button", name="Entrar", exact=True).click()
    page.wait_for_url(re.compile("/conciliar/|/para-aprovar/"))
