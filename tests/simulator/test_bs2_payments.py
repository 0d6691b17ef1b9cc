"""BS2, title look-up, title payment and receipts."""

from datetime import date
from typing import Any

import httpx
import pytest

from tests.bs2_simulator import OFICINA, PADARIA, Bs2Simulator
from tests.loopback import LOOPBACK
from tests.simulator.bs2_calls import BANKING, issue, pay, payment_status, send

DUE = date(2026, 11, 25)
RECEIPTS = f"{BANKING}/v1/comprovantes"
TODAY = {"dataInicial": "2026-11-23T00:00:00", "dataFinal": "2026-11-23T23:59:59"}


@pytest.fixture
def title(bs2: Bs2Simulator) -> dict[str, Any]:
    """R$ 489,90 of another bank, due on Wednesday."""
    return bs2.title(48_990, DUE, creditor="Distribuidora Exemplo", document="60316817000103")


def taken(response: httpx.Response) -> str:
    assert response.json()["aprovado"] is True, response.text
    return str(response.json()["solicitacaoId"])


def refusal(response: httpx.Response) -> str:
    assert (response.status_code, response.json()["aprovado"]) == (200, False)
    return str(response.json()["mensagem"])


@pytest.mark.parametrize("form", ["line", "barcode"])
def test_a_title_is_found_by_its_line_and_by_its_bar_code(
    bs2_api: httpx.Client, title: dict[str, Any], form: str
) -> None:
    answer = bs2_api.get(f"{BANKING}/v1/pagamentos/{title[form]}")

    assert answer.status_code == 200
    assert answer.json() == {
        "dataVencimento": "2026-11-25T00:00:00",
        "banco": {"codigo": 341, "nome": "ITAÚ UNIBANCO S.A."},
        "beneficiario": {"nome": "Distribuidora Exemplo", "documento": "60316817000103"},
        "valor": 489.9,
    }


def test_the_amount_of_a_title_can_be_left_out(
    bs2: Bs2Simulator, bs2_api: httpx.Client, title: dict[str, Any]
) -> None:
    bs2.settings(title_shows_amount=False)

    assert "valor" not in bs2_api.get(f"{BANKING}/v1/pagamentos/{title['line']}").json()


def test_a_collection_bill_has_no_bank(bs2: Bs2Simulator, bs2_api: httpx.Client) -> None:
    line = collection_line(13_475)

    answer = bs2_api.get(f"{BANKING}/v1/pagamentos/{line}").json()

    assert (answer["banco"], answer["dataVencimento"], answer["valor"]) == (None, None, 134.75)


def test_a_collection_bill_is_found_by_its_bar_code_too(bs2_api: httpx.Client) -> None:
    line = collection_line(13_475)
    barcode = "".join(line[i : i + 11] for i in range(0, 48, 12))

    by_line = bs2_api.get(f"{BANKING}/v1/pagamentos/{line}").json()
    by_barcode = bs2_api.get(f"{BANKING}/v1/pagamentos/{barcode}").json()

    assert by_line["valor"] == 134.75
    assert by_line == by_barcode


@pytest.mark.parametrize(
    "code", ["123", "x" * 47, "34191090080000000000000000000019116410000048990"]
)
def test_a_code_that_is_none_is_400(bs2_api: httpx.Client, code: str) -> None:
    refused = bs2_api.get(f"{BANKING}/v1/pagamentos/{code}")

    assert refused.status_code == 400
    assert refused.json()[0]["tag"] == "CodigoIdentificacao"


def test_an_unknown_title_can_be_required_to_be_registered(
    bs2: Bs2Simulator, bs2_api: httpx.Client, title: dict[str, Any]
) -> None:
    bs2.reset(seed=True, now="2026-11-23T09:00:00")
    token = bs2.grant()["access_token"]
    headers = {"Authorization": f"Bearer {token}"}
    url = f"{BANKING}/v1/pagamentos/{title['line']}"
    bs2.settings(require_registered_titles=True)
    assert bs2_api.get(url, headers=headers).status_code == 404

    bs2.settings(require_registered_titles=False)

    assert bs2_api.get(url, headers=headers).status_code == 200


