"""The main job, walked in a browser against the running processes, as the README tells it."""

import re
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from playwright.sync_api import Browser, Page, expect

from brazil.banking_days import is_settlement_day, sao_paulo_day
from brazil.boleto import barcode_to_line, build_barcode
from tests.database import tables_of, tables_of_template
from tests.e2e import browser as browsing
from tests.e2e import product as products
from tests.e2e.product import Product
from tests.e2e.steps import (
    approve,
    approve_in_the_banks_app,
    connect_cora,
    enter_boleto,
    enter_ted,
    expect_paid,
    expect_received,
    issue_charge,
    open_bills,
    pay_in_the_banks_app,
    switch_modo_banking_on,
)


@pytest.fixture
def folder() -> Iterator[Path]:
    """Not below pytest's: another run that starts meanwhile closes that to PostgreSQL's user."""
    with TemporaryDirectory() as made:
        yield Path(made)


def test_from_an_empty_folder_to_two_paid_bills_that_a_second_run_keeps(
    folder: Path, django_db_setup: None, browser: Browser
) -> None:
    product = products.start(folder)
    try:
        # What it migrated is what all other tests run on.
        assert tables_of(product.kept["DATABASE_OWNER_URL"]) == tables_of_template()
        take_the_tour(product, browser)
    finally:
        product.stop()
    assert not products.processes_of(folder)

    again = products.start(folder)
    try:
        assert again.password_of("Financeiro") == product.password_of("Financeiro")
        with browsing.new_page(browser, viewport=browsing.DESKTOP) as davi:
            browsing.sign_in(davi, again.address, again.password_of("Financeiro"))
            open_bills(davi)
            expect_paid(davi, "Fornecedor Exemplo ME", "1.250,00")
            expect_paid(davi, "Energia do Sul", "489,90")
    finally:
        again.stop()


def take_the_tour(product: Product, browser: Browser) -> None:
    day = today = sao_paulo_day(datetime.now(UTC))
    while not is_settlement_day(day):
        day += timedelta(days=1)
    line = barcode_to_line(
        build_barcode(
            bank_code="341", amount=Decimal("489.90"), due_date=today, free_field="1" * 25
        )
    )
    with ExitStack() as stack:

        def page_of(role: str) -> Page:
            page = stack.enter_context(browsing.new_page(browser, viewport=browsing.DESKTOP))
            browsing.sign_in(page, product.address, product.password_of(role))
            return page

        davi = page_of("Financeiro")
        connect_cora(davi)
        enter_ted(davi, f"{today:%d/%m/%Y}")
        enter_boleto(davi, line)

        lia = page_of("Aprovador")
        approve(lia, "Fornecedor Exemplo ME")
        approve(lia, "Energia do Sul")

        ana = page_of("Administrador")
        switch_modo_banking_on(ana)
        told = product.manage(
            "dispatch", "--by", product.password_of("Financeiro")[0], "--day", day.isoformat()
        )
        assert "2 enviadas, 0 de fora" in told

        open_bills(davi)
        waiting = davi.get_by_text(re.compile("aguardando aprovação", re.I))
        expect(waiting.first).to_be_visible()
        approve_in_the_banks_app(
            stack.enter_context(browsing.new_page(browser)), product.bank_address
        )

        expect_paid(davi, "Fornecedor Exemplo ME", "1.250,00")
        expect_paid(davi, "Energia do Sul", "489,90")

        issue_charge(davi, "Clínica Vida Nova Ltda", "745,00", f"{today + timedelta(9):%d/%m/%Y}")
        pay_in_the_banks_app(stack.enter_context(browsing.new_page(browser)), product.bank_address)
        expect_received(davi, "745,00")
        browsing.look_at(davi, *(product.address + path for path in PAGES))

    assert "2 enviadas" in product.manage(
        "dispatch", "--by", product.password_of("Financeiro")[0], "--day", day.isoformat()
    )


# Other tests look at the rest: of bills tests/payments/test_roles_browser.py, of connecting
# tests/banking/test_choose_browser.py, of «Conciliar», entries and settings those beside this one
# and tests/reconciliation/test_entries_browser.py.
PAGES = (
    "/conciliar/?q=nada+disso",
    "/pagamentos/nova/",
    "/pagamentos/envios/",
    "/plano-de-contas/",
)
