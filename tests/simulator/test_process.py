"""The program itself: its start, its state, its end, and what it does not import."""

import ast
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from simulator.__main__ import listen
from tests.cora_simulator import CoraSimulator
from tests.loopback import LOOPBACK
from tests.simulator.calls import new_key, transfer

ROOT = Path(__file__).parents[2]


def test_a_restart_keeps_the_state(tmp_path: Path) -> None:
    cora = CoraSimulator.start(tmp_path)
    cora.reset(now="2026-11-23T09:00:00")
    cora.settings(ted_fee_cents=55)
    key, headers = new_key(), {"Authorization": f"Bearer {cora.grant()['access_token']}"}
    with httpx.Client(base_url=cora.base_url, headers=headers, **LOOPBACK) as api:
        order = transfer(api, key=key).json()
    assert cora.process is not None
    cora.process.kill()
    cora.stop()

    again = CoraSimulator.start(tmp_path)
    with httpx.Client(base_url=again.base_url, headers=headers, **LOOPBACK) as api:
        replayed = transfer(api, key=key).json()
    settings, orders, now = again.settings(), again.transfers(), again.now()
    again.stop()

    assert replayed == order
    assert [found["id"] for found in orders] == [order["id"]]
    assert settings["ted_fee_cents"] == 55
    assert now.isoformat().startswith("2026-11-23T12:")


@pytest.mark.parametrize("signal_number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_at_once_even_with_an_answer_pending(
    tmp_path: Path, signal_number: int
) -> None:
    cora = CoraSimulator.start(tmp_path)
    cora.fault("delay", "/banks", ms=30_000)
    assert cora.process is not None
    address = cora.base_url.removeprefix("http://").split(":")
    with socket.create_connection((address[0], int(address[1]))) as waiting:
        waiting.sendall(b"GET /banks HTTP/1.1\r\nHost: x\r\n\r\n")
        while not cora.requests("/banks"):
            continue
        started = time.monotonic()
        cora.process.send_signal(signal_number)
        cora.process.wait(timeout=10)
    elapsed = time.monotonic() - started
    cora.stop()

    assert elapsed < 5  # seconds; an idle machine takes half of one


def test_it_does_not_outlive_a_killed_test_run(tmp_path: Path) -> None:
    run = f"""
import os, pathlib
from tests.cora_simulator import CoraSimulator
print(CoraSimulator.start(pathlib.Path({str(tmp_path)!r})).base_url, flush=True)
os._exit(1)
"""
    command = [sys.executable, "-c", run]
    # stderr is inherited: a pipe would wait for the simulator's end, which is what is asked.
    died = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, timeout=30)
    address = died.stdout.strip().removeprefix("http://").split(":")

    deadline = time.monotonic() + 10
    while _listens(address[0], int(address[1])):
        assert time.monotonic() < deadline


def _listens(host: str, port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((host, port)) == 0


def test_one_state_has_one_process(tmp_path: Path) -> None:
    cora = CoraSimulator.start(tmp_path)
    second = subprocess.run(
        [sys.executable, "-m", "simulator", "--port", "0", "--state", str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=30,
    )
    cora.stop()

    assert second.returncode == 1
    assert "Outro simulador está usando a pasta" in second.stderr


def test_a_taken_port_is_said(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        command = [sys.executable, "-m", "simulator", "--port", port, "--state", str(tmp_path)]
        second = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=30)

    assert second.returncode == 1
    assert f"A porta {port} não está livre" in second.stderr


def test_an_address_takes_calls_before_anybody_is_told_it() -> None:
    listener = listen(0, 0)

    with listener, socket.create_connection(listener.getsockname(), timeout=5) as caller:
        assert caller.getpeername() == listener.getsockname()


def test_it_imports_nothing_of_the_project() -> None:
    """Only the standard library, its libraries and itself."""
    libraries = {"starlette", "uvicorn", "httpx", "cryptography", "segno"}
    libraries |= {"yaml", "jsonschema", "referencing"}  # the API file of the Conta Kamino
    allowed = {"simulator", *libraries, *sys.stdlib_module_names}
    for file in (ROOT / "simulator").rglob("*.py"):
        for module in _imports(file):
            assert module.split(".")[0] in allowed, f"{file.name}: {module}"


def test_what_is_shared_knows_no_bank_and_a_bank_no_other() -> None:
    folders = {"cora", "bs2", "kamino", "core"}
    for folder in folders:
        strangers = folders - {folder, "core"}
        for file in (ROOT / "simulator" / folder).rglob("*.py"):
            for module in _imports(file):
                parts = module.split(".")
                is_ours = parts[0] == "simulator"
                assert not (is_ours and set(parts[1:2]) & strangers), f"{file}: {module}"


def _imports(file: Path) -> list[str]:
    found: list[str] = []
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            found += [name.name for name in node.names]
        elif isinstance(node, ast.ImportFrom):
            found.append(node.module or "")
    return found
