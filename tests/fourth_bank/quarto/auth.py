"""Tokens by a person's keys (RFC 6749, section 4.4)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import httpx

from banking.banks.contract.auth import ConsentProvider, Grant
from banking.banks.contract.errors import BankAccessDenied, BankUnavailable, ConsentLost
from banking.banks.http.auth import TokenAuth
from banking.banks.http.client import exchange
from tests.fourth_bank.quarto.info import INFO


class QuartoAuth(TokenAuth):
    who = "O Banco Quarto"


class QuartoAccess(ConsentProvider):
    def __init__(self, http: httpx.Client) -> None:
        self._http = http

    def client_id(self, grant: Grant) -> str:
        return grant.secrets["key"]

    def refresh(self, grant: Grant) -> Grant:
        """Another token. Asking changes nothing, so a lost answer is only asked for again.

        Raises:
            ConsentLost: the keys are not accepted any more.
        """
        request = self._http.build_request("POST", "/token", data=dict(grant.secrets))
        try:
            answer = exchange(self._http, request, bank=INFO, operation="token", has_effect=False)
        except BankAccessDenied as error:
            raise ConsentLost("O Banco Quarto não aceitou estas chaves.") from error
        if not isinstance(answer.get("access_token"), str):
            raise BankUnavailable("O Banco Quarto respondeu algo ilegível.")
        ends = datetime.now(UTC) + timedelta(seconds=int(answer["expires_in"]))
        return replace(grant, access_token=answer["access_token"], expires_at=ends)
