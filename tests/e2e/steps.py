"""What people do in the browser, in the product and at the banks."""

import re

from playwright.sync_api import Page, expect

SOON = 60_000  # ms: for what a worker does after a tick
LATER = 240_000  # after several ticks: what a bank registers is asked about again


def expect_toast(page: Page, tone: str, text: str = "") -> None:
    """A message of the last act, of that tone, that says the text among others."""
    toast = page.locator(f"#toasts .toast--{tone}")
    expect(toast.filter(has_text=text).first).to_be_visible()


def expect_refused(page: Page, text: str = "") -> None:
    """A field's error, that says the text among others."""
    expect(page.locator(".errorlist").filter(has_text=text).first).to_be_visible()


def connect_cora(page: Page) -> None:
    page.get_by_role("link", name=re.compile("Nova conta|Conectar conta")).first.click()
    page.get_by_role("link", name="Conectar Cora", exact=True).click()
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
    page.get_by_label("Agência", exact=True).fill("0123")
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


def lift_title(page: Page, payee: str) -> None:
    """The boleto is registered for somebody else, as its bank reads it; the approver knows."""
    open_bills(page)
    page.get_by_role("link", name=re.compile(payee)).first.click()
    lift = page.get_by_role("button", name="Conferi, liberar este boleto")
    for _ in range(30):
        if lift.count():
            break
        page.wait_for_timeout(1000)
        page.reload()
    lift.click()
    expect_toast(page, "ok", payee)


def switch_modo_banking_on(page: Page) -> None:
    page.get_by_role("link", name="Integrações bancárias").first.click()
    with page.expect_response(re.compile("integracoes-bancarias")) as answer:
        page.get_by_role("switch", name=re.compile("Modo Banking")).check()
    assert answer.value.ok
    page.reload()
    expect(page.get_by_role("switch", name=re.compile("Modo Banking"))).to_be_checked()


def sign_in_at_bank(page: Page, address: str) -> None:
    """«Aplicativo do banco», at Oficina Modelo's account."""
    page.goto(f"{address}/app")
    page.get_by_label("CPF").fill("529.982.247-25")
    page.get_by_label("Senha").fill("123456")
    page.get_by_role("button", name="Entrar").click()
    expect(page.get_by_role("button", name="Sair")).to_be_visible()  # the page after it is here
    choice = page.get_by_role("button", name="OFICINA MODELO")
    if choice.count():
        choice.click()


def approve_in_the_banks_app(page: Page, address: str) -> None:
    sign_in_at_bank(page, address)
    page.goto(f"{address}/app")
    page.get_by_role("button", name="Aprovar todos").click()


def expect_paid(page: Page, payee: str, amount: str) -> None:
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


def issue_charge(
    page: Page, payer: str, amount: str, due_date: str, *, form: str = "Boleto", email: str = ""
) -> None:
    """For a new payer, until its line can be copied."""
    page.get_by_role("link", name="Pagadores").first.click()
    page.get_by_role("link", name="Novo pagador").first.click()
    page.get_by_label("Nome ou razão social").fill(payer)
    page.get_by_label("CPF ou CNPJ").fill("65.024.713/0001-30")
    page.get_by_label("E-mails").fill(email)
    page.get_by_role("button", name="Cadastrar").click()
    page.locator("main").get_by_role("link", name="Nova cobrança").click()
    page.get_by_role("radio", name=form, exact=True).check()
    page.get_by_label("Valor", exact=True).fill(amount)
    page.get_by_label("Vencimento", exact=True).fill(due_date)
    page.get_by_label("Descrição").fill("Alinhamento e balanceamento")
    page.get_by_label("Classificação").select_option(index=1)
    page.get_by_role("button", name="Salvar e emitir").click()
    expect(page.get_by_role("button", name="Copiar a linha digitável")).to_be_visible(timeout=LATER)
    expect(page.locator(".barcode")).to_be_visible()


def pay_in_the_banks_app(page: Page, address: str, *, by: str = "boleto") -> None:
    """The payer pays the newest charge."""
    sign_in_at_bank(page, address)
    page.goto(f"{address}/app/cobrancas")
    page.get_by_role("button", name=f"Pagar o {by}").first.click()


def expect_received(page: Page, amount: str) -> None:
    """The charge on the page becomes paga by itself, and leads to its entry."""
    entry = page.get_by_role("link", name=re.compile("^Lançamento de"))
    for _ in range(LATER // 2000):
        if entry.count():
            break
        page.wait_for_timeout(2000)
        page.reload()
    expect(page.locator(".lede .tag--ok")).to_be_visible()
    entry.first.click()
    expect(page.get_by_text(amount).first).to_be_visible()
