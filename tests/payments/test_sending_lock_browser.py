"""An admin is told in a browser that sending is locked, looks and releases it."""

import pytest
from playwright.sync_api import ViewportSize, expect
from pytest_django.live_server_helper import LiveServer

from payments.orders.sending_lock import lock_sending
from tenants.models import Tenant, User
from tenants.scope import tenant_scope
from tests.cast import PASSWORD
from tests.chromium import OpenBrowser
from tests.e2e import browser as browsing
from tests.payments.factories import make_bank_account, make_payable

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("window", [browsing.DESKTOP, browsing.PHONE], ids=["desktop", "phone"])
def test_an_admin_looks_and_releases(
    live_server: LiveServer,
    tenant: Tenant,
    admin: User,
    open_browser: OpenBrowser,
    window: ViewportSize,
) -> None:
    make_bank_account(tenant)
    make_payable(tenant, "1250.00", approved=True)
    lock_sending(tenant)

    with open_browser() as browser, browsing.new_page(browser, viewport=window) as page:
        browsing.sign_in(page, live_server.url, (admin.email, PASSWORD))
        page.get_by_role("link", name="Ver o que conferir").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Envios bloqueados")
        faults = browsing.faults_of(page)
        page.get_by_role("button", name="Liberar envios").click()
        expect(page.locator(".errorlist")).to_be_visible()
        page.get_by_role("checkbox").check()
        page.get_by_role("button", name="Liberar envios").click()

        expect(page.locator("#toasts .toast--ok")).to_be_visible()
        expect(page.locator(".main > .note")).to_have_count(0)

    assert faults == []
    with tenant_scope(tenant.id):
        assert Tenant.objects.get(id=tenant.id).sending_locked_at is None
