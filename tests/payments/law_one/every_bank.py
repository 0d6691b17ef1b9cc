"""Each simulated bank as the fault matrix sees it: what is alike has one name here."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import httpx
from django.test import Client
from django.utils import timezone

from banking.models import BankAccount, Connection
from banking.services.opening import open_connection
from tenants.models import Tenant, User
from tests.banking.made import make_connection, make_grant
from tests.cora_simulator import OFICINA, BankProcess
from tests.payments.make import SUPPLIER


@dataclass(frozen=True, slots=True)
class Manners:
    """How one bank differs from the others."""

    slug: str
    ted: str  # the path of a TED
    has_keys: bool  # a repeat under the same key is surely one payment
    state: str  # the field of an order in the control API
    executed: frozenset[str]  # its own words for what left the account
    secrets: bool = False  # its connections hold who the account is


CORA = Manners("cora", "/transfers/initiate", True, "status", frozenset({"COMPLETED"}))
BS2 = Manners(
    "bs2",
    "/pj/apibanking/forintegration/v1/transferencias/simplificado",
    False,
    "state",
    frozenset({"completed"}),
    secrets=True,
)
KAMINO = Manners("kamino", "/v1/payments", True, "state", frozenset({"completed"}))


class EveryBank:
    """A bank of a running simulator, and what it did for OFICINA."""

    def __init__(self, process: BankProcess, manners: Manners) -> None:
        self.process, self.manners = process, manners
        self._control = httpx.Client(
            base_url=f"{process.base_url}/_sim/api/{manners.slug}", trust_env=False
        )

    def _call(self, method: str, path: str, **more: Any) -> Any:
        answer = self._control.request(method, path, **more)
        assert answer.is_success, answer.text
        return answer.json()

    # --- The company's tie to it ---

    def connect(self, tenant: Tenant, person: User) -> BankAccount:
        """By the product's own way, from a consent that the bank knows."""
        answer = self._call("POST", "/grants", json={"cnpj": OFICINA})
        grant = make_grant(
            access_token=answer["access_token"],
            refresh_token=answer.get("refresh_token", ""),
            expires_at=timezone.now() + timedelta(seconds=answer["expires_in"]),
            secrets=self._identity() if self.manners.secrets else {},
        )
        connection = make_connection(
            tenant,
            person,
            provider=self.manners.slug,
            grant=grant,
            status=Connection.Status.OPENING,
        )
        account = open_connection(tenant.id, connection.id)
        assert account is not None
        return account

    def _identity(self) -> dict[str, str]:
        held = self._call("GET", f"/accounts/{OFICINA}")
        number = f"{held['number']}-{held['digit']}"
        return {"branch": held["branch"], "account": number, "document": OFICINA}

    # --- What it does and did ---

    def fault(self, kind: str, **more: Any) -> None:
        """At the next order of a TED."""
        self.process.fault(kind, self.manners.ted, bank=self.manners.slug, **more)

    def times_asked(self) -> int:
        return self.process.count_requests(self.manners.ted, method="POST")

    def orders(self) -> list[dict[str, Any]]:
        return [dict(order) for order in self._call("GET", "/orders", params={"cnpj": OFICINA})]

    def executed(self) -> int:
        """How many payments left the account."""
        return sum(order[self.manners.state] in self.manners.executed for order in self.orders())

    def approve_all(self) -> None:
        self._call("POST", "/orders/approve", json={"cnpj": OFICINA})

    def notices(self) -> list[dict[str, Any]]:
        """Its webhooks to us, oldest first: url, headers and body."""
        return [
            notice
            for notice in self.process.webhooks()
            if f"/{self.manners.slug}/" in urlsplit(notice["url"]).path
        ]


def deliver(notice: dict[str, Any]) -> int:
    """Bring a notice to our door; what it answered."""
    body = notice.get("body") or ""
    path = urlsplit(notice["url"]).path
    answer = Client().post(path, body, content_type="application/json", headers=notice["headers"])
    status: int = answer.status_code
    return status


__all__ = ["BS2", "CORA", "KAMINO", "SUPPLIER", "EveryBank", "Manners", "deliver"]
