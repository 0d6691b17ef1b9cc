"""A tiny bank that answers as it is told, and Cora's adapter over the simulator."""

import ssl
import sys
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar
from uuid import UUID

import pytest

from banking.banks.contract.auth import Grant
from banking.banks.contract.charges import (
    Address,
    CarneRequest,
    ChargeForm,
    ChargeItem,
    ChargePayer,
    ChargeRequest,
    ChargeTerms,
    Discount,
    Fine,
    NotifyWhen,
)
from banking.banks.contract.payments import (
    AccountType,
    BoletoPayment,
    DarfPayment,
    GpsPayment,
    TedPayment,
    WorkerIdType,
)
from banking.banks.cora import Cora
from banking.banks.cora.adapter import CoraAdapter
from tests.cora_simulator import OFICINA, CoraSimulator


@dataclass(frozen=True)
class Answer:
    status: int = 200
    body: bytes = b"{}"
    headers: dict[str, str] = field(default_factory=dict)
    missing: int = 0  # bytes promised by Content-Length that never come


LOST = Answer(status=0)  # the connection closes with no answer


@dataclass(frozen=True)
class Received:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    connection: int = 0  # the client's port: the same one is the same connection


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: Any, client_address: Any) -> None:
        # A client that hangs up before the end is what some tests are about.
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class TinyBank:
    """Gives the queued answers in their order, then the last one again and again."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.received: list[Received] = []
        self._answers: list[Answer] = []

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True
            bank: ClassVar[TinyBank] = self

            def do_GET(self) -> None:
                self.bank._answer(self)

            do_POST = do_PUT = do_DELETE = do_GET

            def log_message(self, format: str, *args: Any) -> None:
                """Quiet: the tests read `received`."""

        self._server = _Server(("127.0.0.1", 0), Handler)
        scheme = "http"
        if tls is not None:
            scheme = "https"
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        self.base_url = f"{scheme}://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()

    def will_answer(self, *answers: Answer) -> None:
        self._answers = list(answers)
        self.received.clear()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _answer(self, handler: BaseHTTPRequestHandler) -> None:
        body = handler.rfile.read(int(handler.headers.get("Content-Length", 0)))
        headers = {name.lower(): value for name, value in handler.headers.items()}
        port = handler.client_address[1]
        self.received.append(Received(handler.command, handler.path, headers, body, port))
        answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        handler.close_connection = answer is LOST or answer.missing > 0
        if answer is LOST:
            return
        handler.send_response(answer.status)
        for name, value in answer.headers.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(answer.body) + answer.missing))
        handler.end_headers()
        handler.wfile.write(answer.body)


@pytest.fixture(scope="session")
def _tiny_bank() -> Iterator[TinyBank]:
    bank = TinyBank()
    yield bank
    bank.stop()


@pytest.fixture
def tiny_bank(_tiny_bank: TinyBank) -> TinyBank:
    _tiny_bank.will_answer(Answer())
    return _tiny_bank


def make_grant(**changes: Any) -> Grant:
    values = {
        "access_token": "access-0",
        "refresh_token": "refresh-0",
        "expires_at": datetime(2026, 11, 24, 10, tzinfo=UTC),
        "scope": "",
    }
    return Grant(**{**values, **changes})


class HeldTokens:
    """A token source in memory, for one process; `renewals` are the tokens that were refused."""

    def __init__(self, grant: Grant) -> None:
        self.grant = grant
        self.renewals: list[str] = []

    def access_token(self) -> str:
        return self.grant.access_token

    def renew(self, rejected: str) -> str:
        self.renewals.append(rejected)
        with Cora().consent() as consent:
            self.grant = consent.refresh(self.grant)
        return self.grant.access_token

    def secrets(self) -> Mapping[str, str]:
        return self.grant.secrets


@pytest.fixture
def held_tokens(cora: CoraSimulator) -> HeldTokens:
    answer = cora.grant(OFICINA)
    return HeldTokens(
        make_grant(
            access_token=answer["access_token"],
            refresh_token=answer["refresh_token"],
            expires_at=datetime.now(UTC) + timedelta(seconds=answer["expires_in"]),
        )
    )


@pytest.fixture
def adapter(held_tokens: HeldTokens) -> Iterator[CoraAdapter]:
    """Oficina Modelo's account at the simulator."""
    with Cora().open_client() as http:
        yield Cora().adapter(http, held_tokens)


