"""Where Cora's contract is held: the simulator, and Cora's stage when its credentials are here.

The environment gives, for Parceria, CORA_STAGE_CLIENT_ID, CORA_STAGE_CLIENT_SECRET and
CORA_STAGE_REFRESH_TOKEN_FILE: a file with the refresh token alone, which is written anew at each
refresh. For Integração Direta: CORA_STAGE_DIRECT_CLIENT_ID, and the two files that Cora gave in
CORA_STAGE_CERTIFICATE_FILE and CORA_STAGE_PRIVATE_KEY_FILE. The hosts are fixed.
"""

import os
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

import httpx
from pytest_django import Settings

from banking.banks.contract.auth import Grant
from banking.banks.cora import Cora
from tests.cora_simulator import OFICINA, CoraSimulator

STAGE = "https://api.stage.cora.com.br"
STAGE_DIRECT = "https://matls-clients.api.stage.cora.com.br"
_PARTNER = ("CLIENT_ID", "CLIENT_SECRET", "REFRESH_TOKEN_FILE")
_DIRECT = ("DIRECT_CLIENT_ID", "CERTIFICATE_FILE", "PRIVATE_KEY_FILE")


class KeptTokens:
    """The tokens of one connection, renewed as the product renews them: stored before use."""

    def __init__(self, grant: Grant, file: str = "") -> None:
        self.grant = grant
        self._file = file

    def access_token(self) -> str:
        if self.grant.expires_at <= datetime.now(UTC):
            self._renew()
        return self.grant.access_token

    def renew(self, rejected: str) -> str:
        if self.grant.access_token == rejected:
            self._renew()
        return self.grant.access_token

    def secrets(self) -> Mapping[str, str]:
        return self.grant.secrets

    def _renew(self) -> None:
        with Cora().consent(self.grant) as consent:
            self.grant = consent.refresh(self.grant)
        if self._file:
            Path(self._file).write_text(self.grant.refresh_token, encoding="utf-8")


@dataclass(frozen=True)
class Place:
    """A bank that speaks Cora's API, in one of its modes."""

    base_url: str
    tokens: KeptTokens
    ca_file: str = ""

    def client(self, **headers: str) -> httpx.Client:
        """A client that knows Cora's paths and nothing of our code, with the mode's certificate."""
        return httpx.Client(
            base_url=self.base_url,
            headers={"Authorization": f"Bearer {self.tokens.access_token()}", **headers},
            verify=tls_of(self.tokens.grant, self.ca_file),
            trust_env=False,
            timeout=60,
        )


def tls_of(grant: Grant | None, ca_file: str = "") -> ssl.SSLContext:
    """What a client of Integração Direta brings; for Parceria, or None, no certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # its own: what it learns is nobody else's
    if ca_file:
        context.load_verify_locations(cafile=ca_file)
    if grant is not None and "certificate" in grant.secrets:
        with NamedTemporaryFile("w", encoding="utf-8") as file:
            file.write(f"{grant.secrets['certificate']}\n{grant.secrets['private_key']}\n")
            file.flush()
            context.load_cert_chain(file.name)
    return context


# --- The simulator ----------------------------------------------------------------------


def partner_grant(answer: Mapping[str, Any]) -> Grant:
    """The consent that the bank's panel gave, as the code exchange would have given it."""
    return Grant(
        access_token=answer["access_token"],
        refresh_token=answer["refresh_token"],
        expires_at=datetime.now(UTC) + timedelta(seconds=answer["expires_in"]),
        scope=answer["scope"],
        mode="parceria",
    )


def direct_values(credential: Mapping[str, str]) -> dict[str, str]:
    """What the bank's app gave, as our form takes it."""
    return {
        "client_id": credential["client_id"],
        "certificate": credential["certificate"],
        "private_key": credential["key"],
    }


def simulated_partner(cora: CoraSimulator, cnpj: str = OFICINA) -> Place:
    return Place(cora.base_url, KeptTokens(partner_grant(cora.grant(cnpj))))


def simulated_direct(cora: CoraSimulator, cnpj: str = OFICINA) -> Place:
    grant = Cora().read_form("direta", direct_values(cora.direct_credential(cnpj)))
    return Place(cora.addresses["cora_direta"], KeptTokens(grant), cora.addresses["ca_file"])


# --- Cora's stage -----------------------------------------------------------------------


def stage_partner(settings: Settings) -> Place | None:
    """None when the environment has no credentials."""
    given = _environment(_PARTNER)
    if given is None:
        return None
    settings.CORA_BASE_URL, settings.BANK_CA_FILE = STAGE, ""
    settings.CORA_CLIENT_ID = given["CLIENT_ID"]
    settings.CORA_CLIENT_SECRET = given["CLIENT_SECRET"]
    file = given["REFRESH_TOKEN_FILE"]
    kept = Path(file).read_text(encoding="utf-8").strip()
    unasked = Grant("", kept, datetime.now(UTC), "", mode="parceria")
    return Place(STAGE, KeptTokens(unasked, file))


def stage_direct(settings: Settings) -> Place | None:
    """None when the environment has no credentials."""
    given = _environment(_DIRECT)
    if given is None:
        return None
    settings.CORA_DIRECT_BASE_URL, settings.BANK_CA_FILE = STAGE_DIRECT, ""
    values = {
        "client_id": given["DIRECT_CLIENT_ID"],
        "certificate": Path(given["CERTIFICATE_FILE"]).read_text(encoding="utf-8"),
        "private_key": Path(given["PRIVATE_KEY_FILE"]).read_text(encoding="utf-8"),
    }
    return Place(STAGE_DIRECT, KeptTokens(Cora().read_form("direta", values)))


def _environment(names: tuple[str, ...]) -> dict[str, str] | None:
    given = {name: os.environ.get(f"CORA_STAGE_{name}", "") for name in names}
    return given if all(given.values()) else None
