"""The HTTP protocol of the server, with the transport in the reach of the application.

A lost answer is a closed connection, and ASGI has no word for that.
"""

import asyncio
import socket
import struct
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol


class ClosableProtocol(H11Protocol):
    """Each request's `scope["state"]["transport"]` is its connection."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.app_state = {**self.app_state, "transport": transport}


async def close_connection(scope: Any, receive: Any) -> None:
    """Close the connection without an answer, and return when it is closed."""
    scope["state"]["transport"].close()
    await _until_closed(receive)


async def reset_connection(scope: Any, receive: Any) -> None:
    """End the connection by a TCP reset (RST, RFC 9293 section 3.5.2), and return when it ended."""
    transport = scope["state"]["transport"]
    linger = struct.pack("ii", 1, 0)  # closing discards what is unsent, and resets
    transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    transport.abort()
    await _until_closed(receive)


async def _until_closed(receive: Any) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
