"""A charge, walked in a browser from its issue to the receipt by e-mail, as both sides see it."""

import re
from contextlib import ExitStack, closing
from datetime import UTC, datetime, timedelta

import httpx
from playwright.sync_api import Browser, Page, expect

from brazil.banking_days import SAO_PAULO, sao_paulo_day
from charges.dunning.schedule import mailing_day
from charges.models import DunningStep, Reminder
from tests.clock import DatabaseClock
from tests.e2e import browser as browsing
from tests.e2e.product import Product
from tests.e2e.steps import (
    LATER,
    SOON,
    connect_cora,
    expect_received,
    issue_charge,
    pay_in_the_banks_app,
)

PAYER, EMAIL = "Clínica Vida Nova Ltda", "financeiro@vidanova.example"
ISSUE, DUE, PAID = (
    DunningStep(kind=kind).label
    for kind in (DunningStep.Kind.ISSUE, DunningStep.Kind.DUE, DunningStep.Kind.PAID)
)
SENT = Reminder.Status.SENT.label


def test_a_payer_is_told_pays_on_the_page_and_is_thanked(
    product: Product, browser: Browser
) -> None:
    """Mails leave on banking days from 9 to 18: after the issue it is the next such day, then the
    due date, then the day after it, whenever this runs."""
    told_on = next_mailing_day(datetime.now(UTC))
    due_on = next_mailing_day(told_on)
    with ExitStack() as stack:

        def page_of(role: str) -> Page:
            page = stack.enter_context(browsing.new_page(browser, viewport=browsing.DESKTOP))
            browsing.sign_in(page, product.address, product.password_of(role))
            return page

        def stranger() -> Page:
            return stack.enter_context(browsing.new_page(browser, viewport=browsing.DESKTOP))

        davi = page_of("Financeiro")
        connect_cora(davi)
        switch_ladder_on(page_of("Administrador"))
        issue_charge(
            davi, PAYER, "745,00", f"{due_on:%d/%m/%Y}", form="Boleto com Pix", email=EMAIL
        )
        charge, payer = davi.url, stranger()
        open_as_the_payer(davi, payer)

        clock = stack.enter_context(closing(Clock(product)))
        clock.move_to(told_on)
        expect_mail(davi, charge, ISSUE)
        clock.move_to(due_on)
        expect_mail(davi, charge, DUE)

        pay_in_the_banks_app(stranger(), product.bank_address, by="Pix")
        expect(payer.locator("[data-state=paid]")).to_be_visible(timeout=LATER)
        expect(payer.locator("h1")).to_have_text(re.compile(rf"^Paga em {due_on.day} de "))
        expect(payer.locator("[data-total]")).to_contain_text("745,00")
        expect(payer.locator("[data-copy], .pp__qr, [download]")).to_have_count(0)
        davi.goto(charge)
        expect_received(davi, "745,00")

        clock.move_to(next_mailing_day(due_on))
        expect_mail(davi, charge, PAID)
    assert len(mailed(product)) == 3


class Clock:
    """What the product and the banks call now."""

    def __init__(self, product: Product) -> None:
        self._database = DatabaseClock(product.kept["DATABASE_OWNER_URL"])
        self._bank = f"{product.bank_address}/_sim/api/clock"

    def move_to(self, instant: datetime) -> None:
        httpx.post(self._bank, json={"now": instant.isoformat()}).raise_for_status()
        self._database.set(instant - datetime.now(UTC))

    def close(self) -> None:
        self._database.close()


def next_mailing_day(instant: datetime) -> datetime:
    """At ten, of the first one after that day."""
    day = mailing_day(sao_paulo_day(instant) + timedelta(days=1))
    return datetime(day.year, day.month, day.day, 10, tzinfo=SAO_PAULO)


def switch_ladder_on(page: Page) -> None:
    page.get_by_role("link", name="Régua de cobrança").first.click()
    page.get_by_role("button", name="Usar esta régua").click()
    page.get_by_role("button", name="Ligar a régua").click()
    expect(page.get_by_role("button", name="Desligar")).to_be_visible()


def open_as_the_payer(page: Page, payer: Page) -> None:
    """By the link on the charge's page, in a browser in which nobody is signed in."""
    link = page.locator("[data-payer-page]").get_attribute("href")
    assert link
    payer.goto(link)
    expect(payer.locator("[data-state=open] [data-total]")).to_contain_text("745,00")
    for code in ("Copiar código Pix", "Copiar linha"):
        expect(payer.get_by_role("button", name=code)).to_be_visible()
    expect(payer.get_by_role("img", name="QR Code do Pix").first).to_be_visible()
    with payer.expect_download() as download:
        payer.get_by_role("link", name="Baixar PDF").click()
    assert download.value.path().read_bytes().startswith(b"%PDF")


def expect_mail(page: Page, charge: str, step: str) -> None:
    """«E-mails» says that it left; so it is with the next ticks."""
    row = page.get_by_role("listitem").filter(has_text=re.compile(rf"{step} ·"))
    for _ in range(SOON // 2000):
        page.goto(log_of(charge))
        if row.filter(has_text=SENT).count():
            break
        page.wait_for_timeout(2000)
    expect(row).to_contain_text(EMAIL)
    expect(row).to_contain_text(SENT)


def log_of(charge: str) -> str:
    """The address of «E-mails», about the charge of that page."""
    base, charge_id = re.fullmatch(r"(.*/cobrancas/)([0-9a-f-]{36})/.*", charge).groups()
    return f"{base}emails/?cobranca={charge_id}"


def mailed(product: Product) -> list[str]:
    """What the workers printed instead of mailing it."""
    return [line for line in product.lines if f"To: {EMAIL}" in line]
