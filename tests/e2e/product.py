"""The whole product as `make run` starts it, in a folder of its own and on free ports."""

import os
import re
import signal
import socket
import subprocess
import sys
import threading
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path

from kamino.local import environment as local_environment
from kamino.local.services import free_port
from simulator.banks import ADDRESSES

ROOT = Path(__file__).resolve().parents[2]
# Against waiting for ever, and no claim: a start takes twenty seconds when nothing else runs, and
# many times that beside other work. One that fails ends by itself, at once.
START_SECONDS = 900
STOP_SECONDS = 120


@dataclass
class Product:
    """A running `make run`; `banner` is the block that it ended its start with."""

    folder: Path
    environment: dict[str, str]
    process: "subprocess.Popen[str]"
    lines: list[str] = field(default_factory=list)
    announced: threading.Event = field(default_factory=threading.Event)

    @property
    def address(self) -> str:
        return f"http://localhost:{self.environment['PORT']}"

    @property
    def bank_address(self) -> str:
        return f"http://127.0.0.1:{self.environment['SIMULATOR_PORT']}"

    def simulated(self, number: int) -> str:
        """The address of a simulated bank, in the order of their ports."""
        return f"http://127.0.0.1:{int(self.environment['SIMULATOR_PORT']) + number}"

    @property
    def banner(self) -> str:
        return "\n".join(line for line in self.lines if " | " not in line)

    def password_of(self, role: str) -> tuple[str, str]:
        """E-mail and password, as the banner prints them."""
        found = re.search(rf"^\s*{role}\s+(\S+@\S+)\s+(\S+)", self.banner, re.M)
        assert found, self.banner
        return found[1], found[2]

    @property
    def kept(self) -> dict[str, str]:
        """The variables that its processes have."""
        return local_environment.read(self.folder / "local.env")

    def manage(self, *arguments: str) -> str:
        """`manage.py` by hand, in another terminal."""
        environment = clean_environment() | self.environment
        environment |= {"ENV_FILE": str(self.folder / "local.env")}
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT, env=environment, capture_output=True, text=True,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def stop(self) -> int:
        """Ctrl-C: the whole foreground group gets SIGINT."""
        os.killpg(self.process.pid, signal.SIGINT)
        return self.process.wait(STOP_SECONDS)


def clean_environment() -> dict[str, str]:
    """A user's: nothing of the test run's own services in it."""
    return {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}


def free_ports(count: int) -> int:
    """The first of so many free ports in a row."""
    while True:
        first = free_port()
        with ExitStack() as stack:
            try:
                for port in range(first, first + count):
                    probe = stack.enter_context(socket.socket())
                    probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        return first


def start(folder: Path, **environment: str) -> Product:
    """Start it and wait for its banner.

    Raises:
        RuntimeError: it ended before, or took too long; with what it printed.
    """
    ports = free_ports(len(ADDRESSES) + 1)
    chosen = {
        "DATA_DIR": str(folder),
        "PORT": str(ports + len(ADDRESSES)),
        "SIMULATOR_PORT": str(ports),
        "TICK_SECONDS": "4",
        **environment,
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "kamino.local.run"],
        cwd=ROOT, env=clean_environment() | chosen | {"PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True,
    )  # fmt: skip
    product = Product(folder, chosen, process)
    threading.Thread(target=read, args=(product,), daemon=True).start()
    if not product.announced.wait(START_SECONDS) or process.poll() is not None:
        with suppress(ProcessLookupError):  # it ended by itself
            os.killpg(process.pid, signal.SIGTERM)
        process.wait(STOP_SECONDS)
        raise RuntimeError("\n".join(product.lines))
    return product


def read(product: Product) -> None:
    """Keep what it prints, until it ends."""
    assert product.process.stdout is not None
    for line in product.process.stdout:
        product.lines.append(line.rstrip("\n"))
        if line.strip().startswith("Parar"):
            product.announced.set()
    product.announced.set()  # it ended


def processes_of(folder: Path) -> list[str]:
    """Command lines of running processes that name the folder."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                line = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                environment = (entry / "environ").read_bytes()
            except (FileNotFoundError, ProcessLookupError, PermissionError):
                continue
            if str(folder) in line or f"DATA_DIR={folder}".encode() in environment:
                found.append(line)
    return found
