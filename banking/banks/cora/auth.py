"""Parceria Cora: the consent and its tokens.

developers.cora.com.br/docs/fluxos-de-autorizacao-e-autenticacao. An access token lives 24 hours;
a refresh token has no term and three uses; a customer without activity for 60 days is lost.
"""

import base64
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import quote, urlencode

import httpx

from banking.banks.contract.auth import ConsentProvider, Grant
from banking.banks.contract.errors import (
    BankAccessDenied,
    BankError,
    BankOutcomeUnknown,
    BankRejected,
    ConsentLost,
)
from banking.banks.cora.info import INFO, PARTNER
from banking.banks.http.auth import TokenAuth
from banking.banks.http.client import Partner, exchange
from banking.banks.http.json import Json

# The refresh keeps the session alive long before it is lost.
IDLE_LIFE, KEPT_ALIVE_AFTER = timedelta(days=60), timedelta(days=20)
SCOPES = "invoice account payment transfer"
_TOKEN = re.compile(r"[!-~]{1,16384}")  # it goes into a header
_LONGEST_LIFE = timedelta(days=3650)
TIMEOUT = httpx.Timeout(connect=5.0, read=20.0, write=10.0, pool=5.0)  # a person waits


class CoraAuth(TokenAuth):
    who = "O banco Cora"


class CoraConsent(ConsentProvider):
    """Cora's side of the consent. Every method but the first may raise any BankError."""

    def __init__(self, http: httpx.Client, partner: Partner) -> None:
        self._http = http
        self._partner = partner

    def authorization_url(self, *, state: str, redirect_uri: str) -> str:
        """Where the person's browser goes. `scopes` is plural at Cora."""
        query = {
            "client_id": self._partner.client_id,
            "response_type": "code",
            "redirect_uri": redirect_uri,
            "scopes": SCOPES,
            "state": state,
        }
        return f"{self._partner.base_url}/oauth/authorize?{urlencode(query, quote_via=quote)}"

    def exchange_code(self, *, code: str, redirect_uri: str) -> Grant:
        """Trade the code for tokens, once. After any error the person consents again.

        Raises:
            ConsentLost: the code has expired or was used.
        """
        fields = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri}
        return grant_from_wire(self._ask(fields, "exchange_code"), None)

    def refresh(self, grant: Grant) -> Grant:
        """The next grant, by exactly one request.

        A request whose answer is lost has spent one of the three uses of this refresh token, and
        may have made another that we never saw. So it is not repeated here: the caller waits (the
        access token of `grant` is good until it expires), then calls again with the same grant.
        Two lost answers in a row leave one use; after three only a new consent helps.

        Raises:
            ConsentLost: the grant is dead.
            BankOutcomeUnknown: the answer was lost, as described above.
        """
        fields = {"grant_type": "refresh_token", "refresh_token": grant.refresh_token}
        return grant_from_wire(self._ask(fields, "refresh"), grant)

    def client_id(self, grant: Grant) -> str:
        return self._partner.client_id

    def _ask(self, fields: dict[str, str], operation: str) -> Json:
        credentials = f"{self._partner.client_id}:{self._partner.client_secret}".encode()
        request = self._http.build_request(
            "POST",
            "/oauth/token",
            data=fields,
            headers={"Authorization": f"Basic {base64.b64encode(credentials).decode()}"},
            timeout=TIMEOUT,
        )
        try:
            return exchange(self._http, request, bank=INFO, operation=operation, has_effect=True)
        except (BankRejected, BankAccessDenied) as error:
            raise _refusal(error) from error


def _refusal(error: BankError) -> BankError:
    """An OAuth error (RFC 6749 section 5.2) with 400 or 401: whose credentials were refused?"""
    if error.code == "invalid_grant":
        return ConsentLost(
            "A autorização no banco Cora não vale mais. Conecte a conta de novo.",
            code=error.code,
            reason=error.reason,
        )
    if isinstance(error, BankAccessDenied) or error.code == "invalid_client":
        return BankAccessDenied(
            "O banco Cora não reconheceu o Kamino como parceiro. Fale com o suporte.",
            code=error.code,
            reason=error.reason,
        )
    return error


class CoraDirect(ConsentProvider):
    """Tokens by the certificate of `http`. There is no consent page in this mode."""

    def __init__(self, http: httpx.Client) -> None:
        self._http = http

    def client_id(self, grant: Grant) -> str:
        return grant.secrets["client_id"]

    def refresh(self, grant: Grant) -> Grant:
        """Another token. Asking changes nothing, so a lost answer is only asked for again.

        Raises:
            ConsentLost: Cora does not take this client id with this certificate.
        """
        fields = {"grant_type": "client_credentials", "client_id": self.client_id(grant)}
        request = self._http.build_request("POST", "/token", data=fields, timeout=TIMEOUT)
        try:
            answer: Json = exchange(
                self._http, request, bank=INFO, operation="token", has_effect=False
            )
        except (BankRejected, BankAccessDenied) as error:
            raise ConsentLost(
                "A Cora não aceitou este client id com este certificado. Gere outro em "
                "Conta > Integrações via APIs e conecte a conta de novo.",
                code=error.code,
                reason=error.reason,
            ) from error
        return grant_from_wire(answer, grant, has_refresh=False)


def grant_from_wire(answer: Json, previous: Grant | None, *, has_refresh: bool = True) -> Grant:
    """The grant that follows `previous`, which is None after a consent.

    Raises BankOutcomeUnknown when it cannot be read: the bank did give something out.
    """
    answer = answer if isinstance(answer, dict) else {}
    access_token = answer.get("access_token")
    # A server that does not rotate may leave it out (RFC 6749 section 6).
    refresh_token = answer.get("refresh_token") or (previous.refresh_token if previous else "")
    seconds = answer.get("expires_in")
    if (
        not _is_token(access_token)
        or (has_refresh and not _is_token(refresh_token))
        or type(seconds) is not int
        or not 0 < seconds <= _LONGEST_LIFE.total_seconds()
    ):
        raise BankOutcomeUnknown(
            "O banco Cora autorizou o acesso, mas a resposta veio ilegível. Tente conectar de novo."
        )
    now = datetime.now(UTC)
    fresh = Grant(
        access_token=access_token,
        refresh_token=refresh_token if has_refresh else "",
        expires_at=now + timedelta(seconds=seconds),
        scope=answer["scope"] if isinstance(answer.get("scope"), str) else "",
        mode=PARTNER.slug,
        refresh_by=now + IDLE_LIFE,
        keep_alive_at=now + KEPT_ALIVE_AFTER,
    )
    if has_refresh or previous is None:
        return fresh
    return replace(
        fresh,
        mode=previous.mode,
        secrets=previous.secrets,
        refresh_by=previous.refresh_by,
        keep_alive_at=None,
    )


def _is_token(value: Json) -> bool:
    return isinstance(value, str) and _TOKEN.fullmatch(value) is not None
