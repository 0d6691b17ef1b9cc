"""BS2, Pix clientes: money out in two steps or asked for, receipts, refunds, charges."""

import re
from typing import Any

import httpx
import pytest

from tests.bs2_simulator import OFICINA, PADARIA, Bs2Simulator
from tests.simulator.bs2_calls import BANKING, PIX, confirm_pix, dynamic, start_pix

SUPPLIER = "60316817000103"
DAY = {"Inicio": "2026-11-23", "Fim": "2026-11-23"}


def started(api: httpx.Client, value: str = SUPPLIER, kind: str = "CNPJ") -> dict[str, Any]:
    response = start_pix(api, value, kind)
    assert response.status_code == 200, response.text
    return dict(response.json())


def detail(api: httpx.Client, pix_id: str) -> dict[str, Any]:
    response = api.get(f"{PIX}/pagamentos/{pix_id}")
    assert response.status_code == 200, response.text
    return dict(response.json())


def ask(api: httpx.Client, *items: dict[str, Any]) -> httpx.Response:
    usual = {"identificador": "pag-1", "chave": {"valor": SUPPLIER, "tipo": "CNPJ"}, "valor": 10}
    body = {"solicitacoes": [usual | item for item in items]}
    return api.post(f"{PIX}/pagamentos/chave/solicitacoes", json=body)


def asked(api: httpx.Client, request_id: str) -> dict[str, Any]:
    return dict(api.get(f"{PIX}/pagamentos/chave/solicitacoes/{request_id}").json())


def received(api: httpx.Client) -> dict[str, Any]:
    """The newest Pix received on the day of the tests."""
    return dict(api.get(f"{PIX}/recebimentos", params=DAY).json()["recebimentos"][0])


def refund(api: httpx.Client, pix_id: str, name: str, amount: float) -> httpx.Response:
    return api.put(f"{PIX}/pix/{pix_id}/devolucao/{name}", json={"valor": amount})


def test_a_pix_by_key_begins_with_who_receives_it(bs2: Bs2Simulator, bs2_api: httpx.Client) -> None:
    place = {"bank": "341", "branch": "1234", "account": "567890"}
    bs2.key("CNPJ", SUPPLIER, name="Fornecedor Exemplo ME", document=SUPPLIER, **place)

    value = started(bs2_api)

    assert len(value["endToEndId"]) == 32
    assert value["endToEndId"].startswith("E71027866202611231200")
    assert value["endToEndId"].endswith("P")
    assert value["recebedor"] == {
        "ispb": "60701190",
        "conta": {
            "banco": "341",
            "bancoNome": "ITAÚ UNIBANCO S.A.",
            "agencia": "1234",
            "numero": "567890",
            "tipo": "ContaCorrente",
        },
        "pessoa": {
            "documento": SUPPLIER,
            "tipoDocumento": "CNPJ",
            "nome": "Fornecedor Exemplo ME",
            "nomeFantasia": None,
        },
    }
    assert value["pagador"]["conta"]["numero"] == "3027154"
    assert bs2.orders() == []


def test_the_detail_of_a_pix_not_confirmed_says_nothing_of_it_yet(bs2_api: httpx.Client) -> None:
    value = started(bs2_api)

    found = detail(bs2_api, value["pagamentoId"])

    charge = found["cobranca"]
    assert charge["documento"] == {"revisao": 0, "versao": 0}
    assert [charge[n] for n in ("calendario", "pagador", "infoAdicionais")] == [None, None, None]
    amounts = ("original", "final", "juros", "multa", "desconto", "abatimento")
    assert [charge["valor"][name] for name in amounts] == [0] * 6
    assert charge["chave"]["id"] == "00000000-0000-0000-0000-000000000000"
    assert found["erro"] == {"erroCodigo": None, "erroDescricao": None}
    for party in ("pagador", "recebedor"):
        assert found[party]["pessoa"]["conta"] is None
        assert "conta" not in value[party]["pessoa"]


def test_the_detail_of_a_pix_confirmed_has_its_amount(bs2_api: httpx.Client) -> None:
    value = started(bs2_api)
    confirm_pix(bs2_api, value, valor=12.34)

    charge = detail(bs2_api, value["pagamentoId"])["cobranca"]

    assert (charge["valor"]["original"], charge["valor"]["final"]) == (12.34, 12.34)
    assert charge["pagador"]["pessoa"]["documento"] == OFICINA
    assert charge["calendario"]["criacao"]


