"""Lines are ticked on several pages, counted by the server, and acted on at once, in a browser."""

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from banking.models import BankAccount, StatementLine
from reconciliation.models import Match
from tenants.models import Tenant, User
from tenants.scope import tenant_scope
from tests.banking.factories import make_lines
from tests.cast import PASSWORD
from tests.chromium import OpenBrowser
from tests.e2e import browser as browsing
from tests.payments.factories import make_bank_account
from tests.reconciliation.matched import DAY

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("monday")]


@pytest.fixture
def account(tenant: Tenant) -> BankAccount:
    account = make_bank_account(tenant)
    make_lines(account, *["-10.00"] * 120, day=DAY, kind="other")
    return account


def expect_selected(page: Page, count: int, text: str) -> None:
    expect(page.locator(f"[data-selected='{count}']")).to_be_visible()
    expect(page.locator("#selection")).to_contain_text(text)


def test_ticks_survive_pages_and_are_what_is_acted_on(
    live_server: LiveServer, account: BankAccount, operator: User, open_browser: OpenBrowser
) -> None:
    """R-BLK01, R-DSP01."""
    with open_browser() as browser, browsing.new_page(browser, answers="422") as page:
        browsing.sign_in(page, live_server.url, (operator.email, PASSWORD))
        expect(page.locator("#selection")).to_be_hidden()
        page.get_by_role("link", name="Mostrar mais").click()
        boxes = page.locator("[data-line]")
        expect(boxes).to_have_count(100)
        boxes.nth(60).check()
        boxes.nth(61).check()
        expect_selected(page, 2, "saem 20,00")
        page.reload()
        expect_selected(page, 2, "saem 20,00")

        page.get_by_label("Selecionar as linhas mostradas").check()
        expect_selected(page, 52, "saem 520,00")
        page.get_by_role("button", name="Selecionar todas as 120 do filtro").click()
        expect_selected(page, 120, "saem 1.200,00")
        boxes.first.uncheck()
        expect_selected(page, 119, "saem 1.190,00")
        assert browsing.faults_when(page, browsing.DESKTOP, browsing.PHONE) == []
        page.set_viewport_size(browsing.DESKTOP)

        page.get_by_role("link", name="Esperam").click()
        expect(page.get_by_text("linhas foi limpa")).to_be_visible()
        expect(page.locator("#selection")).to_be_hidden()

        boxes.nth(0).check()
        boxes.nth(2).check()
        expect_selected(page, 2, "saem 20,00")
        page.get_by_role("button", name="Ignorar…").click()
        dialog = page.get_by_role("dialog")
        expect(dialog).to_contain_text("Ignorar 2 linhas?")
        dialog.get_by_role("button", name="Ignorar").click()
        expect(dialog.locator("[aria-invalid='true']")).to_be_visible()
        assert browsing.faults_when(page, browsing.DESKTOP, browsing.PHONE) == []
        page.set_viewport_size(browsing.DESKTOP)
        dialog.get_by_label("Motivo").fill("Lançadas em duplicidade pelo banco")
        dialog.get_by_role("button", name="Ignorar").click()
        expect(page.locator("[data-pair='done']")).to_have_count(2)
        expect(page.locator("#selection")).to_be_hidden()

    with tenant_scope(account.tenant_id):
        lines = StatementLine.objects.of(account.tenant_id)
        assert lines.filter(match_lines__is_ignored=True).count() == 2


def test_many_become_entries_of_one_classification_by_the_keyboard(
    live_server: LiveServer, account: BankAccount, operator: User, open_browser: OpenBrowser
) -> None:
    with open_browser() as browser, browsing.new_page(browser, answers="422") as page:
        browsing.sign_in(page, live_server.url, (operator.email, PASSWORD))
        boxes = page.locator("[data-line]")
        boxes.nth(0).check()
        boxes.nth(2).check()
        expect_selected(page, 2, "saem 20,00")
        page.get_by_role("button", name="Criar…").press("Enter")
        dialog = page.get_by_role("dialog")
        expect(dialog).to_contain_text("Criar 2 lançamentos?")
        expect(dialog.get_by_label("Classificação")).to_be_focused()
        assert browsing.faults_when(page, browsing.DESKTOP, browsing.PHONE) == []
        page.set_viewport_size(browsing.DESKTOP)

        dialog.get_by_label("Histórico").press("Enter")
        expect(dialog.locator("[aria-invalid='true']")).to_be_visible()
        dialog.get_by_label("Classificação").select_option(index=1)
        dialog.get_by_label("Histórico").press("Enter")
        expect(page.get_by_text("2 lançamentos criados")).to_be_visible()

    with tenant_scope(account.tenant_id):
        assert Match.objects.of(account.tenant_id).filter(kind="create").count() == 2
