"""Banco Quarto (997): connected by keys; balance and statement."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import httpx

from banking.banks.contract.auth import ConsentProvider, Grant, TokenSource
from banking.banks.contract.errors import InvalidEvent
from banking.banks.contract.webhooks import BankEventNotice
from banking.banks.http.client import BankClient, open_client, partner_of
from tests.fourth_bank.quarto.adapter import QuartoAdapter
from tests.fourth_bank.quarto.auth import QuartoAccess
from tests.fourth_bank.quarto.forms import read_form
from tests.fourth_bank.quarto.info import INFO


class Quarto:
    """Banco Quarto's line of the registry."""

    info = INFO

    @contextmanager
    def consent(self, grant: Grant | None = None) -> Iterator[ConsentProvider]:
        with self.open_client() as http:
            yield QuartoAccess(http)

    def read_form(self, mode: str, values: Mapping[str, str]) -> Grant:
        return read_form(values)

    def adapter(self, http: httpx.Client, tokens: TokenSource) -> QuartoAdapter:
        return QuartoAdapter(http, tokens)

    def open_client(self, grant: Grant | None = None) -> BankClient:
        return open_client(partner_of(INFO.slug).base_url)

    def parse_event(
        self, headers: Mapping[str, str], body: bytes, *, secret: bytes = b""
    ) -> BankEventNotice:
        raise InvalidEvent("O Banco Quarto não envia avisos.")

    def read_event(self, headers: Mapping[str, str], body: bytes) -> BankEventNotice:
        raise InvalidEvent("O Banco Quarto não envia avisos.")
