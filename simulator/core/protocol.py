"""The HTTP protocol of the server, with the transport in the reach of the application.

A lost answer is a closed connection, and ASGI has no word for that.
"""

import asyncio
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
    while (await receive())["type"] != "http.disconnect":
        pass
