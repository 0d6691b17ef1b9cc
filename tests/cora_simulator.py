"""The bank of the tests: the simulator as a process, and its control API as a Python object.

cora = CoraSimulator.start(folder)
grant = cora.grant("11444777000161")
cora.fault("lose_answer", path="/transfers/initiate")
cora.reset()
cora.stop()
"""

import subprocess
import sys
from collections.abc import Sequence
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from time import monotonic
from typing import Any, Self

import httpx

OFICINA = "11444777000161"  # OFICINA MODELO LTDA; Ana Souza signs in
PADARIA = "11222333000181"  # PADARIA AURORA LTDA; Ana Souza too
CLIENT_ID = "app-kamino-demo"
CLIENT_SECRET = "5f0c2a1e-7a51-4c55-9a43-5b9d3c7e4f10"

_ROOT = Path(__file__).parents[1]
LOG = "simulator.log"
_START_SECONDS = 20


class BankProcess:
    """A running simulator, all its banks. Money is centavos; a company is named by its CNPJ."""

    def __init__(self, base_url: str, process: subprocess.Popen[str] | None = None) -> None:
        self.base_url = base_url
        self.process = process
        self.log: Path | None = None
        self._http = httpx.Client(base_url=f"{base_url}/_sim/api", timeout=60, trust_env=False)

    @cached_property
    def addresses(self) -> dict[str, str]:
        """Of each bank: cora, bs2, kamino, cora_direta, those with _tls, and the ca_file."""
        return dict(self._call("GET", "/addresses"))

    @classmethod
    def start(cls, state: Path, *, port: int = 0) -> Self:
        """Start a process that keeps its state in `state`, and wait until it answers."""
        command = [sys.executable, "-m", "simulator", "--with-parent"]
        command += ["--port", str(port), "--state", str(state)]
        with (state / LOG).open("a") as log:
            process = subprocess.Popen(
                command, cwd=_ROOT, stdout=subprocess.PIPE, stderr=log, text=True
            )
        assert process.stdout is not None
        base_url = process.stdout.readline().strip()
        if not base_url:
            raise RuntimeError(f"The simulator did not start: exit code {process.wait()}.")
        simulator = cls(base_url, process)
        simulator.log = state / LOG
        simulator._wait_until_ready()
        return simulator

    def _wait_until_ready(self) -> None:
        # The listening socket is open since before the address was printed: one call waits.
        deadline = monotonic() + _START_SECONDS
        while self._http.get("/health").status_code != 200:
            if monotonic() > deadline:
                raise RuntimeError("The simulator does not answer.")

    def stop(self) -> None:
        """End the process, if it was started here."""
        self._http.close()
        if self.process is not None:
            self.process.terminate()
            self.process.wait(timeout=10)
            if self.process.stdout is not None:
                self.process.stdout.close()

    def _call(
        self, method: str, address: str, body: Any = None, query: dict[str, Any] | None = None
    ) -> Any:
        params = {key: value for key, value in (query or {}).items() if value is not None}
        try:
            response = self._http.request(method, address, json=body, params=params)
        except httpx.ConnectError as error:
            raise RuntimeError(f"The simulator is gone. {self._last_words()}") from error
        if response.is_error:
            raise RuntimeError(f"{method} {address}: {response.status_code} {response.text}")
        return response.json()

    def _last_words(self) -> str:
        code = self.process.poll() if self.process else None
        told = self.log.read_text()[-4000:] if self.log else ""
        return f"Exit code {code}. {told}"

    # The whole.

    def reset(self, *, seed: bool = True, now: str | datetime | None = None) -> None:
        """As on the first start, at `now` (without zone: São Paulo) or the machine's time."""
        body: dict[str, Any] = {"seed": seed}
        if now is not None:
            body["now"] = now if isinstance(now, str) else now.isoformat()
        self._call("POST", "/reset", body)

    def settings(self, **changes: Any) -> dict[str, Any]:
        """Change settings; all of them."""
        return dict(self._call("PATCH", "/settings", changes))

    def now(self) -> datetime:
        return datetime.fromisoformat(self._call("GET", "/clock")["now"])

    def set_clock(self, now: str | datetime) -> None:
        """Make it be `now`. What became due is done when this returns; webhooks may follow."""
        self._call("POST", "/clock", {"now": now if isinstance(now, str) else now.isoformat()})

    def advance(self, seconds: float) -> None:
        self._call("POST", "/clock", {"advance_seconds": seconds})

    # Faults, and what was asked.

    def fault(
        self, kind: str, path: str = "*", *, method: str = "*", times: int | None = 1, **more: Any
    ) -> dict[str, Any]:
        """A fault for the next `times` requests (None: until cleared). Kinds: see the README."""
        body = {"kind": kind, "path": path, "method": method, "times": times, **more}
        return dict(self._call("POST", "/faults", body))

    def lose_next_answer(self, path: str = "*") -> None:
        """The next request is done and its answer is lost."""
        self.fault("lose_answer", path)

    def faults(self) -> list[dict[str, Any]]:
        return list(self._call("GET", "/faults"))

    def clear_faults(self) -> None:
        self._call("DELETE", "/faults")

    def requests(
        self,
        path: str = "*",
        *,
        method: str = "*",
        effect: bool | None = None,
        since: int | None = None,
        bank: str | None = None,
    ) -> list[dict[str, Any]]:
        """The requests received by the bank, oldest first; `effect`: those that changed it."""
        wanted = None if effect is None else str(effect).lower()
        query = {"path": path, "method": method, "effect": wanted, "since": since, "bank": bank}
        return list(self._call("GET", "/requests", query=query))

    def count_requests(
        self,
        path: str = "*",
        *,
        method: str = "*",
        effect: bool | None = None,
        bank: str | None = None,
    ) -> int:
        wanted = None if effect is None else str(effect).lower()
        query = {"path": path, "method": method, "effect": wanted, "bank": bank, "count": 1}
        return int(self._call("GET", "/requests", query=query)["count"])

    def clear_requests(self) -> None:
        self._call("DELETE", "/requests")

    # Webhooks.

    def webhooks(self) -> list[dict[str, Any]]:
        """Every delivery: url, headers, state (pending, delivered, given_up), attempts, answer."""
        return list(self._call("GET", "/webhooks"))

    def deliver_webhooks(self) -> list[dict[str, Any]]:
        """Try all that is pending once, now; every delivery."""
        return list(self._call("POST", "/webhooks/deliver"))


