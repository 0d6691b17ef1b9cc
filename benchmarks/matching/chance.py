"""Leave out what nobody could know: of many lines some meet others by chance."""

from collections import defaultdict
from datetime import date

from benchmarks.matching.world import Row, World

ITEM_DAYS, RETURN_DAYS = 45, 4
# Lines that stand for no item, though they tell of a party.
WITHOUT_ITEM = ("returned_without_a_word",)
RETURNS = ("returned_ted", "refused_ted")  # some without a name or number


def leave_out_chance(world: World) -> None:
    """A movement of a party that just then had an item of its value, which the movement is not
    for; and a return of one of two payments of one value, account and week."""
    cases = {line: row for row in world.truth for line in row["lines"]}
    dropped: set[str] = set()
    for line in world.lines:
        fact = cases.get(line["id"])
        if (fact is None or fact["case"] in WITHOUT_ITEM) and _has_item(world, line):
            dropped |= {line["id"], *(fact["lines"] if fact else ())}
    left = _payments(world)
    for row in world.truth:
        if row["case"] in RETURNS and _has_twin(left, *_lines(world, row)):
            dropped |= set(row["lines"])
    world.lines[:] = [line for line in world.lines if line["id"] not in dropped]
    world.truth[:] = [row for row in world.truth if not dropped & set(row["lines"])]


def _has_item(world: World, line: Row) -> bool:
    day, party = date.fromisoformat(line["booked_on"]), world.party_of.get(line["id"])
    return any(
        abs((date.fromisoformat(item["due_date"]) - day).days) <= ITEM_DAYS
        for item in world.items_of.get((party, line["amount"].lstrip("-")), ())
        if "due_date" in item
    )


def _payments(world: World) -> dict[tuple[str, str], list[Row]]:
    found: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for line in world.lines:
        if line["amount"].startswith("-"):
            found[line["account"], line["amount"].lstrip("-")].append(line)
    return found


def _lines(world: World, row: Row) -> list[Row]:
    return [world.line_of[line] for line in row["lines"]]


def _has_twin(left: dict[tuple[str, str], list[Row]], out: Row, back: Row) -> bool:
    day = date.fromisoformat(back["booked_on"])
    return any(
        other is not out and 0 <= (day - date.fromisoformat(other["booked_on"])).days <= RETURN_DAYS
        for other in left[back["account"], back["amount"]]
    )
