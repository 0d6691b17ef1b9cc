"""Three banks by every way in, paid through and approved in their own apps, in a browser."""

import re
import zlib
from contextlib import ExitStack
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import httpx
from playwright.sync_api import Browser, Page, expect

from brazil.banking_days import is_settlement_day, sao_paulo_day
from brazil.boleto import barcode_to_line, build_barcode
from simulator.core.documents import check_digits
from tests.e2e import browser as browsing
from tests.e2e.product import Product
from tests.e2e.steps import (
    SOON,
    approve,
    connect_cora,
    expect_paid,
    expect_refused,
    lift_title,
    new_bill,
    sign_in_at_bank,
)

BANKS = ("Cora", "BS2", "Conta Kamino")


def test_three_banks_are_connected_and_paid_through(product: Product, browser: Browser) -> None:
    day = today = sao_paulo_day(datetime.now(UTC))
    while not is_settlement_day(day):
        day += timedelta(days=1)
    cora, bs2, kamino = (product.simulated(bank) for bank in range(3))
    # The clock of the banks may be moved by days below, which ends no consent here.
    httpx.patch(f"{cora}/_sim/api/bs2/settings", json={"refresh_token_seconds": 10 * 86_400})
    with ExitStack() as stack:

        def page_of(role: str) -> Page:
            page = stack.enter_context(browsing.new_page(browser, viewport=browsing.DESKTOP))
            browsing.sign_in(page, product.address, product.password_of(role))
            return page

        def at_bank(address: str) -> Page:
            page = stack.enter_context(browsing.new_page(browser, viewport=browsing.DESKTOP))
            sign_in_at_bank(page, address)
            return page

        davi, lia = page_of("Financeiro"), page_of("Aprovador")
        connect_cora(davi)
        connect_cora_by_certificate(davi, at_bank(cora), product.address)
        connect_bs2_by_consent(davi, product.address)
        connect_bs2_by_keys(davi, at_bank(bs2), product.address)
        open_conta_kamino(davi, product.address)
        receive_pix(at_bank(kamino), kamino)

        for number, bank in enumerate(BANKS):
            enter_ted(davi, bank, today, number)
            enter_boleto(davi, bank, today, number)
        enter_pix(davi, today)
        for bank in BANKS[1:]:  # those that read titles
            lift_title(lia, f"Boleto {bank}")
        for payee in (*(f"TED {bank}" for bank in BANKS), *(f"Boleto {bank}" for bank in BANKS)):
            approve(lia, payee)
        approve(lia, "Pix Conta Kamino")
        switch_modo_banking_on(page_of("Administrador"))
        let_banks_be_open(cora, today)
        by = product.password_of("Financeiro")[0]
        product.manage("dispatch", "--by", by)
        product.manage("dispatch", "--by", by, "--day", day.isoformat())

        for address in (cora, bs2, kamino):  # before their day ends: what is due today expires then
            waiting = at_bank(address)
            expect_waiting(waiting, address, 3 if address == kamino else 2)
            waiting.get_by_role("button", name="Aprovar todos").click()
        let_banks_be_open(cora, day)

        for number, bank in enumerate(BANKS):
            expect_paid(davi, f"TED {bank}", f"15{number},00")
            expect_paid(davi, f"Boleto {bank}", f"20{number},90")
        expect_paid(davi, "Pix Conta Kamino", "75,00")


def let_banks_be_open(main: str, day: date) -> None:
    """At the banks it is noon of a banking day: whenever this runs, what is approved goes at once.

    Their signed notices are then too old or too young to be believed: polls tell instead.
    """
    noon = f"{day}T12:00:00"
    httpx.post(f"{main}/_sim/api/clock", json={"now": noon}).raise_for_status()


def way(page: Page, address: str, bank: str, mode: str) -> None:
    page.goto(f"{address}/contas/conectar/{bank}/{mode}/")


def expect_connected(page: Page, account: str) -> None:
    expect(page.get_by_role("heading", name="Conta conectada")).to_be_visible(timeout=SOON)
    expect(page.get_by_text(account).first).to_be_visible()


def connect_cora_by_certificate(page: Page, app: Page, address: str) -> None:
    app.get_by_role("link", name="Integrações").first.click()
    app.get_by_role("button", name="Gerar credenciais").click()
    client_id = app.locator("code").filter(has_text="int-").first.inner_text()
    files = {}
    for name in ("certificate.pem", "private-key.key"):
        with app.expect_download() as download:
            app.get_by_role("link", name=name).first.click()
        files[name] = download.value.path()
    way(page, address, "cora", "direta")
    page.get_by_label("Client id").fill(client_id)
    page.get_by_label("Certificado").set_input_files(files["private-key.key"])
    page.get_by_label("Chave privada").set_input_files(files["private-key.key"])
    page.get_by_role("button", name="Conectar conta").click()
    expect_refused(page)
    expect(page.get_by_label("Client id")).to_have_value(client_id)
    page.get_by_label("Certificado").set_input_files(files["certificate.pem"])
    page.get_by_label("Chave privada").set_input_files(files["private-key.key"])
    page.get_by_role("button", name="Conectar conta").click()
    expect_connected(page, "1234567-8")


