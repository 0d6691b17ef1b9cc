"""«Regras de extrato» in a browser: written, tried, dragged, moved by keys, applied."""

import os
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import expect
from pytest_django.live_server_helper import LiveServer

from banking.models import BankAccount
from reconciliation.matches.create import Slice, create_entry
from reconciliation.models import Rule
from reconciliation.rules.edit import switch_rule
from tenants.models import Membership, Tenant
from tenants.scope import tenant_scope
from tests.cast import PASSWORD
from tests.chromium import OpenBrowser
from tests.e2e import browser as browsing
from tests.payments.factories import make_bank_account
from tests.reconciliation.matched import account_named, line
from tests.reconciliation.ruled import (
    applied,
    begins,
    entry,
    ignoring,
    make_rule,
    moving,
    pattern,
    when,
)

pytestmark = pytest.mark.django_db(transaction=True)


def make_page(tenant: Tenant, itau: BankAccount, ana: Membership) -> list[Rule]:
    """Rules of each kind, some used, one off; lines that one of them fits; an offer."""
    savings = make_bank_account(tenant, preferred=False)
    rules = [
        make_rule(ana, when("TAR", side="out", most=20)),
        make_rule(ana, moving(begins("RESG AUT; APLIC AUT"), savings)),
        make_rule(ana, entry(ana, when(party_name="Imobiliária Centro"), name="Aluguel")),
        make_rule(ana, entry(ana, pattern(r"IOF.*CRED"), "5.3.02")),
        make_rule(ana, ignoring(when("SALDO ANTERIOR"), "Linha de saldo do banco")),
    ]
    applied(ana, *(line(itau, "-12.00", description="TAR PACOTE") for _ in range(3)))
    with tenant_scope(tenant.id):
        switch_rule(rules[-1].id, on=False, by=ana)
    for number in range(2):
        row = line(itau, "-180.00", description=f"POSTO IPIRANGA {number}21")
        slices = [Slice(account_named(tenant, "5.3.02").id)]
        with tenant_scope(tenant.id):
            create_entry(row.id, slices, by=ana)
    for number in range(6):
        line(itau, f"-{320 + number}.00", description="AWS BRASIL 11/2026")
    line(itau, "-9.90", description="TAR MENSAL")
    return rules


def test_rules_are_written_tried_ordered_and_applied(
    live_server: LiveServer,
    tenant: Tenant,
    itau: BankAccount,
    ana: Membership,
    open_browser: OpenBrowser,
    monday: object,
) -> None:
    rules = make_page(tenant, itau, ana)
    address = live_server.url + reverse("reconciliation:rules")
    one = live_server.url + reverse("reconciliation:rule", args=[rules[0].id])
    apply = live_server.url + reverse("reconciliation:apply_rules")

    with open_browser() as browser, browsing.new_page(browser) as page:
        browsing.sign_in(page, live_server.url, (ana.user.email, PASSWORD))
        page.goto(address)
        page.get_by_label("Texto procurado").fill("AWS BRASIL")
        page.locator("#id_account_1").select_option(index=3)
        page.get_by_role("button", name="Experimentar").click()
        expect(page.locator(".trial__head")).to_contain_text("6 linhas")
        shoot(page, "regras")

        page.get_by_role("button", name="Gravar regra").click()
        expect(page.locator("[data-rule]")).to_have_count(6)
        page.wait_for_load_state()  # its script is there: without it nothing is dragged
        order = rule_order(page)
        with page.expect_response("**/regras/ordem/"):
            page.locator("[data-rule] .rule__grip").last.drag_to(page.locator("[data-rule]").first)
        expect(page.locator("[data-rule]").first).to_have_attribute("data-rule", order[-1])
        page.reload()
        assert rule_order(page) == [order[-1], *order[:-1]]

        page.locator(f"#up-{order[0]}").press("Enter")
        expect(page.locator("[data-rule]").first).to_have_attribute("data-rule", order[0])
        expect(page.locator(f"#down-{order[-1]}")).to_be_visible()
        page.locator(f"#on-{order[1]}").press("Space")
        expect(page.locator(f"[data-rule='{order[1]}']")).to_contain_text("desligada")

        browsing.look_at(page, address, one, apply)
        page.goto(apply)
        shoot(page, "aplicar")
        page.goto(one)
        shoot(page, "regra")


def rule_order(page: object) -> list[str]:
    rows = page.locator("[data-rule]")  # type: ignore[attr-defined]
    return [row.get_attribute("data-rule") for row in rows.all()]


def shoot(page: object, name: str) -> None:
    """For a person to look at."""
    if folder := os.environ.get("SHOTS"):
        for size in (browsing.DESKTOP, browsing.PHONE):
            for scheme in ("light", "dark"):
                page.set_viewport_size(size)  # type: ignore[attr-defined]
                page.emulate_media(color_scheme=scheme)  # type: ignore[attr-defined]
                path = Path(folder) / f"{name}-{size['width']}-{scheme}.png"
                page.screenshot(path=path, full_page=True)  # type: ignore[attr-defined]
        page.set_viewport_size(browsing.DESKTOP)  # type: ignore[attr-defined]
        page.emulate_media(color_scheme="light")  # type: ignore[attr-defined]
