"""Write a data set: `python -m benchmarks.matching.generate FOLDER --lines 10000 --seed 1`."""

import argparse
import json
from collections.abc import Iterable
from datetime import date
from operator import itemgetter
from pathlib import Path
from typing import Any

from benchmarks.matching import awkward, moving, paying, receiving
from benchmarks.matching.chance import leave_out_chance
from benchmarks.matching.world import Row, World

CASES = paying.CASES + receiving.CASES + moving.CASES + awkward.CASES
FIRST_DAY = date(2026, 1, 5)


def generate(seed: int, lines: int) -> dict[str, Any]:
    """The five files as rows: a company with about 800 lines a month."""
    days = max(45, min(720, lines // 27))
    world = World(seed, first=FIRST_DAY, days=days, parties=max(20, min(600, lines // 25)))
    cases, weights = zip(*CASES, strict=True)
    while len(world.lines) < lines:
        while len(world.lines) < lines:
            world.rng.choices(cases, weights)[0](world)
        leave_out_chance(world)
    world.lines.sort(key=itemgetter("arrived_on", "booked_on"))
    world.items.sort(key=itemgetter("created_on"))
    people = {party.id: party for party in [*world.suppliers, *world.customers, *world.people]}
    parties = [*people.values(), world.acquirer, world.treasury]
    return {
        "company": {
            "cnpj": world.cnpj,
            "name": world.name,
            "accounts": [account.row() for account in world.accounts],
        },
        "parties": [party.row() for party in parties],
        "items": world.items,
        "lines": world.lines,
        "truth": world.truth,
    }


def write(folder: Path, data: dict[str, Any]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "company.json").write_text(json.dumps(data["company"], ensure_ascii=False, indent=1))
    for name in ("parties", "items", "lines", "truth"):
        (folder / f"{name}.jsonl").write_text(_rows(data[name]))


def read(folder: Path) -> dict[str, Any]:
    data: dict[str, Any] = {"company": json.loads((folder / "company.json").read_text())}
    for name in ("parties", "items", "lines", "truth"):
        with (folder / f"{name}.jsonl").open(encoding="utf-8") as rows:
            data[name] = [json.loads(row) for row in rows if row.strip()]
    return data


def _rows(rows: Iterable[Row]) -> str:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--lines", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    wanted = parser.parse_args()
    write(wanted.folder, generate(wanted.seed, wanted.lines))


if __name__ == "__main__":
    main()
