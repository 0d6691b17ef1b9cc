"""The connection's token on every request, as an authentication of httpx."""

from collections.abc import Callable, Generator
from typing import ClassVar

import httpx

from banking.banks.contract.auth import TokenSource
from banking.banks.contract.errors import BankOutcomeUnknown, BankUnavailable
from banking.banks.http.errors import is_unauthorized


class TokenAuth(httpx.Auth):
    """Attaches the token; when the bank refuses it, renews it once and sends the request again.

    A refused token proves that nothing was done, so that the same request, a payment too, may go
    again. It goes once: a second refusal is the caller's. `TokenSource` sees to it that one
    renewal happens at a time. Each bank has a subclass; one instance serves all the threads of a
    connection. Used through `exchange`, which notes each of the two requests.
    """

    who: ClassVar[str]  # the bank as the subject of a sentence: «O banco Cora»

    def __init__(self, tokens: TokenSource) -> None:
        self._tokens = tokens

    def refuses(self, status: int, body: bytes) -> bool:
        """Whether an answer says that the token was not accepted."""
        return is_unauthorized(status, body)

    def sync_auth_flow(
        self, request: httpx.Request
    ) -> Generator[httpx.Request, httpx.Response, None]:
        """May raise any BankError of the token source; nothing more was sent then."""
        token = self.token()
        response = yield _bearing(token, request)
        if not self.refuses(response.status_code, response.read()):
            return
        status = response.status_code
        request.extensions["attempt"].end(status, is_failure_of_bank=status >= 500)
        yield _bearing(self._known(lambda: self._tokens.renew(token)), request)

    def token(self) -> str:
        """One that is not known to have expired. May raise any BankError but BankOutcomeUnknown."""
        return self._known(self._tokens.access_token)

    def _known(self, ask: Callable[[], str]) -> str:
        """A token. That its renewal may have happened says nothing of the request, not yet made."""
        try:
            return ask()
        except BankOutcomeUnknown as error:
            raise BankUnavailable(
                f"{self.who} não confirmou a renovação do acesso. "
                "Nada foi enviado; tente de novo em alguns minutos."
            ) from error


def _bearing(token: str, request: httpx.Request) -> httpx.Request:
    request.headers["Authorization"] = f"Bearer {token}"
    return request
