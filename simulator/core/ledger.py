"""The movements of accounts, with a total per day so that no question reads all of them."""

# ruff: noqa: S608 - the SQL is put together from names written here
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from simulator.core.clock import sao_paulo_day, to_micros
from simulator.core.ids import new_ids
from simulator.core.store import Row, Store

SCHEMA = """
CREATE TABLE IF NOT EXISTS entry (
    seq INTEGER PRIMARY KEY, id TEXT NOT NULL, account_id INTEGER NOT NULL, day TEXT NOT NULL,
    at INTEGER NOT NULL, direction TEXT NOT NULL, kind TEXT NOT NULL, amount INTEGER NOT NULL,
    description TEXT NOT NULL, name TEXT, document TEXT);
CREATE INDEX IF NOT EXISTS entry_by_time ON entry (account_id, day, at);
CREATE TABLE IF NOT EXISTS day_total (
    account_id INTEGER NOT NULL, day TEXT NOT NULL, direction TEXT NOT NULL, kind TEXT NOT NULL,
    entries INTEGER NOT NULL, amount INTEGER NOT NULL,
    PRIMARY KEY (account_id, day, direction, kind)) WITHOUT ROWID;
"""

CREDIT, DEBIT = "CREDIT", "DEBIT"


@dataclass(frozen=True, slots=True)
class NewEntry:
    """A movement to be written down. Money is centavos, not below zero."""

    at: datetime
    direction: str  # CREDIT or DEBIT
    kind: str  # TRANSFER, PAYMENT, PIX or FEE
    amount: int
    description: str
    name: str | None = None  # the other party
    document: str | None = None


@dataclass(frozen=True, slots=True)
class Period:
    """Days since..until, both included, with what narrows them."""

    since: date
    until: date
    direction: str | None = None
    kind: str | None = None

    def where(self, account_id: int) -> tuple[str, list[object]]:
        sql, params = (
            "account_id = ? AND day BETWEEN ? AND ?",
            [
                account_id,
                self.since.isoformat(),
                self.until.isoformat(),
            ],
        )
        for column in ("direction", "kind"):
            if (value := getattr(self, column)) is not None:
                sql += f" AND {column} = ?"
                params.append(value)
        return sql, params


def add_entries(store: Store, account_id: int, entries: Iterable[NewEntry]) -> list[str]:
    """Write movements and move the balance. Their ids, in the order given."""
    entries = list(entries)
    ids = list(new_ids("ent_", len(entries)))
    totals: dict[tuple[str, str, str], list[int]] = defaultdict(lambda: [0, 0])
    rows, moved = [], 0
    for entry_id, e in zip(ids, entries, strict=True):
        day = sao_paulo_day(e.at).isoformat()
        total = totals[day, e.direction, e.kind]
        total[0] += 1
        total[1] += e.amount
        moved += e.amount if e.direction == CREDIT else -e.amount
        head = (entry_id, account_id, day, to_micros(e.at), e.direction, e.kind, e.amount)
        rows.append((*head, e.description, e.name, e.document))
    with store.write():
        store.run_many(
            "INSERT INTO entry (id, account_id, day, at, direction, kind, amount, description,"
            " name, document) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            rows,
        )
        store.run_many(
            "INSERT INTO day_total VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET"
            " entries = entries + excluded.entries, amount = amount + excluded.amount",
            [(account_id, *key, *total) for key, total in totals.items()],
        )
        store.run("UPDATE account SET balance = balance + ? WHERE id = ?", moved, account_id)
    return ids


def set_balance(store: Store, account_id: int, balance: int) -> None:
    """Make the account hold `balance` now, by changing what it held before its first entry."""
    store.run(
        "UPDATE account SET opening = opening + ? - balance, balance = ? WHERE id = ?",
        balance,
        balance,
        account_id,
    )


def balance_before(store: Store, account_id: int, day: date) -> int:
    """What the account held when the day began, in centavos."""
    row = store.row(
        "SELECT opening + coalesce((SELECT sum(CASE direction WHEN 'CREDIT' THEN amount"
        " ELSE -amount END) FROM day_total WHERE account_id = account.id AND day < ?), 0) AS held"
        " FROM account WHERE id = ?",
        day.isoformat(),
        account_id,
    )
    if row is None:
        raise LookupError(account_id)
    return int(row["held"])


def totals(store: Store, account_id: int, period: Period) -> dict[str, int]:
    """Centavos by direction."""
    where, params = period.where(account_id)
    sql = f"SELECT direction, sum(amount) AS amount FROM day_total WHERE {where} GROUP BY direction"
    return {row["direction"]: row["amount"] for row in store.rows(sql, *params)}


def entries(store: Store, account_id: int, period: Period, *, skip: int, take: int) -> list[Row]:
    """Movements, newest first. The days before the page are skipped by their totals."""
    where, params = period.where(account_id)
    days = store.rows(
        f"SELECT day, sum(entries) AS entries FROM day_total WHERE {where}"
        " GROUP BY day ORDER BY day DESC",
        *params,
    )
    for day in days:
        if skip < day["entries"]:
            params[2] = day["day"]
            return store.rows(
                f"SELECT * FROM entry WHERE {where} ORDER BY day DESC, at DESC, seq DESC"
                " LIMIT ? OFFSET ?",
                *params,
                take,
                skip,
            )
        skip -= day["entries"]
    return []
