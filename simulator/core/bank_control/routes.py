"""The addresses that every bank's control has."""

from collections.abc import Awaitable, Callable
from functools import partial

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from simulator.core.bank_control import accounts, entries, orders
from simulator.core.bank_control.bank import BankControl
from simulator.core.orders import B

Handler = Callable[[BankControl[B], Request], Awaitable[Response]]


def routes(control: BankControl[B]) -> list[Route]:
    def route(path: str, handler: Handler[B], *methods: str) -> Route:
        return Route(path, partial(handler, control), methods=methods or ("GET",))

    out = control.orders_path
    return [
        route("/settings", accounts.settings, "GET", "PATCH"),
        route("/people", accounts.create_person, "POST"),
        route("/accounts", accounts.create_account, "POST"),
        route("/accounts", accounts.accounts),
        route("/accounts/{cnpj}", accounts.one_account),
        route("/accounts/{cnpj}/entries", entries.create_entries, "POST"),
        route("/entries/{id}/told", entries.tell_entry, "POST"),
        route("/accounts/{cnpj}/credit", entries.create_credit, "POST"),
        route("/titles", accounts.create_title, "POST"),
        route(out, orders.listing),
        route(f"{out}/{{act}}", orders.act_on_all, "POST"),
        route(f"{out}/{{id}}/{{act}}", orders.act_on_one, "POST"),
    ]
