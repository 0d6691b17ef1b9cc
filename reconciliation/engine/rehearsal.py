"""What the engine would have made of the lines that people matched: as they did, otherwise, or
nothing. By evidence as if that were on for every account. Nothing is written.

It knows what is known today, but for what these matches themselves taught; of the rest that people
matched by hand before, and of what they took apart, nothing is told to it.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from core.clock import database_now
from reconciliation.engine.books.bills import BILLS_WITH, add_bill
from reconciliation.engine.books.charges import CHARGES, SLIPS, add_charge
from reconciliation.engine.books.entries import ENTRIES_AMONG, add_entry
from reconciliation.engine.books.gathered import Apart, Gathered, fetch
from reconciliation.engine.gather import gather
from reconciliation.engine.guards import Guards
from reconciliation.engine.run import Looking
from reconciliation.models import Match, MatchEffect, MatchLine, MatchPart
from reconciliation.proposals.facts import Proposal
from tenants.models import Tenant

LOOK_BACK = timedelta(days=90)
MOST = 2_000  # lines, the newest acts first
BY_PEOPLE = (Match.Degree.HAND, Match.Degree.ACCEPTED)
ZERO = Decimal("0.00")
Effect = MatchEffect.Kind

# By what was open of each entry's line, and what the matches took.
ITEMS_APART = """(
    SELECT posted.id, posted.tenant_id, posted.account_id, entry.date AS day,
        false AS is_absorbed, NULL::date AS reversed_on, coalesce(item.rest, 0) + told.taken AS rest
    FROM unnest(%(entries)s::uuid[], %(taken)s::numeric[]) AS told (id, taken)
    JOIN accounts_journalline AS posted
        ON posted.tenant_id = %(tenant)s AND posted.id = told.id
    JOIN accounts_journalentry AS entry
        ON entry.tenant_id = posted.tenant_id AND entry.id = posted.entry_id
    LEFT JOIN banking_openitem AS item
        ON item.tenant_id = posted.tenant_id AND item.id = posted.id
)"""
ENTRIES_APART = ENTRIES_AMONG.replace("@ITEMS", ITEMS_APART)
# As they were before the bank's line proved that they left.
BILLS_APART = (
    BILLS_WITH.replace("@ORDERS", "sending.id = ANY(%(orders)s::uuid[])")
    + "bill.id = ANY(%(bills)s::uuid[])"
)
CHARGES_APART = (
    CHARGES.replace(
        "CASE WHEN charge.settled = 0 THEN charge.discount ELSE 0 END", "charge.discount"
    )
    + "charge.id = ANY(%(charges)s::uuid[])"
)


@dataclass(slots=True)
class Told:
    """What a person said: which lines are which items."""

    lines: set[str] = field(default_factory=set)
    items: set[str] = field(default_factory=set)


@dataclass(slots=True)
class Said:
    """All of them, and what they took."""

    by_match: dict[UUID, Told] = field(default_factory=lambda: defaultdict(Told))
    lines: dict[str, Decimal] = field(default_factory=dict)  # signed
    accounts: dict[str, UUID] = field(default_factory=dict)  # of each line
    entries: dict[str, Decimal] = field(default_factory=dict)  # signed
    bills: set[UUID] = field(default_factory=set)
    orders: set[UUID] = field(default_factory=set)
    charges: dict[str, Decimal] = field(default_factory=dict)

    @property
    def apart(self) -> Apart:
        return Apart(list(self.by_match), self.lines)


@dataclass(slots=True)
class Rehearsal:
    """Of one account's lines that people matched."""

    same: int = 0
    otherwise: int = 0
    left: int = 0
    differing: list[UUID] = field(default_factory=list)  # lines

    @property
    def lines(self) -> int:
        return self.same + self.otherwise + self.left


def rehearse(tenant: Tenant) -> dict[UUID, Rehearsal]:
    """By bank account. Runs inside the company's scope."""
    said = said_by_people(tenant.id)
    found: dict[UUID, Rehearsal] = defaultdict(Rehearsal)
    if not said.lines:
        return {}
    gathered = gather(tenant, [UUID(line) for line in said.lines], said.apart)
    add_apart(gathered, tenant.id, said)
    on = frozenset(account.id for account in gathered.book.company.accounts)
    nothing: frozenset[str] = frozenset()
    looking = Looking(gathered, Guards(on, nothing, frozenset(), nothing, nothing)).run()
    made = {line: each for each in looking.chosen for line in each.lines}
    for told in said.by_match.values():
        for line in told.lines:
            count(found[said.accounts[line]], told, line, made.get(line))
    return dict(found)


