"""What a bank tells of a movement, when that is not what the movement is: odd, late or not at all.

The movement itself, and so every balance, stays as it is.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from simulator.core.store import Row, Store

SCHEMA = """
CREATE TABLE IF NOT EXISTS told (entry_id TEXT PRIMARY KEY, how TEXT NOT NULL) WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True)
class Told:
    odd: dict[str, Any] = field(default_factory=dict)  # fields of the bank's JSON, and their values
    lacks: list[str] = field(default_factory=list)  # fields that are left out
    hidden: bool = False  # it is in the balances and not in the list


def tell(store: Store, entry_id: str, told: Told) -> None:
    """From now on; a plain Told takes it back."""
    store.run("DELETE FROM told WHERE entry_id = ?", entry_id)
    if told != Told():
        store.run("INSERT INTO told VALUES (?, ?)", entry_id, json.dumps(asdict(told)))


def as_told(
    store: Store, rows: Sequence[Row], items: Sequence[dict[str, Any]]
) -> list[dict[str, Any]]:
    """The bank's JSON of each row, as the bank tells it."""
    kept = {row["entry_id"]: json.loads(row["how"]) for row in store.rows("SELECT * FROM told")}
    if not kept:
        return list(items)
    shown = []
    for row, item in zip(rows, items, strict=True):
        told = Told(**kept.get(row["id"], {}))
        if not told.hidden:
            changed = item | told.odd
            shown.append({name: changed[name] for name in changed if name not in told.lacks})
    return shown