def test_the_document_of_a_person_may_be_masked_and_is_confirmed_so(
    bs2: Bs2Simulator, bs2_api: httpx.Client
) -> None:
    bs2.settings(pix_masks_documents=True)

    value = started(bs2_api, "11144477735", "CPF")

    assert value["recebedor"]["pessoa"]["documento"] == "***444777**"
    assert value["pagador"]["pessoa"]["documento"] == OFICINA
    shown = detail(bs2_api, value["pagamentoId"])
    assert shown["recebedor"]["pessoa"]["documento"] == "***444777**"
    assert confirm_pix(bs2_api, value, valor=1).status_code == 202
    assert bs2.orders()[0]["document"] == "11144477735"


def test_a_cnpj_may_be_called_a_cpf(bs2: Bs2Simulator, bs2_api: httpx.Client) -> None:
    bs2.settings(pix_calls_cnpj_cpf=True)

    assert started(bs2_api)["recebedor"]["pessoa"]["tipoDocumento"] == "CPF"


@pytest.mark.parametrize(("is_taken", "status"), [(False, 400), (True, 200)])
def test_a_random_key_is_evp_and_maybe_chave_aleatoria(
    bs2: Bs2Simulator, bs2_api: httpx.Client, is_taken: bool, status: int
) -> None:
    bs2.settings(pix_takes_chave_aleatoria=is_taken)
    key = "7d9f0335-8dcc-4054-9bf9-0dbd61d36906"

    assert start_pix(bs2_api, key, "EVP").status_code == 200
    assert start_pix(bs2_api, key, "CHAVE_ALEATORIA").status_code == status


def test_a_confirmed_pix_waits_for_a_person_and_then_goes(
    bs2: Bs2Simulator, bs2_api: httpx.Client
) -> None:
    before, value = bs2.account()["balance"], started(bs2_api)

    answer = confirm_pix(bs2_api, value, valor=10.5, campoLivre="NF 12")

    assert (answer.status_code, answer.content) == (202, b"")
    shown = detail(bs2_api, value["pagamentoId"])
    assert (shown["status"], shown["valor"]) == ("PENDENTE_APROVACAO", 10.5)
    assert shown["cobranca"]["id"] == value["pagamentoId"]
    assert "pagamentoId" not in shown
    assert shown["numeroContaPagador"] == "3027154"
    bs2.approve(value["pagamentoId"])
    assert detail(bs2_api, value["pagamentoId"])["status"] == "EFETIVADO"
    assert bs2.account()["balance"] == before - 1_050
    statement = bs2_api.get(f"{BANKING}/v1/contascorrentes/extrato").json()["movimentacoes"][0]
    assert statement["pix"] == {"endToEndId": value["endToEndId"]}
    assert (statement["tipoCategoria"], statement["observacao"]) == (11, "NF 12")


def test_without_approval_a_pix_goes_when_confirmed(
    bs2: Bs2Simulator, bs2_api: httpx.Client
) -> None:
    bs2.settings(pix_approval_required=False)
    value = started(bs2_api)

    confirm_pix(bs2_api, value, valor=10)

    assert detail(bs2_api, value["pagamentoId"])["status"] == "EFETIVADO"


def test_a_pix_is_confirmed_once(bs2: Bs2Simulator, bs2_api: httpx.Client) -> None:
    value = started(bs2_api)
    confirm_pix(bs2_api, value, valor=10)

    again = confirm_pix(bs2_api, value, valor=10)

    assert again.status_code == 400
    assert again.json() == [
        {
            "tag": "bs2-pix-confirmacao",
            "descricao": "Pagamento não está disponível para confirmação."
            " Status atual: PENDENTE_APROVACAO",
        }
    ]
    assert len(bs2.orders()) == 1


def test_a_pix_that_nobody_confirms_expires(bs2: Bs2Simulator, bs2_api: httpx.Client) -> None:
    value = started(bs2_api)
    bs2.advance(301)

    refused = confirm_pix(bs2_api, value, valor=10)

    assert refused.json()[0]["descricao"].endswith("Status atual: EXPIRADO")
    assert detail(bs2_api, value["pagamentoId"])["status"] == "EXPIRADO"
    assert bs2.orders() == []


