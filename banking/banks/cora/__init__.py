"""Cora (403): by the Parceria's consent or by Integração Direta's certificate.

Statement, TED, boletos and taxes, charges, webhooks.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import httpx

from banking.banks.contract.auth import ConsentProvider, Grant, TokenSource
from banking.banks.contract.webhooks import BankEventNotice
from banking.banks.cora import forms, webhooks
from banking.banks.cora.adapter import CoraAdapter
from banking.banks.cora.auth import CoraConsent, CoraDirect
from banking.banks.cora.client import certificate_context
from banking.banks.cora.info import DIRECT, INFO
from banking.banks.http.client import BankClient, bank_setting, open_client, partner_of
from core.errors import InvalidInput


class Cora:
    """Cora's line of the registry."""

    info = INFO

    @contextmanager
    def consent(self, grant: Grant | None = None) -> Iterator[ConsentProvider]:
        with self.open_client(grant) as http:
            if grant is not None and grant.mode == DIRECT.slug:
                yield CoraDirect(http)
            else:
                yield CoraConsent(http, partner_of(INFO.slug))

    def read_form(self, mode: str, values: Mapping[str, str]) -> Grant:
        if mode != DIRECT.slug:
            raise InvalidInput("Esta forma de conectar não tem formulário: use o consentimento.")
        return forms.read_form(values)

    def adapter(self, http: httpx.Client, tokens: TokenSource) -> CoraAdapter:
        return CoraAdapter(http, tokens)

    def open_client(self, grant: Grant | None = None) -> BankClient:
        """To the host of the grant's mode: tokens of one do not work at the other."""
        if grant is not None and grant.mode == DIRECT.slug:
            base_url = bank_setting("CORA_DIRECT_BASE_URL").rstrip("/")
            return open_client(base_url, ssl=certificate_context(grant))
        return open_client(partner_of(INFO.slug).base_url)

    def parse_event(
        self, headers: Mapping[str, str], body: bytes, *, secret: bytes = b""
    ) -> BankEventNotice:
        return webhooks.event_from_wire(headers, body)

    def read_event(self, headers: Mapping[str, str], body: bytes) -> BankEventNotice:
        return webhooks.event_from_wire(headers, body)
