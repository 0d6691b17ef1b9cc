"""One call to the Conta Kamino with the connection's token."""

from collections.abc import Callable, Mapping
from typing import TypeVar
from uuid import UUID

import httpx

from banking.banks.contract.auth import TokenSource
from banking.banks.contract.errors import BankAccessDenied, BankOutcomeUnknown, BankUnavailable
from banking.banks.http.client import exchange
from banking.banks.http.errors import TokenRefused
from banking.banks.http.json import Json, read_json
from banking.banks.kamino.info import INFO
from banking.banks.kamino.wire.fields import UnreadableAnswer
from banking.banks.kamino.wire.refusals import words_from_wire

Decoded = TypeVar("Decoded")
Params = Mapping[str, str | int]


class Calls:
    """Reads and writes of one connection. Safe to use from several threads."""

    def __init__(self, http: httpx.Client, tokens: TokenSource) -> None:
        self._http = http
        self._tokens = tokens

    def account_path(self) -> str:
        """/v1/accounts/{id} of the connection. The first token opens an account that is not."""
        _known(self._tokens.access_token)
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
        """With a token; with a new one, once more, when the first is refused (HTTP 401).

        Only what has a `key` changes anything at the bank.
        """

        def attempt(token: str) -> Decoded:
            headers = {"Authorization": f"Bearer {token}", "Accept": accept}
            if key is not None:
                headers["Idempotency-Key"] = str(key)
            query = dict(params) if params else None
            request = self._http.build_request(
                method, path, params=query, json=body, headers=headers
            )
            return exchange(
                self._http,
                request,
                bank=INFO,
                operation=operation,
                has_effect=key is not None,
                decode=decode,
                words=words_from_wire,
            )

        token = _known(self._tokens.access_token)
        try:
            return attempt(token)
        except TokenRefused:
            return attempt(_known(lambda: self._tokens.renew(token)))


def _pdf(body: bytes) -> bytes:
    if not body.startswith(b"%PDF-"):
        raise UnreadableAnswer("pdf")
    return body


def _known(ask: Callable[[], str]) -> str:
    """A token. That its renewal may have happened says nothing of the request, not yet made."""
    try:
        return ask()
    except BankOutcomeUnknown as error:
        raise BankUnavailable(
            "A Conta Kamino não confirmou a renovação do acesso. "
            "Nada foi enviado; tente de novo em alguns minutos."
        ) from error
