"""Automatic matches are judged in a browser, and what people matched is rehearsed."""

import os
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from banking.models import BankAccount
from core.clock import database_now
from reconciliation.engine.run import work
from reconciliation.engine.sample import WEEK, draw, week_of
from reconciliation.models import Automation, Match, Sample
from tenants.models import Membership, Tenant
from tenants.scope import tenant_scope
from tests.cast import PASSWORD
from tests.chromium import OpenBrowser
from tests.e2e import browser as browsing
from tests.payments.factories import make_known
from tests.reconciliation.matched import line, make_entry, matched

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_wrong_match_is_judged_and_undone(
    live_server: LiveServer,
    tenant: Tenant,
    itau: BankAccount,
    ana: Membership,
    open_browser: OpenBrowser,
) -> None:
    with tenant_scope(tenant.id):
        Automation.objects.create(
            tenant=tenant, bank_account=itau, by_evidence=True, changed_by=ana.user
        )
    for amount in ("731.17", "412.55", "96.03"):
        bill = make_known(tenant, amount, approved=True)
        with tenant_scope(tenant.id):
            payee = bill.payee
        line(
            itau, f"-{amount}", bill.payment_date, counterparty_name=payee.name,
            counterparty_document=payee.document,
        )  # fmt: skip
    work(tenant.id)
    matched(line(itau, "-150.00"), make_entry(itau, "-150.00"), by=ana)
    draw(tenant.id, week_of(database_now()) + WEEK)  # of this week, as if it were over
    addresses = {
        name: live_server.url + reverse(f"reconciliation:{name}")
        for name in ("automation", "sample", "rehearsal")
    }

    with open_browser() as browser, browsing.new_page(browser) as page:
        browsing.sign_in(page, live_server.url, (ana.user.email, PASSWORD))
        page.goto(addresses["automation"])
        expect(page.locator("#ensaio-titulo")).to_be_visible()
        page.get_by_role("link", name="Conferir 3").click()
        page.get_by_role("button", name="Certo").first.click()
        expect(page.get_by_role("button", name="Certo")).to_have_count(2)
        page.get_by_role("button", name="Errado").first.click()
        page.get_by_role("button", name="Desfazer").click()
        page.wait_for_url("**/conciliar/?conta=**")
        if folder := os.environ.get("SHOTS"):
            shoot(page, Path(folder), addresses)
        browsing.look_at(page, *addresses.values())

    with tenant_scope(tenant.id):
        judged = Sample.objects.of(tenant)
        assert sorted(judged.values_list("is_right", flat=True), key=str) == [False, None, True]
        undone = Match.objects.of(tenant).undone().get()
        assert judged.get(is_right=False).match_id == undone.id


def shoot(page: Page, folder: Path, addresses: dict[str, str]) -> None:
    for name, address in addresses.items():
        for size in (browsing.DESKTOP, browsing.PHONE):
            page.set_viewport_size(size)
            page.goto(address)
            expect(page.locator("h1")).to_be_visible()
            page.wait_for_load_state("networkidle")
            path = folder / f"{name}-{size['width']}.png"
            page.screenshot(path=path, full_page=True)
