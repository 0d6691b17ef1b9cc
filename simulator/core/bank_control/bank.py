"""What a bank gives so that its controls work."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Generic

from starlette.requests import Request

from simulator.core import people
from simulator.core.boleto import Line
from simulator.core.control import ControlError
from simulator.core.given import text, whole
from simulator.core.ledger import NewEntry
from simulator.core.orders import B, Orders
from simulator.core.people import Account, account_of_company
from simulator.core.receiving import Receiving
from simulator.core.store import Row, Store

Body = dict[str, Any]


@dataclass(frozen=True, slots=True)
class NewTitle:
    """A boleto of somebody else that is registered. Money is centavos."""

    line: Line
    creditor: str
    document: str
    amount: int
    due_date: date | None
    fine: int
    interest: int


def nothing_more(bank: object, held: Account) -> Body:
    return {}


@dataclass(frozen=True, slots=True)
class BankControl(Generic[B]):
    slug: str
    state_of: Callable[[Request], B]
    orders: Orders[B]
    receiving: Receiving[B]
    open_account: Callable[[B, str, Body], object]  # of a CNPJ that has none; inside a write
    write_entries: Callable[[B, int, Sequence[tuple[NewEntry, Body]]], list[str]]
    entry_kinds: tuple[str, ...]
    clients: Sequence[tuple[str, str]]  # names and documents for movements that are made up
    new_line: Callable[[B, int, date | None], Line]
    register_title: Callable[[B, NewTitle], Row]
    more_of_account: Callable[[B, Account], Body] = nothing_more
    orders_path: str = "/orders"

    def account(self, bank: B, cnpj: str) -> Account:
        found = account_of_company(bank.store, self.slug, cnpj)
        if found is None:
            raise ControlError(f"Não há conta da empresa {cnpj}.")
        return found

    def account_json(self, bank: B, cnpj: str) -> Body:
        held = self.account(bank, cnpj)
        return {**asdict(held), **self.more_of_account(bank, held)}


def new_account(store: Store, bank: str, branch: str, base: int, cnpj: str, body: Body) -> int:
    """Of a company that is made or renamed; its `number` is counted from `base` unless given."""
    company = people.create_company(store, cnpj, text(body, "name"))
    return people.open_account(
        store,
        bank,
        company,
        branch=branch,
        number=str(body.get("number") or base + company),
        digit=str(body.get("digit", 0)),
        balance=whole(body, "balance", 0),
    )
