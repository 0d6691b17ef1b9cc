"""The simulator of the Conta Kamino behind the tests: its part of the control API.

kamino = KaminoSimulator(process)  # tests.cora_simulator.BankProcess, already running
kamino.fault("lose_answer", "/v1/payments")  # faults and clock are the process's own
opened = kamino.open_account(OFICINA)
"""

from datetime import datetime
from typing import Any, Self
from uuid import uuid4

import httpx

from tests.bank_controls import OFICINA, BankControls
from tests.cora_simulator import BankProcess
from tests.loopback import LOOPBACK

TRANSPORTES = "45987321000160"  # has an account already, with a month behind it
CLIENT_ID = "partner_kamino_demo"
CLIENT_SECRET = "kps_demo_4e1c7f0b9a2d4c66"


class KaminoSimulator(BankControls):
    """The Conta Kamino of a running simulator. Money is centavos, but in the bank's own JSON."""

    slug, orders_path = "kamino", "/payments"

    def __init__(self, process: BankProcess) -> None:
        self.process = process
        self.base_url = process.addresses["kamino"]
        address = f"{process.base_url}/_sim/api"
        self._http = httpx.Client(base_url=address, timeout=60, **LOOPBACK)
        self._api = httpx.Client(base_url=self.base_url, timeout=60, **LOOPBACK)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._http.close()
        self._api.close()

    def _call(
        self, method: str, address: str, body: Any = None, query: dict[str, Any] | None = None
    ) -> Any:
        params = {key: value for key, value in (query or {}).items() if value is not None}
        response = self._http.request(method, address, json=body, params=params)
        if response.is_error:
            raise RuntimeError(f"{method} {address}: {response.status_code} {response.text}")
        return response.json()

    # The process that all banks share.

    def fault(self, kind: str, path: str = "*", **more: Any) -> dict[str, Any]:
        """For the next request to the Conta Kamino: see BankProcess.fault."""
        return self.process.fault(kind, path, bank="kamino", **more)

    def requests(self, path: str = "*", **query: Any) -> list[dict[str, Any]]:
        return self.process.requests(path, bank="kamino", **query)

    def now(self) -> datetime:
        return self.process.now()

    def settings(self, **changes: Any) -> dict[str, Any]:
        return dict(self._own("PATCH", "/settings", changes))

    # Accounts, and their clients.

    def open_account(
        self, cnpj: str = OFICINA, *, balance: int | None = None, name: str = "Oficina Modelo LTDA"
    ) -> dict[str, Any]:
        """By the API, as the partner does: the answer of POST /v1/accounts."""
        token = self.token(CLIENT_ID, CLIENT_SECRET)
        body = {
            "holder": {"document": cnpj, "legal_name": name},
            "terms": {
                "version": self._api.get("/v1/terms").json()["version"],
                "accepted_at": self.now().isoformat(),
                "accepted_by": "ana@oficina.example",
            },
        }
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": str(uuid4())}
        response = self._api.post("/v1/accounts", json=body, headers=headers)
        response.raise_for_status()
        if balance is not None:
            self.set_account(cnpj, balance=balance)
        return dict(response.json())

    def token(self, client_id: str, client_secret: str) -> str:
        fields = {"grant_type": "client_credentials"}
        response = self._api.post("/oauth/token", data=fields, auth=(client_id, client_secret))
        response.raise_for_status()
        return str(response.json()["access_token"])

    def set_account(self, cnpj: str = OFICINA, **changes: Any) -> dict[str, Any]:
        """status (active, blocked, closed), balance."""
        return dict(self._own("PATCH", f"/accounts/{cnpj}", changes))

    def credentials(self, cnpj: str = OFICINA) -> dict[str, Any]:
        """A new client of an account: client_id, client_secret, account_id."""
        return dict(self._own("POST", f"/accounts/{cnpj}/credentials"))

    def clients(self) -> list[dict[str, Any]]:
        return list(self._own("GET", "/clients"))

    def end_client(self, client_id: str) -> None:
        """The company takes the access back in the app."""
        self._own("DELETE", f"/clients/{client_id}")

    # Payments, keys and charges.

    def payments(self, **query: Any) -> list[dict[str, Any]]:
        return self.orders(**query)

    def pix_key(self, key: str, name: str, document: str) -> None:
        self._own("POST", "/keys", {"key": key, "name": name, "document": document})

    def charges(self, **query: Any) -> list[dict[str, Any]]:
        return list(self._own("GET", "/charges", query=query))

    def pay_charge(self, charge_id: str, by: str = "pix", **more: Any) -> dict[str, Any]:
        """Somebody pays it by pix or boleto. More: amount, name, document; again=True: one that
        has ended."""
        return dict(self._own("POST", f"/charges/{charge_id}/pay", {"by": by, **more}))

    def refund_charge(self, charge_id: str, **more: Any) -> dict[str, Any]:
        """Money of it goes back without us. More: origin (med, app), amount, reason."""
        return dict(self._own("POST", f"/charges/{charge_id}/refund", more))

    def refunds(self) -> list[dict[str, Any]]:
        """Oldest first, as the bank tells them."""
        return list(self._own("GET", "/refunds"))

    def end_refund(self, refund_id: str, *, done: bool = True) -> None:
        """Of one that is being done (settings(holds_refunds=True))."""
        self._own("POST", f"/refunds/{refund_id}/end", {"done": done})
