"""Where the Conta Kamino's API file is held: the simulator, and the sandbox when its credentials
are here.

The environment gives KAMINO_SANDBOX_URL (the only host that is called), KAMINO_SANDBOX_CLIENT_ID,
KAMINO_SANDBOX_CLIENT_SECRET, KAMINO_SANDBOX_CNPJ and KAMINO_SANDBOX_LEGAL_NAME: a partner's client,
and a company of the sandbox whose account it opens or has opened.
"""

import os
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx

from tests.cora_simulator import OFICINA
from tests.kamino_contract import Contract
from tests.kamino_simulator import CLIENT_ID, CLIENT_SECRET, KaminoSimulator

_GIVEN = ("URL", "CLIENT_ID", "CLIENT_SECRET", "CNPJ", "LEGAL_NAME")


@dataclass(frozen=True)
class Place:
    """A bank that serves the API file, and a company whose account may be opened there."""

    base_url: str
    client_id: str
    client_secret: str
    cnpj: str
    legal_name: str

    def token(self, contract: Contract, client_id: str = "", client_secret: str = "") -> str:
        pair = client_id or self.client_id, client_secret or self.client_secret
        with contract.client(auth=pair) as client:
            answer = client.post("/oauth/token", data={"grant_type": "client_credentials"})
        return str(answer.json()["access_token"])

    def opening(self, contract: Contract) -> dict[str, Any]:
        with contract.client() as client:
            version = client.get("/v1/terms").json()["version"]
        return {
            "holder": {"document": self.cnpj, "legal_name": self.legal_name},
            "terms": {
                "version": version,
                "accepted_at": "2026-11-23T09:00:00-03:00",
                "accepted_by": "conformidade@kamino.example",
            },
        }

    def open(self, contract: Contract) -> tuple[dict[str, Any], httpx.Client]:
        """The account, and a client of its own whose answers are held against the file."""
        with contract.client(self.token(contract)) as partner:
            headers = {"Idempotency-Key": str(uuid4())}
            body = self.opening(contract)
            opened = partner.post("/v1/accounts", json=body, headers=headers).json()
        return opened["account"], contract.client(self.token(contract, **opened["credentials"]))


def simulated(kamino: KaminoSimulator) -> Place:
    name = "OFICINA MODELO LTDA"
    return Place(kamino.base_url, CLIENT_ID, CLIENT_SECRET, OFICINA, name)


def sandbox() -> Place | None:
    """None when the environment has none."""
    values = [os.environ.get(f"KAMINO_SANDBOX_{name}", "") for name in _GIVEN]
    return Place(*values) if all(values) else None
