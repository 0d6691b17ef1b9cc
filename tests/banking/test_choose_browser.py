"""The choice of bank in a browser, with the steps of every bank unfolded."""

import pytest
from playwright.sync_api import expect
from pytest_django.live_server_helper import LiveServer

from tenants.models import Plan, Tenant, User
from tenants.services import change_plan
from tests.cast import PASSWORD
from tests.chromium import OpenBrowser
from tests.e2e import browser as browsing

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("plan", [Plan.COMPASS, Plan.NORTH])
def test_the_steps_unfold_and_the_page_has_no_fault(
    live_server: LiveServer,
    tenant: Tenant,
    admin: User,
    open_browser: OpenBrowser,
    plan: Plan,
) -> None:
    change_plan(tenant, plan)

    with open_browser() as browser, browsing.new_page(browser) as page:
        browsing.sign_in(page, live_server.url, (admin.email, PASSWORD))
        page.goto(f"{live_server.url}/contas/conectar/")
        for summary in page.locator(".option__opening summary").all():
            summary.click()
        expect(page.locator(".option__opening .steps")).to_have_count(3)
        expect(page.locator(".option__opening .steps li").last).to_be_visible()
        faults = browsing.faults_when(page, browsing.DESKTOP, browsing.PHONE)

    assert faults == []
