"""Requests to BS2 with the connection's token."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import TypeVar

import httpx

from banking.banks.bs2.auth import Bs2Auth
from banking.banks.bs2.info import INFO
from banking.banks.bs2.wire import refusals
from banking.banks.contract.auth import TokenSource
from banking.banks.contract.errors import (
    BankAccessDenied,
    BankRejected,
    ConsentLost,
)
from banking.banks.http.client import BankClient, bank_setting, exchange, open_client
from banking.banks.http.errors import TokenRefused
from banking.banks.http.json import Json, read_json, write_json

Decoded = TypeVar("Decoded")
Params = Mapping[str, str | int]

BANKING = "/pj/apibanking/forintegration/v1"

# A 403, whose body is empty.
FORBIDDEN = (
    "O BS2 não deu esta permissão à aplicação da conexão. No BS2 Empresas, em API "
    "Banking > Aplicações, confira o que ela pode fazer ou crie outra."
)


class Bs2Client:
    """Reads and writes of one connection. Safe to use from several threads."""

    def __init__(self, http: httpx.Client, tokens: TokenSource) -> None:
        self._http = http
        self._auth = Bs2Auth(tokens)

    def read(
        self,
        path: str,
        operation: str,
        make: Callable[[Json], Decoded],
        params: Params | None = None,
    ) -> Decoded:
        """GET, and what `make` makes of the answer's JSON."""
        return self._call("GET", path, operation, lambda body: make(read_json(body)), params=params)

    def read_bytes(
        self,
        path: str,
        operation: str,
        make: Callable[[bytes], Decoded],
        params: Params | None = None,
    ) -> Decoded:
        return self._call("GET", path, operation, make, params=params, accept="*/*")

    def write(
        self, path: str, operation: str, body: Json, make: Callable[[Json], Decoded]
    ) -> Decoded:
        """POST. A second one is a second order: BS2 has no keys. So each goes over a connection of
        its own: one that the bank closed while it was idle fails as if it might have been done."""
        return self._call(
            "POST",
            path,
            operation,
            lambda answer: make(read_json(answer)),
            body=body,
            has_effect=True,
        )

    def set(self, method: str, path: str, operation: str, body: Json) -> None:
        """A write whose answer has no known body."""
        self._call(method, path, operation, lambda answer: None, body=body, has_effect=True)

    def _call(
        self,
        method: str,
        path: str,
        operation: str,
        decode: Callable[[bytes], Decoded],
        *,
        params: Params | None = None,
        body: Json = None,
        has_effect: bool = False,
        accept: str = "application/json",
    ) -> Decoded:
        with self._alone() if has_effect else nullcontext(self._http) as http:
            request = http.build_request(
                method,
                path,
                params=dict(params) if params else None,
                content=None if body is None else write_json(body).encode(),
                headers={"Accept": accept}
                | ({} if body is None else {"Content-Type": "application/json"}),
            )
            return exchange(
                http,
                request,
                bank=INFO,
                operation=operation,
                has_effect=has_effect,
                auth=self._auth,
                decode=decode,
                words=refusals.words_of,
                forbidden=FORBIDDEN,
            )

    def _alone(self) -> AbstractContextManager[httpx.Client]:
        """A client to the same bank that has no connection yet and keeps none."""
        client = open_client(
            str(self._http.base_url), keeps_alive=False, user_agent=bank_setting("BS2_USER_AGENT")
        )
        if isinstance(self._http, BankClient):
            client.watcher = self._http.watcher
        return client


@contextmanager
def where_allowed() -> Iterator[None]:
    """What was not contracted, or is not there, is no fault of the connection."""
    try:
        yield
    except BankRejected:
        pass
    except BankAccessDenied as error:
        if is_about_token(error):
            raise


def is_about_token(error: BankAccessDenied) -> bool:
    """The whole connection is refused, and not one thing that its application may not do."""
    return isinstance(error, TokenRefused | ConsentLost)
