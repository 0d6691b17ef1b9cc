"""What was measured, as a table for people and as `results.json` for programs."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

RESULTS = Path(__file__).resolve().parent / "results.json"


@dataclass(frozen=True, slots=True)
class Result:
    name: str
    value: float
    unit: str
    goal: str  # "" where the figure only explains another one
    holds: bool | None  # None without a goal


def at_least(name: str, value: float, goal: float, unit: str = "ratio") -> Result:
    return Result(name, round(value, 3), unit, f">= {goal:g}", value >= goal)


def at_most(name: str, value: float, goal: float, unit: str = "ratio") -> Result:
    return Result(name, round(value, 3), unit, f"<= {goal:g}", value <= goal)


def plain(name: str, value: float, unit: str) -> Result:
    return Result(name, round(value, 3), unit, "", None)


def show(results: list[Result], *, is_whole: bool) -> None:
    """Print the table and write the file; what only some parts measured takes its rows' places."""
    width = max(len(result.name) for result in results)
    for result in results:
        mark = {True: "yes", False: "NO", None: ""}[result.holds]
        figure = f"{result.value:>12,.3f} {result.unit:<10}"
        print(f"{result.name:<{width}}  {figure} {result.goal:<10} {mark}")
    before = [] if is_whole else json.loads(RESULTS.read_text(encoding="utf-8"))
    rows = {row["name"]: row for row in [*before, *map(asdict, results)]}
    text = json.dumps([*rows.values()], indent=2, ensure_ascii=False)
    RESULTS.write_text(f"{text}\n", encoding="utf-8")
