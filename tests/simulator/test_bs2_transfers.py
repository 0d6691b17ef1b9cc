"""BS2, transfers: TED to other banks, TEF inside."""

import uuid
from typing import Any

import httpx
import pytest

from tests.bs2_simulator import OFICINA, PADARIA, Bs2Simulator
from tests.simulator.bs2_calls import BANKING, PAYEE, send, to_account, transfer_status

WAITING = {"situacao": "Pendente de aprovação", "status": 1}
DONE = {"situacao": "Efetivado", "status": 3}


def sent(api: httpx.Client, **changes: Any) -> str:
    """The id of a transfer that was taken."""
    response = send(api, **changes)
    value = response.json()
    assert value["aprovado"] is True, response.text
    return str(value["solicitacaoId"])


def refusal(api: httpx.Client, **changes: Any) -> str:
    """Why the bank did not take it."""
    response = send(api, **changes)
    assert response.status_code == 200
    assert response.json()["aprovado"] is False
    return str(response.json()["mensagem"])


def shown(api: httpx.Client, order_id: str) -> dict[str, Any]:
    status = transfer_status(api, order_id)
    assert status.pop("id") == order_id
    return status


def test_a_transfer_is_taken_and_waits_for_a_person(
    bs2: Bs2Simulator, bs2_api: httpx.Client
) -> None:
    before = bs2.account()["balance"]
    answer = send(bs2_api)

    value = answer.json()
    assert answer.status_code == 200
    assert str(uuid.UUID(value.pop("solicitacaoId")))
    assert value == {"aprovado": True, "mensagem": None}
    assert shown(bs2_api, answer.json()["solicitacaoId"]) == WAITING
    assert bs2.account()["balance"] == before


def test_an_approved_ted_leaves_the_account_and_is_in_the_statement(
    bs2: Bs2Simulator, bs2_api: httpx.Client
) -> None:
    before = bs2.account()["balance"]
    order_id = sent(bs2_api)

    bs2.approve(order_id)

    assert shown(bs2_api, order_id) == DONE
    assert bs2.account()["balance"] == before - 235_000
    today = {"movimentoInicial": "2026-11-23"}
    statement = bs2_api.get(f"{BANKING}/v1/contascorrentes/extrato", params=today).json()
    movement = statement["movimentacoes"][0]
    assert (movement["valor"], movement["tipoCategoria"]) == (2350.0, 1)
    assert movement["favorecido"]["conta"] == 567890


def test_without_approval_it_goes_at_once(bs2: Bs2Simulator, bs2_api: httpx.Client) -> None:
    bs2.settings(approval_required=False)

    assert shown(bs2_api, sent(bs2_api)) == DONE


@pytest.mark.parametrize(
    ("act", "status"),
    [
        ("refuse", {"situacao": "Recusado", "status": 4}),
        ("expire", {"situacao": "Recusado", "status": 4}),
        ("cancel", {"situacao": "Cancelado", "status": 5}),
    ],
)
def test_what_a_person_decides_against_moves_nothing(
    bs2: Bs2Simulator, bs2_api: httpx.Client, act: str, status: dict[str, Any]
) -> None:
    before = bs2.account()["balance"]
    order_id = sent(bs2_api)

    getattr(bs2, act)(order_id)

    assert shown(bs2_api, order_id) == status
    assert bs2.account()["balance"] == before


def test_a_returned_ted_comes_back(bs2: Bs2Simulator, bs2_api: httpx.Client) -> None:
    before = bs2.account()["balance"]
    order_id = sent(bs2_api)
    bs2.approve(order_id)

    bs2.refund(order_id)

    assert shown(bs2_api, order_id) == {"situacao": "Devolvido", "status": 6}
    assert bs2.account()["balance"] == before


def test_the_tables_of_statuses_are_settings(bs2: Bs2Simulator, bs2_api: httpx.Client) -> None:
    settings = bs2.settings()
    codes = settings["transfer_statuses"] | {"waiting": 77}
    words = settings["transfer_situations"] | {"waiting": "Em análise"}
    bs2.settings(transfer_statuses=codes, transfer_situations=words)

    assert shown(bs2_api, sent(bs2_api)) == {"situacao": "Em análise", "status": 77}


def test_the_success_status_is_a_setting(bs2: Bs2Simulator, bs2_api: httpx.Client) -> None:
    bs2.settings(send_status=202)

    assert send(bs2_api).status_code == 202


