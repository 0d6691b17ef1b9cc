"""What an admin sets up, walked in a browser against the running processes, and who may not."""

import re
from io import BytesIO

from openpyxl import Workbook
from playwright.sync_api import Browser, FilePayload, Page, expect

from tests.e2e import browser as browsing
from tests.e2e.product import Product
from tests.e2e.steps import SOON, connect_cora

CNPJ = "11.444.777/0001-61"
INTEGRATIONS = "/configuracoes/integracoes-bancarias/"
GROUPS = "/configuracoes/grupos-de-classificacao/"
AUDIT = "/configuracoes/auditoria/"
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
        look_at(ana, product, account)
    with browsing.new_page(browser, viewport=browsing.DESKTOP) as davi:
        browsing.sign_in(davi, product.address, product.password_of("Financeiro"))
        may_not(davi, product, account)
    product.manage("change_plan", CNPJ, "compass")
    with browsing.new_page(browser, viewport=browsing.DESKTOP) as ana:
        browsing.sign_in(ana, product.address, product.password_of("Administrador"))
        compare_plans(ana, product)
    assert f"({CNPJ}): íntegra até o registro" in product.manage("verify_audit")


def shape_the_chart(page: Page) -> None:
    page.get_by_role("link", name="Grupos de classificação").click()
    page.get_by_role("link", name="Despesas", exact=True).click()
    page.get_by_role("link", name="Grupo aqui").click()
    expect(page.get_by_label("Código", exact=True)).to_have_value("5.7")
    page.get_by_label("Nome").fill("Frota")
    page.get_by_role("button", name="Gravar").click()
    expect(page.get_by_text("Grupo 5.7 Frota criado.")).to_be_visible()

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
    expect(page.get_by_text("Este código já é de «5.2.02 Energia elétrica».")).to_be_visible()
    expect(page.get_by_label("Nome")).to_have_value("Combustível")

    page.get_by_role("link", name="Voltar").click()
    page.get_by_label("Grupo", exact=True).select_option(label="1.1.1 Disponível")
    page.get_by_role("button", name="Gravar").click()
    told = "As próximas contas correntes nascem em 1.1.1 Disponível."
    expect(page.get_by_text(told)).to_be_visible()


def import_a_chart(page: Page) -> None:
    page.get_by_role("link", name="Importar").click()
    choose(page, ["5.8.1.01", "Óleo", "Analítica"])
    expect(page.get_by_text("Linha 2: falta o grupo «5.8.1»")).to_be_visible()

    choose(page, ["5.7.1", "Motos", "Sintética"], ["5.7.1.01", "Óleo", "Analítica"])
    expect(page.get_by_text("Grupos novos: 1")).to_be_visible()
    page.get_by_role("button", name="Importar").click()
    told = "Plano de contas importado. Criados: 2. Mudados: 0."
    expect(page.get_by_text(told)).to_be_visible()
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
    page.get_by_role("button", name="Ver o que muda").click()


def tie_to_cash(page: Page) -> str:
    """The address of the account's page."""
    page.get_by_role("link", name="Integrações bancárias").first.click()
    page.get_by_role("link", name="Cora", exact=True).click()
    expect(page.get_by_role("heading", name="Vínculo")).to_be_visible()
    account = page.url
    page.get_by_role("link", name="Trocar a Conta do Ativo").click()
    page.get_by_label("Nova Conta do Ativo").select_option(label="1.1.1.01 Caixa · saldo R$ 0,00")
    page.get_by_role("radio", name="Mudam para a conta nova").check()
    page.get_by_role("button", name="Trocar a Conta do Ativo").click()
    expect(page.get_by_text("agora é 1.1.1.01 Caixa.")).to_be_visible()
    return account


def undo_and_redo(page: Page) -> None:
    page.get_by_role("link", name="Desfazer vínculo").click()
    page.get_by_label("Nome da empresa").fill("Outra empresa")
    page.get_by_role("button", name="Desfazer vínculo").click()
    expect(page.get_by_text("Digite «Oficina Modelo», como está escrito aqui.")).to_be_visible()
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
    go = page.get_by_role("link", name=re.compile("^(Conectar|Ir para) Cora$"))
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
        "Vínculo recusado",
        "Vínculo refeito",
        "Vínculo desfeito",
        "Conta do Ativo trocada",
        "Plano de contas importado",
        "Casa das contas correntes",
        "Conta conectada",
    ):
        expect(page.get_by_role("listitem").filter(has_text=act).first).to_be_visible()
    page.get_by_label("O quê").select_option(label="Conta do Ativo trocada")
    page.get_by_role("button", name="Filtrar").click()
    tied = page.get_by_role("listitem").filter(has_text="Conta do Ativo trocada")
    expect(tied).to_contain_text("Ana Souza · 127.0.0.1")
    expect(tied).to_contain_text("1.1.1.01 Caixa")
    with page.expect_download() as download:
        page.get_by_role("link", name="Exportar CSV").click()
    assert download.value.suggested_filename.startswith("auditoria-11444777000161-")


def look_at(page: Page, product: Product, account: str) -> None:
    """axe finds nothing and nothing is cut off: wide and narrow, light and dark."""
    faults = {}
    for path in (
        account,
        f"{account}desfazer/",
        f"{account}conta-do-ativo/",
        f"{account}saude/",
        *(f"{product.address}{path}" for path in (INTEGRATIONS, GROUPS, AUDIT, PLANS)),
        f"{product.address}{GROUPS}importar/",
        f"{product.address}{GROUPS}grupos/novo/",
        f"{product.address}/contas/conectar/",
    ):
        for size in (browsing.DESKTOP, browsing.PHONE):
            page.set_viewport_size(size)
            for scheme in ("light", "dark"):
                page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
                page.goto(path)
                if found := browsing.faults_of(page):
                    faults[path, size["width"], scheme] = found
    assert not faults


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
    expect(page.get_by_text("Faz parte dos planos North e Track").first).to_be_visible()
    expect(page.get_by_role("link", name="Conectar Cora", exact=True)).to_have_count(0)
    page.get_by_role("link", name="Comparar planos").first.click()
    for plan in ("Compass", "North", "Track"):
        expect(page.get_by_role("columnheader", name=re.compile(plan))).to_be_visible()
    typed = page.request.get(f"{product.address}/contas/conectar/cora/ir/", max_redirects=0)
    assert (typed.status, typed.headers["location"]) == (302, "/")  # and not to the bank
    page.goto(product.address)
    expect(page.get_by_text("A integração com Cora faz parte dos planos")).to_be_visible()
