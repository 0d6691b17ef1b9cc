"""Keys that are pressed while a row of «Conciliar» comes or has just come: no page is loaded."""

import re

import pytest
from playwright.sync_api import Page, Route, expect
from pytest_django.live_server_helper import LiveServer

from banking.models import BankAccount
from reconciliation.engine.run import work
from tenants.models import Membership, Tenant
from tenants.scope import tenant_scope
from tests.cast import PASSWORD
from tests.charges.factories import make_charge, make_payer, membership
from tests.charges.issued import opened
from tests.chromium import OpenBrowser
from tests.e2e import browser as browsing
from tests.payments.factories import make_bank_account
from tests.reconciliation.matched import line

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("monday")]

PRESS = """keys => {
    for (const key of keys) {
        const told = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true })
        document.activeElement.dispatchEvent(told)
    }
}"""
# In the first moment in which the browser takes a key after a row came.
PRESS_WHEN_SWAPPED = f"""key => {{
    const press = ({{ target }}) => {{
        if (target.matches("[data-pair]")) {{
            document.removeEventListener("htmx:afterSwap", press)
            setTimeout(() => ({PRESS})([key]))
        }}
    }}
    document.addEventListener("htmx:afterSwap", press)
}}"""
# Once all that hears of an answer has heard of it.
TELL_ANSWERED = """() => {
    const send = XMLHttpRequest.prototype.send
    XMLHttpRequest.prototype.send = function (...body) {
        this.addEventListener("loadend", () => { document.body.dataset.answered = "" })
        send.apply(this, body)
    }
}"""
OFFERED = "[data-pair='open']:has([data-key='Enter'])"


@pytest.fixture
def ana(tenant: Tenant) -> Membership:
    return membership(tenant)


@pytest.fixture
def offered(tenant: Tenant, ana: Membership) -> None:
    """A line of which a charge is proposed."""
    account, payer = make_bank_account(tenant), make_payer(tenant)
    opened(make_charge(tenant, account, "412.55", payer=payer))
    line(account, "412.55", counterparty_document=payer.document)
    work(tenant.id)


def open_page(page: Page, address: str, who: Membership) -> list[str]:
    """On the line's row; the addresses of what is loaded from now on."""
    browsing.sign_in(page, address, (who.user.email, PASSWORD))
    page.goto(f"{address}/conciliar/?situacao=esperam")
    page.locator(OFFERED).focus()
    loads: list[str] = []
    page.on("framenavigated", lambda frame: loads.append(frame.url))
    return loads


def expect_asked(page: Page) -> None:
    expect(page.get_by_role("dialog", name="Desfazer esta conciliação?")).to_be_visible()


@pytest.mark.usefixtures("offered")
def test_undoing_in_the_moment_in_which_a_row_comes_asks_in_a_dialog(
    live_server: LiveServer, ana: Membership, open_browser: OpenBrowser
) -> None:
    with open_browser() as browser, browsing.new_page(browser) as page:
        loads = open_page(page, live_server.url, ana)
        page.evaluate(PRESS_WHEN_SWAPPED, "u")
        page.keyboard.press("Enter")
        expect_asked(page)
        assert loads == []


@pytest.mark.usefixtures("offered")
def test_undoing_before_the_act_is_answered_is_of_that_act(
    live_server: LiveServer, ana: Membership, open_browser: OpenBrowser
) -> None:
    with open_browser() as browser, browsing.new_page(browser) as page:
        loads = open_page(page, live_server.url, ana)
        page.evaluate(PRESS, ["Enter", "u"])
        expect_asked(page)
        assert loads == []


@pytest.mark.usefixtures("offered")
def test_a_form_is_closed_in_the_moment_in_which_it_comes(
    live_server: LiveServer, ana: Membership, open_browser: OpenBrowser
) -> None:
    with open_browser() as browser, browsing.new_page(browser) as page:
        loads = open_page(page, live_server.url, ana)
        page.evaluate(PRESS_WHEN_SWAPPED, "Escape")
        with page.expect_response(re.compile(r"/conciliar/linhas/[^/]+/$")):  # «Voltar»
            page.keyboard.press("c")
        expect(page.locator("[data-act-form]")).to_have_count(0)
        expect(page.locator(OFFERED)).to_have_count(1)
        assert loads == []


@pytest.mark.usefixtures("offered")
def test_keys_for_a_row_that_left_the_page_are_dropped_and_the_next_ones_count(
    live_server: LiveServer, tenant: Tenant, ana: Membership, open_browser: OpenBrowser
) -> None:
    with tenant_scope(tenant.id):
        account = BankAccount.objects.of(tenant).get()
    line(account, "-7.00")
    with open_browser() as browser, browsing.new_page(browser) as page:
        open_page(page, live_server.url, ana)
        other = page.locator(f"[data-pair='open']:not({OFFERED})")

        def leave(route: Route) -> None:
            page.evaluate(PRESS, ["c"])
            page.evaluate("offered => document.querySelector(offered).remove()", OFFERED)
            route.continue_()

        page.route(re.compile("/aceitar/"), leave)
        page.evaluate(TELL_ANSWERED)
        page.keyboard.press("Enter")
        expect(page.locator("body[data-answered]")).to_have_count(1)
        page.keyboard.press("j")
        expect(other).to_be_focused()
        expect(page.locator("[data-act-form]")).to_have_count(0)
