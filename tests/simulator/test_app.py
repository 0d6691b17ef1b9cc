"""«Aplicativo do banco» at each bank, without a browser: what it accepts and refuses."""

import re
from collections.abc import Iterator
from datetime import date

import httpx
import pytest

from tests.bank_controls import OFICINA, PADARIA
from tests.simulator.each_bank import EachBank
from tests.simulator.people import ANA, BRUNO, at_oficina, visitor

FORNECEDOR = "60.316.817/0001-03"


@pytest.fixture
def ana(bank: EachBank) -> Iterator[httpx.Client]:
    """Signed in, at OFICINA MODELO LTDA."""
    with at_oficina(bank.address) as http:
        yield http


def test_the_app_asks_who_you_are(bank: EachBank) -> None:
    with visitor(bank.address) as http:
        assert 'name="password"' in http.get("/app").text
        wrong = http.post("/app/entrar", data=ANA | {"password": "000000"})
        assert wrong.status_code == 401
        assert 'role="alert"' in wrong.text
        for path in ("/app/extrato", "/app/receber", "/app/cobrancas"):
            page = http.get(path).text
            assert 'action="/app/entrar"' in page
            assert "<nav" not in page


def test_who_has_one_company_goes_straight_to_it(bank: EachBank) -> None:
    with visitor(bank.address) as http:
        page = http.post("/app/entrar", data=BRUNO).text

    assert "<h1>TRANSPORTES VALE NORTE LTDA</h1>" in page
    assert 'id="balance"' in page


def test_a_company_of_somebody_else_cannot_be_opened(bank: EachBank) -> None:
    with visitor(bank.address) as http:
        http.post("/app/entrar", data=BRUNO)
        account = bank.simulator.account(OFICINA)["id"]
        page = http.post("/app/empresa", data={"account": account}).text

    assert "TRANSPORTES VALE NORTE LTDA" in page
    assert "OFICINA" not in page


def test_a_person_of_the_control_api_may_sign_in(bank: EachBank) -> None:
    bank.simulator.create_person("15350946056", "Célia Reis", "222222", [OFICINA])

    with visitor(bank.address) as http:
        page = http.post("/app/entrar", data={"cpf": "15350946056", "password": "222222"}).text

    assert "<h1>OFICINA MODELO LTDA</h1>" in page


def test_another_company_may_be_chosen_later(bank: EachBank, ana: httpx.Client) -> None:
    assert "Escolha a empresa" in ana.post("/app/trocar").text
    assert "Escolha a empresa" in ana.get("/app").text


def test_signing_out_ends_the_session(bank: EachBank, ana: httpx.Client) -> None:
    cookie = ana.cookies[f"{bank.slug}_app"]
    ana.post("/app/sair")
    ana.cookies.set(f"{bank.slug}_app", cookie)

    assert 'name="password"' in ana.get("/app").text


def test_a_session_of_one_bank_is_none_at_another(bank: EachBank, ana: httpx.Client) -> None:
    cookie = ana.cookies[f"{bank.slug}_app"]
    other = next(slug for slug in ("cora", "bs2") if slug != bank.slug)

    with visitor(bank.process.addresses[other]) as http:
        http.cookies.set(f"{other}_app", cookie)
        assert 'name="password"' in http.get("/app").text


def test_the_balance_is_shown(bank: EachBank, ana: httpx.Client) -> None:
    assert "R$ 10.000,00" in ana.get("/app").text


def test_the_statement_shows_days_and_pages(bank: EachBank, ana: httpx.Client) -> None:
    bank.simulator.generate_entries(120, date(2026, 11, 10), date(2026, 11, 22), balance=777)
    first, second = ana.get("/app/extrato").text, ana.get("/app/extrato?pagina=2").text

    assert "saldo R$ 7,77" in first
    assert first.count('class="who"') == second.count('class="who"') == 50
    assert "?pagina=2" in first
    assert "?pagina=1" in second
    assert 'class="who"' not in ana.get("/app/extrato?pagina=999").text
    for number in ("x", "0", "9" * 30):
        assert ana.get(f"/app/extrato?pagina={number}").text.count('class="who"') == 50


def test_names_are_escaped(bank: EachBank, ana: httpx.Client) -> None:
    bank.simulator.credit(100, name="<script>alert(1)</script>", document=PADARIA)

    page = ana.get("/app/extrato").text

    assert "<script>" not in page
    assert "&lt;script&gt;" in page


