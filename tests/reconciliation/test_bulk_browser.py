"""Lines are ticked on several pages, counted by the server, and acted on at once, in a browser."""

import re

import pytest
from playwright.sync_api import Page, Route, expect
from pytest_django.live_server_helper import LiveServer

from banking.models import BankAccount, StatementLine
from reconciliation.models import Match
from tenants.models import Tenant, User
from tenants.scope import tenant_scope
from tests.banking.factories import make_lines
from tests.cast import PASSWORD
from tests.charges.factories import membership
from tests.chromium import OpenBrowser
from tests.e2e import browser as browsing
from tests.payments.factories import make_bank_account
from tests.reconciliation.matched import DAY, line
from tests.reconciliation.stacked import created, entry_given_back, receipt_refunded, rest_paid

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


def test_what_goes_first_is_shown_and_undone_along(
    live_server: LiveServer, tenant: Tenant, operator: User, open_browser: OpenBrowser
) -> None:
    account, by = make_bank_account(tenant), membership(tenant)
    below, kept, barred = (
        rest_paid(account, by),
        line(account, "-7.00"),
        receipt_refunded(account, by),
    )
    created(kept, by)
    with open_browser() as browser, browsing.new_page(browser) as page:
        browsing.sign_in(page, live_server.url, (operator.email, PASSWORD))
        boxes = {
            row.id: page.locator(f"[data-line][value='{row.id}']")
            for row in (below.row, kept, barred.row)
        }
        for box in boxes.values():
            box.check()
        expect_selected(page, 3, "saem 47,00")
        page.get_by_role("button", name="Desfazer…").click()
        dialog = page.get_by_role("dialog")
        expect(dialog).to_contain_text("Desfazer 2 linhas?")
        expect(dialog.get_by_role("link")).to_have_count(1)
        expect(dialog.get_by_role("radio").first).to_be_checked()
        assert browsing.faults_when(page, browsing.DESKTOP, browsing.PHONE) == []
        page.set_viewport_size(browsing.DESKTOP)

        dialog.get_by_label(re.compile("juntos")).check()
        dialog.get_by_role("button", name="Desfazer").click()
        expect(page.get_by_text("2 desfeitas")).to_be_visible()
        # The line that went along was not ticked, and its row is as it is now too.
        (above,) = below.above
        expect(page.locator(f"#linha-{above.id}[data-pair='done']")).to_have_count(0)

    with tenant_scope(tenant.id):
        standing = Match.objects.of(tenant).standing().values_list("id", flat=True)
        assert list(standing) == [barred.match.id]


def test_where_all_waits_for_what_came_later_one_click_takes_it_along(
    live_server: LiveServer, tenant: Tenant, operator: User, open_browser: OpenBrowser
) -> None:
    account, by = make_bank_account(tenant), membership(tenant)
    below = entry_given_back(account, by)
    with open_browser() as browser, browsing.new_page(browser) as page:
        browsing.sign_in(page, live_server.url, (operator.email, PASSWORD))
        page.locator(f"[data-line][value='{below.row.id}']").check()
        page.get_by_role("button", name="Desfazer…").click()
        dialog = page.get_by_role("dialog")
        expect(dialog.get_by_role("link")).to_have_count(1)
        assert browsing.faults_when(page, browsing.DESKTOP, browsing.PHONE) == []
        page.set_viewport_size(browsing.DESKTOP)
        dialog.get_by_role("button", name="Desfazer juntos").click()
        expect(page.get_by_text("1 desfeita")).to_be_visible()

    with tenant_scope(tenant.id):
        assert not Match.objects.of(tenant).standing().exists()


def test_an_act_that_is_chosen_before_the_lines_are_counted_is_not_lost(
    live_server: LiveServer, tenant: Tenant, operator: User, open_browser: OpenBrowser
) -> None:
    row = line(make_bank_account(tenant), "-8.00")
    waiting: list[Route] = []
    with open_browser() as browser, browsing.new_page(browser) as page:
        browsing.sign_in(page, live_server.url, (operator.email, PASSWORD))
        counting = page.locator("[data-lines]").get_attribute("data-lines-url")
        page.route(f"**{counting}", lambda route: waiting.append(route))
        with page.expect_request(f"**{counting}"):
            page.locator(f"[data-line][value='{row.id}']").check()
        page.get_by_role("button", name="Ignorar…").click()

        expect(page.get_by_role("dialog")).to_be_visible()
        waiting[0].continue_()
        expect_selected(page, 1, "saem 8,00")


TELL = """tones => tones.forEach(tone => document.dispatchEvent(
    new CustomEvent("toast", { detail: { tone, text: "Conciliada." } })
))"""


def test_of_acts_that_went_well_only_the_last_is_told_and_no_failure_is_hidden(
    live_server: LiveServer, account: BankAccount, operator: User, open_browser: OpenBrowser
) -> None:
    with open_browser() as browser, browsing.new_page(browser) as page:
        browsing.sign_in(page, live_server.url, (operator.email, PASSWORD))
        page.evaluate(TELL, ["bad", "ok", "ok", "ok"])

        expect(page.locator("#toasts .toast--ok")).to_have_count(1)
        expect(page.locator("#toasts .toast--bad")).to_have_count(1)
