"""A bank's app, and the person who is signed in before each of its pages."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic

from starlette.requests import Request
from starlette.responses import Response

from simulator.core import people
from simulator.core.app.look import Look
from simulator.core.orders import B, Orders
from simulator.core.pages import go_to, read_form
from simulator.core.people import Account
from simulator.core.receiving import Receiving
from simulator.core.sessions import Sessions
from simulator.core.store import Row


def description_of(row: Row) -> str:
    return str(row["description"])


@dataclass(frozen=True, slots=True)
class BankApp(Generic[B]):
    """What a bank gives so that the app is its own."""

    slug: str
    state_of: Callable[[Request], B]
    look: Look
    orders: Orders[B]
    decisions: Mapping[str, str]  # the act of the orders that a word in an address means
    told: Mapping[str, str]  # how the state after a decision is said; else its reason is
    receiving: Receiving[B]
    entry_text: Callable[[Row], str] = description_of

    @property
    def cookie(self) -> str:
        return f"{self.slug}_app"

    def sessions(self, bank: B) -> Sessions:
        return Sessions(bank.store, bank.clock, self.slug)

    def signed_in(self, show: "Page[B]") -> Callable[[Request], Awaitable[Response]]:
        """Signs in first, and has the company chosen, before the page is shown."""

        async def guarded(request: Request) -> Response:
            bank = self.state_of(request)
            sessions = self.sessions(bank)
            session = sessions.find(request.cookies.get(self.cookie, ""))
            if session is None:
                return self.look.sign_in()
            accounts = sessions.accounts_of(session["person_id"])
            account = next((held for held in accounts if held.id == session["account_id"]), None)
            if account is None:
                return self.look.companies(accounts)
            if session["message"] and request.method == "GET":
                sessions.leave_message(session["id"], "")
            return await show(
                request, Visit(self, bank, session["id"], account, session["message"])
            )

        return guarded

    async def sign_in(self, request: Request) -> Response:
        bank, form = self.state_of(request), await read_form(request)
        person = people.sign_in(bank.store, form.get("cpf", ""), form.get("password", ""))
        if person is None:
            return self.look.sign_in("CPF ou senha não conferem.", form.get("cpf", ""))
        response = go_to("/app")
        session = self.sessions(bank).begin(person["id"])
        response.set_cookie(self.cookie, session, httponly=True, samesite="lax")
        return response

    async def choose(self, request: Request) -> Response:
        """One of the person's own companies; with another nothing changes."""
        sessions, form = self.sessions(self.state_of(request)), await read_form(request)
        session = sessions.find(request.cookies.get(self.cookie, ""))
        if session is not None:
            for held in sessions.accounts_of(session["person_id"]):
                if str(held.id) == form.get("account"):
                    sessions.choose(session["id"], held.id)
        return go_to("/app")

    async def sign_out(self, request: Request) -> Response:
        self.sessions(self.state_of(request)).end(request.cookies.get(self.cookie, ""))
        response = go_to("/app")
        response.delete_cookie(self.cookie)
        return response


@dataclass(frozen=True, slots=True)
class Visit(Generic[B]):
    """A signed-in person at the account chosen."""

    app: BankApp[B]
    bank: B
    session: str
    account: Account
    message: str

    def page(self, title: str, path: str, body: str, status: int = 200) -> Response:
        return self.app.look.page(self.account, title, path, body, status)

    def back(self, message: str, url: str = "/app") -> Response:
        """To the page at `url`, which says `message`."""
        self.app.sessions(self.bank).leave_message(self.session, message)
        return go_to(url)

    def own(self, sql: str, wanted: object) -> Row | None:
        """The row, whose columns are `account_id` and more, when it is of this account."""
        row = self.bank.store.row(sql, wanted)
        return row if row is not None and row["account_id"] == self.account.id else None


async def change_company(request: Request, visit: Visit[Any]) -> Response:
    visit.app.sessions(visit.bank).choose(visit.session, None)
    return go_to("/app")


Page = Callable[[Request, Visit[B]], Awaitable[Response]]