def test_a_payment_waits_and_when_approved_is_paid(
    bs2: Bs2Simulator, bs2_api: httpx.Client, title: dict[str, Any]
) -> None:
    before = bs2.account()["balance"]
    order_id = taken(pay(bs2_api, title["line"], 489.9))
    waiting = {"id": order_id, "situacao": "Pendente de aprovação", "status": 1}
    assert payment_status(bs2_api, order_id) == {**waiting, "observacao": None}

    bs2.approve(order_id)

    assert payment_status(bs2_api, order_id)["situacao"] == "Efetivado"
    assert bs2.account()["balance"] == before - 48_990
    params = {"movimentoInicial": "2026-11-23"}
    statement = bs2_api.get(f"{BANKING}/v1/contascorrentes/extrato", params=params).json()
    movement = statement["movimentacoes"][0]
    assert movement["descricao"] == "Pagamento de Título"
    assert movement["favorecido"]["documento"] == "60316817000103"


def test_a_title_is_paid_once(
    bs2: Bs2Simulator, bs2_api: httpx.Client, title: dict[str, Any]
) -> None:
    first = taken(pay(bs2_api, title["line"], 489.9))
    second = taken(pay(bs2_api, title["line"], 489.9))
    before = bs2.account()["balance"]
    bs2.approve(first)

    bs2.approve(second)

    failed = payment_status(bs2_api, second)
    assert (failed["status"], failed["observacao"]) == (7, "O título já foi pago ou baixado.")
    assert bs2.account()["balance"] == before - 48_990
    assert refusal(pay(bs2_api, title["line"], 489.9)) == "O título já foi pago ou baixado."


def test_a_refused_payment_says_so(
    bs2: Bs2Simulator, bs2_api: httpx.Client, title: dict[str, Any]
) -> None:
    order_id = taken(pay(bs2_api, title["line"], 489.9))

    bs2.refuse(order_id)

    status = payment_status(bs2_api, order_id)
    assert (status["status"], status["observacao"]) == (4, "Recusado no BS2 Empresas.")


@pytest.mark.parametrize(
    ("amount", "more", "message"),
    [
        (489.91, {}, "O valor informado não é o do título."),
        (489.9, {"efetuarEm": "2026-11-22"}, "A data para efetuar o pagamento já passou."),
        (
            489.9,
            {"efetuarEm": "2026-11-26"},
            "A data para efetuar o pagamento é posterior ao vencimento.",
        ),
    ],
)
def test_what_is_not_taken_is_a_200_with_the_reason(
    bs2: Bs2Simulator,
    bs2_api: httpx.Client,
    title: dict[str, Any],
    amount: float,
    more: dict[str, Any],
    message: str,
) -> None:
    assert refusal(pay(bs2_api, title["line"], amount, **more)) == message
    assert bs2.orders() == []


def test_a_title_of_the_payer_itself_is_not_taken(bs2: Bs2Simulator, bs2_api: httpx.Client) -> None:
    own = bs2.title(1_000, DUE, document=OFICINA)

    assert "própria conta" in refusal(pay(bs2_api, own["line"], 10))


def test_more_than_is_held_is_not_taken(bs2: Bs2Simulator, bs2_api: httpx.Client) -> None:
    dear = bs2.title(10**9, DUE)

    assert refusal(pay(bs2_api, dear["line"], 10_000_000)) == "Saldo insuficiente."


def test_a_payment_for_the_due_date_goes_then(
    bs2: Bs2Simulator, bs2_api: httpx.Client, title: dict[str, Any]
) -> None:
    day = {"efetuarEm": "2026-11-25T00:00:00", "vencimentoEm": "2026-11-25T00:00:00"}
    order_id = taken(pay(bs2_api, title["line"], 489.9, **day))
    bs2.approve(order_id)
    assert payment_status(bs2_api, order_id)["situacao"] == "Agendado"

    bs2.set_clock("2026-11-25T08:00:00")

    assert payment_status(bs2_api, order_id)["situacao"] == "Efetivado"


