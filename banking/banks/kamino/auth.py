"""Opening an account, and its tokens by client credentials (RFC 6749, section 4.4).

The account's client is given out by the opening, once. Its Idempotency-Key is kept with the grant
from before the first attempt: however often the opening is repeated it is the same one.
"""

import base64
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

import httpx

from banking.banks.contract.auth import ConsentProvider, Grant
from banking.banks.contract.errors import (
    BankAccessDenied,
    BankOutcomeUnknown,
    BankRejected,
    BankUnavailable,
    ConsentLost,
)
from banking.banks.http.auth import TokenAuth
from banking.banks.http.client import Partner, exchange
from banking.banks.http.json import Json, read_json
from banking.banks.kamino.info import INFO
from banking.banks.kamino.wire.fields import id_of, object_of
from banking.banks.kamino.wire.refusals import words_from_wire

_WORD: Final = re.compile(r"[!-~]{1,4096}")  # it goes into a header
_CLIENT_ID: Final = re.compile(r"[A-Za-z0-9_-]{1,100}")  # and into a path
_LONGEST_LIFE: Final = timedelta(days=365)
_TIMEOUT: Final = httpx.Timeout(connect=5.0, read=30.0, write=10.0, pool=5.0)


class KaminoAuth(TokenAuth):
    who = "A Conta Kamino"


class KaminoAccess(ConsentProvider):
    """The bank's side of a connection. No consent is given there: the terms were accepted."""

    def __init__(self, http: httpx.Client, partner: Partner) -> None:
        self._http = http
        self._partner = partner

    def refresh(self, grant: Grant) -> Grant:
        """The next grant: a new token, after opening the account where that is still to be done.

        Asking for a token leaves the older ones as they are, so that a lost answer costs nothing;
        the opening is done once for the grant's own key.

        Raises:
            ConsentLost: the account's client was ended; the terms have to be accepted again.
            BankAccessDenied: the bank does not open this account, or does not know us.
            BankOutcomeUnknown: it may have been opened: the same grant learns it.
        """
        if not grant.secrets.get("client_id"):
            grant = replace(grant, secrets=self._open(grant))
        try:
            return self._with_token(grant)
        except BankAccessDenied as error:
            raise ConsentLost(
                "O acesso à Conta Kamino foi encerrado pela empresa. Conecte a conta de novo.",
                code=error.code,
                reason=error.reason,
            ) from error

    def revoke(self, grant: Grant) -> bool:
        """End the account's client and its tokens. The account stays the company's."""
        client_id = grant.secrets.get("client_id")
        if not client_id:
            return True  # it was given nothing
        try:
            token = self._with_token(grant).access_token
            self._end(client_id, token)
        except (BankAccessDenied, BankRejected):
            return True  # it was ended before
        return True

    def client_id(self, grant: Grant) -> str:
        return grant.secrets.get("client_id") or self._partner.client_id

    def _open(self, grant: Grant) -> dict[str, str]:
        """The secrets of the open account."""
        held = grant.secrets
        body = {
            "holder": {"document": held["document"], "legal_name": held["legal_name"]},
            "terms": {
                "version": held["terms_version"],
                "accepted_at": held["accepted_at"],
                "accepted_by": held["accepted_by"],
            },
        }
        try:
            token, _ = self._token(self._partner.client_id, self._partner.client_secret)
        except BankAccessDenied as error:
            raise BankAccessDenied(
                "A Conta Kamino não reconheceu o Kamino como parceiro. Fale com o suporte.",
                code=error.code,
                reason=error.reason,
            ) from error
        request = self._http.build_request(
            "POST",
            "/v1/accounts",
            json=body,
            headers={
                "Authorization": f"Bearer {token}",
                "Idempotency-Key": str(UUID(held["opening_key"])),
            },
            timeout=_TIMEOUT,
        )
        try:
            answer = self._exchange(request, "open_account", has_effect=True)
        except BankRejected as error:  # repeating it as it is would be refused again
            raise BankAccessDenied(
                f"A Conta Kamino não foi aberta. {error.reason}".strip(),
                code=error.code,
                reason=error.reason,
            ) from error
        return {"opening_key": held["opening_key"], **opened_from_wire(answer)}

    def _with_token(self, grant: Grant) -> Grant:
        """Raises BankAccessDenied: the account's client is not known any more."""
        token, life = self._token(grant.secrets["client_id"], grant.secrets["client_secret"])
        return replace(grant, access_token=token, expires_at=datetime.now(UTC) + life)

    def _token(self, client_id: str, client_secret: str) -> tuple[str, timedelta]:
        request = self._http.build_request(
            "POST", "/oauth/token", data={"grant_type": "client_credentials"}, timeout=_TIMEOUT
        )
        credentials = base64.b64encode(f"{client_id}:{client_secret}".encode()).decode()
        request.headers["Authorization"] = f"Basic {credentials}"
        try:
            answer = self._exchange(request, "token", has_effect=False)
        except BankRejected as error:  # RFC 6749 lets a server say invalid_client with 400 too
            raise BankAccessDenied(str(error), code=error.code, reason=error.reason) from error
        return token_from_wire(answer)

    def _end(self, client_id: str, token: str) -> None:
        request = self._http.build_request(
            "DELETE",
            f"/v1/credentials/{client_id}",
            headers={"Authorization": f"Bearer {token}"},
            timeout=_TIMEOUT,
        )
        exchange(
            self._http,
            request,
            bank=INFO,
            operation="end_credentials",
            has_effect=True,
            decode=lambda body: None,
            words=words_from_wire,
        )

    def _exchange(self, request: httpx.Request, operation: str, *, has_effect: bool) -> Json:
        return exchange(
            self._http,
            request,
            bank=INFO,
            operation=operation,
            has_effect=has_effect,
            decode=read_json,
            words=words_from_wire,
        )


def token_from_wire(answer: Json) -> tuple[str, timedelta]:
    """Raises BankUnavailable: it cannot be read. Another may be asked for."""
    answer = answer if isinstance(answer, dict) else {}
    token, seconds = answer.get("access_token"), answer.get("expires_in")
    if (
        not isinstance(token, str)
        or not _WORD.fullmatch(token)
        or type(seconds) is not int
        or not 0 < seconds <= _LONGEST_LIFE.total_seconds()
    ):
        raise BankUnavailable(
            "A Conta Kamino deu o acesso, mas a resposta veio ilegível. Tentaremos de novo."
        )
    return token, timedelta(seconds=seconds)


def opened_from_wire(answer: Json) -> dict[str, str]:
    """Raises BankOutcomeUnknown: it cannot be read. The same key asks again."""
    try:
        answer = object_of(answer, "opened")
        account_id = id_of(object_of(answer.get("account"), "account").get("id"))
        credentials = object_of(answer.get("credentials"), "credentials")
        client_id, secret = credentials.get("client_id"), credentials.get("client_secret")
        if not isinstance(client_id, str) or not _CLIENT_ID.fullmatch(client_id):
            raise BankUnavailable("client_id")
        if not isinstance(secret, str) or not _WORD.fullmatch(secret):
            raise BankUnavailable("client_secret")
    except BankUnavailable as error:
        raise BankOutcomeUnknown(
            "A Conta Kamino abriu a conta, mas a resposta veio ilegível. Tentaremos de novo."
        ) from error
    return {"account_id": account_id, "client_id": client_id, "client_secret": secret}
