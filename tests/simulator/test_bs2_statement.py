"""BS2, checking account: balance and statement."""

import re
from typing import Any

import httpx

from tests.bs2_simulator import OFICINA, PADARIA, Bs2Simulator
from tests.simulator.bs2_calls import BANKING

BALANCE = f"{BANKING}/v1/contascorrentes/saldo"
STATEMENT = f"{BANKING}/v1/contascorrentes/extrato"
DAY = {"movimentoInicial": "2026-11-20", "movimentoFinal": "2026-11-20"}
ENTRY = {
    "type": "CREDIT",
    "kind": "PIX",
    "amount": 150075,
    "at": "2026-11-20T10:14:55.497",
    "description": "Pix recebido",
    "name": "Cliente Exemplo Ltda",
    "document": "60316817000103",
    "end_to_end": "E710278662026112013140244509185P",
    "bank": "341",
    "branch": "1234",
    "account": "567890",
}


def statement(api: httpx.Client, **query: Any) -> dict[str, Any]:
    response = api.get(STATEMENT, params=query)
    assert response.status_code == 200, response.text
    return dict(response.json())


def only(api: httpx.Client) -> dict[str, Any]:
    """The newest movement of the day of the tests."""
    return dict(statement(api, **DAY)["movimentacoes"][0])


def test_the_balance_is_in_reais_with_what_is_blocked(
    bs2: Bs2Simulator, bs2_api: httpx.Client
) -> None:
    bs2.add_entries([], balance=123456)
    bs2.settings(blocked_cents=3456)

    answer = bs2_api.get(BALANCE)

    assert answer.text == '{"valor":1200.00,"valorBloqueado":34.56}'
    assert answer.headers["content-type"] == "application/json;charset=utf-8"


def test_the_balance_of_a_past_day_is_that_of_its_end(
    bs2: Bs2Simulator, bs2_api: httpx.Client
) -> None:
    bs2.add_entries([], balance=100_000)
    bs2.credit(50)

    past = bs2_api.get(BALANCE, params={"dataReferencia": "2026-11-22T23:00:00"}).json()
    now = bs2_api.get(BALANCE, params={"dataReferencia": "2026-11-23"}).json()

    assert (past["valor"], now["valor"]) == (1000.0, 1000.5)


def test_the_day_of_the_balance_is_required_by_setting(
    bs2: Bs2Simulator, bs2_api: httpx.Client
) -> None:
    bs2.settings(balance_requires_reference=True)

    refused = bs2_api.get(BALANCE)

    assert refused.status_code == 400
    assert refused.json() == [{"tag": "dataReferencia", "descricao": "Não pode ser nulo ou vazio."}]


def test_a_pix_received_has_the_documented_shape(bs2: Bs2Simulator, bs2_api: httpx.Client) -> None:
    bs2.add_entries([ENTRY | {"at": "2026-11-20T23:59:59.497"}])

    movement = only(bs2_api)

    assert re.fullmatch("2180001000302715420261120[0-9]{6}", movement.pop("protocolo"))
    assert movement == {
        "movimentadoEm": "2026-11-20T23:59:59.497",
        "descricao": "Crédito Pix Transferência",
        "descricaoAbreviada": "Pix Recebido",
        "valor": 1500.75,
        "tipoMovimentacao": 2,
        "tipoCategoria": 10,
        "documento": "0",
        "observacao": "",
        "remetente": {
            "nome": "Cliente Exemplo Ltda",
            "documento": "60316817000103",
            "nomeBanco": "ITAÚ UNIBANCO S.A.",
            "banco": 341,
            "agencia": 1234,
            "conta": 567890,
        },
        "favorecido": None,
        "pix": {"endToEndId": "E710278662026112013140244509185P"},
    }


def test_money_out_has_a_payee_and_no_sender(bs2: Bs2Simulator, bs2_api: httpx.Client) -> None:
    late = {"at": "2026-11-20T23:59:59", "type": "DEBIT", "kind": "PAYMENT"}
    bs2.add_entries([ENTRY | late | {"end_to_end": None}])

    movement = only(bs2_api)

    assert movement["tipoMovimentacao"] == 1
    assert movement["favorecido"]["documento"] == "60316817000103"
    assert movement["remetente"] is None
    assert movement["pix"] is None


