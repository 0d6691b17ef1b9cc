"""A person's session in the browser, and what every page is looked at for."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Page, ViewportSize

DESKTOP = ViewportSize(width=1280, height=900)
PHONE = ViewportSize(width=375, height=780)

Scheme = Literal["light", "dark"]
SCHEMES: tuple[Scheme, ...] = ("light", "dark")
# The rules of axe that look at colours. For all others light and dark are the same page.
OF_COLOURS = ("color-contrast", "link-in-text-block")
# Another scheme would come by transitions; so it is there at once.
WITHOUT_TRANSITIONS = """() => {
    const sheet = new CSSStyleSheet()
    sheet.replaceSync("*, ::before, ::after { transition: none !important }")
    document.adoptedStyleSheets.push(sheet)
}"""


# The elements that have other colours, or letters of another size, than when the page was last seen
# in this scheme: they or what is around them are drawn in another way, or could not be seen. And
# those that lie over others, wherever they lie now. The first time: the page.
MAY_DIFFER = """([scheme, again]) => {
    const LOOKS = [
        "color", "backgroundColor", "backgroundImage", "fontSize", "fontWeight", "opacity",
        "filter", "textShadow", "visibility", "position", "clip", "clipPath", "overflow",
    ]
    const numbers = (window.numbersOfLooks ??= new Map())
    const all = (window.looks ??= {})
    const before = again ? all[scheme] : new Map()
    const now = (all[scheme] = new Map())
    const found = new Set()
    for (const element of document.querySelectorAll("*")) {
        if (!element.checkVisibility()) continue
        const style = getComputedStyle(element)
        const own = LOOKS.map(name => style[name]).join()
        const look = `${now.get(element.parentElement)} ${own}`
        if (!numbers.has(look)) numbers.set(look, numbers.size)
        now.set(element, numbers.get(look))
        const liesOver = !["static", "relative"].includes(style.position)
        if (liesOver || before.get(element) !== now.get(element)) found.add(element)
    }
    return [...found].filter(element => !found.has(element.parentElement))
}"""
RUN_AXE = """async ([places, run]) => {
    if (places?.length === 0) return []
    const options = { resultTypes: ["violations"], ...run }
    return (await axe.run(places ? { include: places } : document, options)).violations
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
    other than of an answer whose status matches the pattern `answers`.

    Nothing turns while it waits: without a graphics card each frame of it is drawn by a core."""
    still: dict[str, Any] = {"reduced_motion": "reduce"}
    here = {"locale": "pt-BR", "timezone_id": "America/Sao_Paulo"}
    context = browser.new_context(**here | still | options)
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
    for number, window in enumerate(windows):
        page.set_viewport_size(window)
        found = faults_of(page, again=number > 0)
        faults += [f"{window['width']} px wide: {fault}" for fault in found]
    return faults


def faults_of(page: Page, *, again: bool = False) -> list[str]:
    """What axe finds wrong, light and dark, and a page that is wider than its window. `again`: the
    page was looked at just before in another window."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(Axe().axe_script)
        page.evaluate(WITHOUT_TRANSITIONS)
    faults = []
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        faults += [f"{scheme}: {fault}" for fault in violations(page, scheme, again)]
    width = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    if width > 0:
        faults.append(f"the page is {width} px wider than the window")
    return faults + [f"out of sight: {html}" for html in page.evaluate(OUT_OF_SIGHT)]


def violations(page: Page, scheme: Scheme, again: bool) -> list[str]:
    """To look at the colours of all texts takes most of axe's time: in another window it looks at
    those alone that may differ there."""
    places = page.evaluate_handle(MAY_DIFFER, [scheme, again])
    runs: list[dict[str, Any]] = []
    if scheme == "light":
        runs.append({"rules": {rule: {"enabled": not again} for rule in OF_COLOURS}})
    if again or scheme == "dark":
        runs.append({"runOnly": OF_COLOURS})
    return [
        f"{violation['id']}: {node['html'][:200]}"
        for run in runs
        for violation in page.evaluate(RUN_AXE, [places if "runOnly" in run else None, run])
        for node in violation["nodes"]
    ]


def sign_in(page: Page, address: str, who: tuple[str, str]) -> None:
    page.goto(f"{address}/conta/login/")
    page.get_by_label("E-mail").fill(who[0])
    page.get_by_label("Senha", exact=True).fill(who[1])
    page.get_by_role("button", name="Entrar", exact=True).click()
    page.wait_for_url(re.compile("/conciliar/|/para-aprovar/"))
