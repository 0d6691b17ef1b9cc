"""What an admin sets up, walked in a browser against the running processes, and who may not."""

import re
from io import BytesIO

from openpyxl import Workbook
from playwright.sync_api import Browser, FilePayload, Page, expect

from audit.acts import Act
from tests.e2e import browser as browsing
from tests.e2e.product import Product
from tests.e2e.steps import SOON, connect_cora, expect_refused, expect_toast

CNPJ = "11.444.777/0001-61"
INTEGRATIONS = "/configuracoes/integracoes-bancarias/"
GROUPS = "/configuracoes/grupos-de-classificacao/"
AUDIT = "/configuracoes/auditoria/"
SIGN_INS = "/configuracoes/acessos/"
PLANS = "/configuracoes/planos/"


def test_what_an_admin_sets_up_is_done_told_and_kept_from_others(
    product: Product, browser: Browser
) -> None:
    with browsing.new_page(browser, viewport=browsing.DESKTOP, accept_downloads=True) as ana:
        browsing.sign_in(ana, product.address, product.password_of("Administrador"))
        connect_cora(ana)
        shape_the_chart(ana)
        import_a_chart(ana)
        account = tie_to_cash(ana)
        undo_and_redo(ana)
        redo_with_another_company(ana)
        read_the_audit(ana)
        look_at_pages(ana, product, account)
    with browsing.new_page(browser, viewport=browsing.DESKTOP) as davi:
        browsing.sign_in(davi, product.address, product.password_of("Financeiro"))
        may_not(davi, product, account)
    product.manage("change_plan", CNPJ, "compass")
    with browsing.new_page(browser, viewport=browsing.DESKTOP) as ana:
        browsing.sign_in(ana, product.address, product.password_of("Administrador"))
        compare_plans(ana, product)
    assert f"({CNPJ}): íntegra" in product.manage("verify_audit")


def shape_the_chart(page: Page) -> None:
    page.get_by_role("link", name="Grupos de classificação").click()
    page.get_by_role("link", name="Despesas", exact=True).click()
    page.get_by_role("link", name="Grupo aqui").click()
    expect(page.get_by_label("Código", exact=True)).to_have_value("5.7")
    page.get_by_label("Nome").fill("Frota")
    page.get_by_role("button", name="Gravar").click()
    expect_toast(page, "ok", "5.7 Frota")

    page.get_by_role("link", name="Aluguel", exact=True).click()
    page.get_by_label("Nome").fill("Aluguel e condomínio")
    page.get_by_label("Grupo", exact=True).select_option(label="5.7 Frota")
    page.get_by_role("button", name="Gravar").click()
    expect(page.get_by_role("link", name="Aluguel e condomínio")).to_be_visible()

    page.get_by_role("link", name="Nova conta").click()
    page.get_by_label("Grupo", exact=True).select_option(label="5.7 Frota")
    page.get_by_label("Código", exact=True).fill("5.2.02")
    page.get_by_label("Nome").fill("Combustível")
    page.get_by_role("button", name="Gravar").click()
    expect_refused(page, "5.2.02 Energia elétrica")
    expect(page.get_by_label("Nome")).to_have_value("Combustível")

    page.get_by_role("link", name="Voltar").click()
    page.get_by_label("Grupo", exact=True).select_option(label="1.1.1 Disponível")
    page.get_by_role("button", name="Gravar").click()
    expect_toast(page, "ok", "1.1.1 Disponível")


def import_a_chart(page: Page) -> None:
    page.get_by_role("link", name="Importar").click()
    choose(page, ["5.8.1.01", "Óleo", "Analítica"])
    expect(page.get_by_text("Linha 2").first).to_be_visible()

    choose(page, ["5.7.1", "Motos", "Sintética"], ["5.7.1.01", "Óleo", "Analítica"])
    expect(page.get_by_text("Grupos novos: 1")).to_be_visible()
    page.get_by_role("button", name="Importar").click()
    expect_toast(page, "ok", "Criados: 2")
    with page.expect_download() as download:
        page.get_by_role("link", name="Exportar XLSX").click()
    assert download.value.suggested_filename.startswith("plano-de-contas-11444777000161-")


def choose(page: Page, *lines: list[str]) -> None:
    book = Workbook()
    for line in (["Código", "Nome", "Tipo"], *lines):
        book.active.append(line)
    content = BytesIO()
    book.save(content)
    file = FilePayload(name="plano.xlsx", mimeType="application/zip", buffer=content.getvalue())
    page.get_by_label("Planilha", exact=True).set_input_files(files=[file])
    page.locator("form:has(input[type=file]) button").click()


def tie_to_cash(page: Page) -> str:
    """The address of the account's page."""
    page.get_by_role("link", name="Integrações bancárias").first.click()
    page.get_by_role("link", name="Cora", exact=True).click()
    expect(page.get_by_role("heading", name="Vínculo")).to_be_visible()
    account = page.url
    page.locator("a[href$='conta-do-ativo/']").click()
    page.get_by_label("Nova Conta do Ativo").select_option(label="1.1.1.01 Caixa · saldo R$ 0,00")
    page.locator("#entries-move").check()
    page.locator(".form__acts button").click()
    expect_toast(page, "ok", "1.1.1.01 Caixa")
    return account