class CoraSimulator(BankProcess):
    """The process, seen as Cora's: the main address is hers."""

    # People, companies and consents.

    def create_company(
        self, cnpj: str, name: str, *, balance: int = 0, **more: Any
    ) -> dict[str, Any]:
        """A company and its account."""
        body = {"cnpj": cnpj, "name": name, "balance": balance, **more}
        return dict(self._call("POST", "/cora/companies", body))

    def create_person(
        self, cpf: str, name: str, password: str, companies: Sequence[str] = ()
    ) -> None:
        body = {"cpf": cpf, "name": name, "password": password, "companies": list(companies)}
        self._call("POST", "/cora/people", body)

    def create_partner(
        self, name: str, redirect_uris: Sequence[str], **more: Any
    ) -> dict[str, Any]:
        body = {"name": name, "redirect_uris": list(redirect_uris), **more}
        return dict(self._call("POST", "/cora/partners", body))

    def account(self, cnpj: str = OFICINA) -> dict[str, Any]:
        """branch, number, digit, opening, balance, cnpj, name."""
        return dict(self._call("GET", f"/cora/accounts/{cnpj}"))

    def grant(
        self, cnpj: str = OFICINA, *, scopes: str | None = None, client_id: str | None = None
    ) -> dict[str, Any]:
        """A consent without the page: grant_id and the answer of POST /oauth/token."""
        body = {"cnpj": cnpj, "scopes": scopes, "client_id": client_id}
        given = {key: value for key, value in body.items() if value is not None}
        return dict(self._call("POST", "/cora/grants", given))

    def grants(self) -> list[dict[str, Any]]:
        return list(self._call("GET", "/cora/grants"))

    def revoke(self, grant_id: int) -> None:
        self._call("DELETE", f"/cora/grants/{grant_id}")

    # Movements.

    def add_entries(
        self, entries: Sequence[dict[str, Any]], cnpj: str = OFICINA, *, balance: int | None = None
    ) -> dict[str, Any]:
        """Each: type, kind, amount, day or at, description, name, document. `balance`: after."""
        body: dict[str, Any] = {"entries": list(entries)}
        if balance is not None:
            body["balance"] = balance
        return dict(self._call("POST", f"/cora/accounts/{cnpj}/entries", body))

    def generate_entries(
        self, count: int, since: date, until: date, cnpj: str = OFICINA, *, balance: int = 10**9
    ) -> dict[str, Any]:
        """Many movements made up by the bank, spread over since..until, both included."""
        wanted = {"count": count, "since": since.isoformat(), "until": until.isoformat()}
        body = {"generate": wanted, "balance": balance}
        return dict(self._call("POST", f"/cora/accounts/{cnpj}/entries", body))

    def credit(self, amount: int, cnpj: str = OFICINA, **more: Any) -> str:
        """Money comes in now: name, document, kind (PIX or TRANSFER). The entry's id."""
        body = {"amount": amount, **more}
        return str(self._call("POST", f"/cora/accounts/{cnpj}/credit", body)["id"])

    # Orders and titles.

    def orders(self, **query: Any) -> list[dict[str, Any]]:
        """Oldest first, by id, rail, code, key, status or cnpj."""
        return list(self._call("GET", "/cora/orders", query=query))

    def transfers(self, **query: Any) -> list[dict[str, Any]]:
        return self.orders(rail="transfer", **query)

    def payments(self, **query: Any) -> list[dict[str, Any]]:
        return self.orders(rail="payment", **query)

    def approve(self, order_id: str) -> dict[str, Any]:
        return self._act(order_id, "approve")

    def refuse(self, order_id: str) -> dict[str, Any]:
        return self._act(order_id, "refuse")

    def expire(self, order_id: str) -> dict[str, Any]:
        return self._act(order_id, "expire")

    def refund(self, order_id: str) -> dict[str, Any]:
        """A completed transfer comes back."""
        return self._act(order_id, "refund")

    def approve_all(self, cnpj: str | None = None) -> int:
        """All that waits, of one company or of all; how many there were."""
        return self._act_on_all("approve", cnpj)

    def refuse_all(self, cnpj: str | None = None) -> int:
        return self._act_on_all("refuse", cnpj)

    def expire_all(self, cnpj: str | None = None) -> int:
        return self._act_on_all("expire", cnpj)

    def boleto(
        self, amount: int, due_date: date | None = None, *, line: str | None = None, **more: Any
    ) -> dict[str, Any]:
        """Register a title; without `line` the bank makes one. Its `digitable` is the line.

        More: creditor, document, fine, interest.
        """
        body = {"creditor": "Fornecedor Exemplo ME", "document": "60316817000103"} | more
        body |= {"amount": amount, "due_date": due_date.isoformat() if due_date else None}
        if line is not None:
            body["digitable_line"] = line
        return dict(self._call("POST", "/cora/boletos", body))

    def _act(self, order_id: str, act: str) -> dict[str, Any]:
        return dict(self._call("POST", f"/cora/orders/{order_id}/{act}"))

    def _act_on_all(self, act: str, cnpj: str | None) -> int:
        body = {} if cnpj is None else {"cnpj": cnpj}
        return int(self._call("POST", f"/cora/orders/{act}", body)["count"])

    # Charges, and the company's own credentials.

    def invoices(self, **query: Any) -> list[dict[str, Any]]:
        """Charges, oldest first, by id, code, status, payer or cnpj; `wire` is the bank's JSON."""
        return list(self._call("GET", "/cora/invoices", query=query))

    def pay_invoice(self, invoice_id: str, by: str = "boleto", **more: Any) -> dict[str, Any]:
        """Somebody pays a charge, by "boleto" or "pix". More: amount, name, document."""
        return dict(self._call("POST", f"/cora/invoices/{invoice_id}/pay", {"by": by, **more}))

    def pix_key(self, has_key: bool, cnpj: str = OFICINA) -> None:
        """Give the account a Pix key, or take it away."""
        self._call("POST", f"/cora/accounts/{cnpj}/pix-key", {"has_key": has_key})

    def direct_credential(self, cnpj: str = OFICINA, **more: Any) -> dict[str, Any]:
        """Integração Direta: a new client_id with its certificate and key (PEM)."""
        return dict(self._call("POST", "/cora/direct-credentials", {"cnpj": cnpj, **more}))

    def end_direct_credential(self, client_id: str) -> None:
        self._call("DELETE", f"/cora/direct-credentials/{client_id}")

    def registered(self, client_id: str = CLIENT_ID) -> str:
        """A customer that the partner registered beforehand opens the account; its id."""
        body = {"client_id": client_id}
        return str(self._call("POST", "/cora/registrations", body)["resource_id"])
