"""The pages as a person uses them: Chromium, by label and button name."""

from collections.abc import Iterator
from datetime import date

import httpx
import pytest
from playwright.sync_api import Browser, Page

from tests.cora_simulator import CLIENT_ID, CoraSimulator
from tests.simulator.calls import pay, transfer
from tests.simulator.charges import issue
from tests.simulator.phone import look, press, sign_in

CONSENT = (
    f"/oauth/authorize?client_id={CLIENT_ID}&response_type=code&scopes=account%20transfer"
    "&redirect_uri=http%3A%2F%2F127.0.0.1%3A9%2Fback&state=s1"
)


@pytest.fixture(params=["light", "dark"])
def page(browser: Browser, cora: CoraSimulator, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A phone."""
    context = browser.new_context(
        base_url=cora.base_url,
        color_scheme=request.param,
        viewport={"width": 375, "height": 740},
    )
    yield context.new_page()
    context.close()


def test_a_person_consents(page: Page) -> None:
    page.goto(CONSENT)
    look(page)
    sign_in(page)
    look(page)
    page.get_by_label("OFICINA MODELO LTDA").check()
    with page.expect_request("http://127.0.0.1:9/back?*") as back:
        page.get_by_role("button", name="Permitir").click(no_wait_after=True)

    assert "code=" in back.value.url
    assert "state=s1" in back.value.url


def test_a_person_decides_what_waits(cora: CoraSimulator, api: httpx.Client, page: Page) -> None:
    for name in ("primeira", "segunda", "terceira"):
        transfer(api, code=name)
    pay(api, cora.boleto(98_765, date(2026, 12, 10))["digitable"])
    page.goto("/app")
    look(page)
    sign_in(page)
    look(page)
    press(page, "OFICINA MODELO LTDA")
    page.get_by_text("Aguardando sua aprovação (4)").wait_for()
    look(page)

    press(page, "Aprovar")
    page.get_by_text("Pago: Fornecedor Exemplo ME, R$ 1.250,00.").wait_for()
    press(page, "Recusar")
    page.get_by_text("Recusada no aplicativo").wait_for()
    press(page, "Aprovar todos")
    page.get_by_text("2 itens aprovados.").wait_for()

    page.get_by_text("Nada espera a sua aprovação agora.").wait_for()
    states = {order["code"]: order["status"] for order in cora.transfers()}
    assert states == {"primeira": "COMPLETED", "segunda": "CANCELED", "terceira": "COMPLETED"}
    assert cora.payments()[0]["status"] == "COMPLETED"


def test_a_person_receives_money_and_revokes_a_consent(
    cora: CoraSimulator, api: httpx.Client, page: Page
) -> None:
    page.goto("/app")
    sign_in(page)
    press(page, "OFICINA MODELO LTDA")
    page.get_by_role("link", name="Receber").click()
    look(page)
    page.get_by_label("Quem paga").fill("Cliente Novo")
    page.get_by_label("CPF ou CNPJ").fill("60.316.817/0001-03")
    page.get_by_label("Valor").fill("1.234,56")
    page.get_by_label("TED").check()
    press(page, "Receber")
    page.get_by_text("R$ 1.234,56 recebidos de Cliente Novo.").wait_for()
    page.get_by_role("link", name="Extrato").click()
    page.get_by_text("Cliente Novo").wait_for()
    look(page)
    page.get_by_role("link", name="Integrações").click()
    look(page)
    press(page, "Revogar acesso")
    page.get_by_text("Nenhum sistema tem acesso a esta conta.").wait_for()

    assert cora.account()["balance"] == 10_318_742 + 123_456
    assert api.get("/third-party/account").status_code == 401


def test_a_person_turns_a_fault_on_and_moves_the_time(
    cora: CoraSimulator, api: httpx.Client, page: Page
) -> None:
    api.get("/third-party/account")
    page.goto("/")
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


def test_the_owner_sees_charges_and_makes_credentials(
    cora: CoraSimulator, api: httpx.Client, page: Page
) -> None:
    issue(api)
    page.goto("/app")
    sign_in(page)
    press(page, "OFICINA MODELO LTDA")
    page.get_by_role("link", name="Cobranças").click()
    look(page)
    press(page, "Pagar o Pix")
    page.get_by_text("paga ·").wait_for()
    press(page, "Excluir chave")
    page.get_by_text("Esta conta não tem chave Pix").wait_for()
    page.get_by_role("link", name="Integrações via APIs").click()
    press(page, "Gerar credenciais")
    with page.expect_download() as download:
        page.get_by_role("link", name="private-key.key").click()
    look(page)

    assert download.value.suggested_filename == "private-key.key"
    assert cora.invoices()[0]["status"] == "PAID"
