"""A way to PostgreSQL that can lose the answer to a COMMIT after PostgreSQL has done it."""

import contextlib
import socket
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

from django.db import connections

SOCKET_NAME = ".s.PGSQL.5432"


class Proxy:
    """Listens on a Unix socket and passes everything on, until it is told to lose something."""

    def __init__(self, folder: Path, server: tuple[str, str]) -> None:
        self.folder = folder
        self.lost = threading.Event()
        self._server = server
        self._marker: bytes | None = None
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(folder / SOCKET_NAME))
        self._listener.listen()
        threading.Thread(target=self._accept, daemon=True).start()

    def lose_commit_after(self, statement: str) -> None:
        """The next transaction with this statement in it is committed, and nobody is told."""
        self._marker = statement.encode()

    def stop(self) -> None:
        self._listener.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):  # stopped
            while True:
                client, _ = self._listener.accept()
                server = connect(*self._server)
                link = _Link(self, client, server)
                threading.Thread(target=link.forward, daemon=True).start()
                threading.Thread(target=link.back, daemon=True).start()

    def takes(self, data: bytes) -> bool:
        return self._marker is not None and self._marker in data

    def disarm(self) -> None:
        self._marker = None
        self.lost.set()


class _Link:
    def __init__(self, proxy: Proxy, client: socket.socket, server: socket.socket) -> None:
        self._proxy, self._client, self._server = proxy, client, server
        self._is_marked = self._is_losing = False

    def forward(self) -> None:
        with contextlib.suppress(OSError):
            while data := self._client.recv(65536):
                self._is_marked = self._is_marked or self._proxy.takes(data)
                self._is_losing = self._is_marked and b"COMMIT" in data
                self._server.sendall(data)
        self._close()

    def back(self) -> None:
        with contextlib.suppress(OSError):
            while data := self._server.recv(65536):
                if self._is_losing:
                    assert b"COMMIT" in data  # it is done
                    self._proxy.disarm()
                    break
                self._client.sendall(data)
        self._close()

    def _close(self) -> None:
        for end in (self._client, self._server):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()


def connect(host: str, port: str) -> socket.socket:
    if host.startswith("/"):
        server = socket.socket(socket.AF_UNIX)
        server.connect(f"{host}/.s.PGSQL.{port or 5432}")
        return server
    return socket.create_connection((host, int(port or 5432)))


@contextlib.contextmanager
def through_a_proxy() -> Iterator[Proxy]:
    """All database connections that this process opens meanwhile go through it."""
    database = connections["default"]
    there = database.settings_dict
    direct = {name: there[name] for name in ("HOST", "PORT")}
    with tempfile.TemporaryDirectory() as folder:
        proxy = Proxy(Path(folder), (str(direct["HOST"]), str(direct["PORT"])))
        reconnect(HOST=folder, PORT="")
        try:
            yield proxy
        finally:
            reconnect(**direct)
            proxy.stop()


def reconnect(**settings: str) -> None:
    database = connections["default"]
    database.close()
    database.close_pool()  # type: ignore[attr-defined]
    database.settings_dict |= settings