def test_the_known_categories_are_the_bank_s(bs2: Bs2Simulator, bs2_api: httpx.Client) -> None:
    kinds = ["TED", "PIX", "PIX_INTERNAL"]
    pairs = [("CREDIT", kind) for kind in kinds]
    pairs += [("DEBIT", "PIX"), ("DEBIT", "PIX_INTERNAL"), ("DEBIT", "PIX_INTERNAL_REFUND")]
    pairs += [("DEBIT", "FEE")]
    late = [
        ENTRY | {"at": f"2026-11-20T23:59:{i:02d}", "type": way, "kind": kind, "end_to_end": None}
        for i, (way, kind) in enumerate(pairs)
    ]
    bs2.add_entries(late)

    found = statement(bs2_api, **DAY)["movimentacoes"][: len(pairs)]

    assert [movement["tipoCategoria"] for movement in found] == [20, 18, 17, 11, 16, 10, 2]


def test_inicio_is_a_page_from_0_and_the_newest_come_first(
    bs2: Bs2Simulator, bs2_api: httpx.Client
) -> None:
    whole = statement(bs2_api, movimentoInicial="2026-11-01", movimentoFinal="2026-11-22")

    pages = [
        statement(
            bs2_api,
            movimentoInicial="2026-11-01",
            movimentoFinal="2026-11-22",
            inicio=number,
            limite=7,
        )
        for number in range(20)
    ]

    assert pages[1]["inicio"] == 1
    assert pages[1]["limite"] == 7
    found = [movement for page in pages for movement in page["movimentacoes"]]
    assert found[:100] == whole["movimentacoes"]
    times = [movement["movimentadoEm"] for movement in found]
    assert times == sorted(times, reverse=True)
    assert len(found) == whole["total"] == pages[0]["total"]
    assert pages[19]["movimentacoes"] == []


def test_every_protocol_is_another(bs2: Bs2Simulator, bs2_api: httpx.Client) -> None:
    bs2.add_entries([ENTRY, ENTRY])

    found = statement(bs2_api, movimentoInicial="2026-11-10", movimentoFinal="2026-11-20")

    protocols = [movement["protocolo"] for movement in found["movimentacoes"]]
    assert len(set(protocols)) == len(protocols) > 20
    assert {len(protocol) for protocol in protocols} == {31}


def test_the_balances_are_those_around_the_days(bs2: Bs2Simulator, bs2_api: httpx.Client) -> None:
    bs2.add_entries([], balance=100_000)
    bs2.credit(2_550)
    bs2.settings(blocked_cents=100)

    found = statement(bs2_api, movimentoInicial="2026-11-23", movimentoFinal="2026-11-23")

    assert found["saldo"] == {
        "inicial": 1000.0,
        "final": 1025.5,
        "bloqueado": {"por24Horas": 0.0, "por48Horas": 0.0, "acima": 0.0, "judicial": 1.0},
    }
    assert found["chequeEspecial"] is None


def test_a_moment_in_utc_means_its_day_in_brasilia(
    bs2: Bs2Simulator, bs2_api: httpx.Client
) -> None:
    bs2.add_entries([ENTRY])
    of_utc = {"movimentoInicial": "2026-11-21T02:00:00Z", "movimentoFinal": "2026-11-21T02:59:59Z"}

    assert statement(bs2_api, **of_utc) == statement(bs2_api, **DAY)


def test_a_page_of_more_than_100_is_refused(bs2: Bs2Simulator, bs2_api: httpx.Client) -> None:
    refused = bs2_api.get(STATEMENT, params={**DAY, "limite": 101})

    assert refused.status_code == 400
    assert refused.json()[0]["tag"] == "limite"


def test_the_longest_period_is_a_setting(bs2: Bs2Simulator, bs2_api: httpx.Client) -> None:
    bs2.settings(statement_max_days=31)
    month = {"movimentoInicial": "2026-10-01", "movimentoFinal": "2026-10-31"}
    assert bs2_api.get(STATEMENT, params=month).status_code == 200

    longer = month | {"movimentoFinal": "2026-11-01"}

    assert bs2_api.get(STATEMENT, params=longer).status_code == 400


def test_the_size_of_a_page_is_a_setting(bs2: Bs2Simulator, bs2_api: httpx.Client) -> None:
    whole = statement(bs2_api, **DAY)["movimentacoes"]
    bs2.settings(statement_most_per_page=2)

    pages = [statement(bs2_api, inicio=at, **DAY)["movimentacoes"] for at in range(len(whole))]

    assert len(pages[0]) == 2
    assert [line for page in pages for line in page] == whole


