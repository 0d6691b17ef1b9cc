"""Reads of Banco Quarto with the connection's token."""

from typing import Any

import httpx

from banking.banks.contract.auth import TokenSource
from banking.banks.http.client import exchange
from tests.fourth_bank.quarto.auth import QuartoAuth
from tests.fourth_bank.quarto.info import INFO


class QuartoClient:
    def __init__(self, http: httpx.Client, tokens: TokenSource) -> None:
        self._http = http
        self._auth = QuartoAuth(tokens)

    def read(self, path: str, operation: str, **params: str) -> Any:
        request = self._http.build_request("GET", path, params=params)
        return exchange(
            self._http,
            request,
            bank=INFO,
            operation=operation,
            has_effect=False,
            auth=self._auth,
        )
