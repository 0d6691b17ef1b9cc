"""In a browser: the bill and its line of the statement lead to each other and are taken apart."""

import os
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Page, ViewportSize, expect
from pytest_django.live_server_helper import LiveServer

from banking.banks.contract.payments import OrderState
from banking.models import BankAccount, StatementLine
from payments.models import PaymentOrder
from payments.orders.evidence import match_statement
from payments.orders.transitions import apply_state
from payments.states import OrderStatus
from tenants.models import Tenant, User
from tenants.scope import tenant_scope
from tests.banking.factories import make_line
from tests.cast import PASSWORD
from tests.chromium import OpenBrowser
from tests.e2e import browser as browsing
from tests.payments.factories import SUPPLIER, make_bank_account, make_order, make_payable

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def account(tenant: Tenant) -> BankAccount:
    return make_bank_account(tenant)


def paid(account: BankAccount, amount: str, name: str) -> PaymentOrder:
    """Sent yesterday, and told as paid today: its day is provisional."""
    payable = make_payable(account.tenant, amount, approved=True, payee_name=name)
    sent_at = timezone.now() - timedelta(days=1)
    order = make_order(payable, OrderStatus.AT_BANK, first_sent_at=sent_at)
    with tenant_scope(account.tenant_id):
        apply_state(order, OrderState.PAID, source="Cora informou.")
    return order


def line_of(account: BankAccount, order: PaymentOrder) -> StatementLine:
    """Of the day on which it was sent."""
    assert order.first_sent_at is not None
    line = make_line(
        account, f"-{order.amount}", order.first_sent_at.date(), kind="transfer",
        counterparty_document=SUPPLIER, description="TED enviada",
        counterparty_name="Fornecedor Exemplo ME",
    )  # fmt: skip
    with tenant_scope(order.tenant_id):
        match_statement(account)
    return line


def shoot(page: Page, name: str) -> None:
    if folder := os.environ.get("SHOTS"):
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            page.screenshot(path=Path(folder) / f"{name}-{scheme}.png", full_page=True)


@pytest.mark.parametrize("window", [browsing.DESKTOP, browsing.PHONE], ids=["desktop", "phone"])
def test_it_is_shown_on_both_pages_and_undone(
    live_server: LiveServer,
    account: BankAccount,
    operator: User,
    open_browser: OpenBrowser,
    window: ViewportSize,
) -> None:
    order = paid(account, "150.00", "Fornecedor Exemplo ME")
    provisional = paid(account, "99.00", "Fornecedor Exemplo ME")
    line = line_of(account, order)

    with open_browser() as browser, browsing.new_page(browser, viewport=window) as page:
        browsing.sign_in(page, live_server.url, (operator.email, PASSWORD))
        shoot(page, f"statement-{window['width']}")
        faults = browsing.faults_of(page)
        page.goto(f"{live_server.url}/pagamentos/{provisional.payable_id}/")
        shoot(page, f"provisional-{window['width']}")
        faults += browsing.faults_of(page)
        page.goto(f"{live_server.url}/pagamentos/{order.payable_id}/")
        shoot(page, f"bill-{window['width']}")
        faults += browsing.faults_of(page)

        page.locator(f'a[href$="#linha-{line.id}"]').click()
        row = page.locator(f"#linha-{line.id}")
        expect(row).to_be_visible()
        row.locator(".undo").click()
        dialog = page.locator("dialog#undo")
        expect(dialog).to_be_visible()
        shoot(page, f"dialog-{window['width']}")
        faults += browsing.faults_of(page)
        dialog.locator("button.btn--danger").click()
        expect(row.locator(".undo")).to_have_count(0)

    assert faults == []