def test_a_movement_may_be_told_oddly_or_not_at_all(
    bs2: Bs2Simulator, bs2_api: httpx.Client
) -> None:
    before = statement(bs2_api, **DAY)
    last = ENTRY | {"at": "2026-11-20T23:59:59"}
    odd = {"odd": {"protocolo": None}, "lacks": ["valor"]}
    ids = bs2.add_entries([last | {"hidden": True}, last | odd])["ids"]

    told = statement(bs2_api, **DAY)
    movement = told["movimentacoes"][0]
    assert (movement["protocolo"], "valor" in movement) == (None, False)
    assert len(told["movimentacoes"]) == len(before["movimentacoes"]) + 1
    assert told["total"] == before["total"] + 2
    assert told["saldo"]["final"] == before["saldo"]["final"] + 3001.50
    for entry_id in ids:
        bs2.tell_entry(entry_id)
    newest = statement(bs2_api, **DAY)["movimentacoes"][:2]
    assert [line["valor"] for line in newest] == [1500.75, 1500.75]


def test_without_days_it_is_the_last_30(bs2: Bs2Simulator, bs2_api: httpx.Client) -> None:
    of_30 = {"movimentoInicial": "2026-10-24", "movimentoFinal": "2026-11-23"}

    assert statement(bs2_api) == statement(bs2_api, **of_30)


def test_v2_can_take_inicio_as_an_offset(bs2: Bs2Simulator, bs2_api: httpx.Client) -> None:
    url = f"{BANKING}/v2/contascorrentes/extrato"
    days: dict[str, Any] = {"movimentoInicial": "2026-11-01", "movimentoFinal": "2026-11-22"}
    days["limite"] = 5
    ten = statement(bs2_api, **(days | {"limite": 10}))["movimentacoes"]
    assert bs2_api.get(url, params=days | {"inicio": 1}).json()["movimentacoes"] == ten[5:]

    bs2.settings(v2_inicio_is_offset=True)

    by_offset = bs2_api.get(url, params=days | {"inicio": 1}).json()["movimentacoes"]
    assert by_offset == ten[1:6]


def test_v2_balance_has_one_of_two_shapes(bs2: Bs2Simulator, bs2_api: httpx.Client) -> None:
    url = f"{BANKING}/v2/contascorrentes/saldo"
    assert set(bs2_api.get(url).json()) == {"valor", "valorBloqueado"}

    bs2.settings(v2_balance_shape="range")

    assert set(bs2_api.get(url).json()) == {"inicial", "final", "bloqueado"}


def test_the_analytical_form_has_all_movements_of_the_time_at_once(
    bs2: Bs2Simulator, bs2_api: httpx.Client
) -> None:
    url = f"{BANKING}/v2/contascorrentes/extrato/analitico"
    days = {"dataInicial": "2026-10-24 00:00", "dataFinal": "2026-11-22 23:59"}
    total = statement(bs2_api)["total"]

    everything = bs2_api.get(url, params=days).json()
    credits = bs2_api.get(url, params=days | {"natureza": "C"}).json()
    fees = bs2_api.get(url, params=days | {"historicos": "20"}).json()

    assert len(everything) == total > 100
    assert {item["natureza"] for item in credits} == {"C"}
    assert len(credits) < total
    assert {item["descricaoHistorico"] for item in fees} == {"Tarifa"}
    assert bs2_api.get(url).status_code == 400


def test_the_first_start_has_a_month_of_every_kind(
    bs2: Bs2Simulator, bs2_api: httpx.Client
) -> None:
    everything = [
        movement
        for number in range(3)
        for movement in statement(bs2_api, inicio=number)["movimentacoes"]
    ]

    categories = {movement["tipoCategoria"] for movement in everything}
    assert {1, 2, 5, 6, 10, 11, 16, 20} <= categories
    payments = [
        (m["movimentadoEm"][:10], m["valor"], m["favorecido"]["nome"])
        for m in everything
        if m["tipoCategoria"] == 5
    ]
    assert len(set(payments)) == len(payments) - 1  # two on one day are equal


def test_each_company_sees_its_own_account(bs2: Bs2Simulator, bs2_api: httpx.Client) -> None:
    token = bs2.grant(PADARIA)["access_token"]
    other = bs2_api.get(BALANCE, headers={"Authorization": f"Bearer {token}"}).json()

    assert other["valor"] == bs2.account(PADARIA)["balance"] / 100
    assert bs2_api.get(BALANCE).json()["valor"] == bs2.account(OFICINA)["balance"] / 100
