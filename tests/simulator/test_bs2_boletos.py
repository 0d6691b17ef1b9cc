"""BS2, Cobrança: issue, detail, PDF, payment and write-off."""

import re
from typing import Any

import httpx
import pytest

from tests.bs2_simulator import PADARIA, Bs2Simulator
from tests.simulator.bs2_calls import BANKING, COLLECTION, PAYER, boleto, issue

FINE = {"valor": 30.0, "data": "2026-12-11", "juros": 1.0}


def ask_write_off(api: httpx.Client, boleto_id: str | int, **body: Any) -> httpx.Response:
    url = f"{COLLECTION}/v1/boletos/{boleto_id}/solicitacoes/cancelamentos"
    return api.post(url, json=body)


def write_off(api: httpx.Client, boleto_id: str | int, request_id: str) -> dict[str, Any]:
    url = f"{COLLECTION}/v1/boletos/{boleto_id}/solicitacoes/cancelamentos/{request_id}"
    return dict(api.get(url).json())


@pytest.mark.parametrize("status", [400, 200])
def test_a_refusal_may_be_told_inside_a_200(
    bs2: Bs2Simulator, bs2_api: httpx.Client, status: int
) -> None:
    bs2.settings(boleto_refusal_status=status)

    refused = issue(bs2_api, valor=4.99)

    assert (refused.status_code, refused.json()[0]["tag"]) == (status, "ValorBoleto")
    assert bs2.boletos() == []


def test_an_issued_boleto_has_the_documented_shape(bs2_api: httpx.Client) -> None:
    answer = issue(bs2_api, multa=FINE, mensagem={"linha1": "Ref. nota 1001"}, especie="9")

    assert answer.status_code == 200
    value = answer.json()
    assert len(value.pop("id")) == len(value.pop("clienteId")) == 36
    assert len(str(value["nossoNumero"])) == 11
    nothing = dict.fromkeys(PAYER["endereco"])
    barcode, line = value.pop("codigoDeBarra"), value.pop("linhaDigitavel")
    assert len(line) == 47
    assert barcode[:4] == "2189"
    assert barcode[9:19] == "0000150075"
    assert barcode[19:43] == f"0010003027154{value['nossoNumero']}"
    assert value == {
        "sacado": {
            "email": "financeiro@exemplo.com.br",
            "telefone": "11999990000",
            "tipo": 2,
            "documento": "60316817000103",
            "nome": "Cliente Exemplo Ltda",
            "endereco": PAYER["endereco"],
        },
        "status": 1,
        "nossoNumero": value["nossoNumero"],
        "seuNumero": "NF-1001",
        "sacadorAvalista": {"tipo": 0, "documento": None, "nome": None, "endereco": nothing},
        "vencimento": "2026-12-10T03:00:00",
        "valor": 1500.75,
        "canal": None,
        "multa": {"valor": 30.0, "data": "2026-12-11T03:00:00", "juros": 1.0},
        "desconto": {"percentual": None, "valorFixo": None, "valorDiario": None, "limite": None},
        "mensagem": {"linha1": "Ref. nota 1001", "linha2": None, "linha3": None, "linha4": None},
        "aceite": False,
        "especie": "DuplicataMercantil",
    }


def test_the_final_beneficiary_is_kept_by_v2_only(bs2_api: httpx.Client) -> None:
    final = {"razaoSocial": "Loja Ltda", "nomeFantasia": "Loja", "documento": "60316817000103"}

    assert issue(bs2_api, "v2", beneficiarioFinal=final).json()["beneficiarioFinal"] == final
    assert "beneficiarioFinal" not in issue(bs2_api, "v1", beneficiarioFinal=final).json()


def test_a_payer_known_already_is_named_by_its_id(bs2_api: httpx.Client) -> None:
    first = issue(bs2_api).json()

    second = issue(bs2_api, cliente={"clienteId": first["clienteId"]}).json()

    assert second["sacado"] == first["sacado"]
    assert second["nossoNumero"] == first["nossoNumero"] + 1


