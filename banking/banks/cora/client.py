"""Requests to Cora with the connection's token, and its certificate where it has one."""

import os
import ssl as tls
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar
from uuid import UUID

import httpx

from banking.banks.contract.auth import Grant, TokenSource
from banking.banks.contract.errors import BankAccessDenied
from banking.banks.cora.auth import CoraAuth
from banking.banks.cora.info import INFO
from banking.banks.cora.wire import refusals
from banking.banks.http.client import authorities, exchange
from banking.banks.http.json import Json, read_json, write_json

Params = dict[str, str | int]
Decoded = TypeVar("Decoded")

# A carnê takes about 40 s, by Cora's users.
SLOW = httpx.Timeout(connect=5.0, read=110.0, write=20.0, pool=10.0)  # seconds


class CoraClient:
    """Reads and writes of one connection. Safe to use from several threads."""

    def __init__(self, http: httpx.Client, tokens: TokenSource) -> None:
        self._http = http
        self._auth = CoraAuth(tokens)

    def read(self, path: str, operation: str, params: Params | None = None) -> Json:
        return self.read_as(read_json, path, operation, params)

    def read_as(
        self,
        decode: Callable[[bytes], Decoded],
        path: str,
        operation: str,
        params: Params | None = None,
    ) -> Decoded:
        return self._call(self._http.build_request("GET", path, params=params), operation, decode)

    def write(
        self, path: str, operation: str, key: UUID, body: Json, *, is_slow: bool = False
    ) -> Json:
        """The same key with the same body twice is done once."""
        timeout = SLOW if is_slow else httpx.USE_CLIENT_DEFAULT
        content = write_json(body).encode()
        headers = {"Idempotency-Key": str(key), "Content-Type": "application/json"}
        request = self._http.build_request(
            "POST", path, content=content, headers=headers, timeout=timeout
        )
        return self._call(request, operation, read_json, has_effect=True)

    def delete(self, path: str, operation: str, key: UUID) -> None:
        headers = {"Idempotency-Key": str(key)}
        request = self._http.build_request("DELETE", path, headers=headers)
        self._call(request, operation, lambda body: None, has_effect=True)

    def _call(
        self,
        request: httpx.Request,
        operation: str,
        decode: Callable[[bytes], Decoded],
        *,
        has_effect: bool = False,
    ) -> Decoded:
        return exchange(
            self._http,
            request,
            bank=INFO,
            operation=operation,
            has_effect=has_effect,
            auth=self._auth,
            decode=decode,
            sentences=refusals.SENTENCES,
        )


def certificate_context(grant: Grant) -> tls.SSLContext:
    """Presents the connection's certificate. Make it once for a client: some 20 ms.

    The standard library reads certificates from files only: a private one lives for that moment.

    Raises:
        BankAccessDenied: they cannot be used any more.
    """
    context = authorities()
    handle, path = tempfile.mkstemp()  # readable by this user alone
    try:
        with os.fdopen(handle, "w") as file:
            file.write(f"{grant.secrets['certificate']}\n{grant.secrets['private_key']}\n")
        context.load_cert_chain(path)
    except (tls.SSLError, KeyError) as error:
        raise BankAccessDenied(
            "O certificado guardado da Cora não pode ser usado. Conecte a conta de novo."
        ) from error
    finally:
        Path(path).unlink()
    return context
