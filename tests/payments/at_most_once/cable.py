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
        self._port = 0
        self._listener = self._listen()
        self._port = self._listener.getsockname()[1]
        signed_in, _, _ = parts.netloc.rpartition("@")
        self.url = urlunsplit(parts._replace(netloc=f"{signed_in}@127.0.0.1:{self._port}"))

    def cut(self) -> None:
        """All connections end, and no new one is taken."""
        self._shut(self._listener)
        self._drop()

    def mend(self) -> None:
        self._drop()
        self._listener = self._listen()

    def hang(self) -> None:
        """As when the machine of the server loses its power: nothing comes back, nor an end."""
        self._shut(self._listener)
        self._is_silent = True

    def _drop(self) -> None:
        ends, self._ends = self._ends, []
        for end in ends:
            self._shut(end)

    def _listen(self) -> socket.socket:
        self._is_silent = False
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", self._port))
        listener.listen()
        threading.Thread(target=self._accept, args=[listener], daemon=True).start()
        return listener

    def _accept(self, listener: socket.socket) -> None:
        with contextlib.suppress(OSError):  # cut
            while True:
                client, _ = listener.accept()
                server = connect(*self._server)
                self._ends += [client, server]
                for ends in ((client, server), (server, client)):
                    threading.Thread(target=self._pass_on, args=ends, daemon=True).start()

    def _pass_on(self, source: socket.socket, target: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                if not self._is_silent:
                    target.sendall(data)
        if not self._is_silent:
            self._shut(source)
            self._shut(target)

    @staticmethod
    def _shut(end: socket.socket) -> None:
        with contextlib.suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
        end.close()