def count(rehearsal: Rehearsal, told: Told, line: str, made: Proposal | None) -> None:
    if made is None:
        rehearsal.left += 1
    elif set(made.lines) == told.lines and {item for item, _ in made.parts} == told.items:
        rehearsal.same += 1
    else:
        rehearsal.otherwise += 1
        rehearsal.differing.append(UUID(line))


# --- What people said ---


def said_by_people(tenant_id: UUID) -> Said:
    """What stands of the last 90 days. Of a match that has no item there is nothing to tell."""
    said = Said()
    rows = MatchLine.objects.of(tenant_id).standing().filter(
        match__in=matches_of(tenant_id), statement_line__withdrawn_at=None
    )  # fmt: skip
    lines = list(rows.select_related("statement_line").order_by("id"))
    add_items(said, tenant_id, {each.match_id for each in lines})
    for each in lines:
        if each.match_id not in said.by_match:
            continue
        name = str(each.statement_line_id)
        said.by_match[each.match_id].lines.add(name)
        said.lines[name] = said.lines.get(name, ZERO) + each.amount
        said.accounts[name] = each.statement_line.bank_account_id
    return said


def matches_of(tenant_id: UUID) -> list[UUID]:
    """The newest ones, with at most so many lines."""
    since = database_now() - LOOK_BACK
    rows = MatchLine.objects.of(tenant_id).standing().filter(
        match__kind=Match.Kind.MATCH,
        match__degree__in=BY_PEOPLE,
        match__ended_at=None,
        match__made_at__gte=since,
    )  # fmt: skip
    newest = rows.order_by("-match__made_at", "-match_id").values_list("match_id", flat=True)
    return list(dict.fromkeys(newest[:MOST]))


def add_items(said: Said, tenant_id: UUID, matches: Iterable[UUID]) -> None:
    effects = MatchEffect.objects.of(tenant_id).filter(match__in=list(matches))
    linked: set[UUID] = set()
    made: set[tuple[UUID, UUID | None]] = set()  # entries that matches wrote
    for each in effects.select_related("settlement").order_by("match", "position"):
        if each.kind in (Effect.LINKED, Effect.REWRITTEN):
            linked.add(each.match_id)
            continue
        made.add((each.match_id, each.entry_id))
        if each.kind in (Effect.BILL_PAID, Effect.ORDER_PROVED):
            said.bills.add(each.bill_id)
            said.orders |= {each.order_id} - {None}
            said.by_match[each.match_id].items.add(str(each.bill_id))
        elif each.settlement is not None and each.settlement.charge_id is not None:
            name = str(each.settlement.charge_id)
            said.charges[name] = said.charges.get(name, ZERO) + each.settlement.principal
            said.by_match[each.match_id].items.add(name)
    add_entries(said, tenant_id, linked, made)


def add_entries(
    said: Said, tenant_id: UUID, linked: set[UUID], made: set[tuple[UUID, UUID | None]]
) -> None:
    """An entry that has been written again on another day since is the new one."""
    parts = MatchPart.objects.of(tenant_id).filter(match__in=linked, allocation__ended_at=None)
    for part in parts.select_related("allocation__journal_line"):
        posted = part.allocation.journal_line
        if (part.match_id, posted.entry_id) not in made:
            name = str(posted.id)
            said.entries[name] = said.entries.get(name, ZERO) + part.allocation.amount
            said.by_match[part.match_id].items.add(name)


# --- Open again ---


def add_apart(gathered: Gathered, tenant_id: UUID, said: Said) -> None:
    """In the place of what the books say of them now."""
    asked = {
        "tenant": tenant_id,
        "entries": list(said.entries),
        "taken": list(said.entries.values()),
        "bills": list(said.bills),
        "orders": list(said.orders),
        "charges": list(said.charges),
    }
    for row in fetch(ENTRIES_APART, **asked):
        add_entry(gathered, row)
    for row in fetch(BILLS_APART, **asked):
        add_bill(gathered, row)
    slips: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
    for slip in fetch(SLIPS, **asked):
        slips[slip[0]].append(slip)
    for row in fetch(CHARGES_APART, **asked):
        rest = row[2] + said.charges[row[0]]
        discount = row[11] if rest == row[1] else ZERO
        again = (*row[:2], rest, *row[3:11], discount, *row[12:])
        add_charge(gathered, again, slips[row[0]])
