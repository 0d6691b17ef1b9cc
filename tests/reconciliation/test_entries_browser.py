"""«Lançamentos» in a browser: the list, an account's page, an entry, and the form by hand."""

import os
from pathlib import Path

import pytest
from django.urls import reverse
from pytest_django.live_server_helper import LiveServer

from accounts.chart.setup import open_bank_account_leaf
from accounts.models import JournalEntry
from payments.models import OutsidePayment
from tenants.models import Tenant, User
from tenants.scope import tenant_scope
from tests.accounts.books import account_of
from tests.accounts.books import make_entry as make_other
from tests.cast import PASSWORD
from tests.charges.factories import make_charge, membership
from tests.charges.issued import opened
from tests.chromium import OpenBrowser
from tests.e2e import browser as browsing
from tests.payments.factories import make_bank_account, make_known
from tests.reconciliation.matched import line, matched

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_journal_can_be_read_and_written_by_everybody(
    live_server: LiveServer, tenant: Tenant, operator: User, open_browser: OpenBrowser
) -> None:
    account, by = make_bank_account(tenant), membership(tenant)
    bill = make_known(tenant, "1250.00", approved=True, description="Aluguel de novembro")
    matched(line(account, "-1250.00"), bill, by=by)
    charge = opened(make_charge(tenant, account, "537.64", document_number="NF 1234"))
    matched(line(account, "537.64", description="PIX RECEBIDO"), charge, by=by)
    make_other(tenant, "80.00", memo="Material de escritório comprado com dinheiro do caixa")
    bank = open_bank_account_leaf(tenant, name="Itaú 12345-6")
    rent = account_of(tenant, "5.2.01")
    with tenant_scope(tenant.id):
        entry_id = OutsidePayment.objects.of(tenant).get().entry_id
        ledger = account.ledger_account_id

    with open_browser() as browser, browsing.new_page(browser) as page:
        browsing.sign_in(page, live_server.url, (operator.email, PASSWORD))
        addresses = {
            "lista": f"{live_server.url}/lancamentos/",
            "conta": f"{live_server.url}/lancamentos/?conta={ledger}",
            "lancamento": live_server.url + reverse("accounts:entry", args=[entry_id]),
            "novo": f"{live_server.url}/lancamentos/novo/",
        }
        if folder := os.environ.get("SHOTS"):
            for name, address in addresses.items():
                for size in (browsing.DESKTOP, browsing.PHONE):
                    for scheme in ("light", "dark"):
                        page.set_viewport_size(size)
                        page.emulate_media(color_scheme=scheme)
                        page.goto(address)
                        path = Path(folder) / f"{name}-{size['width']}-{scheme}.png"
                        page.screenshot(path=path, full_page=True)
        browsing.look_at(page, *addresses.values())

        page.goto(addresses["novo"])
        page.fill("#id_memo", "Provisão do aluguel")
        page.select_option("#id_account_1", str(rent.id))
        page.fill("#id_debit_1", "100,00")
        page.select_option("#id_account_2", str(bank.id))
        page.fill("#id_credit_2", "99,00")
        page.get_by_role("button", name="Salvar lançamento").click()
        page.get_by_text("não fecham").wait_for()
        page.fill("#id_credit_2", "100,00")
        page.check("#id_is_bank_seen")
        if folder:
            page.screenshot(path=Path(folder) / "novo-errado.png", full_page=True)
        page.get_by_role("button", name="Salvar lançamento").click()
        page.get_by_role("heading", name="Provisão do aluguel").wait_for()

    with tenant_scope(tenant.id):
        assert JournalEntry.objects.of(tenant).filter(is_by_hand=True).count() == 1