def test_a_boleto_of_bs2_paid_here_is_settled_the_next_morning(
    bs2: Bs2Simulator, bs2_api: httpx.Client
) -> None:
    token = bs2.grant(PADARIA)["access_token"]
    headers = {"Authorization": f"Bearer {token}"}
    with httpx.Client(base_url=bs2.base_url, headers=headers, **LOOPBACK) as padaria:
        own = issue(padaria).json()
        before = bs2.account(PADARIA)["balance"]

        bs2.approve(taken(pay(bs2_api, own["linhaDigitavel"], 1500.75)))

        assert bs2.account(PADARIA)["balance"] == before
        bs2.set_clock("2026-11-24T05:39:00")
        assert bs2.account(PADARIA)["balance"] == before + 150_075


def test_receipts_are_found_by_day_and_kind(
    bs2: Bs2Simulator, bs2_api: httpx.Client, title: dict[str, Any]
) -> None:
    paid = taken(pay(bs2_api, title["line"], 489.9))
    sent = str(send(bs2_api).json()["solicitacaoId"])
    later = str(send(bs2_api, efetuarEm="2026-11-24").json()["solicitacaoId"])
    bs2.approve_all()

    def found(kind: int, **days: str) -> list[str]:
        answer = bs2_api.get(RECEIPTS, params=TODAY | days | {"tipoFiltro": kind})
        return [item["comprovanteId"] for item in answer.json()]

    assert found(1) == [sent]
    assert found(2) == [paid]
    assert found(5) == [sent, paid]
    assert found(6) == []
    tomorrow = {"dataInicial": "2026-11-24", "dataFinal": "2026-11-24"}
    assert found(3, **tomorrow) == found(6, **tomorrow) == [later]
    assert found(5, **tomorrow) == []


def test_a_receipt_has_the_data_of_its_kind_and_a_pdf(
    bs2: Bs2Simulator, bs2_api: httpx.Client, title: dict[str, Any]
) -> None:
    bs2.approve(taken(pay(bs2_api, title["line"], 489.9)))

    (item,) = bs2_api.get(RECEIPTS, params=TODAY).json()
    file = bs2_api.get(f"{RECEIPTS}/{item['comprovanteId']}/pdf", params={"TipoComprovante": 2})

    assert item["tipo"] == 2
    assert item["EfetuadoEm"].startswith("2026-11-23T09:00:")
    assert item["dadosTransferencia"] is None
    assert item["dadosPagamento"]["valor"] == 489.9
    assert item["dadosPagamento"]["linhaDigitavel"] == title["line"]
    assert file.headers["content-type"] == "application/pdf"
    assert file.content.startswith(b"%PDF-")


def test_what_waits_has_no_receipt(
    bs2: Bs2Simulator, bs2_api: httpx.Client, title: dict[str, Any]
) -> None:
    order_id = taken(pay(bs2_api, title["line"], 489.9))

    assert bs2_api.get(RECEIPTS, params=TODAY).json() == []
    assert bs2_api.get(f"{RECEIPTS}/{order_id}/imprimivel").status_code == 404


def collection_line(cents: int) -> str:
    """A line of 48 digits with blocks by module 10."""
    barcode = f"846{cents:011d}00240207024307712020200001234"
    whole = barcode[:3] + mod10(barcode) + barcode[3:]
    return "".join(block + mod10(block) for block in (whole[i : i + 11] for i in range(0, 44, 11)))


def mod10(digits: str) -> str:
    total = 0
    for i, char in enumerate(reversed(digits)):
        product = int(char) * (2 - i % 2)
        total += product // 10 + product % 10
    return str(-total % 10)
