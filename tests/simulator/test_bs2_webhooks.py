"""BS2, webhooks: movements and ended orders, boletos, Pix."""

import base64
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest

from tests.bs2_simulator import Bs2Simulator
from tests.simulator.bs2_calls import (
    BANKING,
    COLLECTION,
    PIX,
    confirm_pix,
    dynamic,
    issue,
    send,
    start_pix,
)

CONFIGURE = f"{BANKING}/v1/contexto/correntistas/webhook"
SUPPLIER = "60316817000103"


class Receiver(ThreadingHTTPServer):
    """An address that takes notifications, or answers 500."""

    def __init__(self) -> None:
        self.status = 200
        self.got: list[tuple[dict[str, str], dict[str, Any]]] = []
        self.arrived = threading.Condition()
        super().__init__(("127.0.0.1", 0), _Handler)
        self.url = f"http://127.0.0.1:{self.server_address[1]}/bs2"

    def wait_for(self, count: int) -> list[dict[str, Any]]:
        """The bodies, when that many have arrived."""
        with self.arrived:
            assert self.arrived.wait_for(lambda: len(self.got) >= count, timeout=10), self.got
            return [body for _, body in self.got]


class _Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers.get("content-length", 0))))
        with self.server.arrived:
            headers = {name.lower(): value for name, value in self.headers.items()}
            self.server.got.append((headers, body))
            self.server.arrived.notify_all()
        self.send_response(self.server.status)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet."""


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    server = Receiver()
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def configure(api: httpx.Client, url: str, **changes: Any) -> str:
    body = {
        "url": url,
        "quantidadeRetentativas": 2,
        "intervaloEntreRetentativas": 5,
        "tipoEvento": "webhook-mov-conta",
        "usuarioCriacao": {"nome": "Ana Souza"},
        "autenticacao": {"tipo": "bearer", "valor": "s3cr3t"},
    }
    response = api.post(CONFIGURE, json=body | changes)
    assert response.status_code == 200, response.text
    return str(response.json()["configuracaoId"])


def register_pix(api: httpx.Client, url: str, event: str, **more: Any) -> None:
    body = [{"url": url, "eventos": [event], "autorizacao": {"tipo": "none"}, **more}]
    response = api.put(f"{PIX}/webhook/bs2", json=body)
    assert response.status_code == 200, response.text


def test_a_movement_is_told_with_the_documented_fields(
    bs2: Bs2Simulator, bs2_api: httpx.Client, receiver: Receiver
) -> None:
    configure(bs2_api, receiver.url)

    bs2.credit(150_075, name="Cliente Exemplo Ltda", document=SUPPLIER, kind="TED")

    (body,) = receiver.wait_for(1)
    headers, _ = receiver.got[0]
    assert headers["authorization"] == "Bearer s3cr3t"
    assert len(body.pop("ID")) == 36
    assert body.pop("dataNotificacao").startswith("2026-11-23T09:00:")
    (movement,) = body.pop("movimento")
    assert movement.pop("data").startswith("2026-11-23T09:00:")
    assert movement == {"tipo": "C", "codigo": "2", "descricao": "TED recebida"}
    (origin,) = body.pop("contaOrigem")
    assert set(origin) == {"banco", "agencia", "conta"}
    assert body == {
        "valor": 1500.75,
        "conta": "3027154",
        "cliente": {"documento": "11444777000161", "nome": "OFICINA MODELO LTDA"},
        "favorecidoRemetente": [{"documento": SUPPLIER, "nome": "Cliente Exemplo Ltda"}],
        "contaDestino": [{"banco": "218", "agencia": "0001", "conta": "3027154"}],
    }


def test_the_counterpart_can_come_bare(
    bs2: Bs2Simulator, bs2_api: httpx.Client, receiver: Receiver
) -> None:
    bs2.settings(movement_counterpart_is_array=False)
    configure(bs2_api, receiver.url, autenticacao={"tipo": "basic", "valor": "ana:s3cr3t"})

    bs2.credit(100)

    assert receiver.wait_for(1)[0]["movimento"]["tipo"] == "C"
    assert receiver.got[0][0]["authorization"] == "Basic YW5hOnMzY3IzdA=="


def test_a_debit_is_told_too(bs2: Bs2Simulator, bs2_api: httpx.Client, receiver: Receiver) -> None:
    configure(bs2_api, receiver.url)
    bs2.approve(send(bs2_api).json()["solicitacaoId"])

    (body,) = receiver.wait_for(1)

    assert body["movimento"][0]["tipo"] == "D"
    assert body["contaDestino"] == [{"banco": "341", "agencia": "1234", "conta": "567890"}]


def test_each_configuration_has_its_own_number_of_attempts(
    bs2: Bs2Simulator, bs2_api: httpx.Client, receiver: Receiver
) -> None:
    receiver.status = 500
    configure(bs2_api, receiver.url)
    bs2.credit(100)

    for count in (1, 2, 3):
        receiver.wait_for(count)
        bs2.webhooks()  # answers when the attempt under way has ended
        bs2.advance(301)

    (delivery,) = bs2.deliver_webhooks()
    assert (delivery["attempts"], delivery["state"]) == (3, "given_up")


def test_a_configuration_is_altered_and_removed(
    bs2: Bs2Simulator, bs2_api: httpx.Client, receiver: Receiver
) -> None:
    webhook_id = configure(bs2_api, "http://127.0.0.1:9/old")
    body = {"url": receiver.url, "configuracaoId": webhook_id, "usuarioAlteracao": {}}
    assert bs2_api.put(f"{CONFIGURE}/{webhook_id}", json=body).status_code == 200
    bs2.credit(100)
    receiver.wait_for(1)
    assert "authorization" not in receiver.got[0][0]

    assert bs2_api.post(f"{CONFIGURE}/{webhook_id}/remover", json={}).status_code == 200
    bs2.credit(100)

    assert len(bs2.webhooks()) == 1
    assert bs2_api.post(f"{CONFIGURE}/{webhook_id}/remover", json={}).status_code == 404


def test_both_spellings_of_the_path_are_served(bs2_api: httpx.Client) -> None:
    url = f"{BANKING}/v1/contexto-correntistas/webhook"
    body = {"url": "http://127.0.0.1:9/x", "tipoEvento": "webhook-mov-conta"}

    assert bs2_api.post(url, json=body).status_code == 200


@pytest.mark.parametrize(
    "changes",
    [{"tipoEvento": "outro"}, {"url": "https://example.com/x"}, {"autenticacao": {"tipo": "x"}}],
)
def test_a_configuration_that_cannot_be_is_400(
    bs2_api: httpx.Client, changes: dict[str, Any]
) -> None:
    body = {"url": "http://127.0.0.1:9/x", "tipoEvento": "webhook-mov-conta", **changes}

    assert bs2_api.post(CONFIGURE, json=body).status_code == 400


@pytest.mark.parametrize(("act", "status"), [("approve", 3), ("refuse", 4)])
def test_the_end_of_a_transfer_is_told(
    bs2: Bs2Simulator, bs2_api: httpx.Client, receiver: Receiver, act: str, status: int
) -> None:
    configure(bs2_api, receiver.url, tipoEvento="webhook-conclusao-transf")
    order_id = send(bs2_api).json()["solicitacaoId"]

    getattr(bs2, act)(order_id)

    (body,) = receiver.wait_for(1)
    assert (body["id"], body["status"]) == (order_id, status)


def test_a_boleto_s_life_is_told_step_by_step(
    bs2: Bs2Simulator, bs2_api: httpx.Client, receiver: Receiver
) -> None:
    bs2.boleto_webhook(receiver.url)
    number = issue(bs2_api).json()["nossoNumero"]
    receiver.wait_for(1)
    bs2.pay_boleto(number)
    receiver.wait_for(2)
    bs2.settle(number)

    bodies = receiver.wait_for(3)

    steps = [[step["Status"] for step in body["StatusBoleto"]] for body in bodies]
    assert steps == [[1], [1, 2], [1, 2, 3]]
    assert [body["Situacao"] for body in bodies] == [1, 1, 4]
    assert [body["ValorLiquidado"] for body in bodies] == [0, 0, 1500.75]
    last = bodies[-1]
    assert len({body["Id"] for body in bodies}) == 3
    assert last["Conta"] == "3027154"
    assert last["DataNotificacao"].startswith("2026-11-23T09:00:")
    assert (last["NossoNumeroBoleto"], last["SeuNumeroBoleto"]) == (number, "NF-1001")
    assert (last["Valor"], last["SituacaoDescricao"]) == (1500.75, "Pago")


def test_a_write_off_is_told(bs2: Bs2Simulator, bs2_api: httpx.Client, receiver: Receiver) -> None:
    number = issue(bs2_api).json()["nossoNumero"]
    bs2.boleto_webhook(receiver.url)
    url = f"{COLLECTION}/v1/boletos/{number}/solicitacoes/cancelamentos"
    bs2_api.post(url, json={})

    bs2.advance(60)

    (body,) = receiver.wait_for(1)
    assert body["Situacao"] == 3
    assert [step["Status"] for step in body["StatusBoleto"]] == [1, 4]


def test_a_pix_received_is_told_by_its_ids(
    bs2: Bs2Simulator, bs2_api: httpx.Client, receiver: Receiver
) -> None:
    auth = {"tipo": "bearer", "valor": "s3cr3t"}
    register_pix(bs2_api, receiver.url, "Recebimento", autorizacao=auth)

    bs2.credit(1_250)

    (body,) = receiver.wait_for(1)
    assert receiver.got[0][0]["authorization"] == "Bearer s3cr3t"
    assert (body["evento"], body["valor"]) == ("Recebimento", 12.5)
    found = bs2_api.get(f"{PIX}/recebimentos/{body['endToEndId']}/recebimento")
    assert found.json()["valor"] == 12.5


def test_a_pix_sent_is_told_when_it_ended(
    bs2: Bs2Simulator, bs2_api: httpx.Client, receiver: Receiver
) -> None:
    register_pix(bs2_api, receiver.url, "Pagamento")
    value = start_pix(bs2_api, SUPPLIER, "CNPJ").json()
    confirm_pix(bs2_api, value, valor=10)
    assert bs2.webhooks() == []

    bs2.approve(value["pagamentoId"])

    (body,) = receiver.wait_for(1)
    assert (body["pagamentoId"], body["status"]) == (value["pagamentoId"], "EFETIVADO")


def test_a_pix_notification_is_given_1000_ms(bs2: Bs2Simulator, bs2_api: httpx.Client) -> None:
    register_pix(bs2_api, "http://127.0.0.1:9/x", "Recebimento")

    bs2.credit(100)

    (delivery,) = bs2.webhooks()
    assert delivery["read_ms"] == 1000


def test_only_charges_are_told_when_asked_so(
    bs2: Bs2Simulator, bs2_api: httpx.Client, receiver: Receiver
) -> None:
    register_pix(bs2_api, receiver.url, "Recebimento", somenteComTxId=True)
    bs2_api.post(f"{PIX}/qrcodes/dinamico", json=dynamic()).raise_for_status()

    bs2.credit(100)
    bs2.pay_pix_charge("a" * 26, 200)

    assert [each["txId"] for each in receiver.wait_for(1)] == ["a" * 26]
    assert len(bs2.webhooks()) == 1


def test_pix_webhooks_are_listed_replaced_and_removed(bs2_api: httpx.Client) -> None:
    register_pix(bs2_api, "http://127.0.0.1:9/a", "Recebimento")
    register_pix(bs2_api, "http://127.0.0.1:9/b", "Recebimento")
    (item,) = bs2_api.get(f"{PIX}/webhook/bs2").json()
    webhook_id = item.pop("id")
    assert item == {
        "evento": "Recebimento",
        "somenteComTxId": False,
        "contaNumero": 3027154,
        "url": "http://127.0.0.1:9/b",
        "autorizacao": {"tipo": "none", "valor": None},
    }

    assert bs2_api.delete(f"{PIX}/webhook/bs2/{webhook_id}").status_code == 200

    assert bs2_api.get(f"{PIX}/webhook/bs2").json() == []


@pytest.mark.parametrize(
    "sent",
    [
        {"files": {"certificado": ("kamino.cer", b"-----BEGIN CERTIFICATE-----")}},
        {"json": {"certificado": base64.b64encode(b"-----BEGIN CERTIFICATE-----").decode()}},
    ],
    ids=["a file in a form", "base64"],
)
def test_without_its_certificate_an_address_can_be_left_out(
    bs2: Bs2Simulator, bs2_api: httpx.Client, sent: dict[str, Any]
) -> None:
    bs2.settings(pix_webhook_requires_certificate=True)
    register_pix(bs2_api, "http://127.0.0.1:9/x", "Recebimento")
    bs2.credit(100)
    assert bs2.webhooks() == []

    assert bs2_api.put(f"{PIX}/webhook/bs2/certificado", **sent).status_code == 200
    bs2.credit(100)

    assert len(bs2.webhooks()) == 1
