"""`python -m simulator --port 8001 --state DIR`: the banks, on this machine only."""

import argparse
import asyncio
import os
import socket
import ssl
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import uvicorn

from simulator.app import Application
from simulator.banks import ADDRESSES, NAMES, scheme
from simulator.core.certificates import Authority
from simulator.core.protocol import ClosableProtocol
from simulator.core.store import StateInUse

_KEEP_ALIVE_SECONDS = 15


def main() -> None:
    arguments = _arguments()
    if arguments.make_authority:
        Authority.open(arguments.state)
        return
    sockets = {name: listen(arguments.port, at) for at, name in enumerate(ADDRESSES)}
    addresses = {
        name: f"{scheme(name)}://127.0.0.1:{listener.getsockname()[1]}"
        for name, listener in sockets.items()
    }
    main_address = addresses[NAMES[0]]
    try:
        application = Application(
            arguments.state,
            arguments.public_url or main_address,
            parent=os.getppid() if arguments.with_parent else None,
        )
    except StateInUse as error:
        sys.exit(f"Outro simulador está usando a pasta {error}.")
    application.sim.addresses.update(addresses)
    if arguments.files_url:
        application.sim.addresses["cora_files"] = arguments.files_url
    print(main_address, flush=True)
    try:
        asyncio.run(_serve(application, sockets))
    except KeyboardInterrupt:
        sys.exit(0)


def listen(first: int, at: int) -> socket.socket:
    """A socket that takes calls; `at` is its place after the `first` port. 0: any free one."""
    # asyncio turns Nagle's delay off only where the protocol is named: 40 ms a request.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    port = first + at if first else 0
    try:
        listener.bind(("127.0.0.1", port))
        listener.listen()  # who is told the address and calls at once waits, and is not refused
    except OSError as error:
        sys.exit(f"A porta {port} não está livre: {error.strerror}.")
    return listener


class _Follower(uvicorn.Server):
    """A server that ends with the first one, which alone hears the signals."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def _serve(application: Application, sockets: dict[str, socket.socket]) -> None:
    first, *others = ADDRESSES
    leader = uvicorn.Server(_config(application, first, lifespan="on"))
    followers = {name: _Follower(_config(application, name, lifespan="off")) for name in others}
    tasks = [
        asyncio.create_task(server.serve(sockets=[sockets[name]]))
        for name, server in followers.items()
    ]
    try:
        await leader.serve(sockets=[sockets[first]])
    finally:
        for server in followers.values():
            server.should_exit = True
        await asyncio.gather(*tasks)


def _config(application: Application, name: str, *, lifespan: Any) -> uvicorn.Config:
    config = uvicorn.Config(
        application.sites[name.removesuffix("_tls")],
        http=ClosableProtocol,
        loop="asyncio",
        ws="none",
        lifespan=lifespan,
        log_level="warning",
        access_log=False,
        date_header=False,  # the banks write it (`core/door.py`)
        timeout_keep_alive=_KEEP_ALIVE_SECONDS,
        # Seconds; a delayed answer does not hold the end for longer.
        timeout_graceful_shutdown=0.3,  # type: ignore[arg-type]
    )
    if scheme(name) == "https":
        config.load()
        config.ssl = _tls(application.sim.authority, asks=name == "cora_direta")
    return config


def _tls(authority: Authority, *, asks: bool) -> ssl.SSLContext:
    """`asks` for a client's certificate. One who has none is let in: the application answers 401,
    as the bank does."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*authority.server_files())
    if asks:
        context.verify_mode = ssl.CERT_OPTIONAL
        context.load_verify_locations(authority.ca_file)
    return context


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m simulator", description=__doc__)
    parser.add_argument(
        "--port",
        type=int,
        default=8001,
        help=f"the first of {len(ADDRESSES)} ports in a row; 0: any free ones",
    )
    parser.add_argument("--state", type=Path, required=True, help="folder that keeps the state")
    parser.add_argument("--public-url", default="", help="the address by which people reach it")
    parser.add_argument("--files-url", default="", help="the same, of the charges' files")
    parser.add_argument("--with-parent", action="store_true", help="end when the parent does")
    parser.add_argument(
        "--make-authority",
        action="store_true",
        help="only make ca.pem, which signs the certificates, and end",
    )
    return parser.parse_args()


if __name__ == "__main__":
    main()