def test_a_pix_is_confirmed_to_who_it_was_started_for(
    bs2: Bs2Simulator, bs2_api: httpx.Client
) -> None:
    value, other = started(bs2_api), started(bs2_api, PADARIA)

    refused = confirm_pix(bs2_api, value | {"recebedor": other["recebedor"]}, valor=10)

    assert refused.status_code == 400
    assert bs2.orders() == []


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("CPF", "52998224724"),
        ("CNPJ", "60.316.817/0001-03"),
        ("EMAIL", "sem-arroba"),
        ("PHONE", "11999990000"),
        ("EVP", "123"),
    ],
)
def test_a_key_of_another_form_is_refused(bs2_api: httpx.Client, kind: str, value: str) -> None:
    refused = start_pix(bs2_api, value, kind)

    assert refused.status_code == 400
    assert refused.json() == [
        {
            "tag": "SolicitacaoPagamento.Chave.Valor",
            "descricao": "O formato esperado não foi respeitado.",
        }
    ]


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("CPF", "52998224725"),
        ("EMAIL", "financeiro@exemplo.com.br"),
        ("PHONE", "+5511999990000"),
        ("EVP", "7d9f0335-8dcc-4054-9bf9-0dbd61d36906"),
    ],
)
def test_keys_of_every_form_are_good(bs2_api: httpx.Client, kind: str, value: str) -> None:
    assert start_pix(bs2_api, value, kind).status_code == 200


def test_a_key_that_nobody_has(bs2: Bs2Simulator, bs2_api: httpx.Client) -> None:
    bs2.key("EMAIL", "ninguem@exemplo.com", exists=False)

    assert start_pix(bs2_api, "ninguem@exemplo.com", "EMAIL").status_code == 400


def test_a_pix_inside_bs2_arrives_as_one(bs2: Bs2Simulator, bs2_api: httpx.Client) -> None:
    before = bs2.account(PADARIA)["balance"]
    value = started(bs2_api, PADARIA)
    confirm_pix(bs2_api, value, valor=10)
    bs2.approve(value["pagamentoId"])

    assert bs2.account(PADARIA)["balance"] == before + 1_000
    headers = {"Authorization": f"Bearer {bs2.grant(PADARIA)['access_token']}"}
    url = f"{BANKING}/v1/contascorrentes/extrato"
    movement = bs2_api.get(url, headers=headers).json()["movimentacoes"][0]
    assert movement["tipoCategoria"] == 16
    assert movement["remetente"]["documento"] == OFICINA
    assert movement["pix"] == {"endToEndId": value["endToEndId"]}


def test_a_pix_to_branch_and_account(bs2: Bs2Simulator, bs2_api: httpx.Client) -> None:
    person = {"documento": SUPPLIER, "tipoDocumento": "CNPJ", "nome": "Fornecedor"}
    account = {"agencia": "1234", "numero": "567890", "tipo": "ContaCorrente"}
    body = {"recebedor": {"ispb": "60701190", "conta": account, "pessoa": person}}

    value = bs2_api.post(f"{PIX}/pagamentos/manual", json=body).json()
    confirm_pix(bs2_api, value, valor=7)

    assert value["recebedor"]["conta"]["banco"] == "341"
    (order,) = bs2.orders()
    assert (order["amount"], order["document"], order["rail"]) == (700, SUPPLIER, "pix")


def test_a_dynamic_code_is_paid_at_its_own_value(bs2: Bs2Simulator, bs2_api: httpx.Client) -> None:
    headers = {"Authorization": f"Bearer {bs2.grant(PADARIA)['access_token']}"}
    body = dynamic(chave=PADARIA)
    charge = bs2_api.post(f"{PIX}/qrcodes/dinamico", json=body, headers=headers).json()

    value = bs2_api.post(f"{PIX}/pagamentos/qrcodes", json={"qrCode": charge["qrCode"]}).json()
    assert (value["valor"], value["recebedor"]["pessoa"]["documento"]) == (12.5, PADARIA)
    assert confirm_pix(bs2_api, value, valor=12.49).status_code == 400
    confirm_pix(bs2_api, value, valor=12.5)
    bs2.approve(value["pagamentoId"])

    paid = bs2_api.get(f"{PIX}/cob/{charge['txId']}", headers=headers).json()
    assert (paid["status"], paid["endToEndId"]) == ("CONCLUIDA", value["endToEndId"])


