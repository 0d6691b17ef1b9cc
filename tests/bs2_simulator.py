"""BS2 of the tests: one bank of the running simulator, by its control API.

bs2 = Bs2Simulator(bank_process)
keys = bs2.portal_application("11444777000161")
order = bs2.orders()[0]
bs2.approve(order["id"])
"""

from typing import Any

from tests.bank_controls import OFICINA, PADARIA, Grants
from tests.cora_simulator import BankProcess

__all__ = ["OFICINA", "PADARIA"]
CLIENT_ID = "l7kaminodemo5c0e9a43"
CLIENT_SECRET = "9b1f6c3a7d204e58"


class Bs2Simulator(BankProcess, Grants):
    """BS2 in a simulator that somebody else started. Money is centavos.

    Faults and the log are of BS2 only; the clock and `reset` are of all banks.
    """

    slug = "bs2"

    def __init__(self, process: BankProcess) -> None:
        super().__init__(process.base_url)
        self.addresses = process.addresses
        self.base_url = self.addresses["bs2"]
        self.tls_url = self.addresses["bs2_tls"]

    def settings(self, **changes: Any) -> dict[str, Any]:
        """Change BS2's settings; all of them."""
        return dict(self._own("PATCH", "/settings", changes))

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

    def portal_application(
        self, cnpj: str = OFICINA, *, scopes: str | None = None, legacy: bool = False
    ) -> dict[str, Any]:
        """What the portal shows: api_key, api_secret, scope, refresh_token; with `legacy`,
        username and password instead of the refresh_token."""
        body = {"cnpj": cnpj, "scopes": scopes, "legacy": legacy}
        return dict(self._own("POST", "/applications", body))

    def expire_tokens(self, *, refresh: bool = False) -> int:
        """End every access token given out, with `refresh` the refresh tokens too; how many."""
        return int(self._own("POST", "/tokens/expire", {"refresh": refresh})["count"])

    def pay_pix_charge(self, txid: str, amount: int, cnpj: str = OFICINA) -> str:
        """A client pays a charge of the account. The entry's id."""
        url = f"/accounts/{cnpj}/pix-charges/{txid}/pay"
        return str(self._own("POST", url, {"amount": amount})["id"])

    def cancel(self, order_id: str) -> dict[str, Any]:
        """A person takes back what waits or is scheduled."""
        return self._act(order_id, "cancel")

    def key(self, kind: str, value: str, **more: Any) -> dict[str, Any]:
        """A Pix key: name, document, bank, branch, account of who has it, or exists=False."""
        return dict(self._own("POST", "/keys", {"type": kind, "value": value, **more}))

    def boletos(self, **query: Any) -> list[dict[str, Any]]:
        """As the API details them, oldest first, by id, seu_numero or cnpj."""
        return list(self._own("GET", "/boletos", query=query))

    def pay_boleto(self, boleto: str | int, **more: Any) -> dict[str, Any]:
        """Somebody pays it, by its id, nosso número or line: amount, bank; again=True: one that
        has ended."""
        return dict(self._own("POST", f"/boletos/{boleto}/pay", more))

    def settle(self, boleto: str | int) -> dict[str, Any]:
        """The money of a boleto seen paid comes in now."""
        return dict(self._own("POST", f"/boletos/{boleto}/settle"))

    def boleto_webhook(self, url: str | None, cnpj: str = OFICINA) -> None:
        """The bank activates an address for boleto notifications; None: none."""
        self._own("POST", "/boleto-webhook", {"cnpj": cnpj, "url": url})
