"""«Conciliar», walked in a browser against the running product: a file, then each act."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, FilePayload, Locator, Page, expect

from brazil.banking_days import previous_banking_day, sao_paulo_day
from kamino.management.commands import _itau_month as month
from tests.banking.imports.making import ofx
from tests.e2e import browser as browsing
from tests.e2e.product import Product
from tests.e2e.steps import SOON, connect_cora

pytestmark = pytest.mark.slow
NEW = "PAGTO CARTORIO 2 OFICIO"


def test_a_month_is_connected_a_file_imported_and_its_lines_accepted_created_transferred_undone(
    product: Product, browser: Browser
) -> None:
    with browsing.new_page(browser, viewport=browsing.DESKTOP) as davi:
        browsing.sign_in(davi, product.address, product.password_of("Financeiro"))
        connect_cora(davi)
        product.manage("demo_month")
        davi.goto(f"{product.address}/conciliar/")
        itau = davi.locator(".balances li").filter(has_text="45678-9")
        itau.get_by_role("link").first.click()
        expect(davi.locator(".balances__chosen")).to_contain_text("45678-9")
        address = davi.url
        imported = import_file(davi)

        davi.goto(address)
        accept(davi, "TED ENVIADA - Tintas Aquarela")
        undo(davi, "TED ENVIADA - Tintas Aquarela")
        accept(davi, "TED PARCIAL - Alugue")
        create(davi, NEW, "5.6.02")
        undo(davi, NEW)
        create(davi, NEW, "5.6.02")
        accept(davi, "TED ENVIADA AG 0001")
        transfer(davi, "TED ENVIADA MESMA TITULARIDADE")
        browsing.look_at(davi, address, imported)


def import_file(page: Page) -> str:
    """The address of the file, compared, applied."""
    day = previous_banking_day(sao_paulo_day(datetime.now(UTC)) - timedelta(days=1))
    content = ofx((f"{day}", "-61.30", NEW), number=month.itau("", "").number)
    page.get_by_role("link", name="Enviar extrato").first.click()
    page.set_input_files(
        "input[type=file]",
        FilePayload(name="cartorio.ofx", mimeType="application/x-ofx", buffer=content),
    )
    page.get_by_role("button", name="Enviar e comparar").click()
    apply = page.get_by_role("button", name="Aplicar 1 nova")
    expect(apply).to_be_visible(timeout=SOON)
    apply.click()
    expect(page.get_by_role("button", name=re.compile("Desfazer")).first).to_be_visible(
        timeout=SOON
    )
    return page.url


def row(page: Page, text: str) -> Locator:
    return page.locator("[data-pair]").filter(has_text=re.compile(re.escape(text), re.I))


def accept(page: Page, text: str) -> None:
    """The proposal as it is shown, by the button between the two."""
    row(page, text).locator("[data-key=Enter]").click()
    expect_done(page, text)


def create(page: Page, text: str, code: str) -> None:
    row(page, text).get_by_role("link", name="Criar").click()
    field = page.locator(".pair--act select[name=account_1]")
    option = field.locator("option").filter(has_text=code).first
    field.select_option(option.get_attribute("value"))
    page.get_by_role("button", name="Criar lançamento").click()
    expect_done(page, text)


def undo(page: Page, text: str) -> None:
    row(page, text).get_by_role("link", name=re.compile("desfazer")).click()
    page.get_by_role("dialog").get_by_role("button", name="Desfazer", exact=True).click()
    expect(row(page, text).get_by_role("link", name="Criar")).to_be_visible()


def transfer(page: Page, text: str) -> None:
    row(page, text).get_by_role("link", name="Transferir").click()
    page.locator(".pair--act").get_by_role("button", name="Transferir").click()
    expect_done(page, text)


def expect_done(page: Page, text: str) -> None:
    expect(row(page, text)).to_have_attribute("data-pair", "done")
