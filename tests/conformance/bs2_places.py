"""Where BS2's contract is held: the simulator, and BS2's homologation when its keys are here.

The environment gives BS2_SANDBOX_API_KEY, _API_SECRET, _SCOPE, _BRANCH, _ACCOUNT and _DOCUMENT, and
BS2_SANDBOX_REFRESH_TOKEN_FILE: a file with the refresh token alone, which is written anew at each
refresh, since the one before is dead then. The host is fixed.
"""

import os
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from banking.banks.bs2 import Bs2
from banking.banks.contract.auth import Grant
from tests.bs2_simulator import OFICINA, Bs2Simulator

HOMOLOGATION = "https://apihmz.bancobonsucesso.com.br"
_GIVEN = ("API_KEY", "API_SECRET", "SCOPE", "BRANCH", "ACCOUNT", "DOCUMENT")
_TOKEN_FILE = "BS2_SANDBOX_REFRESH_TOKEN_FILE"


def sandbox_values() -> dict[str, str] | None:
    """What the keys' form would be given; None when the environment has no account."""
    values = {name.lower(): os.environ.get(f"BS2_SANDBOX_{name}", "") for name in _GIVEN}
    file = os.environ.get(_TOKEN_FILE, "")
    if not file or not all(values.values()):
        return None
    return {**values, "refresh_token": Path(file).read_text(encoding="utf-8").strip()}


class KeptTokens:
    """The tokens of one application, renewed as the product renews them: stored before use."""

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
        with Bs2().consent(self.grant) as consent:
            self.grant = consent.refresh(self.grant)
        if self._file:
            Path(self._file).write_text(self.grant.refresh_token, encoding="utf-8")


def sandbox_tokens() -> KeptTokens | None:
    values = sandbox_values()
    if values is None:
        return None
    return KeptTokens(Bs2().read_form("chaves", values), os.environ[_TOKEN_FILE])


def keys_of(bs2: Bs2Simulator, *, legacy: bool = False) -> dict[str, str]:
    """What BS2 Empresas shows of a new application, as the form takes it."""
    held = bs2.account(OFICINA)
    return {
        **bs2.portal_application(OFICINA, legacy=legacy),
        "branch": held["branch"],
        "account": f"{held['number']}-{held['digit']}",
        "document": OFICINA,
    }
