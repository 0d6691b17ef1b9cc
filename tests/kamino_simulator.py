"""The simulator of the Conta Kamino behind the tests: its part of the control API.

kamino = KaminoSimulator(process)  # tests.cora_simulator.BankProcess, already running
kamino.fault("lose_answer", "/v1/payments")  # faults and clock are the process's own
opened = kamino.open_account(OFICINA)
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Self
from uuid import uuid4

import httpx

from tests.cora_simulator import OFICINA, BankProcess

TRANSPORTES = "45987321000160"  # has an account already, with a month behind it
CLIENT_ID = "partner_kamino_demo"
CLIENT_SECRET = "kps_demo_4e1c7f0b9a2d4c66"


class KaminoSimulator:
    """The Conta Kamino of a running simulator. Money is centavos, but in the bank's own JSON."""

    def __init__(self, process: BankProcess) -> None:
        self.process = process
        self.base_url = process.addresses["kamino"]
        address = f"{process.base_url}/_sim/api/kamino"
        self._http = httpx.Client(base_url=address, timeout=60, trust_env=False)
        self._api = httpx.Client(base_url=self.base_url, timeout=60, trust_env=False)

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
        return dict(self._call("PATCH", "/settings", changes))

    # Accounts, their clients, and people.

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

    def account(self, cnpj: str = OFICINA) -> dict[str, Any]:
        """account_id, branch, number, digit, balance, cnpj, name, status."""
        return dict(self._call("GET", f"/accounts/{cnpj}"))

    def accounts(self) -> list[dict[str, Any]]:
        return list(self._call("GET", "/accounts"))

    def set_account(self, cnpj: str = OFICINA, **changes: Any) -> dict[str, Any]:
        """status (active, blocked, closed), balance."""
        return dict(self._call("PATCH", f"/accounts/{cnpj}", changes))

    def make_account(self, cnpj: str, name: str, **more: Any) -> dict[str, Any]:
        """Without the API: balance, partner (whose client opened it)."""
        return dict(self._call("POST", "/accounts", {"cnpj": cnpj, "name": name, **more}))

    def credentials(self, cnpj: str = OFICINA) -> dict[str, Any]:
        """A new client of an account: client_id, client_secret, account_id."""
        return dict(self._call("POST", f"/accounts/{cnpj}/credentials"))

    def clients(self) -> list[dict[str, Any]]:
        return list(self._call("GET", "/clients"))

    def end_client(self, client_id: str) -> None:
        """The company takes the access back in the app."""
        self._call("DELETE", f"/clients/{client_id}")

    def create_person(
        self, cpf: str, name: str, password: str, companies: Sequence[str] = ()
    ) -> None:
        body = {"cpf": cpf, "name": name, "password": password, "companies": list(companies)}
        self._call("POST", "/people", body)

    # Movements.

    def add_entries(
        self, entries: Sequence[dict[str, Any]], cnpj: str = OFICINA, *, balance: int | None = None
    ) -> dict[str, Any]:
        """Each: direction, kind, amount, day or at, description, name, document."""
        body: dict[str, Any] = {"entries": list(entries)}
        if balance is not None:
            body["balance"] = balance
        return dict(self._call("POST", f"/accounts/{cnpj}/entries", body))

    def generate_entries(
        self, count: int, since: date, until: date, cnpj: str = OFICINA, *, balance: int = 10**9
    ) -> dict[str, Any]:
        """Many movements made up by the bank, spread over since..until, both included."""
        wanted = {"count": count, "since": since.isoformat(), "until": until.isoformat()}
        body = {"generate": wanted, "balance": balance}
        return dict(self._call("POST", f"/accounts/{cnpj}/entries", body))

    def credit(self, amount: int, cnpj: str = OFICINA, **more: Any) -> str:
        """Money comes in now: name, document, kind (PIX or TED). The entry's id."""
        body = {"amount": amount, **more}
        return str(self._call("POST", f"/accounts/{cnpj}/credit", body)["id"])

    # Payments, titles, keys and charges.

    def payments(self, **query: Any) -> list[dict[str, Any]]:
        """Oldest first, by id, type, state, code, key or cnpj; `wire` is the bank's JSON."""
        return list(self._call("GET", "/payments", query=query))

    def approve(self, payment_id: str) -> dict[str, Any]:
        return self._act(payment_id, "approve")

    def refuse(self, payment_id: str) -> dict[str, Any]:
        return self._act(payment_id, "refuse")

    def expire(self, payment_id: str) -> dict[str, Any]:
        return self._act(payment_id, "expire")

    def refund(self, payment_id: str) -> dict[str, Any]:
        """The other bank sends a completed TED or Pix back."""
        return self._act(payment_id, "refund")

    def approve_all(self, cnpj: str | None = None) -> int:
        body = {} if cnpj is None else {"cnpj": cnpj}
        return int(self._call("POST", "/payments/approve", body)["count"])

    def title(self, amount: int, due_date: date | None = None, **more: Any) -> dict[str, Any]:
        """Another bank's title; its `line` is the typed line. More: creditor, document, line."""
        body = {"amount": amount, "due_date": due_date.isoformat() if due_date else "", **more}
        return dict(self._call("POST", "/titles", body))

    def pix_key(self, key: str, name: str, document: str) -> None:
        self._call("POST", "/keys", {"key": key, "name": name, "document": document})

    def charges(self, **query: Any) -> list[dict[str, Any]]:
        return list(self._call("GET", "/charges", query=query))

    def pay_charge(self, charge_id: str, by: str = "pix", **more: Any) -> dict[str, Any]:
        """Somebody pays it by pix or boleto. More: amount, name, document."""
        return dict(self._call("POST", f"/charges/{charge_id}/pay", {"by": by, **more}))

    def _act(self, payment_id: str, act: str) -> dict[str, Any]:
        return dict(self._call("POST", f"/payments/{payment_id}/{act}"))
