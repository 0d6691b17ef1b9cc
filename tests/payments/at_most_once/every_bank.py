"""Each simulated bank as the fault matrix sees it: what is alike has one name here."""

import hmac
from base64 import b64encode
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import httpx
from django.test import Client
from django.utils import timezone

from banking.banks import registry
from banking.banks.contract.auth import Grant
from banking.connections.begin import terms_version
from banking.connections.complete import open_connection
from banking.connections.webhook_registration import signing_key
from banking.models import BankAccount, Connection
from tenants.models import Tenant, User
from tenants.scope import across_tenants
from tests.banking.factories import make_connection, make_grant
from tests.cora_simulator import OFICINA, BankProcess
from tests.loopback import LOOPBACK


@dataclass(frozen=True, slots=True)
class BankTraits:
    """How one bank differs from the others."""

    slug: str
    ted: str  # the path of a TED
    where: str  # the path of the orders' states
    executed: tuple[str, str]  # field and word, in the control API, of what left the account
    orders: str = "/orders"  # its orders in the control API
    has_keys: bool = True  # a repeat under the same key is surely one payment


CORA = BankTraits("cora", "/transfers/initiate", "/transfer/*", ("status", "COMPLETED"))
BS2 = BankTraits(
    "bs2",
    "/pj/apibanking/forintegration/v1/transferencias/simplificado",
    "/*transferencias*",
    ("state", "completed"),
    has_keys=False,
)
KAMINO = BankTraits(
    "kamino", "/v1/payments", "/v1/payments*", ("state", "completed"), orders="/payments"
)


class EveryBank:
    """A bank of a running simulator, and what it did for OFICINA."""

    def __init__(self, process: BankProcess, manners: BankTraits) -> None:
        self.process, self.manners = process, manners
        self._control = httpx.Client(
            base_url=f"{process.base_url}/_sim/api/{manners.slug}", **LOOPBACK
        )

    def _call(self, method: str, path: str, **more: Any) -> Any:
        answer = self._control.request(method, path, **more)
        assert answer.is_success, answer.text
        return answer.json()

    # --- The company's tie to it ---

    def connect(self, tenant: Tenant, person: User) -> BankAccount:
        """By the product's own way, from a consent or an acceptance that the bank takes."""
        grant = self._opening() if self.manners is KAMINO else self._consent()
        connection = make_connection(
            tenant,
            person,
            provider=self.manners.slug,
            grant=grant,
            status=Connection.Status.OPENING,
        )
        account = open_connection(tenant.id, connection.id)
        assert account is not None
        if self.manners is KAMINO:
            self._call("PATCH", f"/accounts/{OFICINA}", json={"balance": 10_000_000})
        return account

    def _opening(self) -> Grant:
        bank = registry.find(self.manners.slug)
        mode = bank.info.modes[0]
        values = {
            "name": "Oficina Modelo",
            "legal_name": "OFICINA MODELO LTDA",
            "document": OFICINA,
            "accepted_by": "ana@example.com",
            "accepted_at": timezone.now().isoformat(),
            "terms_version": terms_version(mode),
        }
        return bank.read_form(mode.slug, values)

    def _consent(self) -> Grant:
        answer = self._call("POST", "/grants", json={"cnpj": OFICINA})
        return make_grant(
            access_token=answer["access_token"],
            refresh_token=answer["refresh_token"],
            expires_at=timezone.now() + timedelta(seconds=answer["expires_in"]),
            secrets=self._identity() if self.manners is BS2 else {},
        )

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

    def times_read(self) -> int:
        return self.process.count_requests(method="GET", bank=self.manners.slug)

    def orders(self) -> list[dict[str, Any]]:
        query = {"cnpj": OFICINA}
        return [dict(order) for order in self._call("GET", self.manners.orders, params=query)]

    def executed(self) -> int:
        """How many payments left the account."""
        field, word = self.manners.executed
        return sum(order[field] == word for order in self.orders())

    def approve_all(self) -> None:
        self._call("POST", f"{self.manners.orders}/approve", json={"cnpj": OFICINA})

    def notices(self) -> list[dict[str, Any]]:
        """Its webhooks to us, oldest first: url, headers and body."""
        return [
            notice
            for notice in self.process.webhooks()
            if f"/{self.manners.slug}/" in urlsplit(notice["url"]).path
        ]


def deliver(notice: dict[str, Any]) -> int:
    """Bring a notice to our door; what it answered."""
    body, path = notice.get("body") or "", urlsplit(notice["url"]).path
    headers = notice["headers"] | signature(notice["headers"], body, path)
    answer = Client().post(path, body, content_type="application/json", headers=headers)
    status: int = answer.status_code
    return status


def signature(headers: dict[str, str], body: str, path: str) -> dict[str, str]:
    """As a bank that signs makes it at each attempt (standardwebhooks.com)."""
    if "webhook-id" not in headers:
        return {}
    with across_tenants():
        key = signing_key(Connection.objects.get(id=path.rstrip("/").split("/")[-2]))
    sent_at = str(int(timezone.now().timestamp()))
    content = f"{headers['webhook-id']}.{sent_at}.{body}".encode()
    digest = b64encode(hmac.digest(key, content, "sha256")).decode()
    return {"webhook-timestamp": sent_at, "webhook-signature": f"v1,{digest}"}
