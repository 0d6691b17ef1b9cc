"""Requests to the Conta Kamino with the connection's token."""

from collections.abc import Callable
from typing import TypeVar
from uuid import UUID

import httpx

from banking.banks.contract.auth import TokenSource
from banking.banks.contract.errors import BankAccessDenied, BankOutcomeUnknown
from banking.banks.http.client import exchange
from banking.banks.http.json import Json, read_json
from banking.banks.kamino.auth import KaminoAuth
from banking.banks.kamino.info import INFO
from banking.banks.kamino.wire.fields import UnreadableAnswer
from banking.banks.kamino.wire.refusals import words_from_wire

Decoded = TypeVar("Decoded")
Params = dict[str, str | int]

PAGE = 500  # of a list; the largest
MAX_PAGES = 5000  # more is a bank that never ends


class KaminoClient:
    """Reads and writes of one connection. Safe to use from several threads."""

    def __init__(self, http: httpx.Client, tokens: TokenSource) -> None:
        self._http = http
        self._tokens = tokens
        self._auth = KaminoAuth(tokens)

    def account_path(self) -> str:
        """/v1/accounts/{id} of the connection. The first token opens an account that is not."""
        self._auth.token()
        account_id = self._tokens.secrets().get("account_id", "")
        if not account_id:
            raise BankAccessDenied("A conexão não diz qual é a conta. Refaça o vínculo.")
        return f"/v1/accounts/{account_id}"

    def read(
        self,
        path: str,
        operation: str,
        make: Callable[[Json], Decoded],
        params: Params | None = None,
    ) -> Decoded:
        """GET, and what `make` makes of the answer's JSON."""
        return self._call("GET", path, operation, lambda body: make(read_json(body)), params=params)

    def read_pdf(self, path: str, operation: str) -> bytes:
        return self._call("GET", path, operation, _pdf, accept="application/pdf")

    def write(
        self, path: str, operation: str, key: UUID, body: Json, make: Callable[[Json], Decoded]
    ) -> Decoded:
        """POST, once for each `key` while the bank keeps it."""

        def made(answer: bytes) -> Decoded:
            try:
                return make(read_json(answer))
            except UnreadableAnswer as error:
                raise BankOutcomeUnknown(
                    "A Conta Kamino aceitou o pedido, mas a confirmação veio ilegível. "
                    "Ele será conferido antes de qualquer repetição."
                ) from error

        return self._call("POST", path, operation, made, body=body, key=key)

    def _call(
        self,
        method: str,
        path: str,
        operation: str,
        decode: Callable[[bytes], Decoded],
        *,
        params: Params | None = None,
        body: Json = None,
        key: UUID | None = None,
        accept: str = "application/json",
    ) -> Decoded:
        """Only what has a `key` changes anything at the bank."""

        headers = {"Accept": accept}
        if key is not None:
            headers["Idempotency-Key"] = str(key)
        query = params or None
        request = self._http.build_request(method, path, params=query, json=body, headers=headers)
        return exchange(
            self._http,
            request,
            bank=INFO,
            operation=operation,
            has_effect=key is not None,
            auth=self._auth,
            decode=decode,
            words=words_from_wire,
        )


def _pdf(body: bytes) -> bytes:
    if not body.startswith(b"%PDF-"):
        raise UnreadableAnswer("pdf")
    return body
