"""The pages, without a browser: what they accept and refuse."""

from collections.abc import Iterator

import httpx
import pytest

from tests.cora_simulator import PADARIA, CoraSimulator
from tests.simulator.calls import transfer
from tests.simulator.visitors import ANA, BRUNO, account_of, visitor


@pytest.fixture
def ana(cora: CoraSimulator) -> Iterator[httpx.Client]:
    """Signed in, at OFICINA MODELO LTDA."""
    with visitor(cora) as http:
        page = http.post("/app/entrar", data=ANA).text
        http.post("/app/empresa", data={"account": account_of(page, "OFICINA MODELO LTDA")})
        yield http


def test_the_app_asks_who_you_are(cora: CoraSimulator) -> None:
    with visitor(cora) as http:
        assert "Senha" in http.get("/app").text
        wrong = http.post("/app/entrar", data=ANA | {"password": "000000"})
        assert wrong.status_code == 401
        assert "CPF ou senha não conferem." in wrong.text
        for path in ("/app/extrato", "/app/receber", "/app/integracoes"):
            assert "Entrar" in http.get(path).text


def test_who_has_one_company_goes_straight_to_it(cora: CoraSimulator) -> None:
    with visitor(cora) as http:
        assert "R$ 237.640,55" in http.post("/app/entrar", data=BRUNO).text


def test_a_company_of_somebody_else_cannot_be_opened(cora: CoraSimulator) -> None:
    with visitor(cora) as http:
        http.post("/app/entrar", data=BRUNO)
        page = http.post("/app/empresa", data={"account": "1"}).text

    assert "TRANSPORTES VALE NORTE LTDA" in page
    assert "OFICINA" not in page


def test_signing_out_ends_the_session(ana: httpx.Client) -> None:
    cookie = ana.cookies["cora_app"]
    ana.post("/app/sair")
    ana.cookies.set("cora_app", cookie)

    assert "Senha" in ana.get("/app").text


def test_the_statement_shows_days_and_pages(ana: httpx.Client) -> None:
    first, second = ana.get("/app/extrato").text, ana.get("/app/extrato?pagina=2").text

    assert "saldo R$ 103.187,42" in first
    assert first.count('class="who"') == second.count('class="who"') == 50
    assert "Mais antigos" in first
    assert "Mais novos" in second
    assert "Nenhum lançamento." in ana.get("/app/extrato?pagina=999").text
    assert ana.get("/app/extrato?pagina=x").status_code == 200


def test_another_companys_order_cannot_be_decided(cora: CoraSimulator, ana: httpx.Client) -> None:
    headers = {"Authorization": f"Bearer {cora.grant(PADARIA)['access_token']}"}
    with httpx.Client(base_url=cora.base_url, headers=headers, trust_env=False) as padaria:
        order = transfer(padaria).json()

    page = ana.post(f"/app/itens/{order['id']}/aprovar").text

    assert "Este item não existe mais." in page
    assert cora.transfers()[0]["status"] == "INITIATED"


def test_a_decision_is_made_once(cora: CoraSimulator, api: httpx.Client, ana: httpx.Client) -> None:
    order = transfer(api).json()
    ana.post(f"/app/itens/{order['id']}/recusar")

    page = ana.post(f"/app/itens/{order['id']}/aprovar").text

    assert "não está mais aguardando aprovação" in page
    assert cora.transfers()[0]["status"] == "CANCELED"


def test_want_of_balance_is_said(api: httpx.Client, ana: httpx.Client) -> None:
    order = transfer(api, amount=10**9).json()

    page = ana.post(f"/app/itens/{order['id']}/aprovar").text

    assert "Saldo insuficiente: Fornecedor Exemplo ME, R$ 10.000.000,00." in page


@pytest.mark.parametrize(
    ("amount", "cents"),
    [("1.234,56", 123_456), ("1234,5", 123_450), ("1234.56", 123_456), ("R$ 7", 700)],
)
def test_money_is_received(cora: CoraSimulator, ana: httpx.Client, amount: str, cents: int) -> None:
    form = {"name": "Cliente", "document": "60.316.817/0001-03", "amount": amount, "kind": "PIX"}

    page = ana.post("/app/receber", data=form).text

    assert "recebidos de Cliente." in page
    assert cora.account()["balance"] == 10_318_742 + cents


@pytest.mark.parametrize(
    "wrong",
    [
        {"amount": "0"},
        {"amount": "-5"},
        {"amount": "1,234"},
        {"amount": "x"},
        {"document": "123"},
        {"name": " "},
        {"kind": "DOC"},
    ],
)
def test_a_wrong_receipt_is_refused(
    cora: CoraSimulator, ana: httpx.Client, wrong: dict[str, str]
) -> None:
    form = {"name": "Cliente", "document": PADARIA, "amount": "10,00", "kind": "PIX"} | wrong

    page = ana.post("/app/receber", data=form)

    assert page.status_code == 422
    assert 'role="alert"' in page.text
    assert cora.account()["balance"] == 10_318_742


def test_names_are_escaped(cora: CoraSimulator, ana: httpx.Client) -> None:
    cora.credit(100, name="<script>alert(1)</script>", document=PADARIA)

    page = ana.get("/app/extrato").text

    assert "<script>" not in page
    assert "&lt;script&gt;" in page


def test_the_first_page_says_who_can_enter(cora: CoraSimulator) -> None:
    with visitor(cora) as http:
        page = http.get("/").text

    for text in ("Ana Souza", "529.982.247-25", "654321", "PADARIA AURORA LTDA", cora.base_url):
        assert text in page


def test_the_panel_refuses_a_wrong_number(cora: CoraSimulator) -> None:
    with visitor(cora) as http:
        wrong = http.post("/_sim/faults", data={"kind": "delay", "path": "*", "ms": "x"})
        assert wrong.status_code == 422
        assert http.post("/_sim/latency", data={"latency_ms": "-1"}).status_code == 422
        assert http.post("/_sim/clock", data={"now": "amanhã"}).status_code == 422

    assert cora.faults() == []
