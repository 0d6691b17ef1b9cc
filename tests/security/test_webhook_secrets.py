"""The secret in the address that banks call stands in no line of the log."""

import logging
import os
import secrets
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import structlog
from django.test import Client
from django.urls import reverse

from banking.models import Connection
from kamino.observability import LineFormatter, without_secrets
from tenants.models import Tenant, User
from tests.banking.factories import make_connection
from tests.security.log_lines import written

SECRET = secrets.token_urlsafe(32)
NOTICE = {
    "webhook-event-type": "transfer.completed",
    "webhook-resource-id": "trn_2Zx9CvBnM7aSdFgH5jKlQw",
}


@pytest.fixture
def door(tenant: Tenant, admin: User) -> str:
    connection: Connection = make_connection(tenant, admin, secret=SECRET)
    return reverse("banking:webhook", args=["cora", connection.id, SECRET])


def lines_of(client: Client, method: str, address: str, **more: Any) -> tuple[int, str]:
    client.raise_request_exception = False
    with written() as lines:
        answer = client.generic(method, address, content_type="application/json", **more)
    return answer.status_code, lines.getvalue()


@pytest.mark.parametrize(
    ("method", "change", "more", "status"),
    [
        ("POST", ("/cora/", "/bs2/"), {}, 404),
        ("POST", (SECRET, f"{SECRET}x"), {}, 404),
        ("POST", ("/webhooks/", "/webhooks/x/"), {}, 404),
        ("POST", ("/webhooks/", "/webhooks//"), {}, 404),
        ("POST", ("/webhooks/", "/gateway/"), {}, 404),
        ("POST", ("/cora/", "%2Fcora%2F"), {}, 200),
        ("GET", ("", ""), {}, 405),
        ("PUT", ("", ""), {}, 405),
        ("POST", ("", ""), {"data": b"x" * 70_000}, 413),
    ],
)
@pytest.mark.django_db
def test_no_answer_writes_it(
    client: Client,
    door: str,
    method: str,
    change: tuple[str, str],
    more: dict[str, Any],
    status: int,
) -> None:
    address = door.replace(*change) if change[0] else door

    assert lines_of(client, method, address, **more)[0] == status
    lines = lines_of(client, method, address, **more)[1]

    assert SECRET not in lines
    assert ("/***" in lines) == (status != 200)


@pytest.mark.django_db
def test_a_notice_that_comes_again_does_not_write_it(client: Client, door: str) -> None:
    headers = {**NOTICE, "webhook-event-id": f"evt_{uuid4().hex[:22]}"}
    assert lines_of(client, "POST", door, headers=headers)[0] == 200

    status, lines = lines_of(client, "POST", door, headers=headers)

    assert status == 200
    assert SECRET not in lines


@pytest.mark.django_db
def test_what_cannot_be_read_is_told_without_it_and_without_the_body(
    client: Client, door: str
) -> None:
    body = f'{{"url": "https://kamino.example{door}", "cpf": "52998224725'.encode()

    status, lines = lines_of(client, "POST", door, data=body, headers={"referer": door})

    assert status == 200
    assert "notice_not_read" in lines
    assert SECRET not in lines and "52998224725" not in lines


@pytest.mark.django_db
def test_a_notice_whose_signature_is_wrong_does_not_write_it(
    client: Client, tenant: Tenant, admin: User
) -> None:
    connection = make_connection(tenant, admin, provider="kamino", secret=SECRET)
    address = reverse("banking:webhook", args=["kamino", connection.id, SECRET])

    status, lines = lines_of(client, "POST", address, data=b"{}")

    assert status == 400
    assert SECRET not in lines and "/***" in lines


@pytest.mark.django_db
def test_another_host_does_not_write_it(client: Client, door: str) -> None:
    status, lines = lines_of(client, "POST", door, headers={"host": "outro.example"})

    assert status == 400
    assert "outro.example" in lines
    assert SECRET not in lines


@pytest.mark.urls("tests.security.broken_urls")
@pytest.mark.parametrize("as_json", [True, False])
def test_a_failure_that_names_the_path_does_not_write_it(client: Client, as_json: bool) -> None:
    client.raise_request_exception = False
    with written(as_json=as_json) as lines:
        assert client.post(f"/webhooks/cora/{uuid4()}/{SECRET}/").status_code == 500

    assert "RuntimeError: there is no /webhooks/cora/" in lines.getvalue()
    assert SECRET not in lines.getvalue()


@pytest.mark.parametrize("as_json", [True, False])
def test_a_line_of_ours_or_of_a_library_does_not_hold_it(as_json: bool) -> None:
    address = f"https://kamino.example/webhooks/bs2/{uuid4()}/{SECRET}/"
    with written(as_json=as_json) as lines:
        structlog.get_logger("kamino.test").warning(
            "registered", url=address, body={"url": address}
        )
        logging.getLogger("celery.app.trace").error("task with %r", [address])
        logging.getLogger("httpx").warning("HTTP Request: POST %s", address)

    assert SECRET not in lines.getvalue()
    assert lines.getvalue().count("/***") == 4


def test_what_is_no_door_is_written_whole() -> None:
    line = 'File "/app/banking/banks/cora/webhooks.py", line 3 GET /contas/conectar/'

    assert without_secrets(line) == line


def test_all_is_written_by_the_one_formatter() -> None:
    """A logger with a handler of its own would write past it."""
    code = (
        "import django, logging; django.setup();"
        "loggers = [logging.root, *logging.root.manager.loggerDict.values()];"
        "print({type(h.formatter).__name__ for l in loggers for h in getattr(l, 'handlers', [])"
        " if type(h).__name__ != 'NullHandler'})"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == str({LineFormatter.__name__})


# --- The server's own lines -----------------------------------------------------------------


@pytest.fixture
def server(tmp_path: Path) -> Iterator[tuple[socket.socket, Path]]:
    """gunicorn with its access log on, as production starts it. Gives its door and its lines."""
    out = tmp_path / "lines.txt"
    listening = socket.create_server(("127.0.0.1", 0))
    listening.set_inheritable(True)
    command = [
        sys.executable, "-m", "gunicorn", "kamino.wsgi", "--bind", f"fd://{listening.fileno()}",
        "--workers", "1", "--threads", "2", "--access-logfile", "-", "--no-control-socket",
    ]  # fmt: skip
    with out.open("wb") as lines:
        process = subprocess.Popen(
            command,
            stdout=lines,
            stderr=lines,
            pass_fds=[listening.fileno()],
            env={**os.environ, "DJANGO_SETTINGS_MODULE": "kamino.settings"},
        )
        try:
            yield listening, out
        finally:
            process.terminate()
            process.wait(timeout=30)
            listening.close()


def ask(server: socket.socket, raw: bytes) -> bytes:
    with socket.create_connection(server.getsockname(), timeout=60) as door:
        door.sendall(raw)
        return b"".join(iter(lambda: door.recv(4096), b""))


def test_the_server_does_not_write_it(server: tuple[socket.socket, Path]) -> None:
    listening, out = server
    path = f"/webhooks/cora/{uuid4()}/{SECRET}/"
    head = b"\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    referer = f"\r\nReferer: https://kamino.example{path}"

    assert b" 405 " in ask(listening, f"GET {path} HTTP/1.1".encode() + head)
    assert b" 404 " in ask(listening, f"GET /nada/ HTTP/1.1{referer}".encode() + head)
    assert b" 400 " in ask(listening, f"GET {path} x HTTP/1.1".encode() + head)

    lines = out.read_text()
    assert lines.count("/***") >= 3  # the server's line and Django's, and the referer
    assert SECRET not in lines