def test_a_code_that_was_changed_is_refused(bs2_api: httpx.Client) -> None:
    refused = bs2_api.post(f"{PIX}/pagamentos/qrcodes", json={"qrCode": "00020126580014br.gov"})

    assert refused.status_code == 400
    assert refused.json()[0]["tag"] == "QrCode"


def test_what_is_asked_for_is_started_and_confirmed_by_the_bank(
    bs2: Bs2Simulator, bs2_api: httpx.Client
) -> None:
    answer = ask(bs2_api, {"identificador": "pag-123", "valor": 10})

    (item,) = answer.json()
    assert answer.status_code == 202
    request_id = item.pop("solicitacaoId")
    assert item == {
        "identificador": "pag-123",
        "chave": {"valor": SUPPLIER, "tipo": "CNPJ"},
        "valor": 10.0,
        "erros": None,
    }
    assert asked(bs2_api, request_id)["status"] == "Realizado"
    bs2.advance(2)
    begun = asked(bs2_api, request_id)
    assert (begun["status"], begun["agencia"], begun["numero"]) == ("Iniciado", "1", "3027154")
    bs2.approve(begun["pagamentoId"])
    done = asked(bs2_api, request_id)
    assert done["status"] == "Confirmado"
    assert done["endToEndId"].startswith("E71027866")


def test_one_wrong_item_refuses_them_all(bs2: Bs2Simulator, bs2_api: httpx.Client) -> None:
    refused = ask(bs2_api, {}, {"valor": 0})

    assert refused.status_code == 400
    assert refused.json()[0]["tag"] == "Solicitacoes[1].Valor"
    bs2.advance(2)
    assert bs2.orders() == []


def test_an_empty_list_is_told_without_a_tag(bs2_api: httpx.Client) -> None:
    refused = ask(bs2_api)

    assert refused.status_code == 400
    expected = {"tag": None, "descricao": "Pelo menos uma solicitação deve ser enviada."}
    assert refused.json() == [expected]


def test_what_is_asked_for_somebody_else_s_key_is_rejected(
    bs2: Bs2Simulator, bs2_api: httpx.Client
) -> None:
    (item,) = ask(bs2_api, {"validarRecebedor": {"documento": PADARIA}}).json()
    bs2.advance(2)

    rejected = asked(bs2_api, item["solicitacaoId"])

    assert (rejected["status"], rejected["pagamentoId"]) == ("Rejeitado", None)
    assert "não confere" in rejected["rejeitadoDescricao"]


def test_without_balance_what_was_asked_for_ends_in_an_error(
    bs2: Bs2Simulator, bs2_api: httpx.Client
) -> None:
    (item,) = ask(bs2_api, {"valor": 10_000_000}).json()
    bs2.advance(2)
    bs2.approve_all()

    failed = asked(bs2_api, item["solicitacaoId"])

    assert (failed["status"], failed["erroDescricao"]) == ("Erro", "Saldo insuficiente.")


def test_an_identificador_is_taken_twice_unless_set_otherwise(
    bs2: Bs2Simulator, bs2_api: httpx.Client
) -> None:
    ask(bs2_api, {})
    assert ask(bs2_api, {}).status_code == 202

    bs2.settings(pix_identificador_is_unique=True)

    assert ask(bs2_api, {}).status_code == 400


def test_the_list_of_pix_sent_is_narrowed(bs2: Bs2Simulator, bs2_api: httpx.Client) -> None:
    first, second = started(bs2_api), started(bs2_api)
    confirm_pix(bs2_api, second, valor=10)

    def found(**query: str) -> list[str]:
        answer = bs2_api.get(f"{PIX}/pagamentos", params=DAY | query)
        return [item["pagamentoId"] for item in answer.json()["itens"]]

    assert found() == [second["pagamentoId"], first["pagamentoId"]]
    assert found(Status="INICIADO") == [first["pagamentoId"]]
    assert found(Tipo="QR_CODE") == []
    assert found(Inicio="2026-11-22", Fim="2026-11-22") == []


