"""BS2 of the tests: one bank of the running simulator, by its control API.

bs2 = Bs2Simulator(cora_process)
keys = bs2.portal_application("11444777000161")
order = bs2.orders()[0]
bs2.approve(order["id"])
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

from tests.cora_simulator import OFICINA, PADARIA, BankProcess

__all__ = ["OFICINA", "PADARIA"]
CLIENT_ID = "l7kaminodemo5c0e9a43"
CLIENT_SECRET = "9b1f6c3a7d204e58"


class Bs2Simulator(BankProcess):
    """BS2 in a simulator that somebody else started. Money is centavos.

    Faults and the log are of BS2 only; the clock and `reset` are of all banks.
    """

    def __init__(self, process: BankProcess) -> None:
        super().__init__(process.base_url)
        self.base_url = self.addresses["bs2"]
        self.tls_url = self.addresses["bs2_tls"]

    def settings(self, **changes: Any) -> dict[str, Any]:
        """Change BS2's settings; all of them."""
        return dict(self._call("PATCH", "/bs2/settings", changes))

    def shared_settings(self, **changes: Any) -> dict[str, Any]:
        """Those that all banks have in common: latency, webhooks."""
        return super().settings(**changes)

    def fault(
        self, kind: str, path: str = "*", *, method: str = "*", times: int | None = 1, **more: Any
    ) -> dict[str, Any]:
        return super().fault(kind, path, method=method, times=times, **{"bank": "bs2", **more})

    def requests(
        self,
        path: str = "*",
        *,
        method: str = "*",
        effect: bool | None = None,
        since: int | None = None,
        bank: str | None = "bs2",
    ) -> list[dict[str, Any]]:
        return super().requests(path, method=method, effect=effect, since=since, bank=bank)

    def count_requests(
        self,
        path: str = "*",
        *,
        method: str = "*",
        effect: bool | None = None,
        bank: str | None = "bs2",
    ) -> int:
        return super().count_requests(path, method=method, effect=effect, bank=bank)

    # Companies, applications and consents.

    def create_company(
        self, cnpj: str, name: str, *, balance: int = 0, **more: Any
    ) -> dict[str, Any]:
        """A company and its account."""
        body = {"cnpj": cnpj, "name": name, "balance": balance, **more}
        return dict(self._call("POST", "/bs2/companies", body))

    def account(self, cnpj: str = OFICINA) -> dict[str, Any]:
        """branch, number, digit, opening, balance, cnpj, name."""
        return dict(self._call("GET", f"/bs2/accounts/{cnpj}"))

    def grant(
        self, cnpj: str = OFICINA, *, scopes: str | None = None, api_key: str | None = None
    ) -> dict[str, Any]:
        """A consent without the page: grant_id and the answer of the token endpoint."""
        body = {"cnpj": cnpj, "scopes": scopes, "api_key": api_key}
        given = {key: value for key, value in body.items() if value is not None}
        return dict(self._call("POST", "/bs2/grants", given))

    def grants(self) -> list[dict[str, Any]]:
        return list(self._call("GET", "/bs2/grants"))

    def revoke(self, grant_id: int) -> None:
        self._call("DELETE", f"/bs2/grants/{grant_id}")

    def portal_application(
        self, cnpj: str = OFICINA, *, scopes: str | None = None, legacy: bool = False
    ) -> dict[str, Any]:
        """What the portal shows: api_key, api_secret, scope, refresh_token; with `legacy`,
        username and password instead of the refresh_token."""
        body = {"cnpj": cnpj, "scopes": scopes, "legacy": legacy}
        return dict(self._call("POST", "/bs2/applications", body))

    def expire_tokens(self, *, refresh: bool = False) -> int:
        """End every access token given out, with `refresh` the refresh tokens too; how many."""
        return int(self._call("POST", "/bs2/tokens/expire", {"refresh": refresh})["count"])

    # Movements.

    def add_entries(
        self, entries: Sequence[dict[str, Any]], cnpj: str = OFICINA, *, balance: int | None = None
    ) -> dict[str, Any]:
        """Each: type, kind, amount, day or at, description, name, document, end_to_end, and
        bank, branch, account of the other side. `balance`: after."""
        body: dict[str, Any] = {"entries": list(entries)}
        if balance is not None:
            body["balance"] = balance
        return dict(self._call("POST", f"/bs2/accounts/{cnpj}/entries", body))

    def generate_entries(
        self, count: int, since: date, until: date, cnpj: str = OFICINA, *, balance: int = 10**9
    ) -> dict[str, Any]:
        """Many movements made up by the bank, spread over since..until, both included."""
        wanted = {"count": count, "since": since.isoformat(), "until": until.isoformat()}
        body = {"generate": wanted, "balance": balance}
        return dict(self._call("POST", f"/bs2/accounts/{cnpj}/entries", body))

    def credit(self, amount: int, cnpj: str = OFICINA, **more: Any) -> str:
        """Money comes in now: name, document, kind (PIX, PIX_INTERNAL, TED, TEF), txid,
        description. The entry's id."""
        body = {"amount": amount, **more}
        return str(self._call("POST", f"/bs2/accounts/{cnpj}/credit", body)["id"])

    # Orders, titles and keys.

    def orders(self, **query: Any) -> list[dict[str, Any]]:
        """Oldest first, by id, rail (transfer, payment, pix), state or cnpj."""
        return list(self._call("GET", "/bs2/orders", query=query))

    def approve(self, order_id: str) -> dict[str, Any]:
        return self._act(order_id, "approve")

    def refuse(self, order_id: str) -> dict[str, Any]:
        return self._act(order_id, "refuse")

    def expire(self, order_id: str) -> dict[str, Any]:
        return self._act(order_id, "expire")

    def cancel(self, order_id: str) -> dict[str, Any]:
        """A person takes back what waits or is scheduled."""
        return self._act(order_id, "cancel")

    def refund(self, order_id: str) -> dict[str, Any]:
        """A completed transfer or Pix comes back."""
        return self._act(order_id, "refund")

    def approve_all(self, cnpj: str | None = None) -> int:
        """All that waits, of one company or of all; how many there were."""
        body = {} if cnpj is None else {"cnpj": cnpj}
        return int(self._call("POST", "/bs2/orders/approve", body)["count"])

    def title(
        self, amount: int, due_date: date | None = None, *, line: str | None = None, **more: Any
    ) -> dict[str, Any]:
        """Register a title of another bank; its `line` is what is typed. More: creditor,
        document."""
        body = {"amount": amount, **more}
        body |= {"due_date": due_date.isoformat() if due_date else None}
        if line is not None:
            body["line"] = line
        return dict(self._call("POST", "/bs2/titles", body))

    def key(self, kind: str, value: str, **more: Any) -> dict[str, Any]:
        """A Pix key: name, document, bank, branch, account of who has it, or exists=False."""
        return dict(self._call("POST", "/bs2/keys", {"type": kind, "value": value, **more}))

    # Boletos issued here.

    def boletos(self, **query: Any) -> list[dict[str, Any]]:
        """As the API details them, oldest first, by id, seu_numero or cnpj."""
        return list(self._call("GET", "/bs2/boletos", query=query))

    def pay_boleto(self, boleto: str | int, **more: Any) -> dict[str, Any]:
        """Somebody pays it, by its id, nosso número or line: amount, bank."""
        return dict(self._call("POST", f"/bs2/boletos/{boleto}/pay", more))

    def settle(self, boleto: str | int) -> dict[str, Any]:
        """The money of a boleto seen paid comes in now."""
        return dict(self._call("POST", f"/bs2/boletos/{boleto}/settle"))

    def boleto_webhook(self, url: str | None, cnpj: str = OFICINA) -> None:
        """The bank activates an address for boleto notifications; None: none."""
        self._call("POST", "/bs2/boleto-webhook", {"cnpj": cnpj, "url": url})

    def _act(self, order_id: str, act: str) -> dict[str, Any]:
        return dict(self._call("POST", f"/bs2/orders/{order_id}/{act}"))
