"""«Aplicativo do banco» of the Conta Kamino, as a person without JavaScript uses it."""

import re
from collections.abc import Iterator

import httpx
import pytest

from tests.cora_simulator import OFICINA
from tests.kamino_simulator import KaminoSimulator
from tests.simulator.kamino_calls import charge, key, pay, status, ted


@pytest.fixture
def visitor(kamino: KaminoSimulator) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=kamino.base_url, trust_env=False, follow_redirects=True) as client:
        yield client


@pytest.fixture
def ana(kamino_api: httpx.Client, visitor: httpx.Client) -> httpx.Client:
    """Signed in, after the account was opened; she directs one company that has one."""
    visitor.post("/app/entrar", data={"cpf": "529.982.247-25", "password": "123456"})
    return visitor


def test_a_wrong_password_opens_nothing(visitor: httpx.Client) -> None:
    response = visitor.post("/app/entrar", data={"cpf": "52998224725", "password": "000000"})

    assert response.status_code == 401
    assert "não conferem" in response.text


def test_before_the_opening_the_director_sees_that_there_is_no_account(
    visitor: httpx.Client,
) -> None:
    response = visitor.post("/app/entrar", data={"cpf": "52998224725", "password": "123456"})

    assert "ainda não têm Conta Kamino" in response.text


def test_the_director_sees_the_balance_of_the_new_account(ana: httpx.Client) -> None:
    page = ana.get("/app").text

    assert "OFICINA MODELO LTDA" in page
    assert "R$ 10.000,00" in page


def test_a_payment_is_approved_in_the_app(ana: httpx.Client, kamino_api: httpx.Client) -> None:
    payment = pay(kamino_api, ted())
    assert "Fornecedor Exemplo ME" in ana.get("/app").text

    page = ana.post(f"/app/itens/{payment['id']}/aprovar").text

    assert "Pago: Fornecedor Exemplo ME, R$ 1.250,00." in page
    assert status(kamino_api, payment) == "completed"


@pytest.mark.parametrize(("word", "state"), [("recusar", "refused"), ("vencer", "expired")])
def test_a_payment_is_refused_or_left_to_expire_in_the_app(
    ana: httpx.Client, kamino_api: httpx.Client, word: str, state: str
) -> None:
    payment = pay(kamino_api, ted())

    ana.post(f"/app/itens/{payment['id']}/{word}")

    assert status(kamino_api, payment) == state


def test_approving_all_leaves_out_what_came_after_the_page(
    ana: httpx.Client, kamino_api: httpx.Client
) -> None:
    seen = pay(kamino_api, ted())
    until = re.search(r'name="until" value="(\d+)"', ana.get("/app").text)
    assert until is not None
    unseen = pay(kamino_api, ted(code="cp-2"))

    ana.post("/app/aprovar-todos", data={"until": until[1]})

    assert status(kamino_api, seen) == "completed"
    assert status(kamino_api, unseen) == "awaiting_approval"


def test_another_company_s_payment_cannot_be_approved(
    kamino_api: httpx.Client, visitor: httpx.Client
) -> None:
    payment = pay(kamino_api, ted())
    visitor.post("/app/entrar", data={"cpf": "11144477735", "password": "654321"})

    page = visitor.post(f"/app/itens/{payment['id']}/aprovar").text

    assert "não existe mais" in page
    assert status(kamino_api, payment) == "awaiting_approval"


def test_money_is_received_in_the_app(ana: httpx.Client, kamino: KaminoSimulator) -> None:
    form = {"name": "Cliente", "document": "603.168.170-01/03", "amount": "50", "kind": "PIX"}
    refused = ana.post("/app/receber", data=form)
    form["document"] = "60.316.817/0001-03"

    page = ana.post("/app/receber", data=form).text

    assert refused.status_code == 422
    assert "R$ 50,00 recebidos de Cliente." in page
    assert kamino.account()["balance"] == 1_005_000


def test_a_charge_is_paid_in_the_app(ana: httpx.Client, kamino_api: httpx.Client) -> None:
    issued = kamino_api.post("/v1/charges", json=charge(), headers=key()).json()

    page = ana.post(f"/app/cobrancas/{issued['id']}/pix").text

    assert "Cobrança paga." in page
    assert kamino_api.get(f"/v1/charges/{issued['id']}").json()["status"] == "paid"


def test_the_company_takes_the_access_back_in_the_app(
    ana: httpx.Client, kamino: KaminoSimulator, kamino_api: httpx.Client
) -> None:
    client = next(c for c in kamino.clients() if c["account_id"])
    assert client["client_id"] in ana.get("/app/integracoes").text

    ana.post(f"/app/integracoes/{client['client_id']}/revogar")

    assert kamino_api.get("/v1/payments").status_code == 401


def test_the_movements_of_the_account_are_there(ana: httpx.Client, kamino: KaminoSimulator) -> None:
    kamino.credit(5_000, OFICINA, name="Mercado Boa Vista LTDA")

    page = ana.get("/app/extrato").text

    assert "Mercado Boa Vista LTDA" in page
    assert "saldo R$ 10.050,00" in page


def test_a_person_of_the_control_api_may_sign_in_too(
    kamino: KaminoSimulator, kamino_api: httpx.Client, visitor: httpx.Client
) -> None:
    kamino.create_person("15350946056", "Célia Reis", "222222", [OFICINA])

    page = visitor.post("/app/entrar", data={"cpf": "15350946056", "password": "222222"}).text

    assert "OFICINA MODELO LTDA" in page