def test_a_pix_received_is_found_by_its_ids(bs2: Bs2Simulator, bs2_api: httpx.Client) -> None:
    bs2.credit(1_234, name="Cliente Exemplo Ltda", document=SUPPLIER, description="Pedido 7")

    item = received(bs2_api)

    assert (item["valor"], item["status"], item["situacao"]) == (12.34, "Efetivado", "ACCC")
    assert item["data"].endswith("-03:00")
    assert item["pagador"]["pessoa"]["documento"] == SUPPLIER
    assert item["recebedor"]["pessoa"]["documento"] == OFICINA
    assert (item["campoLivre"], item["devolucoes"]) == ("Pedido 7", [])
    page = {"qtd": 1, "paginaAtual": 1, "itensPorPagina": 1}
    by_pix = bs2_api.get(f"{PIX}/recebimentos/{item['endToEndId']}/recebimento").json()
    by_id = bs2_api.get(f"{PIX}/recebimentos/{item['recebimentoId']}").json()
    assert by_pix == by_id == item | {"pagina": page}


def test_a_pix_of_the_first_start_is_found_too(bs2_api: httpx.Client) -> None:
    days = {"Inicio": "2026-11-01", "Fim": "2026-11-22"}
    old = bs2_api.get(f"{PIX}/recebimentos", params=days).json()["recebimentos"][-1]

    found = bs2_api.get(f"{PIX}/recebimentos/{old['endToEndId']}/recebimento")

    assert found.json()["recebimentoId"] == old["recebimentoId"]


def test_a_refund_is_made_once_for_its_id(bs2: Bs2Simulator, bs2_api: httpx.Client) -> None:
    bs2.credit(1_000)
    pix_id, before = received(bs2_api)["endToEndId"], bs2.account()["balance"]

    first = refund(bs2_api, pix_id, "dev1", 4)
    assert first.json()["status"] == "EM_PROCESSAMENTO"
    assert re.fullmatch(r"D71027866[0-9]{22}D", first.json()["rtrId"])
    assert first.json()["motivo"] == "Solicitado pelo cliente"
    bs2.advance(2)
    again = refund(bs2_api, pix_id, "dev1", 4)

    assert again.json()["status"] == "DEVOLVIDO"
    assert bs2.account()["balance"] == before - 400
    assert [each["id"] for each in received(bs2_api)["devolucoes"]] == ["dev1"]
    url = f"{PIX}/pix/{pix_id}/devolucao/dev1"
    assert bs2_api.get(url).json() == again.json()


def test_a_pix_inside_bs2_and_its_refund_in_the_statement(
    bs2: Bs2Simulator, bs2_api: httpx.Client
) -> None:
    bs2.credit(1_000, kind="PIX_INTERNAL")
    refund(bs2_api, received(bs2_api)["endToEndId"], "dev1", 4)
    bs2.advance(2)

    days = {"movimentoInicial": "2026-11-23", "movimentoFinal": "2026-11-23"}
    url = f"{BANKING}/v1/contascorrentes/extrato"
    back, came = bs2_api.get(url, params=days).json()["movimentacoes"][:2]

    assert (came["tipoCategoria"], came["observacao"]) == (16, "Transferência interna PIX")
    assert (came["remetente"]["banco"], came["remetente"]["nomeBanco"]) == (218, "Bco BS2 SA")
    assert (back["tipoCategoria"], back["descricao"], back["descricaoAbreviada"]) == (
        *(18, "Devolução Débito Pix Transf. Interna", "Dev Pix Interno Enviada"),
    )
    assert (back["favorecido"]["banco"], back["favorecido"]["nomeBanco"]) == (0, "")
    (given,) = received(bs2_api)["devolucoes"]
    assert back["pix"]["endToEndId"] == given["rtrId"]
    assert given["rtrId"].endswith("D")


def test_no_more_than_was_received_is_given_back(bs2: Bs2Simulator, bs2_api: httpx.Client) -> None:
    bs2.credit(1_000)
    pix_id = received(bs2_api)["endToEndId"]
    refund(bs2_api, pix_id, "dev1", 6)

    assert refund(bs2_api, pix_id, "dev2", 4.01).status_code == 400
    assert refund(bs2_api, pix_id, "dev2", 4).status_code == 200


