"""The four differences, the lists behind them and the opening balance in a browser."""

import datetime as dt
import os
from pathlib import Path

import pytest
from django.urls import reverse
from pytest_django.live_server_helper import LiveServer

from reconciliation.position.opening import post_opening
from tenants.models import Tenant, User
from tenants.scope import tenant_scope
from tests.banking.factories import change, make_account, make_daily_balance, make_line
from tests.cast import PASSWORD
from tests.chromium import OpenBrowser
from tests.e2e import browser as browsing
from tests.reconciliation.books import BEFORE, FIRST, join, post

pytestmark = pytest.mark.django_db(transaction=True)


def test_where_the_books_stand_can_be_read_by_everybody(
    live_server: LiveServer, tenant: Tenant, operator: User, admin: User, open_browser: OpenBrowser
) -> None:
    opened, offered = make_account(tenant, admin, is_preferred=True), make_account(tenant, admin)
    for account in (opened, offered):
        make_daily_balance(account, BEFORE, "88120.00")
        change(account, synced_at=dt.datetime(2026, 11, 3, tzinfo=dt.UTC))
    with tenant_scope(tenant.id):
        post_opening(opened, by=None)
    make_line(opened, "5214.35", FIRST)
    post(opened, "-1320.00", FIRST)
    join(opened, make_line(opened, "250.90", FIRST), post(opened, "250.90", dt.date(2099, 1, 5)))
    make_daily_balance(opened, FIRST, "93590.00")
    post(offered, "40.00", BEFORE)

    with open_browser() as browser, browsing.new_page(browser) as page:
        browsing.sign_in(page, live_server.url, (operator.email, PASSWORD))
        part, days, opening = (
            live_server.url + reverse(f"reconciliation:{name}", args=[account.id])
            for name, account in (("part", opened), ("days", opened), ("opening", offered))
        )
        addresses = {
            "conciliar": f"{live_server.url}/conciliar/?conta={opened.id}",
            "oferta": f"{live_server.url}/conciliar/?conta={offered.id}",
            "linhas": f"{part}?parte=linhas",
            "lancamentos": f"{part}?parte=lancamentos",
            "apart": f"{part}?parte=dias",
            "nao-provado": f"{part}?parte=nao-provado",
            "dias": days,
            "abertura": opening,
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
