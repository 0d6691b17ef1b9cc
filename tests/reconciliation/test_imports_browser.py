"""The pages of statement files, wide and narrow, light and dark: nothing is wrong."""

import pytest
from django.urls import reverse
from pytest_django.live_server_helper import LiveServer

from tenants.models import Tenant, User
from tests.banking.imports.making import applied, compared, csv, make_other, ofx, send
from tests.cast import PASSWORD
from tests.chromium import OpenBrowser
from tests.e2e import browser as browsing
from tests.people.factories import membership_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("monday")]
FEE = ("2026-11-10", "-1.20", "TARIFA PIX")
SALE = (
    "2026-11-11",
    "500.00",
    "PIX RECEBIDO COMPANHIA BRASILEIRA DE MANUTENCAO PREDIAL E SERVICOS",
)
RENT = ("2026-11-12", "-2300.00", "ALUGUEL")


def test_the_pages_of_statement_files_have_no_fault(
    live_server: LiveServer, tenant: Tenant, admin: User, open_browser: OpenBrowser
) -> None:
    by = membership_of(tenant, admin)
    account = make_other(tenant, by)
    done = applied(account, ofx(FEE, RENT, closing="10.00"), by)
    near = ("2026-11-13", "-2300.00", "PAGTO ALUGUEL")
    asked = compared(account, csv(FEE, SALE, near, ("2026-11-14", "9.99", "PIX")), by)
    another = compared(account, ofx(SALE, number="9999999-9"), by)
    mapping = compared(account, b"Quando;Que foi;Quanto\n10/11/2026;TARIFA;-1,20\n", by)
    refused = compared(account, b"%PDF-1.4 nada", by)
    waiting = send(account, ofx(RENT), by)
    of_file = [
        reverse("reconciliation:import", args=[file.id])
        for file in (done, asked, another, mapping, refused, waiting)
    ]
    pages = [
        reverse("banking:choose"),
        reverse("banking:other"),
        reverse("reconciliation:imports", args=[account.id]),
        f"{reverse('reconciliation:reconcile')}?conta={account.id}",
        reverse("integrations:account", args=[account.id]),
        *of_file,
        f"{of_file[1]}?mostrar=novas",
        f"{of_file[1]}?mostrar=faltam",
    ]

    faults = {}

    with open_browser() as browser, browsing.new_page(browser) as page:
        browsing.sign_in(page, live_server.url, (admin.email, PASSWORD))
        for each in pages:
            page.goto(live_server.url + each)
            if found := browsing.faults_when(page, browsing.DESKTOP, browsing.PHONE):
                faults[each] = found

    assert faults == {}
