"""A person signed in at BS2 Empresas, before each page."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from simulator.bs2.bank import Bs2, bs2_of
from simulator.bs2.people.app_view import companies_page, sign_in_page
from simulator.bs2.people.sessions import accounts_of, leave_message, session_of
from simulator.core.pages import go_to
from simulator.core.people import Account

COOKIE = "bs2_app"


@dataclass(frozen=True, slots=True)
class Visit:
    """A signed-in person at the account chosen."""

    bs2: Bs2
    session: str
    account: Account
    message: str

    def back(self, message: str, url: str = "/app") -> Response:
        leave_message(self.bs2, self.session, message)
        return go_to(url)


Page = Callable[[Request, Visit], Awaitable[Response]]


def signed_in(show: Page) -> Callable[[Request], Awaitable[Response]]:
    """Signs in first, and has the company chosen, before the page is shown."""

    async def guarded(request: Request) -> Response:
        bs2 = bs2_of(request)
        session = session_of(bs2, request.cookies.get(COOKIE, ""))
        if session is None:
            return sign_in_page()
        accounts = accounts_of(bs2, session["person_id"])
        account = next((held for held in accounts if held.id == session["account_id"]), None)
        if account is None:
            return companies_page(accounts)
        if session["message"] and request.method == "GET":
            leave_message(bs2, session["id"], "")
        return await show(request, Visit(bs2, session["id"], account, session["message"]))

    return guarded
