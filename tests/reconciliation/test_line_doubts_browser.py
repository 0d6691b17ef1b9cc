"""«Linhas em dúvida» from the account to the answer, wide and narrow, light and dark."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect
from pytest_django.live_server_helper import LiveServer

from tenants.models import Tenant, User
from tests.banking.factories import make_account
from tests.banking.imports.making import applied, csv, lines, tell_by_api
from tests.cast import PASSWORD
from tests.chromium import OpenBrowser
from tests.e2e import browser as browsing
from tests.people.factories import membership_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("monday")]
FIRST = ("2026-11-09", "-1.20", "TARIFA")
RENT = ("2026-11-11", "-2300.00", "PAGTO ALUGUEL COMPANHIA BRASILEIRA DE MANUTENCAO PREDIAL")
LATER = ("2026-11-12", "-2300.00", "ALUGUEL")
LAST = ("2026-11-18", "-1.20", "TARIFA")


def test_a_doubt_is_answered_from_the_accounts_page(
    live_server: LiveServer, tenant: Tenant, admin: User, open_browser: OpenBrowser
) -> None:
    account = make_account(tenant, admin)
    applied(account, csv(FIRST, RENT, LAST), membership_of(tenant, admin))
    tell_by_api(account, [FIRST, LATER, LAST])
    asked = reverse("reconciliation:line_doubts", args=[account.id])
    faults = {}

    with open_browser() as browser, browsing.new_page(browser) as page:
        browsing.sign_in(page, live_server.url, (admin.email, PASSWORD))
        page.goto(f"{live_server.url}{reverse('reconciliation:reconcile')}?conta={account.id}")
        page.get_by_role("link", name="Responder").click()
        expect(page).to_have_url(live_server.url + asked)
        if found := browsing.faults_when(page, browsing.DESKTOP, browsing.PHONE):
            faults["asked"] = found
        page.get_by_role("button", name="É a mesma").click()
        expect(page.get_by_role("button", name="É a mesma")).to_have_count(0)
        if found := browsing.faults_when(page, browsing.DESKTOP, browsing.PHONE):
            faults["answered"] = found

    assert faults == {}
    assert lines(account) == [("11-09", "-1.20"), ("11-12", "-2300.00"), ("11-18", "-1.20")]
