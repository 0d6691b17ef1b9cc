"""An admin decides in a browser what becomes of a Pix; the page is sound in every form it has."""

import pytest
from playwright.sync_api import expect
from pytest_django.live_server_helper import LiveServer

from tenants.models import Tenant, User
from tests.banking.factories import reread
from tests.cast import PASSWORD
from tests.chromium import OpenBrowser
from tests.e2e import browser as browsing
from tests.payments.factories import PIX_ACCOUNT, PIX_KEY, make_bank_account, make_payable

pytestmark = pytest.mark.django_db(transaction=True)


def test_an_admin_reads_what_ted_changes_and_chooses_it(
    live_server: LiveServer, tenant: Tenant, admin: User, open_browser: OpenBrowser
) -> None:
    account = make_bank_account(tenant)
    make_payable(tenant, "100.00", destination=PIX_ACCOUNT)
    make_payable(tenant, "30.00", destination=PIX_KEY, payee_document="11444777000161")

    with open_browser() as browser, browsing.new_page(browser, viewport=browsing.DESKTOP) as page:
        browsing.sign_in(page, live_server.url, (admin.email, PASSWORD))
        page.get_by_role("link", name="Integrações bancárias").click()
        page.get_by_role("link", name="Cora", exact=True).click()
        ted = page.get_by_role("radio", name=account.PixPolicy.TED.label)
        expect(page.locator("#pix-ted-efeito")).to_contain_text("R$ 30,00")
        ted.check()
        sending = page.get_by_role("region", name="Envio de pagamentos")
        sending.get_by_role("button", name="Gravar").click()

        expect(page.locator("#toasts .toast--ok")).to_be_visible()
        expect(ted).to_be_checked()

    assert reread(account).pix_policy == "ted"


def test_the_page_has_no_fault(
    live_server: LiveServer, tenant: Tenant, admin: User, open_browser: OpenBrowser
) -> None:
    account = make_bank_account(tenant)
    make_payable(tenant, approved=True, destination=PIX_KEY)

    with open_browser() as browser, browsing.new_page(browser) as page:
        browsing.sign_in(page, live_server.url, (admin.email, PASSWORD))
        page.goto(f"{live_server.url}/configuracoes/integracoes-bancarias/{account.id}/")
        faults = browsing.faults_when(page, browsing.DESKTOP, browsing.PHONE)

    assert faults == []
