"""The way to a server, which can be cut and mended while processes use it."""

import contextlib
import socket
import threading
from urllib.parse import unquote, urlsplit, urlunsplit

from tests.payments.at_most_once.proxy import connect


class Cable:
    """Listens on the loopback and passes everything on to the server of `url`."""

    def __init__(self, url: str, port: int) -> None:
        """`port` is the server's, where the address names none."""
        parts = urlsplit(url)
        self._server = unquote(parts.hostname or ""), str(parts.port or port)
        self._ends: list[socket.socket] = []
        self._is_whole = True
        self.turned_away = 0  # how many have wanted to connect since it was cut
        self._listener = socket.create_server(("127.0.0.1", 0))
        signed_in, _, _ = parts.netloc.rpartition("@")
        here = f"127.0.0.1:{self._listener.getsockname()[1]}"
        self.url = urlunsplit(parts._replace(netloc=f"{signed_in}@{here}"))
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """As when the server ends: so does every connection."""
        self.hang()
        self._end_all()

    def hang(self) -> None:
        """As when the machine of the server loses its power: no answer comes, and no end."""
        self._is_whole, self.turned_away = False, 0

    def mend(self) -> None:
        self._end_all()
        self._is_whole = True

    def close(self) -> None:
        self._end_all()
        end(self._listener)

    def _end_all(self) -> None:
        ends, self._ends = self._ends, []
        for each in ends:
            end(each)

    def _accept(self) -> None:
        with contextlib.suppress(OSError):  # closed
            while True:
                client, _ = self._listener.accept()
                if self._is_whole:
                    self._join(client, connect(*self._server))
                else:
                    self.turned_away += 1
                    client.close()

    def _join(self, client: socket.socket, server: socket.socket) -> None:
        self._ends += [client, server]
        for ends in ((client, server), (server, client)):
            threading.Thread(target=self._pass_on, args=ends, daemon=True).start()

    def _pass_on(self, source: socket.socket, target: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                if self._is_whole:
                    target.sendall(data)
        if self._is_whole:
            end(source)
            end(target)


def end(each: socket.socket) -> None:
    with contextlib.suppress(OSError):
        each.shutdown(socket.SHUT_RDWR)
    each.close()
