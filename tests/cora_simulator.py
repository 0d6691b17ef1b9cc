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
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from time import monotonic
from typing import Any, Self

import httpx

from tests import clock
from tests.bank_controls import OFICINA, PADARIA, Grants
from tests.loopback import LOOPBACK

__all__ = ["OFICINA", "PADARIA"]
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
        self._http = httpx.Client(base_url=f"{base_url}/_sim/api", timeout=60, **LOOPBACK)

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
        clock.follow(simulator.set_date_ahead)
        return simulator

    def _wait_until_ready(self) -> None:
        # The listening socket is open since before the address was printed: one call waits.
        deadline = monotonic() + _START_SECONDS
        while self._http.get("/health").status_code != 200:
            if monotonic() > deadline:
                raise RuntimeError("The simulator does not answer.")

    def stop(self) -> None:
        """End the process, if it was started here."""
        clock.unfollow(self.set_date_ahead)
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
        self.set_date_ahead(clock.moved_by())

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

    def set_date_ahead(self, difference: timedelta) -> None:
        """How far the `Date` of every answer is ahead of the machine's time."""
        self._call("POST", "/date", {"ahead_seconds": difference.total_seconds()})

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


class CoraSimulator(BankProcess, Grants):
    """The process, seen as Cora's: the main address is hers."""

    slug = "cora"

    def create_partner(
        self, name: str, redirect_uris: Sequence[str], **more: Any
    ) -> dict[str, Any]:
        body = {"name": name, "redirect_uris": list(redirect_uris), **more}
        return dict(self._own("POST", "/partners", body))

    def transfers(self, **query: Any) -> list[dict[str, Any]]:
        return self.orders(rail="transfer", **query)

    def payments(self, **query: Any) -> list[dict[str, Any]]:
        return self.orders(rail="payment", **query)

    # Charges, and the company's own credentials.

    def invoices(self, **query: Any) -> list[dict[str, Any]]:
        """Charges, oldest first, by id, code, status, payer or cnpj; `wire` is the bank's JSON."""
        return list(self._own("GET", "/invoices", query=query))

    def pay_invoice(self, invoice_id: str, by: str = "boleto", **more: Any) -> dict[str, Any]:
        """Somebody pays a charge, by "boleto" or "pix". More: amount, name, document; again=True:
        one that has ended."""
        return dict(self._own("POST", f"/invoices/{invoice_id}/pay", {"by": by, **more}))

    def issue_invoice(self, cnpj: str = OFICINA, **values: Any) -> dict[str, Any]:
        """In the bank's app: amount, due_date (past, too), name, document, service."""
        return dict(self._own("POST", f"/accounts/{cnpj}/invoices", values))

    def pix_key(self, has_key: bool, cnpj: str = OFICINA) -> None:
        """Give the account a Pix key, or take it away."""
        self._own("POST", f"/accounts/{cnpj}/pix-key", {"has_key": has_key})

    def direct_credential(self, cnpj: str = OFICINA, **more: Any) -> dict[str, Any]:
        """Integração Direta: a new client_id with its certificate and key (PEM)."""
        return dict(self._own("POST", "/direct-credentials", {"cnpj": cnpj, **more}))

    def end_direct_credential(self, client_id: str) -> None:
        self._own("DELETE", f"/direct-credentials/{client_id}")

    def registered(self, client_id: str = CLIENT_ID) -> str:
        """A customer that the partner registered beforehand opens the account; its id."""
        body = {"client_id": client_id}
        return str(self._own("POST", "/registrations", body)["resource_id"])