def test_the_data_of_a_transfer(bs2: Bs2Simulator, bs2_api: httpx.Client) -> None:
    order_id = sent(bs2_api)

    data = bs2_api.get(f"{BANKING}/v1/transferencias/{order_id}").json()

    assert data.pop("dataTransacao").startswith("2026-11-23T09:00:")
    assert data == {
        "id": order_id,
        "contaOrigem": "3027154",
        "valor": 2350.0,
        "codigoFinalidade": 10,
        "favorecido": {
            "nome": "Fornecedor Exemplo ME",
            "documento": "60316817000103",
            "contaDestino": {
                "agencia": "1234",
                "numero": "567890",
                "banco": {"codigo": 341, "nome": "ITAÚ UNIBANCO S.A."},
                "tipoConta": 1,
            },
        },
    }


def test_to_the_same_holder_the_purpose_is_110(bs2: Bs2Simulator, bs2_api: httpx.Client) -> None:
    own = to_account(341, "1234", "567890", OFICINA)
    order_id = sent(bs2_api, favorecido=own, mesmaTitularidade=True)

    data = bs2_api.get(f"{BANKING}/v1/transferencias/{order_id}").json()

    assert data["codigoFinalidade"] == 110


def test_inside_bs2_the_money_arrives_and_the_fee_is_not_taken(
    bs2: Bs2Simulator, bs2_api: httpx.Client
) -> None:
    bs2.settings(ted_fee_cents=500)
    held, before = bs2.account(PADARIA), bs2.account()["balance"]
    account = to_account(218, held["branch"], held["number"] + held["digit"], PADARIA)

    bs2.approve(sent(bs2_api, favorecido=account))

    assert bs2.account(PADARIA)["balance"] == held["balance"] + 235_000
    assert bs2.account()["balance"] == before - 235_000


def test_the_fee_of_a_ted_is_a_movement_of_its_own(
    bs2: Bs2Simulator, bs2_api: httpx.Client
) -> None:
    bs2.settings(ted_fee_cents=500)
    before = bs2.account()["balance"]

    bs2.approve(sent(bs2_api))

    assert bs2.account()["balance"] == before - 235_500
    today = {"movimentoInicial": "2026-11-23"}
    statement = bs2_api.get(f"{BANKING}/v1/contascorrentes/extrato", params=today).json()
    assert sorted(m["valor"] for m in statement["movimentacoes"]) == [5.0, 2350.0]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"valor": 10_000_000}, "Saldo insuficiente."),
        ({"efetuarEm": "2026-11-22T00:00:00"}, "A data para efetuar a transferência já passou."),
        (
            {"favorecido": to_account(999, "1", "2", "60316817000103")},
            "O banco do favorecido não foi encontrado.",
        ),
        (
            {"favorecido": to_account(218, "1", "2", "60316817000103")},
            "A conta do favorecido não foi encontrada.",
        ),
        (
            {"favorecido": to_account(218, "0001", "3027154", OFICINA), "mesmaTitularidade": True},
            "A conta de destino é a própria conta de origem.",
        ),
        (
            {"mesmaTitularidade": True},
            "A titularidade informada não confere com o documento do favorecido.",
        ),
    ],
)
def test_what_the_bank_does_not_take_is_a_200_that_says_so(
    bs2: Bs2Simulator, bs2_api: httpx.Client, changes: dict[str, Any], message: str
) -> None:
    assert refusal(bs2_api, **changes) == message
    assert bs2.orders() == []


def test_the_status_of_what_was_not_taken_can_be_asked(
    bs2: Bs2Simulator, bs2_api: httpx.Client
) -> None:
    refused = send(bs2_api, valor=10_000_000).json()

    assert shown(bs2_api, refused["solicitacaoId"]) == {"situacao": "Recusado", "status": 4}


def test_without_balance_it_can_fail_at_approval_instead(
    bs2: Bs2Simulator, bs2_api: httpx.Client
) -> None:
    bs2.settings(refuses_without_balance=False)
    order_id = sent(bs2_api, valor=10_000_000)

    bs2.approve(order_id)

    assert shown(bs2_api, order_id) == {"situacao": "Não efetivado", "status": 7}


