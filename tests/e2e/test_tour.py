"""The main job, walked in a browser against the running processes, as the README tells it."""

import re
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from playwright.sync_api import Browser, Page, expect

from brazil.banking_days import is_settlement_day, sao_paulo_day
from brazil.boleto import barcode_to_line, build_barcode
from tests.chromium import chromium, in_a_browser
from tests.e2e import browser as browsing
from tests.e2e import product as products
from tests.e2e.product import Product

SOON = 60_000  # ms: for what a worker does after a tick


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    product = products.start(tmp_path_factory.mktemp("data"))
    yield product
    product.stop()
    assert not products.processes_of(product.folder)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@in_a_browser
def test_from_an_empty_folder_to_two_paid_bills(product: Product, browser: Browser) -> None:
    day = sao_paulo_day(datetime.now(UTC))
    while not is_settlement_day(day):
        day += timedelta(days=1)
    line = barcode_to_line(
        build_barcode(bank_code="341", amount=Decimal("489.90"), due_date=day, free_field="1" * 25)
    )
    with ExitStack() as stack:

        def page_of(role: str) -> Page:
            page = stack.enter_context(browsing.new_page(browser, viewport=browsing.DESKTOP))
            browsing.sign_in(page, product.address, product.password_of(role))
            return page

        davi = page_of("Financeiro")
        connect_cora(davi)
        enter_ted(davi, f"{day:%d/%m/%Y}")
        enter_boleto(davi, line)

        lia = page_of("Aprovador")
        approve(lia, "Fornecedor Exemplo ME")
        approve(lia, "Energia do Sul")

        ana = page_of("Administrador")
        switch_modo_banking_on(ana)
        told = product.manage("dispatch", "--day", day.isoformat())
        assert "2 enviadas, 0 de fora" in told

        open_bills(davi)
        waiting = davi.get_by_text(re.compile("aguardando aprovação", re.I))
        expect(waiting.first).to_be_visible()
        approve_in_the_banks_app(stack.enter_context(browsing.new_page(browser)), product)

        expect_paid(davi, product, "Fornecedor Exemplo ME", "1.250,00")
        expect_paid(davi, product, "Energia do Sul", "489,90")
        look_at_every_page(davi, product)

    assert "2 enviadas" in product.manage("dispatch", "--day", day.isoformat())


def connect_cora(page: Page) -> None:
    page.get_by_role("link", name=re.compile("Nova conta|Conectar conta")).first.click()
    page.get_by_role("link", name="Conectar Cora").click()
    page.get_by_label("CPF").fill("529.982.247-25")
    page.get_by_label("Senha").fill("123456")
    page.get_by_role("button", name="Entrar").click()
    page.get_by_label(re.compile("OFICINA MODELO")).check()
    page.get_by_role("button", name="Permitir").click()
    done = page.get_by_role("heading", name="Conta conectada")
    expect(done).to_be_visible(timeout=SOON)
    expect(page.get_by_text(re.compile(r"1\.1\.1\.1\.\d+"))).to_be_visible()
    page.get_by_role("link", name="Ver o extrato").click()
    expect(page.get_by_text("saldo do dia").first).to_be_visible()
    expect(page.get_by_text("0001 · 1234567-8").first).to_be_visible()
    page.get_by_role("link", name="Plano de contas").click()
    expect(page.get_by_text("Cora 0001 / 1234567-8")).to_be_visible()


def new_bill(page: Page, method: str, payee: str, document: str, classification: str) -> None:
    page.get_by_role("link", name="Pagamentos").first.click()
    page.get_by_role("link", name="Nova conta a pagar").first.click()
    page.get_by_role("radio", name=method).check()
    page.get_by_label("Favorecido", exact=True).fill(payee)
    page.get_by_label("CPF ou CNPJ do favorecido").fill(document)
    options = page.get_by_label("Classificação").locator("option")
    value = options.filter(has_text=classification).first.get_attribute("value")
    page.get_by_label("Classificação").select_option(value)


def enter_ted(page: Page, due_date: str) -> None:
    new_bill(page, "TED", "Fornecedor Exemplo ME", "11.222.333/0001-81", "Manutenção")
    page.get_by_label("Banco", exact=True).fill("341")
    page.get_by_label("Agência").fill("0123")
    page.get_by_label("Conta", exact=True).fill("45678-9")
    page.get_by_label("Valor").fill("1.250,00")
    page.get_by_label("Vencimento", exact=True).fill(due_date)
    page.get_by_role("button", name="Lançar conta").click()
    expect(page.get_by_text("Fornecedor Exemplo ME").first).to_be_visible()