def test_without_seu_numero_the_bank_makes_one(bs2_api: httpx.Client) -> None:
    assert issue(bs2_api, seuNumero=None).json()["seuNumero"]
    assert issue(bs2_api, seuNumero=77).json()["seuNumero"] == "77"


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        ({"valor": 4.99}, [("ValorBoleto", "Boleto com valor inferior a R$ 5,00")]),
        ({"valor": 500000.01}, [("ValorBoleto", "Boleto com valor superior a R$ 500.000,00")]),
        (
            {"vencimento": "2026-11-22"},
            [("Vencimento", "Data de vencimento deve ser maior ou igual a data de hoje.")],
        ),
        (
            {"vencimento": "2026-11-22", "valor": 1},
            [
                ("ValorBoleto", "Boleto com valor inferior a R$ 5,00"),
                ("Vencimento", "Data de vencimento deve ser maior ou igual a data de hoje."),
            ],
        ),
        ({"vencimento": None}, [("Vencimento", "Não pode ser nulo ou vazio.")]),
        ({"cliente": None}, [("Cliente", "Não pode ser nulo ou vazio.")]),
        (
            {"cliente": PAYER | {"tipo": "fisica"}},
            [("Cliente.Documento", "O documento não é do tipo informado.")],
        ),
        (
            {"multa": FINE | {"data": "2026-12-10"}},
            [("Multa.Data", "A data da multa deve ser maior que o vencimento.")],
        ),
        ({"especie": "7"}, [("Especie", "O formato esperado não foi respeitado.")]),
    ],
)
def test_what_is_wrong_is_an_array_of_tag_and_descricao(
    bs2: Bs2Simulator,
    bs2_api: httpx.Client,
    changes: dict[str, Any],
    errors: list[tuple[str, str]],
) -> None:
    refused = issue(bs2_api, **changes)

    assert refused.status_code == 400
    assert [(error["tag"], error["descricao"]) for error in refused.json()] == errors
    assert bs2.boletos() == []


@pytest.mark.parametrize("amount", [5, 500000])
def test_the_limits_themselves_are_good(bs2_api: httpx.Client, amount: int) -> None:
    assert issue(bs2_api, valor=amount, vencimento="2026-11-23").status_code == 200


def test_a_repeated_seu_numero_is_refused_by_setting(
    bs2: Bs2Simulator, bs2_api: httpx.Client
) -> None:
    issue(bs2_api)
    assert issue(bs2_api).status_code == 200

    bs2.settings(refuses_repeated_seu_numero=True)

    assert issue(bs2_api).json()[0]["tag"] == "SeuNumero"


def test_the_detail_is_wrapped_and_names_the_bar_code_otherwise(bs2_api: httpx.Client) -> None:
    issued = issue(bs2_api).json()

    by_number = boleto(bs2_api, issued["nossoNumero"])

    assert by_number == boleto(bs2_api, issued["id"])
    assert by_number["codigoBarras"] == issued["codigoDeBarra"]
    assert by_number["emissao"].startswith("2026-11-23T12:00:")
    assert by_number["dataLimitePagamento"] == "2027-02-08T03:00:00"
    assert by_number["carteira"] == {"descricao": None, "codigo": 21}
    assert (by_number["valorPago"], by_number["pagamento"], by_number["status"]) == (None, None, 1)


def test_an_id_of_another_form_is_the_error_nosso_numero(bs2_api: httpx.Client) -> None:
    refused = bs2_api.get(f"{COLLECTION}/v1/boletos/abc")

    assert refused.status_code == 400
    assert refused.json() == [{"tag": "NossoNumero", "descricao": "Não pode ser nulo ou vazio."}]


def test_another_company_s_boleto_is_not_there(bs2: Bs2Simulator, bs2_api: httpx.Client) -> None:
    issued = issue(bs2_api).json()
    token = bs2.grant(PADARIA)["access_token"]
    url = f"{COLLECTION}/v1/boletos/{issued['nossoNumero']}"

    assert bs2_api.get(url, headers={"Authorization": f"Bearer {token}"}).status_code == 404


def test_the_pdf_is_the_boleto(bs2_api: httpx.Client) -> None:
    issued = issue(bs2_api).json()

    file = bs2_api.get(f"{COLLECTION}/v1/boletos/{issued['id']}/imprimivel")

    assert file.headers["content-type"] == "application/pdf"
    assert file.content.startswith(b"%PDF-")


def test_paid_in_the_network_it_is_seen_and_settled_the_next_morning(
    bs2: Bs2Simulator, bs2_api: httpx.Client
) -> None:
    number, before = issue(bs2_api).json()["nossoNumero"], bs2.account()["balance"]

    bs2.pay_boleto(number, bank="341")

    seen = boleto(bs2_api, number)
    assert (seen["status"], seen["valorPago"], seen["valorLiquidado"]) == (1, 1500.75, None)
    assert (seen["bancoPagamento"], seen["pagamento"]) == (341, "2026-11-23T03:00:00")
    assert bs2.account()["balance"] == before

    bs2.set_clock("2026-11-24T05:39:00")

    settled = boleto(bs2_api, number)
    assert (settled["status"], settled["valorLiquidado"]) == (4, 1500.75)
    assert settled["movimento"] == "2026-11-24T03:00:00"
    assert bs2.account()["balance"] == before + 150_075
    statement = bs2_api.get(f"{BANKING}/v1/contascorrentes/extrato").json()["movimentacoes"][0]
    assert (statement["valor"], statement["tipoMovimentacao"]) == (1500.75, 2)
    assert statement["remetente"]["documento"] == "60316817000103"


