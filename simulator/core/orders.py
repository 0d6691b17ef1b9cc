"""Money that leaves the accounts of one bank, as its app and its controls see it.

Each bank has its own table of orders, with the columns `seq`, `id`, `account_id`, `name`,
`document`, `amount`, `scheduled` and `reason`, its own words for their states, and its own acts.
"""

# ruff: noqa: S608 - the SQL is put together from names written in the banks
import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from simulator.core.bank import BankState
from simulator.core.store import Row

B = TypeVar("B", bound=BankState)
Act = Callable[[B, Row], None]


class NotWaiting(Exception):
    """The order is not in a state from which this can be done. The message is Portuguese."""


@dataclass(frozen=True, slots=True)
class Orders(Generic[B]):
    """Where a bank keeps its orders, and what a person does with them."""

    table: str
    state: str  # the column of the state
    waiting: str  # the state of what waits for approval
    scheduled: str  # the state of what was approved and waits for its day
    acts: Mapping[str, Act[B]]  # approve, refuse, expire, ...: each may raise NotWaiting
    columns: tuple[str, ...]  # what the control shows of an order, and finds it by
    wire: Callable[[B, Row], Any]  # how the bank's API writes an order
    what: Callable[[Row], str]  # TED, boleto, ...: how people call it
    deadline: str = "deadline"  # the column of the instant from which it expires

    def by_id(self, bank: B, order_id: str) -> Row | None:
        return bank.store.row(f"SELECT * FROM {self.table} WHERE id = ?", order_id)

    def find(self, bank: B, wanted: Mapping[str, object]) -> list[Row]:
        """Oldest first, with these values in these columns."""
        where = " AND ".join(["1", *(f"{column} = ?" for column in wanted)])
        sql = f"SELECT * FROM {self.table} WHERE {where} ORDER BY seq"
        return bank.store.rows(sql, *wanted.values())

    def in_state(self, bank: B, account_id: int, state: str, limit: int) -> tuple[int, list[Row]]:
        """How many of the account there are, and the oldest of them."""
        where, params = f"account_id = ? AND {self.state} = ?", (account_id, state)
        counted = bank.store.row(f"SELECT count(*) AS n FROM {self.table} WHERE {where}", *params)
        sql = f"SELECT * FROM {self.table} WHERE {where} ORDER BY seq LIMIT ?"
        return (counted["n"] if counted else 0), bank.store.rows(sql, *params, limit)

    def last_waiting(self, bank: B, account_id: int) -> int:
        """The `seq` of the newest that waits; 0: nothing does."""
        row = bank.store.row(
            f"SELECT max(seq) AS seq FROM {self.table} WHERE account_id = ? AND {self.state} = ?",
            *(account_id, self.waiting),
        )
        return (row and row["seq"]) or 0

    async def act_on_waiting(
        self, bank: B, account_id: int | None, act: Act[B], until: int | None = None
    ) -> int:
        """On all that wait, of one account or of all, up to the `seq` `until`. How many."""
        count = 0
        while found := self._waiting(bank, account_id, until):
            with bank.store.write():
                for order in found:
                    act(bank, order)
            count += len(found)
            await asyncio.sleep(0)
        return count

    def _waiting(self, bank: B, account_id: int | None, until: int | None) -> list[Row]:
        limits: Iterable[tuple[str, object]] = (
            ("account_id =", account_id),
            ("seq <=", until),
            (f"{self.state} =", self.waiting),
        )
        given = [(condition, value) for condition, value in limits if value is not None]
        where = " AND ".join(f"{condition} ?" for condition, _ in given)
        sql = f"SELECT * FROM {self.table} WHERE {where} ORDER BY seq LIMIT 100"
        return bank.store.rows(sql, *(value for _, value in given))
