"""`python -m simulator --port 8001 --state DIR`: the banks, on this machine only."""

import argparse
import os
import socket
import sys
from pathlib import Path

import uvicorn

from simulator.app import Application
from simulator.core.protocol import ClosableProtocol
from simulator.core.store import StateInUse

_KEEP_ALIVE_SECONDS = 15


def main() -> None:
    arguments = _arguments()
    # asyncio turns Nagle's delay off only where the protocol is named: 40 ms a request.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", arguments.port))
    except OSError as error:
        sys.exit(f"A porta {arguments.port} não está livre: {error.strerror}.")
    address = f"http://127.0.0.1:{listener.getsockname()[1]}"
    try:
        application = Application(
            arguments.state,
            arguments.public_url or address,
            parent=os.getppid() if arguments.with_parent else None,
        )
    except StateInUse as error:
        sys.exit(f"Outro simulador está usando a pasta {error}.")
    print(address, flush=True)
    try:
        _server(application).run(sockets=[listener])
    except KeyboardInterrupt:
        sys.exit(0)


def _server(application: Application) -> uvicorn.Server:
    return uvicorn.Server(
        uvicorn.Config(
            application,
            http=ClosableProtocol,
            loop="asyncio",
            ws="none",
            lifespan="on",
            log_level="warning",
            access_log=False,
            timeout_keep_alive=_KEEP_ALIVE_SECONDS,
            # Seconds; a delayed answer does not hold the end for longer.
            timeout_graceful_shutdown=0.3,  # type: ignore[arg-type]
        )
    )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m simulator", description=__doc__)
    parser.add_argument("--port", type=int, default=8001, help="0: any free one, printed")
    parser.add_argument("--state", type=Path, required=True, help="folder that keeps the state")
    parser.add_argument("--public-url", default="", help="the address by which people reach it")
    parser.add_argument("--with-parent", action="store_true", help="end when the parent does")
    return parser.parse_args()


if __name__ == "__main__":
    main()
