"""A server that takes connections and never says a word: what hangs looks like this."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def mute_server() -> Iterator[int]:
    """Its port. The kernel takes the connections; nobody reads them."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(16)
        yield server.getsockname()[1]
