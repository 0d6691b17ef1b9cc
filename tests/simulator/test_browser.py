"""The banks' pages on a phone as a person uses them; `look` looks in the light and in the dark."""

from collections.abc import Iterator
from urllib.parse import urlencode

import httpx
import pytest
from playwright.sync_api import Browser, Page, ViewportSize

from tests.bs2_simulator import Bs2Simulator
from tests.cora_simulator import CoraSimulator
from tests.kamino_simulator import KaminoSimulator
from tests.simulator import bs2_calls, charges
from tests.simulator.browser import enter, look, press, sign_in, visit
from tests.simulator.consenting import CALLBACK, ConsentAt, at_bs2, at_cora
from tests.simulator.each_bank import EachBank
from tests.simulator.kamino_calls import charge, key

PHONE = ViewportSize(width=375, height=740)


@pytest.fixture(scope="module")
def phone(browser: Browser) -> Page:
    return browser.new_page(viewport=PHONE)


@pytest.fixture
def page(phone: Page) -> Iterator[Page]:
    """A phone that no bank knows. It is one for all tests: a new one reads axe's script anew, which
    takes longer than most tests."""
    yield phone
    phone.goto("about:blank")
    phone.context.clear_cookies()


@pytest.fixture
def leaving_page(browser: Browser) -> Iterator[Page]:
    """A phone of its own, for who leaves the bank for an address at which nobody is."""
    page = browser.new_page(viewport=PHONE)
    yield page
    page.close()


def consent_page(at: ConsentAt) -> str:
    asked = {
        "client_id": at.keys[0],
        "response_type": "code",
        at.parameter: at.scopes,
        "redirect_uri": CALLBACK,
        "state": "s1",
    }
    return f"{at.simulator.base_url}{at.page}?{urlencode(asked)}"


@pytest.mark.parametrize("slug", ["cora", "bs2"])
def test_a_person_consents(
    cora: CoraSimulator, bs2: Bs2Simulator, slug: str, leaving_page: Page
) -> None:
    page = leaving_page
    page.goto(consent_page(at_cora(cora) if slug == "cora" else at_bs2(bs2)))
    look(page)
    sign_in(page)
    look(page)
    page.get_by_label("OFICINA MODELO LTDA").check()
    with page.expect_request(f"{CALLBACK}&*") as back:
        page.get_by_role("button", name="Permitir").click(no_wait_after=True)

    assert "code=" in back.value.url
    assert "state=s1" in back.value.url


def test_a_person_decides_what_waits(bank: EachBank, page: Page) -> None:
    sent = [bank.send(amount) for amount in (1_000, 2_000, 3_000, 4_000, 5_000)]
    enter(page, bank.address)
    page.get_by_text("Aguardando sua aprovação (5)").wait_for()

    press(page, "Aprovar")
    page.get_by_text(f"{bank.paid}: Fornecedor Exemplo ME, R$ 10,00.").wait_for()
    press(page, "Recusar")
    page.get_by_text("Fornecedor Exemplo ME, R$ 20,00.").wait_for()
    press(page, "Deixar vencer")
    page.get_by_text("Fornecedor Exemplo ME, R$ 30,00.").wait_for()
    press(page, "Aprovar todos")
    page.get_by_text("2 itens aprovados.").wait_for()

    page.get_by_text("Nada espera a sua aprovação agora.").wait_for()
    words = ("completed", "refused", "expired", "completed", "completed")
    assert bank.states(*sent) == [bank.words[word] for word in words]


def test_a_person_receives_money(bank: EachBank, page: Page) -> None:
    enter(page, bank.address)
    visit(page, "Receber")
    page.get_by_label("Quem paga").fill("Cliente Novo")
    page.get_by_label("CPF ou CNPJ").fill("60.316.817/0001-03")
    page.get_by_label("Valor").fill("1.234,56")
    page.get_by_label("TED").check()
    press(page, "Receber")
    page.get_by_text("R$ 1.234,56 recebidos de Cliente Novo.").wait_for()
    visit(page, "Extrato")
    page.get_by_text("Cliente Novo").wait_for()

    assert bank.balance() == 1_000_000 + 123_456


def test_a_person_turns_a_fault_on_and_moves_the_time(
    cora: CoraSimulator, api: httpx.Client, page: Page
) -> None:
    api.get("/third-party/account")
    page.goto(cora.base_url)
    look(page)
    page.get_by_role("link", name="Controles").click()
    page.get_by_label("O que acontece").select_option(label="fazer e perder a resposta")
    page.get_by_label("Onde").select_option(label="Cora: /transfers/initiate")
    press(page, "Ligar falha")
    page.get_by_role("button", name="Limpar todas").wait_for()
    look(page)
    before = cora.now()
    press(page, "+ 1 hora")
    page.get_by_label("Latência").fill("5")
    press(page, "Mudar a latência")

    (fault,) = cora.faults()
    assert (fault["kind"], fault["path"], fault["times"]) == (
        "lose_answer",
        "/transfers/initiate",
        1,
    )
    assert (cora.now() - before).total_seconds() >= 3600
    assert cora.settings()["latency_ms"] == 5


def test_at_cora_the_owner_sees_charges_makes_credentials_and_revokes(
    cora: CoraSimulator, api: httpx.Client, page: Page
) -> None:
    charges.issue(api)
    enter(page, cora.base_url)
    visit(page, "Cobranças")
    press(page, "Pagar o Pix")
    page.get_by_text("paga ·").wait_for()
    press(page, "Excluir chave")
    page.get_by_text("Esta conta não tem chave Pix").wait_for()
    visit(page, "Integrações via APIs")
    press(page, "Gerar credenciais")
    with page.expect_download() as download:
        page.get_by_role("link", name="private-key.key").click()
    look(page)
    press(page, "Revogar acesso")
    page.get_by_text("Nenhum sistema tem acesso a esta conta.").wait_for()

    assert download.value.suggested_filename == "private-key.key"
    assert cora.invoices()[0]["status"] == "PAID"
    assert api.get("/third-party/account").status_code == 401


def test_at_bs2_the_owner_sees_charges_and_makes_an_application(
    bs2: Bs2Simulator, bs2_api: httpx.Client, page: Page
) -> None:
    bs2_calls.issue(bs2_api)
    enter(page, bs2.base_url)
    visit(page, "Cobranças")
    press(page, "Pagar o boleto")
    page.get_by_text("pago, o dinheiro chega em").wait_for()
    visit(page, "API Banking")
    visit(page, "Novo")
    page.get_by_label("Nome").fill("Kamino")
    press(page, "Criar")
    page.get_by_text("Refresh_Token", exact=True).wait_for()
    look(page)

    assert bs2.boletos()[0]["valorPago"] == 1500.75


def test_at_the_conta_kamino_a_person_pays_a_charge(
    kamino: KaminoSimulator, kamino_api: httpx.Client, page: Page
) -> None:
    issued = kamino_api.post("/v1/charges", json=charge(), headers=key()).json()
    enter(page, kamino.base_url)
    visit(page, "Cobranças")
    press(page, "Pagar com Pix")
    page.get_by_text("Cobrança paga.").wait_for()
    visit(page, "Integrações")

    assert kamino_api.get(f"/v1/charges/{issued['id']}").json()["status"] == "paid"
