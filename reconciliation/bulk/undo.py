"""Undo what was said of many lines: each goes with all that stands on it, or is left out."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from banking.models import Allocation, StatementLine
from core.text import shorten
from reconciliation.matches.blockers import (
    Blocker,
    GoesFirst,
    blockers_above,
    stack_on,
    with_lines,
)
from reconciliation.matches.effect import Undoing, effect_of, once
from reconciliation.models import BulkAct, BulkLine, Match, MatchLine

Planned = tuple[Any, dict[str, Any], int | None, str]  # line, plan, score, why it is left out
Above = Mapping[UUID, Sequence[Blocker]]  # by match: what stands on it
NOTHING = "Não há o que desfazer."
SHOWN = 3  # of what goes first


@dataclass(slots=True)
class Chosen:
    """A line, what is said of it, and what stands on that."""

    line: StatementLine
    matches: list[UUID]
    parts: list[UUID]  # allocations that no match made
    first: list[UUID]  # matches that go before, however far up
    why: str  # it is left out

    def plan(self, *, together: bool) -> dict[str, Any]:
        named = {"matches": self.matches, "parts": self.parts, "first": self.first}
        told = {name: [str(each) for each in ids] for name, ids in named.items()}
        return told | {"together": together}


def plan_undoing(lines: Any) -> Iterator[Planned]:
    """The newest day first. `together` is a line of which something goes first that is of no line
    that goes by itself."""
    found = list(lines.reverse())
    if not found:
        return
    tenant_id, ids = found[0].tenant_id, [line.id for line in found]
    matches, parts = matches_on(tenant_id, ids), parts_alone(tenant_id, ids)
    above = blockers_above(tenant_id, {each for named in matches.values() for each in named})
    chosen = [
        Chosen(line, own, alone, *look_up(own, above))
        for line in found
        for own, alone in [(matches.get(line.id, []), parts.get(line.id, []))]
    ]
    held = held_by_others(chosen)
    for each in chosen:
        why = each.why if each.matches or each.parts else NOTHING
        yield each.line, each.plan(together=each.line.id in held), None, why


def matches_on(tenant_id: UUID, lines: Sequence[UUID]) -> dict[UUID, list[UUID]]:
    """By line: the matches that stand, the newest first."""
    rows = MatchLine.objects.of(tenant_id).standing().filter(statement_line__in=lines)
    return grouped(rows.order_by("-added_at").values_list("statement_line_id", "match_id"))


def parts_alone(tenant_id: UUID, lines: Sequence[UUID]) -> dict[UUID, list[UUID]]:
    """By line: the allocations that no match made."""
    rows = Allocation.objects.of(tenant_id).standing()
    alone = rows.filter(statement_line__in=lines, match_parts=None)
    return grouped(alone.order_by("id").values_list("statement_line_id", "id"))


def grouped(pairs: Iterable[tuple[UUID, UUID]]) -> dict[UUID, list[UUID]]:
    found: dict[UUID, list[UUID]] = {}
    for line, named in pairs:
        found.setdefault(line, []).append(named)
    return found


def look_up(matches: Sequence[UUID], above: Above) -> tuple[list[UUID], str]:
    """What goes before these matches, and why nothing goes: something is taken back only on a page
    of its own."""
    stack = stack_on(matches, above)
    reasons = [each.words for each in stack if each.match is None]
    return [each.match.id for each in stack if each.match], shorten(" ".join(reasons), 300)


def held_by_others(chosen: Sequence[Chosen]) -> set[UUID]:
    """The lines, of those that may be undone, that wait for more than these lines' own matches."""
    free = [each for each in chosen if not each.why]
    while True:
        going = {match for each in free for match in each.matches}
        still = [each for each in free if going.issuperset(each.first)]
        if len(still) == len(free):
            break
        free = still
    return {each.line.id for each in chosen if not each.why} - {each.line.id for each in free}


# --- What it would do ---


@dataclass(frozen=True, slots=True)
class ManyUndone:
    alone: Undoing  # of the lines that go by themselves
    together: Undoing | None = None  # of all, with what goes first; None: nothing does
    held: int = 0  # lines that go together only
    goes_first: Sequence[GoesFirst] = ()  # some of what stands on them and is of none
    more: int = 0  # the others


def effect_of_bulk(bulk: BulkAct) -> ManyUndone:
    """Of the lines that wait. The number of queries is that of the floors that stand on them."""
    rows = BulkLine.objects.of(bulk.tenant_id).filter(bulk=bulk).waiting()
    plans = [read_plan(each) for each in rows.values_list("plan", flat=True)]
    held = [each for each in plans if each["together"]]
    alone = effect_of_plans(bulk.tenant_id, [each for each in plans if not each["together"]])
    if not held:
        return ManyUndone(alone)
    first = blockers_of_others(bulk.tenant_id, held, named(plans, "matches"))
    return ManyUndone(
        alone,
        effect_of_plans(bulk.tenant_id, plans),
        len(held),
        with_lines(bulk.tenant_id, first[:SHOWN]),
        len(first[SHOWN:]),
    )


def read_plan(plan: Mapping[str, Any]) -> dict[str, Any]:
    names = ("matches", "parts", "first")
    read = {name: [UUID(each) for each in plan.get(name, [])] for name in names}
    return read | {"together": plan.get("together", False)}


def named(plans: Sequence[Mapping[str, Any]], name: str) -> set[UUID]:
    return {each for plan in plans for each in plan[name]}


def effect_of_plans(tenant_id: UUID, plans: Sequence[Mapping[str, Any]]) -> Undoing:
    ids = named(plans, "matches") | named(plans, "first")
    undoing = effect_of(list(Match.objects.of(tenant_id).standing().filter(id__in=ids)))
    parts = Allocation.objects.of(tenant_id).standing().filter(id__in=named(plans, "parts"))
    for each in parts.select_related("statement_line__bank_account", "journal_line__entry"):
        undoing.lines.append(each.statement_line)
        undoing.kept.append(each.journal_line.entry)
    undoing.lines, undoing.kept = once(undoing.lines), once(undoing.kept)
    return undoing


def blockers_of_others(
    tenant_id: UUID, held: Sequence[Mapping[str, Any]], chosen: Collection[UUID]
) -> list[Blocker]:
    """What goes before the lines that are held, and is said of no chosen one."""
    matches = named(held, "matches")
    stack = stack_on(list(matches), blockers_above(tenant_id, matches))
    return [each for each in stack if each.match and each.match.id not in chosen]
