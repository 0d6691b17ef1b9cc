"""The tokens of one Conta Kamino, in memory, renewed as the product renews them."""

from collections.abc import Mapping
from datetime import UTC, datetime

from banking.banks.contract.auth import Grant
from banking.banks.kamino import ContaKamino
from banking.connections.begin import terms_version
from tests.cora_simulator import OFICINA


class KaminoTokens:
    def __init__(self, grant: Grant) -> None:
        self.grant = grant

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
        with ContaKamino().consent(self.grant) as consent:
            self.grant = consent.refresh(self.grant)


def accepted(document: str = OFICINA, **changes: str) -> Grant:
    """What the product keeps when somebody accepted the terms: nothing was asked of the bank."""
    values = {
        "name": "Oficina Modelo",
        "legal_name": "OFICINA MODELO LTDA",
        "document": document,
        "accepted_by": "ana@oficina.example",
        "accepted_at": datetime.now(UTC).isoformat(),
        "terms_version": terms_version(ContaKamino.info.modes[0]),
    }
    return ContaKamino().read_form("abertura", {**values, **changes})