def test_paid_on_a_friday_it_is_settled_on_monday(bs2: Bs2Simulator, bs2_api: httpx.Client) -> None:
    number = issue(bs2_api).json()["nossoNumero"]
    bs2.set_clock("2026-11-27T10:00:00")
    bs2.pay_boleto(number)

    bs2.set_clock("2026-11-29T23:00:00")
    assert boleto(bs2_api, number)["status"] == 1
    bs2.set_clock("2026-11-30T06:00:00")

    assert boleto(bs2_api, number)["status"] == 4


def test_paid_inside_bs2_it_shows_only_when_settled(
    bs2: Bs2Simulator, bs2_api: httpx.Client
) -> None:
    number = issue(bs2_api).json()["nossoNumero"]
    bs2.pay_boleto(number, bank="218")
    assert boleto(bs2_api, number)["valorPago"] is None

    bs2.settle(number)

    assert boleto(bs2_api, number)["valorPago"] == 1500.75


def test_late_it_costs_the_fine_and_interest_by_day(
    bs2: Bs2Simulator, bs2_api: httpx.Client
) -> None:
    number = issue(bs2_api, multa=FINE).json()["nossoNumero"]
    bs2.set_clock("2026-12-20T10:00:00")
    assert boleto(bs2_api, number)["status"] == 2

    bs2.pay_boleto(number)

    assert boleto(bs2_api, number)["valorPago"] == 1535.75  # 30,00 and 10 days of 1 % a month


def test_early_it_costs_less(bs2: Bs2Simulator, bs2_api: httpx.Client) -> None:
    discount = {"percentual": 10.0, "valorFixo": 0.75, "valorDiario": 1.0, "limite": "2026-12-05"}
    number = issue(bs2_api, valor=1000, desconto=discount).json()["nossoNumero"]
    bs2.set_clock("2026-12-01T10:00:00")

    bs2.pay_boleto(number)

    assert boleto(bs2_api, number)["valorPago"] == 890.25  # less 100, 0,75 and 9 days


def test_after_60_days_nobody_can_pay_it(bs2: Bs2Simulator, bs2_api: httpx.Client) -> None:
    number = issue(bs2_api).json()["nossoNumero"]
    bs2.set_clock("2027-02-09T10:00:00")

    with pytest.raises(RuntimeError, match="prazo"):
        bs2.pay_boleto(number)


def test_a_write_off_is_asked_and_done_later(bs2: Bs2Simulator, bs2_api: httpx.Client) -> None:
    number = issue(bs2_api).json()["nossoNumero"]
    bs2.settings(write_off_seconds=60)

    asked = ask_write_off(bs2_api, number, justificativa="Pedido cancelado").json()

    request_id = asked.pop("solicitacaoId")
    assert asked == {"nossoNumero": number, "status": 1, "justificativa": "Pedido cancelado"}
    assert boleto(bs2_api, number)["status"] == 1
    bs2.advance(61)
    assert write_off(bs2_api, number, request_id)["status"] == 3
    assert boleto(bs2_api, number)["status"] == 3
    cancelled = boleto(bs2_api, number)
    assert re.fullmatch(r"2026-11-23T12:01:\d\d\.\d{7}", cancelled["cancelamento"])
    assert cancelled["registrado"] is False


def test_a_write_off_by_the_id_answers_the_id(bs2_api: httpx.Client) -> None:
    issued = issue(bs2_api).json()

    asked = ask_write_off(bs2_api, issued["id"]).json()

    assert asked["boletoId"] == issued["id"]
    assert "nossoNumero" not in asked


def test_a_boleto_that_was_paid_is_not_written_off(
    bs2: Bs2Simulator, bs2_api: httpx.Client
) -> None:
    number = issue(bs2_api).json()["nossoNumero"]
    request_id = ask_write_off(bs2_api, number).json()["solicitacaoId"]
    bs2.pay_boleto(number)

    bs2.advance(60)

    assert write_off(bs2_api, number, request_id)["status"] == 2
    assert boleto(bs2_api, number)["cancelamento"] is None


def test_a_boleto_that_was_written_off_is_not_paid(
    bs2: Bs2Simulator, bs2_api: httpx.Client
) -> None:
    number = issue(bs2_api).json()["nossoNumero"]
    ask_write_off(bs2_api, number)
    bs2.advance(60)

    with pytest.raises(RuntimeError, match="baixado"):
        bs2.pay_boleto(number)
