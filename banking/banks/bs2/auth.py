"""BS2's tokens: the partner's consent, the keys of BS2 Empresas, and legacy passwords.

devs.bs2.com/docs/authentication-co, /docs/consent. The access token lives some minutes, always as
its `expires_in` says, and a new one kills the one before. Each answer brings a new refresh token,
which lives 48 hours, or 10 minutes for a legacy application. Ten token requests a minute at most.
"""

import base64
import re
from datetime import UTC, datetime, timedelta
from typing import Final
from urllib.parse import quote, urlencode

import httpx

from banking.banks.bs2.info import CONSENT, INFO, KEYS, PASSWORD
from banking.banks.bs2.wire import refusals
from banking.banks.contract.auth import ConsentProvider, Grant
from banking.banks.contract.errors import (
    BankAccessDenied,
    BankError,
    BankOutcomeUnknown,
    BankRejected,
    BankUnavailable,
    ConsentLost,
)
from banking.banks.http.auth import TokenAuth
from banking.banks.http.client import Partner, exchange
from banking.banks.http.json import Json, read_json

SCOPES: Final = (
    "saldo extrato pagamento transferencia boleto comprovante "
    "webhook-mov-conta webhook-conclusao-transf webhook-conclusao-pag"
)
LEGACY_SCOPE: Final = "forintegration"
REFRESH_LIVES: Final = timedelta(hours=48)
LEGACY_REFRESH_LIVES: Final = timedelta(minutes=10)
# Four tries before the refresh token dies. A password makes a new one at any time.
KEEP_ALIVE_AFTER: Final = timedelta(hours=12)
# «10 por minuto», with no word on how long to wait.
WAIT_SECONDS: Final = 60.0

_TOKEN = re.compile(r"[!-~]{1,4096}")  # it goes into a header
_LONGEST_LIFE = timedelta(days=3650)
_TIMEOUT = httpx.Timeout(connect=5.0, read=20.0, write=10.0, pool=5.0)  # a person waits
# The answer to the eleventh is not documented: 429, or a refusal in such words.
_TOO_MANY = re.compile(
    r"too many|rate.?limit|quota|exce(ed|did)|per minute|por minuto", re.IGNORECASE
)
_LOST: Final = {
    CONSENT.slug: (
        "A autorização no banco BS2 não vale mais. Conecte a conta de novo e confirme "
        "o acesso no BS2."
    ),
    KEYS.slug: (
        "O Refresh_Token do BS2 não vale mais: ele morre em 48 horas sem uso, ou quando outro "
        "sistema o renova. No BS2 Empresas, abra API Banking > Aplicações, gere um novo token "
        "e conecte a conta de novo."
    ),
    PASSWORD.slug: (
        "O BS2 não aceitou o usuário e a senha da aplicação. Confira-os com o banco e conecte "
        "a conta de novo."
    ),
}


class Bs2Auth(TokenAuth):
    """BS2 refuses a token in plain text, with whatever status, 200 too."""

    who = "O banco BS2"

    def refuses(self, status: int, body: bytes) -> bool:
        return refusals.refuses_token(status, body)


class Bs2Consent(ConsentProvider):
    """BS2's side of a connection. Every method but the first may raise any BankError."""

    def __init__(self, http: httpx.Client, partner: Partner) -> None:
        self._http = http
        self._partner = partner

    def authorization_url(self, *, state: str, redirect_uri: str) -> str:
        """Where the person's browser goes. Its host is not documented: the API's is taken."""
        query = {
            "response_type": "code",
            "client_id": self._partner.client_id,
            "scope": SCOPES,
            "state": state,
            "redirect_uri": redirect_uri,
        }
        path = "/api-banking/auth/oauth/v2/authorize"
        return f"{self._partner.base_url}{path}?{urlencode(query, quote_via=quote)}"

    def exchange_code(self, *, code: str, redirect_uri: str) -> Grant:
        """Trade the code for tokens, once. After any error the person consents again.

        Raises:
            ConsentLost: the code has expired or was used.
        """
        fields = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri}
        now = datetime.now(UTC)
        asked = Grant("", "", now, SCOPES, mode=CONSENT.slug)
        return self._grant_for(asked, fields, "exchange_code")

    def refresh(self, grant: Grant) -> Grant:
        """As the contract says. A legacy application whose refresh token is dead, or turns out to
        be, gets its next tokens by password: the one case of two token requests.

        Raises:
            ConsentLost: the grant is dead; the sentence says what to do in its mode.
            BankAccessDenied: the API Key and its secret were not accepted.
            BankUnavailable: also when BS2 has had its ten requests of this minute.
        """
        has_password = grant.mode == PASSWORD.slug
        is_dead = grant.refresh_by is not None and grant.refresh_by <= datetime.now(UTC)
        if has_password and (is_dead or not grant.refresh_token):
            return self._by_password(grant)
        fields = {
            "grant_type": "refresh_token",
            "scope": grant.scope,
            "refresh_token": grant.refresh_token,
        }
        try:
            return self._grant_for(grant, fields, "refresh")
        except ConsentLost:
            if not has_password:
                raise
            return self._by_password(grant)

    def _by_password(self, grant: Grant) -> Grant:
        fields = {
            "grant_type": "password",
            "scope": grant.scope,
            "username": grant.secrets["username"],
            "password": grant.secrets["password"],
        }
        return self._grant_for(grant, fields, "password")

    def client_id(self, grant: Grant) -> str:
        return grant.secrets.get("api_key", self._partner.client_id)

    def _grant_for(self, grant: Grant, fields: dict[str, str], operation: str) -> Grant:
        secret = grant.secrets.get("api_secret", self._partner.client_secret)
        credentials = f"{self.client_id(grant)}:{secret}".encode()
        request = self._http.build_request(
            "POST",
            "/auth/oauth/v2/token",
            data=fields,
            headers={"Authorization": f"Basic {base64.b64encode(credentials).decode()}"},
            timeout=_TIMEOUT,
        )
        try:
            return exchange(
                self._http,
                request,
                bank=INFO,
                operation=operation,
                has_effect=True,
                decode=lambda body: _next_grant(read_json(body), grant),
                words=refusals.words_of,
            )
        except (BankRejected, BankAccessDenied) as error:
            raise _refusal(error, grant, fields["grant_type"]) from error
        except BankUnavailable as error:
            if error.__cause__ is not None:  # never sent
                raise
            raise _later(error, error.retry_after) from error