def connect_bs2_by_consent(page: Page, address: str) -> None:
    way(page, address, "bs2", "consentimento")
    page.get_by_label("Agência", exact=True).fill("0001")
    page.get_by_label("Conta", exact=True).fill("302715-4")
    page.get_by_role("button", name="Ir para o BS2").click()
    page.get_by_label("CPF").fill("529.982.247-25")
    page.get_by_label("Senha").fill("123456")
    page.get_by_role("button", name="Entrar").click()
    page.get_by_label(re.compile("OFICINA MODELO")).check()
    page.get_by_role("button", name="Permitir").click()
    expect_connected(page, "302715-4")


def connect_bs2_by_keys(page: Page, app: Page, address: str) -> None:
    app.get_by_role("link", name="API Banking").click()
    app.get_by_role("link", name="Novo").click()
    app.get_by_label("Nome").fill("Kamino")
    app.get_by_role("button", name="Criar").click()
    keys = {name: app.locator(f"#{name}").inner_text() for name in ("api-key", "api-secret")}
    keys |= {name: app.locator(f"#{name}").inner_text() for name in ("scope", "refresh_token")}
    way(page, address, "bs2", "chaves")
    page.get_by_label("API Key", exact=True).fill(keys["api-key"])
    page.get_by_label("API Secret", exact=True).fill(keys["api-secret"])
    page.get_by_label("Scope", exact=True).fill(keys["scope"])
    page.get_by_label("Refresh_Token", exact=True).fill(keys["refresh_token"])
    page.get_by_label("Agência", exact=True).fill("1")
    page.get_by_label("Conta", exact=True).fill("3027154")
    page.get_by_role("button", name="Conectar conta").click()
    expect_connected(page, "302715-4")


def open_conta_kamino(page: Page, address: str) -> None:
    page.goto(f"{address}/contas/conectar/")
    page.get_by_role("link", name=re.compile("^Abrir .*Conta Kamino")).first.click()
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name=re.compile("^Aceitar")).click()
    expect_connected(page, "0001")


def receive_pix(app: Page, address: str) -> None:
    app.goto(f"{address}/app/receber")
    app.get_by_label("Quem paga").fill("Cliente Exemplo LTDA")
    app.get_by_label("CPF ou CNPJ").fill("11.222.333/0001-81")
    app.get_by_label("Valor").fill("5.000,00")
    app.get_by_role("button", name="Receber").click()
    expect(app.get_by_text("5.000,00").first).to_be_visible()


def switch_modo_banking_on(page: Page) -> None:
    page.get_by_role("link", name="Integrações bancárias").first.click()
    for number in range(len(BANKS)):
        with page.expect_response(re.compile("integracoes-bancarias")):
            page.get_by_role("switch", name=re.compile("Modo Banking")).nth(number).check()


def cnpj_of(payee: str) -> str:
    """A CNPJ for a name: two bills with one document are of one payee."""
    body = f"{zlib.crc32(payee.encode()) % 90_000_000 + 10_000_000}0001"
    return body + check_digits(body)


def pay_with(page: Page, bank: str) -> None:
    options = page.get_by_label("Conta de débito").locator("option")
    value = options.filter(has_text=bank).first.get_attribute("value")
    page.get_by_label("Conta de débito").select_option(value)


def enter_ted(page: Page, bank: str, day: date, number: int) -> None:
    new_bill(page, "TED", f"TED {bank}", cnpj_of(f"TED {bank}"), "Manutenção")
    page.get_by_label("Banco", exact=True).fill("341")
    page.get_by_label("Agência", exact=True).fill("0123")
    page.get_by_label("Conta", exact=True).fill("45678-9")
    page.get_by_label("Valor").fill(f"15{number},00")
    finish(page, bank, day)


def enter_boleto(page: Page, bank: str, day: date, number: int) -> None:
    line = barcode_to_line(
        build_barcode(
            bank_code="341",
            amount=Decimal(f"20{number}.90"),
            due_date=day,
            free_field=str(number + 1) * 25,
        )
    )
    new_bill(page, "Boleto", f"Boleto {bank}", cnpj_of(f"Boleto {bank}"), "Energia")
    page.get_by_label("Linha digitável").fill(line)
    page.get_by_label("Linha digitável").blur()
    expect(page.get_by_label("Valor")).to_have_value(f"20{number},90")
    finish(page, bank, None)


def enter_pix(page: Page, day: date) -> None:
    new_bill(page, "Pix", "Pix Conta Kamino", "11.222.333/0001-81", "Manutenção")
    page.get_by_label("Tipo da chave").select_option(label="CNPJ")
    page.get_by_label("Chave Pix").fill("11.222.333/0001-81")
    page.get_by_label("Valor").fill("75,00")
    finish(page, "Conta Kamino", day)


def finish(page: Page, bank: str, day: date | None) -> None:
    if day is not None:
        page.get_by_label("Vencimento", exact=True).fill(f"{day:%d/%m/%Y}")
    pay_with(page, bank)
    page.get_by_role("button", name="Lançar conta").click()
    expect(page.get_by_role("heading", level=1)).not_to_have_text("Nova conta a pagar")


def expect_waiting(page: Page, address: str, count: int) -> None:
    """The orders leave with the next tick; then all of them wait in the bank's app."""
    for _ in range(30):
        page.goto(f"{address}/app")
        if page.get_by_text(f"Aguardando sua aprovação ({count})").count():
            return
        page.wait_for_timeout(1000)
    expect(page.get_by_text(f"Aguardando sua aprovação ({count})")).to_be_visible()
