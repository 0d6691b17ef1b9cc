"""What every simulated bank lets the tests do: `simulator/core/bank_control`, as Python."""

from abc import abstractmethod
from collections.abc import Sequence
from datetime import date
from typing import Any, ClassVar

OFICINA = "11444777000161"  # OFICINA MODELO LTDA; Ana Souza signs in
PADARIA = "11222333000181"  # PADARIA AURORA LTDA; Ana Souza too


class BankControls:
    """Money is centavos; an account is named by its holder's CNPJ."""

    slug: ClassVar[str]
    orders_path: ClassVar[str] = "/orders"

    @abstractmethod
    def _call(
        self, method: str, address: str, body: Any = None, query: dict[str, Any] | None = None
    ) -> Any: ...

    def _own(
        self, method: str, address: str, body: Any = None, query: dict[str, Any] | None = None
    ) -> Any:
        """Of the bank's own part of the control API."""
        return self._call(method, f"/{self.slug}{address}", body, query)

    # People and accounts.

    def create_person(
        self, cpf: str, name: str, password: str, companies: Sequence[str] = ()
    ) -> None:
        body = {"cpf": cpf, "name": name, "password": password, "companies": list(companies)}
        self._own("POST", "/people", body)

    def create_company(
        self, cnpj: str, name: str, *, balance: int = 0, **more: Any
    ) -> dict[str, Any]:
        """A company and its account."""
        body = {"cnpj": cnpj, "name": name, "balance": balance, **more}
        return dict(self._own("POST", "/accounts", body))

    def account(self, cnpj: str = OFICINA) -> dict[str, Any]:
        """id, branch, number, digit, opening, balance, cnpj, name."""
        return dict(self._own("GET", f"/accounts/{cnpj}"))

    def accounts(self) -> list[dict[str, Any]]:
        return list(self._own("GET", "/accounts"))

    # Movements.

    def add_entries(
        self, entries: Sequence[dict[str, Any]], cnpj: str = OFICINA, *, balance: int | None = None
    ) -> dict[str, Any]:
        """Each: type, kind, amount, day or at, description, name, document. `balance`: after.

        At BS2 also: end_to_end, and bank, branch, account of the other side. How the bank tells
        it in the statement: as for `tell_entry`.
        """
        body: dict[str, Any] = {"entries": list(entries)}
        if balance is not None:
            body["balance"] = balance
        return dict(self._own("POST", f"/accounts/{cnpj}/entries", body))

    def tell_entry(
        self,
        entry_id: str,
        *,
        odd: dict[str, Any] | None = None,
        lacks: Sequence[str] = (),
        hidden: bool = False,
    ) -> None:
        """How the statement tells a movement from now on: with other values of fields, without
        some, or not at all, though the balances have it. Nothing of it: as it is."""
        told = {"odd": odd or {}, "lacks": list(lacks), "hidden": hidden}
        self._own("POST", f"/entries/{entry_id}/told", told)

    def generate_entries(
        self, count: int, since: date, until: date, cnpj: str = OFICINA, *, balance: int = 10**9
    ) -> dict[str, Any]:
        """Many movements made up by the bank, spread over since..until, both included."""
        wanted = {"count": count, "since": since.isoformat(), "until": until.isoformat()}
        body = {"generate": wanted, "balance": balance}
        return dict(self._own("POST", f"/accounts/{cnpj}/entries", body))

    def credit(self, amount: int, cnpj: str = OFICINA, **more: Any) -> str:
        """Money comes in now: name, document, description, kind. The entry's id.

        The kind is PIX; TRANSFER at Cora, elsewhere TED; at BS2 also PIX_INTERNAL and TEF.
        """
        body = {"amount": amount, **more}
        return str(self._own("POST", f"/accounts/{cnpj}/credit", body)["id"])

    # Orders and titles.

    def orders(self, **query: Any) -> list[dict[str, Any]]:
        """Oldest first, by cnpj, id, status or state, and by what else is shown of them; `wire` is
        the bank's JSON."""
        return list(self._own("GET", self.orders_path, query=query))

    def approve(self, order_id: str) -> dict[str, Any]:
        return self._act(order_id, "approve")

    def refuse(self, order_id: str) -> dict[str, Any]:
        return self._act(order_id, "refuse")

    def expire(self, order_id: str) -> dict[str, Any]:
        return self._act(order_id, "expire")

    def refund(self, order_id: str) -> dict[str, Any]:
        """What was completed comes back, as when the payee's account does not exist."""
        return self._act(order_id, "refund")

    def approve_all(self, cnpj: str | None = None) -> int:
        """All that waits, of one company or of all; how many there were."""
        return self._act_on_all("approve", cnpj)

    def refuse_all(self, cnpj: str | None = None) -> int:
        return self._act_on_all("refuse", cnpj)

    def expire_all(self, cnpj: str | None = None) -> int:
        return self._act_on_all("expire", cnpj)

    def title(
        self, amount: int, due_date: date | None = None, *, line: str | None = None, **more: Any
    ) -> dict[str, Any]:
        """Register a title that can be paid; without `line` the bank makes one.

        The answer's `line`, at Cora `digitable`, is what is typed. More: creditor, document, and
        at Cora fine, interest.
        """
        body = {"amount": amount, "due_date": due_date.isoformat() if due_date else None, **more}
        if line is not None:
            body["line"] = line
        return dict(self._own("POST", "/titles", body))

    def _act(self, order_id: str, act: str) -> dict[str, Any]:
        return dict(self._own("POST", f"{self.orders_path}/{order_id}/{act}"))

    def _act_on_all(self, act: str, cnpj: str | None) -> int:
        body = {} if cnpj is None else {"cnpj": cnpj}
        return int(self._own("POST", f"{self.orders_path}/{act}", body)["count"])


class Grants(BankControls):
    """A bank where a person consents to what a partner may do."""

    def grant(self, cnpj: str = OFICINA, **more: str | None) -> dict[str, Any]:
        """A consent without the page: grant_id and the answer of the token endpoint.

        More: scopes, and the partner, as client_id or at BS2 api_key.
        """
        given = {key: value for key, value in {"cnpj": cnpj, **more}.items() if value is not None}
        return dict(self._own("POST", "/grants", given))

    def grants(self) -> list[dict[str, Any]]:
        return list(self._own("GET", "/grants"))

    def revoke(self, grant_id: int) -> None:
        self._own("DELETE", f"/grants/{grant_id}")
