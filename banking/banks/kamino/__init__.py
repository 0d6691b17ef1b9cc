"""Conta Kamino (998): opened in the product; statement, TED, boleto and Pix, charges, signed
webhooks."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import httpx

from banking.banks.contract.auth import ConsentProvider, Grant, TokenSource
from banking.banks.contract.webhooks import BankEventNotice
from banking.banks.http.client import BankClient, open_client, partner_of
from banking.banks.kamino import webhooks
from banking.banks.kamino.adapter import KaminoAdapter
from banking.banks.kamino.auth import KaminoAccess
from banking.banks.kamino.forms import read_form
from banking.banks.kamino.info import INFO


class ContaKamino:
    """The Conta Kamino's line of the registry."""

    info = INFO

    @contextmanager
    def consent(self, grant: Grant | None = None) -> Iterator[ConsentProvider]:
        with self.open_client() as http:
            yield KaminoAccess(http, partner_of(INFO.slug))

    def read_form(self, mode: str, values: Mapping[str, str]) -> Grant:
        return read_form(values)

    def adapter(self, http: httpx.Client, tokens: TokenSource) -> KaminoAdapter:
        return KaminoAdapter(http, tokens)

    def open_client(self, grant: Grant | None = None) -> BankClient:
        return open_client(partner_of(INFO.slug).base_url)

    def parse_event(
        self, headers: Mapping[str, str], body: bytes, *, secret: bytes = b""
    ) -> BankEventNotice:
        return webhooks.event_from_wire(headers, body, secret=secret)

    def read_event(self, headers: Mapping[str, str], body: bytes) -> BankEventNotice:
        return webhooks.kept_event_from_wire(headers, body)
