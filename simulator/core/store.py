"""The state: one SQLite file that only this process opens."""

# ruff: noqa: S608 - the SQL is put together from names written here
import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

Row = sqlite3.Row

_KEEP = """
CREATE TABLE IF NOT EXISTS kept (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
"""


class StateInUse(RuntimeError):
    """Another process has the state open."""


class Store:
    """All calls are synchronous and made from the event loop's thread only, so that what a
    handler does between two awaits is never seen half done.

    Written without waiting for the disk: the state survives the death of the process, which is
    what a restart needs, not that of the machine.
    """

    def __init__(self, folder: Path, schemas: Sequence[str]) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(folder / "simulator.sqlite3", isolation_level=None, timeout=0)
        self._db.row_factory = sqlite3.Row
        try:
            for pragma in ("locking_mode = EXCLUSIVE", "journal_mode = WAL", "synchronous = OFF"):
                self._db.execute(f"PRAGMA {pragma}")
            self._db.executescript(_KEEP + "".join(schemas))
            self._db.execute("BEGIN EXCLUSIVE")
            self._db.execute("COMMIT")
        except sqlite3.OperationalError as error:
            self._db.close()
            if "locked" in str(error):
                raise StateInUse(str(folder)) from error
            raise
        names = self.rows("SELECT name FROM sqlite_master WHERE type = 'table'")
        self._tables = [row["name"] for row in names if not row["name"].startswith("sqlite_")]
        # In memory: what `remember` was told to hold.
        self._db.execute("ATTACH ':memory:' AS remembered")

    def rows(self, sql: str, *params: object) -> list[Row]:
        return self._db.execute(sql, params).fetchall()

    def row(self, sql: str, *params: object) -> Row | None:
        found: Row | None = self._db.execute(sql, params).fetchone()
        return found

    def run(self, sql: str, *params: object) -> int:
        """Change rows; how many were."""
        return self._db.execute(sql, params).rowcount

    def insert(self, sql: str, *params: object) -> int:
        """Insert a row; its integer key."""
        return self._db.execute(sql, params).lastrowid or 0

    def run_many(self, sql: str, rows: Iterable[Sequence[object]]) -> None:
        self._db.executemany(sql, rows)

    @contextmanager
    def write(self) -> Iterator[None]:
        """All or nothing. Inside another `write` it is part of that one."""
        if self._db.in_transaction:
            yield
            return
        self._db.execute("BEGIN")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    def keep(self, key: str, value: object) -> None:
        """Keep a JSON value under a name."""
        self.run("INSERT OR REPLACE INTO kept VALUES (?, ?)", key, json.dumps(value))

    def kept(self, key: str) -> Any:
        """The JSON value kept under a name, or None."""
        row = self.row("SELECT value FROM kept WHERE key = ?", key)
        return None if row is None else json.loads(row["value"])

    def clear(self) -> None:
        with self.write():
            for table in self._tables:
                self.run(f"DELETE FROM main.{table}")

    def remember(self) -> None:
        """Hold all rows as they are now, but what is kept under a name, for `recall`."""
        for table in self._named():
            self.run(f"DROP TABLE IF EXISTS remembered.{table}")
            self.run(f"CREATE TABLE remembered.{table} AS SELECT * FROM main.{table}")

    def recall(self) -> None:
        """Into empty tables: the rows as `remember` found them."""
        for table in self._named():
            self.run(f"INSERT INTO main.{table} SELECT * FROM remembered.{table}")

    def _named(self) -> list[str]:
        return [table for table in self._tables if table != "kept"]

    def close(self) -> None:
        self._db.close()
