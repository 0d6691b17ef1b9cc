"""Pix charges of BS2: the bodies of QR codes, changes, due dates (sections 9.3 and 12 of our notes
on the API)."""

from typing import Any

import httpx
import pytest

from tests.bs2_simulator import OFICINA, PADARIA, Bs2Simulator
from tests.simulator.bs2_calls import PAYER, PIX, dynamic

TXID = "a" * 26
COB, COBV = f"{PIX}/cob/{TXID}", f"{PIX}/cobv/{TXID}"
REMOVED = {"status": "REMOVIDA_PELO_USUARIO_RECEBEDOR"}
DEBTOR = {"cnpj": PAYER["documento"], "nome": PAYER["nome"]}
DUE_BODY: dict[str, Any] = {
    "calendario": {"dataDeVencimento": "2026-11-27", "validadeAposVencimento": 10},
    "devedor": DEBTOR,
    "valor": {
        "original": "100.00",
        "multa": {"modalidade": 2, "valorPerc": "2.00"},
        "juros": {"modalidade": 3, "valorPerc": "3.00"},
        "desconto": {
            "modalidade": 1,
            "descontoDataFixa": [
                {"data": "2026-11-25", "valorPerc": "5.00"},
                {"data": "2026-11-24", "valorPerc": "10.00"},
            ],
        },
    },
    "chave": OFICINA,
}


def make(api: httpx.Client, **more: Any) -> dict[str, Any]:
    answer = api.post(f"{PIX}/qrcodes/dinamico", json={**dynamic(), **more})
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def start(api: httpx.Client, code: str) -> httpx.Response:
    return api.post(f"{PIX}/pagamentos/qrcodes", json={"qrCode": code})


def as_padaria(bs2: Bs2Simulator) -> dict[str, str]:
    return {"Authorization": f"Bearer {bs2.grant(PADARIA)['access_token']}"}


def test_a_dynamic_code_is_answered_with_the_fields_of_the_page(bs2_api: httpx.Client) -> None:
    made = make(bs2_api)

    assert set(made) == {"calendario", "status", "txId", "revisao", "location", "qrCode"}
    assert (made["status"], made["txId"], made["revisao"]) == ("ATIVA", TXID, 0)
    assert made["calendario"]["expiracao"] == 3600
    assert made["location"] in made["qrCode"]
    found = bs2_api.get(COB).json()
    assert {name: found[name] for name in made} == made
    asked = dynamic()["cobranca"]
    assert {name: found[name] for name in asked if name != "calendario"} == {
        name: value for name, value in asked.items() if name != "calendario"
    }


def test_the_amount_may_be_a_text_as_in_the_pix_api(bs2_api: httpx.Client) -> None:
    bs2_api.post(f"{PIX}/qrcodes/dinamico", json=dynamic(valor={"original": "12.50"}))

    assert bs2_api.get(COB).json()["valor"]["original"] == 12.5


def test_a_code_may_be_for_its_debtor_only(bs2: Bs2Simulator, bs2_api: httpx.Client) -> None:
    charge = dynamic(devedor={"cnpj": PADARIA, "nome": "Padaria"})
    answer = bs2_api.post(f"{PIX}/qrcodes/dinamico", json={**charge, "validaPagador": True})
    code = answer.json()["qrCode"]

    refused = start(bs2_api, code)

    assert (refused.status_code, refused.json()[0]["tag"]) == (400, "QrCode")
    bs2_api.headers.update(as_padaria(bs2))
    assert start(bs2_api, code).status_code == 200


@pytest.mark.parametrize(("many", "status"), [(False, "CONCLUIDA"), (True, "ATIVA")])
def test_a_code_may_be_paid_more_than_once(
    bs2: Bs2Simulator, bs2_api: httpx.Client, many: bool, status: str
) -> None:
    make(bs2_api, aceitaMaisDeUmPagamento=many)

    bs2.pay_pix_charge(TXID, 1_250)

    assert bs2_api.get(COB).json()["status"] == status


def test_a_charge_is_removed_by_its_status(bs2_api: httpx.Client) -> None:
    code = make(bs2_api)["qrCode"]

    removed = bs2_api.patch(COB, json=REMOVED)

    assert (removed.status_code, removed.json()["status"]) == (200, REMOVED["status"])
    assert start(bs2_api, code).status_code == 400
    assert bs2_api.patch(COB, json=REMOVED).status_code == 400
    assert bs2_api.patch(COB, json={"status": "CONCLUIDA"}).status_code == 400


