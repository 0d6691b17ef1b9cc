"""The pages of consent, of Cora and of BS2, and the person at them."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx

from tests import bs2_simulator, cora_simulator
from tests.bs2_simulator import Bs2Simulator
from tests.cora_simulator import CoraSimulator
from tests.loopback import LOOPBACK
from tests.simulator import bs2_calls
from tests.simulator.people import ANA

CALLBACK = "http://127.0.0.1:9/bank/callback?tenant=7"
OFICINA_NAME = "OFICINA MODELO LTDA"


@dataclass(frozen=True, slots=True)
class ConsentAt:
    """One bank's page, its token endpoint, and a call that a token allows."""

    simulator: CoraSimulator | Bs2Simulator
    page: str
    token: str
    keys: tuple[str, str]  # client_id and secret of the partner
    parameter: str  # that names the scopes
    scopes: str
    words: str  # what the page says of the first scope
    code_seconds: int
    balance: Callable[[str], httpx.Response]  # with an access token
    cents: Callable[[httpx.Response], int]  # of that answer

    def exchange(self, code: str, redirect_uri: str = CALLBACK) -> httpx.Response:
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri}
        url = self.simulator.base_url + self.token
        return httpx.post(url, data=form, auth=self.keys, **LOOPBACK)

    def code(self, company: str = OFICINA_NAME) -> str:
        """Of a consent that Ana gives."""
        person = Person(self)
        person.sign_in()
        return answer_of(person.allow(company))["code"]


class Person:
    """A person at the page."""

    def __init__(self, at: ConsentAt, **changes: str) -> None:
        asked = {
            "client_id": at.keys[0],
            "response_type": "code",
            "redirect_uri": CALLBACK,
            at.parameter: at.scopes,
            "state": "4f1c9a",
        }
        self.path = at.page
        self.params = {name: value for name, value in (asked | changes).items() if value}
        self.http = httpx.Client(base_url=at.simulator.base_url, **LOOPBACK)
        self.page = self.http.get(self.path, params=self.params)

    def submit(self, **form: str) -> httpx.Response:
        self.page = self.http.post(self.path, params=self.params, data=form)
        return self.page

    def sign_in(self, **changes: str) -> httpx.Response:
        return self.submit(act="sign_in", **(ANA | changes))

    def allow(self, company: str = OFICINA_NAME, account: str = "") -> httpx.Response:
        """For the company, or for the `account` whatever is offered."""
        text = self.page.text
        session = re.findall(r'name="session" value="([^"]+)"', text)[0]
        offered = re.findall(rf'name="account" value="(\d+)"[^>]*><span>{company}', text)
        return self.submit(act="allow", session=session, account=account or offered[0])


def answer_of(response: httpx.Response) -> dict[str, str]:
    """The parameters of the way back."""
    assert response.status_code == 303, response.text
    parts = urlsplit(response.headers["location"])
    assert parts._replace(query="").geturl() == CALLBACK.partition("?")[0]
    return {name: values[0] for name, values in parse_qs(parts.query).items()}


def at_cora(cora: CoraSimulator) -> ConsentAt:
    def balance(token: str) -> httpx.Response:
        headers = {"Authorization": f"Bearer {token}"}
        url = f"{cora.base_url}/third-party/account/balance"
        return httpx.get(url, headers=headers, **LOOPBACK)

    return ConsentAt(
        cora,
        page="/oauth/authorize",
        token="/oauth/token",
        keys=(cora_simulator.CLIENT_ID, cora_simulator.CLIENT_SECRET),
        parameter="scopes",
        scopes="account transfer payment",
        words="Ver os dados da conta, o saldo e o extrato",
        code_seconds=60,
        balance=balance,
        cents=lambda answer: int(answer.json()["balance"]),
    )


def at_bs2(bs2: Bs2Simulator) -> ConsentAt:
    def cents(answer: httpx.Response) -> int:
        value: Any = answer.json()["valor"]
        return round(value * 100)

    return ConsentAt(
        bs2,
        page="/api-banking/auth/oauth/v2/authorize",
        token="/auth/oauth/v2/token",
        keys=(bs2_simulator.CLIENT_ID, bs2_simulator.CLIENT_SECRET),
        parameter="scope",
        scopes="saldo extrato",
        words="Ver o saldo da conta",
        code_seconds=300,
        balance=lambda token: bs2_calls.balance(bs2, token),
        cents=cents,
    )