def _refusal(error: BankError, grant: Grant, grant_type: str) -> BankError:
    """Whose credentials were refused? That of a dead refresh token is not documented: it is taken
    to be OAuth's `error` (RFC 6749 section 5.2) or a description that names the token."""
    code, reason = error.code, error.reason
    if _TOO_MANY.search(f"{code} {reason}"):
        return _later(error, None)
    if code == "invalid_client":
        return BankAccessDenied(_not_recognised(grant), code=code, reason=reason)
    is_about_token = code in {"invalid_grant", "invalid_request", "invalid_token"}
    if grant_type == "refresh_token":
        is_about_token |= bool(re.search(r"refresh|token|expir", reason, re.IGNORECASE))
    if is_about_token:
        return ConsentLost(_LOST[_mode(grant)], code=code, reason=reason)
    if isinstance(error, BankAccessDenied):
        return BankAccessDenied(_not_recognised(grant), code=code, reason=reason)
    return BankRejected(str(error), code=code, reason=reason)


def _later(error: BankError, wait: float | None) -> BankUnavailable:
    return BankUnavailable(
        "O banco BS2 renova o acesso dez vezes por minuto, no máximo. Nada foi enviado; "
        "tentaremos de novo em um minuto.",
        code=error.code,
        reason=error.reason,
        retry_after=WAIT_SECONDS if wait is None else wait,
    )


def _mode(grant: Grant) -> str:
    return INFO.mode(grant.mode).slug


def _not_recognised(grant: Grant) -> str:
    if _mode(grant) == CONSENT.slug:
        return "O banco BS2 não reconheceu o Kamino como parceiro. Fale com o suporte."
    return (
        "O banco BS2 não reconheceu a API Key e o API Secret desta conexão. Confira-os no "
        "BS2 Empresas, em API Banking > Aplicações, e conecte a conta de novo."
    )


def _next_grant(answer: Json, grant: Grant) -> Grant:
    """Raises BankOutcomeUnknown when it cannot be read: the bank did give something out."""
    answer = answer if isinstance(answer, dict) else {}
    access_token, fresh = answer.get("access_token"), answer.get("refresh_token")
    seconds = answer.get("expires_in")
    # A server that does not rotate may leave it out (RFC 6749 section 6).
    refresh_token = fresh or grant.refresh_token
    can_go_on = _is_token(refresh_token) or (grant.mode == PASSWORD.slug and not fresh)
    if (
        not _is_token(access_token)
        or not can_go_on
        or type(seconds) is not int
        or not 0 < seconds <= _LONGEST_LIFE.total_seconds()
    ):
        raise BankOutcomeUnknown(
            "O banco BS2 autorizou o acesso, mas a resposta veio ilegível. Tente conectar de novo."
        )
    now = datetime.now(UTC)
    scope = answer.get("scope")
    return Grant(
        access_token=access_token,
        refresh_token=refresh_token,
        expires_at=now + timedelta(seconds=seconds),
        scope=scope if isinstance(scope, str) and scope else grant.scope,
        mode=grant.mode,
        secrets=grant.secrets,
        refresh_by=now + refresh_lives(grant.mode) if fresh else grant.refresh_by,
        keep_alive_at=keep_alive_at(grant.mode, now),
    )


def refresh_lives(mode: str) -> timedelta:
    return LEGACY_REFRESH_LIVES if mode == PASSWORD.slug else REFRESH_LIVES


def keep_alive_at(mode: str, now: datetime) -> datetime | None:
    return None if mode == PASSWORD.slug else now + KEEP_ALIVE_AFTER


def _is_token(value: Json) -> bool:
    return isinstance(value, str) and _TOKEN.fullmatch(value) is not None