def enter_boleto(page: Page, line: str) -> None:
    new_bill(page, "Boleto", "Energia do Sul", "00.000.000/0001-91", "Energia")
    page.get_by_label("Linha digitável").fill(line)
    page.get_by_label("Linha digitável").blur()
    expect(page.get_by_label("Valor")).to_have_value("489,90")
    page.get_by_role("button", name="Lançar conta").click()
    expect(page.get_by_text("Energia do Sul").first).to_be_visible()


def open_bills(page: Page) -> None:
    page.get_by_role("link", name="Pagamentos").first.click()
    page.get_by_role("link", name=re.compile("^Todas")).click()


def approve(page: Page, payee: str) -> None:
    open_bills(page)
    page.get_by_role("button", name=f"Aprovar {payee}").click()
    expect(page.get_by_role("row", name=re.compile(payee))).to_contain_text(
        re.compile("aprovada", re.I)
    )


def switch_modo_banking_on(page: Page) -> None:
    page.get_by_role("link", name="Integrações bancárias").first.click()
    with page.expect_response(re.compile("integracoes-bancarias")) as answer:
        page.get_by_role("switch", name=re.compile("Modo Banking")).check()
    assert answer.value.ok
    page.reload()
    expect(page.get_by_role("switch", name=re.compile("Modo Banking"))).to_be_checked()


def approve_in_the_banks_app(page: Page, product: Product) -> None:
    page.goto(f"{product.bank_address}/app")
    page.get_by_label("CPF").fill("529.982.247-25")
    page.get_by_label("Senha").fill("123456")
    page.get_by_role("button", name="Entrar").click()
    page.get_by_text("OFICINA MODELO").first.click()
    page.goto(f"{product.bank_address}/app")
    page.get_by_role("button", name="Aprovar todos").click()


def expect_paid(page: Page, product: Product, payee: str, amount: str) -> None:
    """The bill becomes paga by itself; its timeline and its entry say how."""
    open_bills(page)
    row = page.get_by_role("row", name=re.compile(payee))
    expect(row).to_be_visible()
    for _ in range(30):
        if row.get_by_text("paga", exact=True).or_(row.get_by_text("Paga", exact=True)).count():
            break
        page.wait_for_timeout(2000)
        page.reload()
    page.get_by_role("link", name=re.compile(payee)).first.click()
    expect(page.get_by_text("Lançada").first).to_be_visible()
    expect(page.get_by_text("Paga", exact=True).first).to_be_visible()
    page.get_by_role("link", name="Lançamentos").first.click()
    expect(page.get_by_text(f"Pagamento a {payee}").first).to_be_visible()
    expect(page.get_by_text(amount).first).to_be_visible()


def look_at_every_page(page: Page, product: Product) -> None:
    """axe finds nothing and nothing is cut off: wide and narrow, light and dark."""
    faults = {}
    for path in PAGES:
        for size in (browsing.DESKTOP, browsing.PHONE):
            page.set_viewport_size(size)
            for scheme in ("light", "dark"):
                page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
                page.goto(product.address + path)
                if found := browsing.faults_of(page):
                    faults[path, size["width"], scheme] = found
    assert not faults


PAGES = (
    "/conciliar/",
    "/conciliar/?q=nada+disso",
    "/contas/conectar/",
    "/pagamentos/",
    "/pagamentos/nova/",
    "/pagamentos/envios/",
    "/plano-de-contas/",
    "/lancamentos/",
    "/configuracoes/integracoes-bancarias/",
)


def test_a_second_run_keeps_the_data_and_starts_fast(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = tmp_path_factory.mktemp("twice")
    first = products.start(folder)
    companies = 'from tenants.models import User; print(User.objects.order_by("pk").last().pk)'
    made = first.manage("shell", "-v", "0", "-c", companies)
    first.stop()
    assert not products.processes_of(folder)

    second = products.start(folder)
    try:
        assert second.manage("shell", "-v", "0", "-c", companies) == made
        assert second.password_of("Financeiro") == first.password_of("Financeiro")
    finally:
        second.stop()
