"""Cora (403), by the Parceria: OAuth consent, statement, TED and boleto payments, webhooks."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import httpx

from banking.banks.base import BankEventNotice, Grant, TokenSource
from banking.banks.cora import webhooks
from banking.banks.cora.adapter import CoraAdapter
from banking.banks.cora.auth import CoraConsent
from banking.banks.cora.info import INFO
from banking.banks.http import open_client, partner_of
from core.errors import InvalidInput


class Cora:
    """Cora's line of the registry."""

    info = INFO

    @contextmanager
    def consent(self, grant: Grant | None = None) -> Iterator[CoraConsent]:
        with self.open_client() as http:
            yield CoraConsent(http, partner_of(INFO.slug))

    def read_form(self, mode: str, values: Mapping[str, str]) -> Grant:
        raise InvalidInput("A Cora se conecta pelo consentimento.")

    def adapter(self, http: httpx.Client, tokens: TokenSource) -> CoraAdapter:
        return CoraAdapter(http, tokens)

    def open_client(self, grant: Grant | None = None) -> httpx.Client:
        return open_client(partner_of(INFO.slug).base_url)

    def parse_event(
        self, headers: Mapping[str, str], body: bytes, *, secret: bytes = b""
    ) -> BankEventNotice:
        return webhooks.event_from_wire(headers, body)