def make_ted(**changes: Any) -> TedPayment:
    values = {
        "key": UUID("01936a4e-6f1c-7000-8000-000000000771"),
        "code": "cp-000771",
        "amount": Decimal("1250.00"),
        "bank_code": "341",
        "branch": "0123",
        "account": "456789",
        "account_type": AccountType.CHECKING,
        "holder_name": "Fornecedor Exemplo ME",
        "holder_document": "11222333000181",
        "description": "NF 8841",
    }
    return TedPayment(**{**values, **changes})


def make_boleto(**changes: Any) -> BoletoPayment:
    values = {
        "key": UUID("01936a4e-6f1c-7000-8000-000000000772"),
        "code": "cp-000772",
        "linha_digitavel": "40390000077100000001923450000999416560000015075",
        "amount": Decimal("150.75"),
    }
    return BoletoPayment(**{**values, **changes})


def make_darf(**changes: Any) -> DarfPayment:
    values = {
        "key": UUID("01936a4e-6f1c-7000-8000-000000000773"),
        "code": "cp-000773",
        "name": "OFICINA MODELO LTDA",
        "document": "11444777000161",
        "revenue_code": "2089",
        "reference_date": date(2026, 9, 30),
        "due_date": date(2026, 12, 31),
        "principal": Decimal("1000.00"),
        "fine": Decimal("20.00"),
    }
    return DarfPayment(**{**values, **changes})


def make_gps(**changes: Any) -> GpsPayment:
    values = {
        "key": UUID("01936a4e-6f1c-7000-8000-000000000774"),
        "code": "cp-000774",
        "name": "Ana Souza",
        "identifier": "12345678919",
        "identifier_type": WorkerIdType.NIT,
        "payment_code": "1007",
        "competence": date(2026, 10, 15),
        "inss": Decimal("155.31"),
    }
    return GpsPayment(**{**values, **changes})


HOME = Address("Rua das Flores", "100", "Centro", "São Paulo", "SP", "01310100")
PAYER = ChargePayer(
    name="Cliente Exemplo LTDA",
    document="11222333000181",
    email="financeiro@example.com",
    phone="+5511999990000",
    address=HOME,
)


def make_charge(**changes: Any) -> ChargeRequest:
    """That of Cora's guide."""
    values = {
        "key": UUID("01936a4e-6f1c-7000-8000-000000010045"),
        "code": "cr-10045",
        "payer": PAYER,
        "items": [ChargeItem("Manutenção", Decimal("150.75"), "OS 5521")],
        "due_date": date(2026, 12, 10),
        "forms": frozenset({ChargeForm.BOLETO, ChargeForm.PIX}),
        "terms": ChargeTerms(
            fine=Fine(percent=Decimal("2.0")),
            interest_percent=Decimal("1.0"),
            discount=Discount(percent=Decimal("1.5")),
        ),
        "notify": [NotifyWhen.TWO_DAYS_BEFORE, NotifyWhen.WHEN_PAID],
    }
    return ChargeRequest(**{**values, **changes})


def make_carne(**changes: Any) -> CarneRequest:
    values = {
        "key": UUID("01936a4e-6f1c-7000-8000-000000010046"),
        "code": "cr-10046",
        "payer": PAYER,
        "item": ChargeItem("Manutenção", Decimal("450.00")),
        "due_dates": [date(2026, 12, 10), date(2027, 1, 10), date(2027, 2, 10)],
    }
    return CarneRequest(**{**values, **changes})