def test_a_charge_changed_keeps_the_rest_and_its_code(bs2_api: httpx.Client) -> None:
    made = make(bs2_api)

    changed = bs2_api.patch(COB, json={"valor": {"original": 20}}).json()

    assert (changed["valor"]["original"], changed["revisao"]) == (20, 1)
    assert (changed["devedor"], changed["qrCode"]) == (DEBTOR, made["qrCode"])
    assert start(bs2_api, made["qrCode"]).json()["valor"] == 20


def test_a_paid_charge_is_not_changed(bs2: Bs2Simulator, bs2_api: httpx.Client) -> None:
    make(bs2_api)
    bs2.pay_pix_charge(TXID, 1_250)

    assert bs2_api.patch(COB, json={"valor": {"original": 20}}).status_code == 400
    assert bs2_api.patch(COB, json=REMOVED).status_code == 400


def test_a_foreign_charge_is_not_changed(bs2: Bs2Simulator, bs2_api: httpx.Client) -> None:
    make(bs2_api)

    assert bs2_api.patch(COB, json=REMOVED, headers=as_padaria(bs2)).status_code == 404
    assert bs2_api.patch(COBV, json=REMOVED).status_code == 404


@pytest.mark.parametrize(
    ("day", "amount"),
    [
        ("2026-11-23", 90),  # of the two discounts the first date not over
        ("2026-11-25", 95),
        ("2026-11-27", 100),
        ("2026-11-28", 102.1),  # 2 % and a thirtieth of 3 %
        ("2026-12-07", 103),
        ("2026-12-08", None),  # ten days after the due date
    ],
)
def test_a_charge_with_a_due_date_costs_what_its_day_says(
    bs2: Bs2Simulator, bs2_api: httpx.Client, day: str, amount: float | None
) -> None:
    made = bs2_api.put(COBV, json=DUE_BODY)
    assert (made.status_code, made.json()["status"]) == (201, "ATIVA")
    bs2.set_clock(f"{day}T10:00:00")
    bs2_api.headers.update(as_padaria(bs2))

    started = start(bs2_api, made.json()["qrCode"])

    if amount is None:
        assert started.status_code == 400
    else:
        assert started.json()["valor"] == amount


def test_a_charge_with_a_due_date_is_read_changed_listed_and_removed(bs2_api: httpx.Client) -> None:
    bs2_api.put(COBV, json=DUE_BODY)

    found = bs2_api.get(COBV).json()
    assert found["calendario"]["dataDeVencimento"] == "2026-11-27"
    assert found["valor"]["multa"] == DUE_BODY["valor"]["multa"]
    later = {"calendario": {"dataDeVencimento": "2026-12-01"}}
    changed = bs2_api.patch(COBV, json=later).json()
    assert changed["calendario"]["dataDeVencimento"] == "2026-12-01"
    assert (changed["calendario"]["validadeAposVencimento"], changed["revisao"]) == (10, 1)
    assert [charge["txId"] for charge in bs2_api.get(f"{PIX}/cobv").json()["cobs"]] == [TXID]
    assert bs2_api.get(f"{PIX}/cob").json()["cobs"] == []
    assert bs2_api.patch(COBV, json=REMOVED).json()["status"] == REMOVED["status"]


@pytest.mark.parametrize(
    ("path", "value", "tag"),
    [
        ("calendario", {}, "Calendario.DataDeVencimento"),
        ("calendario", {"dataDeVencimento": "2026-11-22"}, "Calendario.DataDeVencimento"),
        ("devedor", None, "Devedor"),
        ("valor", {"original": 10, "multa": {"modalidade": 9}}, "Valor.Multa.Modalidade"),
        ("valor", {"original": 10, "juros": {"modalidade": 3}}, "Valor.Juros.ValorPerc"),
        ("chave", PADARIA, "Chave"),
    ],
)
def test_what_a_charge_with_a_due_date_needs(
    bs2_api: httpx.Client, path: str, value: Any, tag: str
) -> None:
    refused = bs2_api.put(COBV, json={**DUE_BODY, path: value})

    assert (refused.status_code, refused.json()[0]["tag"]) == (400, tag)
