"""What a failed call to a bank means, against a server that really fails that way."""

import socket
import ssl
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from email.utils import format_datetime
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import httpx
import pytest
import structlog
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from django.db import transaction
from pytest_django import Settings

from banking.banks.contract.errors import (
    BankAccessDenied,
    BankError,
    BankOutcomeUnknown,
    BankRejected,
    BankUnavailable,
)
from banking.banks.cora.info import INFO
from banking.banks.http import client as http
from banking.banks.http.client import CallInsideTransaction, exchange, open_client
from banking.banks.http.errors import TokenRefused
from banking.banks.http.json import read_json, write_json
from core import deadline
from tests.banking.banks.conftest import LOST, Answer, TinyBank

SHORT = httpx.Timeout(0.2)


@pytest.fixture
def client(tiny_bank: TinyBank) -> Iterator[httpx.Client]:
    with open_client(tiny_bank.base_url) as client:
        yield client


@pytest.fixture
def deaf_address() -> Iterator[str]:
    """Takes connections and never reads from them."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/"


def call(client: httpx.Client, *, has_effect: bool, url: str = "/", **request: Any) -> Any:
    built = client.build_request("POST", url, **request)
    return exchange(
        client,
        built,
        bank=INFO,
        operation="pay",
        has_effect=has_effect,
        sentences={"PAY-0001": "Este boleto não pode ser pago na data pedida."},
    )


def test_decimals_of_an_answer_are_exact(client: httpx.Client, tiny_bank: TinyBank) -> None:
    tiny_bank.will_answer(Answer(body=b'{"rate": 0.1, "amount": 15075}'))

    assert call(client, has_effect=False) == {"rate": Decimal("0.1"), "amount": 15075}


def test_a_refused_connection_means_that_nothing_happened(client: httpx.Client) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        nobody_there = f"http://127.0.0.1:{listener.getsockname()[1]}/"

    with pytest.raises(BankUnavailable):
        call(client, has_effect=True, url=nobody_there)


def test_a_connection_that_is_not_taken_in_time_means_that_nothing_happened(
    client: httpx.Client,
) -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=0) as listener:
        address = listener.getsockname()
        with socket.create_connection(address):  # fills the queue
            with pytest.raises(BankUnavailable) as caught:
                call(client, has_effect=True, url=f"http://127.0.0.1:{address[1]}/", timeout=SHORT)
            assert isinstance(caught.value.__cause__, httpx.ConnectTimeout)


def test_waiting_in_vain_for_a_free_connection_means_that_nothing_happened(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(http, "MAX_CONNECTIONS", 1)
    with (
        socket.create_server(("127.0.0.1", 0)) as listener,
        open_client(f"http://127.0.0.1:{listener.getsockname()[1]}") as client,
        ThreadPoolExecutor(1) as pool,
    ):
        first = pool.submit(call, client, has_effect=False)
        taken, _ = listener.accept()
        with taken:
            taken.recv(1)  # the first request is on its way, and has no answer
            with pytest.raises(BankUnavailable) as caught:
                call(client, has_effect=True, timeout=SHORT)
        assert isinstance(caught.value.__cause__, httpx.PoolTimeout)
        assert isinstance(first.exception(), BankUnavailable)


def test_a_connection_serves_again_and_one_that_broke_does_not(
    client: httpx.Client, tiny_bank: TinyBank
) -> None:
    tiny_bank.will_answer(Answer(), Answer(), LOST, Answer())

    for _ in range(2):
        call(client, has_effect=False)
    with pytest.raises(BankOutcomeUnknown):
        call(client, has_effect=True)
    call(client, has_effect=False)

    first, second, lost, last = (request.connection for request in tiny_bank.received)
    assert first == second == lost != last


def test_what_may_not_be_repeated_has_a_connection_of_its_own(tiny_bank: TinyBank) -> None:
    with open_client(tiny_bank.base_url, keeps_alive=False) as client:
        for _ in range(2):
            call(client, has_effect=True)

    first, second = (request.connection for request in tiny_bank.received)
    assert first != second


def test_a_cookie_of_a_bank_is_not_sent_back(client: httpx.Client, tiny_bank: TinyBank) -> None:
    tiny_bank.will_answer(Answer(headers={"Set-Cookie": "route=a; Path=/"}))

    for _ in range(2):
        call(client, has_effect=False)

    assert all("cookie" not in request.headers for request in tiny_bank.received)


def test_a_task_whose_time_is_up_reads_nothing_more(
    client: httpx.Client, tiny_bank: TinyBank
) -> None:
    with deadline.within(0), pytest.raises(BankUnavailable):
        call(client, has_effect=False)

    assert tiny_bank.received == []


def test_what_has_an_effect_is_not_given_up_for_the_time(
    client: httpx.Client, tiny_bank: TinyBank
) -> None:
    tiny_bank.will_answer(Answer(body=b"{}"))

    with deadline.within(0):
        assert call(client, has_effect=True) == {}


def test_no_read_waits_longer_than_the_task_has(
    client: httpx.Client, deaf_address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http, "SHORTEST", 0.1)  # the client's own time-out is 45 seconds

    with deadline.within(0.1), pytest.raises(BankUnavailable) as caught:
        call(client, has_effect=False, url=deaf_address)

    assert isinstance(caught.value.__cause__, httpx.ReadTimeout)


@pytest.mark.parametrize(
    ("has_effect", "error"), [(True, BankOutcomeUnknown), (False, BankUnavailable)]
)
@pytest.mark.parametrize(
    "answer",
    [
        LOST,
        Answer(missing=10),
        Answer(status=500),
        Answer(status=502, body=b"<html>Bad gateway</html>"),
        Answer(status=503, body=b""),
        Answer(status=504, body=b""),
        Answer(status=302, headers={"Location": "/elsewhere"}),
        Answer(status=408),
        Answer(status=409),
        Answer(body=b""),
        Answer(body=b"<html>"),
        Answer(body=b'{"id": "pay_1"'),
        Answer(body=b"\xff\xfe\xfd"),
        Answer(body=b'{"amount": NaN}'),
        Answer(body=b'{"amount": 1e400000}'),
        Answer(body=b'{"amount": ' + b"9" * 5000 + b"}"),
        Answer(body=b"[" * 100_000),
        Answer(body=b"not gzip", headers={"Content-Encoding": "gzip"}),
    ],
    ids=lambda answer: f"{answer.status} {answer.body[:12]!r}",
)
def test_an_answer_that_does_not_come_or_cannot_be_read(
    client: httpx.Client,
    tiny_bank: TinyBank,
    answer: Answer,
    has_effect: bool,
    error: type[BankError],
) -> None:
    tiny_bank.will_answer(answer)

    with pytest.raises(error):
        call(client, has_effect=has_effect)

    assert len(tiny_bank.received) == 1


@pytest.mark.parametrize(
    ("has_effect", "error"), [(True, BankOutcomeUnknown), (False, BankUnavailable)]
)
@pytest.mark.parametrize(
    ("body", "cause"), [(b"{}", httpx.ReadTimeout), (b"x" * 20_000_000, httpx.WriteTimeout)]
)
def test_a_bank_that_takes_too_long(
    client: httpx.Client,
    deaf_address: str,
    body: bytes,
    cause: type[Exception],
    has_effect: bool,
    error: type[BankError],
) -> None:
    with pytest.raises(error) as caught:
        call(client, has_effect=has_effect, url=deaf_address, content=body, timeout=SHORT)
    assert isinstance(caught.value.__cause__, cause)


def test_an_answer_beyond_the_largest_size_is_not_read_to_its_end(
    client: httpx.Client, tiny_bank: TinyBank, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http, "MAX_BYTES", 1000)
    tiny_bank.will_answer(Answer(body=b'"' + b"x" * 2000 + b'"'))

    with pytest.raises(BankOutcomeUnknown):
        call(client, has_effect=True)


def test_an_answer_that_drips_beyond_the_longest_time_is_not_waited_for(
    client: httpx.Client, tiny_bank: TinyBank, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http, "MAX_SECONDS", 0.0)

    with pytest.raises(BankOutcomeUnknown):
        call(client, has_effect=True)


def test_a_refused_token_may_be_renewed_and_a_forbidden_act_may_not(
    client: httpx.Client, tiny_bank: TinyBank
) -> None:
    tiny_bank.will_answer(
        Answer(status=401, body=b'{"error": "access_denied"}'), Answer(status=403, body=b"")
    )

    with pytest.raises(TokenRefused) as refused:
        call(client, has_effect=True)
    assert refused.value.code == "access_denied"
    with pytest.raises(BankAccessDenied) as forbidden:
        call(client, has_effect=True)
    assert not isinstance(forbidden.value, TokenRefused)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("30", 30.0), ("-5", None), ("soon", None), ("", None), ("9" * 400, 86_400.0), ("１２", None)],
)
def test_being_told_to_wait_says_how_long(
    client: httpx.Client, tiny_bank: TinyBank, header: str, seconds: float | None
) -> None:
    tiny_bank.will_answer(
        Answer(status=429, headers={"Retry-After": header.encode().decode("latin-1")})
    )

    with pytest.raises(BankUnavailable) as caught:
        call(client, has_effect=True)
    assert caught.value.retry_after == seconds


def test_being_told_to_wait_until_a_date(client: httpx.Client, tiny_bank: TinyBank) -> None:
    until = format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True)
    tiny_bank.will_answer(Answer(status=429, headers={"Retry-After": until}))

    with pytest.raises(BankUnavailable) as caught:
        call(client, has_effect=True)
    assert caught.value.retry_after == pytest.approx(89, abs=20)


@pytest.mark.parametrize(
    ("body", "code", "reason", "message"),
    [
        (
            b'{"code":"REC-0006","message":"Invoice already paid","errors":'
            b'[{"code":"REC-0006","message":"Invoice already paid"}]}',
            "REC-0006",
            "Invoice already paid",
            "O banco Cora recusou o pedido: Invoice already paid",
        ),
        (
            b'{"code":"PAY-0001","message":"Not on that date"}',
            "PAY-0001",
            "Not on that date",
            "Este boleto não pode ser pago na data pedida.",
        ),
        (
            b'{"error":"invalid_grant","error_description":"Code\\u0000 not\\n valid"}',
            "invalid_grant",
            "Code not valid",
            "O banco Cora recusou o pedido: Code not valid",
        ),
        (b"", "", "", "O banco Cora recusou o pedido e não disse o motivo."),
        (b'["no"]', "", "", "O banco Cora recusou o pedido e não disse o motivo."),
        (b'{"code":7,"message":{}}', "", "", "O banco Cora recusou o pedido e não disse o motivo."),
        (b"[" * 100_000, "", "", "O banco Cora recusou o pedido e não disse o motivo."),
    ],
)
@pytest.mark.parametrize("status", [400, 404, 422])
def test_a_refusal_keeps_the_words_of_the_bank(
    client: httpx.Client,
    tiny_bank: TinyBank,
    status: int,
    body: bytes,
    code: str,
    reason: str,
    message: str,
) -> None:
    tiny_bank.will_answer(Answer(status=status, body=body))

    with pytest.raises(BankRejected) as caught:
        call(client, has_effect=True)
    assert (caught.value.code, caught.value.reason, str(caught.value)) == (code, reason, message)


def test_the_log_has_one_line_a_call_without_address_or_secret(
    client: httpx.Client, tiny_bank: TinyBank
) -> None:
    with structlog.testing.capture_logs() as lines:
        call(
            client,
            has_effect=True,
            url="/pay?document=11222333000181",
            headers={"Authorization": "Bearer secret"},
            json={"code": "cp-1"},
        )

    (line,) = lines
    assert line.pop("ms") > 0
    assert line == {
        "event": "bank_call",
        "log_level": "info",
        "bank": "cora",
        "operation": "pay",
        "result": 200,
    }


@pytest.mark.django_db(transaction=True)
def test_a_call_inside_a_transaction_is_refused_before_it_is_sent(
    client: httpx.Client, tiny_bank: TinyBank
) -> None:
    with transaction.atomic(), pytest.raises(CallInsideTransaction):
        call(client, has_effect=False)

    assert tiny_bank.received == []


def test_what_is_sent_is_not_sent_elsewhere(client: httpx.Client, tiny_bank: TinyBank) -> None:
    tiny_bank.will_answer(Answer(status=307, headers={"Location": "/elsewhere"}), Answer())

    with pytest.raises(BankOutcomeUnknown):
        call(client, has_effect=True, json={"amount": 1})

    assert [request.path for request in tiny_bank.received] == ["/"]


def test_a_proxy_of_the_environment_is_not_used(
    tiny_bank: TinyBank, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "")

    with open_client(tiny_bank.base_url) as client:
        assert call(client, has_effect=False) == {}


def test_a_partner_is_shown_without_its_secret() -> None:
    partner = http.Partner("https://bank.example", "app-1", "very-secret")

    assert "very-secret" not in repr(partner)


def test_json_of_text_and_of_bytes_is_the_same() -> None:
    assert read_json("[1.10]") == read_json(b"[1.10]") == [Decimal("1.10")]


def test_reais_are_written_with_all_their_digits() -> None:
    body = write_json({"valor": Decimal("999999999999.10"), "ok": [True, None, "é", 7]})

    assert body == '{"valor": 999999999999.10, "ok": [true, null, "é", 7]}'
    with pytest.raises(TypeError):
        write_json({"valor": 0.1})


# --- Whom we trust ----------------------------------------------------------------------


@pytest.fixture
def private_bank(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """A bank behind TLS whose authority nobody knows, and that authority's file."""
    ca_file, server_file = make_authority(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(server_file)
    bank = TinyBank(context)
    bank.will_answer(Answer(body=b'{"ok": true}'))
    yield bank.base_url, ca_file
    bank.stop()


def make_authority(folder: Path) -> tuple[Path, Path]:
    """The files of an authority's certificate, and of a server's for 127.0.0.1 with its key."""
    ca_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    ca_name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Authority of the tests")])
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])

    def certificate(subject: x509.Name, public_key: Any, *, is_ca: bool) -> x509.Certificate:
        now = datetime.now(UTC)
        address = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(ca_name)
            .public_key(public_key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=1))
            .add_extension(x509.BasicConstraints(ca=is_ca, path_length=None), critical=True)
            .add_extension(address, critical=False)
            .sign(ca_key, hashes.SHA256())
        )

    ca_file, server_file = folder / "ca.pem", folder / "server.pem"
    ca_file.write_bytes(
        certificate(ca_name, ca_key.public_key(), is_ca=True).public_bytes(Encoding.PEM)
    )
    server_file.write_bytes(
        certificate(name, key.public_key(), is_ca=False).public_bytes(Encoding.PEM)
        + key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    )
    return ca_file, server_file


def test_an_authority_that_nobody_knows_is_not_trusted(private_bank: tuple[str, Path]) -> None:
    with open_client(private_bank[0]) as client, pytest.raises(BankUnavailable) as caught:
        call(client, has_effect=True)
    assert "CERTIFICATE_VERIFY_FAILED" in str(caught.value.__cause__)


def test_the_authority_of_the_settings_is_trusted_beside_the_usual_ones(
    private_bank: tuple[str, Path], settings: Settings
) -> None:
    base_url, ca_file = private_bank
    usual = {str(name) for name in http.authorities().get_ca_certs()}
    settings.BANK_CA_FILE = str(ca_file)

    with open_client(base_url) as client:
        assert call(client, has_effect=True) == {"ok": True}
    assert {str(name) for name in http.authorities().get_ca_certs()} > usual


def test_an_authorities_context_may_be_given_a_certificate_of_its_own() -> None:
    assert http.authorities() is not http.authorities()