@pytest.mark.parametrize(
    ("changes", "tag"),
    [
        ({"favorecido": None}, "Favorecido"),
        ({"favorecido": PAYEE | {"nome": ""}}, "Favorecido.Nome"),
        ({"favorecido": PAYEE | {"nome": "x" * 61}}, "Favorecido.Nome"),
        ({"favorecido": PAYEE | {"documento": "60316817000104"}}, "Favorecido.Documento"),
        ({"valor": 0}, "Valor"),
        ({"valor": -1}, "Valor"),
        ({"valor": 1.001}, "Valor"),
        ({"valor": "10"}, "Valor"),
        ({"valor": None}, "Valor"),
        ({"efetuarEm": "amanhã"}, "EfetuarEm"),
        (
            {"favorecido": PAYEE | {"contaDestino": PAYEE["contaDestino"] | {"tipoConta": None}}},
            "Favorecido.ContaDestino.TipoConta",
        ),
    ],
)
def test_a_body_that_cannot_be_read_is_an_array_with_the_field(
    bs2: Bs2Simulator, bs2_api: httpx.Client, changes: dict[str, Any], tag: str
) -> None:
    refused = send(bs2_api, **changes)

    assert refused.status_code == 400
    assert [error["tag"] for error in refused.json()] == [tag]
    assert bs2.orders() == []


def test_the_bank_s_code_may_be_a_text(bs2: Bs2Simulator, bs2_api: httpx.Client) -> None:
    account = PAYEE["contaDestino"] | {"banco": {"codigo": "001", "nome": "BB"}}

    order_id = sent(bs2_api, favorecido=PAYEE | {"contaDestino": account})

    data = bs2_api.get(f"{BANKING}/v1/transferencias/{order_id}").json()
    assert data["favorecido"]["contaDestino"]["banco"]["codigo"] == 1


def test_a_future_day_schedules(bs2: Bs2Simulator, bs2_api: httpx.Client) -> None:
    order_id = sent(bs2_api, efetuarEm="2026-11-25T00:00:00")
    bs2.approve(order_id)
    assert shown(bs2_api, order_id) == {"situacao": "Agendado", "status": 2}

    bs2.set_clock("2026-11-25T06:31:00")

    assert shown(bs2_api, order_id) == DONE


def test_a_scheduled_one_can_be_taken_back(bs2: Bs2Simulator, bs2_api: httpx.Client) -> None:
    order_id = sent(bs2_api, efetuarEm="2026-11-25T00:00:00")
    bs2.approve(order_id)

    bs2.cancel(order_id)
    bs2.set_clock("2026-11-26T09:00:00")

    assert shown(bs2_api, order_id) == {"situacao": "Cancelado", "status": 5}


def test_after_hours_a_ted_goes_on_the_next_banking_day(
    bs2: Bs2Simulator, bs2_api: httpx.Client
) -> None:
    bs2.set_clock("2026-11-27T17:00:00")  # a Friday
    order_id = sent(bs2_api)
    bs2.approve(order_id)

    assert shown(bs2_api, order_id)["situacao"] == "Agendado"
    assert bs2.orders()[0]["scheduled"] == "2026-11-30"


def test_after_hours_a_ted_can_be_refused_instead(bs2: Bs2Simulator, bs2_api: httpx.Client) -> None:
    bs2.settings(after_hours="refuse")
    assert send(bs2_api).json()["aprovado"] is True

    bs2.set_clock("2026-11-23T17:00:00")

    assert refusal(bs2_api) == "Fora do horário de funcionamento da TED."


def test_nobody_decided_in_time(bs2: Bs2Simulator, bs2_api: httpx.Client) -> None:
    order_id = sent(bs2_api)

    bs2.advance(7 * 24 * 3600 + 1)

    assert bs2.orders(id=order_id)[0]["state"] == "expired"


def test_the_same_transfer_twice_is_two_transfers(bs2: Bs2Simulator, bs2_api: httpx.Client) -> None:
    sent(bs2_api)
    sent(bs2_api)

    assert len(bs2.orders()) == 2


def test_another_company_s_transfer_is_not_there(bs2: Bs2Simulator, bs2_api: httpx.Client) -> None:
    order_id = sent(bs2_api)
    token = bs2.grant(PADARIA)["access_token"]
    url = f"{BANKING}/v1/transferencias/solicitacoes/{order_id}"

    refused = bs2_api.get(url, headers={"Authorization": f"Bearer {token}"})

    assert refused.status_code == 404
    assert refused.json()[0]["tag"] == "SolicitacaoId"
