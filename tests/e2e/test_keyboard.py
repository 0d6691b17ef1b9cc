"""«Conciliar» by the keyboard alone: few keys a line, and no page is loaded."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from banking.models import BankAccount
from reconciliation.engine.run import work
from reconciliation.matches.create import Slice, create_entry
from reconciliation.matches.ignore import ignore
from reconciliation.models import Match, Transfer
from tenants.models import Membership, Tenant
from tenants.scope import tenant_scope
from tests.cast import PASSWORD
from tests.charges.factories import make_charge, make_payer, membership
from tests.charges.issued import opened
from tests.chromium import OpenBrowser
from tests.e2e import browser as browsing
from tests.payments.factories import make_bank_account
from tests.reconciliation.matched import DAY, account_named, line

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("monday")]

ACCEPT, CREATE, TRANSFER, IGNORE = "Enter", "c", "t", "i"
MOST_KEYS = 3  # a line
# Ten lines, of every act, and the last, which is undone, say to axe what a hundred say.
SHORTEN = (
    "() => [...document.querySelectorAll('[data-pair]')].slice(10, -1).forEach(x => x.remove())"
)


@dataclass
class Keyboard:
    page: Page
    pressed: list[str] = field(default_factory=list)

    def press(self, key: str) -> None:
        self.pressed.append(key)
        self.page.keyboard.press(key)


@pytest.fixture
def ana(tenant: Tenant) -> Membership:
    return membership(tenant)


@pytest.fixture
def account(tenant: Tenant, ana: Membership) -> BankAccount:
    """What was classified and ignored before is offered again."""
    account = make_bank_account(tenant)
    make_bank_account(tenant, preferred=False)
    before = DAY - timedelta(days=5)
    with tenant_scope(tenant.id):
        create_entry(
            line(account, "-3.00", before).id,
            [Slice(account_named(tenant, "5.3.02").id)],
            by=ana,
        )
        ignore(line(account, "-2.00", before).id, by=ana, why="Teste do banco")
    return account


def make_work(tenant: Tenant, account: BankAccount, acts: Sequence[str]) -> None:
    """Lines of one day: the last one made stands first on the page."""
    for number, act in reversed(list(enumerate(acts))):
        if act == ACCEPT:
            amount = f"{100 + number}.00"
            payer = make_payer(tenant)
            opened(make_charge(tenant, account, amount, payer=payer))
            line(account, amount, counterparty_document=payer.document)
        else:  # below what a person alone may ignore in a day
            line(account, f"-1.{number:02}")
    work(tenant.id)


def reconcile_all(
    address: str, who: Membership, acts: Sequence[str], open_browser: OpenBrowser
) -> Keyboard:
    with open_browser() as browser, browsing.new_page(browser) as page:
        browsing.sign_in(page, address, (who.user.email, PASSWORD))
        page.goto(f"{address}/conciliar/?situacao=esperam")
        while page.get_by_role("link", name="Mostrar mais").count():
            before = page.locator("[data-pair]").count()
            page.get_by_role("link", name="Mostrar mais").click()
            expect(page.locator("[data-pair]")).not_to_have_count(before)
        expect(page.locator("[data-pair='open']")).to_have_count(len(acts))
        loads: list[str] = []
        page.on("framenavigated", lambda frame: loads.append(frame.url))
        keyboard = Keyboard(page)
        keyboard.press("j")
        for act in acts:  # as fast as keys are pressed: none waits for the answer before it
            keyboard.press(act)
            if act != ACCEPT:
                keyboard.press("Enter")
        expect(page.locator("[data-pair='done']")).to_have_count(len(acts), timeout=120_000)
        expect(page.locator(".htmx-added")).to_have_count(0)  # the last one's links are htmx's now
        assert loads == []
        undo_the_last(page, len(acts))
        page.evaluate(SHORTEN)
        assert browsing.faults_when(page, browsing.DESKTOP, browsing.PHONE) == []
    return keyboard


def undo_the_last(page: Page, done: int) -> None:
    page.keyboard.press("u")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.locator("[data-pair='done']")).to_have_count(done - 1)
    expect(page.get_by_role("dialog")).to_be_hidden()
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox").first).to_be_focused()
    page.locator("[data-pair]").first.focus()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Teclas")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("x")
    expect(page.locator("[data-selected='1']")).to_be_visible()


def expect_done(account: BankAccount, acts: Sequence[str]) -> None:
    with tenant_scope(account.tenant_id):
        standing = Match.objects.of(account.tenant_id).standing()
        kinds = list(standing.values_list("kind", flat=True))
        assert kinds.count("match") == acts.count(ACCEPT)
        assert kinds.count("create") == acts.count(CREATE) + 1
        assert kinds.count("ignore") == acts.count(IGNORE) + 1
        assert Transfer.objects.of(account.tenant_id).count() == acts.count(TRANSFER)


def test_a_hundred_lines_take_few_keys_and_load_no_page(
    live_server: LiveServer,
    tenant: Tenant,
    account: BankAccount,
    ana: Membership,
    open_browser: OpenBrowser,
) -> None:
    ten = [ACCEPT, CREATE, ACCEPT, ACCEPT, TRANSFER, ACCEPT, IGNORE, ACCEPT, ACCEPT, CREATE]
    acts = ten * 10
    make_work(tenant, account, acts)

    keyboard = reconcile_all(live_server.url, ana, acts, open_browser)

    assert len(keyboard.pressed) <= MOST_KEYS * len(acts)
    expect_done(account, acts[:-1])  # the last one was undone