@pytest.mark.parametrize(
    ("word", "state"),
    [("aprovar", "completed"), ("recusar", "refused"), ("vencer", "expired")],
)
def test_an_order_is_decided_in_the_app(
    bank: EachBank, ana: httpx.Client, word: str, state: str
) -> None:
    order_id = bank.send()
    assert f"/app/itens/{order_id}/{word}" in ana.get("/app").text

    page = ana.post(f"/app/itens/{order_id}/{word}").text

    assert ": Fornecedor Exemplo ME, R$ 1.250,00." in page
    assert (f"{bank.paid}: " in page) == (word == "aprovar")
    assert bank.is_in(state, order_id)
    assert bank.balance() == (875_000 if word == "aprovar" else 1_000_000)


def test_a_decision_is_made_once(bank: EachBank, ana: httpx.Client) -> None:
    order_id = bank.send()
    ana.post(f"/app/itens/{order_id}/recusar")

    page = ana.post(f"/app/itens/{order_id}/aprovar").text

    assert "não está mais aguardando aprovação" in page
    assert bank.is_in("refused", order_id)


def test_what_was_done_is_said_once(bank: EachBank, ana: httpx.Client) -> None:
    assert 'role="status"' in ana.post(f"/app/itens/{bank.send()}/recusar").text

    assert 'role="status"' not in ana.get("/app").text


def test_another_companys_order_cannot_be_decided(bank: EachBank, ana: httpx.Client) -> None:
    order_id = bank.send(cnpj=PADARIA)

    page = ana.post(f"/app/itens/{order_id}/aprovar").text

    assert "não existe mais" in page
    assert bank.is_in("waiting", order_id)


@pytest.mark.parametrize("path", ["itens/nothing/aprovar", "itens/{id}/refund", "itens/{id}/x"])
def test_what_cannot_be_decided_is_said(bank: EachBank, ana: httpx.Client, path: str) -> None:
    order_id = bank.send()

    assert "não existe mais" in ana.post(f"/app/{path.format(id=order_id)}").text
    assert bank.is_in("waiting", order_id)


def test_want_of_balance_is_said(bank: EachBank, ana: httpx.Client) -> None:
    order_id = bank.send(10**9)

    page = ana.post(f"/app/itens/{order_id}/aprovar").text

    assert "Saldo insuficiente: Fornecedor Exemplo ME, R$ 10.000.000,00." in page


def test_approving_all_leaves_out_what_came_after_the_page(
    bank: EachBank, ana: httpx.Client
) -> None:
    seen = [bank.send(1_000), bank.send(2_000)]
    until = re.search(r'name="until" value="(\d+)"', ana.get("/app").text)
    assert until is not None
    unseen = bank.send(3_000)

    page = ana.post("/app/aprovar-todos", data={"until": until[1]}).text

    assert "2 itens aprovados." in page
    assert "Aguardando sua aprovação (1)" in page
    assert bank.is_in("completed", *seen)
    assert bank.is_in("waiting", unseen)


@pytest.mark.parametrize("form", [{}, {"until": "x"}, {"until": "9" * 30}])
def test_approving_what_was_not_seen_approves_nothing(
    bank: EachBank, ana: httpx.Client, form: dict[str, str]
) -> None:
    order_id = bank.send()

    ana.post("/app/aprovar-todos", data=form)

    assert bank.is_in("waiting", order_id)


def test_what_waits_for_its_day_is_shown(bank: EachBank, ana: httpx.Client) -> None:
    order_id = bank.send(day="2026-11-24")

    page = ana.post(f"/app/itens/{order_id}/aprovar").text

    assert "Agendado: " in page
    assert "Agendados (1)" in page
    assert page.count("agendado para 24/11/2026") == 1
    assert bank.is_in("scheduled", order_id)


@pytest.mark.parametrize(
    ("amount", "cents"),
    [("1.234,56", 123_456), ("1234,5", 123_450), ("1234.56", 123_456), ("R$ 7", 700)],
)
def test_money_is_received(bank: EachBank, ana: httpx.Client, amount: str, cents: int) -> None:
    form = {"name": "Cliente", "document": FORNECEDOR, "amount": amount, "kind": "PIX"}

    page = ana.post("/app/receber", data=form).text

    assert "recebidos de Cliente." in page
    assert bank.balance() == 1_000_000 + cents


def test_money_is_received_by_ted(bank: EachBank, ana: httpx.Client) -> None:
    form = {"name": "Cliente", "document": FORNECEDOR, "amount": "10", "kind": bank.ted}
    ana.post("/app/receber", data=form)

    assert "Cliente" in ana.get("/app/extrato").text
    assert bank.balance() == 1_001_000


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
    bank: EachBank, ana: httpx.Client, wrong: dict[str, str]
) -> None:
    form = {"name": "Cliente", "document": PADARIA, "amount": "10,00", "kind": "PIX"} | wrong

    page = ana.post("/app/receber", data=form)

    assert page.status_code == 422
    assert 'role="alert"' in page.text
    assert bank.balance() == 1_000_000