def test_without_balance_nothing_is_given_back(bs2: Bs2Simulator, bs2_api: httpx.Client) -> None:
    bs2.credit(1_000)
    pix_id = received(bs2_api)["endToEndId"]
    bs2.add_entries([], balance=100)

    refund(bs2_api, pix_id, "dev1", 10)
    bs2.advance(2)

    assert received(bs2_api)["devolucoes"][0]["status"] == "NAO_REALIZADO"
    assert bs2.account()["balance"] == 100


def test_a_charge_is_paid_by_its_txid(bs2: Bs2Simulator, bs2_api: httpx.Client) -> None:
    charge = bs2_api.post(f"{PIX}/qrcodes/dinamico", json=dynamic()).json()
    assert charge["status"] == "ATIVA"

    bs2.pay_pix_charge(charge["txId"], 1_250)

    paid = bs2_api.get(f"{PIX}/cob/{charge['txId']}").json()
    assert paid["status"] == "CONCLUIDA"
    assert received(bs2_api)["txId"] == "a" * 26


@pytest.mark.parametrize(
    ("changes", "tag"),
    [
        ({"calendario": {"expiracao": 3599}}, "Cobranca.Calendario.Expiracao"),
        ({"calendario": {"expiracao": 604_801}}, "Cobranca.Calendario.Expiracao"),
        ({"txid": "a" * 25}, "TxId"),
        ({"txid": "a" * 36}, "TxId"),
        ({"txid": ""}, "TxId"),
        ({"chave": PADARIA}, "Chave"),
        ({"valor": None}, "Cobranca.Valor"),
        ({"valor": {"original": "12,50"}}, "Cobranca.Valor.Original"),
        ({"devedor": {"cpf": OFICINA, "nome": "Oficina"}}, "Cobranca.Devedor.Cpf"),
        ({"infoAdicionais": [{"nome": "Loja"}]}, "Cobranca.InfoAdicionais.valor"),
    ],
)
def test_the_limits_of_a_dynamic_code(
    bs2_api: httpx.Client, changes: dict[str, Any], tag: str
) -> None:
    body = dynamic(**changes)

    refused = bs2_api.post(f"{PIX}/qrcodes/dinamico", json=body)

    assert refused.status_code == 400
    assert refused.json()[0]["tag"] == tag


def test_a_charge_ends_by_time_and_by_its_owner(bs2: Bs2Simulator, bs2_api: httpx.Client) -> None:
    for letter in "ab":
        bs2_api.post(f"{PIX}/qrcodes/dinamico", json=dynamic(letter * 26))
    second, first = bs2_api.get(f"{PIX}/qrcodes").json()["itens"]

    assert bs2_api.delete(f"{PIX}/qrcodes/{first['id']}").status_code == 204
    bs2.advance(3601)

    codes = bs2_api.get(f"{PIX}/qrcodes").json()["itens"]
    assert {code["id"]: code["status"] for code in codes} == {
        first["id"]: "REMOVIDA_PELO_USUARIO_RECEBEDOR",
        second["id"]: "REMOVIDA_PELO_PSP",
    }


def test_a_static_code_is_paid_any_number_of_times(
    bs2: Bs2Simulator, bs2_api: httpx.Client
) -> None:
    body = {"chave": OFICINA, "txId": "mesa7"}
    charge = bs2_api.post(f"{PIX}/qrcodes/estatico", json=body).json()

    for amount in (100, 200):
        bs2.pay_pix_charge("mesa7", amount)

    assert OFICINA in charge["qrCode"]
    found = bs2_api.get(f"{PIX}/recebimentos", params=DAY | {"TxId": "mesa7"}).json()
    assert [item["valor"] for item in found["recebimentos"]] == [2.0, 1.0]


def test_the_account_s_keys(bs2_api: httpx.Client) -> None:
    keys = bs2_api.get(f"{PIX}/chaves").json()

    assert {(key["tipo"], key["valor"]) for key in keys} == {
        ("CNPJ", OFICINA),
        ("EVP", "7d9f0335-8dcc-4054-9bf9-0dbd61d36906"),
    }
