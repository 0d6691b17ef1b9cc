"""What stands on matches and goes before them. Of many at once, in as many queries as of one."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from accounts.chart.reclassify import written_since
from accounts.models import JournalEntry
from banking.models import StatementLine
from charges.settlement.undo import why_each_stands
from payments.bills.rest import OPEN, rest_moved
from payments.states import PayableStatus
from reconciliation.models import Match, MatchEffect, MatchLine

Kind = MatchEffect.Kind
Effects = Mapping[UUID, Sequence[MatchEffect]]  # by match, the last one first
Chains = Mapping[
    UUID, Sequence[JournalEntry]
]  # by entry: itself, and what was written in its place


@dataclass(frozen=True, slots=True)
class Blocker:
    """What stands on a match and goes first: another match, or something that only its own page
    takes back."""

    words: str  # a Portuguese sentence
    match: Match | None = None

    @property
    def key(self) -> object:
        return self.match.id if self.match else self.words


@dataclass(frozen=True, slots=True)
class GoesFirst:
    """A match that stands on another one, and a line of it."""

    words: str
    line: StatementLine


def effects_of(tenant_id: UUID, matches: Collection[UUID]) -> dict[UUID, list[MatchEffect]]:
    """By match, the last one first, as they are taken back. One query."""
    rows = MatchEffect.objects.of(tenant_id).filter(match__in=list(matches))
    related = rows.select_related(
        "entry", "former", "bill__payee", "payment__rest__payee", "order__payable__payee",
        "settlement__charge__payer",
    )  # fmt: skip
    found: dict[UUID, list[MatchEffect]] = {}
    for each in related.order_by("-position"):
        found.setdefault(each.match_id, []).append(each)
    return found


def chains_of(effects: Effects) -> Chains:
    return written_since([each.entry for each in flat(effects) if each.entry is not None])


def flat(effects: Effects) -> list[MatchEffect]:
    return [each for rows in effects.values() for each in rows]


def blockers_of(tenant_id: UUID, matches: Collection[UUID]) -> dict[UUID, list[Blocker]]:
    """By match; those on which nothing stands are not named. Runs inside the company's scope."""
    effects = effects_of(tenant_id, matches)
    return blockers_among(effects, chains_of(effects))


def blockers_above(tenant_id: UUID, matches: Collection[UUID]) -> dict[UUID, list[Blocker]]:
    """As `blockers_of`, of these matches and of all that stand on them, and on those."""
    found: dict[UUID, list[Blocker]] = {}
    wanted = set(matches)
    while wanted:
        told = blockers_of(tenant_id, wanted)
        found |= {each: told.get(each, []) for each in wanted}
        above = {each.match.id for rows in told.values() for each in rows if each.match}
        wanted = above - found.keys()
    return found


def stack_on(matches: Sequence[UUID], above: Mapping[UUID, Sequence[Blocker]]) -> list[Blocker]:
    """All that goes before these matches, however far up, each once and none of themselves.
    `above` is what `blockers_above` found of them. Pure."""
    reached, found = list(matches), []
    for match in reached:  # grows
        for each in above[match]:
            if each.match is None:
                found.append(each)
            elif each.match.id not in reached:
                found.append(each)
                reached.append(each.match.id)
    return each_once(found)


def with_lines(tenant_id: UUID, blockers: Sequence[Blocker]) -> list[GoesFirst]:
    """Those that are matches."""
    told = {each.match.id: each.words for each in blockers if each.match}
    rows = MatchLine.objects.of(tenant_id).filter(match__in=told)
    related = rows.select_related("statement_line").defer("statement_line__raw")
    lines = {each.match_id: each.statement_line for each in related.order_by("-added_at", "-id")}
    return [GoesFirst(words, lines[match]) for match, words in told.items()]


def blockers_among(effects: Effects, chains: Chains) -> dict[UUID, list[Blocker]]:
    rows = flat(effects)
    if not rows:
        return {}
    returns, rests, receipts = later_returns(chains), moved_rests(rows), kept_receipts(rows)
    found: dict[UUID, list[Blocker]] = {}
    for match, mine in effects.items():
        told: list[Blocker] = []
        for each in mine:
            for entry in chains[each.entry_id] if each.entry_id else ():
                told += returns.get(entry.id, [])
            told += rests.get(each.payment_id, [])
            told += receipts.get(each.settlement_id, [])
        if told:
            found[match] = each_once(told)
    return found


def each_once(blockers: Iterable[Blocker]) -> list[Blocker]:
    return list({each.key: each for each in blockers}.values())


def later_returns(chains: Chains) -> dict[UUID, list[Blocker]]:
    """By entry: the matches of what came back of it."""
    entries = {entry.id for chain in chains.values() for entry in chain}
    if not entries:
        return {}
    tenant_id = next(iter(chains.values()))[0].tenant_id
    later = MatchEffect.objects.of(tenant_id).filter(
        kind=Kind.GIVEN_BACK, former__in=entries, match__ended_at=None
    )
    found: dict[UUID, list[Blocker]] = {}
    for each in later.select_related("match", "former").order_by("match__made_at", "id"):
        words = f"A devolução de «{each.former}» foi conciliada depois."
        found.setdefault(each.former_id, []).append(Blocker(words, each.match))
    return found


def moved_rests(effects: Sequence[MatchEffect]) -> dict[UUID | None, list[Blocker]]:
    """By payment of a part of a bill: what became of the rest. A proof of our own payment leaves
    the rest paid when it is undone, so the page of the rest takes that back."""
    moved = {
        each.payment_id: each.payment.rest
        for each in effects
        if each.kind == Kind.BILL_PAID
        and each.payment is not None
        and each.payment.rest is not None
        and each.payment.rest.status not in OPEN | {PayableStatus.CANCELLED}
    }
    if not moved:
        return {}
    paying = MatchEffect.objects.of(effects[0].tenant_id).filter(
        kind=Kind.BILL_PAID, bill__in=moved.values(), payment__undone_at=None, match__ended_at=None
    )
    by_rest = {each.bill_id: each.match for each in paying.select_related("match")}
    return {
        payment: [Blocker(rest_moved(rest), by_rest.get(rest.id))]
        for payment, rest in moved.items()
    }


def kept_receipts(effects: Sequence[MatchEffect]) -> dict[UUID | None, list[Blocker]]:
    """By settlement. One that was undone on the charge's page is none."""
    settlements = [
        each.settlement
        for each in effects
        if each.kind == Kind.CHARGE_SETTLED
        and each.settlement is not None
        and each.settlement.undone_at is None
    ]
    told = why_each_stands(settlements)
    return {settlement: [Blocker(sentence)] for settlement, sentence in told.items()}