def undo_and_redo(page: Page) -> None:
    page.get_by_role("link", name="Desfazer vínculo").click()
    page.get_by_label("Nome da empresa").fill("Outra empresa")
    page.get_by_role("button", name="Desfazer vínculo").click()
    expect_refused(page, "«Oficina Modelo»")
    page.get_by_label("Nome da empresa").fill("Oficina Modelo")
    page.get_by_role("button", name="Desfazer vínculo").click()
    expect(page.get_by_text("desfeito", exact=True)).to_be_visible()

    consent_again(page, "OFICINA MODELO")
    expect(page.get_by_role("heading", name="Conta conectada")).to_be_visible(timeout=SOON)
    expect(page.get_by_text("1.1.1.01")).to_be_visible()


def redo_with_another_company(page: Page) -> None:
    page.get_by_role("link", name="Integrações bancárias").first.click()
    page.get_by_role("link", name="Desfazer vínculo").click()
    page.get_by_label("Nome da empresa").fill("Oficina Modelo")
    page.get_by_role("button", name="Desfazer vínculo").click()
    consent_again(page, "PADARIA AURORA")
    both = re.compile(r"11\.222\.333/0001-81.*11\.444\.777/0001-61")
    expect(page.get_by_text(both).first).to_be_visible(timeout=SOON)


def consent_again(page: Page, company: str) -> None:
    page.get_by_role("link", name="Refazer o vínculo").first.click()
    go = page.get_by_role("link", name=re.compile("^(Conectar|Ir para a) Cora$"))
    cpf = page.get_by_label("CPF")
    expect(go.or_(cpf).first).to_be_visible()
    if go.count():
        go.first.click()
    cpf.fill("529.982.247-25")
    page.get_by_label("Senha").fill("123456")
    page.get_by_role("button", name="Entrar").click()
    page.get_by_label(re.compile(company)).check()
    page.get_by_role("button", name="Permitir").click()


def read_the_audit(page: Page) -> None:
    page.get_by_role("link", name="Auditoria").first.click()
    for act in (
        Act.CONNECTION_REFUSED,
        Act.ACCOUNT_RECONNECTED,
        Act.CONNECTION_UNDONE,
        Act.LEAF_TIED,
        Act.CHART_IMPORTED,
        Act.BANK_HOME_CHANGED,
        Act.ACCOUNT_CONNECTED,
    ):
        expect(page.get_by_role("listitem").filter(has_text=act.label).first).to_be_visible()
    page.locator("select[name=act]").select_option(Act.LEAF_TIED)
    page.get_by_role("button", name="Filtrar").click()
    tied = page.get_by_role("listitem").filter(has_text=Act.LEAF_TIED.label)
    expect(tied).to_contain_text("Ana Souza · 127.0.0.1")
    expect(tied).to_contain_text("1.1.1.01 Caixa")
    with page.expect_download() as download:
        page.get_by_role("link", name="Exportar CSV").click()
    assert download.value.suggested_filename.startswith("auditoria-11444777000161-")


def look_at_pages(page: Page, product: Product, account: str) -> None:
    browsing.look_at(
        page,
        account,
        f"{account}desfazer/",
        f"{account}conta-do-ativo/",
        f"{account}saude/",
        *(f"{product.address}{path}" for path in (INTEGRATIONS, GROUPS, AUDIT, SIGN_INS, PLANS)),
        f"{product.address}{GROUPS}importar/",
        f"{product.address}{GROUPS}grupos/novo/",
    )


def may_not(page: Page, product: Product, account: str) -> None:
    """Whoever is no admin sees no way there, and the address alone opens nothing."""
    page.get_by_role("link", name="Integrações bancárias").first.click()
    for name in ("Auditoria", "Grupos de classificação", "Desfazer vínculo"):
        expect(page.get_by_role("link", name=name)).to_have_count(0)
    for path in (
        f"{account}desfazer/",
        f"{account}conta-do-ativo/",
        f"{product.address}{GROUPS}",
        f"{product.address}{AUDIT}",
    ):
        answer = page.request.get(path)
        assert answer.status == 403, path


def compare_plans(page: Page, product: Product) -> None:
    page.goto(f"{product.address}/contas/conectar/")
    expect(page.get_by_role("link", name="Conectar Cora", exact=True)).to_have_count(0)
    page.get_by_role("link", name="Comparar planos").first.click()
    for plan in ("Compass", "North", "Track"):
        expect(page.get_by_role("columnheader", name=re.compile(plan))).to_be_visible()
    typed = page.request.get(f"{product.address}/contas/conectar/cora/ir/", max_redirects=0)
    assert (typed.status, typed.headers["location"]) == (302, "/")  # and not to the bank
    page.goto(product.address)
    expect_toast(page, "bad", "Cora")
