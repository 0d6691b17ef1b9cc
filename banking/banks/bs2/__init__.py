"""BS2 (218): consent, portal keys, legacy passwords; statement, TED, titles, boletos, notices."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import httpx

from banking.banks.bs2 import forms, webhooks
from banking.banks.bs2.adapter import Bs2Adapter
from banking.banks.bs2.auth import Bs2Consent
from banking.banks.bs2.info import INFO
from banking.banks.contract.auth import Grant, TokenSource
from banking.banks.contract.webhooks import BankEventNotice
from banking.banks.http.client import BankClient, bank_setting, open_client, partner_of


class Bs2:
    """BS2's line of the registry."""

    info = INFO

    @contextmanager
    def consent(self, grant: Grant | None = None) -> Iterator[Bs2Consent]:
        with self.open_client() as http:
            yield Bs2Consent(http, partner_of(INFO.slug))

    def read_form(self, mode: str, values: Mapping[str, str]) -> Grant:
        return forms.read_form(mode, values)

    def adapter(self, http: httpx.Client, tokens: TokenSource) -> Bs2Adapter:
        return Bs2Adapter(http, tokens)

    def open_client(self, grant: Grant | None = None) -> BankClient:
        """The bank's own code in the User-Agent: in production it refuses calls without it."""
        return open_client(
            partner_of(INFO.slug).base_url, user_agent=bank_setting("BS2_USER_AGENT")
        )

    def parse_event(
        self, headers: Mapping[str, str], body: bytes, *, secret: bytes = b""
    ) -> BankEventNotice:
        return webhooks.event_from_wire(headers, body, secret=secret)

    def read_event(self, headers: Mapping[str, str], body: bytes) -> BankEventNotice:
        return webhooks.event_from_wire({}, body)
