"""The pages of statement files, wide and narrow, light and dark: nothing is wrong."""

import pytest
from django.urls import reverse
from playwright.sync_api import FilePayload, expect
from pytest_django.live_server_helper import LiveServer

from banking.models import StatementFile
from tenants.models import Tenant, User
from tenants.scope import tenant_scope
from tests.banking.imports.making import applied, compared, csv, lines, make_other, ofx, send, work
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
        reverse("banking:other"),
        reverse("reconciliation:imports", args=[account.id]),
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


def test_several_files_are_dropped_at_once_compared_and_applied(
    live_server: LiveServer, tenant: Tenant, admin: User, open_browser: OpenBrowser
) -> None:
    account = make_other(tenant, membership_of(tenant, admin))
    sent = [
        FilePayload(name="novembro.ofx", mimeType="application/x-ofx", buffer=ofx(FEE, RENT)),
        FilePayload(name="foto.ofx", mimeType="image/jpeg", buffer=b"\xff\xd8\xff\xe0" * 99),
    ]

    with open_browser() as browser, browsing.new_page(browser) as page:
        browsing.sign_in(page, live_server.url, (admin.email, PASSWORD))
        page.goto(live_server.url + reverse("reconciliation:imports", args=[account.id]))
        page.set_input_files("input[type=file]", sent)
        page.get_by_role("button", name="Enviar e comparar").click()
        expect(page.get_by_role("link", name="novembro.ofx")).to_be_visible()
        expect(page.get_by_role("link", name="foto.ofx")).to_be_visible()
        address = page.get_by_role("link", name="novembro.ofx").get_attribute("href")

    with tenant_scope(tenant.id):
        files = {file.name: file for file in StatementFile.objects.of(tenant)}
    assert work(files["foto.ofx"]).status == StatementFile.Status.REFUSED
    work(files["novembro.ofx"])

    with open_browser() as browser, browsing.new_page(browser) as page:
        browsing.sign_in(page, live_server.url, (admin.email, PASSWORD))
        page.goto(f"{live_server.url}{address}")
        page.get_by_role("button", name="Aplicar 2 novas").click()
        page.wait_for_url(f"**{address}")
    work(files["novembro.ofx"])

    assert lines(account) == [("11-10", "-1.20"), ("11-12", "-2300.00")]
